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
