package stats

import (
	"math"
	"math/bits"
)

// sketchBits is the logarithm of how many registers a sketch has.
const sketchBits = 12

// distinctError is the relative standard error of a sketch's estimate: 1.04 / sqrt(4096).
const distinctError = 0.01625

// A sketch is a HyperLogLog of hashes: it depends on which there are, and on nothing else. (Flajolet et
// al., 2007.)
type sketch [1 << sketchBits]uint8

func (s *sketch) add(hash uint64) {
	register := hash >> (64 - sketchBits)
	// Of the bits that do not number the register, the place of the first that is set, counted from 1.
	if place := uint8(bits.LeadingZeros64(hash<<sketchBits|1<<(sketchBits-1)) + 1); place > s[register] {
		s[register] = place
	}
}

func (s *sketch) addEntries(entries []entry) {
	for i := range entries {
		s.add(entries[i].hash)
	}
}

func (s *sketch) merge(o *sketch) {
	for i, place := range o {
		if place > s[i] {
			s[i] = place
		}
	}
}

// estimate returns how many different hashes were added: Ertl's improved estimator ("New cardinality
// estimation algorithms for HyperLogLog sketches", 2017, algorithm 6), which needs no tables. It uses
// operations alone that are the same on every processor.
func (s *sketch) estimate() float64 {
	const (
		m = 1 << sketchBits
		q = 64 - sketchBits
	)
	var counts [q + 2]int
	for _, place := range s {
		counts[place]++
	}
	z := m * tau(1-float64(counts[q+1])/m)
	for k := q; k >= 1; k-- {
		z = 0.5 * (z + float64(counts[k]))
	}
	z += float64(m * sigma(float64(counts[0])/m))
	const alpha = 0.7213475204444817 // 1 / (2 ln 2)
	return alpha * m * m / z
}

func sigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	y, z := 1.0, x
	for {
		x *= x
		before := z
		z += float64(x * y)
		y += y
		if z == before {
			return z
		}
	}
}

func tau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	y, z := 1.0, 1-x
	for {
		x = math.Sqrt(x)
		before := z
		y *= 0.5
		z -= float64(float64((1-x)*(1-x)) * y)
		if z == before {
			return z / 3
		}
	}
}
