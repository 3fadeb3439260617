package stats

import (
	"encoding/binary"
	"math"
	"math/big"
	"math/bits"
	"slices"

	"github.com/apache/arrow/go/v17/arrow/decimal128"

	"github.com/bindery-data/bindery/schema"
)

// A Merger adds statistics up. It is for one goroutine, and keeps its memory from one to the next. The zero
// value is ready.
type Merger struct {
	big big.Int
	// slots find entries by their hashes: each has 1 + the index of one, or is 0.
	slots [4 * maxEntries]uint16
	// hashes, values, counts and seen are those of a part's entries.
	hashes, values, counts, seen []uint64
	fresh                        []entry
	keys                         []uint64
}

// Add adds a part, of the same schema, to c, behind what c has.
func (m *Merger) Add(c *Columns, p *Part) {
	c.records += p.records
	u := unpacker{b: p.columns}
	for _, col := range c.columns {
		col.add(&u, m)
	}
}

// An unpacker reads what a packer packed, and adds it to what there is. It keeps nothing of what it reads.
type unpacker struct {
	b  []byte
	at int
}

func (u *unpacker) uint() uint64 {
	if b := u.b[u.at]; b < 0x80 {
		u.at++
		return uint64(b)
	}
	return u.longUint()
}

func (u *unpacker) longUint() uint64 {
	v, n := binary.Uvarint(u.b[u.at:])
	u.at += n
	return v
}

func (u *unpacker) int() int64 {
	v := u.uint()
	return int64(v>>1) ^ -int64(v&1)
}

func (u *unpacker) float() float64 { return math.Float64frombits(u.fixed()) }

func (u *unpacker) fixed() uint64 { return binary.LittleEndian.Uint64(u.take(8)) }

// take returns bytes of the part.
func (u *unpacker) take(n int) []byte {
	at := u.at
	u.at += n
	return u.b[at:u.at]
}

func (u *unpacker) text() []byte { return u.take(int(u.uint())) }

func (u *unpacker) shown() shown { return shown{u.text(), u.uint() != 0} }

func (u *unpacker) decimal() decimal128.Num { return decimalOf(u.take(16)) }

func (u *unpacker) addBig(to, memory *big.Int) {
	negative := u.uint() != 0
	memory.SetBytes(u.text())
	if negative {
		to.Sub(to, memory)
	} else {
		to.Add(to, memory)
	}
}

// list returns n numbers, in the memory of into.
func (u *unpacker) list(into []uint64, n int) []uint64 {
	into = sized(into, n)
	low, size := uint64(u.int()), int(u.uint())
	if size == 0 {
		for i := range into {
			into[i] = low
		}
		return into
	}
	mask := ^uint64(0) >> (64 - 8*size)
	b := u.b[u.at : u.at+size*n+margin]
	for i := range into {
		into[i] = low + binary.LittleEndian.Uint64(b[i*size:])&mask
	}
	u.at += size * n
	return into
}

// addCounts adds n counts, which begin at first, to counts that begin at base and of which each is for 1 << shift of them.
func (u *unpacker) addCounts(counts []uint64, base, first int64, n, shift int) {
	for i := 0; i < n; i += 64 {
		for some := u.fixed(); some != 0; some &= some - 1 {
			at := first + int64(i+bits.TrailingZeros64(some))
			counts[at>>shift-base] += u.uint()
		}
	}
}

// addGrid adds a grid of layout l to g, which has room for it and whose buckets are not narrower.
func (u *unpacker) addGrid(g *grid, l layout) {
	u.addCounts(g.counts, g.first, l.first, l.buckets, g.exp-l.exp)
}

// add adds what a part has of the column.
func (c *column) add(u *unpacker, m *Merger) {
	has := u.uint()
	c.count += u.int()
	c.nulls += u.int()
	c.trues += u.int()
	if has&hasIntegers != 0 {
		c.integers.add(u, m)
	}
	if has&hasFloats != 0 {
		c.floats.add(u)
	}
	if has&hasDecimals != 0 {
		c.decimals.add(u.decimal())
		c.decimals.add(u.decimal())
	}
	if has&hasExtremes != 0 {
		c.extremes.add(u.shown())
		c.extremes.add(u.shown())
	}
	if has&hasLengths != 0 {
		c.lengths.add(u, m)
	}
	v := &c.values
	if has&hasSketch != 0 {
		v.estimate()
	}
	if has&hasValues != 0 {
		v.add(u, c.field, m, has&hasSketch != 0)
	}
	if has&hasSketch != 0 {
		v.sketch.merge((*sketch)(u.take(len(v.sketch))))
	}
}

func (x *integers) add(u *unpacker, m *Merger) {
	n, low, high := u.int(), u.int(), u.int()
	if x.n == 0 {
		x.min, x.max = low, high
	} else {
		x.min, x.max = min(x.min, low), max(x.max, high)
	}
	x.n += n
	u.addBig(&x.sum, &m.big)
	u.addBig(&x.squares, &m.big)
	x.grid.widen(integerLayout(x.min, x.max))
	u.addGrid(&x.grid, integerLayout(low, high))
	x.octaves.add(u)
}

func (x *floats) add(u *unpacker) {
	x.nan += u.int()
	x.negative += u.int()
	x.positive += u.int()
	o := floats{n: u.int()}
	if o.n == 0 {
		return
	}
	o.min, o.max, o.mean, o.m2 = u.float(), u.float(), u.float(), u.float()
	x.addMomentsOf(&o)
	x.grid.widen(floatLayout(x.min, x.max))
	u.addGrid(&x.grid, floatLayout(o.min, o.max))
	x.octaves.add(u)
}

func (o *octaves) add(u *unpacker) {
	at := 0
	for range u.uint() {
		key := int(u.int())
		for at < len(*o) && (*o)[at].key < key {
			at++
		}
		if at == len(*o) || (*o)[at].key != key {
			*o = slices.Insert(*o, at, &octave{key: key})
		}
		counts := (*o)[at].counts[:]
		u.addCounts(counts, 0, 0, len(counts), 0)
	}
}

// add adds a part's entries of a field. A sketch of theirs, where there is one, is added to the one of v elsewhere.
func (v *values) add(u *unpacker, f *schema.Field, m *Merger, hasSketch bool) {
	missed, n := u.uint(), int(u.uint())
	if n == 0 {
		v.missed += missed
		return
	}
	texts := u.entries(f, n, m)
	if v.sketch != nil && !hasSketch {
		for _, hash := range m.hashes {
			v.sketch.add(hash)
		}
	}
	// An entry of one alone was missed in the other at most as often as the other's bound says, which
	// its difference of missed and seen now includes.
	v.missed += missed
	fresh := v.bound(m.find(v), &m.keys)
	v.grow(fresh)
	v.entries = append(v.entries, fresh...)
	if !hasText(f) {
		return
	}
	for i := len(v.entries) - len(fresh); i < len(v.entries); i++ {
		p := place(v.entries[i].value)
		v.entries[i].value = v.addText(texts[p.at():p.at()+p.len()], p.cut())
	}
}

// entries reads a part's entries into m. It returns their texts.
func (u *unpacker) entries(f *schema.Field, n int, m *Merger) (texts []byte) {
	m.hashes = sized(m.hashes, n)
	if f.Type.Bytes() {
		for i := range m.hashes {
			m.hashes[i] = u.fixed()
		}
	}
	m.values = u.list(m.values, n)
	if hasText(f) {
		size := 0
		for i, v := range m.values {
			m.values[i] = uint64(place(v).moved(size))
			size += place(v).len()
		}
		texts = u.take(size)
	}
	switch {
	case f.Type.Bytes():
	case isWide(f):
		for i := range m.hashes {
			m.hashes[i] = hashDecimal(decimalOf(texts[16*i:]))
		}
	default:
		for i, v := range m.values {
			m.hashes[i] = mix(v)
		}
	}
	m.counts = u.list(m.counts, n)
	m.seen = u.list(m.seen, n)
	return texts
}

// find adds the entries that were read to those of v which are of the same values. It returns the others.
func (m *Merger) find(v *values) []entry {
	const mask = uint64(len(m.slots) - 1)
	clear(m.slots[:])
	for i := range v.entries {
		slot := v.entries[i].hash & mask
		for m.slots[slot] != 0 {
			slot = (slot + 1) & mask
		}
		m.slots[slot] = uint16(i + 1)
	}
	m.fresh = m.fresh[:0]
next:
	for i, hash := range m.hashes {
		for slot := hash & mask; m.slots[slot] != 0; slot = (slot + 1) & mask {
			if e := &v.entries[m.slots[slot]-1]; e.hash == hash {
				e.count += m.counts[i]
				e.seen += m.seen[i]
				continue next
			}
		}
		m.fresh = append(m.fresh, entry{hash, m.values[i], m.counts[i], m.seen[i]})
	}
	return m.fresh
}

// grow makes room for fresh entries and their texts: about as much as it takes.
func (v *values) grow(fresh []entry) {
	if n := len(v.entries) + len(fresh); cap(v.entries) < n {
		v.entries = append(make([]entry, 0, min(n+n/4, maxEntries)), v.entries...)
	}
}
