package schema

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/schema/toml"
)

// declared returns the schema that a declaration's text makes.
func declared(t testing.TB, text string) *Schema {
	t.Helper()
	table, problems := toml.Parse("bindery.toml", []byte(text))
	var s *Schema
	if problems.Count() == 0 {
		s = Declare(table)
	}
	if s == nil {
		t.Fatalf("declaration:\n%s\n%v", text, problems.Err())
	}
	return s
}

// recordOf returns the records of a JSON array.
func recordOf(t testing.TB, s *Schema, rows string) arrow.Record {
	t.Helper()
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, nullable(s.Arrow()), strings.NewReader(rows), array.WithUseNumber())
	if err != nil {
		t.Fatalf("records %s: %v", rows, err)
	}
	return rec
}

// nullable lets the builder make the nulls that a check is there to find.
func nullable(s *arrow.Schema) *arrow.Schema {
	fields := s.Fields()
	for i := range fields {
		fields[i].Nullable = true
	}
	return arrow.NewSchema(fields, nil)
}

// show writes findings as one line each.
func show(findings *Findings) string {
	var b strings.Builder
	for _, f := range findings.List {
		fmt.Fprintf(&b, "%d %s", f.Row, f.Field)
		if f.At != "" {
			fmt.Fprintf(&b, " at %s", f.At)
		}
		fmt.Fprintf(&b, " %s (%s)", f.Message, f.Rule)
		if f.Value != "" {
			fmt.Fprintf(&b, ", got %s", f.Value)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// checkCases have one field x each; its values are a JSON array, and what is found is said as
// "row: message (rule), got value".
var checkCases = []struct {
	field  string
	values string
	want   []string
}{
	{`type = "string"`, `["a", null, ""]`, nil},
	{`type = "string", required = true`, `["a", null, "", null]`, []string{"1: is null (required = true)", "3: is null (required = true)"}},
	{`type = "list", required = true, items = { type = "int8" }`, `[[], null]`, []string{"1: is null (required = true)"}},
	{`type = "map", required = true, values = { type = "int8" }`, `[[], null]`, []string{"1: is null (required = true)"}},
	{`type = "struct", required = true, fields = { a = { type = "int8" } }`, `[{}, null]`, []string{"1: is null (required = true)"}},
	{`type = "bool", required = true`, `[false, null]`, []string{"1: is null (required = true)"}},
	{`type = "json", required = true`, `["null", null]`, []string{"1: is null (required = true)"}},

	{`type = "string", min_length = 3`, `["abc", "ab", "þæö", "þæ", "日本", "日本語", "", null, "😀😀😀"]`, []string{
		`1: is shorter than 3 characters (min_length = 3), got "ab"`, `3: is shorter than 3 characters (min_length = 3), got "þæ"`,
		`4: is shorter than 3 characters (min_length = 3), got "日本"`, `6: is shorter than 3 characters (min_length = 3), got ""`}},
	{`type = "string", min_length = 1`, `["a", ""]`, []string{`1: is shorter than 1 character (min_length = 1), got ""`}},
	{`type = "string", min_length = 0`, `["", null]`, nil},
	{`type = "string", max_length = 2`, `["", "ab", "abc", "þæ", "þæö", "😀😀", "😀😀😀", null, "aaaaaaaaaaaa"]`, []string{
		`2: is longer than 2 characters (max_length = 2), got "abc"`, `4: is longer than 2 characters (max_length = 2), got "þæö"`,
		`6: is longer than 2 characters (max_length = 2), got "😀😀😀"`, `8: is longer than 2 characters (max_length = 2), got "aaaaaaaaaaaa"`}},
	{`type = "string", max_length = 0`, `["", "a", null]`, []string{`1: is longer than 0 characters (max_length = 0), got "a"`}},
	{`type = "binary", min_length = 2, max_length = 3`, `["YWI=", "YQ==", "w6bDpg==", null, ""]`, []string{
		`1: is shorter than 2 bytes (min_length = 2), got "YQ=="`, `2: is longer than 3 bytes (max_length = 3), got "w6bDpg=="`,
		`4: is shorter than 2 bytes (min_length = 2), got ""`}},

	{`type = "list", min_items = 2, items = { type = "int8" }`, `[[1,2], [1], [], null]`, []string{
		`1: has fewer than 2 items (min_items = 2), got "[1]"`, `2: has fewer than 2 items (min_items = 2), got "[]"`}},
	{`type = "list", max_items = 1, items = { type = "string" }`, `[["a"], ["a","b"], null]`, []string{
		`1: has more than 1 item (max_items = 1), got "[\"a\",\"b\"]"`}},
	{`type = "map", min_items = 1, max_items = 1, values = { type = "int8" }`, `[[], [{"key":"a","value":1}], [{"key":"a","value":1},{"key":"b","value":2}]]`, []string{
		`0: has fewer than 1 entry (min_items = 1), got "{}"`, `2: has more than 1 entry (max_items = 1), got "{\"a\":1,\"b\":2}"`}},

	{`type = "int8", minimum = -128, maximum = 127`, `[-128, 127, null]`, nil},
	{`type = "int8", minimum = -2, maximum = 3`, `[-3, -2, 3, 4, null]`, []string{
		`0: is not at least -2 (minimum = -2), got "-3"`, `3: is not at most 3 (maximum = 3), got "4"`}},
	{`type = "int16", exclusive_minimum = -2, exclusive_maximum = 3`, `[-2, -1, 2, 3, null]`, []string{
		`0: is not greater than -2 (exclusive_minimum = -2), got "-2"`, `3: is not less than 3 (exclusive_maximum = 3), got "3"`}},
	{`type = "int32", minimum = 1`, `[0, 1, null]`, []string{`0: is not at least 1 (minimum = 1), got "0"`}},
	{`type = "int64", minimum = 9223372036854775807`, `[9223372036854775806, 9223372036854775807]`, []string{
		`0: is not at least 9223372036854775807 (minimum = 9223372036854775807), got "9223372036854775806"`}},
	{`type = "uint8", maximum = 200`, `[200, 201, null]`, []string{`1: is not at most 200 (maximum = 200), got "201"`}},
	{`type = "uint16", minimum = 1`, `[0, 65535]`, []string{`0: is not at least 1 (minimum = 1), got "0"`}},
	{`type = "uint32", exclusive_maximum = 4294967295`, `[4294967294, 4294967295]`, []string{
		`1: is not less than 4294967295 (exclusive_maximum = 4294967295), got "4294967295"`}},
	{`type = "uint64", maximum = "18446744073709551614"`, `[18446744073709551614, 18446744073709551615]`, []string{
		`1: is not at most 18446744073709551614 (maximum = 18446744073709551614), got "18446744073709551615"`}},
	{`type = "float64", minimum = -90, maximum = 90`, `[-90, 90, -90.00000000000001, 91.5, "NaN", "Inf", null, -0.0]`, []string{
		`2: is not at least -90 (minimum = -90), got "-90.00000000000001"`, `3: is not at most 90 (maximum = 90), got "91.5"`,
		`4: is not at least -90 (minimum = -90), got "NaN"`, `4: is not at most 90 (maximum = 90), got "NaN"`,
		`5: is not at most 90 (maximum = 90), got "+Inf"`}},
	{`type = "float64", exclusive_minimum = 0, exclusive_maximum = 1`, `[-0.0, 0, 5e-324, 1, "NaN"]`, []string{
		`0: is not greater than 0 (exclusive_minimum = 0), got "-0"`, `1: is not greater than 0 (exclusive_minimum = 0), got "0"`,
		`3: is not less than 1 (exclusive_maximum = 1), got "1"`,
		`4: is not greater than 0 (exclusive_minimum = 0), got "NaN"`, `4: is not less than 1 (exclusive_maximum = 1), got "NaN"`}},
	{`type = "float32", minimum = 0.1, maximum = 0.1`, `[0.1, 0.2]`, []string{`1: is not at most 0.1 (maximum = 0.1), got "0.2"`}},
	{`type = "decimal", precision = 38, scale = 2, minimum = -1.5, exclusive_maximum = 100`,
		`["-1.50", "-1.51", "99.99", "100", "999999999999999999999999999999999999.99", null]`, []string{
			`1: is not at least -1.5 (minimum = -1.5), got "-1.51"`, `3: is not less than 100 (exclusive_maximum = 100), got "100.00"`,
			`4: is not less than 100 (exclusive_maximum = 100), got "999999999999999999999999999999999999.99"`}},
	{`type = "decimal", precision = 5, scale = 1, exclusive_minimum = 0, maximum = 1`, `["0", "0.1", "1", "1.1"]`, []string{
		`0: is not greater than 0 (exclusive_minimum = 0), got "0.0"`, `3: is not at most 1 (maximum = 1), got "1.1"`}},
	{`type = "date", minimum = 2020-01-01`, `["2020-01-01", "2019-12-31", "1900-01-01", null]`, []string{
		`1: is not at least 2020-01-01 (minimum = 2020-01-01), got "2019-12-31"`, `2: is not at least 2020-01-01 (minimum = 2020-01-01), got "1900-01-01"`}},
	{`type = "time", unit = "ms", maximum = 12:00:00`, `["12:00:00", "12:00:00.001"]`, []string{
		`1: is not at most 12:00:00 (maximum = 12:00:00), got "12:00:00.001"`}},
	{`type = "time", exclusive_maximum = 12:00:00`, `["11:59:59.999999", "12:00:00"]`, []string{
		`1: is not less than 12:00:00 (exclusive_maximum = 12:00:00), got "12:00:00"`}},
	{`type = "timestamp", minimum = 2020-01-01T00:00:00Z`, `["2020-01-01T00:00:00Z", "2019-12-31T23:59:59.999999Z"]`, []string{
		`1: is not at least 2020-01-01T00:00:00Z (minimum = 2020-01-01T00:00:00Z), got "2019-12-31T23:59:59.999999Z"`}},

	{`type = "string", enum = ["ltr", "rtl", ""]`, `["ltr", "LTR", "", null, "ltrl"]`, []string{
		`1: is not one of the values allowed (enum = ["ltr", "rtl", ""]), got "LTR"`, `4: is not one of the values allowed (enum = ["ltr", "rtl", ""]), got "ltrl"`}},
	{`type = "int8", enum = [1, -2]`, `[1, -2, 0, null]`, []string{`2: is not one of the values allowed (enum = [1, -2]), got "0"`}},
	{`type = "uint64", enum = ["18446744073709551615"]`, `[18446744073709551615, 1]`, []string{
		`1: is not one of the values allowed (enum = [18446744073709551615]), got "1"`}},
	{`type = "float32", enum = [0.1, 0]`, `[0.1, -0.0, 0.2, "NaN", null]`, []string{
		`2: is not one of the values allowed (enum = [0.1, 0]), got "0.2"`, `3: is not one of the values allowed (enum = [0.1, 0]), got "NaN"`}},
	{`type = "bool", enum = [true]`, `[true, false, null]`, []string{`1: is not one of the values allowed (enum = [true]), got "false"`}},
	{`type = "decimal", precision = 4, scale = 2, enum = [1.5, -1.5]`, `["1.50", "-1.5", "1.51", null]`, []string{
		`2: is not one of the values allowed (enum = [1.5, -1.5]), got "1.51"`}},
	{`type = "date", enum = [2020-02-29]`, `["2020-02-29", "2020-03-01", null]`, []string{
		`1: is not one of the values allowed (enum = [2020-02-29]), got "2020-03-01"`}},
	{`type = "binary", enum = ["YQ=="]`, `["YQ==", "Yg==", null]`, []string{
		`1: is not one of the values allowed (enum = ["YQ=="]), got "Yg=="`}},
	{`type = "int8", enum = [1,2,3,4,5,6,7,8,9,10]`, `[11]`, []string{
		`0: is not one of the values allowed (enum = [1, 2, 3, 4, 5, 6, 7, 8, ... 2 more]), got "11"`}},

	{`type = "string", pattern = '^[a-z]+/\d\d$'`, `["is/01", "is/1", "", null]`, []string{
		`1: does not match the pattern (pattern = '^[a-z]+/\d\d$'), got "is/1"`, `2: does not match the pattern (pattern = '^[a-z]+/\d\d$'), got ""`}},
	{`type = "string", pattern = "it's"`, `["it's", "its"]`, []string{`1: does not match the pattern (pattern = "it's"), got "its"`}},
	{`type = "string", format = "uuid"`, `["f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "x", null]`, []string{
		`1: is not a UUID (8-4-4-4-12 hexadecimal digits) (format = "uuid"), got "x"`}},
	{`type = "string", format = "bcp47", min_length = 5`, `["is-IS", "is_IS", "x"]`, []string{
		`1: is not a BCP 47 language tag (format = "bcp47"), got "is_IS"`,
		`2: is shorter than 5 characters (min_length = 5), got "x"`, `2: is not a BCP 47 language tag (format = "bcp47"), got "x"`}},

	{`type = "list", items = { type = "string", required = true, min_length = 2 }`, `[["ab", "a"], [], null, [null, "abc", "b"]]`, []string{
		`0[] at x[1]: is shorter than 2 characters (min_length = 2), got "a"`,
		`3[] at x[0]: is null (required = true)`, `3[] at x[2]: is shorter than 2 characters (min_length = 2), got "b"`}},
	{`type = "map", values = { type = "int8", maximum = 3 }`, `[[{"key":"a","value":3}], null, [{"key":"b","value":9},{"key":"\u001b","value":4}]]`, []string{
		`2{} at x{"b"}: is not at most 3 (maximum = 3), got "9"`, `2{} at x{"\x1b"}: is not at most 3 (maximum = 3), got "4"`}},
	{`type = "struct", fields = { a = { type = "int8", required = true, minimum = 1 }, b = { type = "string", max_length = 1 } }`,
		`[{"a":1,"b":"x"}, null, {"a":null,"b":"xy"}, {"a":0,"b":null}]`, []string{
			`2.a: is null (required = true)`, `2.b: is longer than 1 character (max_length = 1), got "xy"`, `3.a: is not at least 1 (minimum = 1), got "0"`}},
	{`type = "list", items = { type = "struct", fields = { n = { type = "list", items = { type = "map", values = { type = "struct", fields = { v = { type = "int8", maximum = 0 } } } } } } }`,
		`[[], [{"n":[]},{"n":null},null,{"n":[[],[{"key":"k","value":{"v":0}},{"key":"l","value":{"v":7}}]]}]]`, []string{
			`1[].n[]{}.v at x[3].n[1]{"l"}.v: is not at most 0 (maximum = 0), got "7"`}},
}

func TestCheck(t *testing.T) {
	for _, c := range checkCases {
		s := declared(t, "[fields]\nx = { "+c.field+" }\n")
		var want strings.Builder
		for _, w := range c.want {
			head, rest, _ := strings.Cut(w, ": ")
			i := strings.IndexAny(head+" ", "[{. ")
			fmt.Fprintf(&want, "%s x%s %s\n", head[:i], head[i:], rest)
		}
		// The values alone, and as a slice out of the middle of others.
		one := recordOf(t, s, rowsOf(t, c.values))
		n := one.NumRows()
		sliced := recordOf(t, s, rowsOf(t, backwards(t, c.values), c.values, backwards(t, c.values))).NewSlice(n, 2*n)
		checker := NewChecker(s)
		for name, rec := range map[string]arrow.Record{"whole": one, "sliced": sliced, "again": one} {
			var got Findings
			checker.Check(Batch{Record: rec}, &got)
			if show(&got) != want.String() {
				t.Errorf("{ %s } %s, %s: got\n%swant\n%s", c.field, c.values, name, show(&got), want.String())
			}
		}
	}
}

// rowsOf makes records of JSON arrays of values of x, one behind the other.
func rowsOf(t testing.TB, lists ...string) string {
	var rows []string
	for _, list := range lists {
		for _, v := range valuesIn(t, list) {
			rows = append(rows, `{"x":`+string(v)+`}`)
		}
	}
	return "[" + strings.Join(rows, ",") + "]"
}

func backwards(t testing.TB, list string) string {
	values := valuesIn(t, list)
	slices.Reverse(values)
	text, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func valuesIn(t testing.TB, list string) (values []json.RawMessage) {
	if err := json.Unmarshal([]byte(list), &values); err != nil {
		t.Fatalf("%s: %v", list, err)
	}
	return values
}

func TestCheckEmptyBatch(t *testing.T) {
	for _, c := range checkCases {
		s := declared(t, "[fields]\nx = { "+c.field+" }\n")
		var got Findings
		NewChecker(s).Check(Batch{Record: recordOf(t, s, `[]`)}, &got)
		if len(got.List) > 0 {
			t.Errorf("{ %s }: findings in an empty batch: %s", c.field, show(&got))
		}
	}
}

const twoFields = `
[fields.id]
type = "int64"
required = true
[fields.tags]
type = "list"
required = true
items = { type = "string", required = true, min_length = 2 }
`

func TestCheckLeavesAlone(t *testing.T) {
	s := declared(t, twoFields)
	rec := recordOf(t, s, `[{"id":null,"tags":null},{"id":null,"tags":["a",null,null]},{"id":null,"tags":null},{"id":4,"tags":null}]`)
	var got Findings
	NewChecker(s).Check(Batch{
		Record: rec,
		Broken: []int32{0, 2},
		// The id of row 1, and the second null among all tags.
		Faults: map[int][]int32{0: {1}, 2: {2}},
	}, &got)
	want := "1 tags[] at tags[0] is shorter than 2 characters (min_length = 2), got \"a\"\n" +
		"1 tags[] at tags[1] is null (required = true)\n3 tags is null (required = true)\n"
	if show(&got) != want {
		t.Errorf("got\n%swant\n%s", show(&got), want)
	}
}

// TestCheckHiddenValues has values where there are none by Arrow's rules: under nulls that still have an
// extent, and outside every extent.
func TestCheckHiddenValues(t *testing.T) {
	s := declared(t, `
[fields.l]
type = "list"
items = { type = "int8", maximum = 0 }
[fields.s]
type = "struct"
fields = { a = { type = "int8", maximum = 0 } }
`)
	ints := array.NewInt8Builder(memory.DefaultAllocator)
	ints.AppendValues([]int8{9, 9, 1, 9}, nil)
	items := ints.NewArray()
	offsets := memory.NewBufferBytes(arrow.Int32Traits.CastToBytes([]int32{1, 2, 3}))
	firstNull := memory.NewBufferBytes([]byte{0b10})
	arrowSchema := s.Arrow()
	list := array.NewData(arrowSchema.Field(0).Type, 2, []*memory.Buffer{firstNull, offsets}, []arrow.ArrayData{items.Data()}, 1, 0)
	ints.AppendValues([]int8{9, 2}, nil)
	st := array.NewData(arrowSchema.Field(1).Type, 2, []*memory.Buffer{firstNull}, []arrow.ArrayData{ints.NewArray().Data()}, 1, 0)
	rec := array.NewRecord(arrowSchema, []arrow.Array{array.NewListData(list), array.NewStructData(st)}, 2)
	var got Findings
	NewChecker(s).Check(Batch{Record: rec}, &got)
	want := "1 l[] at l[0] is not at most 0 (maximum = 0), got \"1\"\n1 s.a is not at most 0 (maximum = 0), got \"2\"\n"
	if show(&got) != want {
		t.Errorf("got\n%swant\n%s", show(&got), want)
	}
}

func TestCheckOrderAndCounts(t *testing.T) {
	s := declared(t, twoFields)
	rec := recordOf(t, s, `[{"id":null,"tags":["a"]},{"id":1,"tags":["b","c"]},{"id":null,"tags":null}]`)
	got := Findings{Keep: 2}
	got.Add(1, Finding{Code: TypeError, Field: "id", Message: "is not an integer"})
	NewChecker(s).Check(Batch{Record: rec}, &got)
	want := `0 id is null (required = true)
0 tags[] at tags[0] is shorter than 2 characters (min_length = 2), got "a"
1 id is not an integer ()
1 tags[] at tags[0] is shorter than 2 characters (min_length = 2), got "b"
2 id is null (required = true)
2 tags is null (required = true)
`
	if show(&got) != want {
		t.Errorf("got\n%swant\n%s", show(&got), want)
	}
	counts := map[CountKey]int64{{TypeError, "id"}: 1, {ConstraintError, "id"}: 2, {ConstraintError, "tags[]"}: 3, {ConstraintError, "tags"}: 1}
	for key, n := range counts {
		if got.Counts[key] != n {
			t.Errorf("%v counted %d times, not %d", key, got.Counts[key], n)
		}
	}
	slices.Sort(got.Rejected)
	if rows := slices.Compact(got.Rejected); !slices.Equal(rows, []int32{0, 1, 2}) {
		t.Errorf("rejected %v", rows)
	}
}

const wideFields = `
[fields]
id = { type = "string", required = true, pattern = '^[0-9a-z_]+/\d\d$', max_length = 20 }
dir = { type = "string", required = true, enum = ["ltr", "rtl"] }
lang = { type = "string", required = true, format = "bcp47" }
text = { type = "string", required = true, min_length = 1, max_length = 100000 }
n = { type = "int64", required = true, minimum = 0, maximum = 1000000 }
x = { type = "float64", minimum = -90, maximum = 90 }
day = { type = "date", minimum = 2000-01-01 }
tags = { type = "list", min_items = 1, items = { type = "string", required = true, min_length = 1 } }
`

func wideRecord(t testing.TB, s *Schema) (rec arrow.Record, size int) {
	var b strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&b, `,{"id":"isl_%d/%02d","dir":"ltr","lang":"is","text":"Hver maður er borinn frjáls og jafn öðrum að virðingu og réttindum %d.",`+
			`"n":%d,"x":64.1,"day":"2024-01-01","tags":["a","bc","def"]}`, i, i%100, i, i)
	}
	return recordOf(t, s, "["+b.String()[1:]+"]"), b.Len()
}

func TestCheckDoesNotAllocate(t *testing.T) {
	s := declared(t, wideFields)
	rec, _ := wideRecord(t, s)
	checker := NewChecker(s)
	var got Findings
	check := func() { checker.Check(Batch{Record: rec}, &got) }
	check()
	if n := testing.AllocsPerRun(10, check); n > 0 || len(got.List) > 0 {
		t.Errorf("%v allocations for a batch without faults; findings: %s", n, show(&got))
	}
}

func BenchmarkCheck(b *testing.B) {
	s := declared(b, wideFields)
	rec, size := wideRecord(b, s)
	checker := NewChecker(s)
	var got Findings
	b.SetBytes(int64(size))
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		checker.Check(Batch{Record: rec}, &got)
	}
	if len(got.List) > 0 {
		b.Fatal(show(&got))
	}
}

// TestCheckPlaces holds rows and places in random lists of lists to those that counting gives.
func TestCheckPlaces(t *testing.T) {
	s := declared(t, "[fields]\nx = { type = \"list\", items = { type = \"list\", items = { type = \"int8\", maximum = 5 } } }\n")
	r := rand.New(rand.NewPCG(1, 2))
	checker := NewChecker(s)
	for range 200 {
		rows := make([][][]int8, r.IntN(8))
		var want strings.Builder
		for i := range rows {
			rows[i] = make([][]int8, r.IntN(4))
			for j := range rows[i] {
				rows[i][j] = make([]int8, r.IntN(4)) // one in four is empty
				for k := range rows[i][j] {
					if v := int8(r.IntN(8)); v > 5 {
						rows[i][j][k] = v
						fmt.Fprintf(&want, "%d x[][] at x[%d][%d] is not at most 5 (maximum = 5), got \"%d\"\n", i, j, k, v)
					}
				}
			}
		}
		text, err := json.Marshal(rows)
		if err != nil {
			t.Fatal(err)
		}
		var got Findings
		checker.Check(Batch{Record: recordOf(t, s, rowsOf(t, string(text)))}, &got)
		if show(&got) != want.String() {
			t.Fatalf("%s: got\n%swant\n%s", text, show(&got), want.String())
		}
	}
}
