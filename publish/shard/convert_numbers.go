package shard

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/float16"

	"github.com/bindery-data/bindery/schema"
)

// An appendValue appends one value of a file, or returns why it cannot.
type appendValue[T arrow.FixedWidthType] func(c *column, v T) (fault string)

// appendFixed returns the appendFunc of a type of fixed width.
func appendFixed[T arrow.FixedWidthType](add appendValue[T], show func(T) string) appendFunc {
	return func(x *conversion, c *column, a arrow.Array, from, to int) {
		if from == to {
			return
		}
		isNull := nulls(a)
		for i, v := range arrow.GetValues[T](a.Data(), 1)[from:to] {
			if isNull != nil && isNull(from+i) {
				c.appendNull()
			} else if fault := add(c, v); fault != "" {
				x.fault(c, from+i, schema.TypeError, fault, show(v))
			}
		}
	}
}

func showNumber[T any](v T) string { return fmt.Sprint(v) }

// appendSame is the appendFunc of a type whose values are a column's own, byte for byte.
func appendSame[T arrow.FixedWidthType](x *conversion, c *column, a arrow.Array, from, to int) {
	if from == to {
		return
	}
	values := arrow.GetValues[T](a.Data(), 1)[from:to]
	if nulls(a) == nil {
		c.appendRun(arrow.GetBytes(values), to-from)
		return
	}
	for i := range values {
		if a.IsNull(from + i) {
			c.appendNull()
		} else {
			c.appendRun(arrow.GetBytes(values[i:i+1]), 1)
		}
	}
}

// appendRun appends n values of fixed width that lie in raw one after the other.
func (c *column) appendRun(raw []byte, n int) {
	c.fixed = append(c.fixed, raw...)
	c.n += n
}

func appendBools(x *conversion, c *column, a arrow.Array, from, to int) {
	bools := a.(*array.Boolean)
	for i := from; i < to; i++ {
		if a.IsNull(i) {
			c.appendNull()
		} else {
			c.appendBool(bools.Value(i))
		}
	}
}

// appendIntegers returns the appendFunc of an integer type, or nil for another type.
func appendIntegers(from arrow.Type, signed appendValue[int64], unsigned appendValue[uint64]) appendFunc {
	switch from {
	case arrow.INT8:
		return widenSigned[int8](signed)
	case arrow.INT16:
		return widenSigned[int16](signed)
	case arrow.INT32:
		return widenSigned[int32](signed)
	case arrow.INT64:
		return widenSigned[int64](signed)
	case arrow.UINT8:
		return widenUnsigned[uint8](unsigned)
	case arrow.UINT16:
		return widenUnsigned[uint16](unsigned)
	case arrow.UINT32:
		return widenUnsigned[uint32](unsigned)
	case arrow.UINT64:
		return widenUnsigned[uint64](unsigned)
	}
	return nil
}

func widenSigned[T int8 | int16 | int32 | int64](add appendValue[int64]) appendFunc {
	return appendFixed(func(c *column, v T) string { return add(c, int64(v)) }, showNumber)
}

func widenUnsigned[T uint8 | uint16 | uint32 | uint64](add appendValue[uint64]) appendFunc {
	return appendFixed(func(c *column, v T) string { return add(c, uint64(v)) }, showNumber)
}

// planInteger returns what converts a type to an integer field, or nil.
func planInteger(t schema.Type, from arrow.Type) appendFunc {
	if same, ok := sameIntegers[t]; ok && same.from == from {
		return same.append
	}
	low, high, fault := int64(0), uint64(0), ""
	if t.Unsigned() {
		high = t.UintMax()
		fault = fmt.Sprintf("does not fit %s (0 to %d)", t, high)
	} else {
		least, greatest := t.IntRange()
		low, high = least, uint64(greatest)
		fault = fmt.Sprintf("does not fit %s (%d to %d)", t, low, high)
	}
	return appendIntegers(from, func(c *column, v int64) string {
		if v < low || v > 0 && uint64(v) > high {
			return fault
		}
		c.appendInt(v)
		return ""
	}, func(c *column, v uint64) string {
		if v > high {
			return fault
		}
		c.appendUint(v)
		return ""
	})
}

// sameIntegers are the quick ways where the file's type is the declared one.
var sameIntegers = map[schema.Type]struct {
	from   arrow.Type
	append appendFunc
}{
	schema.Int8:   {arrow.INT8, appendSame[int8]},
	schema.Int16:  {arrow.INT16, appendSame[int16]},
	schema.Int32:  {arrow.INT32, appendSame[int32]},
	schema.Int64:  {arrow.INT64, appendSame[int64]},
	schema.Uint8:  {arrow.UINT8, appendSame[uint8]},
	schema.Uint16: {arrow.UINT16, appendSame[uint16]},
	schema.Uint32: {arrow.UINT32, appendSame[uint32]},
	schema.Uint64: {arrow.UINT64, appendSame[uint64]},
}

// planFloat returns what converts a type to a float field, or nil.
func planFloat(t schema.Type, from arrow.Type) appendFunc {
	fault := "cannot be held by " + t.String() + " exactly"
	switch from {
	case arrow.FLOAT16:
		return appendFixed(func(c *column, v float16.Num) string {
			c.appendFloat(float64(v.Float32()))
			return ""
		}, float16.Num.String)
	case arrow.FLOAT32:
		if t == schema.Float32 {
			return appendSame[float32]
		}
		return appendFixed(func(c *column, v float32) string {
			c.appendFloat(float64(v))
			return ""
		}, showNumber)
	case arrow.FLOAT64:
		if t == schema.Float64 {
			return appendSame[float64]
		}
		return appendFixed(func(c *column, v float64) string {
			if narrow := float64(float32(v)); narrow != v && v == v {
				return fault
			}
			c.appendFloat(v)
			return ""
		}, showNumber)
	}
	return appendIntegers(from, func(c *column, v int64) string {
		// An integer near the end of its range rounds up to a power of two that does not convert back.
		f := roundTo(t, float64(v))
		if f >= 1<<63 || int64(f) != v {
			return fault
		}
		c.appendFloat(f)
		return ""
	}, func(c *column, v uint64) string {
		f := roundTo(t, float64(v))
		if f >= 1<<64 || uint64(f) != v {
			return fault
		}
		c.appendFloat(f)
		return ""
	})
}

// roundTo returns the value that a float of type t holds for v.
func roundTo(t schema.Type, v float64) float64 {
	if t == schema.Float32 {
		return float64(float32(v))
	}
	return v
}
