package stats

import (
	"bytes"
	"cmp"
	"math"
	"math/big"
	"slices"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

func (c *column) describe() catalog.FieldStatistics {
	f := catalog.FieldStatistics{Field: c.field.Path, Type: c.field.Type.String(), Count: c.count, Nulls: c.nulls}
	if c.count == c.nulls {
		return f
	}
	switch t := c.field.Type; {
	case t == schema.Struct:
	case t == schema.Bool:
		f.Bools = &catalog.Bools{True: c.trues, False: c.count - c.nulls - c.trues}
	case t == schema.List || t == schema.Map:
		f.Lengths = c.describeLengths()
	case t.Bytes():
		f.Distinct = c.describeDistinct()
		f.Lengths = c.describeLengths()
		if !showsValues(c.field) {
			return f
		}
		if t == schema.String {
			f.Minimum, f.Maximum = c.extremes.min.shown(), c.extremes.max.shown()
		}
		f.Frequent = c.describeFrequent()
	default:
		f.Distinct = c.describeDistinct()
		f.Distribution = c.describeNumbers(&f)
		f.Frequent = c.describeFrequent()
	}
	return f
}

// showsValues reports whether values of a field of bytes may stand in statistics, which are shown on cards and
// pages: bytes are nothing to read, and who has an address did not ask to be listed there.
func showsValues(f *schema.Field) bool { return f.Type != schema.Binary && f.Format != "email" }

func (s shown) shown() *catalog.Shown { return &catalog.Shown{Value: string(s.text), Cut: s.cut} }

func (c *column) describeNumbers(f *catalog.FieldStatistics) catalog.Distribution {
	w := newWriter(c.field)
	if !c.field.Type.Float() && !isWide(c.field) {
		d := c.integers.describe(w, c.exactValues())
		if moment(c.field.Type) {
			d.Mean, d.StandardDeviation = nil, nil
		}
		return d
	}
	if x := &c.floats; x.notFinite() > 0 {
		f.NotFinite = &catalog.NotFinite{NaN: x.nan, NegativeInfinity: x.negative, PositiveInfinity: x.positive}
	}
	d := c.floats.describe(w, &c.values, c.exactValues())
	if c.decimals.some {
		d.Minimum, d.Maximum = &catalog.Shown{Value: w.decimal(c.decimals.min)}, &catalog.Shown{Value: w.decimal(c.decimals.max)}
	}
	return d
}

// moment reports whether values of t are points in time, which have no sum.
func moment(t schema.Type) bool {
	return t == schema.Date || t == schema.Time || t == schema.Timestamp
}

func (c *column) describeLengths() *catalog.Distribution {
	d := c.lengths.describe(lengthWriter, nil)
	return &d
}

func (c *column) describeDistinct() *catalog.Distinct {
	values := c.count - c.nulls
	switch {
	case c.unique:
		return &catalog.Distinct{Count: values, Exact: true}
	case c.values.complete():
		return &catalog.Distinct{Count: int64(len(c.values.entries)), Exact: true}
	}
	estimate := int64(math.Round(c.values.sketch.estimate()))
	return &catalog.Distinct{Count: min(max(estimate, maxEntries+1), values), Error: distinctError}
}

// exactValues returns the entries in the order of their values, where every value is one.
func (c *column) exactValues() []entry {
	if c.unique || !c.values.complete() {
		return nil
	}
	entries := slices.Clone(c.values.entries)
	slices.SortFunc(entries, c.compare)
	return entries
}

// compare orders entries by their values; NaN is the last.
func (c *column) compare(a, b entry) int {
	switch t := c.field.Type; {
	case t.Bytes():
		x, y := c.values.shown(&a), c.values.shown(&b)
		return cmp.Or(bytes.Compare(x.text, y.text), compareBools(x.cut, y.cut), cmp.Compare(a.hash, b.hash))
	case t.Float():
		x, y := math.Float64frombits(a.value), math.Float64frombits(b.value)
		return cmp.Or(compareBools(x != x, y != y), cmp.Compare(x, y))
	case t == schema.Uint64:
		return cmp.Compare(a.value, b.value)
	case isWide(c.field):
		return c.values.decimal(&a).Cmp(c.values.decimal(&b))
	}
	return cmp.Compare(int64(a.value), int64(b.value))
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// describeFrequent lists entries while none that is left out, nor any other value, can occur more often.
func (c *column) describeFrequent() *catalog.Frequent {
	v := &c.values
	entries, most := c.mostFrequent()
	least := uint64(2)
	if len(c.field.Enum) > 0 {
		least = 1
	}
	listed, unlisted := 0, most[0]
	for n := 1; n <= len(entries) && entries[n-1].count >= least; n++ {
		if entries[n-1].count >= most[n] {
			listed, unlisted = n, most[n]
		}
	}
	if listed == 0 {
		return nil
	}
	w := newWriter(c.field)
	f := &catalog.Frequent{Unlisted: int64(unlisted), Values: make([]catalog.FrequentValue, listed)}
	for i := range f.Values {
		e := &entries[i]
		f.Values[i] = catalog.FrequentValue{Shown: w.entry(v, e), Count: int64(e.count), Error: int64(v.missed - e.seen)}
	}
	return f
}

// mostFrequent returns the first MaxFrequent entries, those that were counted most often first, and for every number
// of them, from 0, the most often that a value may occur which is none of so many.
func (c *column) mostFrequent() (first []entry, most []uint64) {
	v := &c.values
	beyond := v.missed
	for _, e := range v.entries {
		if len(first) == catalog.MaxFrequent {
			last := first[len(first)-1]
			if c.compareCounts(last, e) < 0 {
				beyond = max(beyond, v.most(&e))
				continue
			}
			beyond = max(beyond, v.most(&last))
			first = first[:len(first)-1]
		}
		at, _ := slices.BinarySearchFunc(first, e, c.compareCounts)
		first = slices.Insert(first, at, e)
	}
	most = make([]uint64, len(first)+1)
	for n := len(first); n >= 0; n-- {
		most[n] = beyond
		if n > 0 {
			beyond = max(beyond, v.most(&first[n-1]))
		}
	}
	return first, most
}

// compareCounts orders entries by how often they were counted, most often first, and then by their values.
func (c *column) compareCounts(a, b entry) int {
	if a.count != b.count {
		return cmp.Compare(b.count, a.count)
	}
	return c.compare(a, b)
}

func (x *integers) describe(w *writer, exact []entry) catalog.Distribution {
	if x.n == 0 {
		return catalog.Distribution{}
	}
	d := catalog.Distribution{
		Minimum: &catalog.Shown{Value: w.kept(x.min)}, Maximum: &catalog.Shown{Value: w.kept(x.max)},
		Histogram: x.histogram(w),
	}
	d.Mean, d.StandardDeviation = x.moments(w)
	for _, at := range catalog.QuantileLevels {
		rank := rankAt(at, x.n)
		if exact != nil {
			d.Quantiles = append(d.Quantiles, catalog.Quantile{At: at, Value: w.kept(int64(entryAt(exact, rank).value) ^ w.flip), Exact: true})
			continue
		}
		low, high := x.bounds(rank, w)
		d.Quantiles = append(d.Quantiles, catalog.Quantile{At: at, Value: w.kept(w.roundest(low, high)), Exact: low == high})
	}
	return d
}

// rankAt returns the rank, from 0, of the quantile at a share of n values.
func rankAt(at float64, n int64) uint64 {
	return uint64(min(max(int64(math.Ceil(at*float64(n))), 1), n) - 1)
}

func entryAt(entries []entry, rank uint64) *entry {
	for i := range entries {
		if rank < entries[i].count {
			return &entries[i]
		}
		rank -= entries[i].count
	}
	return &entries[len(entries)-1]
}

// moments returns the mean and the deviation: exact sums, divided once. A decimal's are in its units.
func (x *integers) moments(w *writer) (mean, deviation *float64) {
	n := big.NewInt(x.n)
	sum := new(big.Int).Set(&x.sum)
	if w.flip != 0 {
		sum.Add(sum, new(big.Int).Lsh(n, 63))
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(w.scale)), nil)
	m, _ := new(big.Rat).SetFrac(sum, new(big.Int).Mul(n, scale)).Float64()
	if x.n < 2 {
		return &m, nil
	}
	// n * squares - sum^2, over n * (n-1) and the scale's square. It does not change with the place of zero.
	over := new(big.Int).Mul(n, &x.squares)
	over.Sub(over, new(big.Int).Mul(&x.sum, &x.sum))
	under := new(big.Int).Mul(n, new(big.Int).Sub(n, big.NewInt(1)))
	under.Mul(under, scale).Mul(under, scale)
	root := new(big.Float).SetPrec(128).Sqrt(new(big.Float).SetPrec(128).SetRat(new(big.Rat).SetFrac(over, under)))
	s, _ := root.Float64()
	return &m, &s
}

// bounds returns between which numbers, both included, the one of a rank is.
func (x *integers) bounds(rank uint64, w *writer) (low, high int64) {
	bucket := x.grid.first + int64(x.grid.bucketOf(rank))
	low = bucket << x.grid.exp
	high = low + (1<<x.grid.exp - 1)
	least, most := x.octaves.bucketOf(rank)
	return max(low, x.min, w.ceil(least)), min(high, x.max, w.before(most))
}

func (x *floats) describe(w *writer, v *values, exact []entry) catalog.Distribution {
	if x.n == 0 {
		return catalog.Distribution{}
	}
	scale := math.Pow10(int(w.scale))
	d := catalog.Distribution{
		Minimum: &catalog.Shown{Value: w.float(x.min)}, Maximum: &catalog.Shown{Value: w.float(x.max)},
		Histogram: x.histogram(w),
	}
	if mean := min(max(x.mean, x.min), x.max); !math.IsNaN(x.mean) && !math.IsNaN(x.m2) && !math.IsInf(x.m2, 0) {
		mean /= scale
		d.Mean = &mean
		if x.n > 1 {
			deviation := math.Sqrt(x.m2/float64(x.n-1)) / scale
			d.StandardDeviation = &deviation
		}
	}
	for _, at := range catalog.QuantileLevels {
		rank := rankAt(at, x.n)
		if exact != nil && w.wide() {
			d.Quantiles = append(d.Quantiles, catalog.Quantile{At: at, Value: w.entry(v, entryAt(exact, rank)).Value, Exact: true})
			continue
		}
		if exact != nil {
			value := w.float(math.Float64frombits(entryAt(exact, rank+uint64(x.negative)).value))
			d.Quantiles = append(d.Quantiles, catalog.Quantile{At: at, Value: value, Exact: true})
			continue
		}
		low, high := x.bounds(rank)
		d.Quantiles = append(d.Quantiles, catalog.Quantile{At: at, Value: w.float(roundestFloat(low, high)), Exact: low == high && !w.wide()})
	}
	return d
}

// bounds returns between which numbers the one of a rank is, as far as a bucket tells.
func (x *floats) bounds(rank uint64) (low, high float64) {
	bucket := float64(x.grid.first + int64(x.grid.bucketOf(rank)))
	low, high = math.Ldexp(bucket, x.grid.exp), math.Ldexp(bucket+1, x.grid.exp)
	least, most := x.octaves.bucketOf(rank)
	return max(low, x.min, least), min(high, x.max, most)
}

// trim takes the quotation marks off a value's JSON text.
func trim(text []byte) string { return string(bytes.Trim(text, `"`)) }
