package toml

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// printed returns what an error of a text prints; nothing if there is none.
func printed(text string, read func(*Table)) string {
	root, ps := Parse("bindery.toml", []byte(text))
	if root != nil && read != nil {
		read(root)
	}
	if err := ps.Err(); err != nil {
		return err.Error()
	}
	return ""
}

func TestSyntaxErrors(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"no quotes", "a = 1\nb = hello\n", `bindery.toml:2:5: not valid TOML: expected value but found "hello" instead
    2 | b = hello
      |     ^^^^^
      = text goes between quotes`},
		{"string without its end", "a = \"x\nb = 1\n", `bindery.toml:1:5: not valid TOML: this string has no end
    1 | a = "x
      |     ^
      = end it with its quotes; text of several lines stands between """ and """`},
		{"key without its end", "a = 1\n'b = 1\n", `bindery.toml:2:1: not valid TOML: this string has no end
    2 | 'b = 1
      | ^
      = end it with its quotes; text of several lines stands between """ and """`},
		{"escape of a line's end", "a = \"x\\\nb = \"y\"\n", `bindery.toml:1:5: not valid TOML: this string has no end
    1 | a = "x\
      |     ^
      = end it with its quotes; text of several lines stands between """ and """`},
		{"lines without their end", "a = \"\"\"\nx\nb = \"y\\", `bindery.toml:1:5: not valid TOML: this string has no end
    1 | a = """
      |     ^^^
      = end it with its quotes; text of several lines stands between """ and """`},
		{"string without its end after a fault", "a = x\nb = \"", `bindery.toml:1:5: not valid TOML: expected value but found "x" instead
    1 | a = x
      |     ^
      = text goes between quotes`},
		{"escape", "pattern = \"^\\d$\"\n", `bindery.toml:1:12: not valid TOML: invalid escape in string '\d'
    1 | pattern = "^\d$"
      |            ^^^
      = write \\ for a backslash, or put the text between ' and '`},
		{"key twice", "[a]\nb = 1\nb = 2\n", `bindery.toml:3:1: not valid TOML: Key 'a.b' has already been defined.
    3 | b = 2
      | ^
      = write each key and each table once`},
		{"inline table that is added to", "a = { b = 1 }\n[a.c]\n", `bindery.toml:2:1: this adds to a table that is written between { and }, which is whole as it is
    2 | [a.c]
      | ^^^^^
      = write all its keys between { and }, or none`},
		{"table twice", "[a]\n[a]\n", `bindery.toml:2:2: not valid TOML: Key 'a' has already been defined.
    2 | [a]
      |  ^
      = write each key and each table once`},
		{"array without its end", "a = [1, 2\n[b]\n", `bindery.toml:2:1: not valid TOML: expected a comma (',') or array terminator (']'), but got '['
    2 | [b]
      | ^`},
		{"integer too large", "a = 18446744073709551615", `bindery.toml:1:5: not valid TOML: 18446744073709551615 is out of range for int64
    1 | a = 18446744073709551615
      |     ^^^^^^^^^^^^^^^^^^^^
      = write the number as text, between quotes`},
		{"day that is none", "a = 2026-02-30\n", `bindery.toml:1:5: not valid TOML: invalid datetime: "2026-02-30"
    1 | a = 2026-02-30
      |     ^^^^^^^^^^
      = the calendar has no such day`},
		{"instant of no day", "a = 2026-13-01T00:00:00Z\n", `bindery.toml:1:5: not valid TOML: invalid datetime: "2026-13-01T00:00:00Z"
    1 | a = 2026-13-01T00:00:00Z
      |     ^^^^^^^^^^^^^^^^^^^^
      = the calendar has no such day`},
		{"date in another form", "a = 2026-2-3\n", `bindery.toml:1:5: not valid TOML: invalid datetime: "2026-2-3"
    1 | a = 2026-2-3
      |     ^^^^^^^^
      = a date is written 2026-11-23; text goes between quotes`},
		{"not UTF-8", "a = 1\nb = \"\xff\"\n", `bindery.toml:2:6: the text is not UTF-8
    2 | b = "\xff"
      |      ^^^^
      = save the file as UTF-8`},
		{"UTF-16", "\xff\xfea\x00=\x00", `bindery.toml:1:1: the text is not UTF-8
    1 | \xff\xfea\x00=\x00
      | ^^^^
      = save the file as UTF-8`},
		{"control character", "a = \"\x1b[31m\"\n", `bindery.toml:1:5: not valid TOML: TOML files cannot contain control characters: '0x1b'
    1 | a = "\x1b[31m"
      |     ^`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := printed(test.text, nil); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// TestCaret holds the caret to the place below which a terminal shows the character it is about.
func TestCaret(t *testing.T) {
	unknown := func(t *Table) { t.Value("known"); t.End() }
	long := strings.Repeat("x", 200)
	for _, test := range []struct{ name, text, want string }{
		{"plain", "knwon = 1", `bindery.toml:1:1: unknown key "knwon"
    1 | knwon = 1
      | ^^^^^
      = did you mean "known"?`},
		{"tab", "\tother = 1", `bindery.toml:1:2: unknown key "other"
    1 |  other = 1
      |  ^^^^^
      = possible here: known`},
		{"wide", `"日本" = 1`, `bindery.toml:1:1: unknown key "日本"
    1 | "日本" = 1
      | ^^^^^^
      = possible here: known`},
		{"combining", "\"e\u0301\" = 1", "bindery.toml:1:1: unknown key \"e\u0301\"\n" +
			"    1 | \"e\u0301\" = 1\n      | ^^^\n      = possible here: known"},
		{"bidirectional control", "\"a\u202eb\" = 1", `bindery.toml:1:1: unknown key "a\u202eb"
    1 | "a\u202eb" = 1
      | ^^^^^^^^^^
      = possible here: known`},
		{"carriage return", "x = 1\r\n", `bindery.toml:1:1: unknown key "x"
    1 | x = 1
      | ^
      = possible here: known`},
		{"long line", "known = { a = 1 } # " + long + "\nx = '" + long + "'", `bindery.toml:2:1: unknown key "x"
    2 | x = '` + long[:65] + `…
      | ^
      = possible here: known`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := printed(test.text, unknown); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestCaretInsideLongLine(t *testing.T) {
	text := "a = [" + strings.Repeat("'日本語', ", 100) + "1]"
	got := printed(text, func(t *Table) { t.Strings("a") })
	lines := strings.Split(got, "\n")
	if len(lines) < 3 || !strings.HasPrefix(lines[0], "bindery.toml:1:706: ") {
		t.Fatalf("got\n%s", got)
	}
	before, _, ok := strings.Cut(lines[1], "1]")
	if !ok || cells(before) != strings.IndexByte(lines[2], '^') {
		t.Errorf("got\n%s", got)
	}
	if !strings.HasPrefix(lines[1], "    1 | …") {
		t.Errorf("the line's beginning is not cut:\n%s", got)
	}
}

func TestKinds(t *testing.T) {
	read := func(t *Table) {
		t.String("string")
		t.Int("integer")
		t.Bool("bool")
		t.Strings("strings")
		t.Table("table")
		t.Tables("tables")
	}
	const text = `string = 1.0
integer = "1"
bool = "true"
strings = "a"
table = 2026-11-23
tables = [1, {}, 2]
`
	const want = `bindery.toml:1:10: "string" must be a string, not a float
    1 | string = 1.0
      |          ^^^
      = put it between quotes
bindery.toml:2:11: "integer" must be an integer, not a string
    2 | integer = "1"
      |           ^^^
      = write it without quotes
bindery.toml:3:8: "bool" must be a boolean, not a string
    3 | bool = "true"
      |        ^^^^^^
      = write true or false, without quotes
bindery.toml:4:11: "strings" must be an array, not a string
    4 | strings = "a"
      |           ^^^
      = put it between [ and ]
bindery.toml:5:9: "table" must be a table, not a date
    5 | table = 2026-11-23
      |         ^^^^^^^^^^
      = write it as a table: [NAME] and lines of keys, or { key = value }
bindery.toml:6:11: each item of "tables" must be a table, not an integer
    6 | tables = [1, {}, 2]
      |           ^
      = write it as a table: [NAME] and lines of keys, or { key = value }
bindery.toml:6:18: each item of "tables" must be a table, not an integer
    6 | tables = [1, {}, 2]
      |                  ^
      = write it as a table: [NAME] and lines of keys, or { key = value }`
	if got := printed(text, read); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestEscapeAtTheCut has the parser see an unended string up to the middle of an escape.
func TestEscapeAtTheCut(t *testing.T) {
	for n := range 12 {
		text := "a = \"" + strings.Repeat("x", n) + strings.Repeat(`\u00e9`, 1000)
		if got := printed(text, nil); !strings.HasPrefix(got, "bindery.toml:1:5: not valid TOML: this string has no end") {
			t.Errorf("%d: %s", n, got)
		}
	}
}

// TestWide holds that a declaration of as many fields as there may be is read.
func TestWide(t *testing.T) {
	for _, field := range []string{
		"[configs.default.fields.field_%d]\ntype = \"string\"\nrequired = true\ndescription = \"x\"\n",
		"[fields.f%d]\ntype = \"int8\"\nrequired = true\nminimum = 1\nmaximum = 9\nunique = true\n",
	} {
		if root, ps := Parse("x.toml", []byte(many(field, 10_000))); root == nil {
			t.Error(ps.Err())
		}
	}
}

// TestSiblings shows that the limits are of depth, not of what stands side by side.
func TestSiblings(t *testing.T) {
	for _, text := range []string{
		"x = { a.b = 0" + many(", k%d.a.b = { c = [] }", 200) + " }",
		"x = [" + strings.Repeat("[{a = 1}], ", 200) + "]",
		many("a.k%d.b = 1\n", 200),
		many("[a.k%d.b]\nc.d = 1\n", 200),
	} {
		if root, ps := Parse("x.toml", []byte(text)); root == nil {
			t.Error(ps.Err())
		}
	}
}

func many(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestOrder(t *testing.T) {
	text, err := os.ReadFile("testdata/shapes.toml")
	if err != nil {
		t.Fatal(err)
	}
	root, ps := Parse("shapes.toml", text)
	if root == nil {
		t.Fatal(ps.Err())
	}
	var got []string
	for _, k := range root.Node.Keys {
		got = append(got, k.Name)
	}
	want := "title,lit key,,ключ,multi,rawmulti,ints,floats,flags,dates,a,empty,table,x,rows"
	if strings.Join(got, ",") != want {
		t.Errorf("keys in the order %q, want %q", strings.Join(got, ","), want)
	}
	dates := root.Node.Key("dates").Value.Items
	for i, want := range []Kind{LocalDate, OffsetDateTime, OffsetDateTime, LocalDateTime, LocalTime, LocalTime} {
		if dates[i].Kind != want {
			t.Errorf("%s is %v, want %v", dates[i].Raw, dates[i].Kind, want)
		}
	}
}

// TestHostileShapes shows that the parser is not given what it would choke on: all of these are refused
// by the scanner alone.
func TestHostileShapes(t *testing.T) {
	deep := func(open, close string, n int) string {
		return strings.Repeat(open, n) + "1" + strings.Repeat(close, n)
	}
	long := "k" + strings.Repeat(".a", MaxDepth-2)
	for _, test := range []struct{ name, text, want string }{
		{"size", "# " + strings.Repeat("x", MaxSize), "the file has more than 1 MiB, which is the most that is read"},
		{"inline tables", "x = " + deep("{a=", "}", 5000), "this key is more than 80 keys deep"},
		{"inline tables cut short", "x = " + strings.Repeat("{a=", 300_000), "this key is more than 80 keys deep"},
		{"inline tables in arrays", "x = " + strings.Repeat("[{a=", 200_000), "this value is more than 80 brackets deep"},
		{"arrays", "x = " + strings.Repeat("[", MaxSize-8), "this value is more than 80 brackets deep"},
		{"dotted key", strings.Repeat("a.", 400_000) + "a = 1", "this key is more than 80 keys deep"},
		{"dotted key without value", strings.Repeat("a.", 400_000), "this key is more than 80 keys deep"},
		{"dotted header", "[" + strings.Repeat("a.", 400_000) + "a]", "this key is more than 80 keys deep"},
		{"quoted parts", strings.Repeat("''.", 300_000) + "a = 1", "this key is more than 80 keys deep"},
		{"dotted key in an inline table", "x = {" + strings.Repeat("a . ", 250_000) + "a = 1}", "this key is more than 80 keys deep"},
		{"many long keys", many("k%d."+long+" = 1\n", 5000), "up to here, the keys and values are too many, too long or too deep to be read"},
		{"many long headers", many("[k%d."+long+"]\n", 5000), "up to here, the keys and values are too many, too long or too deep to be read"},
		{"many inline tables, nested", many("k%d = "+deep("{a=", "}", 38)+"\n", 2200), "up to here, the keys and values are too many, too long or too deep to be read"},
		{"many headers", many("[t%d.a]\n", 80_000), "up to here, the keys and values are too many, too long or too deep to be read"},
		{"keys under a long header", "[" + strings.Repeat("a", 100_000) + "]\n" + many("k%d = 1\n", 60_000), "up to here, the keys and values are too many, too long or too deep to be read"},
		{"keys in a table of a long key", strings.Repeat("a", 100_000) + " = {" + many("k%d = 1,", 40_000) + "z = 1}", "up to here, the keys and values are too many, too long or too deep to be read"},
		{"many inline tables", "x = [" + strings.Repeat("{a=1},", 160_000) + "]", "up to here, the keys and values are too many, too long or too deep to be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if s := scan(test.text); len(test.text) <= MaxSize && s.refusal == "" {
				t.Fatal("the parser would see it")
			}
			begin := time.Now()
			_, ps := Parse("bindery.toml", []byte(test.text))
			var err *Error
			if !errors.As(ps.Err(), &err) || err.List[0].Message != test.want {
				t.Errorf("got %v", ps.Err())
			}
			if len(err.Error()) > 1000 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// TestStuck shows that after a fault the parser is given only as much as can do no harm.
func TestStuck(t *testing.T) {
	for _, text := range []string{
		"x = ] " + strings.Repeat("a.", 100_000),
		"x = 1 y" + strings.Repeat("{a=", 100_000) + "\n",
		"x = \"" + strings.Repeat("é", 100_000),
	} {
		s := scan(text)
		if !s.stuck || s.safe() > s.at.Start+1<<10 {
			t.Errorf("%.20q: stuck is %v; the parser would see %d of %d bytes", text, s.stuck, s.safe(), len(text))
		}
		if root, ps := Parse("x", []byte(text)); root != nil || ps.Count() != 1 {
			t.Errorf("%.20q: %v", text, ps.Err())
		}
	}
}

func TestManyProblems(t *testing.T) {
	text := strings.Repeat("[[a]]\nx = 1\n", 30_000)
	root, ps := Parse("bindery.toml", []byte(text))
	for _, a := range root.Tables("a") {
		a.End()
	}
	err := ps.Err().(*Error)
	if last := err.List[len(err.List)-1]; len(err.List) != 30_000 || last.Line != 60_000 || last.Column != 1 {
		t.Errorf("%d problems, the last at %d:%d", len(err.List), last.Line, last.Column)
	}
	if !strings.HasSuffix(err.Error(), "\nbindery.toml: 30000 problems, of which the first 100 are shown") {
		t.Error("the cut is not said")
	}
}

func TestSuggest(t *testing.T) {
	known := []string{"required", "unique", "enum", "min_length", "max_length"}
	for word, want := range map[string]string{
		"requird":    `did you mean "required"?`,
		"Required":   `did you mean "required"?`,
		"reuqired":   `did you mean "required"?`,
		"minlength":  `did you mean "min_length"?`,
		"min-length": `did you mean "min_length"?`,
		"enmu":       `did you mean "enum"?`,
		"colour":     "possible here: required, unique, enum, min_length, max_length",
		"":           "possible here: required, unique, enum, min_length, max_length",
	} {
		if got := Suggest(word, known); got != want {
			t.Errorf("%q: %s, want %s", word, got, want)
		}
	}
}
