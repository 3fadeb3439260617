package shard

import (
	"encoding/binary"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/schema"
)

// A column is the values of one field, in the layout of an Arrow array, growing. Decoders append to it
// directly; its buffers are reused from batch to batch.
type column struct {
	// width is the bytes of a fixed-width slot; 0 for the others.
	width int
	// n is how many slots there are, nulls how many of them are null.
	n, nulls int
	// valid is the validity bitmap up to the last null or beyond it. Slots that it does not reach are valid,
	// so that a value leaves it alone; the bits past the last slot are set.
	valid []byte
	// fixed holds the values of fixed-width types, little-endian; a bool is one byte until batch time.
	fixed []byte
	// offsets and data hold the values of string, binary and json; offsets alone the extents of lists
	// and maps. offsets always has n+1 entries for those types.
	offsets []int32
	data    []byte
	// children are the items of a list, the values of a map, the fields of a struct.
	children []*column
	// keys are a map's keys.
	keys *column
	// faults are the slots that are null because a finding says why.
	faults []int32
	// bits is the packed form of a bool column, made at batch time.
	bits []byte

	field *schema.Field
}

// keyField is the field of every map's keys, which a declaration does not describe.
var keyField = &schema.Field{Name: "key", Type: schema.String, Constraints: schema.Constraints{Required: true}}

func newColumn(f *schema.Field) *column {
	c := &column{field: f, width: width(f)}
	if f.Type.Bytes() || f.Type == schema.List || f.Type == schema.Map {
		c.offsets = []int32{0}
	}
	if f.Type == schema.Map {
		c.keys = newColumn(keyField)
	}
	for _, child := range f.Children() {
		c.children = append(c.children, newColumn(child))
	}
	return c
}

func width(f *schema.Field) int {
	switch f.Type {
	case schema.Bool, schema.Int8, schema.Uint8:
		return 1
	case schema.Int16, schema.Uint16:
		return 2
	case schema.Int32, schema.Uint32, schema.Float32, schema.Date:
		return 4
	case schema.Int64, schema.Uint64, schema.Float64, schema.Timestamp:
		return 8
	case schema.Time:
		if f.Unit == arrow.Millisecond {
			return 4
		}
		return 8
	case schema.Decimal:
		return 16
	}
	return 0
}

// size returns the bytes that the column's values hold.
func (c *column) size() int {
	n := len(c.fixed) + 4*len(c.offsets) + len(c.data) + c.n/8
	for _, child := range c.children {
		n += child.size()
	}
	if c.keys != nil {
		n += c.keys.size()
	}
	return n
}

// reserve makes room for so many times what the column holds.
func (c *column) reserve(times float64) {
	c.fixed = reserve(c.fixed, times)
	c.offsets = reserve(c.offsets, times)
	c.data = reserve(c.data, times)
	c.valid = reserve(c.valid, times)
	for _, child := range c.children {
		child.reserve(times)
	}
	if c.keys != nil {
		c.keys.reserve(times)
	}
}

// reserve returns s with a capacity of so many times its length. slices.Grow would touch all of the new memory,
// which took 2 % of the CPU of a build of text.
func reserve[T any](s []T, times float64) []T {
	want := int(float64(len(s)) * times)
	if want <= cap(s) {
		return s
	}
	grown := make([]T, len(s), want)
	copy(grown, s)
	return grown
}

// appendNull appends a null.
func (c *column) appendNull() {
	n := uint(c.n)
	if n/8 >= uint(len(c.valid)) {
		c.extendBitmap()
	}
	c.valid[n/8] &^= 1 << (n % 8)
	c.nulls++
	switch c.width {
	case 8:
		c.append64(0)
	case 4:
		c.append32(0)
	case 0:
		c.appendNothing()
	default:
		c.fixed = append(c.fixed, zeros[:c.width]...)
	}
	c.n++
}

// extendBitmap makes the bitmap reach the next slot, and some more.
func (c *column) extendBitmap() {
	for c.n/8 >= len(c.valid) {
		c.valid = binary.LittleEndian.AppendUint64(c.valid, math.MaxUint64)
	}
}

var zeros [16]byte

// appendNothing appends what a null has in a column whose values vary in size, or that is a struct.
func (c *column) appendNothing() {
	if c.offsets != nil {
		c.offsets = append(c.offsets, c.offsets[len(c.offsets)-1])
		return
	}
	for _, child := range c.children {
		child.appendNull()
	}
}

// appendFault appends a null in place of a value that a finding was made about.
func (c *column) appendFault() {
	c.faults = append(c.faults, int32(c.n))
	c.appendNull()
}

// appended counts the slot whose value was just appended to fixed, data or the children.
func (c *column) appended() { c.n++ }

func (c *column) isNull(slot int) bool {
	return slot/8 < len(c.valid) && c.valid[slot/8]>>(slot%8)&1 == 0
}

// append64 and append32 append a value's bytes. Appended where they stand, they are stored at once, and only the length is
// stored with them: what the functions of encoding/binary return is stored as a whole slice.
func (c *column) append64(v uint64) {
	c.fixed = append(c.fixed, byte(v), byte(v>>8), byte(v>>16), byte(v>>24), byte(v>>32), byte(v>>40), byte(v>>48), byte(v>>56))
}

func (c *column) append32(v uint32) {
	c.fixed = append(c.fixed, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
}

// appendInt appends a signed integer, date, time or timestamp that fits the field.
func (c *column) appendInt(v int64) {
	switch c.width {
	case 8:
		c.append64(uint64(v))
	case 4:
		c.append32(uint32(v))
	case 2:
		c.fixed = binary.LittleEndian.AppendUint16(c.fixed, uint16(v))
	default:
		c.fixed = append(c.fixed, byte(v))
	}
	c.appended()
}

// appendUint appends an unsigned integer that fits the field.
func (c *column) appendUint(v uint64) { c.appendInt(int64(v)) }

// appendFloat appends a value to a float32 or float64 column; for float32, v is one already.
func (c *column) appendFloat(v float64) {
	if c.width == 4 {
		c.append32(math.Float32bits(float32(v)))
	} else {
		c.append64(math.Float64bits(v))
	}
	c.appended()
}

func (c *column) appendBool(v bool) {
	b := byte(0)
	if v {
		b = 1
	}
	c.fixed = append(c.fixed, b)
	c.appended()
}

func (c *column) appendDecimal(v decimal128.Num) {
	c.append64(v.LowBits())
	c.append64(uint64(v.HighBits()))
	c.appended()
}

// appendBytes appends a string, binary or json value.
func (c *column) appendBytes(v []byte) {
	c.data = append(c.data, v...)
	c.endBytes()
}

// endBytes ends a value whose bytes were appended to data.
func (c *column) endBytes() {
	c.offsets = append(c.offsets, int32(len(c.data)))
	c.appended()
}

// bytesAt returns the value at slot of a string, binary or json column.
func (c *column) bytesAt(slot int) []byte { return c.data[c.offsets[slot]:c.offsets[slot+1]] }

// endItems ends a list or map whose items were appended to the children.
func (c *column) endItems() {
	c.offsets = append(c.offsets, int32(c.children[0].n))
	c.appended()
}

// endStruct ends a struct whose fields were all appended to.
func (c *column) endStruct() { c.appended() }

// truncate drops the slots from n on, and what was appended past them without being ended.
func (c *column) truncate(n int) {
	if n == 0 {
		c.nulls = 0
	}
	for i := n; i < c.n && c.nulls > 0; i++ {
		if c.isNull(i) {
			c.nulls--
		}
	}
	c.valid = c.valid[:min(len(c.valid), (n+7)/8)]
	if n/8 < len(c.valid) {
		c.valid[n/8] |= 0xff << (n % 8)
	}
	c.n = n
	for len(c.faults) > 0 && int(c.faults[len(c.faults)-1]) >= n {
		c.faults = c.faults[:len(c.faults)-1]
	}
	childN := n
	if c.offsets != nil {
		c.offsets = c.offsets[:n+1]
		childN = int(c.offsets[n])
	}
	switch {
	case c.width > 0:
		c.fixed = c.fixed[:n*c.width]
	case c.field.Type.Bytes():
		c.data = c.data[:childN]
	}
	for _, child := range c.children {
		child.truncate(childN)
	}
	if c.keys != nil {
		c.keys.truncate(childN)
	}
}

// array returns the column as an Arrow array over its own memory: valid until the column changes.
func (c *column) array() arrow.Array {
	d := c.arrayData()
	defer d.Release()
	return array.MakeFromData(d)
}

func (c *column) arrayData() arrow.ArrayData {
	var valid *memory.Buffer
	if c.nulls > 0 {
		c.extendBitmap()
		valid = memory.NewBufferBytes(c.valid[:(c.n+7)/8])
	}
	buffers := []*memory.Buffer{valid}
	var children []arrow.ArrayData
	switch c.field.Type {
	case schema.String, schema.Binary, schema.JSON:
		buffers = append(buffers, c.offsetBuffer(), memory.NewBufferBytes(c.data))
	case schema.List:
		buffers = append(buffers, c.offsetBuffer())
		children = []arrow.ArrayData{c.children[0].arrayData()}
	case schema.Map:
		buffers = append(buffers, c.offsetBuffer())
		children = []arrow.ArrayData{c.entriesData()}
	case schema.Struct:
		for _, child := range c.children {
			children = append(children, child.arrayData())
		}
	case schema.Bool:
		buffers = append(buffers, memory.NewBufferBytes(c.packBits()))
	default:
		buffers = append(buffers, memory.NewBufferBytes(c.fixed))
	}
	d := array.NewData(c.field.Arrow().Type, c.n, buffers, children, c.nulls, 0)
	for _, child := range children {
		child.Release()
	}
	return d
}

// entriesData returns a map's entries: a struct of key and value.
func (c *column) entriesData() arrow.ArrayData {
	keys, values := c.keys.arrayData(), c.children[0].arrayData()
	defer keys.Release()
	defer values.Release()
	entries := c.field.Arrow().Type.(*arrow.MapType).Elem()
	return array.NewData(entries, c.keys.n, []*memory.Buffer{nil}, []arrow.ArrayData{keys, values}, 0, 0)
}

func (c *column) offsetBuffer() *memory.Buffer {
	return memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(c.offsets))
}

func (c *column) packBits() []byte {
	c.bits = append(c.bits[:0], make([]byte, (c.n+7)/8)...)
	for i, b := range c.fixed[:c.n] {
		c.bits[i/8] |= b << (i % 8)
	}
	return c.bits
}
