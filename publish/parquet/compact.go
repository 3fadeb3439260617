package parquet

import (
	"encoding/binary"
	"errors"
)

// The types of Thrift's compact protocol that footers have
// (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
const (
	compactTrue   = 1
	compactFalse  = 2
	compactByte   = 3
	compactI16    = 4
	compactI32    = 5
	compactI64    = 6
	compactDouble = 7
	compactBinary = 8
	compactList   = 9
	compactSet    = 10
	compactStruct = 12
)

// maxNesting is how deep a footer's values may be nested: the format needs six levels.
const maxNesting = 16

var errCompact = errors.New("the footer is damaged")

// compact reads Thrift's compact protocol. The first thing that is wrong ends it: what is read after
// that is zero. It allocates nothing, whatever sizes the bytes claim.
type compact struct {
	rest []byte
	err  error
}

func (c *compact) fail() {
	c.rest, c.err = nil, errCompact
}

func (c *compact) take(n uint64) []byte {
	if n > uint64(len(c.rest)) {
		c.fail()
		return nil
	}
	taken := c.rest[:n]
	c.rest = c.rest[n:]
	return taken
}

func (c *compact) byte() byte {
	if b := c.take(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

func (c *compact) uvarint() uint64 {
	v, n := binary.Uvarint(c.rest)
	if n <= 0 {
		c.fail()
		return 0
	}
	c.rest = c.rest[n:]
	return v
}

// integer reads an i16, i32 or i64.
func (c *compact) integer() int64 {
	v := c.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

func (c *compact) binary() []byte { return c.take(c.uvarint()) }

// fields reads a struct, calling read for every field, which must consume the field's value.
func (c *compact) fields(read func(id int64, typ byte)) {
	id := int64(0)
	for c.err == nil {
		head := c.byte()
		if c.err != nil || head == 0 {
			return
		}
		if step := head >> 4; step != 0 {
			id += int64(step)
		} else {
			id = c.integer()
		}
		read(id, head&0x0f)
	}
}

// list reads a list, calling read for every element, which must consume it.
func (c *compact) list(read func(typ byte)) {
	head := c.byte()
	n := uint64(head >> 4)
	if n == 15 {
		n = c.uvarint()
	}
	if n > uint64(len(c.rest)) { // Every element takes a byte at least.
		c.fail()
	}
	for ; n > 0 && c.err == nil; n-- {
		read(head & 0x0f)
	}
}

// skip consumes a field's value of any type.
func (c *compact) skip(typ byte) { c.skipNested(typ, 0) }

func (c *compact) skipNested(typ byte, depth int) {
	if depth > maxNesting {
		c.fail()
		return
	}
	switch typ {
	case compactTrue, compactFalse: // The type is the value.
	case compactByte:
		c.byte()
	case compactI16, compactI32, compactI64:
		c.uvarint()
	case compactDouble:
		c.take(8)
	case compactBinary:
		c.binary()
	case compactList, compactSet:
		c.list(func(typ byte) {
			if typ == compactTrue || typ == compactFalse {
				typ = compactByte // In a list, a bool has a byte of its own.
			}
			c.skipNested(typ, depth+1)
		})
	case compactStruct:
		c.fields(func(_ int64, typ byte) { c.skipNested(typ, depth+1) })
	default:
		c.fail()
	}
}
