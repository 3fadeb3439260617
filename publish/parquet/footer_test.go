package parquet_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/parquet/metadata"
	pqschema "github.com/apache/arrow/go/v17/parquet/schema"

	"github.com/bindery-data/bindery/publish/parquet"
	"github.com/bindery-data/bindery/schema"
)

func TestFooterIsCanonical(t *testing.T) {
	s := schemaOf(allFields()...)
	m := newMaker(1)
	m.few = true
	data := write(t, s, parquet.Options{PageSize: 100}, m.record(s, 50), m.record(s, 0), m.record(s, 70))
	meta := footerOf(t, data)
	if *meta.CreatedBy != "arrow-go version 17.0.0" || meta.NumRows != 120 || len(meta.RowGroups) != 2 {
		t.Errorf("created by %q, %d rows in %d row groups", *meta.CreatedBy, meta.NumRows, len(meta.RowGroups))
	}
	if len(meta.ColumnOrders) != meta.Schema.NumColumns() {
		t.Errorf("%d column orders of %d", len(meta.ColumnOrders), meta.Schema.NumColumns())
	}
	for _, order := range meta.ColumnOrders {
		if !order.IsSetTYPE_ORDER() {
			t.Error("a column has no order")
		}
	}
	if root := meta.FileMetaData.Schema[0]; root.GetRepetitionType().String() != "REQUIRED" {
		t.Errorf("the root is %v", root.GetRepetitionType())
	}
	position := int64(4)
	for g, group := range meta.RowGroups {
		var compressed, uncompressed int64
		if *group.FileOffset != position || int(*group.Ordinal) != g {
			t.Errorf("row group %d is at %d with the number %d; the one before ended at %d", g, *group.FileOffset, *group.Ordinal, position)
		}
		for _, column := range group.Columns {
			c := column.MetaData
			start := c.DataPageOffset
			if c.DictionaryPageOffset != nil {
				start = *c.DictionaryPageOffset
			}
			if start != position || column.FileOffset != 0 || c.IndexPageOffset != nil {
				t.Errorf("%v begins at %d, %d; the one before ended at %d", c.PathInSchema, start, column.FileOffset, position)
			}
			for i, stats := range c.EncodingStats {
				if i > 0 && stats.PageType.String() == "DICTIONARY_PAGE" || i > 1 {
					t.Errorf("%v has encoding_stats %v", c.PathInSchema, c.EncodingStats)
				}
			}
			position += c.TotalCompressedSize
			compressed += c.TotalCompressedSize
			uncompressed += c.TotalUncompressedSize
		}
		if group.TotalByteSize != uncompressed || *group.TotalCompressedSize != compressed {
			t.Errorf("row group %d has %d and %d bytes, want %d and %d", g, group.TotalByteSize, *group.TotalCompressedSize, uncompressed, compressed)
		}
	}
	var again bytes.Buffer
	if _, err := meta.WriteTo(&again, nil); err != nil {
		t.Fatal(err)
	}
	if end := data[:len(data)-8]; !bytes.Equal(end[position:], again.Bytes()) {
		t.Errorf("Arrow writes the footer as\n%x, and it is\n%x", again.Bytes(), end[position:])
	}
	footer, err := parquet.ReadFooter(bytes.NewReader(data), int64(len(data)))
	if err != nil || footer.CreatedBy != *meta.CreatedBy || footer.Uncompressed == 0 {
		t.Errorf("%+v, %v", footer, err)
	}
}

func TestParquetSchema(t *testing.T) {
	s := schemaOf(
		required(&schema.Field{Name: "id", Type: schema.Uint16}),
		&schema.Field{Name: "body", Type: schema.JSON},
		&schema.Field{Name: "price", Type: schema.Decimal, Precision: 20, Scale: 4},
		&schema.Field{Name: "day", Type: schema.Date},
		&schema.Field{Name: "at", Type: schema.Time},
		&schema.Field{Name: "when", Type: schema.Timestamp, Zone: "UTC"},
		&schema.Field{Name: "local", Type: schema.Timestamp},
		listOf("tags", required(text())),
		required(mapOf("scores", &schema.Field{Type: schema.Float32})),
	)
	const want = `required group field_id=-1 schema {
  required int32 field_id=-1 id (Int(bitWidth=16, isSigned=false));
  optional byte_array field_id=-1 body (String);
  optional fixed_len_byte_array field_id=-1 price (Decimal(precision=20, scale=4));
  optional int32 field_id=-1 day (Date);
  optional int32 field_id=-1 at (Time(isAdjustedToUTC=false, timeUnit=milliseconds));
  optional int64 field_id=-1 when (Timestamp(isAdjustedToUTC=true, timeUnit=milliseconds, is_from_converted_type=false, force_set_converted_type=false));
  optional int64 field_id=-1 local (Timestamp(isAdjustedToUTC=false, timeUnit=milliseconds, is_from_converted_type=false, force_set_converted_type=false));
  optional group field_id=-1 tags (List) {
    repeated group field_id=-1 list {
      required byte_array field_id=-1 element (String);
    }
  }
  required group field_id=-1 scores (List) {
    repeated group field_id=-1 list {
      required group field_id=-1 element {
        required byte_array field_id=-1 key (String);
        optional float field_id=-1 value;
      }
    }
  }
}
`
	for _, f := range s.Fields {
		f.Unit = arrow.Millisecond
	}
	var got strings.Builder
	pqschema.PrintSchema(footerOf(t, write(t, s, parquet.Options{})).Schema.Root(), &got, 2)
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

func TestFeatures(t *testing.T) {
	s := schemaOf(
		&schema.Field{Name: `a "b"`, Type: schema.Int8},
		&schema.Field{Name: "price", Type: schema.Decimal, Precision: 20, Scale: 4},
		&schema.Field{Name: "day", Type: schema.Date},
		&schema.Field{Name: "when", Type: schema.Timestamp, Zone: "Europe/Berlin", Unit: arrow.Microsecond},
		&schema.Field{Name: "at", Type: schema.Time, Unit: arrow.Microsecond},
		listOf("points", structOf("", number(), &schema.Field{Name: "body", Type: schema.JSON})),
		mapOf("scores", &schema.Field{Type: schema.Float32}),
	)
	const want = `{"info": {"features": {"a \"b\"": {"dtype": "int8", "_type": "Value"}, ` +
		`"price": {"dtype": "decimal128(20, 4)", "_type": "Value"}, ` +
		`"day": {"dtype": "date32", "_type": "Value"}, ` +
		`"when": {"dtype": "timestamp[us, tz=UTC]", "_type": "Value"}, ` +
		`"at": {"dtype": "time64[us]", "_type": "Value"}, ` +
		`"points": [{"number": {"dtype": "int64", "_type": "Value"}, "body": {"dtype": "string", "_type": "Value"}}], ` +
		`"scores": [{"key": {"dtype": "string", "_type": "Value"}, "value": {"dtype": "float32", "_type": "Value"}}]}}}`
	kv := footerOf(t, write(t, s, parquet.Options{})).KeyValueMetadata()
	if got := kv.FindValue("huggingface"); got == nil || *got != want || kv.Len() != 1 {
		t.Errorf("got  %v\nwant %s", *got, want)
	}
}

func TestFooterMatch(t *testing.T) {
	a, b := schemaOf(text(), number()), schemaOf(number(), text())
	data := write(t, a, parquet.Options{}, newMaker(1).record(a, 10))
	footer, err := parquet.ReadFooter(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if err := footer.Match(a); err != nil {
		t.Error(err)
	}
	if footer.Match(b) == nil {
		t.Error("the columns match in another order")
	}
}

// Every byte of a small file's footer is changed in turn. What cannot be seen in the structure, such as
// a bound of statistics, may be read; counts and places may not be wrong unnoticed.
func TestDamagedFooters(t *testing.T) {
	s := schemaOf(text(), required(number()))
	rec := newMaker(1).record(s, 10)
	data := write(t, s, parquet.Options{}, rec, rec)
	places := func(data []byte) (out []int64) {
		end := len(data) - 8
		meta, err := metadata.NewFileMetaData(data[end-footerSize(data):end], nil)
		if err != nil { // in what ReadFooter passes over
			return nil
		}
		for _, group := range meta.RowGroups {
			for _, c := range group.Columns {
				out = append(out, group.NumRows, c.MetaData.DataPageOffset, c.MetaData.TotalCompressedSize)
			}
		}
		return out
	}
	want := places(data)
	for at := len(data) - 8 - footerSize(data); at < len(data); at++ {
		for _, flip := range []byte{1, 2, 0x10, 0x80, 0xff} {
			damaged := bytes.Clone(data)
			damaged[at] ^= flip
			footer, err := parquet.ReadFooter(bytes.NewReader(damaged), int64(len(damaged)))
			if err == nil {
				err = footer.Match(s)
			}
			if err != nil {
				continue
			}
			got := places(damaged)
			if footer.Rows != 20 || footer.RowGroups != 2 || got != nil && !slices.Equal(got, want) {
				t.Fatalf("byte %d changed by %x was read as %+v", at, flip, footer)
			}
		}
	}
	for size := range data {
		if _, err := parquet.ReadFooter(bytes.NewReader(data[:size]), int64(size)); err == nil {
			t.Fatalf("%d bytes of %d were read", size, len(data))
		}
		if _, err := parquet.ReadFooter(bytes.NewReader(data[:size]), int64(len(data))); err == nil {
			t.Fatalf("%d bytes of %d were read as all of them", size, len(data))
		}
	}
}

// Footers that are whole and wrong.
func TestWrongFooters(t *testing.T) {
	s := schemaOf(text(), required(number()))
	rec := newMaker(1).record(s, 10)
	data := write(t, s, parquet.Options{}, rec, rec)
	for _, c := range []struct {
		name string
		edit func(*metadata.FileMetaData)
		want string // empty where nothing is wrong
	}{
		{"as it was", func(*metadata.FileMetaData) {}, ""},
		{"a column is missing", func(m *metadata.FileMetaData) {
			m.RowGroups[1].Columns = m.RowGroups[1].Columns[:1]
		}, "row group 1 has 1 columns of 2"},
		{"a row group is missing", func(m *metadata.FileMetaData) {
			m.RowGroups, m.NumRows = m.RowGroups[:1], 10
		}, "the columns end at byte"},
		{"rows do not add up", func(m *metadata.FileMetaData) { m.NumRows = 21 }, "have 20 rows, and the file is said to have 21"},
		{"fewer values than rows", func(m *metadata.FileMetaData) {
			m.RowGroups[0].Columns[1].MetaData.NumValues = 9
		}, "claims 10 rows"},
		{"negative rows", func(m *metadata.FileMetaData) {
			m.RowGroups[0].NumRows, m.RowGroups[1].NumRows = -1, 21
		}, "claims -1 rows"},
		{"columns out of place", func(m *metadata.FileMetaData) {
			c := m.RowGroups[0].Columns
			c[0].MetaData.DataPageOffset, c[1].MetaData.DataPageOffset = c[1].MetaData.DataPageOffset, c[0].MetaData.DataPageOffset
		}, "the one before ended at 4"},
		{"a dictionary behind its values", func(m *metadata.FileMetaData) {
			c := m.RowGroups[0].Columns[0].MetaData
			offset := c.DataPageOffset
			c.DataPageOffset, c.DictionaryPageOffset = offset+c.TotalCompressedSize+1, &offset
		}, "a column chunk of row group 0"},
		{"negative size", func(m *metadata.FileMetaData) {
			m.RowGroups[0].Columns[0].MetaData.TotalCompressedSize = -1
		}, "has -1 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			meta := footerOf(t, data)
			c.edit(meta)
			wrong := bytes.NewBuffer(bytes.Clone(data[:len(data)-8-footerSize(data)]))
			n, err := meta.WriteTo(wrong, nil)
			if err != nil {
				t.Fatal(err)
			}
			file := append(binary.LittleEndian.AppendUint32(wrong.Bytes(), uint32(n)), "PAR1"...)
			_, err = parquet.ReadFooter(bytes.NewReader(file), int64(len(file)))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func FuzzFooter(f *testing.F) {
	for _, s := range []*schema.Schema{schemaOf(text()), schemaOf(number(), listOf("l", text())), schemaOf(allFields()...)} {
		m := newMaker(1)
		for _, rows := range []int{0, 3, 40} {
			data := write(f, s, parquet.Options{}, m.record(s, rows))
			start := len(data) - 8 - footerSize(data)
			f.Add(data[start:len(data)-8], int64(start))
		}
	}
	f.Fuzz(func(t *testing.T, footer []byte, pages int64) {
		if pages < 4 || pages > 1<<20 {
			return
		}
		data := append(make([]byte, pages), footer...)
		copy(data, "PAR1")
		data = binary.LittleEndian.AppendUint32(data, uint32(len(footer)))
		data = append(data, "PAR1"...)
		got, err := parquet.ReadFooter(bytes.NewReader(data), int64(len(data)))
		if err == nil && (got.Rows < 0 || got.RowGroups < 0 || got.Uncompressed < 0) {
			t.Errorf("read as %+v", got)
		}
		if err == nil {
			_ = got.Match(schemaOf(text()))
		}
	})
}
