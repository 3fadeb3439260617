package schema

import (
	"strings"
	"testing"
)

func TestQuote(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{"", `""`},
		{"þorn 漢字 😀", `"þorn 漢字 😀"`},
		{"tab\tquote\"\\", `"tab\tquote\"\\"`},
		{"\x1b[31mred\x00", `"\x1b[31mred\x00"`},
		{"a\u202eb\u2066\ufeff", `"a\u202eb\u2066\ufeff"`},
		{"bad \xff\xc3", `"bad \xff\xc3"`},
		{strings.Repeat("é", 60), `"` + strings.Repeat("é", 60) + `"`},
		{strings.Repeat("é", 61), `"` + strings.Repeat("é", 60) + `"… (61 characters)`},
		{strings.Repeat("\xff", 100), `"` + strings.Repeat(`\xff`, 60) + `"… (100 characters)`},
	} {
		if got := Quote(c.value); got != c.want {
			t.Errorf("Quote(%q) = %s, want %s", c.value, got, c.want)
		}
		if got := Quote([]byte(c.value)); got != c.want {
			t.Errorf("Quote of bytes %q = %s, want %s", c.value, got, c.want)
		}
	}
}

func TestPathName(t *testing.T) {
	for name, want := range map[string]string{
		"a": "a", "þórður_1-x/y": "þórður_1-x/y", "a.b": `"a.b"`, "a b": `"a b"`, "a\u00a0b": `"a\u00a0b"`, "a[]": `"a[]"`, "{}": `"{}"`,
		`"a"`: `"\"a\""`, "a\u202eb": `"a\u202eb"`,
	} {
		if got := PathName(name); got != want {
			t.Errorf("%q: %s, not %s", name, got, want)
		}
	}
}

// A field is not confused with one inside another.
func TestPathsAreUnambiguous(t *testing.T) {
	s := &Schema{Fields: []*Field{
		{Name: "a", Type: Struct, Fields: []*Field{{Name: "b", Type: Int8}, {Name: "c.d", Type: Int8}}},
		{Name: "a.b", Type: Int8},
		{Name: "l", Type: List, Items: &Field{Name: "item", Type: Int8}},
		{Name: "l[]", Type: Int8},
	}}
	s.Number()
	for i, want := range []string{"a", "a.b", `a."c.d"`, `"a.b"`, "l", "l[]", `"l[]"`} {
		if got := s.All()[i].Path; got != want {
			t.Errorf("field %d: %s, not %s", i, got, want)
		}
	}
}

func TestPlacesAreUnambiguous(t *testing.T) {
	s := declared(t, "[fields.\"l.m\"]\ntype = \"list\"\n[fields.\"l.m\".items]\ntype = \"struct\"\nfields = { \"x y\" = { type = \"int8\", maximum = 5 } }\n")
	var got Findings
	NewChecker(s).Check(Batch{Record: recordOf(t, s, `[{"l.m": [{"x y": 1}, {"x y": 6}]}]`)}, &got)
	const want = `0 "l.m"[]."x y" at "l.m"[1]."x y" is not at most 5 (maximum = 5), got "6"` + "\n"
	if show(&got) != want {
		t.Errorf("got %swant %s", show(&got), want)
	}
}
