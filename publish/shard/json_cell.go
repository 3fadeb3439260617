package shard

import (
	"github.com/bindery-data/bindery/schema"
)

// A jsonCell decodes values that stand alone as JSON text, as the cells of nested fields do in CSV.
type jsonCell struct {
	node   *jsonNode
	parser jsonParser
}

// newJSONCell returns a decoder of values of f, a top-level field.
func newJSONCell(f *schema.Field) *jsonCell {
	record := &jsonNode{typ: schema.Struct}
	record.setFields([]*schema.Field{f})
	return &jsonCell{node: record.fields[0], parser: newJSONParser("cell")}
}

// append appends the value that text, which is UTF-8, holds to c, the column of the field, as exactly
// one slot. It returns what is wrong with the value, until the next call.
func (j *jsonCell) append(c *column, text []byte) []schema.Finding {
	if j.node.column != c {
		j.node.bindTo(c)
	}
	p, slots := &j.parser, c.n
	p.begin(text)
	end := j.node.decode(p, j.node, p.space(0))
	if end >= 0 {
		if end = p.space(end); end < len(text) {
			end = p.expected(end, "the end of the cell")
		}
	}
	if end < 0 {
		c.truncate(slots)
		p.findings.reset()
		p.mistyped(j.node, 0, p.fault.Message, schema.Quote(text))
	}
	return p.findings.take()
}
