package shard

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bindery-data/bindery/schema"
)

// addColumnarFiles adds the files in testdata/columnar with one of the endings as seeds.
func addColumnarFiles(f *testing.F, endings ...string) {
	dir := filepath.Join("testdata", "columnar")
	files, err := os.ReadDir(dir)
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		for _, ending := range endings {
			if !strings.HasSuffix(file.Name(), ending) {
				continue
			}
			text, err := os.ReadFile(filepath.Join(dir, file.Name()))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
}

func memoryInput(text []byte) *input {
	return &input{
		spec: Spec{Path: os.DevNull}, limits: defaultLimits,
		at: bytes.NewReader(text), size: int64(len(text)), close: func() error { return nil },
	}
}

// FuzzParquet reads arbitrary bytes as a Parquet file: nothing but records, findings and damages may
// come of it, in bounded memory.
func FuzzParquet(f *testing.F) {
	addColumnarFiles(f, ".parquet")
	f.Fuzz(func(t *testing.T, text []byte) {
		checkHostile(t, &parquetFormat, text, func() *arrow.Schema {
			footer, _, err := readParquetFooter(bytes.NewReader(text), int64(len(text)))
			if err != nil {
				return nil
			}
			file, err := newParquetSchema(footer.elements)
			if err != nil {
				return nil
			}
			return file.arrow
		})
	})
}

// FuzzArrow reads arbitrary bytes as an Arrow file or stream.
func FuzzArrow(f *testing.F) {
	addColumnarFiles(f, ".arrow", ".arrows")
	f.Fuzz(func(t *testing.T, text []byte) {
		schemaOf := func() *arrow.Schema {
			source := arrowSource(&arrowStream{r: bytes.NewReader(text), left: int64(len(text))})
			if in := memoryInput(text); bytes.HasPrefix(text, []byte(arrowMagic)) {
				footer, start, err := readArrowFooter(in)
				if err != nil || footer == nil {
					return nil
				}
				if source, err = newArrowFile(in, footer, start); err != nil {
					return nil
				}
			}
			reader := arrowReader{messages: arrowMessages{source: source}}
			if reader.open() != nil {
				return nil
			}
			return reader.reader.Schema()
		}
		checkHostile(t, &arrowFormat, text, schemaOf)
		checkHostile(t, &arrowsFormat, text, schemaOf)
	})
}

// checkHostile reads text as declared for testdata/columnar, and as its own schema suggests.
func checkHostile(t *testing.T, format *Format, text []byte, schemaOf func() *arrow.Schema) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	readHostile(t, format, text, flatSchema())
	readHostile(t, format, text, nestedSchema())
	if file := schemaOf(); file != nil {
		if s := suggested(file); s != nil {
			readHostile(t, format, text, s)
		}
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 512<<20 {
		t.Errorf("%d bytes of input took %d bytes of memory", len(text), took)
	}
}

func readHostile(t *testing.T, format *Format, text []byte, s *schema.Schema) {
	splitter, err := format.split(memoryInput(text), s)
	d := format.decoder(s, Spec{})
	b := NewBuilder(s, 1<<16)
	rows := int64(0)
	for err == nil {
		var c Chunk
		if c, err = splitter.Next(context.Background(), 1<<12); err != nil {
			break
		}
		if c.Size < 1 || c.rows.first != rows {
			t.Fatalf("a chunk of row %d has %d bytes and begins with row %d", rows, c.Size, c.rows.first)
		}
		for _, record := range c.rows.records {
			rows += record.NumRows()
		}
		rows -= decodeHostile(t, d, b, &c)
		if rows != c.rows.first {
			t.Fatalf("of a chunk, %d rows are missing", rows-c.rows.first)
		}
		for _, record := range c.rows.records {
			rows += record.NumRows()
		}
	}
	var damage *Damage
	if err != io.EOF && !errors.As(err, &damage) {
		t.Fatalf("ended with %v", err)
	}
}

// decodeHostile decodes a chunk and returns how many records it gave.
func decodeHostile(t *testing.T, d Decoder, b *Builder, c *Chunk) (rows int64) {
	if err := d.Start(c); err != nil {
		t.Fatal(err)
	}
	for done := false; !done; {
		var err error
		if done, err = d.Decode(b); err != nil {
			t.Fatal(err)
		}
		batch := b.Batch()
		rows += batch.Record.NumRows()
		for i, o := range b.Origins {
			if i%64 == 0 {
				rawRecord(t, d, c, o)
			}
		}
		batch.Record.Release()
		b.Reset()
	}
	return rows
}

// suggested declares what a file has, or nothing where some of it cannot be declared.
func suggested(file *arrow.Schema) *schema.Schema {
	s := &schema.Schema{}
	for _, field := range file.Fields() {
		f := suggestedField(field.Name, field.Type)
		if f == nil {
			return nil
		}
		s.Fields = append(s.Fields, f)
	}
	s.Number()
	return s
}

func suggestedField(name string, t arrow.DataType) *schema.Field {
	f := &schema.Field{Name: name}
	switch t := t.(type) {
	case *arrow.DictionaryType:
		return suggestedField(name, t.ValueType)
	case *arrow.TimestampType:
		f.Type, f.Unit, f.Zone = schema.Timestamp, arrow.Microsecond, t.TimeZone
	case *arrow.Time32Type, *arrow.Time64Type:
		f.Type, f.Unit = schema.Time, arrow.Nanosecond
	case *arrow.Date32Type, *arrow.Date64Type:
		f.Type = schema.Date
	case arrow.DecimalType:
		f.Type, f.Precision, f.Scale = schema.Decimal, 38, 10
	case *arrow.ListType, *arrow.LargeListType, *arrow.FixedSizeListType:
		f.Type, f.Items = schema.List, suggestedField("item", t.(arrow.ListLikeType).Elem())
		if f.Items == nil {
			return nil
		}
	case *arrow.MapType:
		f.Type, f.Values = schema.Map, suggestedField("value", t.ItemType())
		if f.Values == nil {
			return nil
		}
	case *arrow.StructType:
		f.Type = schema.Struct
		for _, child := range t.Fields() {
			field := suggestedField(child.Name, child.Type)
			if field == nil {
				return nil
			}
			f.Fields = append(f.Fields, field)
		}
	case *arrow.BinaryType, *arrow.LargeBinaryType, *arrow.BinaryViewType, *arrow.FixedSizeBinaryType:
		f.Type = schema.Binary
	case *arrow.StringType, *arrow.LargeStringType, *arrow.StringViewType, *arrow.NullType:
		f.Type = schema.JSON
	case *arrow.BooleanType:
		f.Type = schema.Bool
	case *arrow.Float16Type, *arrow.Float32Type, *arrow.Float64Type:
		f.Type = schema.Float32
	default:
		f.Type = schema.Int16
	}
	return f
}
