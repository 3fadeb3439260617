package parquet

import "encoding/binary"

// A field's head in Thrift's compact protocol is its type and how far its number is from that of the field before:
// this much for the next number.
const nextField = 1 << 4

// appendI32 appends the next field of a struct.
func appendI32(b []byte, v int) []byte {
	return binary.AppendVarint(append(b, nextField|compactI32), int64(v))
}

// appendI64 appends the field whose number is so much greater than that of the one before.
func appendI64(b []byte, step byte, v int64) []byte {
	return binary.AppendVarint(append(b, step*nextField|compactI64), v)
}

// appendBinary appends the field whose number is so much greater than that of the one before.
func appendBinary(b []byte, step byte, v []byte) []byte {
	b = binary.AppendUvarint(append(b, step*nextField|compactBinary), uint64(len(v)))
	return append(b, v...)
}

// appendListHead appends what is before the n elements of a list.
func appendListHead(b []byte, n int, typ byte) []byte {
	if n < 15 {
		return append(b, byte(n)<<4|typ)
	}
	return binary.AppendUvarint(append(b, 15<<4|typ), uint64(n))
}
