package parquet_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/bindery-data/bindery/publish/parquet"
	"github.com/bindery-data/bindery/schema"
)

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
		runtime.GC() // What the first left in pools, too.
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
