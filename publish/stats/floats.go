package stats

import "math"

// floats are the distribution of floating-point numbers.
type floats struct {
	n                       int64 // of those that are finite
	min, max                float64
	mean, m2                float64 // m2 is the sum of squared distances from the mean.
	grid                    grid
	octaves                 octaves
	nan, negative, positive int64 // those that are not finite
}

// notFinite returns how many numbers are not finite.
func (x *floats) notFinite() int64 { return x.nan + x.negative + x.positive }

// addMomentsOf adds the number, extremes and moments of o.
func (x *floats) addMomentsOf(o *floats) {
	if x.n == 0 {
		x.n, x.min, x.max, x.mean, x.m2 = o.n, o.min, o.max, o.mean, o.m2
		return
	}
	// Chan, Golub and LeVeque's update. Conversions keep products apart from sums, which some processors
	// would round together.
	a, b := float64(x.n), float64(o.n)
	d := o.mean - x.mean
	x.mean += float64(d * (b / (a + b)))
	x.m2 += o.m2 + float64(float64(d*d)*(a*(b/(a+b))))
	x.n += o.n
	x.min, x.max = min(x.min, o.min), max(x.max, o.max)
}

// measureFloats measures the values of a column of floats.
func measureFloats[T ~float32 | ~float64](m *Measurer, c *column, values []T, s span) {
	m.finite = sized(m.finite, s.len())
	x := &c.floats
	n := 0
	if s.list == nil {
		for _, v := range values[s.lo:s.hi] {
			m.finite[n] = float64(v)
			n++
			if v-v != 0 {
				n--
				x.addNotFinite(float64(v))
			}
		}
	} else {
		for _, slot := range s.list {
			v := values[slot]
			m.finite[n] = float64(v)
			n++
			if v-v != 0 {
				n--
				x.addNotFinite(float64(v))
			}
		}
	}
	m.finite = m.finite[:n]
	if n > 0 {
		m.addFloats(x, m.finite)
	}
	if c.unique {
		return
	}
	m.hashes = sized(m.hashes, n)
	for i, v := range m.finite {
		m.hashes[i] = mix(floatKey(v))
	}
	m.addValues(&c.values, func(i int32) uint64 { return floatKey(m.finite[i]) })
	m.addOne(&c.values, floatKey(math.NaN()), uint64(x.nan))
	m.addOne(&c.values, floatKey(math.Inf(-1)), uint64(x.negative))
	m.addOne(&c.values, floatKey(math.Inf(1)), uint64(x.positive))
}

// floatKey returns bits that are the same for equal values and for all NaN.
func floatKey(v float64) uint64 { return math.Float64bits(v + 0) }

func (x *floats) addNotFinite(v float64) {
	switch {
	case v != v:
		x.nan++
	case v < 0:
		x.negative++
	default:
		x.positive++
	}
}

// addFloats makes into the distribution of values, all of them finite.
func (m *Measurer) addFloats(into *floats, values []float64) {
	low, high := values[0], values[0]
	for _, v := range values {
		if v < low {
			low = v
		}
		if v > high {
			high = v
		}
	}
	into.n = int64(len(values))
	into.min, into.max = low+0, high+0 // No negative zero.
	into.addMoments(values)
	into.grid.lay(floatLayout(low, high))
	counts, first, scale := into.grid.counts, into.grid.first, math.Ldexp(1, -into.grid.exp)
	for _, v := range values {
		m.countOctave(v+0, 1)
		counts[floorScaled(v, scale)-first]++
	}
	into.octaves = m.takeOctaves(into.octaves)
}

// addMoments sets the moments, from distances to the middle of the range so that digits that all values
// share do no harm. Four sums at a time are faster than one.
func (x *floats) addMoments(values []float64) {
	middle := float64(x.min/2) + float64(x.max/2)
	var sum, squares [4]float64
	rest := values
	for ; len(rest) >= 4; rest = rest[4:] {
		a, b, c, d := rest[0]-middle, rest[1]-middle, rest[2]-middle, rest[3]-middle
		sum[0] += a
		squares[0] += float64(a * a)
		sum[1] += b
		squares[1] += float64(b * b)
		sum[2] += c
		squares[2] += float64(c * c)
		sum[3] += d
		squares[3] += float64(d * d)
	}
	for _, v := range rest {
		d := v - middle
		sum[0] += d
		squares[0] += float64(d * d)
	}
	n := float64(x.n)
	total := (sum[0] + sum[1]) + (sum[2] + sum[3])
	shift := total / n
	x.mean = middle + shift
	x.m2 = max(0, (squares[0]+squares[1])+(squares[2]+squares[3])-float64(total*shift))
}
