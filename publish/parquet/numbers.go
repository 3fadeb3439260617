package parquet

import (
	"encoding/binary"
	"math"
	"math/bits"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
)

// numbers are a column of 32 or 64 bits, which T has as they are, whatever they mean.
type numbers[T uint32 | uint64] struct {
	// view returns the values of all slots of an array.
	view func(arrow.Array) []T
	// order is what the bits mean to bounds.
	order order
	// integers may be written as differences.
	integers bool

	values   []T
	gathered []T
	sampled  []int // of which the values are looked at first
	how      encoding
	distinct distinctNumbers[T]
}

func (c *numbers[T]) read(arr arrow.Array, l *levels) error {
	c.values = gather(&c.gathered, c.view(arr), l)
	return nil
}

func (c *numbers[T]) width() int {
	var v T
	return int(unsafe.Sizeof(v))
}

func (c *numbers[T]) size(start, end int) int { return (end - start) * c.width() }

// choose takes the encoding with the fewest bits. Differences have to save a sixteenth, which is less than
// compression finds in plain integers, since it finds no more in packed ones.
func (c *numbers[T]) choose(enumeration, differences bool) encoding {
	c.how = plain
	n := len(c.values)
	if n == 0 {
		return c.how
	}
	best := 8 * c.width() * 15 / 16
	if c.integers && differences {
		if d := deltaBits(c.values); d < best {
			c.how, best = delta, d
		}
	}
	if !enumeration && !c.repeats(best) || !c.distinct.index(c.values, maxDictionary/c.width()) {
		return c.how
	}
	if enumeration || dictionaryBits(len(c.distinct.values), c.width(), n) <= best {
		c.how = dictionary
	}
	return c.how
}

// repeats reports whether a sample promises a dictionary that takes at most so many bits a value.
func (c *numbers[T]) repeats(best int) bool {
	c.sampled = sample(c.sampled, len(c.values), sampleSize)
	c.distinct.reset(len(c.sampled))
	for _, i := range c.sampled {
		c.distinct.add(c.values[i])
		if len(c.distinct.values) > len(c.sampled)/dictionaryShare {
			return false
		}
	}
	return dictionaryBits(len(c.distinct.values), c.width(), len(c.values)) <= best
}

// dictionaryBits returns how many bits a value takes where so many of n are different and have a size in
// bytes.
func dictionaryBits(distinct, size, n int) int {
	return bits.Len(uint(distinct-1)) + 8*distinct*size/n
}

func (c *numbers[T]) dictionary(b []byte) ([]byte, int) {
	return appendNumbers(b, c.distinct.values), len(c.distinct.values)
}

func (c *numbers[T]) append(b []byte, start, end int) []byte {
	switch c.how {
	case dictionary:
		return appendIndices(b, c.distinct.indices[start:end], len(c.distinct.values))
	case delta:
		return appendDelta(b, c.values[start:end])
	}
	return appendNumbers(b, c.values[start:end])
}

func appendNumbers[T uint32 | uint64](b []byte, values []T) []byte {
	for _, v := range values {
		if unsafe.Sizeof(v) == 4 {
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		} else {
			b = binary.LittleEndian.AppendUint64(b, uint64(v))
		}
	}
	return b
}

// An order says how bits compare: as the signed integer that they are after some of them are turned. So
// one loop finds the bounds of every type, which takes 1.1 ns a value.
type order struct {
	// flip are the bits that are turned in every value, fold those that are turned where the sign is set.
	flip, fold int64
	// top is the greatest integer that stands for a value with a place in the order, and ^top the least.
	top int64
}

// In the orders of floats a negative zero stands right before the positive one, and beyond the infinities
// there are the bits that are no number.
var (
	signedOrder     = order{top: math.MaxInt64}
	unsignedOrder32 = order{top: math.MaxInt64, flip: math.MinInt32}
	unsignedOrder64 = order{top: math.MaxInt64, flip: math.MinInt64}
	float32Order    = order{top: 0x7f80_0000, fold: math.MaxInt32}
	float64Order    = order{top: 0x7ff0_0000_0000_0000, fold: math.MaxInt64}
)

func (c *numbers[T]) bounds() (low, high []byte) {
	values := c.values
	if c.how == dictionary {
		values = c.distinct.values
	}
	least, greatest, ok := extremes(values, c.order)
	if !ok {
		return nil, nil
	}
	return appendNumbers(nil, []T{least}), appendNumbers(nil, []T{greatest})
}

// extremes returns the least and the greatest value in an order, if there is any that has a place in it.
// Zeros stand for both zeros where there are two, as the specification asks.
func extremes[T uint32 | uint64](values []T, o order) (least, greatest T, ok bool) {
	low, high := int64(math.MaxInt64), int64(math.MinInt64)
	for _, v := range values {
		k := o.key(signed(v))
		if k > o.top || k < ^o.top {
			continue
		}
		low, high = min(low, k), max(high, k)
	}
	if o.fold != 0 && low == 0 {
		low = -1
	}
	if o.fold != 0 && high == -1 {
		high = 0
	}
	return T(o.bits(low)), T(o.bits(high)), low <= high
}

func (o *order) key(bits int64) int64 {
	k := bits ^ o.flip
	return k ^ k>>63&o.fold
}

// bits undoes key.
func (o *order) bits(key int64) int64 { return key ^ key>>63&o.fold ^ o.flip }

// fixed32 and fixed64 view arrays of 32 and 64 bits, whatever they mean.
func fixed32(arr arrow.Array) []uint32 { return fixed(arr, arrow.Uint32Traits.CastFromBytes) }
func fixed64(arr arrow.Array) []uint64 { return fixed(arr, arrow.Uint64Traits.CastFromBytes) }

// small views integers of 8 and 16 bits, which Parquet stores in 32.
func small[S int8 | int16 | uint8 | uint16](cast func([]byte) []S) func(arrow.Array) []uint32 {
	var wide []uint32
	return func(arr arrow.Array) []uint32 {
		values := fixed(arr, cast)
		wide = grown(wide, len(values))
		for i, v := range values {
			wide[i] = uint32(v)
		}
		return wide
	}
}
