package parquet_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/bindery-data/bindery/publish/parquet"
	"github.com/bindery-data/bindery/schema"
)

// TestInterop writes files for other readers into the folder that BINDERY_INTEROP names, each with its
// rows as text that does not come from the file; .ci/interop/run compares the two.
func TestInterop(t *testing.T) {
	dir := os.Getenv("BINDERY_INTEROP")
	if dir == "" {
		t.Skip("BINDERY_INTEROP names no folder")
	}
	for _, c := range []struct {
		name   string
		fields []*schema.Field
		few    bool
		nulls  float64
		rows   int
		page   int
		series bool
	}{
		{"plain", plainFields(), false, 0.2, 3000, 1000, false},
		{"plain-few", plainFields(), true, 0.2, 3000, 0, false},
		{"plain-full", plainFields(), false, 0, 3000, 700, false},
		{"plain-null", plainFields(), false, 1, 300, 100, false},
		{"nested", nestedFields(), false, 0.2, 2000, 500, false},
		{"nested-few", nestedFields(), true, 0.1, 2000, 0, false},
		{"nested-null", nestedFields(), false, 1, 300, 0, false},
		{"plain-series", plainFields(), false, 0, 3000, 1000, true},
		{"plain-series-nulls", plainFields(), false, 0.9, 3000, 100, true},
		{"plain-few-nulls", plainFields(), true, 0.9, 3000, 60, false},
		{"nested-series", nestedFields(), false, 0.4, 2000, 100, true},
		{"maps", mapFields(), false, 0.2, 2000, 500, false},
		{"maps-few", mapFields(), true, 0.1, 2000, 0, false},
		{"empty", append(plainFields(), nestedFields()...), false, 0, 0, 0, false},
	} {
		s := schemaOf(c.fields...)
		m := newMaker(11)
		m.few, m.series, m.nulls = c.few, c.series, c.nulls
		first, second := m.record(s, c.rows), m.record(s, c.rows/3)
		for _, compression := range []string{"zstd", "snappy"} {
			data := write(t, s, parquet.Options{Compression: compression, PageSize: c.page}, first, second)
			save(t, filepath.Join(dir, c.name+"."+compression+".parquet"), data)
			save(t, filepath.Join(dir, c.name+"."+compression+".json"), recordsJSON(t, s, first, second))
		}
	}
}

func save(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o666); err != nil {
		t.Fatal(err)
	}
}
