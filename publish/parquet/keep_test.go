package parquet_test

import (
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/publish/parquet"
	"github.com/bindery-data/bindery/schema"
)

func TestKeep(t *testing.T) {
	s := schemaOf(allFields()...)
	const rows = 60
	for _, nulls := range []float64{0, 0.3} {
		m := newMaker(7)
		m.nulls = nulls
		whole := m.record(s, rows)
		for _, rec := range []arrow.Record{whole, sliced(t, s, whole), whole.NewSlice(7, 50)} {
			for share := 0.0; share <= 1; share += 0.25 {
				keep := make([]bool, rec.NumRows())
				for i := range keep {
					keep[i] = m.Float64() < share
				}
				got := parquet.Keep(rec, keep)
				want := concatenated(t, rec, keep)
				sameRecords(t, s, got, want)
			}
		}
	}
}

// concatenated is Keep by way of Arrow: every kept row a slice of its own.
func concatenated(t *testing.T, rec arrow.Record, keep []bool) arrow.Record {
	columns := make([]arrow.Array, rec.NumCols())
	rows := int64(0)
	for i := range columns {
		parts := []arrow.Array{array.NewSlice(rec.Column(i), 0, 0)}
		rows = 0
		for row, k := range keep {
			if k {
				parts = append(parts, array.NewSlice(rec.Column(i), int64(row), int64(row+1)))
				rows++
			}
		}
		var err error
		if columns[i], err = array.Concatenate(parts, memory.DefaultAllocator); err != nil {
			t.Fatal(err)
		}
	}
	return array.NewRecord(rec.Schema(), columns, rows)
}

func TestKeepHoldsNoMemoryOfTheRecord(t *testing.T) {
	s := schemaOf(plainFields()...)
	rec := newMaker(1).record(s, 10)
	keep := []bool{true, false, true, true, false, true, true, true, false, true}
	kept := parquet.Keep(rec, keep)
	want := concatenated(t, rec, keep)
	for i := range int(rec.NumCols()) {
		for _, b := range rec.Column(i).Data().Buffers() {
			if b != nil {
				clear(b.Bytes())
			}
		}
	}
	sameRecords(t, s, kept, want)
}

// sameRecords compares the values of two records, where NaN is equal to NaN.
func sameRecords(t *testing.T, s *schema.Schema, got, want arrow.Record) {
	t.Helper()
	if got.NumRows() != want.NumRows() || !got.Schema().Equal(want.Schema()) {
		t.Fatalf("%d rows of %d, or another schema", got.NumRows(), want.NumRows())
	}
	for i, f := range s.Fields {
		for row := range int(got.NumRows()) {
			g, w := fmt.Sprint(expected(f, got.Column(i), row)), fmt.Sprint(expected(f, want.Column(i), row))
			if g != w {
				t.Fatalf("%s, row %d: got %s, want %s", f.Name, row, g, w)
			}
		}
	}
}
