package shard

import (
	"context"
	"encoding/json"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bindery-data/bindery/schema"
)

// flatSchema declares the columns of the flat-* files in testdata/columnar.
func flatSchema() *schema.Schema {
	return shardSchema(
		&schema.Field{Name: "id", Type: schema.Int64, Constraints: schema.Constraints{Required: true}},
		&schema.Field{Name: "i8", Type: schema.Int8}, &schema.Field{Name: "i16", Type: schema.Int16},
		&schema.Field{Name: "i32", Type: schema.Int32}, &schema.Field{Name: "i64", Type: schema.Int64},
		&schema.Field{Name: "u8", Type: schema.Uint8}, &schema.Field{Name: "u16", Type: schema.Uint16},
		&schema.Field{Name: "u32", Type: schema.Uint32}, &schema.Field{Name: "u64", Type: schema.Uint64},
		&schema.Field{Name: "f32", Type: schema.Float32}, &schema.Field{Name: "f64", Type: schema.Float64},
		&schema.Field{Name: "b", Type: schema.Bool}, stringField("s"), stringField("word"),
		&schema.Field{Name: "bin", Type: schema.Binary},
		&schema.Field{Name: "dec", Type: schema.Decimal, Precision: 9, Scale: 2},
		&schema.Field{Name: "wide", Type: schema.Decimal, Precision: 38, Scale: 10},
		&schema.Field{Name: "day", Type: schema.Date},
		&schema.Field{Name: "clock", Type: schema.Time, Unit: arrow.Microsecond},
		&schema.Field{Name: "local", Type: schema.Timestamp, Unit: arrow.Microsecond},
		&schema.Field{Name: "instant", Type: schema.Timestamp, Unit: arrow.Millisecond, Zone: "UTC"},
	)
}

func listField(name string, items *schema.Field) *schema.Field {
	items.Name = "item"
	return &schema.Field{Name: name, Type: schema.List, Items: items}
}

func mapField(name string, values *schema.Field) *schema.Field {
	values.Name = "value"
	return &schema.Field{Name: name, Type: schema.Map, Values: values}
}

func structField(name string, fields ...*schema.Field) *schema.Field {
	return &schema.Field{Name: name, Type: schema.Struct, Fields: fields}
}

// nestedSchema declares the columns of the nested-* files in testdata/columnar.
func nestedSchema() *schema.Schema {
	point := func(name string) *schema.Field {
		return structField(name, &schema.Field{Name: "x", Type: schema.Float64},
			listField("y", &schema.Field{Type: schema.Int32}))
	}
	return shardSchema(
		&schema.Field{Name: "id", Type: schema.Int64},
		listField("list", stringField("")),
		listField("lists", listField("", &schema.Field{Type: schema.Int64})),
		point("point"), listField("points", point("")),
		mapField("map", &schema.Field{Type: schema.Int32}),
		mapField("deep", listField("", structField("", listField("v", &schema.Field{Type: schema.Bool})))),
	)
}

// A columnarShard is what became of a columnar shard.
type columnarShard struct {
	rows     []string // as JSON of the declared types
	raw      []string
	findings []schema.RowFinding // by row of the shard
	chunks   []Chunk
	consumed int64
	err      error
}

// readColumns decodes a shard in batches of about limit bytes.
func readColumns(t testing.TB, s *schema.Schema, spec Spec, want int64, limit int) *columnarShard {
	t.Helper()
	splitter, err := Open(context.Background(), s, spec)
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDecoder(s, spec)
	if err != nil {
		t.Fatal(err)
	}
	out := &columnarShard{}
	b := NewBuilder(s, limit)
	for {
		c, err := splitter.Next(context.Background(), want)
		if err != nil {
			out.err = err
			break
		}
		if c.rows.first != int64(len(out.rows)) {
			t.Fatalf("the chunk of row %d says that its first is %d", len(out.rows), c.rows.first)
		}
		out.chunks = append(out.chunks, c)
		out.consumed += c.Consumed
		out.decode(t, s, d, b, &c)
	}
	if err := splitter.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}

func (out *columnarShard) decode(t testing.TB, s *schema.Schema, d Decoder, b *Builder, c *Chunk) {
	t.Helper()
	if err := d.Start(c); err != nil {
		t.Fatal(err)
	}
	first := len(out.rows)
	for done := false; !done; {
		var err error
		b.BeginChunk(0)
		if done, err = d.Decode(b); err != nil {
			t.Fatal(err)
		}
		batch := b.Batch()
		for _, f := range b.Findings.List {
			f.Row += len(out.rows)
			out.findings = append(out.findings, f)
		}
		for i, o := range b.Origins {
			if int(o.Line) != len(out.rows)-first || o.Start != o.Line {
				t.Fatalf("row %d of its chunk has the origin %+v", len(out.rows)-first, o)
			}
			row := []byte("{")
			for k, f := range s.Fields {
				row = append(row, `"`+f.Name+`":`...)
				row = append(schema.AppendValue(row, f, batch.Record.Column(k), i), ',')
			}
			out.rows = append(out.rows, strings.TrimSuffix(string(row), ",")+"}")
			out.raw = append(out.raw, string(rawRecord(t, d, c, o)))
		}
		batch.Record.Release()
		b.Reset()
	}
	if d.Lines() != 0 {
		t.Fatalf("a columnar chunk has %d lines", d.Lines())
	}
}

// sameJSON compares two JSON texts by their values: numbers as fractions, keys without their order.
func sameJSON(t testing.TB, got, want string) bool {
	t.Helper()
	normal := func(text string) string {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		b, err := json.Marshal(normalJSON(v))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	return normal(got) == normal(want)
}

func normalJSON(v any) any {
	switch v := v.(type) {
	case json.Number:
		r, ok := new(big.Rat).SetString(v.String())
		if !ok {
			return v.String()
		}
		return "number " + r.RatString()
	case []any:
		for i := range v {
			v[i] = normalJSON(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = normalJSON(v[k])
		}
	}
	return v
}

// goldenRows returns the records of a file of JSON lines in testdata/columnar.
func goldenRows(t testing.TB, name string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "columnar", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// TestColumnarFiles reads what other programs wrote and compares it with what they say it is.
func TestColumnarFiles(t *testing.T) {
	dir := filepath.Join("testdata", "columnar")
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, file := range files {
		name := file.Name()
		if _, _, err := Detect(name); err != nil || strings.HasSuffix(name, ".jsonl") {
			continue
		}
		read++
		t.Run(name, func(t *testing.T) {
			s, want := columnarGolden(t, name)
			var rowSizes []int64
			for _, size := range []int64{1, 300, 5000, 1 << 20} {
				got := readColumns(t, s, Spec{Path: filepath.Join(dir, name)}, size, 1000)
				if got.err != io.EOF || len(got.findings) > 0 {
					t.Fatalf("ended with %v and findings %v", got.err, got.findings)
				}
				if len(got.rows) != len(want) {
					t.Fatalf("has %d rows, want %d", len(got.rows), len(want))
				}
				for i := range want {
					if !sameJSON(t, got.rows[i], want[i]) {
						t.Fatalf("wanting %d: row %d is\n%s\nwant\n%s", size, i, got.rows[i], want[i])
					}
				}
				info, err := file.Info()
				if err != nil || got.consumed != info.Size() {
					t.Errorf("consumed %d of %d bytes", got.consumed, info.Size())
				}
				if size == 1 {
					for _, c := range got.chunks {
						rowSizes = append(rowSizes, c.Size)
					}
				}
				checkCuts(t, got.chunks, rowSizes, size)
			}
		})
	}
	if read < 25 {
		t.Errorf("there were %d files", read)
	}
}

// checkCuts checks that every chunk is the shortest of at least want bytes, given the sizes of all rows.
func checkCuts(t *testing.T, chunks []Chunk, rowSizes []int64, want int64) {
	t.Helper()
	for i, c := range chunks {
		rows, size := int64(0), int64(0)
		for len(rowSizes) > 0 && size < want {
			size += rowSizes[0]
			rowSizes = rowSizes[1:]
			rows++
		}
		for _, r := range c.rows.records {
			rows -= r.NumRows()
		}
		if rows != 0 || c.Size != size {
			t.Errorf("wanting %d, chunk %d has %d bytes and %d rows too few, want %d bytes", want, i, c.Size, rows, size)
		}
	}
}

// columnarGolden returns what a file in testdata/columnar is declared as, and its records.
func columnarGolden(t *testing.T, name string) (*schema.Schema, []string) {
	t.Helper()
	kind, _, _ := strings.Cut(name, "-")
	switch {
	case name == "flat-int96.parquet":
		// INT96 says nothing of a zone.
		s := flatSchema()
		s.Fields[len(s.Fields)-1].Zone = ""
		rows := goldenRows(t, "flat.jsonl")
		for i := range rows {
			rows[i] = strings.ReplaceAll(rows[i], `Z"`, `"`)
		}
		return s, rows
	case kind == "flat":
		return flatSchema(), goldenRows(t, "flat.jsonl")
	case kind == "nested":
		return nestedSchema(), goldenRows(t, "nested.jsonl")
	}
	s := nestedSchema()
	s.Fields = s.Fields[:5]
	s.Number()
	rows := goldenRows(t, "nested.jsonl")
	for i := range rows {
		head, _, _ := strings.Cut(rows[i], `, "map"`)
		rows[i] = head + "}"
	}
	return s, rows
}

// TestCompressedParquet reads a Parquet file that is compressed as a whole.
func TestCompressedParquet(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "columnar", "flat-zstd.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"flat.parquet.gz", "flat.parquet.zst"} {
		spec := writeShard(t, name, pack(t, filepath.Ext(name), text))
		got := readColumns(t, flatSchema(), spec, 1000, 1<<20)
		info, err := os.Stat(spec.Path)
		if err != nil {
			t.Fatal(err)
		}
		if got.err != io.EOF || len(got.rows) != 24 || got.consumed != info.Size() {
			t.Errorf("%s: %d rows, %d of %d bytes, %v", name, len(got.rows), got.consumed, info.Size(), got.err)
		}
	}
}
