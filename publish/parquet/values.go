package parquet

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/parquet"

	"github.com/bindery-data/bindery/schema"
)

// bools are a column of booleans, each a byte that is 0 or 1.
type bools struct {
	values         []uint8
	wide, gathered []uint8
}

func (c *bools) read(arr arrow.Array, l *levels) error {
	c.wide = c.wide[:0]
	if buffer := arr.Data().Buffers()[1]; buffer != nil {
		c.wide = appendBits(c.wide, buffer.Bytes(), arr.Data().Offset(), arr.Len())
	}
	c.values = gather(&c.gathered, c.wide, l)
	return nil
}

func (c *bools) choose(bool, bool) encoding             { return plain }
func (c *bools) dictionary(b []byte) ([]byte, int)      { return b, 0 }
func (c *bools) append(b []byte, start, end int) []byte { return appendFlags(b, c.values[start:end]) }
func (c *bools) size(start, end int) int                { return end - start }

func (c *bools) bounds() (low, high []byte) {
	if len(c.values) == 0 {
		return nil, nil
	}
	return []byte{slices.Min(c.values)}, []byte{slices.Max(c.values)}
}

func newDecimalColumn(f *schema.Field) column {
	d := decimals{field: f}
	typ, length, _ := storage(f)
	switch typ {
	case parquet.Types.Int32:
		return &narrowDecimals[uint32]{decimals: d, numbers: numbers[uint32]{order: signedOrder, integers: true}}
	case parquet.Types.Int64:
		return &narrowDecimals[uint64]{decimals: d, numbers: numbers[uint64]{order: signedOrder, integers: true}}
	}
	return &wideDecimals{decimals: d, length: length}
}

// decimals are the values of a column of decimals as Arrow has them.
type decimals struct {
	field    *schema.Field
	gathered []decimal128.Num
}

// read returns the values that l has, none of which has more digits than were declared.
func (d *decimals) read(arr arrow.Array, l *levels) ([]decimal128.Num, error) {
	values := gather(&d.gathered, arr.(*array.Decimal128).Values(), l)
	for _, v := range values {
		if !v.FitsInPrecision(d.field.Precision) {
			return nil, fmt.Errorf("%s has more than the %d digits declared", v.ToString(d.field.Scale), d.field.Precision)
		}
	}
	return values, nil
}

// narrowDecimals are decimals of up to 18 digits, which are integers.
type narrowDecimals[T uint32 | uint64] struct {
	numbers[T]
	decimals decimals
}

func (c *narrowDecimals[T]) read(arr arrow.Array, l *levels) error {
	values, err := c.decimals.read(arr, l)
	c.values = grown(c.values, len(values))
	for k, v := range values {
		c.values[k] = T(v.LowBits())
	}
	return err
}

// wideDecimals are decimals of more digits: big-endian two's complement of a fixed length.
type wideDecimals struct {
	decimals decimals
	length   int
	stored   []byte
}

func (c *wideDecimals) read(arr arrow.Array, l *levels) error {
	values, err := c.decimals.read(arr, l)
	c.stored = c.stored[:0]
	for _, v := range values {
		var wide [16]byte
		binary.BigEndian.PutUint64(wide[:], uint64(v.HighBits()))
		binary.BigEndian.PutUint64(wide[8:], v.LowBits())
		c.stored = append(c.stored, wide[16-c.length:]...)
	}
	return err
}

func (c *wideDecimals) choose(bool, bool) encoding        { return plain }
func (c *wideDecimals) dictionary(b []byte) ([]byte, int) { return b, 0 }
func (c *wideDecimals) size(start, end int) int           { return (end - start) * c.length }

func (c *wideDecimals) append(b []byte, start, end int) []byte {
	return append(b, c.stored[start*c.length:end*c.length]...)
}

func (c *wideDecimals) bounds() (low, high []byte) {
	for rest := c.stored; len(rest) > 0; rest = rest[c.length:] {
		v := rest[:c.length]
		if low == nil || lessSigned(v, low) {
			low = v
		}
		if high == nil || lessSigned(high, v) {
			high = v
		}
	}
	return low, high
}

// lessSigned compares big-endian two's complements of one length.
func lessSigned(a, b []byte) bool {
	if negative := a[0] >= 0x80; negative != (b[0] >= 0x80) {
		return negative
	}
	return bytes.Compare(a, b) < 0
}
