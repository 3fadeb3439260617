package publish

import (
	"encoding/binary"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// A keyColumn is one field's array in the batch at hand, ready to give the bytes of its values.
type keyColumn struct {
	values arrow.Array
	nulls  bool
	// rows are the rows of the slots, -1 where there is none; nil when they are the slots themselves.
	rows []int32

	// width is the size of a value; 0 for those of varying size, of which offsets tells the extents.
	width   int
	data    []byte
	offsets []int32
	bools   *array.Boolean
	float   bool
	scratch [8]byte
}

// bind sets the array; offsets of the slice that it may be are taken off here.
func (c *keyColumn) bind(arr arrow.Array, rows []int32) {
	*c = keyColumn{values: arr, nulls: arr.NullN() > 0, rows: rows}
	if arr.Len() == 0 {
		return
	}
	d := arr.Data()
	switch t := arr.DataType().(type) {
	case *arrow.BooleanType:
		c.bools, _ = arr.(*array.Boolean)
		c.width = 1
	case arrow.FixedWidthDataType:
		c.width = t.Bytes()
		c.data = d.Buffers()[1].Bytes()[d.Offset()*c.width:]
		c.float = t.ID() == arrow.FLOAT32 || t.ID() == arrow.FLOAT64
	default:
		c.offsets = arrow.Int32Traits.CastFromBytes(d.Buffers()[1].Bytes())[d.Offset():]
		if b := d.Buffers()[2]; b != nil {
			c.data = b.Bytes()
		}
	}
}

// bytes returns the bytes that stand for a value: until the next call, and not to be written to.
func (c *keyColumn) bytes(slot int) []byte {
	switch {
	case c.bools != nil:
		c.scratch[0] = 0
		if c.bools.Value(slot) {
			c.scratch[0] = 1
		}
		return c.scratch[:1]
	case c.offsets != nil:
		return c.data[c.offsets[slot]:c.offsets[slot+1]]
	}
	b := c.data[slot*c.width : (slot+1)*c.width]
	if c.float {
		return c.floatBytes(b)
	}
	return b
}

// floatBytes gives equal floats the same bytes, and NaN one form.
func (c *keyColumn) floatBytes(b []byte) []byte {
	var v float64
	if c.width == 4 {
		v = float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	} else {
		v = math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	switch {
	case v == 0:
		v = 0
	case v != v:
		v = math.NaN()
	}
	binary.LittleEndian.PutUint64(c.scratch[:], math.Float64bits(v))
	return c.scratch[:]
}

// appendTo appends a value so that what follows cannot be taken for a part of it.
func (c *keyColumn) appendTo(dst []byte, slot int) []byte {
	b := c.bytes(slot)
	if c.offsets != nil {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(len(b)))
	}
	return append(dst, b...)
}
