package stats

import (
	"math"

	"github.com/bindery-data/bindery/catalog"
)

// groups joins counts into groups of 2^shift, the first of which begins at a multiple of that: at most
// MaxBins of them. It returns them, the shift, and the number of the first group.
func groups(first int64, counts []uint64) (sums []int64, shift int, group int64) {
	last := first + int64(len(counts)) - 1
	for last>>shift-first>>shift >= catalog.MaxBins {
		shift++
	}
	group = first >> shift
	sums = make([]int64, last>>shift-group+1)
	for i, n := range counts {
		sums[(first+int64(i))>>shift-group] += int64(n)
	}
	return sums, shift, group
}

// histogram returns nil where all numbers are the same.
func (x *integers) histogram(w *writer) *catalog.Histogram {
	if x.min == x.max {
		return nil
	}
	counts, shift, first := groups(x.grid.first, x.grid.counts)
	shift += x.grid.exp
	if shift > 0 && w.flip == 0 && x.min >= 0 && first == 0 && !moment(w.field.Type) && 2*counts[0] > x.n {
		return x.octaves.histogram(func(edge float64) string {
			if edge >= 1<<63 {
				return w.kept(math.MaxInt64)
			}
			return w.kept(int64(edge))
		})
	}
	h := &catalog.Histogram{Scale: catalog.ScaleLinear, Counts: counts}
	for i := range len(counts) + 1 {
		group := first + int64(i)
		edge := group << shift
		if edge>>shift != group {
			edge = math.MaxInt64 // It is one more than that.
		}
		h.Edges = append(h.Edges, w.kept(edge))
	}
	return h
}

func (x *floats) histogram(w *writer) *catalog.Histogram {
	if x.min == x.max {
		return nil
	}
	counts, shift, first := groups(x.grid.first, x.grid.counts)
	if x.min >= 0 && first == 0 && 2*counts[0] > x.n {
		return x.octaves.histogram(w.float)
	}
	h := &catalog.Histogram{Scale: catalog.ScaleLinear, Counts: counts}
	for i := range len(counts) + 1 {
		edge := math.Ldexp(float64(first+int64(i)), x.grid.exp+shift)
		h.Edges = append(h.Edges, w.float(min(max(edge, -math.MaxFloat64), math.MaxFloat64)))
	}
	return h
}

// histogram returns one of octaves of numbers that are not negative, as many to a bin as it takes. The
// octave of zero is a bin of its own.
func (o octaves) histogram(edge func(float64) string) *catalog.Histogram {
	h := &catalog.Histogram{Scale: catalog.ScaleLog}
	if o[0].key == 0 {
		h.Counts = append(h.Counts, o[0].sum())
		h.Edges = append(h.Edges, edge(0))
		o = o[1:]
	}
	if len(o) == 0 {
		h.Edges = append(h.Edges, edge(powerOf(1)))
		return h
	}
	first, last := o[0].key, o[len(o)-1].key
	perBin := (last-first)/(catalog.MaxBins-1) + 1
	bins := (last-first)/perBin + 1
	counts := make([]int64, bins)
	for i := range o {
		counts[(o[i].key-first)/perBin] += o[i].sum()
	}
	h.Counts = append(h.Counts, counts...)
	for i := range bins + 1 {
		h.Edges = append(h.Edges, edge(powerOf(first+i*perBin)))
	}
	return h
}

// powerOf returns the least number of the octave with that key, or the greatest number behind the last.
func powerOf(key int) float64 {
	if key >= 2047 {
		return math.MaxFloat64
	}
	return math.Float64frombits(uint64(key) << 52)
}

func (o *octave) sum() int64 {
	n := uint64(0)
	for _, count := range o.counts {
		n += count
	}
	return int64(n)
}
