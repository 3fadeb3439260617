package stats_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/stats"
	"github.com/bindery-data/bindery/schema"
)

// TestMemoryOfManyColumns holds what statistics take where a declaration has many columns: of a batch that
// waits to be added up, and of all that was added up. A build of a thousand columns has one more of the former
// than workers, and one of the latter.
func TestMemoryOfManyColumns(t *testing.T) {
	const columns, rows, batches, kilobyte = 200, 1600, 6, 1000
	s := &schema.Schema{}
	for i := range columns {
		typ := []schema.Type{schema.Int64, schema.Int32, schema.Float64, schema.String, schema.String}[i%5]
		s.Fields = append(s.Fields, &schema.Field{Name: fmt.Sprint("c", i), Type: typ})
	}
	s.Number()
	r := rand.New(rand.NewPCG(1, 2))
	m := stats.NewMeasurer(s)
	var parts []*stats.Part
	m.Measure(manyColumns(s, r, rows))
	taken := live(func() {
		for range batches {
			parts = append(parts, m.Measure(manyColumns(s, r, rows)))
		}
	})
	if got, most := taken/batches/columns, int64(6*kilobyte); got > most {
		t.Errorf("a batch's statistics take %d bytes a column, more than %d", got, most)
	}
	all := stats.New(s)
	taken = live(func() {
		var merger stats.Merger
		for _, p := range parts {
			merger.Add(all, p)
		}
	})
	if got, most := taken/columns, int64(36*kilobyte); got > most {
		t.Errorf("what was added up takes %d bytes a column, more than %d", got, most)
	}
	runtime.KeepAlive(parts)
	runtime.KeepAlive(all)
	runtime.KeepAlive(m)
}

// live returns how many bytes of memory are in use after f that were not before.
func live(f func()) int64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&before)
	f()
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&after)
	return int64(after.HeapAlloc) - int64(before.HeapAlloc)
}

// manyColumns draws records: of numbers many or 700, of texts 6,000, some of them often, or 40.
func manyColumns(s *schema.Schema, r *rand.Rand, rows int) arrow.Record {
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
	defer b.Release()
	for i := range s.Fields {
		for range rows {
			x := r.Float64()
			switch f := b.Field(i).(type) {
			case *array.Int64Builder:
				f.Append(int64(x * 1e9))
			case *array.Int32Builder:
				f.Append(int32(x * 700))
			case *array.Float64Builder:
				f.Append((x - 0.5) * 1000)
			case *array.StringBuilder:
				if i%5 == 3 {
					f.Append(fmt.Sprintf("word %d", int(x*x*6000)))
				} else {
					f.Append(fmt.Sprint("tag ", int(x*40)))
				}
			}
		}
	}
	return b.NewRecord()
}

// TestReleasedParts measures batches in the memory of those before them: what was added up stays as it is, and hardly
// any memory is taken.
func TestReleasedParts(t *testing.T) {
	const columns, rows, batches = 20, 1600, 8
	s := &schema.Schema{}
	for i := range columns {
		typ := []schema.Type{schema.Int64, schema.Int32, schema.Float64, schema.String, schema.String}[i%5]
		s.Fields = append(s.Fields, &schema.Field{Name: fmt.Sprint("c", i), Type: typ})
	}
	s.Number()
	r := rand.New(rand.NewPCG(1, 2))
	var records []arrow.Record
	for range batches {
		records = append(records, manyColumns(s, r, rows))
	}
	add := func(m *stats.Measurer, release bool) []catalog.FieldStatistics {
		var merger stats.Merger
		all := stats.New(s)
		for _, rec := range records {
			p := m.Measure(rec)
			merger.Add(all, p)
			if release {
				p.Release()
			}
		}
		return all.Describe()
	}
	m := stats.NewMeasurer(s)
	if want, got := add(stats.NewMeasurer(s), false), add(m, true); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	taking := func(release bool) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for _, rec := range records {
			if p := m.Measure(rec); release {
				p.Release()
			}
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	if released, kept := taking(true), taking(false); released > kept/4 {
		t.Errorf("the parts of batches took %d bytes with the memory of those before, and %d without", released, kept)
	}
}
