package stats

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSelectFirst compares with sorting.
func TestSelectFirst(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	before := func(a, b *entry) bool { return a.count > b.count || a.count == b.count && a.hash < b.hash }
	for range 3000 {
		entries := make([]entry, 1+r.IntN(60))
		for i := range entries {
			entries[i] = entry{hash: uint64(i), count: r.Uint64N(1 + r.Uint64N(9))}
		}
		r.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		sorted := slices.Clone(entries)
		compare := func(a, b entry) int {
			if before(&a, &b) {
				return -1
			}
			return 1
		}
		slices.SortFunc(sorted, compare)
		k := r.IntN(len(entries))
		selectFirst(entries, k, before)
		first := slices.Clone(entries[:k])
		slices.SortFunc(first, compare)
		if entries[k] != sorted[k] || !slices.Equal(first, sorted[:k]) {
			t.Fatalf("of %d entries, the first %d are not those of sorting", len(entries), k)
		}
	}
}
