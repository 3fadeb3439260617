// Package zstd compresses the pages of Parquet files into Zstandard frames (RFC 8878), about as tightly as
// the reference library does at its level 3.
//
// It is here because compression is most of a build's CPU time. This encoder does nothing but what a page
// asks for: all of the input is there, nothing is streamed, there is no dictionary and one level. On source
// text in pages of 1 MiB it takes 0.7 of the time of klauspost/compress at its default level, and 2 % less
// room (go test -bench . ./publish/parquet/zstd). Any decoder of Zstandard reads the frames.
//
// # What is written
//
// A frame has one segment, the size of its content, and no checksum: pages lie in files with digests.
// Content is cut into blocks of 128 KiB. A block's literals are Huffman-coded by the package huff0 of
// klauspost/compress; its sequences are found by match.go and coded by sequences.go.
package zstd

import (
	"encoding/binary"

	"github.com/klauspost/compress/huff0"
)

// Version changes whenever the same page gives other bytes, apart from what a newer huff0 does.
const Version = "1"

// Sizes of the format, in bytes (RFC 8878, 3.1.1).
const (
	frameMagic = 0xFD2FB528
	// maxBlock is the most content that a block has.
	maxBlock = 128 << 10
	// maxWindow is how far back a match may be. Decoders are asked for no more than 8 MiB (3.1.1.1.2).
	maxWindow = 8 << 20
)

// The types of blocks (3.1.1.2.2).
const (
	blockRaw        = 0
	blockCompressed = 2
)

// An Encoder compresses pages. It keeps its memory, about 2 MiB, from page to page; what it returns
// depends on the page alone. It is for one goroutine. The zero value is ready for use.
type Encoder struct {
	finder   finder
	sequence sequenceCoder
	huffman  huff0.Scratch
	// literals and sequences are those of the block at hand.
	literals  []byte
	sequences []sequence
}

// Encode appends src as one frame to dst.
func (e *Encoder) Encode(dst, src []byte) []byte {
	dst = appendFrameHeader(dst, len(src))
	e.finder.begin(len(src))
	e.sequence.begin()
	e.huffman.Reuse = huff0.ReusePolicyNone
	for start := 0; ; {
		end := min(start+maxBlock, len(src))
		dst = e.appendBlock(dst, src, start, end, end == len(src))
		if start = end; start == len(src) {
			return dst
		}
	}
}

// appendFrameHeader appends magic and header of a frame with so much content (3.1.1.1).
func appendFrameHeader(dst []byte, size int) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, frameMagic)
	const singleSegment = 1 << 5
	if size > maxWindow {
		// The window is said apart from the size: exponent 13 over 1 KiB is 8 MiB.
		dst = append(dst, 3<<6, 13<<3)
		return binary.LittleEndian.AppendUint64(dst, uint64(size))
	}
	switch {
	case size < 256:
		return append(dst, singleSegment, byte(size))
	case size < 256+1<<16:
		return binary.LittleEndian.AppendUint16(append(dst, 1<<6|singleSegment), uint16(size-256))
	}
	return binary.LittleEndian.AppendUint32(append(dst, 2<<6|singleSegment), uint32(size))
}

// appendBlock appends src[start:end] as a block, compressed where that makes it smaller.
func (e *Encoder) appendBlock(dst, src []byte, start, end int, last bool) []byte {
	header := len(dst)
	dst = append(dst, 0, 0, 0)
	typ := blockCompressed
	before := e.finder.recent
	e.sequences, e.literals = e.finder.find(src, start, end, e.sequences[:0], e.literals[:0])
	dst = e.appendLiterals(dst)
	dst = e.sequence.append(dst, e.sequences)
	size := len(dst) - header - 3
	if size >= end-start {
		// Decoders know nothing of what was tried.
		typ, size = blockRaw, end-start
		dst = append(dst[:header+3], src[start:end]...)
		e.finder.recent = before
		e.sequence.undo()
		e.huffman.Reuse = huff0.ReusePolicyNone
	}
	bits := size<<3 | typ<<1
	if last {
		bits |= 1
	}
	dst[header], dst[header+1], dst[header+2] = byte(bits), byte(bits>>8), byte(bits>>16)
	return dst
}
