// Package zstd compresses the pages of Parquet files into Zstandard frames (RFC 8878), about as tightly as
// the reference library does at its level 3.
//
// It is here because compression is most of a build's CPU time. This encoder does nothing but what a page
// asks for: all of the input is there, nothing is streamed, there is no dictionary and one level. On source
// text it takes about three fifths of the time of klauspost/compress at its default level, and pages of 256 KiB and
// more are half a percent smaller (go test -bench . ./publish/parquet/zstd). Any decoder of Zstandard reads the frames.
//
// # What is written
//
// A frame has the size of its content and no checksum: pages lie in files with digests. It has one segment, or
// beyond 8 MiB a window of that size. Content is cut into blocks of 128 KiB;
// where it is in two parts, the first ends with a shorter one. A block's literals are Huffman-coded
// by the package huff0 of klauspost/compress; its sequences are found by match.go and coded by sequences.go.
package zstd

import (
	"encoding/binary"
	"math/bits"

	"github.com/klauspost/compress/huff0"
)

// Version changes whenever the same page gives other bytes, apart from what a newer huff0 does.
const Version = "6"

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

// An Encoder compresses pages. It keeps its memory, 1.4 MB and what huff0 takes, from page to page; what it returns
// depends on the page alone. It is for one goroutine. The zero value is ready for use.
type Encoder struct {
	large  largeFinder
	small  smallFinder
	finder interface { // the one of them for the content at hand
		empty(base int)
		find(content []byte, start, end int, b *block)
	}
	sequence sequenceCoder
	huffman  huff0.Scratch
	// block is what was found in the block at hand.
	block block
	// unsearched is how many blocks are still to be written without looking for matches.
	unsearched int
}

// Encode appends src as one frame to dst.
func (e *Encoder) Encode(dst, src []byte) []byte { return e.EncodeParts(dst, nil, src) }

// EncodeParts appends head and body, one behind the other, as one frame to dst. No matches are looked for in head: it
// is for few bytes before many, which need not be copied to stand behind them.
func (e *Encoder) EncodeParts(dst, head, body []byte) []byte {
	dst = appendFrameHeader(dst, len(head)+len(body))
	e.begin(len(body))
	if len(head) > 0 {
		// Blocks without matches leave the offsets used last as they are when a frame begins, as find needs them.
		e.unsearched = (len(head) + maxBlock - 1) / maxBlock
		dst = e.appendBlocks(dst, head, len(body) == 0)
		if len(body) == 0 {
			return dst
		}
	}
	e.unsearched = 0
	return e.appendBlocks(dst, body, true)
}

// begin begins a frame with so much content to look for matches in.
func (e *Encoder) begin(size int) {
	if e.finder = &e.large; size < smallContent {
		e.finder = &e.small
	}
	e.finder.empty(0)
	e.block.recent = [2]int{1, 4} // as decoders have it at the beginning (3.1.1.5)
	e.sequence.begin()
	e.huffman.Reuse = huff0.ReusePolicyNone
}

// appendBlocks appends src as blocks, at least one. The last of them may be that of the frame.
func (e *Encoder) appendBlocks(dst, src []byte, last bool) []byte {
	for start := 0; ; {
		end := min(start+maxBlock, len(src))
		dst = e.appendBlock(dst, src, start, end, last && end == len(src))
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
	before := e.block.recent
	literals, searched := src[start:end], e.unsearched == 0
	if searched {
		e.finder.find(src, start, end, &e.block)
		literals = e.block.literals[:e.block.literalsLen]
	} else {
		e.block.reset()
		e.unsearched--
	}
	dst = e.appendLiterals(dst, literals)
	dst = e.sequence.append(dst, e.block.sequences[:e.block.sequencesLen], &e.block.uses)
	size := len(dst) - header - 3
	if searched && !worthSearching(src[start:end], size) {
		e.unsearched = unsearchedBlocks
	}
	if size >= end-start {
		// Decoders know nothing of what was tried.
		typ, size = blockRaw, end-start
		dst = append(dst[:header+3], src[start:end]...)
		e.block.recent = before
		e.sequence.undo()
		e.huffman.Reuse = huff0.ReusePolicyNone
	}
	head := size<<3 | typ<<1
	if last {
		head |= 1
	}
	dst[header], dst[header+1], dst[header+2] = byte(head), byte(head>>8), byte(head>>16)
	return dst
}

const (
	// unsearchedBlocks are written without looking for matches behind a block in which they did not pay.
	unsearchedBlocks = 15
	// leastGain is the part of a block that matches must save to pay: one in leastGain.
	leastGain = 16
)

// worthSearching reports whether a block that became size bytes owes it to matches by more than one in
// leastGain, and not to its bytes being of few kinds. Columns of identifiers in hexadecimal, or of numbers
// without order, do not: without matches they take a sixth of the time.
func worthSearching(block []byte, size int) bool {
	if size < len(block)/3 || len(block) < maxBlock { // The last block, or one that matches must have made small.
		return true
	}
	return size*leastGain < coded(block)*(leastGain-1)
}

// coded returns about how many bytes a block takes when it is Huffman-coded alone: its entropy, by one byte in
// sampleStep, which is odd so that no place in values of a fixed width is left out.
func coded(block []byte) int {
	const sampleStep = 13
	var counts [256]uint32
	total := uint32(0)
	for i := 0; i < len(block); i += sampleStep {
		counts[block[i]]++
		total++
	}
	sum := uint64(0)
	for _, n := range counts {
		if n > 0 {
			sum += uint64(n) * uint64(log2(total)-log2(n))
		}
	}
	return int(sum * sampleStep >> (fraction + 3))
}

// fraction is how many bits of log2's results are behind the point.
const fraction = 8

// log2 returns the logarithm of n, which is not 0, in whole numbers, so that it is the same on every machine:
// squaring a number doubles its logarithm, which gives one bit after the other.
func log2(n uint32) uint32 {
	exponent := uint32(bits.Len32(n) - 1)
	mantissa := uint64(n) << (31 - exponent) // 1 to 2, at 1<<31
	for range fraction {
		mantissa = mantissa * mantissa >> 31
		exponent <<= 1
		if mantissa >= 1<<32 {
			mantissa >>= 1
			exponent++
		}
	}
	return exponent
}
