package parquet

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/parquet"

	"github.com/bindery-data/bindery/schema"
)

// A kind is how values of one declared type become values of a Parquet type.
type kind[T any] struct {
	// view returns what reads the slots of an array.
	view func(arrow.Array) func(slot int) T
	// fault says what was wrong with a value that was read; nil means that nothing can be.
	fault func() error
	// less is the order that statistics use.
	less func(a, b T) bool
	// encode appends a value as statistics hold it.
	encode func([]byte, T) []byte
	// size is the bytes of a value in a page; nil where all have width bytes.
	size  func(T) int
	width int
	// unordered reports values that have no place in the order; nil means that all have one.
	unordered func(T) bool
	// widen makes bounds cover all that compares equal to them; nil means that nothing else does.
	widen func(low, high T) (T, T)
	// dictionary says that equal values have equal bytes, delta that values are 64-bit integers.
	dictionary, delta bool
}

// newColumn returns what writes the column of a field that is not nested.
func newColumn(f *schema.Field) column {
	switch f.Type {
	case schema.String, schema.JSON, schema.Binary:
		return &typed[parquet.ByteArray]{kind: byteArrays()}
	case schema.Bool:
		return &typed[bool]{kind: bools()}
	case schema.Int8:
		return &typed[int32]{kind: small[int8](arrow.Int8Traits.CastFromBytes)}
	case schema.Int16:
		return &typed[int32]{kind: small[int16](arrow.Int16Traits.CastFromBytes)}
	case schema.Uint8:
		return &typed[int32]{kind: small[uint8](arrow.Uint8Traits.CastFromBytes)}
	case schema.Uint16:
		return &typed[int32]{kind: small[uint16](arrow.Uint16Traits.CastFromBytes)}
	case schema.Float32:
		return &typed[float32]{kind: float32s()}
	case schema.Float64:
		return &typed[float64]{kind: float64s()}
	case schema.Decimal:
		return newDecimalColumn(f)
	}
	if typ, _, _ := storage(f); typ == parquet.Types.Int32 {
		return &typed[int32]{kind: int32s(f.Type.Unsigned())}
	}
	return &typed[int64]{kind: int64s(f.Type.Unsigned())}
}

// fixed returns the values of a fixed-width array, reinterpreted by cast.
func fixed[S any](arr arrow.Array, cast func([]byte) []S) []S {
	buffer := arr.Data().Buffers()[1]
	if buffer == nil {
		return nil
	}
	return cast(buffer.Bytes())[arr.Data().Offset():][:arr.Len()]
}

func int32s(unsigned bool) kind[int32] {
	k := kind[int32]{width: 4, dictionary: true, less: cmp.Less[int32], encode: encodeInt32}
	if unsigned {
		k.less = func(a, b int32) bool { return uint32(a) < uint32(b) }
	}
	k.view = func(arr arrow.Array) func(int) int32 {
		values := fixed(arr, arrow.Int32Traits.CastFromBytes)
		return func(slot int) int32 { return values[slot] }
	}
	return k
}

func int64s(unsigned bool) kind[int64] {
	k := kind[int64]{width: 8, dictionary: true, delta: true, less: cmp.Less[int64], encode: encodeInt64}
	if unsigned {
		k.less = func(a, b int64) bool { return uint64(a) < uint64(b) }
	}
	k.view = func(arr arrow.Array) func(int) int64 {
		values := fixed(arr, arrow.Int64Traits.CastFromBytes)
		return func(slot int) int64 { return values[slot] }
	}
	return k
}

// small are integers of 8 and 16 bits, which Parquet stores in 32.
func small[S int8 | int16 | uint8 | uint16](cast func([]byte) []S) kind[int32] {
	k := int32s(false)
	k.view = func(arr arrow.Array) func(int) int32 {
		values := fixed(arr, cast)
		return func(slot int) int32 { return int32(values[slot]) }
	}
	return k
}

func float32s() kind[float32] {
	return kind[float32]{
		width: 4, less: func(a, b float32) bool { return a < b }, unordered: isNaN[float32], widen: signedZeros[float32],
		encode: func(b []byte, v float32) []byte {
			return binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		},
		view: func(arr arrow.Array) func(int) float32 {
			values := fixed(arr, arrow.Float32Traits.CastFromBytes)
			return func(slot int) float32 { return values[slot] }
		},
	}
}

func float64s() kind[float64] {
	return kind[float64]{
		width: 8, less: func(a, b float64) bool { return a < b }, unordered: isNaN[float64], widen: signedZeros[float64],
		encode: func(b []byte, v float64) []byte {
			return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		},
		view: func(arr arrow.Array) func(int) float64 {
			values := fixed(arr, arrow.Float64Traits.CastFromBytes)
			return func(slot int) float64 { return values[slot] }
		},
	}
}

func isNaN[T float32 | float64](v T) bool { return v != v }

// signedZeros lets a bound of zero stand for both zeros, as the specification asks.
func signedZeros[T float32 | float64](low, high T) (T, T) {
	if low == 0 {
		low = T(math.Copysign(0, -1))
	}
	if high == 0 {
		high = 0
	}
	return low, high
}

func bools() kind[bool] {
	return kind[bool]{
		width: 1, less: func(a, b bool) bool { return !a && b },
		encode: func(b []byte, v bool) []byte {
			if v {
				return append(b, 1)
			}
			return append(b, 0)
		},
		view: func(arr arrow.Array) func(int) bool { return arr.(*array.Boolean).Value },
	}
}

func byteArrays() kind[parquet.ByteArray] {
	return kind[parquet.ByteArray]{
		dictionary: true,
		size:       func(v parquet.ByteArray) int { return 4 + len(v) },
		less:       func(a, b parquet.ByteArray) bool { return bytes.Compare(a, b) < 0 },
		encode:     func(b []byte, v parquet.ByteArray) []byte { return append(b, v...) },
		view: func(arr arrow.Array) func(int) parquet.ByteArray {
			buffers := arr.Data().Buffers()
			if buffers[1] == nil || buffers[2] == nil {
				return func(int) parquet.ByteArray { return parquet.ByteArray{} }
			}
			offsets := arrow.Int32Traits.CastFromBytes(buffers[1].Bytes())[arr.Data().Offset():]
			data := buffers[2].Bytes()
			return func(slot int) parquet.ByteArray { return data[offsets[slot]:offsets[slot+1]] }
		},
	}
}

func newDecimalColumn(f *schema.Field) column {
	d := &decimals{field: f}
	typ, length, _ := storage(f)
	switch typ {
	case parquet.Types.Int32:
		k := int32s(false)
		k.fault = d.fault
		k.view = func(arr arrow.Array) func(int) int32 {
			d.read(arr)
			return func(slot int) int32 { return int32(d.value(slot).LowBits()) }
		}
		return &typed[int32]{kind: k}
	case parquet.Types.Int64:
		k := int64s(false)
		k.fault = d.fault
		k.view = func(arr arrow.Array) func(int) int64 {
			d.read(arr)
			return func(slot int) int64 { return int64(d.value(slot).LowBits()) }
		}
		return &typed[int64]{kind: k}
	}
	return &typed[parquet.FixedLenByteArray]{kind: fixedDecimals(d, length)}
}

// decimals reads arrays of decimals and remembers a value that has more digits than were declared.
type decimals struct {
	field  *schema.Field
	values []decimal128.Num
	wrong  *decimal128.Num
}

func (d *decimals) read(arr arrow.Array) { d.values, d.wrong = arr.(*array.Decimal128).Values(), nil }

func (d *decimals) value(slot int) decimal128.Num {
	v := d.values[slot]
	if !v.FitsInPrecision(d.field.Precision) {
		d.wrong = &v
	}
	return v
}

func (d *decimals) fault() error {
	if d.wrong == nil {
		return nil
	}
	return fmt.Errorf("%s has more than the %d digits declared", d.wrong.ToString(d.field.Scale), d.field.Precision)
}

// fixedDecimals are decimals of more than 18 digits: big-endian two's complement.
func fixedDecimals(d *decimals, length int) kind[parquet.FixedLenByteArray] {
	var stored []byte
	return kind[parquet.FixedLenByteArray]{
		width: length, fault: d.fault,
		less: func(a, b parquet.FixedLenByteArray) bool {
			if negative := a[0] >= 0x80; negative != (b[0] >= 0x80) {
				return negative
			}
			return bytes.Compare(a, b) < 0
		},
		encode: func(b []byte, v parquet.FixedLenByteArray) []byte { return append(b, v...) },
		view: func(arr arrow.Array) func(int) parquet.FixedLenByteArray {
			d.read(arr)
			stored = grown(stored, arr.Len()*length)
			return func(slot int) parquet.FixedLenByteArray {
				var wide [16]byte
				v := d.value(slot)
				binary.BigEndian.PutUint64(wide[:], uint64(v.HighBits()))
				binary.BigEndian.PutUint64(wide[8:], v.LowBits())
				out := stored[slot*length:][:length]
				copy(out, wide[16-length:])
				return out
			}
		},
	}
}

func encodeInt32(b []byte, v int32) []byte { return binary.LittleEndian.AppendUint32(b, uint32(v)) }
func encodeInt64(b []byte, v int64) []byte { return binary.LittleEndian.AppendUint64(b, uint64(v)) }
