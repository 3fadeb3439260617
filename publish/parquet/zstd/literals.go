package zstd

import (
	"github.com/klauspost/compress/huff0"
)

// The types of literals sections (3.1.1.3.1.1).
const (
	literalsRaw      = 0
	literalsRLE      = 1
	literalsHuffman  = 2
	literalsTreeless = 3 // Huffman with the tree of the block before
)

const (
	// fewLiterals are not worth a tree.
	fewLiterals = 32
	// oneStream is up to how many literals are written as one stream; more are written as four, which
	// decoders read at once.
	oneStream = 256
)

// appendLiterals appends a literals section (3.1.1.3.1).
func (e *Encoder) appendLiterals(dst, literals []byte) []byte {
	if len(literals) < fewLiterals {
		return appendRawLiterals(dst, literals)
	}
	compress := huff0.Compress4X
	if len(literals) <= oneStream {
		compress = huff0.Compress1X
	}
	e.huffman.WantLogLess = 6 // A tree that saves less than one in 64 is not worth its decoding.
	out, reused, err := compress(literals, &e.huffman)
	switch {
	case err == huff0.ErrUseRLE:
		return append(appendLiteralsSize(dst, literalsRLE, len(literals)), literals[0])
	case err != nil: // They do not become smaller; there is no other way to fail with a block of this size.
		return appendRawLiterals(dst, literals)
	}
	typ := literalsHuffman
	if reused {
		typ = literalsTreeless
	}
	e.huffman.Reuse = huff0.ReusePolicyAllow
	return append(appendHuffmanSizes(dst, typ, len(literals), len(out)), out...)
}

func appendRawLiterals(dst, literals []byte) []byte {
	return append(appendLiteralsSize(dst, literalsRaw, len(literals)), literals...)
}

// appendLiteralsSize appends the header of literals that are not compressed, or of one byte repeated.
func appendLiteralsSize(dst []byte, typ, size int) []byte {
	switch {
	case size < 1<<5:
		return append(dst, byte(typ|size<<3))
	case size < 1<<12:
		v := typ | 1<<2 | size<<4
		return append(dst, byte(v), byte(v>>8))
	}
	v := typ | 3<<2 | size<<4
	return append(dst, byte(v), byte(v>>8), byte(v>>16))
}

// appendHuffmanSizes appends the header of compressed literals.
func appendHuffmanSizes(dst []byte, typ, size, compressed int) []byte {
	v := uint64(typ)
	switch largest := max(size, compressed); {
	case size <= oneStream:
		v |= uint64(size)<<4 | uint64(compressed)<<14
		return append(dst, byte(v), byte(v>>8), byte(v>>16))
	case largest < 1<<10:
		v |= 1<<2 | uint64(size)<<4 | uint64(compressed)<<14
		return append(dst, byte(v), byte(v>>8), byte(v>>16))
	case largest < 1<<14:
		v |= 2<<2 | uint64(size)<<4 | uint64(compressed)<<18
		return append(dst, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
	}
	v |= 3<<2 | uint64(size)<<4 | uint64(compressed)<<22
	return append(dst, byte(v), byte(v>>8), byte(v>>16), byte(v>>24), byte(v>>32))
}
