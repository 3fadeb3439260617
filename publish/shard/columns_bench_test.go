package shard

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/file"
	pqschema "github.com/apache/arrow/go/v17/parquet/schema"

	"github.com/bindery-data/bindery/schema"
)

// The benchmarks' file: four columns each of int64, float64, short and long strings, the half of them
// optional.
const (
	benchColumns = 16
	benchRows    = 40_000
)

func benchColumnSchema() *schema.Schema {
	s := &schema.Schema{}
	for i := range benchColumns {
		f := &schema.Field{Name: fmt.Sprintf("c%d", i)}
		f.Type = []schema.Type{schema.Int64, schema.Float64, schema.String, schema.String}[i%4]
		s.Fields = append(s.Fields, f)
	}
	s.Number()
	return s
}

// benchParquet writes the file with arrow's own writer.
func benchParquet(b *testing.B) []byte {
	b.Helper()
	var nodes pqschema.FieldList
	for i := range benchColumns {
		name, repetition := fmt.Sprintf("c%d", i), []parquet.Repetition{parquet.Repetitions.Required, parquet.Repetitions.Optional}[i/4%2]
		switch i % 4 {
		case 0:
			nodes = append(nodes, pqschema.NewInt64Node(name, repetition, -1))
		case 1:
			nodes = append(nodes, pqschema.NewFloat64Node(name, repetition, -1))
		default:
			nodes = append(nodes, pqschema.MustPrimitive(pqschema.NewPrimitiveNodeLogical(name, repetition,
				pqschema.StringLogicalType{}, parquet.Types.ByteArray, -1, -1)))
		}
	}
	var out bytes.Buffer
	w := file.NewParquetWriter(&out, pqschema.MustGroup(pqschema.NewGroupNode("schema", parquet.Repetitions.Required, nodes, -1)),
		file.WithWriterProps(parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd))))
	group := w.AppendRowGroup()
	for i := range benchColumns {
		column, err := group.NextColumn()
		if err != nil {
			b.Fatal(err)
		}
		writeBenchColumn(b, column, i)
		if err := column.Close(); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

func writeBenchColumn(b *testing.B, column file.ColumnChunkWriter, i int) {
	b.Helper()
	// Of an optional column, every tenth value is missing.
	var levels []int16
	present := 0
	for row := range benchRows {
		level := int16(1)
		if i/4%2 == 1 && row%10 == 0 {
			level = 0
		}
		present += int(level)
		levels = append(levels, level)
	}
	if i/4%2 == 0 {
		levels = nil
	}
	var err error
	switch column := column.(type) {
	case *file.Int64ColumnChunkWriter:
		_, err = column.WriteBatch(benchValues(present, func(n int) int64 { return int64(n) * 7919 }), levels, nil)
	case *file.Float64ColumnChunkWriter:
		_, err = column.WriteBatch(benchValues(present, func(n int) float64 { return float64(n) / 3 }), levels, nil)
	case *file.ByteArrayColumnChunkWriter:
		_, err = column.WriteBatch(benchValues(present, func(n int) parquet.ByteArray {
			if i%4 == 2 {
				return parquet.ByteArray(fmt.Sprintf("word %d", n%100))
			}
			return parquet.ByteArray(fmt.Sprintf("Hver maður er borinn frjáls og jafn öðrum að virðingu og réttindum (%d).", n))
		}), levels, nil)
	}
	if err != nil {
		b.Fatal(err)
	}
}

func benchValues[T any](n int, value func(int) T) []T {
	values := make([]T, n)
	for i := range values {
		values[i] = value(i)
	}
	return values
}

// benchChunks cuts a file into chunks.
func benchChunks(b *testing.B, format *Format, text []byte, s *schema.Schema) (chunks []Chunk, size int64) {
	b.Helper()
	splitter, err := format.split(memoryInput(text), s)
	for err == nil {
		var c Chunk
		if c, err = splitter.Next(context.Background(), 4<<20); err == nil {
			chunks = append(chunks, c)
			size += c.Size
		}
	}
	if err != io.EOF {
		b.Fatal(err)
	}
	return chunks, size
}

// BenchmarkSplitParquet reads a file of 16 columns into Arrow arrays.
func BenchmarkSplitParquet(b *testing.B) {
	text, s := benchParquet(b), benchColumnSchema()
	_, size := benchChunks(b, &parquetFormat, text, s)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		benchChunks(b, &parquetFormat, text, s)
	}
}

// BenchmarkSplitArrow reads the same records as an Arrow stream.
func BenchmarkSplitArrow(b *testing.B) {
	s := benchColumnSchema()
	chunks, _ := benchChunks(b, &parquetFormat, benchParquet(b), s)
	var records []arrow.Record
	for _, c := range chunks {
		records = append(records, c.rows.records...)
	}
	text := arrowStreamOf(b, records...)
	_, size := benchChunks(b, &arrowsFormat, text, s)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		benchChunks(b, &arrowsFormat, text, s)
	}
}

// BenchmarkConvert converts the arrays of a file of 16 columns to the declared columns.
func BenchmarkConvert(b *testing.B) {
	s := benchColumnSchema()
	chunks, size := benchChunks(b, &parquetFormat, benchParquet(b), s)
	d := newColumnDecoder(s, Spec{})
	builder := NewBuilder(s, 8<<20)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for i := range chunks {
			if err := d.Start(&chunks[i]); err != nil {
				b.Fatal(err)
			}
			for done := false; !done; {
				done, _ = d.Decode(builder)
				builder.Reset()
			}
		}
	}
}
