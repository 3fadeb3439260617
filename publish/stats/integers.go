package stats

import (
	"math/big"
	"math/bits"
	"unsafe"
)

// integers are the distribution of whole numbers. Those of 64 unsigned bits are kept less 2^63, which
// keeps their order.
type integers struct {
	n        int64
	min, max int64
	// sum and squares are exact: of the numbers as they are kept, and of their squares.
	sum, squares big.Int
	grid         grid
	octaves      octaves
}

// reset empties x but for its memory.
func (x *integers) reset() {
	x.n, x.octaves = 0, x.octaves[:0]
	x.sum.SetInt64(0)
	x.squares.SetInt64(0)
}

type integer interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// measureIntegers measures the values of a column of integers, or of what is kept as such.
func measureIntegers[T integer](m *Measurer, c *column, values []T, s span) {
	var flip int64
	if T(0)-1 > 0 && unsafe.Sizeof(T(0)) == 8 { // It has 64 unsigned bits.
		flip = -1 << 63
	}
	m.numbers = sized(m.numbers, s.len())
	if s.list != nil {
		for i, slot := range s.list {
			m.numbers[i] = int64(values[slot]) ^ flip
		}
	} else {
		for i, v := range values[s.lo:s.hi] {
			m.numbers[i] = int64(v) ^ flip
		}
	}
	m.addIntegers(&c.integers, m.numbers, flip, c)
}

// addIntegers makes into the distribution of numbers, of which there are some, and adds the values of
// column c, if it is not nil and they can repeat. Each number is kept as its exclusive or with flip.
func (m *Measurer) addIntegers(into *integers, numbers []int64, flip int64, c *column) {
	into.n = int64(len(numbers))
	into.min, into.max = extremesOf(numbers)
	into.grid.lay(integerLayout(into.min, into.max))
	if into.grid.exp == 0 {
		m.addCounted(into, numbers, flip, c)
		return
	}
	into.addSums(numbers)
	counts, exp, first := into.grid.counts, into.grid.exp, into.grid.first
	for _, v := range numbers {
		counts[v>>exp-first]++
	}
	m.addOctaves(into, numbers, flip)
	if c == nil || c.unique {
		return
	}
	m.hashes = sized(m.hashes, len(numbers))
	for i, v := range numbers {
		m.hashes[i] = mix(uint64(v ^ flip))
	}
	m.addValues(&c.values, func(i int32) uint64 { return uint64(numbers[i] ^ flip) })
}

// addCounted is addIntegers for numbers so near each other that each has a bucket of its own.
func (m *Measurer) addCounted(into *integers, numbers []int64, flip int64, c *column) {
	counts := into.grid.counts
	for _, v := range numbers {
		counts[v-into.min]++
	}
	var sum, squares uint64
	for i, n := range counts {
		if n == 0 {
			continue
		}
		d := uint64(i)
		sum += n * d
		squares += n * d * d
		m.countOctave(truncated(into.min+int64(i), flip), n)
	}
	into.setSums(sum, [3]uint64{squares})
	into.octaves = m.takeOctaves(into.octaves)
	if c != nil && !c.unique {
		m.addCountedValues(&c.values, counts, func(i int) uint64 { return uint64((into.min + int64(i)) ^ flip) })
	}
}

func extremesOf(numbers []int64) (low, high int64) {
	low, high = numbers[0], numbers[0]
	for _, v := range numbers {
		low, high = min(low, v), max(high, v)
	}
	return low, high
}

// addSums sets the sums of numbers. They are added up as distances from the least one, which do not
// overflow 64 bits, nor their squares 192.
func (x *integers) addSums(numbers []int64) {
	low := uint64(x.min)
	if uint64(x.max)-low < 1<<31 {
		var sum, square, carry uint64
		for _, v := range numbers {
			d := uint64(v) - low
			sum += d
			var c uint64
			square, c = bits.Add64(square, d*d, 0)
			carry += c
		}
		x.setSums(sum, [3]uint64{square, carry})
		return
	}
	var sum [2]uint64
	var squares [3]uint64
	for _, v := range numbers {
		d := uint64(v) - low
		var c uint64
		sum[0], c = bits.Add64(sum[0], d, 0)
		sum[1] += c
		high, lower := bits.Mul64(d, d)
		squares[0], c = bits.Add64(squares[0], lower, 0)
		squares[1], c = bits.Add64(squares[1], high, c)
		squares[2] += c
	}
	x.setWideSums(words(sum[:]), words(squares[:]))
}

func (x *integers) setSums(sum uint64, squares [3]uint64) {
	x.setWideSums(new(big.Int).SetUint64(sum), words(squares[:]))
}

// setWideSums sets the sums from those of the distances from x.min.
func (x *integers) setWideSums(sum, squares *big.Int) {
	low, n := big.NewInt(x.min), big.NewInt(x.n)
	shift := new(big.Int).Mul(low, n)
	x.sum.Add(sum, shift)
	// (d + low)^2 = d^2 + low * (d + d + low)
	twice := new(big.Int).Lsh(sum, 1)
	twice.Add(twice, shift)
	x.squares.Add(squares, twice.Mul(twice, low))
}

// words returns the number whose 64-bit words are given, the lowest first.
func words(w []uint64) *big.Int {
	out := new(big.Int)
	for i := len(w) - 1; i >= 0; i-- {
		out.Lsh(out, 64)
		out.Or(out, new(big.Int).SetUint64(w[i]))
	}
	return out
}

// addOctaves counts numbers in octaves. Where the grid's buckets lie within those of octaves, it has
// done so already.
func (m *Measurer) addOctaves(into *integers, numbers []int64, flip int64) {
	g := &into.grid
	switch low := into.min ^ flip; {
	case flip == 0 && low > 0 && bits.Len64(uint64(low))-1-subBits >= g.exp:
		for i, n := range g.counts {
			if n > 0 {
				m.countOctave(truncated((g.first+int64(i))<<g.exp, 0), n)
			}
		}
	case flip == 0 && low >= 0 && into.max < 1<<53:
		for _, v := range numbers {
			m.countOctave(float64(v), 1)
		}
	default:
		for _, v := range numbers {
			m.countOctave(truncated(v, flip), 1)
		}
	}
	into.octaves = m.takeOctaves(into.octaves)
}

// truncated returns a number that is kept as v as the next float64 towards zero, so that it does not get
// into the bucket behind its own.
func truncated(v, flip int64) float64 {
	if flip != 0 {
		return towardsZero(uint64(v ^ flip))
	}
	if v < 0 {
		return -towardsZero(-uint64(v))
	}
	return towardsZero(uint64(v))
}

func towardsZero(v uint64) float64 {
	if extra := bits.Len64(v) - 53; extra > 0 {
		v = v >> extra << extra
	}
	return float64(v)
}
