package parquet_test

import (
	"bytes"
	"sync/atomic"
	"testing"

	"github.com/bindery-data/bindery/publish/parquet"
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
