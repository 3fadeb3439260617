package inflate

import (
	"encoding/binary"
	"errors"
)

// errShort says that the input at hand ends too soon.
var errShort = errors.New("more input is needed")

// A bitBuffer holds the next n bits of the input, and above them zeros, or bits that will be loaded again.
type bitBuffer struct {
	v uint64
	n uint
}

// skip passes over n bits, of which there are as many.
func (b bitBuffer) skip(n uint) bitBuffer { return bitBuffer{b.v >> n, b.n - n} }

// load loads bytes until there are 56 bits or more.
func (b bitBuffer) load(in []byte, pos int) (bitBuffer, int) {
	// Eight bytes are loaded, and as many counted as there is room for.
	v := b.v | binary.LittleEndian.Uint64(in[pos:pos+8:pos+8])<<(b.n&63)
	return bitBuffer{v, b.n | 56}, pos + int(63-b.n)>>3
}

// A bitReader reads bits from a piece of the input, the lowest of each byte first (RFC 1951, 3.1.1).
type bitReader struct {
	data []byte
	pos  int // of what was not loaded yet
	bits bitBuffer
}

// fill loads what there is room for.
func (b *bitReader) fill() {
	for b.bits.n <= 56 && b.pos < len(b.data) {
		b.bits.v |= uint64(b.data[b.pos]) << b.bits.n
		b.pos++
		b.bits.n += 8
	}
}

// take reads n bits, 32 at the most.
func (b *bitReader) take(n uint) (int, error) {
	b.fill()
	if b.bits.n < n {
		return 0, errShort
	}
	v := int(b.bits.v & (1<<n - 1))
	b.bits = b.bits.skip(n)
	return v, nil
}

// repeat reads how often something is repeated: from least on, in so many bits.
func (b *bitReader) repeat(least int, extra uint) (int, error) {
	n, err := b.take(extra)
	return least + n, err
}

// next reads an entry of a table of which 1<<size are looked up at once. It returns the bits that it begins with
// too, for the extra ones.
func (b *bitReader) next(table []entry, size uint) (e entry, v uint64, err error) {
	b.fill()
	e = table[b.bits.v&(1<<size-1)]
	if e&isLink != 0 {
		if b.bits.n < size {
			return 0, 0, errShort
		}
		b.bits = b.bits.skip(size)
		e = table[e.link(b.bits.v)]
	}
	if e.used() > b.bits.n { // The zeros behind the input's end were taken for bits.
		return 0, 0, errShort
	}
	v = b.bits.v
	b.bits = b.bits.skip(e.used())
	return e, v, nil
}

// align gives whole bytes that were loaded back.
func (b *bitReader) align() {
	b.pos -= int(b.bits.n >> 3)
	b.bits.n &= 7
	b.bits.v &= 1<<b.bits.n - 1
}
