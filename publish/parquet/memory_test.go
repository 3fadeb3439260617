package parquet_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/publish/parquet"
	"github.com/bindery-data/bindery/schema"
)

// TestReleasedRowGroups adds row groups that are in the memory of others: the file is the same as one of row
// groups with memory of their own, and hardly any memory is taken for them.
func TestReleasedRowGroups(t *testing.T) {
	s := schemaOf(&schema.Field{Name: "a", Type: schema.Binary}, &schema.Field{Name: "b", Type: schema.Int64})
	r := rand.New(rand.NewPCG(1, 2))
	var records []arrow.Record
	for _, rows := range []int{400, 10, 700, 1, 500} {
		b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
		for range rows {
			value := make([]byte, 2000)
			for i := range value {
				value[i] = byte(r.Uint32())
			}
			b.Field(0).(*array.BinaryBuilder).Append(value)
			b.Field(1).(*array.Int64Builder).Append(r.Int64())
		}
		records = append(records, b.NewRecord())
	}
	write := func(e *parquet.Encoder, release bool) []byte {
		var out bytes.Buffer
		f, err := parquet.NewFile(&out, s, parquet.Options{})
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
			if release {
				g.Release()
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	newEncoder := func() *parquet.Encoder {
		e, err := parquet.NewEncoder(s, parquet.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	want := write(newEncoder(), false)
	e := newEncoder()
	for range 3 {
		if got := write(e, true); !bytes.Equal(got, want) {
			t.Fatal("row groups in memory of others differ")
		}
	}
	const rounds = 20
	allocated := allocating(func() {
		for range rounds {
			g, err := e.Encode(records[2])
			if err != nil {
				t.Fatal(err)
			}
			g.Release()
		}
	})
	if size := int64(len(want)) / 2; allocated/rounds > size/10 {
		t.Errorf("a row group of about %d bytes took %d bytes of memory after others were released", size, allocated/rounds)
	}
}

// TestMemoryIsShared encodes with two encoders in turn: what one has left is enough for the other, and a row group
// leaves little more behind than what it says of its columns.
func TestMemoryIsShared(t *testing.T) {
	text, textRec := textRecord(300)
	narrow, narrowRec := narrowRecord(20_000)
	for _, test := range []struct {
		name    string
		schema  *schema.Schema
		record  arrow.Record
		garbage int64
	}{
		{"text", text, textRec, 20_000},
		{"narrow", narrow, narrowRec, 40_000},
	} {
		t.Run(test.name, func(t *testing.T) {
			// Somebody else compresses every other page but the last, and is done when the next one is.
			offered, pages := 0, 0
			var taken func()
			o := parquet.Options{PageSize: 256 << 10, Memory: new(parquet.Memory), Spare: func(task func()) bool {
				offered++
				if taken != nil {
					taken()
					taken = nil
					return false
				}
				if offered < pages {
					taken = task
				}
				return offered < pages
			}}
			file, err := parquet.NewFile(io.Discard, test.schema, o)
			if err != nil {
				t.Fatal(err)
			}
			write := func(e *parquet.Encoder) {
				offered = 0
				g, err := e.Encode(test.record)
				if err == nil {
					err = file.Add(g)
				}
				if err != nil {
					t.Fatal(err)
				}
				g.Release()
			}
			var encoders [2]*parquet.Encoder
			for i := range encoders {
				if encoders[i], err = parquet.NewEncoder(test.schema, o); err != nil {
					t.Fatal(err)
				}
			}
			for range 4 {
				write(encoders[0])
				pages = offered
			}
			size := file.Size() / 4
			first := allocating(func() { write(encoders[1]) })
			if most := size / 2; first > most && test.name == "text" {
				t.Errorf("the first row group of another encoder, of %d bytes, took %d, more than %d", size, first, most)
			}
			const rounds = 20
			if more := allocating(func() {
				for i := range rounds {
					runtime.GC() // What is free is kept.
					write(encoders[i%2])
				}
			}) / rounds; more > test.garbage {
				t.Errorf("a row group of %d bytes left %d behind, more than %d", size, more, test.garbage)
			}
		})
	}
}

// TestMemoryOfManyColumns holds what an encoder keeps where there are many columns: it does not keep as much
// for each of them.
func TestMemoryOfManyColumns(t *testing.T) {
	const rows = 1600
	kept := func(columns int) int64 {
		var fields []*schema.Field
		for i := range columns {
			fields = append(fields, &schema.Field{Name: fmt.Sprint("c", i), Type: []schema.Type{schema.Int64, schema.String}[i%2]})
		}
		s := schemaOf(fields...)
		rec := newMaker(1).record(s, rows)
		e, err := parquet.NewEncoder(s, parquet.Options{Compression: "none"})
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.GC() // What the first left in pools, too.
		runtime.ReadMemStats(&before)
		_, err = e.Encode(rec)
		if err != nil {
			t.Fatal(err)
		}
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(e)
		runtime.KeepAlive(rec)
		return int64(after.HeapAlloc) - int64(before.HeapAlloc)
	}
	few, many := kept(2), kept(200)
	if more := (many - few) / 198; more > 2000 {
		t.Errorf("an encoder keeps %d bytes for each further column", more)
	}
}

// allocating returns how many bytes f allocates.
func allocating(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}
