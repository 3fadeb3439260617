package shard

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bindery-data/bindery/schema"
)

// planBytes returns what converts a type to a string, json or binary field, or nil.
func planBytes(f *schema.Field, from arrow.DataType) appendFunc {
	if f.Type == schema.Binary {
		return planBinary(from)
	}
	if !isText(from) {
		return nil
	}
	if f.Type == schema.JSON {
		return appendJSON
	}
	return appendStrings
}

func planBinary(from arrow.DataType) appendFunc {
	switch from.ID() {
	case arrow.BINARY, arrow.LARGE_BINARY, arrow.BINARY_VIEW, arrow.FIXED_SIZE_BINARY:
		return func(x *conversion, c *column, a arrow.Array, from, to int) {
			value := a.(interface{ Value(int) []byte }).Value
			for i := from; i < to; i++ {
				if a.IsNull(i) {
					c.appendNull()
				} else {
					c.appendBytes(value(i))
				}
			}
		}
	}
	return nil
}

// texts returns what reads the values of a string array.
func texts(a arrow.Array) func(slot int) string {
	return a.(interface{ Value(int) string }).Value
}

// appendStrings is the appendFunc of string types to string fields.
func appendStrings(x *conversion, c *column, a arrow.Array, from, to int) {
	if plain, ok := a.(*array.String); ok && nulls(a) == nil && appendStringRun(c, plain, from, to) {
		return
	}
	value := texts(a)
	for i := from; i < to; i++ {
		if a.IsNull(i) {
			c.appendNull()
			continue
		}
		text := value(i)
		if !utf8.ValidString(text) {
			x.fault(c, i, schema.EncodingError, "is not UTF-8", schema.Quote(text))
			continue
		}
		c.data = append(c.data, text...)
		c.endBytes()
	}
}

// appendStringRun appends the values of slots without nulls at one go. It does nothing and returns false
// where one of them is not UTF-8.
func appendStringRun(c *column, a *array.String, from, to int) bool {
	if from == to {
		return true
	}
	first := a.ValueOffset(from)
	run := a.ValueBytes()
	run = run[first-a.ValueOffset(0) : a.ValueOffset(to)-a.ValueOffset(0)]
	if !utf8.Valid(run) {
		return false
	}
	for i := from; i < to; i++ {
		// Of a run that is UTF-8 as a whole, a value is not where a character is cut in two.
		if begin := a.ValueOffset(i) - first; begin < len(run) && !utf8.RuneStart(run[begin]) {
			return false
		}
	}
	base := len(c.data) - first
	c.data = append(c.data, run...)
	for i := from + 1; i <= to; i++ {
		c.offsets = append(c.offsets, int32(base+a.ValueOffset(i)))
		c.appended()
	}
	return true
}

// appendJSON is the appendFunc of string types to json fields.
func appendJSON(x *conversion, c *column, a arrow.Array, from, to int) {
	value := texts(a)
	for i := from; i < to; i++ {
		if a.IsNull(i) {
			c.appendNull()
			continue
		}
		text := value(i)
		begin := len(c.data)
		c.data = append(c.data, text...)
		fault, message := schema.Code(""), ""
		switch appended := c.data[begin:]; {
		case !utf8.Valid(appended):
			fault, message = schema.EncodingError, "is not UTF-8"
		case !json.Valid(appended):
			fault, message = schema.TypeError, "is not JSON"
		}
		if fault != "" {
			c.data = c.data[:begin]
			x.fault(c, i, fault, message, schema.Quote(text))
			continue
		}
		c.endBytes()
	}
}
