package parquet_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet/file"
	"golang.org/x/mod/modfile"

	"github.com/bindery-data/bindery/publish/parquet"
	"github.com/bindery-data/bindery/publish/parquet/zstd"
	"github.com/bindery-data/bindery/schema"
)

// A faultySink fails from its n-th write on, counted from 1: with an error, or by taking less than it
// was given.
type faultySink struct {
	bytes.Buffer
	n     int
	short bool
}

var errDisk = errors.New("the disk is full")

func (s *faultySink) Write(b []byte) (int, error) {
	s.n--
	switch {
	case s.n > 0:
		return s.Buffer.Write(b)
	case s.short:
		return s.Buffer.Write(b[:len(b)-1])
	}
	return 0, errDisk
}

func TestEveryFailedWriteIsAnError(t *testing.T) {
	s := schemaOf(allFields()...)
	e, err := parquet.NewEncoder(s, parquet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := e.Encode(newMaker(1).record(s, 20))
	if err != nil {
		t.Fatal(err)
	}
	const groups = 3
	writeTo := func(w io.Writer) (errs []error) {
		f, err := parquet.NewFile(w, s, parquet.Options{})
		if err != nil {
			return []error{err}
		}
		for range groups {
			errs = append(errs, f.Add(g))
		}
		return append(errs, f.Close())
	}
	const writes = 1 + groups + 4 // The magic, each group's block of pages, and the pieces of the footer.
	for n := 1; n <= writes; n++ {
		for _, short := range []bool{false, true} {
			want := errDisk
			if short {
				want = io.ErrShortWrite
			}
			errs := writeTo(&faultySink{n: n, short: short})
			if last := errs[len(errs)-1]; !errors.Is(last, want) {
				t.Errorf("write %d failed (short: %v), and the last error is %v", n, short, last)
			}
			if n <= 1+groups && !errors.Is(errs[max(0, n-2)], want) {
				t.Errorf("write %d failed (short: %v), and its step returned %v", n, short, errs)
			}
		}
	}
	if err := errors.Join(writeTo(&faultySink{n: writes + 1})...); err != nil {
		t.Fatal(err)
	}
}

func TestClosedFile(t *testing.T) {
	s := schemaOf(plainFields()...)
	e, _ := parquet.NewEncoder(s, parquet.Options{})
	g, err := e.Encode(newMaker(1).record(s, 3))
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.NewFile(io.Discard, s, parquet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if f.Add(g) == nil || f.Close() == nil {
		t.Error("a closed file was written to")
	}
}

// A row group that was released has no pages any more: a file of it would be damaged.
func TestReleasedRowGroupIsRefused(t *testing.T) {
	s := schemaOf(plainFields()...)
	e, _ := parquet.NewEncoder(s, parquet.Options{})
	g, err := e.Encode(newMaker(1).record(s, 3))
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.NewFile(io.Discard, s, parquet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if g.Release(); f.Add(g) == nil || f.Close() == nil {
		t.Error("a row group was added that had been released")
	}
}

func TestRowGroupOfAnotherSchema(t *testing.T) {
	one := schemaOf(&schema.Field{Name: "a", Type: schema.Int32})
	for _, other := range []*schema.Schema{
		schemaOf(&schema.Field{Name: "b", Type: schema.Int32}),
		schemaOf(&schema.Field{Name: "a", Type: schema.Int64}),
		schemaOf(required(&schema.Field{Name: "a", Type: schema.Int32})),
		schemaOf(&schema.Field{Name: "a", Type: schema.Int32}, &schema.Field{Name: "b", Type: schema.Int32}),
	} {
		e, _ := parquet.NewEncoder(other, parquet.Options{})
		g, err := e.Encode(newMaker(1).record(other, 3))
		if err != nil {
			t.Fatal(err)
		}
		f, err := parquet.NewFile(io.Discard, one, parquet.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if f.Add(g) == nil {
			t.Errorf("a row group of %v was added", other.Arrow())
		}
	}
}

// A file is full before its row groups have numbers that the format has no room for, and takes no more of them.
func TestFullFile(t *testing.T) {
	s := schemaOf(&schema.Field{Name: "a", Type: schema.Int32})
	e, _ := parquet.NewEncoder(s, parquet.Options{Compression: "none"})
	g, err := e.Encode(newMaker(1).record(s, 1))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	f, err := parquet.NewFile(&out, s, parquet.Options{Compression: "none"})
	if err != nil {
		t.Fatal(err)
	}
	const most = 1 << 15
	for n := range most {
		if f.Full() {
			t.Fatalf("it is full with %d row groups", n)
		}
		if err := f.Add(g); err != nil {
			t.Fatal(err)
		}
	}
	if !f.Full() {
		t.Errorf("it is not full with %d row groups", most)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	footer, err := parquet.ReadFooter(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil || footer.RowGroups != most || footer.Rows != most {
		t.Errorf("its footer has %d rows in %d row groups: %v", footer.Rows, footer.RowGroups, err)
	}
}

func TestSameRecordSameBytes(t *testing.T) {
	s := schemaOf(allFields()...)
	var records []arrow.Record
	for seed := range uint64(6) {
		m := newMaker(seed)
		m.few, m.series, m.nulls = seed%3 == 0, seed%3 == 1, float64(seed%2)*0.3
		records = append(records, m.record(s, 20*int(seed+1)))
	}
	for _, compression := range []string{"zstd", "snappy", "none"} {
		o := parquet.Options{Compression: compression, PageSize: 512}
		want := make([][]byte, len(records))
		for i, rec := range records {
			want[i] = write(t, s, o, rec)
		}
		var wg sync.WaitGroup
		for worker := range 4 {
			wg.Go(func() {
				e, _ := parquet.NewEncoder(s, o)
				for step := range 2 * len(records) {
					i := (worker + step*5) % len(records)
					g, err := e.Encode(records[i])
					if err != nil {
						t.Error(err)
						return
					}
					var out bytes.Buffer
					f, err := parquet.NewFile(&out, s, o)
					if err = errors.Join(err, f.Add(g), f.Close()); err != nil || !bytes.Equal(out.Bytes(), want[i]) {
						t.Errorf("worker %d, step %d, %s: record %d gave other bytes (%v)", worker, step, compression, i, err)
					}
				}
			})
		}
		wg.Wait()
	}
}

func TestRowGroupHoldsNoMemoryOfTheRecord(t *testing.T) {
	s := schemaOf(allFields()...)
	want := write(t, s, parquet.Options{}, newMaker(5).record(s, 50))
	rec := newMaker(5).record(s, 50)
	e, _ := parquet.NewEncoder(s, parquet.Options{})
	g, err := e.Encode(rec)
	if err != nil {
		t.Fatal(err)
	}
	for _, column := range rec.Columns() {
		overwrite(column.Data())
	}
	if _, err := e.Encode(newMaker(6).record(s, 70)); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	f, err := parquet.NewFile(&out, s, parquet.Options{})
	if err = errors.Join(err, f.Add(g), f.Close()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Error("the row group changed with the memory of its record or encoder")
	}
}

func overwrite(d arrow.ArrayData) {
	for _, b := range d.Buffers() {
		if b != nil {
			clear(b.Bytes())
		}
	}
	for _, child := range d.Children() {
		overwrite(child)
	}
}

func TestRefused(t *testing.T) {
	number := &schema.Field{Name: "n", Type: schema.Decimal, Precision: 5, Scale: 2}
	wide := &schema.Field{Name: "n", Type: schema.Decimal, Precision: 20}
	for _, c := range []struct {
		name   string
		fields []*schema.Field
		fill   func(*array.RecordBuilder)
		want   string
	}{
		{"null in a required field", []*schema.Field{required(text())}, func(b *array.RecordBuilder) {
			b.Field(0).(*array.StringBuilder).AppendValues([]string{"a", "", "c"}, []bool{true, false, true})
		}, "field text: row 1 is null"},
		{"null in a required item", []*schema.Field{listOf("l", required(text()))}, func(b *array.RecordBuilder) {
			l := b.Field(0).(*array.ListBuilder)
			l.Append(true)
			l.ValueBuilder().(*array.StringBuilder).Append("a")
			l.AppendNull()
			l.Append(true)
			l.ValueBuilder().(*array.StringBuilder).Append("a")
			l.ValueBuilder().AppendNull()
		}, "field l[]: row 2 is null"},
		{"decimal of too many digits", []*schema.Field{number}, func(b *array.RecordBuilder) {
			b.Field(0).(*array.Decimal128Builder).AppendValues([]decimal128.Num{decimal128.FromI64(99999), decimal128.FromI64(-100000)}, nil)
		}, "field n: -1000.00 has more than the 5 digits declared"},
		{"wide decimal of too many digits", []*schema.Field{wide}, func(b *array.RecordBuilder) {
			b.Field(0).(*array.Decimal128Builder).Append(decimal128.GetMaxValue(21))
		}, "more than the 20 digits"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := schemaOf(c.fields...)
			b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
			c.fill(b)
			e, err := parquet.NewEncoder(s, parquet.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err = e.Encode(b.NewRecord()); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			// The encoder is as good as new.
			good := schemaOf(c.fields...)
			m := newMaker(1)
			rec := m.record(good, 20)
			g, err := e.Encode(rec)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			f, err := parquet.NewFile(&out, good, parquet.Options{})
			if err = errors.Join(err, f.Add(g), f.Close()); err != nil {
				t.Fatal(err)
			}
			checkFile(t, out.Bytes(), good, rec)
		})
	}
}

func TestRefusedDeclarations(t *testing.T) {
	s := schemaOf(text())
	deep := number()
	for range 128 { // Each list has two levels.
		deep = listOf("l", deep)
	}
	for name, err := range map[string]error{
		"compression":    errOf(parquet.NewEncoder(s, parquet.Options{Compression: "lz4"})),
		"of a file":      errOf(parquet.NewFile(io.Discard, s, parquet.Options{Compression: "ZSTD"})),
		"256 levels":     errOf(parquet.NewEncoder(schemaOf(deep), parquet.Options{})),
		"no fields":      errOf(parquet.NewEncoder(schemaOf(), parquet.Options{})),
		"no fields here": errOf(parquet.NewFile(io.Discard, schemaOf(structOf("s")), parquet.Options{})),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	e, _ := parquet.NewEncoder(s, parquet.Options{})
	other := schemaOf(number())
	if _, err := e.Encode(newMaker(1).record(other, 2)); err == nil {
		t.Error("a record of another schema was encoded")
	}
}

func errOf[T any](_ T, err error) error { return err }

// Values that are larger than a page get pages of their own.
func TestLargeValues(t *testing.T) {
	s := schemaOf(text(), listOf("l", text()))
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
	const rows = 6
	for i := range rows {
		value := strings.Repeat(fmt.Sprint(i), 3<<20)
		b.Field(0).(*array.StringBuilder).Append(value)
		l := b.Field(1).(*array.ListBuilder)
		l.Append(true)
		l.ValueBuilder().(*array.StringBuilder).AppendValues([]string{value, "", value[:100]}, nil)
	}
	rec := b.NewRecord()
	data := write(t, s, parquet.Options{}, rec)
	checkFile(t, data, s, rec)
	r, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for column := range 2 {
		pages, err := r.RowGroup(0).GetColumnPageReader(column)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for pages.Next() {
			n++
		}
		if n != rows {
			t.Errorf("column %d has %d pages for %d rows of one page each", column, n, rows)
		}
	}
}

// A dictionary that the sample promises and the values do not keep is given up for the whole chunk.
func TestDictionaryGivenUp(t *testing.T) {
	s := schemaOf(required(text()))
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
	const rows = 4 * 2048
	for i := range rows {
		if i%4 == 0 {
			b.Field(0).(*array.StringBuilder).Append("sampled")
			continue
		}
		b.Field(0).(*array.StringBuilder).Append(fmt.Sprintf("%0200d", i))
	}
	rec := b.NewRecord()
	data := write(t, s, parquet.Options{}, rec, rec)
	checkFile(t, data, s, rec, rec)
	r, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := r.MetaData().RowGroup(1).ColumnChunk(0)
	if err != nil {
		t.Fatal(err)
	}
	if chunk.HasDictionaryPage() || fmt.Sprint(chunk.Encodings()) != "[DELTA_LENGTH_BYTE_ARRAY RLE]" {
		t.Errorf("encodings %v", chunk.Encodings())
	}
}

// Polars reads the columns of required fields in optional structs only where they have no differences, once
// there are nulls.
func TestNoDifferencesUnderOptionalStructs(t *testing.T) {
	s := schemaOf(structOf("s", required(text()), required(number()), required(structOf("t", required(text()))),
		required(listOf("l", required(text()))), &schema.Field{Name: "n", Type: schema.Int64}))
	m := newMaker(1)
	m.series = true
	for _, nulls := range []float64{0, 0.5} {
		m.nulls = nulls
		data := write(t, s, parquet.Options{}, m.record(s, 500))
		for i, column := range footerOf(t, data).RowGroups[0].Columns {
			veiled := i < 3
			how := column.MetaData.Encodings[0].String()
			if plain := how == "PLAIN"; plain != (veiled && nulls > 0) {
				t.Errorf("%v with %v nulls is %s", column.MetaData.PathInSchema, nulls, how)
			}
		}
	}
}

func TestSizeIsAboutTheFiles(t *testing.T) {
	s := schemaOf(allFields()...)
	e, _ := parquet.NewEncoder(s, parquet.Options{})
	g, err := e.Encode(newMaker(1).record(s, 100))
	if err != nil {
		t.Fatal(err)
	}
	for _, groups := range []int{0, 1, 50} {
		var out bytes.Buffer
		f, err := parquet.NewFile(&out, s, parquet.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for range groups {
			if err := f.Add(g); err != nil {
				t.Fatal(err)
			}
		}
		about := float64(f.Size())
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if size := float64(out.Len()); about < 0.9*size || about > 1.3*size || f.Size() != int64(out.Len()) {
			t.Errorf("%d row groups: about %v, in the end %v, and closed %d", groups, about, size, f.Size())
		}
	}
}

func TestVersionsAreThoseOfTheModule(t *testing.T) {
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		t.Fatal(err)
	}
	version := make(map[string]string)
	for _, r := range mod.Require {
		version[r.Mod.Path] = strings.TrimPrefix(r.Mod.Version, "v")
	}
	for got, want := range map[string]string{
		parquet.Library():              "bindery pages " + parquet.PagesVersion + ", arrow-go " + version["github.com/apache/arrow/go/v17"],
		parquet.CodecVersion(""):       "zstd (bindery " + zstd.Version + ", klauspost/compress " + version["github.com/klauspost/compress"] + ")",
		parquet.CodecVersion("zstd"):   "zstd (bindery " + zstd.Version + ", klauspost/compress " + version["github.com/klauspost/compress"] + ")",
		parquet.CodecVersion("snappy"): "snappy (golang/snappy " + version["github.com/golang/snappy"] + ")",
		parquet.CodecVersion("none"):   "none",
	} {
		if got != want {
			t.Errorf("got %q, and go.mod has %q", got, want)
		}
	}
}

// The digest of a file stands here, so that nobody changes its bytes without saying so.
func TestPagesVersion(t *testing.T) {
	digests := map[string]string{"1": "c433621f0f4fbf2764097425bf4f9c456887ee3d6caa2022a8e1d8c218a99252"}
	s := schemaOf(allFields()...)
	m := newMaker(7)
	data := write(t, s, parquet.Options{Compression: "none"}, m.record(s, 3000), m.record(s, 500))
	if got := fmt.Sprintf("%x", sha256.Sum256(data)); digests[parquet.PagesVersion] != got {
		t.Errorf("version %s gives a file with the digest %s, not %s: give PagesVersion a new value, and the changelog a line",
			parquet.PagesVersion, got, digests[parquet.PagesVersion])
	}
}

// Which pages are compressed in two parts decides about bytes too. The texts have 40 to 120 bytes on average.
func TestPartsVersion(t *testing.T) {
	digests := map[string]string{"6": "91833650421e0f9674ef8f7d885c2282a9729276bf8f575ef6a7b032aac6ea3d"}
	s := schemaOf(text())
	var files []byte
	for size := 10; size <= 30; size += 2 {
		b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
		for row := range 500 {
			b.Field(0).(*array.StringBuilder).Append(strings.Repeat(fmt.Sprintf("%04d", row), size))
		}
		files = append(files, write(t, s, parquet.Options{}, b.NewRecord())...)
	}
	if got := fmt.Sprintf("%x", sha256.Sum256(files)); digests[zstd.Version] != got {
		t.Errorf("version %s gives files with the digest %s, not %s: give zstd.Version a new value, and the changelog a line",
			zstd.Version, got, digests[zstd.Version])
	}
}

// Where long text is rare among many nulls, levels are most of a page: they are compressed as well as text is.
func TestRareLongText(t *testing.T) {
	s := schemaOf(listOf("turns", structOf("", &schema.Field{Name: "note", Type: schema.String})))
	m := newMaker(1)
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
	list := b.Field(0).(*array.ListBuilder)
	turn := list.ValueBuilder().(*array.StructBuilder)
	size := 0
	for range 200_000 {
		list.Append(true)
		for range 2 {
			turn.Append(true)
			if m.IntN(1000) > 0 {
				turn.FieldBuilder(0).AppendNull()
				continue
			}
			text := fmt.Sprintf("%064x", m.Uint64()) + fmt.Sprintf("%016x", m.Uint64())
			size += len(text)
			turn.FieldBuilder(0).(*array.StringBuilder).Append(text)
		}
	}
	rec := b.NewRecord()
	got, plain := len(write(t, s, parquet.Options{}, rec)), len(write(t, s, parquet.Options{Compression: "none"}, rec))
	if most := plain / 8; got > most {
		t.Errorf("%d bytes, of %d before compression and %d of text; want %d at the most", got, plain, size, most)
	}
}
