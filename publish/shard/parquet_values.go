package shard

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/schema"
)

// A slotSpacer puts values into the slots that have one.
type slotSpacer struct {
	slots, nulls int
	valid        []byte
}

// spread puts values of a width into their slots, with zeros in the others.
func (s *slotSpacer) spread(values []byte, width int) []byte {
	if s.nulls == 0 {
		return values
	}
	spread := make([]byte, s.slots*width)
	for i := range s.slots {
		if s.valid[i/8]>>(i%8)&1 == 1 {
			copy(spread[i*width:], values[:width])
			values = values[width:]
		}
	}
	return spread
}

// offsets returns where the values of varying width begin in their data, and where the last one ends.
func (s *slotSpacer) offsets(ends []int32) []int32 {
	offsets := make([]int32, 1, s.slots+1)
	if s.nulls == 0 {
		return append(offsets, ends...)
	}
	last := int32(0)
	for i := range s.slots {
		if s.valid[i/8]>>(i%8)&1 == 1 {
			last, ends = ends[0], ends[1:]
		}
		offsets = append(offsets, last)
	}
	return offsets
}

// packBits makes a bitmap of booleans of a byte each.
func packBits(bools []byte) []byte {
	bits := make([]byte, (len(bools)+7)/8)
	for i, b := range bools {
		bits[i/8] |= b << (i % 8)
	}
	return bits
}

// buffers returns the buffers of a column's array, the first of which is its bitmap's place.
func (c *leafColumn) buffers(s *slotSpacer) ([]*memory.Buffer, error) {
	if t, ok := c.leaf.typ.(arrow.DecimalType); ok {
		width := t.(arrow.FixedWidthDataType).BitWidth() / 8
		values, err := c.decimals(width)
		if err != nil {
			return nil, err
		}
		return fixedBuffers(s.spread(values, width)), nil
	}
	switch c.leaf.physical {
	case physicalBool:
		return fixedBuffers(packBits(s.spread(c.fixed, 1))), nil
	case physicalInt96:
		values, err := c.julianTimes()
		if err != nil {
			return nil, err
		}
		return fixedBuffers(s.spread(values, 8)), nil
	case physicalBytes:
		offsets := memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(s.offsets(c.ends)))
		return []*memory.Buffer{nil, offsets, memory.NewBufferBytes(c.data)}, nil
	}
	return fixedBuffers(s.spread(c.fixed, c.leaf.width)), nil
}

func fixedBuffers(values []byte) []*memory.Buffer {
	return []*memory.Buffer{nil, memory.NewBufferBytes(values)}
}

// decimals returns decimals as Arrow has them: little-endian, of width bytes each.
func (c *leafColumn) decimals(width int) ([]byte, error) {
	values := make([]byte, 0, len(c.fixed)/max(c.leaf.width, 1)*width)
	if c.leaf.width == 0 {
		begin := int32(0)
		for _, end := range c.ends {
			var ok bool
			if values, ok = appendBigEndian(values, c.data[begin:end], width); !ok {
				return nil, malformed("column %s has a decimal that is too long for its type", schema.Quote(c.leaf.path))
			}
			begin = end
		}
		return values, nil
	}
	for v := c.fixed; len(v) > 0; v = v[c.leaf.width:] {
		value := v[:c.leaf.width]
		if c.leaf.physical != physicalFixed {
			value = slices.Clone(value)
			slices.Reverse(value)
		}
		var ok bool
		if values, ok = appendBigEndian(values, value, width); !ok {
			return nil, malformed("column %s has a decimal that is too long for its type", schema.Quote(c.leaf.path))
		}
	}
	return values, nil
}

// appendBigEndian appends a two's complement number, the highest byte of which comes first, with the
// lowest first and in width bytes, if it fits.
func appendBigEndian(dst, v []byte, width int) ([]byte, bool) {
	sign := byte(0)
	if len(v) > 0 && v[0]&0x80 != 0 {
		sign = 0xff
	}
	for len(v) > width {
		if v[0] != sign || v[1]&0x80 != sign&0x80 {
			return dst, false
		}
		v = v[1:]
	}
	for i := len(v) - 1; i >= 0; i-- {
		dst = append(dst, v[i])
	}
	for range width - len(v) {
		dst = append(dst, sign)
	}
	return dst, true
}

// julianTimes returns INT96 timestamps, which are nanoseconds of a day and the day's Julian number, as
// nanoseconds since 1970 began.
func (c *leafColumn) julianTimes() ([]byte, error) {
	const epoch, day = 2440588, 24 * 60 * 60 * 1_000_000_000
	values := make([]byte, 0, len(c.fixed)/12*8)
	for v := c.fixed; len(v) > 0; v = v[12:] {
		nanoseconds := int64(binary.LittleEndian.Uint64(v))
		days := int64(binary.LittleEndian.Uint32(v[8:])) - epoch
		if nanoseconds < 0 || nanoseconds >= day || days < math.MinInt64/day || days >= math.MaxInt64/day {
			return nil, damage(schema.FormatError,
				"column "+schema.Quote(c.leaf.path)+" has an INT96 timestamp outside of the years 1678 to 2261",
				"Write the column as timestamps of microseconds, which INT96 was given up for.")
		}
		values = binary.LittleEndian.AppendUint64(values, uint64(days*day+nanoseconds))
	}
	return values, nil
}
