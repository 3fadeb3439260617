package shard

import (
	"bytes"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/schema"
)

// An assembler makes Arrow arrays of the levels and values of a chunk's columns.
//
// An entry of a column, which is a pair of levels, begins a slot of a node where its repetition level is
// not beyond the node's, and where its definition level says that the innermost list around the node has
// an item. The slot has a value from the node's own definition level on.
type assembler struct {
	columns []*leafColumn // by leaf
}

// array makes the array of a node whose innermost list has an item from the definition level around on.
func (s *assembler) array(n *parquetNode, around uint8) (arrow.ArrayData, error) {
	switch n.kind {
	case parquetValue:
		return s.columns[n.leaf.index].array(around)
	case parquetStruct:
		return s.structs(n, around)
	}
	return s.lists(n, around)
}

func (s *assembler) structs(n *parquetNode, around uint8) (arrow.ArrayData, error) {
	shape, err := s.shape(n, around)
	if err != nil {
		return nil, err
	}
	children := make([]arrow.ArrayData, len(n.children))
	for i, child := range n.children {
		if children[i], err = s.array(child, around); err != nil {
			return nil, err
		}
		if children[i].Len() != shape.slots {
			return nil, unequal(n)
		}
	}
	return array.NewData(n.typ, shape.slots, []*memory.Buffer{shape.bitmap()}, children, shape.nulls, 0), nil
}

func (s *assembler) lists(n *parquetNode, around uint8) (arrow.ArrayData, error) {
	shape, err := s.shape(n, around)
	if err != nil {
		return nil, err
	}
	children := make([]arrow.ArrayData, len(n.children))
	for i, child := range n.children {
		if children[i], err = s.array(child, n.itemDef); err != nil {
			return nil, err
		}
		if children[i].Len() != shape.items {
			return nil, unequal(n)
		}
	}
	items := children[0]
	if n.kind == parquetMap {
		entries := n.typ.(*arrow.MapType).Elem()
		items = array.NewData(entries, shape.items, []*memory.Buffer{nil}, children, 0, 0)
	}
	offsets := append(shape.offsets, int32(shape.items))
	buffers := []*memory.Buffer{shape.bitmap(), memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(offsets))}
	return array.NewData(n.typ, shape.slots, buffers, []arrow.ArrayData{items}, shape.nulls, 0), nil
}

func unequal(n *parquetNode) *Damage {
	return malformed("the columns of %s have items in different places", schema.Quote(n.name))
}

// A nodeShape says which slots of a nested node have a value, and where the items of each begin.
type nodeShape struct {
	slots, nulls, items int
	valid               []byte
	offsets             []int32
}

func (s *nodeShape) bitmap() *memory.Buffer {
	if s.nulls == 0 {
		return nil
	}
	return memory.NewBufferBytes(s.valid)
}

// shape returns the shape that the first of a node's columns says it has, if all of them say the same.
func (s *assembler) shape(n *parquetNode, around uint8) (nodeShape, error) {
	var first nodeShape
	for i, leaf := range n.leaves() {
		shape := s.columns[leaf.index].shape(n, around)
		if i == 0 {
			first = shape
		} else if shape.slots != first.slots || shape.items != first.items || !bytes.Equal(shape.valid, first.valid) ||
			!slices.Equal(shape.offsets, first.offsets) {
			return first, unequal(n)
		}
	}
	return first, nil
}

// leaves returns the columns of a node.
func (n *parquetNode) leaves() []*parquetLeaf {
	if n.kind == parquetValue {
		return []*parquetLeaf{n.leaf}
	}
	var all []*parquetLeaf
	for _, child := range n.children {
		all = append(all, child.leaves()...)
	}
	return all
}

// shape returns the shape that a column's levels give a nested node.
func (c *leafColumn) shape(n *parquetNode, around uint8) nodeShape {
	var s nodeShape
	for i := range c.levels {
		rep, def := c.at(i)
		if rep <= n.rep && def >= around {
			if s.slots%8 == 0 {
				s.valid = append(s.valid, 0)
			}
			if def >= n.def {
				s.valid[s.slots/8] |= 1 << (s.slots % 8)
			} else {
				s.nulls++
			}
			s.slots++
			if n.kind != parquetStruct {
				s.offsets = append(s.offsets, int32(s.items))
			}
		}
		if n.kind != parquetStruct && rep <= n.rep+1 && def >= n.itemDef {
			s.items++
		}
	}
	return s
}

// at returns the levels of an entry.
func (c *leafColumn) at(i int) (rep, def uint8) {
	if len(c.rep) > 0 {
		rep = c.rep[i]
	}
	if len(c.def) > 0 {
		def = c.def[i]
	}
	return rep, def
}

// array makes the array of a column's values, and nulls where it has slots without one.
func (c *leafColumn) array(around uint8) (arrow.ArrayData, error) {
	slots, nulls := c.levels, 0
	var valid []byte
	if most := c.leaf.maxDef; most > around || around > 0 {
		slots = 0
		for _, def := range c.def {
			if def < around {
				continue
			}
			if slots%8 == 0 {
				valid = append(valid, 0)
			}
			if def == most {
				valid[slots/8] |= 1 << (slots % 8)
			} else {
				nulls++
			}
			slots++
		}
	}
	if c.leaf.typ == arrow.Null {
		if nulls != slots {
			return nil, malformed("column %s has values, but is of the null type", schema.Quote(c.leaf.path))
		}
		return array.NewData(arrow.Null, slots, []*memory.Buffer{nil}, nil, slots, 0), nil
	}
	buffers, err := c.buffers(&slotSpacer{slots: slots, nulls: nulls, valid: valid})
	if err != nil {
		return nil, err
	}
	if nulls > 0 {
		buffers[0] = memory.NewBufferBytes(valid)
	}
	return array.NewData(c.leaf.typ, slots, buffers, nil, nulls, 0), nil
}
