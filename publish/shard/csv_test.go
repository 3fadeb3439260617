package shard

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bindery-data/bindery/schema"
)

// A decodedShard is what became of a shard: its records as Arrow's JSON, what was found, and the raw
// text of every record.
type decodedShard struct {
	rows     []string
	findings []string // "row code field message"
	raw      []string
	lines    []int64 // of each record in the shard, from 1
	err      error
}

// decodeAll decodes a shard, wanting want of each chunk and a batch of each.
func decodeAll(t testing.TB, s *schema.Schema, spec Spec, want int64) decodedShard {
	t.Helper()
	splitter, err := Open(context.Background(), s, spec)
	if err != nil {
		t.Fatal(err)
	}
	defer splitter.Close()
	d, err := NewDecoder(s, spec)
	if err != nil {
		t.Fatal(err)
	}
	b := NewBuilder(s, 1<<20)
	var out decodedShard
	for line := int64(1); ; line += d.Lines() {
		c, err := splitter.Next(context.Background(), want)
		if err != nil {
			out.err = err
			return out
		}
		line += c.SkippedLines
		out.decode(t, d, b, &c, line)
		c.Release()
	}
}

func (out *decodedShard) decode(t testing.TB, d Decoder, b *Builder, c *Chunk, line int64) {
	t.Helper()
	if err := d.Start(c); err != nil {
		t.Fatal(err)
	}
	for done := false; !done; {
		var err error
		b.BeginChunk(0)
		if done, err = d.Decode(b); err != nil {
			t.Fatal(err)
		}
		batch := b.Batch()
		if int(batch.Record.NumRows()) != b.Rows() {
			t.Fatalf("a batch of %d rows has %d origins", batch.Record.NumRows(), b.Rows())
		}
		for _, f := range b.Findings.List {
			out.findings = append(out.findings, strings.TrimSpace(
				fmt.Sprintf("%d %s %s", len(out.rows)+f.Row, f.Code, f.Field)))
		}
		for i, o := range b.Origins {
			out.rows = append(out.rows, rowText(batch.Record, i))
			out.raw = append(out.raw, string(rawRecord(t, d, c, o)))
			out.lines = append(out.lines, line+int64(o.Line))
		}
		batch.Record.Release()
		b.Reset()
	}
}

// rowText returns a row's values separated by "|"; null is "-".
func rowText(rec arrow.Record, row int) string {
	var cells []string
	for _, col := range rec.Columns() {
		if col.IsNull(row) {
			cells = append(cells, "-")
		} else {
			cells = append(cells, valueText(col, row))
		}
	}
	return strings.Join(cells, "|")
}

func valueText(a arrow.Array, i int) string {
	switch a := a.(type) {
	case *array.String:
		return a.Value(i)
	case *array.Float64:
		return fmt.Sprint(a.Value(i))
	}
	return a.ValueStr(i)
}

func TestCSVRecords(t *testing.T) {
	tests := []struct {
		name, in string
		rows     []string
		findings []string
		lines    []int64
	}{
		{name: "plain", in: "a,b\n1,2\n3,4\n", rows: []string{"1|2", "3|4"}, lines: []int64{2, 3}},
		{name: "crlf", in: "a,b\r\n1,2\r\n3,4\r\n", rows: []string{"1|2", "3|4"}, lines: []int64{2, 3}},
		{name: "columns in another order", in: "b,a\n1,2\n", rows: []string{"2|1"}},
		{name: "nulls", in: "a,b\n,\"\"\n\" \", \n", rows: []string{"-|-", " | "}},
		{name: "quoted", in: "a,b\n\"1,\"\"x\"\"\",\"\n\r\n\"\n\"\"\"\",x\n", rows: []string{"1,\"x\"|\n\r\n", "\"|x"}, lines: []int64{2, 5}},
		{name: "blank lines", in: "\n\na,b\n\n1,2\n\r\n\n3,4\n\n", rows: []string{"1|2", "3|4"}, lines: []int64{5, 8}},
		{name: "last line open", in: "a,b\n1,2\n3,\"4\"", rows: []string{"1|2", "3|4"}},
		{name: "last line open with CR", in: "a,b\n1,2\n3,4\r", rows: []string{"1|2", "3|4"}},
		{name: "CR and NUL inside", in: "a,b\n1\r2,\x00\n", rows: []string{"1\r2|\x00"}},
		{name: "short and long", in: "a,b\n1\n1,2,3\n4,5\n", rows: []string{"-|-", "-|-", "4|5"},
			findings: []string{"0 missing-cell b", "1 extra-cell"}, lines: []int64{2, 3, 4}},
		{name: "bare quote", in: "a,b\n1,5\" disk\n3,4\n", rows: []string{"-|-", "3|4"}, findings: []string{"0 format-error"}},
		{name: "after a quote", in: "a,b\n\"1\"x,2\n\"1\" ,2\n3,4\n", rows: []string{"-|-", "-|-", "3|4"},
			findings: []string{"0 format-error", "1 format-error"}},
		{name: "unclosed quote", in: "a,b\n1,2\n\"3,4\n5,6\n", rows: []string{"1|2", "-|-"},
			findings: []string{"1 format-error"}, lines: []int64{2, 3}},
		{name: "not UTF-8", in: "a,b\n1,\xff\n\"\xff,2\n3,é\n\xc3,\xa9\n", rows: []string{"-|-", "-|-"},
			findings: []string{"0 encoding-error", "1 encoding-error"}},
		{name: "not UTF-8 in one", in: "a,b\n1,\xff\n3,é\n", rows: []string{"-|-", "3|é"}, findings: []string{"0 encoding-error"}},
		{name: "quote after a broken cell", in: "a,b\n\"1\"x,\"2\n3\"\n5,6\n", rows: []string{"-|-", "5|6"},
			findings: []string{"0 format-error"}, lines: []int64{2, 4}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			spec := writeShard(t, "x.csv", []byte(tt.in))
			for want := int64(1); want <= int64(len(tt.in)); want++ {
				got := decodeAll(t, ab, spec, want)
				if fmt.Sprintf("%q %q", got.rows, got.findings) != fmt.Sprintf("%q %q", tt.rows, tt.findings) || got.err != io.EOF {
					t.Fatalf("wanting %d: %q %q %v, want %q %q", want, got.rows, got.findings, got.err, tt.rows, tt.findings)
				}
				if tt.lines != nil && fmt.Sprint(got.lines) != fmt.Sprint(tt.lines) {
					t.Fatalf("wanting %d: lines %v, want %v", want, got.lines, tt.lines)
				}
			}
		})
	}
}

func TestCSVSingleColumn(t *testing.T) {
	s := shardSchema(stringField("a"))
	got := decodeAll(t, s, writeShard(t, "x.csv", []byte("a\n\n\"\"\nx\n")), 1)
	if fmt.Sprintf("%q", got.rows) != `["-" "x"]` || got.lines[0] != 3 {
		t.Errorf("%q at %v", got.rows, got.lines)
	}
}

func TestCSVRawIsWhatCame(t *testing.T) {
	got := decodeAll(t, ab, writeShard(t, "x.csv", []byte("a,b\n\"1\n\",\"\"\"\"\r\n5\",2\n3,4,5")), 1)
	want := []string{"\"1\n\",\"\"\"\"", "5\",2", "3,4,5"}
	if fmt.Sprintf("%q", got.raw) != fmt.Sprintf("%q", want) {
		t.Errorf("%q, want %q", got.raw, want)
	}
}

func TestDelimiters(t *testing.T) {
	for _, tt := range []struct {
		name, in  string
		delimiter byte
	}{
		{"x.csv", "a;b\n1,0;\"2;\"\n", ';'},
		{"x.csv", "a|b\n1,0|2;\n", '|'},
		{"x.tsv", "a\tb\n1,0\t2;\n", 0},
		{"x.tsv", "a b\n1,0 2;\n", ' '},
	} {
		spec := writeShard(t, tt.name, []byte(tt.in))
		spec.Delimiter = tt.delimiter
		if got := decodeAll(t, ab, spec, 1); fmt.Sprint(got.rows) != "[1,0|2;]" {
			t.Errorf("%q: %q, %q", tt.in, got.rows, got.findings)
		}
	}
	for _, d := range []byte{'"', '\n', '\r', 0xc3} {
		spec := writeShard(t, "x.csv", []byte("a,b\n"))
		spec.Delimiter = d
		if _, err := Open(context.Background(), ab, spec); err == nil {
			t.Errorf("delimiter %q was taken", d)
		}
	}
}

func TestCSVTypes(t *testing.T) {
	i64 := &schema.Field{Name: "x", Type: schema.Int64}
	list := &schema.Field{Name: "x", Type: schema.List, Items: &schema.Field{Name: "item", Type: schema.Int8}}
	tests := []struct {
		field *schema.Field
		cell  string
		want  string // or, with an exclamation mark, the field of a type error
	}{
		{i64, "-9223372036854775808", "-9223372036854775808"},
		{i64, "9223372036854775807", "9223372036854775807"},
		{i64, "9223372036854775808", "!x"},
		{i64, "1.0", "!x"},
		{i64, " 1", "!x"},
		{i64, "", "-"},
		{i64, "NA", "-"},
		{&schema.Field{Name: "x", Type: schema.Uint64}, "18446744073709551615", "18446744073709551615"},
		{&schema.Field{Name: "x", Type: schema.Int8}, "128", "!x"},
		{&schema.Field{Name: "x", Type: schema.Float64}, "1e-3", "0.001"},
		{&schema.Field{Name: "x", Type: schema.Float64}, "NaN", "NaN"},
		{&schema.Field{Name: "x", Type: schema.Float64}, "INF", "+Inf"},
		{&schema.Field{Name: "x", Type: schema.Float64}, "-INF", "-Inf"},
		{&schema.Field{Name: "x", Type: schema.Float64}, "inf", "!x"},
		{&schema.Field{Name: "x", Type: schema.Bool}, "TRUE", "true"},
		{&schema.Field{Name: "x", Type: schema.Bool}, "0", "false"},
		{&schema.Field{Name: "x", Type: schema.Bool}, "yes", "!x"},
		{&schema.Field{Name: "x", Type: schema.Decimal, Precision: 5, Scale: 2}, "123.45", "123.45"},
		{&schema.Field{Name: "x", Type: schema.Decimal, Precision: 5, Scale: 2}, "1.234", "!x"},
		{&schema.Field{Name: "x", Type: schema.Date}, "2024-02-29", "2024-02-29"},
		{&schema.Field{Name: "x", Type: schema.Date}, "2023-02-29", "!x"},
		{&schema.Field{Name: "x", Type: schema.Time, Unit: arrow.Millisecond}, "12:30:00.5", "12:30:00.500"},
		{&schema.Field{Name: "x", Type: schema.Timestamp, Unit: arrow.Millisecond, Zone: "UTC"}, "2024-01-01T00:00:00+01:00", "2023-12-31 23:00:00Z"},
		{&schema.Field{Name: "x", Type: schema.Binary}, "aGk=", "aGk="},
		{&schema.Field{Name: "x", Type: schema.Binary}, "aGk", "!x"},
		{&schema.Field{Name: "x", Type: schema.String}, " NA ", " NA "},
		{list, `"[1,2,null]"`, "[1,2,null]"},
		{list, `"[1,200]"`, "!x[]"},
		{list, `"[1,2"`, "!x"},
		{list, `"[1] 2"`, "!x"},
		{&schema.Field{Name: "x", Type: schema.JSON}, `"{""a"": [1, 2.50]}"`, `{"a": [1, 2.50]}`},
		{&schema.Field{Name: "x", Type: schema.JSON}, `{]`, "!x"},
	}
	for _, tt := range tests {
		s := shardSchema(tt.field, stringField("s"))
		s.NullValues = []string{"", "NA"}
		got := decodeAll(t, s, writeShard(t, "x.csv", []byte("x,s\n"+tt.cell+",s\n")), 1)
		want, findings := "["+tt.want+"|s]", "[]"
		if path, bad := strings.CutPrefix(tt.want, "!"); bad {
			want, findings = fmt.Sprint(got.rows), "[0 type-error "+path+"]"
		}
		if fmt.Sprint(got.rows) != want || fmt.Sprint(got.findings) != findings {
			t.Errorf("%s %q: %q %q, want %q %s", tt.field.Type, tt.cell, got.rows, got.findings, want, findings)
		}
	}
}

func TestDetect(t *testing.T) {
	tests := []struct{ name, format, compression string }{
		{"a.jsonl", "jsonl", "none"},
		{"dir.csv/a.NDJSON.GZ", "jsonl", "gzip"},
		{"a.json.zst", "json", "zstd"},
		{"a.csv.bz2", "csv", "bzip2"},
		{"a.b.tsv.xz", "tsv", "xz"},
		{"a.tab", "tsv", "none"},
		{`dir\a.csv`, "csv", "none"},
		{"a.txt", "", ""},
		{"a.gz", "", ""},
		{".jsonl", "", ""},
		{"jsonl", "", ""},
		{"a.jsonl.zip", "", ""},
		{"a.jsonl/b", "", ""},
		{"", "", ""},
	}
	for _, tt := range tests {
		format, compression, err := Detect(tt.name)
		if format != tt.format || compression != tt.compression || (err == nil) != (tt.format != "") {
			t.Errorf("%q: %q, %q, %v", tt.name, format, compression, err)
		}
		if err != nil && !strings.Contains(err.Error(), ".jsonl .ndjson") {
			t.Errorf("%q: the error does not say which endings are known: %v", tt.name, err)
		}
	}
}

func TestSpecsThatAreWrong(t *testing.T) {
	for _, spec := range []Spec{
		{Path: "x.jsonl", Format: "yaml"},
		{Path: "x.jsonl", Compression: "lzw"},
		{Path: "x.unknown"},
	} {
		if _, err := Open(context.Background(), ab, spec); err == nil {
			t.Errorf("Open(%+v) succeeded", spec)
		}
		if _, err := NewDecoder(ab, spec); err == nil {
			t.Errorf("NewDecoder(%+v) succeeded", spec)
		}
	}
	spec := writeShard(t, "records", []byte("a,b\n1,2\n"))
	spec.Format = "csv"
	if got := decodeAll(t, ab, spec, 1); fmt.Sprint(got.rows) != "[1|2]" {
		t.Errorf("a declared format: %q", got.rows)
	}
}
