package stats

import (
	"encoding/binary"
	"strings"

	"github.com/apache/arrow/go/v17/arrow/decimal128"
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
	// sketch is nil as long as every value is an entry; spare is memory for one.
	sketch, spare *sketch
	// missed is the most often that a value which is no entry may occur.
	missed uint64
}

// An entry is one value. It occurs at least count times, and at most count + missed - seen times.
type entry struct {
	hash  uint64
	value uint64 // an integer's or float's bits; of a text, 1 where what is shown is cut
	text  string // what is shown of a text; the 16 bytes of a decimal that is wide
	count uint64
	seen  uint64
}

func textEntry(s shown) entry {
	if s.cut {
		return entry{text: s.text, value: 1}
	}
	return entry{text: s.text}
}

func (e *entry) shown() shown { return shown{e.text, e.value != 0} }

func decimalEntry(v decimal128.Num) entry {
	b := binary.LittleEndian.AppendUint64(nil, v.LowBits())
	return entry{text: string(binary.LittleEndian.AppendUint64(b, uint64(v.HighBits())))}
}

func (e *entry) decimal() decimal128.Num {
	u := unpacker{e.text}
	return u.decimal()
}

// reset empties v but for its memory.
func (v *values) reset() {
	clear(v.entries)
	v.entries, v.missed = v.entries[:0], 0
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

// cells is how many counters the values of a batch are spread over, to find out which can be frequent.
const cells = 1 << sketchBits

// addValues sets v to the values whose hashes are m.hashes; at makes the entry of one of them.
func (m *Measurer) addValues(v *values, at func(i int32) entry) {
	if m.fewValues() {
		v.take(m.table.items, 0, at)
		return
	}
	v.begin()
	clear(m.cells[:])
	for _, h := range m.hashes {
		cell := h >> (64 - sketchBits)
		m.cells[cell]++
		v.sketch.add(h)
	}
	used := 0
	for _, n := range m.cells {
		if n > 0 {
			used++
		}
	}
	m.table.reset()
	if used <= maxEntries && m.table.addAll(m.hashes, 0, maxEntries) {
		v.sketch, v.spare = nil, v.sketch
		v.take(m.table.items, 0, at)
		return
	}
	m.heavyValues(v, at)
}

// fewValues counts the values in m.table, unless the first of them show that there are many.
func (m *Measurer) fewValues() bool {
	sample := min(maxEntries, len(m.hashes))
	m.table.reset()
	m.table.addAll(m.hashes[:sample], 0, sample)
	if len(m.table.items) > maxEntries/2 {
		return sample == len(m.hashes)
	}
	return m.table.addAll(m.hashes, sample, maxEntries)
}

// heavyValues makes entries of the values that occur often enough in the batch.
func (m *Measurer) heavyValues(v *values, at func(i int32) entry) {
	// No more than 512 values can occur as often as that.
	enough := uint32(max(2, (len(m.hashes)+511)/512))
	var light uint32
	heavy := false
	for _, n := range m.cells {
		if n >= enough {
			heavy = true
		} else {
			light = max(light, n)
		}
	}
	v.missed = uint64(light)
	if !heavy {
		return
	}
	m.table.reset()
	for i, h := range m.hashes {
		if m.cells[h>>(64-sketchBits)] >= enough {
			m.table.add(h, int32(i))
		}
	}
	kept := m.table.items[:0]
	for _, item := range m.table.items {
		if item.count >= enough {
			kept = append(kept, item)
		} else {
			v.missed = max(v.missed, uint64(item.count))
		}
	}
	v.take(kept, v.missed, at)
}

// take makes entries of items.
func (v *values) take(items []item, seen uint64, at func(i int32) entry) {
	v.entries = sized(v.entries, len(items))
	for i, item := range items {
		e := at(item.first)
		e.hash, e.count, e.seen = item.hash, uint64(item.count), seen
		v.entries[i] = e
	}
}

// addCounted sets v to values of which there are counts[i] of the one that value returns.
func (v *values) addCounted(counts []uint64, value func(i int) uint64) {
	for i, n := range counts {
		if n > 0 {
			v.entries = append(v.entries, entry{hash: mix(value(i)), value: value(i), count: n})
		}
	}
	v.bound()
}

// addOne adds n of one value, which is no entry.
func (v *values) addOne(value, n uint64) {
	if n == 0 {
		return
	}
	e := entry{hash: mix(value), value: value, count: n, seen: v.missed}
	if v.sketch != nil {
		v.sketch.add(e.hash)
	}
	v.entries = append(v.entries, e)
	v.bound()
}

// bound keeps no more than maxEntries entries, those that may occur most often.
func (v *values) bound() {
	if len(v.entries) <= maxEntries {
		return
	}
	v.estimate()
	const keep = maxEntries / 2
	selectFirst(v.entries, keep, func(a, b *entry) bool {
		x, y := v.most(a), v.most(b)
		return x > y || x == y && a.hash < b.hash
	})
	if dropped := v.most(&v.entries[keep]); dropped > v.missed {
		more := dropped - v.missed
		v.missed = dropped
		for i := range v.entries {
			v.entries[i].seen += more
		}
	}
	clear(v.entries[keep:])
	v.entries = v.entries[:keep]
}

// selectFirst reorders entries, no two of which are alike, so that the one at k is where sorting would put it, and those
// before it are those that come before it (Hoare's selection). To sort all of them was half the CPU time of a build of a
// thousand columns.
func selectFirst(entries []entry, k int, before func(a, b *entry) bool) {
	for low, high := 0, len(entries)-1; low < high; {
		pivot := entries[low+(high-low)/2]
		i, j := low, high
		for i <= j {
			for before(&entries[i], &pivot) {
				i++
			}
			for before(&pivot, &entries[j]) {
				j--
			}
			if i <= j {
				entries[i], entries[j] = entries[j], entries[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return
		}
	}
}

// estimate begins the sketch of what were entries alone.
func (v *values) estimate() {
	if v.sketch == nil {
		v.begin()
		v.sketch.addEntries(v.entries)
	}
}

// merge adds o, of which it keeps nothing. It finds entries with the help of m.
func (v *values) merge(o *values, m *Merger) {
	if v.sketch != nil || o.sketch != nil {
		v.estimate()
		if o.sketch != nil {
			v.sketch.merge(o.sketch)
		} else {
			v.sketch.addEntries(o.entries)
		}
	}
	m.table.reset()
	for i := range v.entries {
		m.table.at(v.entries[i].hash, int32(i))
	}
	all := values{entries: append(m.entries[:0], v.entries...), sketch: v.sketch, missed: v.missed}
	// An entry of one alone was missed in the other at most as often as the other's bound says, which
	// its difference of missed and seen now includes.
	all.missed += o.missed
	for _, e := range o.entries {
		at := int(m.table.at(e.hash, int32(len(all.entries))).first)
		if at == len(all.entries) {
			e.text = strings.Clone(e.text)
			all.entries = append(all.entries, e)
			continue
		}
		all.entries[at].count += e.count
		all.entries[at].seen += e.seen
	}
	all.bound()
	m.entries = all.entries
	v.keep(all)
}

// keep sets v to what is in all, in memory of its own: about as much as it needs.
func (v *values) keep(all values) {
	n := len(all.entries)
	if cap(v.entries) < n {
		v.entries = make([]entry, 0, min(n+n/4, maxEntries))
	}
	clear(v.entries[min(n, len(v.entries)):])
	v.entries = append(v.entries[:0], all.entries...)
	v.sketch, v.missed = all.sketch, all.missed
}

// A table counts hashes.
type table struct {
	slots []int32 // 1 + the index of an item
	items []item
}

type item struct {
	hash  uint64
	count uint32
	first int32 // the first index it was added at
}

func (t *table) reset() {
	const smallest = 4 * maxEntries
	if len(t.slots) != smallest {
		t.slots = make([]int32, smallest)
	} else {
		clear(t.slots)
	}
	t.items = t.items[:0]
}

// add counts a hash at an index.
func (t *table) add(hash uint64, at int32) { t.at(hash, at).count++ }

// at returns the item of a hash, until the next is asked for. Where there is none it makes one, at an index.
func (t *table) at(hash uint64, index int32) *item {
	mask := uint64(len(t.slots) - 1)
	for slot := hash & mask; ; slot = (slot + 1) & mask {
		i := t.slots[slot]
		if i == 0 {
			t.items = append(t.items, item{hash, 0, index})
			t.slots[slot] = int32(len(t.items))
			if 2*len(t.items) > len(t.slots) {
				t.grow()
			}
			return &t.items[len(t.items)-1]
		}
		if found := &t.items[i-1]; found.hash == hash {
			return found
		}
	}
}

func (t *table) grow() {
	t.slots = make([]int32, 2*len(t.slots))
	mask := uint64(len(t.slots) - 1)
	for i := range t.items {
		slot := t.items[i].hash & mask
		for t.slots[slot] != 0 {
			slot = (slot + 1) & mask
		}
		t.slots[slot] = int32(i + 1)
	}
}

// addAll adds hashes from index from on, until there are more than limit different ones.
func (t *table) addAll(hashes []uint64, from, limit int) bool {
	for i := from; i < len(hashes); i++ {
		t.add(hashes[i], int32(i))
		if len(t.items) > limit {
			return false
		}
	}
	return true
}

// mix spreads 64 bits over 64 bits, one to one. (The finalizer of MurmurHash3, with Stafford's numbers.)
func mix(v uint64) uint64 {
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31
}
