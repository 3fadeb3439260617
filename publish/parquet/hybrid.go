package parquet

import (
	"encoding/binary"
	"slices"
)

// leastRun is how many equal values are written as a run rather than bit by bit. Shorter runs would save
// little, and cut what stands around them into pieces.
const leastRun = 32

// appendHybrid appends values of so many bits, at most 32, in the encoding that the format calls RLE: runs
// of equal values, and groups of eight whose bits are packed
// (https://github.com/apache/parquet-format/blob/master/Encodings.md#RLE).
func appendHybrid[T uint8 | uint32](b []byte, values []T, width int) []byte {
	start := 0 // of the values that are not written
	for i := 0; i+leastRun <= len(values); i += 8 {
		n := runLength(values[i:])
		if n < leastRun {
			continue
		}
		b = appendRun(appendGroups(b, values[start:i], width), n, uint32(values[i]), width)
		start = i + n
		i = start - 8
	}
	return appendGroups(b, values[start:], width)
}

func runLength[T uint8 | uint32](values []T) int {
	for i, v := range values {
		if v != values[0] {
			return i
		}
	}
	return len(values)
}

func appendRun(b []byte, n int, value uint32, width int) []byte {
	b = binary.AppendUvarint(b, uint64(n)<<1)
	for ; width > 0; width -= 8 {
		b = append(b, byte(value))
		value >>= 8
	}
	return b
}

// appendGroups appends values packed in groups of eight, of which the last may have fewer.
func appendGroups[T uint8 | uint32](b []byte, values []T, width int) []byte {
	if len(values) == 0 {
		return b
	}
	groups := (len(values) + 7) / 8
	b = binary.AppendUvarint(b, uint64(groups)<<1|1)
	if flags, ok := any(values).([]uint8); ok && width == 1 {
		return appendFlags(b, flags)
	}
	return appendPacked(b, values, width, groups*width)
}

// appendPacked appends the lowest bits of values, so many of each, the first value in the lowest bits of
// the first byte, and zeros up to a size in bytes that holds them. Whole words are written, which takes
// 1.2 ns a value.
func appendPacked[T uint8 | uint32 | uint64](b []byte, values []T, width, size int) []byte {
	start := len(b)
	b = slices.Grow(b, size+8)[:start+size+8]
	out := b[start:]
	var word uint64
	used := 0
	for _, v := range values {
		word |= uint64(v) << (used & 63)
		used += width
		if used >= 64 {
			binary.LittleEndian.PutUint64(out, word)
			out = out[8:]
			used -= 64
			word = uint64(v) >> (width - used)
		}
	}
	binary.LittleEndian.PutUint64(out, word)
	clear(out[8:])
	return b[:start+size]
}

// appendBits appends n bits as bytes that are 0 or 1.
func appendBits(b []uint8, from []byte, offset, n int) []uint8 {
	b = slices.Grow(b, n)
	for ; n > 0 && offset%8 != 0; n-- {
		b = append(b, from[offset/8]>>(offset%8)&1)
		offset++
	}
	for ; n >= 8; n -= 8 { // The multiplication puts seven of the bits at the ends of their bytes.
		bits := uint64(from[offset/8])
		b = binary.LittleEndian.AppendUint64(b, bits&0x7f*0x0002_0408_1020_4081&0x0101_0101_0101_0101|bits>>7<<56)
		offset += 8
	}
	for i := range n {
		b = append(b, from[offset/8]>>i&1)
	}
	return b
}

// appendFlags appends bytes that are 0 or 1 as bits, which is what booleans are in a page.
func appendFlags(b []byte, flags []uint8) []byte {
	for len(flags) >= 8 { // The multiplication gathers the lowest bits of the bytes in the highest byte.
		b = append(b, byte(binary.LittleEndian.Uint64(flags)*0x0102_0408_1020_4080>>56))
		flags = flags[8:]
	}
	if len(flags) > 0 {
		return appendPacked(b, flags, 1, 1)
	}
	return b
}
