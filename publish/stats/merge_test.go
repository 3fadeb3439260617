package stats_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync/atomic"
	"testing"

	"github.com/bindery-data/bindery/publish/stats"
	"github.com/bindery-data/bindery/schema"
)

// TestSpare adds parts up with others who take some of the columns, and without.
func TestSpare(t *testing.T) {
	for _, columns := range []int{1, 31, 32, 33, 64, 100} {
		s := &schema.Schema{}
		for i := range columns {
			typ := []schema.Type{schema.Int64, schema.Int32, schema.Float64, schema.String, schema.String}[i%5]
			s.Fields = append(s.Fields, &schema.Field{Name: fmt.Sprint("c", i), Type: typ})
		}
		s.Number()
		r := rand.New(rand.NewPCG(3, uint64(columns)))
		m := stats.NewMeasurer(s)
		var alone stats.Merger
		var offered, taken atomic.Int64
		shared := stats.Merger{Spare: func(task func()) bool {
			if offered.Add(1)%3 == 0 {
				return false
			}
			taken.Add(1)
			go task()
			return true
		}}
		want, got := stats.New(s), stats.New(s)
		for range 4 {
			p := m.Measure(manyColumns(s, r, 900))
			alone.Add(want, p)
			shared.Add(got, p)
			p.Release()
		}
		if !reflect.DeepEqual(got.Describe(), want.Describe()) {
			t.Errorf("%d columns: what others took adds up to something else", columns)
		}
		if columns > 64 && taken.Load() == 0 || columns <= 32 && offered.Load() > 0 {
			t.Errorf("%d columns: %d tasks were offered, %d taken", columns, offered.Load(), taken.Load())
		}
	}
}
