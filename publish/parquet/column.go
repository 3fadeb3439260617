package parquet

import (
	"bytes"
	"sort"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/parquet"

	"github.com/bindery-data/bindery/schema"
)

// A column encodes the chunks of one leaf, whatever its type. It has the values of one chunk at a time,
// without the entries that have none.
type column interface {
	// read begins a chunk of the values of arr that l has.
	read(arr arrow.Array, l *levels) error
	// choose decides how the chunk is encoded. The values of an enumeration are known to be few, and
	// differences say whether delta and lengths may be taken.
	choose(enumeration, differences bool) encoding
	// dictionary appends the chunk's dictionary, where it has one, and says how many values that has.
	dictionary(b []byte) ([]byte, int)
	// append appends the values from start to end as they are in a page, up to their rest.
	append(b []byte, start, end int) []byte
	// size is what the values from start to end take in a page that is PLAIN.
	size(start, end int) int
	// bounds returns the least and the greatest of the values as statistics have them; neither is nil
	// unless no value has a place in the order. They may be in the column's own memory.
	bounds() (low, high []byte)
}

// rest returns what follows, in a page, that which append appends of the values from start to end, and whether it stays
// as it is while the record is encoded.
func rest(c column, start, end int) (b []byte, stays bool) {
	if c, ok := c.(*byteArrays); ok {
		return c.rest(start, end)
	}
	return nil, false
}

// look has a column look for bounds among the values up to end, of which a page was just made: they are in a cache still,
// which saves a third of the time.
func look(c column, end int) {
	if c, ok := c.(*byteArrays); ok && c.how != dictionary {
		c.look(end)
	}
}

// newColumns returns what encodes the columns of leaves. Those of one kind share one, and with it the memory,
// since no two chunks are made at once: of a thousand columns, each had 35 KB.
func newColumns(leaves []*node) []column {
	type kind struct {
		declared schema.Type
		stored   parquet.Type
	}
	shared := make(map[kind]column)
	columns := make([]column, len(leaves))
	for i, leaf := range leaves {
		typ, _, _ := storage(leaf.field)
		k := kind{leaf.field.Type, typ}
		if shared[k] == nil || k.declared == schema.Decimal { // Decimals differ in their digits too.
			shared[k] = newColumn(leaf.field)
		}
		columns[i] = shared[k]
	}
	return columns
}

// newColumn returns what encodes the column of a field that is not nested.
func newColumn(f *schema.Field) column {
	switch f.Type {
	case schema.String, schema.JSON, schema.Binary:
		return &byteArrays{}
	case schema.Bool:
		return &bools{}
	case schema.Int8:
		return &numbers[uint32]{view: small[int8](arrow.Int8Traits.CastFromBytes), order: signedOrder, integers: true}
	case schema.Int16:
		return &numbers[uint32]{view: small[int16](arrow.Int16Traits.CastFromBytes), order: signedOrder, integers: true}
	case schema.Uint8:
		return &numbers[uint32]{view: small[uint8](arrow.Uint8Traits.CastFromBytes), order: signedOrder, integers: true}
	case schema.Uint16:
		return &numbers[uint32]{view: small[uint16](arrow.Uint16Traits.CastFromBytes), order: signedOrder, integers: true}
	case schema.Float32:
		return &numbers[uint32]{view: fixed32, order: float32Order}
	case schema.Float64:
		return &numbers[uint64]{view: fixed64, order: float64Order}
	case schema.Decimal:
		return newDecimalColumn(f)
	}
	typ, _, _ := storage(f)
	switch {
	case typ == parquet.Types.Int32 && f.Type.Unsigned():
		return &numbers[uint32]{view: fixed32, order: unsignedOrder32, integers: true}
	case typ == parquet.Types.Int32:
		return &numbers[uint32]{view: fixed32, order: signedOrder, integers: true}
	case f.Type.Unsigned():
		return &numbers[uint64]{view: fixed64, order: unsignedOrder64, integers: true}
	}
	return &numbers[uint64]{view: fixed64, order: signedOrder, integers: true}
}

// fixed returns the values of all slots of a fixed-width array, reinterpreted by cast.
func fixed[S any](arr arrow.Array, cast func([]byte) []S) []S {
	buffer := arr.Data().Buffers()[1]
	if buffer == nil {
		return nil
	}
	return cast(buffer.Bytes())[arr.Data().Offset():][:arr.Len()]
}

// gather returns the values of the slots that l has. Where these stand together it is a part of values.
// Otherwise it is in out, which grows.
func gather[T any](out *[]T, values []T, l *levels) []T {
	if l.slots == nil {
		return values[l.first:][:l.present]
	}
	*out = grown(*out, l.present)
	gathered := *out
	for k, slot := range l.slots {
		gathered[k] = values[slot]
	}
	return gathered
}

// pageEnd returns where the page ends that begins with an entry and a value: at the first end of a row at
// which its values have the size enough. Every entry counts for a byte more, which is what its levels take
// at most, so that a page of nulls ends too.
func pageEnd(c column, l *levels, enough, start, value int) (end, valueEnd int) {
	full := func(end, valueEnd int) bool { return end-start+c.size(value, valueEnd) >= enough }
	if l.def == nil {
		rest := l.n - start
		n := 1 + sort.Search(rest-1, func(i int) bool { return full(start+i+1, value+i+1) })
		for !l.endsRow(start + n - 1) {
			n++
		}
		return start + n, value + n
	}
	const step = 128 // entries that are asked for at once
	end, valueEnd = start, value
	for end+step < l.n {
		next := valueEnd + countEqual(l.def[end:end+step], l.max)
		if full(end+step, next) {
			break
		}
		end, valueEnd = end+step, next
	}
	for end < l.n {
		valueEnd += int(equal(l.def[end], l.max))
		end++
		if l.endsRow(end-1) && full(end, valueEnd) {
			break
		}
	}
	return end, valueEnd
}

func countEqual(levels []uint8, level uint8) int {
	n := 0
	for _, l := range levels {
		n += int(equal(l, level))
	}
	return n
}

// maxBound is how many bytes the least and the greatest value may have to be worth their place in a footer.
const maxBound = 4096

// bounds returns the least and the greatest value of a chunk as its statistics have them, in memory of their own;
// nil where they have none.
func bounds(c column) (low, high []byte) {
	low, high = c.bounds()
	if low == nil || max(len(low), len(high)) > maxBound {
		return nil, nil
	}
	return bytes.Clone(low), bytes.Clone(high)
}
