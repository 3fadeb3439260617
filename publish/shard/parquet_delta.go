package shard

import "encoding/binary"

// What a block of deltas may have: the format's writers make blocks of 128 values.
const maxDeltaBlock = 1 << 16

// A deltaReader reads integers as DELTA_BINARY_PACKED has them: blocks of miniblocks of differences.
type deltaReader struct {
	b        []byte
	perMini  int
	minis    int
	left     int // values that were not returned
	value    int64
	first    bool // value is the first, and was not returned
	minDelta int64
	widths   []byte
	deltas   []uint64 // of the miniblock that is being returned
	buf      []uint64
}

func newDeltaReader(b []byte) (*deltaReader, error) {
	d := &deltaReader{b: b, first: true}
	block, ok1 := d.uvarint()
	minis, ok2 := d.uvarint()
	count, ok3 := d.uvarint()
	first, ok4 := d.uvarint()
	if !ok1 || !ok2 || !ok3 || !ok4 || block > maxDeltaBlock || minis == 0 || block%minis != 0 ||
		block/minis%8 != 0 || block == 0 || count > 1<<31 {
		return nil, errParquetValues
	}
	d.perMini, d.minis, d.left = int(block/minis), int(minis), int(count)
	d.value = unzigzag(first)
	return d, nil
}

func (d *deltaReader) uvarint() (uint64, bool) {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		return 0, false
	}
	d.b = d.b[n:]
	return v, true
}

func unzigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }

// next returns the next value. Sums wrap around, as writers' differences do.
func (d *deltaReader) next() (int64, error) {
	if d.left == 0 {
		return 0, errParquetValues
	}
	d.left--
	if d.first {
		d.first = false
		return d.value, nil
	}
	if len(d.deltas) == 0 {
		packed, width, err := d.miniblock()
		if err != nil {
			return 0, err
		}
		d.unpack(packed, width)
	}
	d.value += d.minDelta + int64(d.deltas[0])
	d.deltas = d.deltas[1:]
	return d.value, nil
}

// miniblock returns the bits of the next miniblock.
func (d *deltaReader) miniblock() (packed []byte, width int, err error) {
	if len(d.widths) == 0 {
		least, ok := d.uvarint()
		if !ok || len(d.b) < d.minis {
			return nil, 0, errParquetValues
		}
		d.minDelta = unzigzag(least)
		d.widths, d.b = d.b[:d.minis], d.b[d.minis:]
	}
	width = int(d.widths[0])
	d.widths = d.widths[1:]
	size := d.perMini / 8 * width
	if width > 64 || size > len(d.b) {
		return nil, 0, errParquetValues
	}
	packed, d.b = d.b[:size], d.b[size:]
	return packed, width, nil
}

func (d *deltaReader) unpack(packed []byte, width int) {
	if d.buf == nil {
		d.buf = make([]uint64, d.perMini)
	}
	d.deltas = d.buf
	for i := range d.deltas {
		d.deltas[i] = unpackBits(packed, i*width, width)
	}
}

// rest returns what follows the values, none of which was returned yet.
func (d *deltaReader) rest() ([]byte, error) {
	skim := *d
	for left := d.left - 1; left > 0; left -= d.perMini {
		if _, _, err := skim.miniblock(); err != nil {
			return nil, err
		}
	}
	return skim.b, nil
}

// deltaInts are integers of 4 or 8 bytes.
type deltaInts struct{ values *deltaReader }

func (d *deltaInts) next(dst *parquetValues, n int) error {
	for range n {
		v, err := d.values.next()
		if err != nil {
			return err
		}
		if dst.width == 4 {
			dst.fixed = binary.LittleEndian.AppendUint32(dst.fixed, uint32(v))
		} else {
			dst.fixed = binary.LittleEndian.AppendUint64(dst.fixed, uint64(v))
		}
	}
	return nil
}

// deltaLengths are values whose lengths come first, as deltas.
type deltaLengths struct {
	lengths *deltaReader
	b       []byte
}

func newDeltaLengths(b []byte) (*deltaLengths, error) {
	lengths, err := newDeltaReader(b)
	if err != nil {
		return nil, err
	}
	data, err := lengths.rest()
	if err != nil {
		return nil, err
	}
	return &deltaLengths{lengths: lengths, b: data}, nil
}

func (d *deltaLengths) value() ([]byte, error) {
	n, err := d.lengths.next()
	if err != nil || n < 0 || n > int64(len(d.b)) {
		return nil, errParquetValues
	}
	value := d.b[:n:n]
	d.b = d.b[n:]
	return value, nil
}

func (d *deltaLengths) next(dst *parquetValues, n int) error {
	for range n {
		value, err := d.value()
		if err != nil {
			return err
		}
		if err := dst.add(value); err != nil {
			return err
		}
	}
	return nil
}

// deltaBytes are values that begin as the one before does, for a length that comes first.
type deltaBytes struct {
	prefixes *deltaReader
	suffixes *deltaLengths
	last     []byte
}

func newDeltaBytes(b []byte) (*deltaBytes, error) {
	prefixes, err := newDeltaReader(b)
	if err != nil {
		return nil, err
	}
	rest, err := prefixes.rest()
	if err != nil {
		return nil, err
	}
	suffixes, err := newDeltaLengths(rest)
	if err != nil {
		return nil, err
	}
	return &deltaBytes{prefixes: prefixes, suffixes: suffixes}, nil
}

func (d *deltaBytes) next(dst *parquetValues, n int) error {
	for range n {
		prefix, err := d.prefixes.next()
		if err != nil || prefix < 0 || prefix > int64(len(d.last)) {
			return errParquetValues
		}
		suffix, err := d.suffixes.value()
		if err != nil {
			return err
		}
		if prefix > 0 {
			value := make([]byte, 0, int(prefix)+len(suffix))
			value = append(value, d.last[:prefix]...)
			suffix = append(value, suffix...)
		}
		d.last = suffix
		if err := dst.add(suffix); err != nil {
			return err
		}
	}
	return nil
}
