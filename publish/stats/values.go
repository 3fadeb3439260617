package stats

import (
	"encoding/binary"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow/decimal128"

	"github.com/bindery-data/bindery/schema"
)

// maxEntries is how many different values a column may have for all of them to be counted.
const maxEntries = 1024

// values are the distinct and the frequent values of a column.
//
// As long as there are no more than maxEntries of them, each is an entry. Beyond that a sketch estimates
// how many there are, and entries are those that may be frequent: each knows how often it was counted,
// and how often it may have been missed. What follows from the entries of two parts, and the bounds on
// what they missed, is known of both together: that is how parts merge.
type values struct {
	entries []entry
	// texts has what is shown of texts, and the 16 bytes of decimals that are wide, in the order of entries.
	texts []byte
	// sketch is nil as long as every value is an entry; spare is memory for one.
	sketch, spare *sketch
	// missed is the most often that a value which is no entry may occur.
	missed uint64
}

// An entry is one value. It occurs at least count times, and at most count + missed - seen times. It has no
// pointer: there are up to a thousand for every column, and the garbage collector would look at each.
type entry struct {
	hash  uint64
	value uint64 // an integer's or float's bits; of what has a text, its place
	count uint64
	seen  uint64
}

// A place is where a text is among others, how many bytes of it there are, and whether it is cut behind them.
type place uint64

func placeOf(at, n int, cut bool) place {
	p := place(at)<<32 | place(n)<<1
	if cut {
		p |= 1
	}
	return p
}

func (p place) at() int   { return int(p >> 32) }
func (p place) len() int  { return int(uint32(p) >> 1) }
func (p place) cut() bool { return p&1 != 0 }

// moved returns the place of the same text at another offset.
func (p place) moved(at int) place { return place(at)<<32 | p&(1<<32-1) }

// hasText reports whether the values of f are texts, or kept as if they were.
func hasText(f *schema.Field) bool { return f.Type.Bytes() || isWide(f) }

// addText adds a text behind the others and returns its place, as an entry's value.
func (v *values) addText(text []byte, cut bool) uint64 {
	at := len(v.texts)
	v.texts = append(v.texts, text...)
	return uint64(placeOf(at, len(text), cut))
}

// shown returns the text of an entry.
func (v *values) shown(e *entry) shown {
	p := place(e.value)
	return shown{v.texts[p.at() : p.at()+p.len()], p.cut()}
}

func (v *values) addDecimal(d decimal128.Num) uint64 {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:], d.LowBits())
	binary.LittleEndian.PutUint64(b[8:], uint64(d.HighBits()))
	return v.addText(b[:], false)
}

// decimal returns the wide decimal of an entry.
func (v *values) decimal(e *entry) decimal128.Num { return decimalOf(v.shown(e).text) }

func decimalOf(b []byte) decimal128.Num {
	return decimal128.New(int64(binary.LittleEndian.Uint64(b[8:])), binary.LittleEndian.Uint64(b))
}

// reset empties v but for its memory.
func (v *values) reset() {
	v.entries, v.texts, v.missed = v.entries[:0], v.texts[:0], 0
	if v.sketch != nil {
		v.sketch, v.spare = nil, v.sketch
	}
}

// begin begins an empty sketch.
func (v *values) begin() {
	if v.sketch, v.spare = v.spare, nil; v.sketch == nil {
		v.sketch = new(sketch)
		return
	}
	*v.sketch = sketch{}
}

// complete reports whether every value is an entry.
func (v *values) complete() bool { return v.sketch == nil }

// most returns the most often that an entry's value may occur.
func (v *values) most(e *entry) uint64 { return e.count + v.missed - e.seen }

// estimate begins the sketch of what were entries alone.
func (v *values) estimate() {
	if v.sketch == nil {
		v.begin()
		v.sketch.addEntries(v.entries)
	}
}

// bound keeps no more than maxEntries of the entries of v and of fresh ones, which are to be added to them: those
// that may occur most often. It returns the fresh ones that it keeps. Keys is memory for it.
func (v *values) bound(fresh []entry, keys *[]uint64) []entry {
	if len(v.entries)+len(fresh) <= maxEntries {
		return fresh
	}
	if v.sketch == nil {
		v.estimate()
		v.sketch.addEntries(fresh)
	}
	first := v.firstDropped(maxEntries/2, fresh, keys)
	before := *v
	more := uint64(0)
	if first.most > v.missed {
		more = first.most - v.missed
		v.missed = first.most
	}
	v.entries, v.texts = v.entries[:0], v.texts[:0]
	for i := range before.entries {
		e := before.entries[i]
		if !first.isBehind(before.most(&e), e.hash) {
			continue
		}
		if e.seen += more; len(before.texts) > 0 {
			// It does not get behind where it was, nor before one that was kept.
			e.value = v.addText(before.shown(&e).text, place(e.value).cut())
		}
		v.entries = append(v.entries, e)
	}
	kept := fresh[:0]
	for i := range fresh {
		if e := fresh[i]; first.isBehind(before.most(&e), e.hash) {
			e.seen += more
			kept = append(kept, e)
		}
	}
	return kept
}

// A rank is that of an entry among others: those that may occur most often come first, and of those that may occur
// as often the one whose hash is least. No two have the same.
type rank struct{ most, hash uint64 }

// isBehind reports whether r is behind that of an entry.
func (r rank) isBehind(most, hash uint64) bool {
	return most > r.most || most == r.most && hash < r.hash
}

// firstDropped returns the rank of the first entry that is dropped, of those of v and fresh ones, where keep are kept.
func (v *values) firstDropped(keep int, fresh []entry, keys *[]uint64) rank {
	all := (*keys)[:0]
	for _, entries := range [][]entry{v.entries, fresh} {
		for i := range entries {
			all = append(all, ^v.most(&entries[i]))
		}
	}
	r := rank{most: ^nth(all, keep)}
	all = all[:0]
	for _, entries := range [][]entry{v.entries, fresh} {
		for i := range entries {
			switch most := v.most(&entries[i]); {
			case most > r.most:
				keep--
			case most == r.most:
				all = append(all, entries[i].hash)
			}
		}
	}
	r.hash = nth(all, keep)
	*keys = all
	return r
}

// nth returns the number that would be at index n if numbers were sorted; their order is lost. It tells them apart by
// eight bits at a time, from the first on in which they differ: no order of them takes it much longer than another.
func nth(numbers []uint64, n int) uint64 {
	for {
		var differ uint64
		for _, v := range numbers {
			differ |= v ^ numbers[0]
		}
		if differ == 0 {
			return numbers[0]
		}
		shift := max(bits.Len64(differ)-8, 0)
		var counts [256]int
		for _, v := range numbers {
			counts[uint8(v>>shift)]++
		}
		digit := 0
		for ; n >= counts[digit]; digit++ {
			n -= counts[digit]
		}
		if shift == 0 {
			return numbers[0]&^0xff | uint64(digit)
		}
		some := numbers[:0]
		for _, v := range numbers {
			if uint8(v>>shift) == uint8(digit) {
				some = append(some, v)
			}
		}
		numbers = some
	}
}
