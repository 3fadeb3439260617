package parquet_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/publish/parquet"
	"github.com/bindery-data/bindery/schema"
)

// Whoever compresses the pages, a file is the same.
func TestSpare(t *testing.T) {
	s, rec := textRecord(300)
	narrow, narrowRec := narrowRecord(20_000)
	for _, compression := range []string{"zstd", "snappy", "none"} {
		o := parquet.Options{Compression: compression, PageSize: 64 << 10}
		want, wantNarrow := write(t, s, o, rec, rec), write(t, narrow, o, narrowRec)
		for name, every := range map[string]int64{"all": 1, "some": 3} {
			t.Run(compression+", "+name, func(t *testing.T) {
				var offered atomic.Int64
				o.Spare = func(task func()) bool {
					if offered.Add(1)%every != 0 {
						return false
					}
					go task()
					return true
				}
				if got := write(t, s, o, rec, rec); !bytes.Equal(got, want) {
					t.Error("the file of text differs")
				}
				if got := write(t, narrow, o, narrowRec); !bytes.Equal(got, wantNarrow) {
					t.Error("the narrow file differs")
				}
				if offered.Load() < 10 && compression != "none" {
					t.Errorf("%d tasks were offered", offered.Load())
				}
			})
		}
	}
}

// Long text is compressed where it lies, if it lies there without gaps. Whether it does, and when that is done, does not
// matter to the file.
func TestLongTextWithGaps(t *testing.T) {
	s := schemaOf(&schema.Field{Name: "one", Type: schema.String}, &schema.Field{Name: "two", Type: schema.String})
	const rows = 600
	whole, gaps := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow()), array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
	valid := memory.NewBufferBytes(make([]byte, rows/8+1))
	nulls := 0
	m := newMaker(7)
	for row := range rows {
		for i := range 2 {
			value := fmt.Sprint(m.Uint64(), strings.Repeat(fmt.Sprint(" ", i, row), 60))
			gaps.Field(i).(*array.StringBuilder).Append(value)
			if row%5 == 3 {
				whole.Field(i).AppendNull()
				continue
			}
			whole.Field(i).(*array.StringBuilder).Append(value)
			valid.Bytes()[row/8] |= 1 << (row % 8)
		}
		if row%5 == 3 {
			nulls++
		}
	}
	rec := gaps.NewRecord()
	columns := make([]arrow.Array, 2)
	for i, c := range rec.Columns() {
		buffers := append([]*memory.Buffer{valid}, c.Data().Buffers()[1:]...)
		columns[i] = array.MakeFromData(array.NewData(c.DataType(), rows, buffers, nil, nulls, 0))
	}
	rec = array.NewRecord(rec.Schema(), columns, rows)

	o := parquet.Options{PageSize: 70 << 10}
	want := write(t, s, o, whole.NewRecord())
	checkFile(t, want, s, rec)
	if !bytes.Equal(write(t, s, o, rec), want) {
		t.Error("with gaps, the file is another one")
	}
	o.Spare = func(task func()) bool {
		go func() {
			time.Sleep(2 * time.Millisecond) // The encoder goes on meanwhile.
			task()
		}()
		return true
	}
	if !bytes.Equal(write(t, s, o, rec), want) {
		t.Error("with gaps, compressed by others, the file is another one")
	}
}

// Long text whose pages are not made of lengths and bytes stays whole: that under optional structs, and that of an
// enumeration.
func TestLongTextOtherwise(t *testing.T) {
	texts := []string{strings.Repeat("one ", 50), strings.Repeat("two ", 50)}
	kind := &schema.Field{Name: "kind", Type: schema.String}
	kind.Enum = []schema.Scalar{{Text: texts[0]}, {Text: texts[1]}}
	s := schemaOf(kind, structOf("about", &schema.Field{Name: "text", Type: schema.String}))
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
	for row := range 300 {
		b.Field(0).(*array.StringBuilder).Append(texts[row%2])
		about := b.Field(1).(*array.StructBuilder)
		if row%7 == 3 {
			about.AppendNull()
			continue
		}
		about.Append(true)
		about.FieldBuilder(0).(*array.StringBuilder).Append(fmt.Sprint(row, strings.Repeat(" text", 30)))
	}
	rec := b.NewRecord()
	checkFile(t, write(t, s, parquet.Options{}, rec), s, rec)
	size := func(compression string) int64 {
		e, err := parquet.NewEncoder(s, parquet.Options{Compression: compression})
		if err != nil {
			t.Fatal(err)
		}
		g, err := e.Encode(rec)
		if err != nil {
			t.Fatal(err)
		}
		return g.UncompressedSize
	}
	// Readers pass over bytes behind a page's values. The headers, which have sizes, differ by a few.
	if zstd, none := size("zstd"), size("none"); zstd > none+10 {
		t.Errorf("%d bytes before compression, %d without", zstd, none)
	}
}
