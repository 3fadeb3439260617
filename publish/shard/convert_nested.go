package shard

import (
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bindery-data/bindery/schema"
)

// appendLists returns the appendFunc of list types.
func appendLists(items appendFunc) appendFunc {
	return func(x *conversion, c *column, a arrow.Array, from, to int) {
		lists := a.(array.ListLike)
		for i := from; i < to; i++ {
			if a.IsNull(i) {
				c.appendNull()
				continue
			}
			begin, end := lists.ValueOffsets(i)
			before := x.enter(i, step{kind: stepItem, base: int(begin)})
			items(x, c.children[0], lists.ListValues(), int(begin), int(end))
			x.leave(before)
			c.endItems()
		}
	}
}

// appendMaps returns the appendFunc of maps with string keys, and of lists of structs of key and value.
func appendMaps(values appendFunc) appendFunc {
	return func(x *conversion, c *column, a arrow.Array, from, to int) {
		maps := a.(array.ListLike)
		entries := maps.ListValues().(*array.Struct)
		keys := newKeyReader(entries)
		for i := from; i < to; i++ {
			if a.IsNull(i) {
				c.appendNull()
				continue
			}
			begin, end := maps.ValueOffsets(i)
			if code, message, value := keys.check(int(begin), int(end)); code != "" {
				x.fault(c, i, code, message, value)
				continue
			}
			for slot := int(begin); slot < int(end); slot++ {
				c.keys.data = append(c.keys.data, keys.at(slot)...)
				c.keys.endBytes()
			}
			before := x.enter(i, step{kind: stepEntry, keys: keys.at})
			values(x, c.children[0], entries.Field(1), int(begin), int(end))
			x.leave(before)
			c.endItems()
		}
	}
}

// A keyReader reads the keys of maps.
type keyReader struct {
	array arrow.Array
	at    func(slot int) string
	null  func(slot int) bool
	seen  map[string]struct{}
}

// newKeyReader returns a reader of the first field of entries. An entry that is null has a null key.
func newKeyReader(entries *array.Struct) *keyReader {
	k := &keyReader{array: entries.Field(0), seen: make(map[string]struct{})}
	at, null := keyValues(k.array)
	k.at = at
	k.null = func(slot int) bool { return entries.IsNull(slot) || null(slot) }
	return k
}

// keyValues returns what reads the values of an array that isText says is one of strings.
func keyValues(a arrow.Array) (at func(slot int) string, null func(slot int) bool) {
	switch a := a.(type) {
	case *array.Dictionary:
		at, null := keyValues(a.Dictionary())
		return func(slot int) string { return at(a.GetValueIndex(slot)) },
			func(slot int) bool { return a.IsNull(slot) || null(a.GetValueIndex(slot)) }
	case array.ExtensionArray:
		return keyValues(a.Storage())
	}
	return texts(a), a.IsNull
}

// check says what is wrong with the keys of the map whose entries are the slots from begin to end.
func (k *keyReader) check(begin, end int) (code schema.Code, message, value string) {
	clear(k.seen)
	for slot := begin; slot < end; slot++ {
		if k.null(slot) {
			return schema.TypeError, "has a key that is null", ""
		}
		key := k.at(slot)
		if !utf8.ValidString(key) {
			return schema.EncodingError, "has a key that is not UTF-8", schema.Quote(key)
		}
		if _, ok := k.seen[key]; ok {
			return schema.DuplicateKey, "has a key twice", schema.Quote(key)
		}
		k.seen[key] = struct{}{}
	}
	return "", "", ""
}

// appendStructs returns the appendFunc of structs. For each field of the column, sources says which
// field of the file's struct it is, or -1.
func appendStructs(sources []int, appends []appendFunc) appendFunc {
	return func(x *conversion, c *column, a arrow.Array, from, to int) {
		structs := a.(*array.Struct)
		isNull := nulls(a)
		for from < to {
			if isNull != nil && isNull(from) {
				c.appendNull()
				from++
				continue
			}
			end := to
			if isNull != nil {
				end = from + 1
				for end < to && !isNull(end) {
					end++
				}
			}
			appendFields(x, c, structs, sources, appends, from, end)
			from = end
		}
	}
}

// appendFields appends a run of structs that are not null.
func appendFields(x *conversion, c *column, a *array.Struct, sources []int, appends []appendFunc, from, to int) {
	for i, child := range c.children {
		var values arrow.Array
		if sources[i] >= 0 {
			values = a.Field(sources[i])
		}
		x.path = append(x.path, step{name: child.field.Name})
		appends[i](x, child, values, from, to)
		x.path = x.path[:len(x.path)-1]
	}
	for range to - from {
		c.endStruct()
	}
}

// appendDictionary returns the appendFunc of dictionaries of a type.
func appendDictionary(values appendFunc) appendFunc {
	return func(x *conversion, c *column, a arrow.Array, from, to int) {
		dictionary := a.(*array.Dictionary)
		before := *x
		for i := from; i < to; i++ {
			if a.IsNull(i) {
				c.appendNull()
				continue
			}
			// A finding is to name the slot, not the value's place in the dictionary.
			value := dictionary.GetValueIndex(i)
			x.record, x.inside = before.row(i), true
			x.shift = before.shift + value - i
			values(x, c, dictionary.Dictionary(), value, value+1)
		}
		x.record, x.inside, x.shift = before.record, before.inside, before.shift
	}
}

// appendStorage returns the appendFunc of extension types.
func appendStorage(values appendFunc) appendFunc {
	return func(x *conversion, c *column, a arrow.Array, from, to int) {
		values(x, c, a.(array.ExtensionArray).Storage(), from, to)
	}
}
