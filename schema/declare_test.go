package schema

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/bindery-data/bindery/schema/toml"
)

var update = flag.Bool("update", false, "rewrite what the mistakes in testdata print")

func declare(name, text string) (*Schema, error) {
	root, ps := toml.Parse(name, []byte(text))
	if root == nil {
		return nil, ps.Err()
	}
	s := Declare(root)
	root.End()
	return s, ps.Err()
}

// TestDeclareMistakes compares what each NAME.toml of the archive prints with its NAME.txt.
func TestDeclareMistakes(t *testing.T) {
	const file = "testdata/mistakes.txtar"
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	wants := make(map[string]string)
	for _, f := range archive.Files {
		wants[f.Name] = string(f.Data)
	}
	out := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		name, ok := strings.CutSuffix(f.Name, ".toml")
		if !ok {
			continue
		}
		s, err := declare(f.Name, string(f.Data))
		if err == nil {
			t.Errorf("%s: no mistake was found", f.Name)
			continue
		}
		got := err.Error() + "\n"
		out.Files = append(out.Files, f, txtar.File{Name: name + ".txt", Data: []byte(got)})
		if !*update && got != wants[name+".txt"] {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, wants[name+".txt"])
		}
		if s != nil {
			t.Errorf("%s: there is a schema in spite of its mistakes", name)
		}
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(out), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDeclareTypes(t *testing.T) {
	s, err := declare("x.toml", `
[schema]
primary_key = ["id", "when"]
null_values = ["", "NA"]
[fields.id]
type = "uint64"
maximum = "18446744073709551615"
enum = [0, 0x10, "18446744073709551615"]
[fields.when]
type = "timestamp"
minimum = 2026-01-01 00:00:00z
[fields.local]
type = "timestamp"
zone = "none"
unit = "ms"
maximum = 2026-01-01T00:00:00.5
[fields.oslo]
type = "timestamp"
zone = "Europe/Oslo"
unit = "ns"
[fields.clock]
type = "time"
exclusive_maximum = 12:30:00
[fields.day]
type = "date"
enum = [2026-11-23, "2026-11-24"]
[fields.price]
type = "decimal"
precision = 38
scale = 4
minimum = -0.1
exclusive_maximum = "9999999999999999999999999999999999.9999"
[fields.ratio]
type = "float32"
minimum = -1
maximum = +1_0.5e-1
[fields.tags]
type = "list"
min_items = 1
items = { type = "string", required = true, min_length = 2, enum = ["aa", "bb"] }
[fields.raw]
type = "binary"
enum = ["AAE="]
[fields.scores]
type = "map"
values = { type = "struct", fields = { a = { type = "bool" }, b = { type = "json" } } }
`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range s.All() {
		got = append(got, fmt.Sprintf("%d %s %v %t", f.ID, f.Path, f.Arrow().Type, f.Required))
	}
	want := []string{
		"0 id uint64 true",
		"1 when timestamp[us, tz=UTC] true",
		"2 local timestamp[ms] false",
		"3 oslo timestamp[ns, tz=Europe/Oslo] false",
		"4 clock time64[us] false",
		"5 day date32 false",
		"6 price decimal(38, 4) false",
		"7 ratio float32 false",
		"8 tags list<item: utf8> false",
		"9 tags[] utf8 true",
		"10 raw binary false",
		"11 scores map<utf8, struct<a: bool, b: utf8>, items_nullable> false",
		"12 scores{} struct<a: bool, b: utf8> false",
		"13 scores{}.a bool false",
		"14 scores{}.b utf8 false",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	all := s.All()
	checks := []struct {
		name      string
		got, want any
	}{
		{"maximum of id", all[0].Maximum.Uint, uint64(1<<64 - 1)},
		{"second of enum", all[0].Enum[1].Uint, uint64(16)},
		{"third of enum", all[0].Enum[2].Uint, uint64(1<<64 - 1)},
		{"minimum of when", all[1].Minimum.Int, int64(1767225600_000000)},
		{"maximum of local", all[2].Maximum.Int, int64(1767225600_500)},
		{"unit of oslo", all[3].Unit, arrow.Nanosecond},
		{"exclusive maximum of clock", all[4].ExclusiveMaximum.Int, int64(45000_000000)},
		{"enum of day", all[5].Enum[1].Int, all[5].Enum[0].Int + 1},
		{"minimum of price", all[6].Minimum.Decimal.ToString(4), "-0.1000"},
		{"exclusive maximum of price", all[6].ExclusiveMaximum.Decimal.ToString(4), "9999999999999999999999999999999999.9999"},
		{"maximum of ratio", all[7].Maximum.Float, 1.05},
		{"enum of raw", all[10].Enum[0].Bytes, "\x00\x01"},
		{"minimum length of items", *all[9].MinLength, int64(2)},
		{"null values", s.NullValues, []string{"", "NA"}},
		{"primary key", []string{s.PrimaryKey[0].Name, s.PrimaryKey[1].Name}, []string{"id", "when"}},
	}
	for _, c := range checks {
		if f, ok := c.got.(float64); ok {
			c.got = float64(float32(f))
			c.want = float64(float32(c.want.(float64)))
		}
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s is %v, want %v", c.name, c.got, c.want)
		}
	}
}

// TestDeclareNarrowBounds declares bounds that leave one value.
func TestDeclareNarrowBounds(t *testing.T) {
	for _, keys := range []string{
		`type = "int8", exclusive_minimum = 126`,
		`type = "int8", exclusive_minimum = 1, exclusive_maximum = 3`,
		`type = "uint64", exclusive_minimum = "18446744073709551614"`,
		`type = "uint8", minimum = 255`,
		`type = "date", exclusive_minimum = 9999-12-30`,
		`type = "date", maximum = 0001-01-01`,
		`type = "decimal", precision = 38, scale = 38, exclusive_minimum = "0.99999999999999999999999999999999999998"`,
		`type = "time", unit = "ms", minimum = 23:59:59.999`,
		`type = "timestamp", minimum = 9999-12-31T23:59:59.999999Z`,
		`type = "timestamp", zone = "none", exclusive_maximum = 0001-01-01T00:00:00.000001`,
		`type = "timestamp", unit = "ns", minimum = 2262-04-11T23:47:16.854775807Z`,
		`type = "float32", minimum = 1, maximum = 1`,
		`type = "float64", exclusive_minimum = 1`,
	} {
		if _, err := declare("x.toml", "fields.a = { "+keys+" }"); err != nil {
			t.Error(err)
		}
	}
}

// TestDeclareZones knows zones whatever the machine's database holds.
func TestDeclareZones(t *testing.T) {
	t.Setenv("ZONEINFO", t.TempDir())
	for _, zone := range []string{"UTC", "Europe/Oslo", "America/Argentina/Buenos_Aires", "Etc/GMT+1", "none"} {
		if _, err := declare("x.toml", "fields.a = { type = 'timestamp', zone = '"+zone+"' }"); err != nil {
			t.Error(err)
		}
	}
}

// TestDeclarePatternLimit keeps patterns from taking more memory than a machine has: a megabyte of
// x{1000} would be compiled to 150 million steps.
func TestDeclarePatternLimit(t *testing.T) {
	var b strings.Builder
	pattern := strings.Repeat("x{1000}", 100)
	for i := range 12 {
		fmt.Fprintf(&b, "[fields.f%d]\ntype = \"string\"\npattern = '%s'\n", i, pattern)
	}
	root, ps := toml.Parse("x.toml", []byte(b.String()))
	var d Declarer
	if s := d.Declare(root); s != nil || ps.Count() != 7 || !strings.Contains(ps.Err().Error(), "the patterns are too large together") {
		t.Errorf("twelve patterns of 200,000 steps: %v", ps.Err())
	}
	small, ps := toml.Parse("x.toml", []byte("[fields.f]\ntype = \"string\"\npattern = '"+pattern+"'\n"))
	if d.Declare(small); ps.Count() != 1 {
		t.Errorf("the patterns of another schema of the same declaration are not counted: %v", ps.Err())
	}
	if s := Declare(small); s == nil {
		t.Error("the patterns of another declaration are counted")
	}
}

func TestDeclareLimits(t *testing.T) {
	nested := func(n int) string {
		return "[fields.a]\ntype = \"list\"\nitems = " + strings.Repeat(`{ type = "list", items = `, n-2) +
			`{ type = "bool" }` + strings.Repeat(" }", n-2) + "\n"
	}
	if _, err := declare("x.toml", nested(MaxNesting)); err != nil {
		t.Errorf("%d levels: %v", MaxNesting, err)
	}
	if _, err := declare("x.toml", nested(MaxNesting+1)); err == nil || !strings.Contains(err.Error(), "more than 32 levels") {
		t.Errorf("%d levels: %v", MaxNesting+1, err)
	}
	structs := "[fields.s" + strings.Repeat(".fields.s", MaxNesting-1) + "]\ntype = \"bool\"\n"
	for i := range MaxNesting - 1 {
		structs += "[fields.s" + strings.Repeat(".fields.s", i) + "]\ntype = \"struct\"\n"
	}
	if _, err := declare("x.toml", structs); err != nil {
		t.Errorf("%d structs: %v", MaxNesting, err)
	}
	long := strings.Repeat("é", MaxFieldName/2)
	if _, err := declare("x.toml", "[fields."+strconv.Quote(long)+"]\ntype = \"bool\"\n"); err != nil {
		t.Errorf("a name of %d bytes: %v", len(long), err)
	}
	if _, err := declare("x.toml", "[fields."+strconv.Quote(long+"x")+"]\ntype = \"bool\"\n"); err == nil ||
		!strings.Contains(err.Error(), "is longer than 256 bytes") {
		t.Errorf("a name of %d bytes: %v", len(long)+1, err)
	}
	key := "schema = { primary_key = [" + strings.Repeat("'a', ", MaxKeyFields+1) + "] }\nfields = { a = { type = 'int8' } }"
	if _, err := declare("x.toml", key); err == nil || !strings.Contains(err.Error(), "more than 32 fields") {
		t.Errorf("a key of %d fields: %v", MaxKeyFields+1, err)
	}
	var b strings.Builder
	for i := range MaxFields {
		fmt.Fprintf(&b, "[fields.f%d]\ntype = \"int8\"\nrequired = true\n", i)
	}
	if s, err := declare("x.toml", b.String()); err != nil || len(s.Fields) != MaxFields {
		t.Errorf("%d fields: %v", MaxFields, err)
	}
	b.WriteString("[fields.more]\ntype = \"int8\"\n")
	if _, err := declare("x.toml", b.String()); err == nil || !strings.Contains(err.Error(), "more than 10000 fields") {
		t.Errorf("%d fields: %v", MaxFields+1, err)
	}
}
