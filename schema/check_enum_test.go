package schema

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestTextSet holds a textSet against a map: of strings that are alike, wherever they lie in the data.
func TestTextSet(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	text := func() string {
		b := make([]byte, r.IntN(11))
		for i := range b {
			b[i] = "ab\x00\xc3"[r.IntN(4)]
		}
		return string(b)
	}
	for range 300 {
		values := make(map[string]struct{})
		for range 1 + r.IntN(40) {
			values[text()] = struct{}{}
		}
		set := newTextSet(values)
		for range 100 {
			before, v, after := text(), text(), text()
			_, want := values[v]
			if got := set.has(before+v+after, len(before), len(before)+len(v)); got != want {
				t.Fatalf("%q between %q and %q: %t, in %q", v, before, after, got, values)
			}
		}
		for v := range values {
			if !set.has(v, 0, len(v)) || !set.has(v+"12345678", 0, len(v)) {
				t.Fatalf("%q is missing in %q", v, values)
			}
		}
	}
}

// BenchmarkTextSet is beside a map in a loop of the same kind.
func BenchmarkTextSet(b *testing.B) {
	values := make(map[string]struct{})
	var names []string
	for i := range 35 {
		names = append(names, fmt.Sprintf("name%d", i*i))
		values[names[i]] = struct{}{}
	}
	r := rand.New(rand.NewPCG(9, 10))
	var text strings.Builder
	ends := make([]int, 4096)
	for i := range ends {
		text.WriteString(names[r.IntN(len(names))])
		ends[i] = text.Len()
	}
	data, set := text.String(), newTextSet(values)
	bench := func(name string, has func(from, to int) bool) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				from := 0
				for _, to := range ends {
					if !has(from, to) {
						b.Fatal(data[from:to])
					}
					from = to
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(ends)), "ns/value")
		})
	}
	bench("words", func(from, to int) bool { return set.has(data, from, to) })
	bench("map", func(from, to int) bool {
		_, ok := values[data[from:to]]
		return ok
	})
}
