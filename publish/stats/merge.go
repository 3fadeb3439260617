package stats

import (
	"encoding/binary"
	"math"
	"math/big"
	"math/bits"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v17/arrow/decimal128"

	"github.com/bindery-data/bindery/schema"
)

// A Merger adds statistics up. It is for one goroutine, and keeps its memory from one to the next. The zero
// value is ready.
type Merger struct {
	// Spare, where it is not nil, is offered tasks that Add would do itself: some of the columns. It returns at once,
	// with whether another goroutine does the task. What Add adds up does not depend on that.
	Spare func(task func()) bool

	adders sync.Pool
}

// An adder adds columns up, one after the other: memory for that.
type adder struct {
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
	var others sync.WaitGroup
	columns := c.columns
	for _, at := range p.starts {
		some := columns[:min(columnsAtOnce, len(columns))]
		columns = columns[len(some):]
		if len(columns) == 0 || m.Spare == nil {
			m.add(some, p, at)
			continue
		}
		others.Add(1)
		task := func() {
			defer others.Done()
			m.add(some, p, at)
		}
		if !m.Spare(task) {
			task()
		}
	}
	others.Wait()
}

// add adds what a part has at an offset to some columns.
func (m *Merger) add(some []*column, p *Part, at int) {
	a, _ := m.adders.Get().(*adder)
	if a == nil {
		a = new(adder)
	}
	u := unpacker{p.columns, at}
	for _, col := range some {
		col.add(&u, a)
	}
	m.adders.Put(a)
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
func (c *column) add(u *unpacker, a *adder) {
	has := u.uint()
	c.count += u.int()
	c.nulls += u.int()
	c.trues += u.int()
	if has&hasIntegers != 0 {
		c.integers.add(u, a)
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
		c.lengths.add(u, a)
	}
	v := &c.values
	if has&hasSketch != 0 {
		v.estimate()
	}
	if has&hasValues != 0 {
		v.add(u, c.field, a, has&hasSketch != 0)
	}
	if has&hasSketch != 0 {
		v.sketch.merge((*sketch)(u.take(len(v.sketch))))
	}
}

func (x *integers) add(u *unpacker, a *adder) {
	n, low, high := u.int(), u.int(), u.int()
	if x.n == 0 {
		x.min, x.max = low, high
	} else {
		x.min, x.max = min(x.min, low), max(x.max, high)
	}
	x.n += n
	u.addBig(&x.sum, &a.big)
	u.addBig(&x.squares, &a.big)
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
func (v *values) add(u *unpacker, f *schema.Field, a *adder, hasSketch bool) {
	missed, n := u.uint(), int(u.uint())
	if n == 0 {
		v.missed += missed
		return
	}
	texts := u.entries(f, n, a)
	if v.sketch != nil && !hasSketch {
		for _, hash := range a.hashes {
			v.sketch.add(hash)
		}
	}
	// An entry of one alone was missed in the other at most as often as the other's bound says, which
	// its difference of missed and seen now includes.
	v.missed += missed
	fresh := v.bound(a.find(v), &a.keys)
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

// entries reads a part's entries into a. It returns their texts.
func (u *unpacker) entries(f *schema.Field, n int, a *adder) (texts []byte) {
	a.hashes = sized(a.hashes, n)
	if f.Type.Bytes() {
		for i := range a.hashes {
			a.hashes[i] = u.fixed()
		}
	}
	a.values = u.list(a.values, n)
	if hasText(f) {
		size := 0
		for i, v := range a.values {
			a.values[i] = uint64(place(v).moved(size))
			size += place(v).len()
		}
		texts = u.take(size)
	}
	switch {
	case f.Type.Bytes():
	case isWide(f):
		for i := range a.hashes {
			a.hashes[i] = hashDecimal(decimalOf(texts[16*i:]))
		}
	default:
		for i, v := range a.values {
			a.hashes[i] = mix(v)
		}
	}
	a.counts = u.list(a.counts, n)
	a.seen = u.list(a.seen, n)
	return texts
}

// find adds the entries that were read to those of v which are of the same values. It returns the others.
func (a *adder) find(v *values) []entry {
	const mask = uint64(len(a.slots) - 1)
	clear(a.slots[:])
	for i := range v.entries {
		slot := v.entries[i].hash & mask
		for a.slots[slot] != 0 {
			slot = (slot + 1) & mask
		}
		a.slots[slot] = uint16(i + 1)
	}
	hashes := a.hashes
	values, counts, seen, fresh := a.values[:len(hashes)], a.counts[:len(hashes)], a.seen[:len(hashes)], a.fresh[:0]
next:
	for i, hash := range hashes {
		for slot := hash & mask; a.slots[slot] != 0; slot = (slot + 1) & mask {
			if e := &v.entries[a.slots[slot]-1]; e.hash == hash {
				e.count += counts[i]
				e.seen += seen[i]
				continue next
			}
		}
		fresh = append(fresh, entry{hash, values[i], counts[i], seen[i]})
	}
	a.fresh = fresh
	return fresh
}

// grow makes room for fresh entries: about as much as it takes.
func (v *values) grow(fresh []entry) {
	if n := len(v.entries) + len(fresh); cap(v.entries) < n {
		v.entries = append(make([]entry, 0, min(n+n/4, maxEntries)), v.entries...)
	}
}
