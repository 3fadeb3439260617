package shard

import (
	"github.com/bindery-data/bindery/schema"
)

// A jsonNode is one field of a schema, prepared for decoding: the decoder is specialised by building
// its tree once. It belongs to one decoder.
type jsonNode struct {
	// What every value needs comes first, to lie in as few cache lines as may be.

	column *column // of the builder that is appended to
	// decode decodes a value at a place in the parser's text into one slot of the column, as the
	// parser's methods do.
	decode func(p *jsonParser, n *jsonNode, i int) int
	// key is the field's name as JSON text, with its quotes and the colon: what a record most often has
	// where the field is expected.
	key string
	// head is the key's first eight bytes, and tail its last eight, which begin at tailAt in it; of a
	// key with fewer, both are all of it. mask says which of the eight count.
	head, tail, mask uint64
	tailAt           int
	// objects counts the objects that a struct was decoded from; met is which of its parent's objects a
	// field was met in last.
	objects, met uint64
	// first is the field that came first in the last object that a struct was decoded from, and next
	// the one that came after this field: where they come again, a key is found by one comparison.
	first, next *jsonNode
	typ         schema.Type
	// low and high are the range of an integer field, in so far as 18 digits reach it.
	low, high int64
	// usual is the length of most texts of a date, time or timestamp field. What is of that length and is one
	// has no escapes, so that nobody has to look for its end.
	usual int

	field  *schema.Field
	parent *jsonNode
	// weight is how many bytes an empty slot takes, those of a struct's fields included.
	weight int
	// fields are those of a struct or of a record, in declared order, and byName finds them.
	fields []*jsonNode
	byName map[string]*jsonNode
	// child is the items of a list or the values of a map, and keys are a map's keys so far.
	child *jsonNode
	keys  keySet
}

// newJSONRoot returns the node of whole records, which has no field of its own.
func newJSONRoot(s *schema.Schema) *jsonNode {
	root := &jsonNode{typ: schema.Struct}
	root.setFields(s.Fields)
	return root
}

func newJSONNode(f *schema.Field, parent *jsonNode) *jsonNode {
	n := &jsonNode{field: f, typ: f.Type, parent: parent, weight: max(width(f), 4)}
	n.key = string(schema.AppendJSONString(nil, f.Name)) + ":"
	n.setKeyWords()
	n.low, n.high = shortIntRange(f.Type)
	n.usual = usualText(f)
	n.decode = jsonDecodeOf(f.Type)
	switch {
	case f.Type == schema.Struct:
		n.setFields(f.Fields)
		for _, child := range n.fields {
			n.weight += child.weight
		}
	case f.Type.Nested():
		n.child = newJSONNode(f.Children()[0], n)
	}
	return n
}

// jsonDecodeOf returns what decodes values of a type.
func jsonDecodeOf(t schema.Type) func(p *jsonParser, n *jsonNode, i int) int {
	switch {
	case t == schema.String:
		return (*jsonParser).stringValue
	case t.Signed() || t.Unsigned():
		return (*jsonParser).intValue
	case t.Float():
		return (*jsonParser).floatValue
	case t == schema.Bool:
		return (*jsonParser).boolValue
	case t == schema.List:
		return (*jsonParser).list
	case t == schema.Struct:
		return (*jsonParser).structValue
	case t == schema.Map:
		return (*jsonParser).mapValue
	case t == schema.JSON:
		return (*jsonParser).jsonValue
	case t == schema.Decimal:
		return (*jsonParser).decimalValue
	}
	return (*jsonParser).textValue
}

func (n *jsonNode) setFields(fields []*schema.Field) {
	n.byName = make(map[string]*jsonNode, len(fields))
	expected := &n.first
	for _, f := range fields {
		child := newJSONNode(f, n)
		n.fields = append(n.fields, child)
		n.byName[f.Name] = child
		*expected = child
		expected = &child.next
	}
}

// shortIntRange returns the range of an integer type among numbers of at most 18 digits.
func shortIntRange(t schema.Type) (low, high int64) {
	const short = 999_999_999_999_999_999
	switch {
	case t.Signed():
		low, high = t.IntRange()
		return max(low, -short), min(high, short)
	case t.Unsigned():
		return 0, int64(min(t.UintMax(), short))
	}
	return 0, 0
}

// usualText returns the length of a text form without a fraction of a second, and with Z where it has an
// offset; 0 for types whose texts differ in length.
func usualText(f *schema.Field) int {
	switch {
	case f.Type == schema.Date:
		return len("2006-01-02")
	case f.Type == schema.Time:
		return len("15:04:05")
	case f.Type == schema.Timestamp && f.Zone != "":
		return len("2006-01-02T15:04:05Z")
	case f.Type == schema.Timestamp:
		return len("2006-01-02T15:04:05")
	}
	return 0
}

// bind makes the fields of a record append to columns.
func (n *jsonNode) bind(columns []*column) {
	for i, child := range n.fields {
		child.bindTo(columns[i])
	}
}

func (n *jsonNode) bindTo(c *column) {
	n.column = c
	n.bind(c.children)
	if n.child != nil {
		n.child.bindTo(c.children[0])
	}
}

// path is the declared path of the node's field; that of a record is empty.
func (n *jsonNode) path() string {
	if n.field == nil {
		return ""
	}
	return n.field.Path
}

func (n *jsonNode) setKeyWords() {
	padded := []byte(n.key + "\x00\x00\x00\x00\x00")
	n.tailAt = max(len(n.key)-8, 0)
	n.head, n.tail = word(padded), word(padded[n.tailAt:])
	n.mask = 1<<(8*min(len(n.key), 8)) - 1
}

// startsAt reports whether the key stands at i, with something after it. Where the text ends within eight
// bytes, it may say no of a short key that does.
func (n *jsonNode) startsAt(text []byte, i int) bool {
	tail := i + n.tailAt
	return len(text) > tail+8 && ((word(text[i:i+8])^n.head)|(word(text[tail:tail+8])^n.tail))&n.mask == 0 &&
		(len(n.key) <= 16 || string(text[i:i+len(n.key)]) == n.key)
}
