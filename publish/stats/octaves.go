package stats

import "math"

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
func (m *Measurer) countOctave(v float64, n uint32) {
	i := octaveIndex(v)
	counts := m.octaves[i>>subBits]
	if counts == nil {
		counts = m.beginOctave(i >> subBits)
	}
	counts[i%(1<<subBits)] += n
}

// octaveCounts are the counts of an octave in a batch.
type octaveCounts [1 << subBits]uint32

// beginOctave makes zero counts for an octave, given its sign and exponent.
func (m *Measurer) beginOctave(exp uint64) *octaveCounts {
	if len(m.unused) == 0 {
		m.unused = append(m.unused, new(octaveCounts))
	}
	last := len(m.unused) - 1
	m.octaves[exp], m.unused = m.unused[last], m.unused[:last]
	return m.octaves[exp]
}

// takeOctaves moves the measurer's octave counts, which are of values from low to high, behind out.
func (m *Measurer) takeOctaves(out octaves, low, high float64) octaves {
	if low < 0 {
		for exp := int(octaveIndex(low) >> subBits); exp >= 1<<11; exp-- {
			out = m.takeOctave(out, exp)
		}
	}
	if high >= 0 {
		for exp := range int(octaveIndex(high+0)>>subBits) + 1 {
			out = m.takeOctave(out, exp)
		}
	}
	return out
}

// takeOctave empties the counts of an octave, given its sign and exponent.
func (m *Measurer) takeOctave(out octaves, exp int) octaves {
	from := m.octaves[exp]
	if from == nil {
		return out
	}
	key := exp
	if exp >= 1<<11 {
		key = ^(exp & (1<<11 - 1))
	}
	out = out.extend(key)
	for i, n := range from {
		out[len(out)-1].counts[i] = uint64(n)
	}
	*from = octaveCounts{}
	m.octaves[exp], m.unused = nil, append(m.unused, from)
	return out
}

// extend appends an empty octave, in the memory of one that was there before, if there is any.
func (o octaves) extend(key int) octaves {
	if n := len(o); n < cap(o) && o[:n+1][n] != nil {
		*o[:n+1][n] = octave{key: key}
		return o[:n+1]
	}
	return append(o, &octave{key: key})
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
