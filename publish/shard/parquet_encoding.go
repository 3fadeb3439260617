package shard

import (
	"encoding/binary"
	"errors"
)

// Parquet's encodings (Encodings.md).
const (
	encodingPlain           = 0
	encodingPlainDictionary = 2
	encodingRLE             = 3
	encodingDelta           = 5
	encodingDeltaLength     = 6
	encodingDeltaBytes      = 7
	encodingRLEDictionary   = 8
	encodingByteStreamSplit = 9
)

// errParquetValues is what decoders fail with; the caller says where.
var errParquetValues = errors.New("its values are not as the encoding has them")

// parquetValues are values without nulls: of fixed width, one after the other, or each a piece of its
// page.
type parquetValues struct {
	width int
	fixed []byte
	views [][]byte
}

func (v *parquetValues) count() int {
	if v.width > 0 {
		return len(v.fixed) / v.width
	}
	return len(v.views)
}

// add appends one value.
func (v *parquetValues) add(value []byte) error {
	if v.width == 0 {
		v.views = append(v.views, value)
		return nil
	}
	if len(value) != v.width {
		return errParquetValues
	}
	v.fixed = append(v.fixed, value...)
	return nil
}

// A valueDecoder appends the next n values of a page.
type valueDecoder interface {
	next(dst *parquetValues, n int) error
}

// cutPrefixed takes what its length in four bytes stands before.
func cutPrefixed(b []byte) (head, rest []byte, ok bool) {
	if len(b) < 4 {
		return nil, nil, false
	}
	n := binary.LittleEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return nil, nil, false
	}
	return b[4 : 4+n : 4+n], b[4+n:], true
}

// plainFixed are values of fixed width.
type plainFixed struct{ b []byte }

func (d *plainFixed) next(dst *parquetValues, n int) error {
	size := n * dst.width
	if size > len(d.b) {
		return errParquetValues
	}
	dst.fixed = append(dst.fixed, d.b[:size]...)
	d.b = d.b[size:]
	return nil
}

// plainBytes are values with their length in front.
type plainBytes struct{ b []byte }

func (d *plainBytes) next(dst *parquetValues, n int) error {
	for range n {
		value, rest, ok := cutPrefixed(d.b)
		if !ok {
			return errParquetValues
		}
		dst.views = append(dst.views, value)
		d.b = rest
	}
	return nil
}

// plainBools are bits, the lowest of a byte first.
type plainBools struct {
	b   []byte
	bit int
}

func (d *plainBools) next(dst *parquetValues, n int) error {
	if d.bit+n > 8*len(d.b) {
		return errParquetValues
	}
	for i := d.bit; i < d.bit+n; i++ {
		dst.fixed = append(dst.fixed, d.b[i/8]>>(i%8)&1)
	}
	d.bit += n
	return nil
}

// A hybrid is runs of one value and runs of packed bits, in which levels, booleans and the numbers of
// dictionary entries are.
type hybrid struct {
	b     []byte
	width int
	// repeat is what is left of a run of value; packed what is left of packed bits, which begin at bit.
	repeat int
	value  uint32
	packed int
	bit    int
}

func newHybrid(b []byte, width int) *hybrid { return &hybrid{b: b, width: width} }

// readHybrid fills dst.
func readHybrid[T uint8 | uint32](h *hybrid, dst []T) error {
	for len(dst) > 0 {
		switch {
		case h.repeat > 0:
			n := min(h.repeat, len(dst))
			for i := range dst[:n] {
				dst[i] = T(h.value)
			}
			h.repeat -= n
			dst = dst[n:]
		case h.packed > 0:
			n := min(h.packed, len(dst))
			if h.bit+n*h.width > 8*len(h.b) {
				return errParquetValues
			}
			for i := range dst[:n] {
				dst[i] = T(h.unpack())
			}
			if h.packed -= n; h.packed == 0 {
				h.b = h.b[min(len(h.b), (h.bit+7)/8):]
			}
			dst = dst[n:]
		default:
			if err := h.run(); err != nil {
				return err
			}
		}
	}
	return nil
}

// run begins the next run.
func (h *hybrid) run() error {
	head, n := binary.Uvarint(h.b)
	if n <= 0 || head>>1 == 0 || head>>1 > 1<<31 {
		return errParquetValues
	}
	h.b = h.b[n:]
	if head&1 == 1 {
		h.packed, h.bit = int(head>>1)*8, 0
		return nil
	}
	size := (h.width + 7) / 8
	if size > len(h.b) {
		return errParquetValues
	}
	h.value = 0
	for i, b := range h.b[:size] {
		h.value |= uint32(b) << (8 * i)
	}
	h.b = h.b[size:]
	h.repeat = int(head >> 1)
	return nil
}

// unpack reads the next of packed bits, which are there.
func (h *hybrid) unpack() uint32 {
	v := unpackBits(h.b, h.bit, h.width)
	h.bit += h.width
	return uint32(v)
}

// unpackBits reads width bits, 64 at most, from a bit on that they all lie behind.
func unpackBits(b []byte, bit, width int) uint64 {
	at, shift := bit/8, bit%8
	var v uint64
	if len(b)-at >= 8 {
		v = binary.LittleEndian.Uint64(b[at:]) >> shift
		if shift+width > 64 {
			v |= uint64(b[at+8]) << (64 - shift)
		}
	} else {
		for i, c := range b[at:] {
			v |= uint64(c) << (8 * i)
		}
		v >>= shift
	}
	if width < 64 {
		v &= 1<<width - 1
	}
	return v
}

// rleBools are booleans in a hybrid with its length in front.
type rleBools struct{ bits *hybrid }

func (d *rleBools) next(dst *parquetValues, n int) error {
	have := len(dst.fixed)
	dst.fixed = append(dst.fixed, make([]byte, n)...)
	return readHybrid(d.bits, dst.fixed[have:])
}

// dictionaryValues are numbers of entries.
type dictionaryValues struct {
	indexes *hybrid
	entries *parquetValues
	buf     []uint32
}

// newDictionaryValues reads the width of the numbers that follow.
func newDictionaryValues(b []byte, entries *parquetValues) (*dictionaryValues, error) {
	width := 0
	if len(b) > 0 {
		width, b = int(b[0]), b[1:]
	}
	if width > 32 {
		return nil, errParquetValues
	}
	return &dictionaryValues{indexes: newHybrid(b, width), entries: entries}, nil
}

func (d *dictionaryValues) next(dst *parquetValues, n int) error {
	if cap(d.buf) < n {
		d.buf = make([]uint32, n)
	}
	indexes := d.buf[:n]
	if err := readHybrid(d.indexes, indexes); err != nil {
		return err
	}
	count := uint32(d.entries.count())
	for _, i := range indexes {
		if i >= count {
			return errParquetValues
		}
	}
	if dst.width == 0 {
		for _, i := range indexes {
			dst.views = append(dst.views, d.entries.views[i])
		}
		return nil
	}
	w := dst.width
	for _, i := range indexes {
		dst.fixed = append(dst.fixed, d.entries.fixed[int(i)*w:int(i)*w+w]...)
	}
	return nil
}

// joinStreams undoes BYTE_STREAM_SPLIT: first bytes of all values first, then the second ones.
func joinStreams(b []byte, width int) ([]byte, error) {
	n := len(b) / width
	if n*width != len(b) {
		return nil, errParquetValues
	}
	joined := make([]byte, len(b))
	for k := range width {
		stream := b[k*n : (k+1)*n]
		for i, c := range stream {
			joined[i*width+k] = c
		}
	}
	return joined, nil
}
