package stats

import (
	"math"
	"slices"
)

// subBits is the logarithm of how many buckets an octave has. catalog.QuantileError follows from it.
const subBits = 7

// Octaves count values in buckets whose width is in proportion to the values: every range from one power
// of two to the next has 2^subBits of equal width. What a bucket is follows from the bits of a float64:
// its sign, exponent and first bits after the point. Subnormal numbers, and zero, share one octave.
type octaves []*octave

// An octave is in the order of its values: key is the exponent's bits, or for negative values their
// complement.
type octave struct {
	key    int
	counts [1 << subBits]uint64
}

// octaveIndex numbers the buckets by the magnitudes of their values, negative ones last.
func octaveIndex(v float64) uint64 { return math.Float64bits(v) >> (52 - subBits) }

// countOctave counts n values of which v is one.
func (m *Measurer) countOctave(v float64, n uint64) {
	i := octaveIndex(v)
	o := m.octaves[i>>subBits]
	if o == nil {
		o = m.beginOctave(int(i >> subBits))
	}
	o.counts[i%(1<<subBits)] += n
}

// beginOctave makes an octave without counts, given its sign and exponent.
func (m *Measurer) beginOctave(exp int) *octave {
	if len(m.unused) == 0 {
		m.unused = append(m.unused, new(octave))
	}
	last := len(m.unused) - 1
	o := m.unused[last]
	m.unused = m.unused[:last]
	*o = octave{key: exp}
	if exp >= negative {
		o.key = ^(exp - negative)
	}
	m.octaves[exp], m.begun = o, append(m.begun, o)
	return o
}

// negative is the bit of an octave's sign, before its exponent.
const negative = 1 << 11

// takeOctaves moves the octaves that the measurer has begun to out, which is empty.
func (m *Measurer) takeOctaves(out octaves) octaves {
	slices.SortFunc(m.begun, func(a, b *octave) int { return a.key - b.key })
	for _, o := range m.begun {
		if o.key < 0 {
			m.octaves[negative+^o.key] = nil
		} else {
			m.octaves[o.key] = nil
		}
	}
	out = append(out, m.begun...)
	m.begun = m.begun[:0]
	return out
}

// giveOctaves takes back the octaves of a column that is packed.
func (m *Measurer) giveOctaves(c *column) {
	for _, o := range []*octaves{&c.integers.octaves, &c.floats.octaves, &c.lengths.octaves} {
		m.unused = append(m.unused, *o...)
		*o = (*o)[:0]
	}
}

// bucketOf returns the bounds of the bucket that holds the value of a rank, from 0: values from low to
// below high or, among negative ones, above low to high.
func (o octaves) bucketOf(rank uint64) (low, high float64) {
	for i := range o {
		counts := &o[i].counts
		for j := range counts {
			at := j
			if o[i].key < 0 {
				at = len(counts) - 1 - j // The greatest magnitude first.
			}
			if rank < counts[at] {
				return o[i].bounds(at)
			}
			rank -= counts[at]
		}
	}
	return math.Inf(-1), math.Inf(1)
}

func (o *octave) bounds(at int) (low, high float64) {
	if o.key >= 0 {
		index := uint64(o.key)<<subBits + uint64(at)
		return math.Float64frombits(index << (52 - subBits)), math.Float64frombits((index + 1) << (52 - subBits))
	}
	index := uint64(^o.key)<<subBits + uint64(at)
	return -math.Float64frombits((index + 1) << (52 - subBits)), -math.Float64frombits(index << (52 - subBits))
}
