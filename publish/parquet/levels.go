package parquet

import (
	"github.com/apache/arrow/go/v17/arrow"
)

// levels say where the values of a column stand: which slots of the column's array they are, and how
// they are nested, in Parquet's definition and repetition levels. There is one entry for every slot,
// and one for every null or empty list above it.
type levels struct {
	n int
	// max is the definition level of an entry that has a slot at this depth.
	max int16
	// def and rep are nil while no field so far is optional or repeated.
	def, rep []int16
	// slots are the entries' slots; nil means that an entry's slot is its own number.
	slots []int32
}

// present reports whether entry i has a slot at this depth.
func (l *levels) present(i int) bool { return l.def == nil || l.def[i] == l.max }

// slot returns the slot of entry i, which is present.
func (l *levels) slot(i int) int {
	if l.slots == nil {
		return i
	}
	return int(l.slots[i])
}

// endsRow reports whether entry i is the last one of its row.
func (l *levels) endsRow(i int) bool { return l.rep == nil || i+1 == l.n || l.rep[i+1] == 0 }

// row returns the row that entry i belongs to.
func (l *levels) row(i int) int {
	if l.rep == nil {
		return i
	}
	row := -1
	for _, r := range l.rep[:i+1] {
		if r == 0 {
			row++
		}
	}
	return row
}

// A levelBuffer is the memory of one step from a field to what is inside it. Siblings share it.
type levelBuffer struct {
	def, rep []int16
	slots    []int32
}

// optional returns the levels of an optional field, given those of its parent.
func (b *levelBuffer) optional(parent levels, arr arrow.Array) levels {
	l := parent
	l.max++
	b.def = grown(b.def, l.n)
	l.def = b.def
	switch {
	case parent.def != nil:
		for i, d := range parent.def {
			if d == parent.max && arr.IsValid(parent.slot(i)) {
				d++
			}
			l.def[i] = d
		}
	case arr.NullN() == 0:
		for i := range l.def {
			l.def[i] = l.max
		}
	default:
		for i := range l.def {
			l.def[i] = parent.max
			if arr.IsValid(parent.slot(i)) {
				l.def[i]++
			}
		}
	}
	return l
}

// A repeated array is a list or a map.
type repeated interface {
	ValueOffsets(i int) (start, end int64)
}

// items returns the levels of what a list or map holds, given those of the list or map itself and the
// repetition level of its items.
func (b *levelBuffer) items(parent levels, arr repeated, rep int16) levels {
	b.def, b.rep, b.slots = b.def[:0], b.rep[:0], b.slots[:0]
	for i := range parent.n {
		d, r := parent.max, int16(0)
		if parent.def != nil {
			d = parent.def[i]
		}
		if parent.rep != nil {
			r = parent.rep[i]
		}
		var start, end int64
		if parent.present(i) {
			start, end = arr.ValueOffsets(parent.slot(i))
		}
		if start == end {
			b.add(d, r, 0)
			continue
		}
		for slot := start; slot < end; slot++ {
			b.add(d+1, r, int32(slot))
			r = rep
		}
	}
	return levels{n: len(b.def), max: parent.max + 1, def: b.def, rep: b.rep, slots: b.slots}
}

func (b *levelBuffer) add(def, rep int16, slot int32) {
	b.def = append(b.def, def)
	b.rep = append(b.rep, rep)
	b.slots = append(b.slots, slot)
}

// grown returns s with length n and any content.
func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
