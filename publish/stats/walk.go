package stats

import (
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bindery-data/bindery/schema"
)

// A span is the slots of an array that count: those of list where it is not nil, in ascending order, or
// all from lo to hi.
type span struct {
	lo, hi int
	list   []int32
}

func (s span) len() int {
	if s.list != nil {
		return len(s.list)
	}
	return s.hi - s.lo
}

// A slotList is memory for lists of slots.
type slotList []int32

// empty returns the memory of a depth, which whoever asks for the same depth next takes over.
func (m *Measurer) empty(depth, size int) []int32 {
	for depth >= len(m.slots) {
		m.slots = append(m.slots, nil)
	}
	if cap(m.slots[depth]) < size || m.slots[depth] == nil {
		m.slots[depth] = make([]int32, 0, max(size, 1))
	}
	return m.slots[depth][:0]
}

// measure packs the column of f, which is that of the slots of arr, and then those of what is under them: in the
// order of Field.ID.
func (m *Measurer) measure(f *schema.Field, arr arrow.Array, s span, depth int) {
	c := &m.column
	c.reset(f, m.unique[f])
	c.count = int64(s.len())
	values := m.valid(arr, s, depth)
	c.nulls = c.count - int64(values.len())
	switch arr.(type) {
	case *array.Struct:
	case *array.List, *array.Map:
		m.lengths(c, arr, values)
	default:
		if values.len() > 0 {
			m.leaf(c, arr, values)
		}
	}
	m.packer.column(c)
	m.giveOctaves(c)
	switch a := arr.(type) {
	case *array.Struct:
		for i, child := range f.Fields {
			m.measure(child, a.Field(i), values, depth+1)
		}
	case *array.List:
		m.measure(f.Items, a.ListValues(), m.items(arr, values, depth+1), depth+2)
	case *array.Map:
		m.measure(f.Values, a.Items(), m.items(arr, values, depth+1), depth+2)
	}
}

// valid returns the slots of s that are not null.
func (m *Measurer) valid(arr arrow.Array, s span, depth int) span {
	if arr.NullN() == 0 || s.len() == 0 {
		return s
	}
	d := arr.Data()
	bitmap, offset := d.Buffers()[0].Bytes(), d.Offset()
	out := m.empty(depth, s.len())
	if s.list != nil {
		for _, slot := range s.list {
			if at := int(slot) + offset; bitmap[at>>3]>>(at&7)&1 != 0 {
				out = append(out, slot)
			}
		}
	} else {
		out = appendSet(out, bitmap, offset, s)
	}
	m.slots[depth] = out
	return span{list: out}
}

// appendSet appends the slots from s.lo to s.hi whose bits are set; those of slot 0 is at offset.
func appendSet(out []int32, bitmap []byte, offset int, s span) []int32 {
	for at := s.lo + offset; at < s.hi+offset; {
		// What is left of this byte, its lowest bit first.
		n := min(8-at&7, s.hi+offset-at)
		set := bitmap[at>>3] >> (at & 7) & (1<<n - 1)
		for ; set != 0; set &= set - 1 {
			out = append(out, int32(at-offset+bits.TrailingZeros8(set)))
		}
		at += n
	}
	return out
}

// items returns the slots of the items of the lists or maps in s.
func (m *Measurer) items(arr arrow.Array, s span, depth int) span {
	if s.len() == 0 {
		return span{}
	}
	offsets := offsetsOf(arr)
	first, last := s.lo, s.hi-1
	if s.list != nil {
		first, last = int(s.list[0]), int(s.list[len(s.list)-1])
	}
	total := 0
	for i := range s.len() {
		slot := s.slot(i)
		total += int(offsets[slot+1] - offsets[slot])
	}
	all := span{lo: int(offsets[first]), hi: int(offsets[last+1])}
	if total == all.len() {
		return all
	}
	// Null lists between them have items, which are no values.
	out := m.empty(depth, total)
	for i := range s.len() {
		slot := s.slot(i)
		for item := offsets[slot]; item < offsets[slot+1]; item++ {
			out = append(out, item)
		}
	}
	m.slots[depth] = out
	return span{list: out}
}

func (s span) slot(i int) int {
	if s.list != nil {
		return int(s.list[i])
	}
	return s.lo + i
}

// offsetsOf returns the offsets of an array that has slots: one more than it has.
func offsetsOf(arr arrow.Array) []int32 {
	d := arr.Data()
	return arrow.Int32Traits.CastFromBytes(d.Buffers()[1].Bytes())[d.Offset() : d.Offset()+d.Len()+1]
}

// lengths measures how many items the lists or maps of s have.
func (m *Measurer) lengths(c *column, arr arrow.Array, s span) {
	if s.len() == 0 {
		return
	}
	starts, ends := m.extents(arr, s)
	m.numbers = sized(m.numbers, len(starts))
	for i, start := range starts {
		m.numbers[i] = int64(ends[i] - start)
	}
	m.addIntegers(&c.lengths, m.numbers, 0, nil)
}

// extents returns where the texts, binaries, lists or maps of s begin and end.
func (m *Measurer) extents(arr arrow.Array, s span) (starts, ends []int32) {
	offsets := offsetsOf(arr)
	if s.list == nil {
		return offsets[s.lo:s.hi], offsets[s.lo+1 : s.hi+1]
	}
	m.starts, m.ends = m.starts[:0], m.ends[:0]
	for _, slot := range s.list {
		m.starts = append(m.starts, offsets[slot])
		m.ends = append(m.ends, offsets[slot+1])
	}
	return m.starts, m.ends
}

// leaf measures the values of a field that has none inside; there are some.
func (m *Measurer) leaf(c *column, arr arrow.Array, s span) {
	switch a := arr.(type) {
	case *array.Boolean:
		c.trues = countTrue(a, s)
	case *array.String, *array.Binary:
		m.texts(c, arr, s)
	case *array.Int8:
		measureIntegers(m, c, a.Int8Values(), s)
	case *array.Int16:
		measureIntegers(m, c, a.Int16Values(), s)
	case *array.Int32:
		measureIntegers(m, c, a.Int32Values(), s)
	case *array.Int64:
		measureIntegers(m, c, a.Int64Values(), s)
	case *array.Uint8:
		measureIntegers(m, c, a.Uint8Values(), s)
	case *array.Uint16:
		measureIntegers(m, c, a.Uint16Values(), s)
	case *array.Uint32:
		measureIntegers(m, c, a.Uint32Values(), s)
	case *array.Uint64:
		measureIntegers(m, c, a.Uint64Values(), s)
	case *array.Date32:
		measureIntegers(m, c, a.Date32Values(), s)
	case *array.Time32:
		measureIntegers(m, c, a.Time32Values(), s)
	case *array.Time64:
		measureIntegers(m, c, a.Time64Values(), s)
	case *array.Timestamp:
		measureIntegers(m, c, a.TimestampValues(), s)
	case *array.Float32:
		measureFloats(m, c, a.Float32Values(), s)
	case *array.Float64:
		measureFloats(m, c, a.Float64Values(), s)
	case *array.Decimal128:
		m.decimals(c, a.Values(), s)
	}
}

func countTrue(a *array.Boolean, s span) int64 {
	trues := int64(0)
	for i := range s.len() {
		if a.Value(s.slot(i)) {
			trues++
		}
	}
	return trues
}
