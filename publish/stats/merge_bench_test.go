package stats_test

import (
	"math/rand/v2"
	"testing"

	"github.com/bindery-data/bindery/publish/stats"
	"github.com/bindery-data/bindery/schema"
)

// BenchmarkAdd adds the parts of batches up that have as many records as those of a thousand columns.
func BenchmarkAdd(b *testing.B) {
	const rows, batches = 700, 30
	for _, c := range benchColumns(rows) {
		b.Run(c.name, func(b *testing.B) {
			field := c.field
			field.Name = "a"
			s := &schema.Schema{Fields: []*schema.Field{&field}}
			s.Number()
			r := rand.New(rand.NewPCG(1, 2))
			m := stats.NewMeasurer(s)
			var parts []*stats.Part
			for range batches {
				parts = append(parts, m.Measure(c.record(s, r)))
			}
			var merger stats.Merger
			b.ReportAllocs()
			for b.Loop() {
				all := stats.New(s)
				for _, p := range parts {
					merger.Add(all, p)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*batches), "ns/part")
		})
	}
}
