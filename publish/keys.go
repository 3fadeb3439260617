package publish

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/zeebo/xxh3"

	"github.com/bindery-data/bindery/schema"
)

// A keyEntry is one key and the record that has it. Keys are compared by 128 bits of hash, XXH3 with a
// seed that is drawn for every run: among ten billion different keys, the odds that any two agree
// are 1 in 10^19, and what would come of it is a finding too many, never one too few.
type keyEntry struct {
	hash xxh3.Uint128
	// chunk and line order the records: chunk numbers the pieces of a run, line the records in one.
	chunk, line uint32
}

func (e keyEntry) place() uint64 { return uint64(e.chunk)<<32 | uint64(e.line) }

// A keyHasher turns the values of a key's fields into entries. It belongs to one worker.
//
// A record has one key where no field is within a list or map; a single field that is gives one key for
// every item, so that no two items, of one record or of two, may be equal. Where a field is null, or
// in a struct that is, there is no key. Values are equal as the schema's types are: floats by value,
// so that zero is one key whatever its sign, as is NaN; decimals, at the one scale of their field, and
// all others by their bytes.
type keyHasher struct {
	seed    uint64
	paths   [][]int // of each field: the column, then the child at each level
	columns []keyColumn
	buffer  []byte
}

// newKeyHasher returns a hasher of fields of s. Only where there is one may it be within a list or map.
func newKeyHasher(s *schema.Schema, fields []*schema.Field, seed uint64) *keyHasher {
	h := &keyHasher{seed: seed, columns: make([]keyColumn, len(fields))}
	for _, f := range fields {
		h.paths = append(h.paths, pathTo(s.Fields, f))
	}
	return h
}

// pathTo returns the indexes that lead from a schema's fields to f.
func pathTo(fields []*schema.Field, f *schema.Field) []int {
	for i, candidate := range fields {
		if candidate == f {
			return []int{i}
		}
		if rest := pathTo(candidate.Children(), f); rest != nil {
			return append([]int{i}, rest...)
		}
	}
	return nil
}

// appendKeys appends the keys of a batch to dst. at says which chunk and line a row is, and
// whether its keys count.
func (h *keyHasher) appendKeys(dst []keyEntry, rec arrow.Record, at func(row int) (chunk, line uint32, ok bool)) []keyEntry {
	slots := -1
	for i, path := range h.paths {
		c := &h.columns[i]
		c.find(rec, path)
		slots = c.values.Len()
	}
	for slot := range slots {
		row, ok := h.row(slot)
		if !ok {
			continue
		}
		if chunk, line, ok := at(row); ok {
			dst = append(dst, keyEntry{h.hash(slot), chunk, line})
		}
	}
	return dst
}

// row returns the row of a slot, unless a value of its key is null.
func (h *keyHasher) row(slot int) (row int, ok bool) {
	for i := range h.columns {
		c := &h.columns[i]
		if c.nulls && c.values.IsNull(slot) {
			return 0, false
		}
		row = slot
		if c.rows != nil {
			row = int(c.rows[slot])
		}
		if row < 0 {
			return 0, false
		}
	}
	return row, true
}

// hash hashes the values at a slot. Several are joined so that no two different keys give the same
// bytes: each value has the width of its type, or its length before it.
func (h *keyHasher) hash(slot int) xxh3.Uint128 {
	if len(h.columns) == 1 {
		return xxh3.Hash128Seed(h.columns[0].bytes(slot), h.seed)
	}
	h.buffer = h.buffer[:0]
	for i := range h.columns {
		h.buffer = h.columns[i].appendTo(h.buffer, slot)
	}
	return xxh3.Hash128Seed(h.buffer, h.seed)
}

// find looks up the array that path leads to, and the row of each of its slots.
func (c *keyColumn) find(rec arrow.Record, path []int) {
	arr, rows := rec.Column(path[0]), []int32(nil)
	for _, child := range path[1:] {
		switch a := arr.(type) {
		case *array.Struct:
			rows = rowsOfFields(a, rows)
			arr = a.Field(child)
		case *array.Map:
			rows = rowsOfItems(a, a.Items(), rows)
			arr = a.Items()
		case *array.List:
			rows = rowsOfItems(a, a.ListValues(), rows)
			arr = a.ListValues()
		}
	}
	c.bind(arr, rows)
}

// rowsOfFields returns the rows of the slots of a struct's fields, -1 where the struct is null. Nil rows
// are the slots themselves.
func rowsOfFields(a *array.Struct, rows []int32) []int32 {
	if a.NullN() == 0 {
		return rows
	}
	out := make([]int32, a.Len())
	for i := range out {
		out[i] = rowOf(a, rows, i)
	}
	return out
}

// rowsOfItems returns the rows of the items of a list or map, -1 where none has them.
func rowsOfItems(a array.ListLike, items arrow.Array, rows []int32) []int32 {
	out := make([]int32, items.Len())
	for i := range out {
		out[i] = -1
	}
	for i := range a.Len() {
		start, end := a.ValueOffsets(i)
		row := rowOf(a, rows, i)
		for j := start; j < end; j++ {
			out[j] = row
		}
	}
	return out
}

func rowOf(a arrow.Array, rows []int32, slot int) int32 {
	switch {
	case a.IsNull(slot):
		return -1
	case rows == nil:
		return int32(slot)
	}
	return rows[slot]
}
