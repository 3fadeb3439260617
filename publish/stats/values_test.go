package stats

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestNth compares with sorting.
func TestNth(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	for range 20_000 {
		numbers := make([]uint64, 1+r.IntN(60))
		base, spread := r.Uint64(), r.UintN(64)
		for i := range numbers {
			numbers[i] = base + r.Uint64()>>spread
		}
		sorted := slices.Sorted(slices.Values(numbers))
		n := r.IntN(len(numbers))
		if got := nth(slices.Clone(numbers), n); got != sorted[n] {
			t.Fatalf("got %d at index %d of %d", got, n, sorted)
		}
	}
}
