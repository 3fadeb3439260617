package stats

import (
	"math"
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

// TestAddOne adds NaN, which no measured value is, to a column that has many: it was missed by nobody.
func TestAddOne(t *testing.T) {
	var m Measurer
	for _, missed := range []uint64{0, 3} {
		v := values{missed: missed}
		if missed > 0 {
			v.begin()
		}
		nan := floatKey(math.NaN())
		m.addOne(&v, nan, 0)
		if len(v.entries) != 0 {
			t.Fatal("none of it is an entry")
		}
		m.addOne(&v, nan, 5)
		if want := (entry{mix(nan), nan, 5, missed}); len(v.entries) != 1 || v.entries[0] != want || v.most(&want) != 5 {
			t.Errorf("entries are %v, want %v", v.entries, want)
		}
		var want sketch
		want.add(mix(nan))
		if missed > 0 && *v.sketch != want {
			t.Error("the sketch has not got it")
		}
	}
}
