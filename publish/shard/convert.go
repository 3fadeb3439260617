package shard

import (
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bindery-data/bindery/schema"
)

// Columnar formats have types of their own. A file's column becomes a declared field of the same name
// (letter case counts) where this table has the pair, and a value where the conversion is exact; any
// other value is a type-error, and any other pair a type-error of the whole file.
//
//	file                                   declared
//	any integer                            any integer that the value fits
//	any integer                            float32, float64 that can hold the value exactly
//	any integer                            decimal that has the digits
//	float16, float32, float64              float32, float64; float64 to float32 where nothing is lost
//	decimal (any width)                    decimal that has the digits, before and after the point
//	bool                                   bool
//	string (also large, view)              string, if it is UTF-8; json, if it is JSON
//	binary (also large, view, fixed size)  binary
//	date32, date64 (whole days)            date, years 0001 to 9999
//	time32, time64                         time of any unit that holds it, within one day
//	timestamp with a zone                  timestamp with a zone, any unit that holds it, same years
//	timestamp without a zone               timestamp without a zone, likewise
//	list (also large, fixed size)          list, item by item
//	map with string keys                   map, entry by entry; a repeated key is a duplicate-key
//	list of structs of key and value       the same, where the field is a map and the keys are strings
//	struct                                 struct, by the names of its fields
//	null                                   anything: null
//	dictionary of any of these             what its values convert to
//	extension type                         what its storage converts to
//
// At the top, a declared field that the file lacks is a missing-label; within a struct, only a required
// one is, and another is null. What the file has and the schema has not is an extra-label.

// An appendFunc appends slots [from, to) of an array to a column.
type appendFunc func(x *conversion, c *column, a arrow.Array, from, to int)

// A converter appends the rows of records of one file schema to builders of the declared schema.
type converter struct {
	// sources says, for each declared field, which of the file's columns it is.
	sources []int
	appends []appendFunc
}

// append appends rows [from, to) of a record as records of b. The record begins at row first of its
// chunk, and each row's number there becomes its origin.
func (v *converter) append(b *Builder, record arrow.Record, from, to, first int) {
	x := conversion{b: b, record: b.Rows(), first: from}
	for i, c := range b.columns {
		x.path = append(x.path[:0], step{name: c.field.Name})
		v.appends[i](&x, c, record.Column(v.sources[i]), from, to)
	}
	for row := first + from; row < first+to; row++ {
		b.endRecord(row, row, row+1)
	}
}

// A conversion is where a converter is in the record tree, so that a finding can name its place.
type conversion struct {
	b *Builder
	// record is the builder's row of the slot first. Within a list or map (inside), all slots that are
	// being appended belong to it.
	record, first int
	inside        bool
	// path leads from the column to what is being appended. Of its steps, the first gone were gone into
	// at an index; the slots that are being appended are those of the others.
	path []step
	gone int
	// shift is what the slots are more than those of the path, in a dictionary.
	shift int
}

// A step is one level of the way from a column to a value: a field, an item or an entry.
type step struct {
	kind stepKind
	// name is a field's.
	name string
	// base is the slot of a list's first item.
	base int
	// keys returns the key of a map's entry.
	keys  func(slot int) string
	index int
}

type stepKind uint8

const (
	stepField stepKind = iota
	stepItem
	stepEntry
)

// row returns the builder's row that a slot belongs to.
func (x *conversion) row(slot int) int {
	if x.inside {
		return x.record
	}
	return x.record + slot - x.first
}

// enter begins to append what a slot holds, as the step s says, and returns the state to leave it with.
func (x *conversion) enter(slot int, s step) (before conversion) {
	before = *x
	for i := x.gone; i < len(x.path); i++ {
		x.path[i].index = slot - x.shift
	}
	x.record, x.inside, x.shift = x.row(slot), true, 0
	x.gone = len(x.path)
	x.path = append(x.path, s)
	return before
}

// leave goes back to where enter was called.
func (x *conversion) leave(before conversion) { *x = before }

// at names the place of a slot where the field's path leaves it open.
func (x *conversion) at(slot int) string {
	var text []byte
	repeated := false
	for i, s := range x.path {
		if i >= x.gone {
			s.index = slot - x.shift
		}
		repeated = repeated || s.kind != stepField
		text = s.appendTo(text)
	}
	if !repeated {
		return ""
	}
	return string(text)
}

func (s *step) appendTo(text []byte) []byte {
	switch s.kind {
	case stepItem:
		text = append(text, '[')
		text = strconv.AppendInt(text, int64(s.index-s.base), 10)
		return append(text, ']')
	case stepEntry:
		text = append(text, '{')
		text = append(text, schema.Quote(s.keys(s.index))...)
		return append(text, '}')
	}
	if len(text) > 0 {
		text = append(text, '.')
	}
	return append(text, schema.PathName(s.name)...)
}

// fault appends a null to c in place of a slot, and notes why.
func (x *conversion) fault(c *column, slot int, code schema.Code, message, value string) {
	x.b.Findings.Add(x.row(slot), schema.Finding{
		Code: code, Field: c.field.Path, At: x.at(slot), Message: message, Value: value,
	})
	c.appendFault()
}

// appendNulls is the appendFunc of a file's null type.
func appendNulls(_ *conversion, c *column, _ arrow.Array, from, to int) {
	for range to - from {
		c.appendNull()
	}
}

// nulls returns what tells whether a slot is null, or nil where none is.
func nulls(a arrow.Array) func(slot int) bool {
	if len(a.NullBitmapBytes()) == 0 {
		return nil
	}
	return a.IsNull
}
