package parquet

import (
	"encoding/binary"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/bitutil"
)

// levels say where the values of a column stand: which slots of the column's array they are, and how
// they are nested, in Parquet's definition and repetition levels. There is one entry for every slot,
// and one for every null or empty list above it.
type levels struct {
	// n counts the entries, present those that have a slot at this depth.
	n, present int
	// max is the definition level of an entry that has a slot.
	max uint8
	// def is nil while every entry has a slot: data without nulls and empty lists, however deeply nested,
	// has no definition levels to make. rep is nil while no field so far is repeated.
	def, rep []uint8
	// slots are those of the present entries, in order; nil means that they are first, first+1 and so on,
	// for which an array's values need not be gathered.
	slots []int32
	first int
}

// slot returns the slot of the present entry k.
func (l *levels) slot(k int) int {
	if l.slots == nil {
		return l.first + k
	}
	return int(l.slots[k])
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

// entry returns the entry that is the present one k.
func (l *levels) entry(k int) int {
	if l.def == nil {
		return k
	}
	for i, d := range l.def {
		if d != l.max {
			continue
		}
		if k == 0 {
			return i
		}
		k--
	}
	return l.n
}

// A levelBuffer is the memory of one step from a field to what is inside it. Siblings share it.
type levelBuffer struct {
	def, rep []uint8
	slots    []int32
}

// optional returns the levels of an optional field, given those of its parent.
func (b *levelBuffer) optional(parent levels, arr arrow.Array) levels {
	l := parent
	l.max++
	if arr.NullN() == 0 {
		if parent.def != nil {
			b.def = grown(b.def, l.n)
			l.def = b.def
			for i, d := range parent.def {
				l.def[i] = d + equal(d, parent.max)
			}
		}
		return l
	}
	b.def, b.slots = grown(b.def, l.n), grown(b.slots, l.present+1)
	l.def = b.def
	valid, offset := arr.NullBitmapBytes(), arr.Data().Offset()
	if parent.def == nil && parent.slots == nil {
		l.present = b.valid(parent, valid, offset)
	} else {
		l.present = b.nested(parent, valid, offset)
	}
	l.slots = b.slots[:l.present]
	return l
}

// valid sets the levels and slots of an array whose slots are its parent's entries. Half of the values of
// a wide table are null in no order that a processor could guess, so that there is no branch for any one of
// them: with what packs the levels it takes 1.7 ns a value.
func (b *levelBuffer) valid(parent levels, valid []byte, offset int) int {
	appendBits(b.def[:0], valid, offset+parent.first, parent.n)
	n := 0
	for i, bit := range b.def {
		b.slots[n] = int32(parent.first + i)
		n += int(bit)
		b.def[i] = parent.max + bit
	}
	return n
}

func (b *levelBuffer) nested(parent levels, valid []byte, offset int) int {
	k, n := 0, 0
	for i := range b.def {
		d := parent.max
		if parent.def != nil {
			d = parent.def[i]
		}
		if d == parent.max {
			slot := parent.slot(k)
			k++
			if bitutil.BitIsSet(valid, offset+slot) {
				d++
				b.slots[n] = int32(slot)
				n++
			}
		}
		b.def[i] = d
	}
	return n
}

// equal is 1 where a and b are equal and 0 where they are not, without a branch.
func equal(a, b uint8) uint8 { return uint8((uint32(a^b) - 1) >> 31) }

// items returns the levels of what a list or map holds, given those of the list or map itself and the
// repetition level of its items.
func (b *levelBuffer) items(parent levels, arr arrow.Array, rep uint8) levels {
	offsets := listOffsets(arr)
	l := levels{max: parent.max + 1}
	empty, together := 0, true
	end := offsets[0]
	for k := range parent.present {
		slot := parent.slot(k)
		from, to := offsets[slot], offsets[slot+1]
		switch {
		case from == to:
			empty++
			continue
		case l.present == 0:
			l.first = int(from)
		case from != end:
			together = false
		}
		end = to
		l.present += int(to - from)
	}
	l.n = l.present + empty + parent.n - parent.present
	b.shape(parent, &l, offsets, rep)
	if !together {
		b.gather(parent, offsets)
		l.slots = b.slots
	}
	return l
}

// shape sets the levels of the items of lists at these offsets. It takes all entries for items that follow
// others, and then goes from list to list: the first item of one has the repetition level of the list, and
// a list without items has the definition level of the list.
func (b *levelBuffer) shape(parent levels, l *levels, offsets []int32, rep uint8) {
	b.rep, b.def = grown(b.rep, l.n), grown(b.def, l.n)
	l.rep = filled(b.rep, rep)
	if l.present < l.n {
		l.def = filled(b.def, l.max)
	}
	k, n := 0, 0
	for i := range parent.n {
		first, d := uint8(0), parent.max
		if parent.rep != nil {
			first = parent.rep[i]
		}
		if parent.def != nil {
			d = parent.def[i]
		}
		items := 0
		if d == parent.max {
			slot := parent.slot(k)
			items = int(offsets[slot+1] - offsets[slot])
			k++
		}
		b.rep[n] = first
		if items == 0 {
			b.def[n] = d
			items = 1
		}
		n += items
	}
}

// gather sets the slots to those of the items of lists at these offsets.
func (b *levelBuffer) gather(parent levels, offsets []int32) {
	b.slots = b.slots[:0]
	for k := range parent.present {
		slot := parent.slot(k)
		for item := offsets[slot]; item < offsets[slot+1]; item++ {
			b.slots = append(b.slots, item)
		}
	}
}

// filled returns s with v everywhere.
func filled(s []uint8, v uint8) []uint8 {
	for i := range s {
		s[i] = v
	}
	return s
}

// listOffsets returns where the slots of a list or map begin among its items, and where the last ends.
func listOffsets(arr arrow.Array) []int32 {
	data := arr.Data()
	if data.Len() == 0 || data.Buffers()[1] == nil {
		return make([]int32, data.Len()+1)
	}
	return arrow.Int32Traits.CastFromBytes(data.Buffers()[1].Bytes())[data.Offset():][:data.Len()+1]
}

// appendLevels appends the levels of the entries from start to end as a page has them.
func (l *levels) appendLevels(b []byte, start, end, maxDef, maxRep int) []byte {
	if maxRep > 0 {
		b = appendSized(b, func(b []byte) []byte { return appendHybrid(b, l.rep[start:end], bits.Len(uint(maxRep))) })
	}
	switch {
	case maxDef == 0:
	case l.def == nil:
		b = appendSized(b, func(b []byte) []byte { return appendRun(b, end-start, uint32(l.max), bits.Len(uint(maxDef))) })
	default:
		b = appendSized(b, func(b []byte) []byte { return appendHybrid(b, l.def[start:end], bits.Len(uint(maxDef))) })
	}
	return b
}

// appendSized appends what add adds, behind its size in 32 bits.
func appendSized(b []byte, add func([]byte) []byte) []byte {
	start := len(b)
	b = add(append(b, 0, 0, 0, 0))
	binary.LittleEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	return b
}

// grown returns s with length n and any content.
func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/8)
	}
	return s[:n]
}
