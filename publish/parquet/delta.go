package parquet

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// Differences are packed in blocks of four miniblocks, each with a width of its own.
const (
	deltaBlock = 128
	deltaMini  = 32
)

// appendDelta appends values as DELTA_BINARY_PACKED, where integers are their differences
// (https://github.com/apache/parquet-format/blob/master/Encodings.md#DELTAENC). Differences and their
// distances from the block's least one wrap as integers of the values' width do. It takes 3 ns a value.
func appendDelta[T uint32 | uint64](b []byte, values []T) []byte {
	b = binary.AppendUvarint(b, deltaBlock)
	b = binary.AppendUvarint(b, deltaBlock/deltaMini)
	b = binary.AppendUvarint(b, uint64(len(values)))
	if len(values) == 0 {
		return append(b, 0)
	}
	b = binary.AppendVarint(b, signed(values[0]))
	var block [deltaBlock]T
	for i := 1; i < len(values); i += deltaBlock {
		n := min(deltaBlock, len(values)-i)
		least, widths := differences(&block, values[i-1:i+n])
		b = binary.AppendVarint(b, least)
		b = append(b, widths[:]...)
		for mini, width := range widths {
			if start := mini * deltaMini; start < n {
				b = appendPacked(b, block[start:start+deltaMini], int(width), deltaMini/8*int(width))
			}
		}
	}
	return b
}

// differences sets block to the differences between values, less the least one, and returns that and the
// bits that each miniblock needs. What lies behind the last difference is zero.
func differences[T uint32 | uint64](block *[deltaBlock]T, values []T) (least int64, widths [deltaBlock / deltaMini]uint8) {
	least = 1<<63 - 1
	n := len(values) - 1
	last := values[0]
	for i, v := range values[1:] {
		block[i&(deltaBlock-1)] = v - last
		least = min(least, signed(v-last))
		last = v
	}
	clear(block[n:])
	for mini := range widths {
		var all T
		for i := mini * deltaMini; i < min(n, (mini+1)*deltaMini); i++ {
			block[i] -= T(least)
			all |= block[i]
		}
		widths[mini] = uint8(bits.Len64(uint64(all)))
	}
	return least, widths
}

// deltaBits returns about how many bits each of a chunk's values takes as DELTA_BINARY_PACKED: exactly so
// many as those of a few blocks that stand evenly over the chunk.
func deltaBits[T uint32 | uint64](values []T) int {
	const blocks = 8
	var block [deltaBlock]T
	total, n := 0, 0
	for _, start := range sample(nil, max(len(values)-1, 0), blocks) {
		end := min(start+deltaBlock+1, len(values))
		_, widths := differences(&block, values[start:end])
		for _, width := range widths {
			total += int(width) * deltaMini
		}
		n += end - start - 1
	}
	return total / max(n, 1)
}

// signed is the integer whose two's complement v is.
func signed[T uint32 | uint64](v T) int64 {
	if unsafe.Sizeof(v) == 4 {
		return int64(int32(v))
	}
	return int64(v)
}
