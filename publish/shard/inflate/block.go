package inflate

import (
	"compress/flate"
	"io"
)

// The types of blocks (RFC 1951, 3.2.3).
const (
	blockStored  = 0
	blockFixed   = 1
	blockDynamic = 2
)

// minInput is what must fit into the buffer of the input: the longest head of a block, all the lengths of codes
// (3.2.7) in codes of seven bits each and as many extra ones, has less than 600 bytes.
const minInput = 1 << 10

// corrupt returns the error of data that breaks the format before the place that was reached.
func (r *Reader) corrupt() error {
	r.in.align()
	return flate.CorruptInputError(r.offset + int64(r.in.pos))
}

// beginBlock reads the head of a block, all of it or nothing.
func (r *Reader) beginBlock() error {
	before := r.in
	err := r.blockHead()
	if err == errShort {
		r.in = before
	}
	return err
}

func (r *Reader) blockHead() error {
	head, err := r.in.take(3)
	if err != nil {
		return err
	}
	switch head >> 1 {
	case blockStored:
		err = r.storedHead()
	case blockFixed:
		r.code = fixedCode()
	case blockDynamic:
		err = r.dynamicHead()
	default:
		return r.corrupt()
	}
	if err == nil {
		r.last = head&1 != 0
	}
	return err
}

// storedHead reads how long a stored block is (3.2.4).
func (r *Reader) storedHead() error {
	r.in.align()
	r.in.bits = bitBuffer{}
	v, err := r.in.take(32)
	if err != nil {
		return err
	}
	n := v & 0xffff
	if v>>16&0xffff != n^0xffff { // Where an int has 32 bits, v may be negative.
		return r.corrupt()
	}
	r.stored = n
	return nil
}

// copyStored copies what there is room for of a stored block.
func (r *Reader) copyStored() error {
	n, err := io.ReadFull(r.file, r.out[r.at:min(r.at+r.stored, len(r.out))])
	r.at += n
	r.stored -= n
	r.offset += int64(n)
	return noEOF(err)
}

// The code of the lengths of a block's codes (3.2.7): what its symbols are, and the order in which the lengths of
// its own codes are given.
const (
	lengthBits    = 7
	lengthSymbols = 19
	repeatLength  = 16
	repeatZero    = 17
	repeatZeros   = 18
)

var (
	lengthOrder   = [lengthSymbols]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
	lengthEntries = makeLengthEntries()
)

func makeLengthEntries() (entries [lengthSymbols]entry) {
	for i := range entries {
		entries[i] = entry(i) << 16
	}
	return entries
}

// dynamicHead reads the code that a block brings (3.2.7).
func (r *Reader) dynamicHead() error {
	head, err := r.in.take(5 + 5 + 4)
	if err != nil {
		return err
	}
	literals, distances, given := head&31+257, head>>5&31+1, head>>10+4
	if literals > maxLiterals || distances > maxDistances {
		return r.corrupt()
	}
	var sizes [lengthSymbols]uint8
	for _, symbol := range lengthOrder[:given] {
		n, err := r.in.take(3)
		if err != nil {
			return err
		}
		sizes[symbol] = uint8(n)
	}
	var table [1 << lengthBits]entry
	if !fill(table[:], lengthBits, lengthEntries[:], sizes[:]) {
		return r.corrupt()
	}
	var all [maxLiterals + maxDistances]uint8
	lengths := all[:literals+distances]
	if err := r.readLengths(lengths, table[:]); err != nil {
		return err
	}
	if !r.own.build(lengths, literals) {
		return r.corrupt()
	}
	r.code = &r.own
	return nil
}

// readLengths reads the lengths of codes, which are coded themselves.
func (r *Reader) readLengths(lengths []uint8, table []entry) error {
	for i := 0; i < len(lengths); {
		e, _, err := r.in.next(table, lengthBits)
		if err != nil {
			return err
		}
		value, times := uint8(0), 1
		switch symbol := e.value(); {
		case e&isSpecial != 0 || symbol == repeatLength && i == 0:
			return r.corrupt()
		case symbol == repeatLength:
			value = lengths[i-1]
			times, err = r.in.repeat(3, 2)
		case symbol == repeatZero:
			times, err = r.in.repeat(3, 3)
		case symbol == repeatZeros:
			times, err = r.in.repeat(11, 7)
		default:
			value = uint8(symbol)
		}
		if err != nil {
			return err
		}
		if times > len(lengths)-i {
			return r.corrupt()
		}
		for range times {
			lengths[i] = value
			i++
		}
	}
	return nil
}
