package parquet_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	pq "github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/file"

	"github.com/bindery-data/bindery/publish/parquet"
	"github.com/bindery-data/bindery/schema"
)

// An entry is what a Parquet column holds at one place: its levels, and the value's bits as text where
// there is one.
type entry struct {
	def, rep int16
	value    string
}

// shred returns the entries of the columns under f, one list for every column, in the way of the Dremel
// paper: record by record, which is not how the package does it.
func shred(f *schema.Field, arr arrow.Array) [][]entry {
	columns := make([][]entry, leaves(f))
	for slot := range arr.Len() {
		shredSlot(columns, f, arr, slot, 0, 0, 0)
	}
	return columns
}

func leaves(f *schema.Field) int {
	switch f.Type {
	case schema.List:
		return leaves(f.Items)
	case schema.Map:
		return 1 + leaves(f.Values)
	case schema.Struct:
		n := 0
		for _, child := range f.Fields {
			n += leaves(child)
		}
		return n
	}
	return 1
}

var keys = &schema.Field{Type: schema.String, Constraints: schema.Constraints{Required: true}}

// shredSlot adds the entries of one slot; depth is how many lists there are above it.
func shredSlot(out [][]entry, f *schema.Field, arr arrow.Array, slot int, def, rep, depth int16) {
	if !f.Required {
		if arr.IsNull(slot) {
			end(out, def, rep)
			return
		}
		def++
	}
	switch f.Type {
	case schema.List:
		list := arr.(*array.List)
		start, stop := list.ValueOffsets(slot)
		if start == stop {
			end(out, def, rep)
		}
		for i := start; i < stop; i++ {
			shredSlot(out, f.Items, list.ListValues(), int(i), def+1, rep, depth+1)
			rep = depth + 1
		}
	case schema.Map:
		m := arr.(*array.Map)
		start, stop := m.ValueOffsets(slot)
		if start == stop {
			end(out, def, rep)
		}
		for i := start; i < stop; i++ {
			shredSlot(out[:1], keys, m.Keys(), int(i), def+1, rep, depth+1)
			shredSlot(out[1:], f.Values, m.Items(), int(i), def+1, rep, depth+1)
			rep = depth + 1
		}
	case schema.Struct:
		for i, child := range f.Fields {
			n := leaves(child)
			shredSlot(out[:n], child, arr.(*array.Struct).Field(i), slot, def, rep, depth)
			out = out[n:]
		}
	default:
		out[0] = append(out[0], entry{def, rep, bitsOf(arr, slot)})
	}
}

// end adds an entry without a value to every column.
func end(out [][]entry, def, rep int16) {
	for i := range out {
		out[i] = append(out[i], entry{def: def, rep: rep})
	}
}

// bitsOf returns a value so that two of them are the same text if and only if they have the same bits.
func bitsOf(arr arrow.Array, slot int) string {
	switch arr := arr.(type) {
	case *array.String:
		return arr.Value(slot)
	case *array.Binary:
		return string(arr.Value(slot))
	case *array.Float32:
		return fmt.Sprintf("%x", math.Float32bits(arr.Value(slot)))
	case *array.Float64:
		return fmt.Sprintf("%x", math.Float64bits(arr.Value(slot)))
	case *array.Decimal128:
		return arr.Value(slot).BigInt().String()
	case *array.Uint32: // Parquet has them as signed.
		return fmt.Sprint(int32(arr.Value(slot)))
	case *array.Uint64:
		return fmt.Sprint(int64(arr.Value(slot)))
	case *array.Date32:
		return fmt.Sprint(int32(arr.Value(slot)))
	case *array.Time32:
		return fmt.Sprint(int32(arr.Value(slot)))
	case *array.Time64:
		return fmt.Sprint(int64(arr.Value(slot)))
	case *array.Timestamp:
		return fmt.Sprint(int64(arr.Value(slot)))
	}
	return arr.ValueStr(slot)
}

// readColumn returns the entries of a column chunk, as Arrow's own reader has them.
func readColumn(t testing.TB, group *file.RowGroupReader, index int) []entry {
	t.Helper()
	column, err := group.Column(index)
	if err != nil {
		t.Fatal(err)
	}
	switch c := column.(type) {
	case *file.Int32ColumnChunkReader:
		return drain(t, c, c.ReadBatch, func(v int32) string { return fmt.Sprint(v) })
	case *file.Int64ColumnChunkReader:
		return drain(t, c, c.ReadBatch, func(v int64) string { return fmt.Sprint(v) })
	case *file.BooleanColumnChunkReader:
		return drain(t, c, c.ReadBatch, func(v bool) string { return fmt.Sprint(v) })
	case *file.Float32ColumnChunkReader:
		return drain(t, c, c.ReadBatch, func(v float32) string { return fmt.Sprintf("%x", math.Float32bits(v)) })
	case *file.Float64ColumnChunkReader:
		return drain(t, c, c.ReadBatch, func(v float64) string { return fmt.Sprintf("%x", math.Float64bits(v)) })
	case *file.ByteArrayColumnChunkReader:
		return drain(t, c, c.ReadBatch, func(v pq.ByteArray) string { return string(v) })
	case *file.FixedLenByteArrayColumnChunkReader:
		return drain(t, c, c.ReadBatch, func(v pq.FixedLenByteArray) string { return bigEndian(v).String() })
	}
	t.Fatalf("no reader for %T", column)
	return nil
}

type readBatch[T any] func(size int64, values []T, def, rep []int16) (total int64, read int, err error)

func drain[T any](t testing.TB, c file.ColumnChunkReader, read readBatch[T], text func(T) string) []entry {
	t.Helper()
	const size = 100
	var out []entry
	for c.HasNext() {
		values, def, rep := make([]T, size), make([]int16, size), make([]int16, size)
		total, n, err := read(size, values, def, rep)
		if err != nil {
			t.Fatal(err)
		}
		next := 0
		for i := range total {
			e := entry{def: def[i], rep: rep[i]}
			if e.def == c.Descriptor().MaxDefinitionLevel() {
				e.value = text(values[next])
				next++
			}
			out = append(out, e)
		}
		if next != n {
			t.Fatalf("%d values for %d entries that have one", n, next)
		}
	}
	if err := c.Err(); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	return out
}

// write returns a file of the records, each a row group.
func write(t testing.TB, s *schema.Schema, o parquet.Options, records ...arrow.Record) []byte {
	t.Helper()
	e, err := parquet.NewEncoder(s, o)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	f, err := parquet.NewFile(&out, s, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, rec := range records {
		g, err := e.Encode(rec)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Add(g); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// checkFile compares a file with the records it was made of, entry by entry.
func checkFile(t testing.TB, data []byte, s *schema.Schema, records ...arrow.Record) {
	t.Helper()
	records = slices.DeleteFunc(slices.Clone(records), func(r arrow.Record) bool { return r.NumRows() == 0 })
	footer, err := parquet.ReadFooter(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if err := footer.Match(s); err != nil {
		t.Fatal(err)
	}
	r, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if r.NumRowGroups() != len(records) || footer.RowGroups != len(records) || r.NumRows() != footer.Rows {
		t.Fatalf("%d row groups (%d in the footer) of %d records; %d rows, %d in the footer",
			r.NumRowGroups(), footer.RowGroups, len(records), r.NumRows(), footer.Rows)
	}
	for g, rec := range records {
		group := r.RowGroup(g)
		if group.NumRows() != rec.NumRows() {
			t.Fatalf("row group %d has %d rows of %d", g, group.NumRows(), rec.NumRows())
		}
		index := 0
		for i, f := range s.Fields {
			for _, want := range shred(f, rec.Column(i)) {
				got := readColumn(t, group, index)
				if !slices.Equal(got, want) {
					t.Fatalf("row group %d, column %s:\n got %v\nwant %v", g, r.MetaData().Schema.Column(index).Path(), cut(got), cut(want))
				}
				index++
			}
		}
	}
}

func cut(entries []entry) []entry { return entries[:min(len(entries), 40)] }

func TestRoundTrip(t *testing.T) {
	for _, fields := range []struct {
		name string
		make func() []*schema.Field
	}{{"plain", plainFields}, {"nested", nestedFields}, {"maps", mapFields}} {
		for _, c := range []struct {
			name   string
			rows   int
			nulls  float64
			few    bool
			all    bool // required
			page   int
			series bool
		}{
			{"some nulls", 250, 0.2, false, false, 0, false},
			{"some nulls, small pages", 250, 0.2, false, false, 64, false},
			{"few values", 250, 0.2, true, false, 200, false},
			{"few values, no nulls", 250, 0, true, false, 200, false},
			{"no nulls", 250, 0, false, false, 300, false},
			{"all null", 300, 1, false, false, 100, false},
			{"required", 250, 0.2, false, true, 0, false},
			{"required, small pages", 250, 0.2, true, true, 64, false},
			{"series", 250, 0, false, true, 0, true},
			{"series, small pages", 250, 0, false, false, 100, true},
			{"series, pages of one row", 40, 0, false, false, 1, true},
			{"series, some nulls", 250, 0.2, false, false, 100, true},
			{"series, mostly null", 250, 0.9, false, false, 30, true},
			{"few values, mostly null", 250, 0.9, true, false, 30, false},
			{"one row", 1, 0.2, false, false, 0, false},
			{"no rows", 0, 0.2, false, false, 0, false},
		} {
			t.Run(fields.name+"/"+c.name, func(t *testing.T) {
				s := schemaOf(fields.make()...)
				if c.all {
					for _, f := range s.All() {
						f.Required = true
					}
				}
				m := newMaker(uint64(c.rows))
				m.nulls, m.few, m.series = c.nulls, c.few, c.series
				o := parquet.Options{PageSize: c.page}
				first, second := m.record(s, c.rows), m.record(s, c.rows/2)
				checkFile(t, write(t, s, o, first, second), s, first, second)
				offset := sliced(t, s, first)
				checkFile(t, write(t, s, o, offset), s, first)
			})
		}
	}
}

// What lies under a null is not written, be it values that stand between others or whole lists.
func TestValuesUnderNulls(t *testing.T) {
	s := schemaOf(append(plainFields(), listOf("texts", text()), listOf("lists", listOf("", number())),
		listOf("points", structOf("", number(), listOf("tags", text()))))...)
	for seed := range uint64(4) {
		m := newMaker(seed)
		m.nulls, m.few, m.series = 0, seed == 1, seed == 2
		rec := m.record(s, 300)
		columns := make([]arrow.Array, rec.NumCols())
		for i, c := range rec.Columns() {
			columns[i] = array.MakeFromData(m.hide(c.Data()))
		}
		rec = array.NewRecord(rec.Schema(), columns, rec.NumRows())
		checkFile(t, write(t, s, parquet.Options{PageSize: 200}, rec), s, rec)
	}
}

// hide makes a third of all slots null and leaves what they hold.
func (m *maker) hide(d arrow.ArrayData) arrow.ArrayData {
	valid := make([]byte, d.Len()/8+1)
	nulls := 0
	for i := range d.Len() {
		if m.IntN(3) == 0 {
			nulls++
		} else {
			valid[i/8] |= 1 << (i % 8)
		}
	}
	buffers := slices.Clone(d.Buffers())
	buffers[0] = memory.NewBufferBytes(valid)
	var children []arrow.ArrayData
	for _, child := range d.Children() {
		children = append(children, m.hide(child))
	}
	return array.NewData(d.DataType(), d.Len(), buffers, children, nulls, 0)
}

func TestCompressions(t *testing.T) {
	s := schemaOf(allFields()...)
	rec := newMaker(3).record(s, 200)
	for _, compression := range []string{"", "zstd", "snappy", "none"} {
		checkFile(t, write(t, s, parquet.Options{Compression: compression}, rec), s, rec)
	}
}

// bigEndian reads a signed integer.
func bigEndian(b []byte) *big.Int {
	v := new(big.Int).SetBytes(b)
	if b[0] >= 0x80 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return v
}

// Arrow writes metadata of more than 4 KB between the chunks.
func TestLongNames(t *testing.T) {
	s := schemaOf(
		&schema.Field{Name: strings.Repeat("a", 5000), Type: schema.Int8},
		structOf(strings.Repeat("b", 5000), text(), number()))
	rec := newMaker(1).record(s, 20)
	checkFile(t, write(t, s, parquet.Options{}, rec, rec), s, rec, rec)
}

// Names may have what paths are made of.
func TestNamesWithDots(t *testing.T) {
	s := schemaOf(
		&schema.Field{Name: "a.b", Type: schema.Int8}, structOf("a", &schema.Field{Name: "b", Type: schema.String}),
		&schema.Field{Name: "", Type: schema.Bool}, &schema.Field{Name: "Ünï \"quoted\"\n", Type: schema.Date})
	rec := newMaker(1).record(s, 20)
	checkFile(t, write(t, s, parquet.Options{}, rec), s, rec)
}
