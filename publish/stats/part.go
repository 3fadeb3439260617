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

// A Part is the statistics of some records, packed, to be added to others: a batch's wait for those of the
// batches before it. They take a fifth of what they take as Columns, or less, in one piece. A Part is for the
// schema that it was made for. It does not change until it is released.
type Part struct {
	records int64
	columns []byte // in the order of schema.Schema.All, which is that of Field.ID, and a margin
	starts  []int  // where the first of every columnsAtOnce begins
	memory  *freeParts
}

// Release gives the memory of the part back to the measurer that made it, for parts to come. It is not to be added to
// anything any more. One that is not released is left to the garbage collector.
func (p *Part) Release() {
	if p.memory != nil {
		p.memory.give(p.columns)
	}
	p.columns, p.starts, p.memory = nil, nil, nil
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
	return p.end(c.records, nil)
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
type packer struct {
	b       []byte
	starts  []int
	packed  int      // columns
	numbers []uint64 // memory
}

// columnsAtOnce is how many columns are added up as one task, which takes about a millisecond where they have many
// values.
const columnsAtOnce = 32

// margin is how many bytes there are behind the last column, so that every number can be read eight bytes at once.
const margin = 8

// end returns the packed columns as those of so many records, and forgets them.
func (p *packer) end(records int64, memory *freeParts) *Part {
	part := &Part{records, append(p.b, make([]byte, margin)...), p.starts, memory}
	p.b, p.starts, p.packed = nil, nil, 0
	return part
}

func (p *packer) uint(v uint64)   { p.b = binary.AppendUvarint(p.b, v) }
func (p *packer) int(v int64)     { p.b = binary.AppendVarint(p.b, v) }
func (p *packer) float(v float64) { p.fixed(math.Float64bits(v)) }
func (p *packer) fixed(v uint64)  { p.b = binary.LittleEndian.AppendUint64(p.b, v) }

func (p *packer) text(s []byte) {
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
	p.text(v.FillBytes(words[:])[len(words)-(v.BitLen()+7)/8:])
}

// counts packs counts, of which many are zero: for every 64, which of them are not, and those.
func (p *packer) counts(counts []uint64) {
	b := p.b
	for len(counts) > 0 {
		group := counts[:min(64, len(counts))]
		var some uint64
		for i, n := range group {
			some |= (n | -n) >> 63 << i
		}
		b = binary.LittleEndian.AppendUint64(b, some)
		for ; some != 0; some &= some - 1 {
			b = binary.AppendUvarint(b, group[bits.TrailingZeros64(some)])
		}
		counts = counts[len(group):]
	}
	p.b = b
}

// list packs numbers, of which there are some: the least, and how much more each of them is, in as many bytes as the
// most of that takes. Many are often the same.
func (p *packer) list(numbers []uint64) {
	low, high := int64(numbers[0]), int64(numbers[0])
	for _, v := range numbers {
		low, high = min(low, int64(v)), max(high, int64(v))
	}
	size := (bits.Len64(uint64(high)-uint64(low)) + 7) / 8
	p.int(low)
	p.uint(uint64(size))
	if size == 0 {
		return
	}
	at := len(p.b)
	end := at + size*len(numbers)
	p.b = slices.Grow(p.b, end+margin-at)[:end+margin]
	for _, v := range numbers {
		binary.LittleEndian.PutUint64(p.b[at:], v-uint64(low))
		at += size
	}
	p.b = p.b[:end]
}

func (p *packer) column(c *column) {
	if p.packed%columnsAtOnce == 0 {
		p.starts = append(p.starts, len(p.b))
	}
	p.packed++
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
		p.values(&c.values, c.field)
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
func (p *packer) values(v *values, f *schema.Field) {
	p.uint(v.missed)
	p.uint(uint64(len(v.entries)))
	if len(v.entries) == 0 {
		return
	}
	if f.Type.Bytes() {
		b := slices.Grow(p.b, 8*len(v.entries))
		for i := range v.entries {
			b = binary.LittleEndian.AppendUint64(b, v.entries[i].hash)
		}
		p.b = b
	}
	p.numbers = sized(p.numbers, len(v.entries))
	for i := range v.entries {
		p.numbers[i] = v.entries[i].value
	}
	if hasText(f) {
		for i, n := range p.numbers {
			p.numbers[i] = uint64(place(n).moved(0))
		}
	}
	p.list(p.numbers)
	p.b = append(p.b, v.texts...)
	for i := range v.entries {
		p.numbers[i] = v.entries[i].count
	}
	p.list(p.numbers)
	for i := range v.entries {
		p.numbers[i] = v.entries[i].seen
	}
	p.list(p.numbers)
}
