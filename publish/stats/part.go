package stats

import (
	"encoding/binary"
	"math"
	"math/big"
	"sync"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow/decimal128"

	"github.com/bindery-data/bindery/schema"
)

// A Part is the statistics of some records, packed, to be added to others: a batch's wait for those of the
// batches before it. They take a fifth of what they take as Columns, or less, in one piece. A Part is for the
// schema that it was made for. It does not change until it is released.
type Part struct {
	records int64
	columns []byte // in the order of schema.Schema.All, which is that of Field.ID
	memory  *freeParts
}

// Release gives the memory of the part back to the measurer that made it, for parts to come. It is not to be added to
// anything any more. One that is not released is left to the garbage collector.
func (p *Part) Release() {
	if p.memory != nil {
		p.memory.give(p.columns)
	}
	p.columns, p.memory = nil, nil
}

// freeParts are the memory of parts that were released, by another goroutine than that of their measurer.
type freeParts struct {
	mu   sync.Mutex
	free [][]byte
}

// take returns memory without content; nil where there is none.
func (f *freeParts) take() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	last := len(f.free) - 1
	if last < 0 {
		return nil
	}
	b := f.free[last]
	f.free[last], f.free = nil, f.free[:last]
	return b[:0]
}

func (f *freeParts) give(b []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.free = append(f.free, b)
}

// Part returns the statistics packed.
func (c *Columns) Part() *Part {
	var p packer
	for _, col := range c.columns {
		p.column(col)
	}
	return &Part{records: c.records, columns: p.b}
}

// What a packed column has beside its counts.
const (
	hasIntegers = 1 << iota
	hasFloats
	hasDecimals
	hasExtremes
	hasLengths
	hasValues
	hasSketch
)

func (c *column) contents() (has uint64) {
	set := func(bit uint64, some bool) {
		if some {
			has |= bit
		}
	}
	set(hasIntegers, c.integers.n > 0)
	set(hasFloats, c.floats.n > 0 || c.floats.notFinite() > 0)
	set(hasDecimals, c.decimals.some)
	set(hasExtremes, c.extremes.some)
	set(hasLengths, c.lengths.n > 0)
	set(hasValues, len(c.values.entries) > 0 || c.values.missed > 0)
	set(hasSketch, c.values.sketch != nil)
	return has
}

// A packer packs columns one behind the other. Numbers have as many bytes as they need, where they are
// mostly small.
type packer struct{ b []byte }

func (p *packer) uint(v uint64)   { p.b = binary.AppendUvarint(p.b, v) }
func (p *packer) int(v int64)     { p.b = binary.AppendVarint(p.b, v) }
func (p *packer) float(v float64) { p.fixed(math.Float64bits(v)) }
func (p *packer) fixed(v uint64)  { p.b = binary.LittleEndian.AppendUint64(p.b, v) }

func (p *packer) text(s string) {
	p.uint(uint64(len(s)))
	p.b = append(p.b, s...)
}

func (p *packer) shown(s shown) {
	p.text(s.text)
	p.bool(s.cut)
}

func (p *packer) bool(v bool) {
	if v {
		p.uint(1)
	} else {
		p.uint(0)
	}
}

func (p *packer) decimal(v decimal128.Num) {
	p.fixed(v.LowBits())
	p.fixed(uint64(v.HighBits()))
}

// big packs a number of any size.
func (p *packer) big(v *big.Int) {
	p.bool(v.Sign() < 0)
	var words [64]byte // More than any sum needs.
	p.text(string(v.FillBytes(words[:])[len(words)-(v.BitLen()+7)/8:]))
}

// counts packs counts, of which many are zero: a zero stands with how many there are in a row.
func (p *packer) counts(counts []uint64) {
	for i := 0; i < len(counts); {
		p.uint(counts[i])
		start := i
		for i++; counts[start] == 0 && i < len(counts) && counts[i] == 0; i++ {
		}
		if counts[start] == 0 {
			p.uint(uint64(i - start))
		}
	}
}

func (p *packer) column(c *column) {
	has := c.contents()
	p.uint(has)
	p.int(c.count)
	p.int(c.nulls)
	p.int(c.trues)
	if has&hasIntegers != 0 {
		p.integers(&c.integers)
	}
	if has&hasFloats != 0 {
		p.floats(&c.floats)
	}
	if has&hasDecimals != 0 {
		p.decimal(c.decimals.min)
		p.decimal(c.decimals.max)
	}
	if has&hasExtremes != 0 {
		p.shown(c.extremes.min)
		p.shown(c.extremes.max)
	}
	if has&hasLengths != 0 {
		p.integers(&c.lengths)
	}
	if has&hasValues != 0 {
		p.values(&c.values, c.field.Type)
	}
	if has&hasSketch != 0 {
		p.b = append(p.b, c.values.sketch[:]...)
	}
}

func (p *packer) integers(x *integers) {
	p.int(x.n)
	p.int(x.min)
	p.int(x.max)
	p.big(&x.sum)
	p.big(&x.squares)
	p.counts(x.grid.counts)
	p.octaves(x.octaves)
}

func (p *packer) floats(x *floats) {
	p.int(x.nan)
	p.int(x.negative)
	p.int(x.positive)
	p.int(x.n)
	if x.n == 0 {
		return
	}
	for _, v := range []float64{x.min, x.max, x.mean, x.m2} {
		p.float(v)
	}
	p.counts(x.grid.counts)
	p.octaves(x.octaves)
}

func (p *packer) octaves(o octaves) {
	p.uint(uint64(len(o)))
	for _, octave := range o {
		p.int(int64(octave.key))
		p.counts(octave.counts[:])
	}
}

// values packs entries. Their hashes follow from them, but for texts, of which there may be more than is
// shown.
func (p *packer) values(v *values, t schema.Type) {
	p.uint(v.missed)
	p.uint(uint64(len(v.entries)))
	for i := range v.entries {
		e := &v.entries[i]
		if t.Bytes() {
			p.fixed(e.hash)
		}
		p.uint(e.value)
		p.text(e.text)
		p.uint(e.count)
		p.uint(e.seen)
	}
}

// An unpacker reads what a packer packed. Texts are parts of what it reads.
type unpacker struct{ rest string }

// unpack begins to read a part, which stays as it is until that is done.
func (p *Part) unpack() unpacker {
	return unpacker{unsafe.String(unsafe.SliceData(p.columns), len(p.columns))}
}

func (u *unpacker) uint() uint64 {
	v, shift := uint64(0), uint(0)
	for i := range len(u.rest) {
		b := u.rest[i]
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			u.rest = u.rest[i+1:]
			return v
		}
		shift += 7
	}
	return v
}

func (u *unpacker) int() int64 {
	v := u.uint()
	return int64(v>>1) ^ -int64(v&1)
}

func (u *unpacker) float() float64 { return math.Float64frombits(u.fixed()) }

func (u *unpacker) fixed() (v uint64) {
	for i, b := range []byte(u.take(8)) {
		v |= uint64(b) << (8 * i)
	}
	return v
}

func (u *unpacker) take(n int) string {
	taken := u.rest[:n]
	u.rest = u.rest[n:]
	return taken
}

func (u *unpacker) text() string { return u.take(int(u.uint())) }

func (u *unpacker) shown() shown { return shown{u.text(), u.uint() != 0} }

func (u *unpacker) decimal() decimal128.Num {
	low := u.fixed()
	return decimal128.New(int64(u.fixed()), low)
}

func (u *unpacker) big(into *big.Int) {
	negative := u.uint() != 0
	if into.SetBytes([]byte(u.text())); negative {
		into.Neg(into)
	}
}

func (u *unpacker) counts(into []uint64) {
	for i := 0; i < len(into); i++ {
		if into[i] = u.uint(); into[i] == 0 {
			i += int(u.uint()) - 1 // They are zero already.
		}
	}
}

// column reads into c, which is empty and of the field that was packed.
func (u *unpacker) column(c *column) {
	has := u.uint()
	c.count, c.nulls, c.trues = u.int(), u.int(), u.int()
	if has&hasIntegers != 0 {
		u.integers(&c.integers)
	}
	if has&hasFloats != 0 {
		u.floats(&c.floats)
	}
	if has&hasDecimals != 0 {
		c.decimals = decimals{true, u.decimal(), u.decimal()}
	}
	if has&hasExtremes != 0 {
		c.extremes = extremes{true, u.shown(), u.shown()}
	}
	if has&hasLengths != 0 {
		u.integers(&c.lengths)
	}
	if has&hasValues != 0 {
		u.values(&c.values, c.field)
	}
	if has&hasSketch != 0 {
		c.values.begin()
		copy(c.values.sketch[:], u.take(len(c.values.sketch)))
	}
}

func (u *unpacker) integers(x *integers) {
	x.n, x.min, x.max = u.int(), u.int(), u.int()
	u.big(&x.sum)
	u.big(&x.squares)
	x.grid.lay(integerLayout(x.min, x.max))
	u.counts(x.grid.counts)
	x.octaves = u.octaves(x.octaves)
}

func (u *unpacker) floats(x *floats) {
	x.nan, x.negative, x.positive, x.n = u.int(), u.int(), u.int(), u.int()
	if x.n == 0 {
		return
	}
	x.min, x.max, x.mean, x.m2 = u.float(), u.float(), u.float(), u.float()
	x.grid.lay(floatLayout(x.min, x.max))
	u.counts(x.grid.counts)
	x.octaves = u.octaves(x.octaves)
}

func (u *unpacker) octaves(into octaves) octaves {
	for range u.uint() {
		into = into.extend(int(u.int()))
		u.counts(into[len(into)-1].counts[:])
	}
	return into
}

func (u *unpacker) values(v *values, f *schema.Field) {
	v.missed = u.uint()
	for range u.uint() {
		var e entry
		if f.Type.Bytes() {
			e.hash = u.fixed()
		}
		e.value, e.text, e.count, e.seen = u.uint(), u.text(), u.uint(), u.uint()
		switch {
		case f.Type.Bytes():
		case isWide(f):
			e.hash = hashDecimal(e.decimal())
		default:
			e.hash = mix(e.value)
		}
		v.entries = append(v.entries, e)
	}
}
