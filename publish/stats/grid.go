package stats

import (
	"math"
	"math/bits"
)

// gridBuckets is how many buckets a grid has at most; it has at least half as many unless each holds a
// single whole number. catalog.QuantileRangeError follows from it.
const gridBuckets = 2048

// A grid counts values in buckets of equal width, a power of two. Its width follows from the smallest and
// the greatest value alone, and buckets of one width are halves of those of twice the width, so that
// grids merge to what one grid of all values would be.
type grid struct {
	exp    int   // A bucket is 2^exp wide.
	first  int64 // Counts[0] is of values from first * 2^exp on.
	counts []uint64
}

// A layout says which buckets a grid has.
type layout struct {
	exp     int
	first   int64
	buckets int
}

// lay empties the grid and gives it a layout.
func (g *grid) lay(l layout) {
	g.exp, g.first, g.counts = l.exp, l.first, sized(g.counts, l.buckets)
	clear(g.counts)
}

// integerLayout returns that of the grid for whole numbers from low to high.
func integerLayout(low, high int64) layout {
	exp := max(0, bits.Len64(uint64(high)-uint64(low))-bits.Len64(gridBuckets-1))
	for high>>exp-low>>exp >= gridBuckets {
		exp++
	}
	return layout{exp, low >> exp, int(high>>exp - low>>exp + 1)}
}

// The exponents that the buckets of floats may have: times a value, 2^-exp is not less than the
// smallest normal number nor infinite.
const minExp, maxExp = -1000, 1020

// floatLayout returns that of the grid for floats from low to high. A bucket is no narrower than the distance
// between the floats furthest from zero, so that counting is exact.
func floatLayout(low, high float64) layout {
	size := exponentOf(max(-low, high))
	half := exponentOf(float64(high/2) - float64(low/2))
	exp := min(max(size-52, half-bits.Len64(gridBuckets), minExp), maxExp)
	for {
		first, last := floorScaled(low, math.Ldexp(1, -exp)), floorScaled(high, math.Ldexp(1, -exp))
		if last-first < gridBuckets {
			return layout{exp, first, int(last - first + 1)}
		}
		exp++
	}
}

// exponentOf returns an exponent of two above v, which grows with v.
func exponentOf(v float64) int {
	if v == 0 {
		return minExp
	}
	_, exp := math.Frexp(v)
	return exp
}

// floorScaled returns v times scale, a power of two, rounded down. The product is less than 2^53. A negative
// one that is too small for a float64 is the negative zero, which is below zero here; that of v is not.
func floorScaled(v, scale float64) int64 {
	scaled := float64((v + 0) * scale)
	i := int64(scaled)
	return i - int64(math.Float64bits(scaled-float64(i))>>63)
}

// widen gives g the layout l, which has room for what g has counted and whose buckets are not narrower.
func (g *grid) widen(l layout) {
	if g.exp == l.exp && g.first == l.first && len(g.counts) == l.buckets {
		return
	}
	before := *g
	*g = grid{}
	g.lay(l)
	shift := g.exp - before.exp
	for i, n := range before.counts {
		g.counts[(before.first+int64(i))>>shift-g.first] += n
	}
}

// bucketOf returns the index in counts of the bucket that holds the value of a rank, from 0.
func (g *grid) bucketOf(rank uint64) int {
	for i, n := range g.counts {
		if rank < n {
			return i
		}
		rank -= n
	}
	return len(g.counts) - 1
}
