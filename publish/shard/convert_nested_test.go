package shard

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/schema"
)

// numbersOf makes an array of a type of fixed width of numbers in its own unit.
func numbersOf[T arrow.FixedWidthType](typ arrow.DataType, values ...T) arrow.Array {
	buffers := []*memory.Buffer{nil, memory.NewBufferBytes(arrow.GetBytes(values))}
	return array.MakeFromData(array.NewData(typ, len(values), buffers, nil, 0, 0))
}

func TestTimesOutOfRange(t *testing.T) {
	day := &schema.Field{Name: "c0", Type: schema.Date}
	clock := &schema.Field{Name: "c0", Type: schema.Time, Unit: arrow.Nanosecond}
	stamp := &schema.Field{Name: "c0", Type: schema.Timestamp, Unit: arrow.Millisecond}
	seconds := &arrow.TimestampType{Unit: arrow.Second}
	tests := []struct {
		field *schema.Field
		file  arrow.Array
		want  []string // of each value: JSON, or the finding's message and value
	}{
		{day, numbersOf[int32](arrow.FixedWidthTypes.Date32, -719162, -719163, 2932896, 2932897, -1<<31), []string{
			`"0001-01-01"`, "is outside of the years 0001 to 9999: -719163", `"9999-12-31"`,
			"is outside of the years 0001 to 9999: 2932897", "is outside of the years 0001 to 9999: -2147483648"}},
		{day, numbersOf[int64](arrow.FixedWidthTypes.Date64, -86400000, 1, 1<<62), []string{
			`"1969-12-31"`, "has a time of day where a date is declared: 1970-01-01T00:00:00.001Z",
			"has a time of day where a date is declared: 4611686018427387904"}},
		{clock, numbersOf[int32](arrow.FixedWidthTypes.Time32s, 86399, 86400, -1), []string{
			`"23:59:59"`, "is no time of day: 86400", "is no time of day: -1"}},
		{clock, numbersOf[int64](arrow.FixedWidthTypes.Time64ns, 86400_000_000_000-1, 1<<62), []string{
			`"23:59:59.999999999"`, "is no time of day: 4611686018427387904"}},
		{stamp, numbersOf[int64](seconds, -62135596800, -62135596801, 253402300799, 253402300800, 1<<62), []string{
			`"0001-01-01T00:00:00"`, "is outside of the years 0001 to 9999: -62135596801", `"9999-12-31T23:59:59"`,
			"is outside of the years 0001 to 9999: 253402300800", "is outside of the years 0001 to 9999: 4611686018427387904"}},
		{stamp, numbersOf[int64](&arrow.TimestampType{Unit: arrow.Millisecond}, -62135596800_000, -62135596800_001), []string{
			`"0001-01-01T00:00:00"`, "is outside of the years 0001 to 9999: 0000-12-31T23:59:59.999Z"}},
		{stamp, numbersOf[int64](&arrow.TimestampType{Unit: arrow.Nanosecond}, -1<<63, -1_000_000), []string{
			"has a finer fraction than the declared unit: 1677-09-21T00:12:43.145224192Z", `"1969-12-31T23:59:59.999"`}},
	}
	for _, test := range tests {
		got := readRecords(t, shardSchema(test.field), recordOf(test.file))
		var results []string
		for _, row := range got.rows {
			results = append(results, strings.TrimSuffix(strings.TrimPrefix(row, `{"c0":`), "}"))
		}
		for _, f := range got.findings {
			results[f.Row] = f.Message + ": " + f.Value
		}
		if !slices.Equal(results, test.want) {
			t.Errorf("%s to %s:\ngot  %q\nwant %q", test.file.DataType(), test.field.Type, results, test.want)
		}
	}
}

// jsonRecord makes a record of JSON lines, none of whose numbers a float would change.
func jsonRecord(t *testing.T, typ *arrow.Schema, lines string) arrow.Record {
	t.Helper()
	record, _, err := array.RecordFromJSON(memory.DefaultAllocator, typ, strings.NewReader("["+lines+"]"))
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func TestPlacesOfFindings(t *testing.T) {
	narrow := func() *schema.Field { return &schema.Field{Type: schema.Int8} }
	s := shardSchema(
		listField("list", narrow()),
		listField("lists", listField("", narrow())),
		structField("one", &schema.Field{Name: "n", Type: schema.Int8}),
		listField("many", structField("", &schema.Field{Name: "n", Type: schema.Int8})),
		mapField("map", listField("", narrow())),
	)
	wide := arrow.PrimitiveTypes.Int64
	pair := arrow.StructOf(arrow.Field{Name: "n", Type: wide, Nullable: true})
	file := arrow.NewSchema([]arrow.Field{
		{Name: "map", Type: arrow.MapOf(arrow.BinaryTypes.String, arrow.ListOf(wide)), Nullable: true},
		{Name: "many", Type: arrow.ListOf(pair), Nullable: true},
		{Name: "one", Type: pair, Nullable: true},
		{Name: "lists", Type: arrow.LargeListOf(arrow.FixedSizeListOf(2, wide)), Nullable: true},
		{Name: "list", Type: arrow.ListOf(wide), Nullable: true},
	}, nil)
	record := jsonRecord(t, file, `
		{"list": [1], "lists": [[1, 2]], "one": {"n": 1}, "many": [{"n": 1}], "map": [{"key": "a", "value": [1]}]},
		{"list": null, "lists": null, "one": null, "many": null, "map": null},
		{"list": [1, 300], "lists": [[1, 2], null, [3, 400]], "one": {"n": 500}, "many": [null, {"n": 1}, {"n": 600}],
		 "map": [{"key": "a", "value": [1]}, {"key": "b\u001b", "value": [1, 700]}]},
		{"list": [1, null], "lists": [], "one": {"n": null}, "many": [{"n": null}], "map": []}`)
	want := []string{
		"list[] at list[1]: 300", "lists[][] at lists[2][1]: 400", "one.n at : 500",
		"many[].n at many[2].n: 600", `map{}[] at map{"b\x1b"}[1]: 700`,
	}
	for name, records := range map[string][]arrow.Record{
		"whole":  {record},
		"pieces": {record.NewSlice(0, 2), record.NewSlice(2, 3), record.NewSlice(3, 4)},
	} {
		got := readRecords(t, s, records...)
		var findings []string
		for _, f := range got.findings {
			if f.Row != 2 {
				t.Errorf("%s: row %d has the finding %+v", name, f.Row, f.Finding)
			}
			findings = append(findings, fmt.Sprintf("%s at %s: %s", f.Field, f.At, f.Value))
		}
		if !slices.Equal(findings, want) {
			t.Errorf("%s: got %q, want %q", name, findings, want)
		}
		if len(got.rows) != 4 || got.rows[2] != `{"list":[1,null],"lists":[[1,2],null,[3,null]],"one":{"n":null},`+
			`"many":[null,{"n":1},{"n":null}],"map":{"a":[1],"b\u001b":[1,null]}}` {
			t.Errorf("%s: got rows %s", name, got.rows)
		}
	}
}

// TestSlices converts parts of arrays whose values do not begin at the beginning, without writing them
// to a file, which would lay them out anew.
func TestSlices(t *testing.T) {
	s := nestedSchema()
	whole := readColumns(t, s, Spec{Path: "testdata/columnar/nested-plain.arrow"}, 1<<20, 1<<20)
	for _, chunk := range whole.chunks {
		for _, record := range chunk.rows.records {
			rows := int(record.NumRows())
			for from := range rows {
				for to := from + 1; to <= rows; to++ {
					b := NewBuilder(s, 1<<20)
					converter, _ := newConverter(record.Schema(), s)
					converter.append(b, record.NewSlice(int64(from), int64(to)), 0, to-from, 0)
					converter.append(b, record, from, to, 0)
					batch := b.Batch().Record
					n := int64(to - from)
					if !array.RecordEqual(batch.NewSlice(0, n), batch.NewSlice(n, 2*n)) {
						t.Fatalf("rows %d to %d are not the same of a slice", from, to)
					}
				}
			}
		}
	}
}

func TestMapKeys(t *testing.T) {
	s := shardSchema(mapField("c0", &schema.Field{Type: schema.Int8}))
	for _, keys := range []arrow.DataType{
		arrow.BinaryTypes.String,
		&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String},
	} {
		typ := arrow.MapOf(keys, arrow.PrimitiveTypes.Int8)
		b := array.NewMapBuilderWithType(memory.DefaultAllocator, typ)
		for _, entries := range []string{"ab", "aba", "", "ba"} {
			b.Append(true)
			for i, key := range entries {
				if err := b.KeyBuilder().AppendValueFromString(string(key)); err != nil {
					t.Fatal(err)
				}
				b.ItemBuilder().(*array.Int8Builder).Append(int8(i))
			}
		}
		got := readRecords(t, s, recordOf(b.NewArray()))
		want := []string{`{"c0":{"a":0,"b":1}}`, `{"c0":null}`, `{"c0":{}}`, `{"c0":{"b":0,"a":1}}`}
		if !slices.Equal(got.rows, want) {
			t.Errorf("got %q, want %q", got.rows, want)
		}
		if len(got.findings) != 1 || got.findings[0].Row != 1 || got.findings[0].Code != schema.DuplicateKey ||
			got.findings[0].Value != `"a"` {
			t.Errorf("findings %+v", got.findings)
		}
	}
}

func TestFileSchemas(t *testing.T) {
	required := schema.Constraints{Required: true}
	s := shardSchema(stringField("a"), &schema.Field{Name: "at", Type: schema.Timestamp, Unit: arrow.Microsecond, Zone: "UTC"},
		structField("s", &schema.Field{Name: "must", Type: schema.Int8, Constraints: required}, stringField("may")))
	text, wide := arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64
	zoned := &arrow.TimestampType{Unit: arrow.Second, TimeZone: "Asia/Tokyo"}
	full := arrow.StructOf(arrow.Field{Name: "must", Type: wide})
	tests := []struct {
		name string
		file []arrow.Field
		want []string // "code field value: message"
	}{
		{"enough", []arrow.Field{{Name: "s", Type: full}, {Name: "at", Type: zoned}, {Name: "a", Type: text}}, nil},
		{"missing", []arrow.Field{{Name: "s", Type: full}, {Name: "A", Type: text}}, []string{
			"missing-label a : is declared, but the file has no such column",
			"missing-label at : is declared, but the file has no such column",
			`extra-label  "A": the file has a column that is not declared`}},
		{"twice", []arrow.Field{{Name: "a", Type: text}, {Name: "a", Type: text}, {Name: "at", Type: zoned}, {Name: "s", Type: full}},
			[]string{`duplicate-label  "a": the file has two columns of one name`}},
		{"types", []arrow.Field{{Name: "a", Type: wide}, {Name: "at", Type: &arrow.TimestampType{}}, {Name: "s", Type: text}}, []string{
			"type-error a : is declared as string, but the file has int64",
			"type-error at : is declared as timestamp with a zone, but the file has timestamp without a zone",
			"type-error s : is declared as struct, but the file has string"}},
		{"run ends", []arrow.Field{{Name: "a", Type: arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int32, text)},
			{Name: "at", Type: zoned}, {Name: "s", Type: full}}, []string{
			"type-error a : is declared as string, but the file has run_end_encoded"}},
		{"inside", []arrow.Field{{Name: "a", Type: text}, {Name: "at", Type: zoned},
			{Name: "s", Type: arrow.StructOf(arrow.Field{Name: "other", Type: text}, arrow.Field{Name: "may", Type: wide})}}, []string{
			"missing-label s.must : is required, but the file's struct has no such field",
			"type-error s.may : is declared as string, but the file has int64",
			`extra-label s "other": the file has a column that is not declared`}},
	}
	for _, test := range tests {
		record := array.NewRecord(arrow.NewSchema(test.file, nil), emptyArrays(test.file), 0)
		got := readRecords(t, s, record)
		var damage *Damage
		var findings []string
		if errors.As(got.err, &damage) {
			for _, f := range damage.Findings {
				findings = append(findings, fmt.Sprintf("%s %s %s: %s", f.Code, f.Field, f.Value, f.Message))
			}
		} else if got.err != io.EOF {
			t.Errorf("%s: ended with %v", test.name, got.err)
		}
		if !slices.Equal(findings, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, findings, test.want)
		}
	}
}

func emptyArrays(fields []arrow.Field) []arrow.Array {
	var arrays []arrow.Array
	for _, f := range fields {
		arrays = append(arrays, array.NewBuilder(memory.DefaultAllocator, f.Type).NewArray())
	}
	return arrays
}

// TestOptionalFieldOfAStruct fills with nulls what a file's struct lacks.
func TestOptionalFieldOfAStruct(t *testing.T) {
	s := shardSchema(structField("c0", stringField("lacking"), &schema.Field{Name: "n", Type: schema.Int64}))
	file := arrow.NewSchema([]arrow.Field{{Name: "c0", Nullable: true,
		Type: arrow.StructOf(arrow.Field{Name: "n", Type: arrow.PrimitiveTypes.Int64})}}, nil)
	got := readRecords(t, s, jsonRecord(t, file, `{"c0": {"n": 1}}, {"c0": null}, {"c0": {"n": 2}}`))
	want := []string{`{"c0":{"lacking":null,"n":1}}`, `{"c0":null}`, `{"c0":{"lacking":null,"n":2}}`}
	if !slices.Equal(got.rows, want) || len(got.findings) > 0 {
		t.Errorf("got %q and %v, want %q", got.rows, got.findings, want)
	}
	if got.raw[0] != `{"c0":{"n":1}}` || got.raw[1] != `{"c0":null}` {
		t.Errorf("raw records are %q", got.raw)
	}
}

// TestRawRows shows a row as it came, whatever became of it.
func TestRawRows(t *testing.T) {
	narrow := &schema.Field{Name: "c0", Type: schema.Int8}
	s := shardSchema(narrow, &schema.Field{Name: "c1", Type: schema.JSON}, stringField("c2"))
	words := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	got := readRecords(t, s,
		recordOf(arrayOf(t, arrow.PrimitiveTypes.Int64, "9223372036854775807", "1"),
			arrayOf(t, arrow.BinaryTypes.String, `{"a"`, `[1]`), arrayOf(t, words, "null", "w")),
		recordOf(arrayOf(t, arrow.PrimitiveTypes.Int64, "2"), arrayOf(t, arrow.BinaryTypes.String, "null"), arrayOf(t, words, "v")))
	want := []string{
		`{"c0":9223372036854775807,"c1":"{\"a\"","c2":null}`, `{"c0":1,"c1":"[1]","c2":"w"}`, `{"c0":2,"c1":null,"c2":"v"}`,
	}
	if !slices.Equal(got.raw, want) {
		t.Errorf("got %q, want %q", got.raw, want)
	}
	if len(got.findings) != 2 || got.findings[0].Row != 0 || got.findings[1].Row != 0 {
		t.Errorf("findings %+v", got.findings)
	}
	nulls := readRecords(t, shardSchema(narrow), recordOf(array.NewNull(1)))
	if len(nulls.raw) != 1 || nulls.raw[0] != `{"c0":null}` {
		t.Errorf("got %q of a column of nulls", nulls.raw)
	}
}

// TestCharactersCutInTwo has values that are UTF-8 only together.
func TestCharactersCutInTwo(t *testing.T) {
	got := readRecords(t, shardSchema(stringField("c0")), recordOf(arrayOf(t, arrow.BinaryTypes.String, "a", "\xc3", "\xb6", "", "b")))
	want := []string{`{"c0":"a"}`, `{"c0":null}`, `{"c0":null}`, `{"c0":""}`, `{"c0":"b"}`}
	if !slices.Equal(got.rows, want) || len(got.findings) != 2 || got.findings[0].Code != schema.EncodingError ||
		got.findings[0].Row != 1 || got.findings[1].Row != 2 {
		t.Errorf("got %q and %v", got.rows, got.findings)
	}
}
