package shard

import (
	"github.com/bindery-data/bindery/schema"
)

// boolValue decodes true or false into a slot of a bool column.
func (p *jsonParser) boolValue(n *jsonNode, i int) int {
	word, v := "true", true
	switch p.at(i) {
	case 't':
	case 'f':
		word, v = "false", false
	default:
		return p.otherValue(n, i)
	}
	if i = p.literal(i, word); i >= 0 {
		n.column.appendBool(v)
	}
	return i
}

// textValue decodes a string into a slot of a column whose values JSON has no form of its own for: a
// date, time, timestamp or binary.
func (p *jsonParser) textValue(n *jsonNode, i int) int {
	if p.at(i) != '"' {
		return p.otherValue(n, i)
	}
	if end := i + 1 + n.usual; end < len(p.text) && p.text[end] == '"' && n.appendText(p.text[i+1:end]) == nil {
		return end + 1
	}
	text, end, _ := p.content(i + 1)
	if end < 0 {
		return -1
	}
	if err := n.appendText(text); err != nil {
		return p.mistyped(n, end, err.Error(), schema.Quote(text))
	}
	return end
}

// appendText appends the value that text is a text form of.
func (n *jsonNode) appendText(text []byte) error {
	c, f := n.column, n.field
	var v int64
	var err error
	switch n.typ {
	case schema.Date:
		v, err = schema.ParseDate(text)
	case schema.Time:
		v, err = schema.ParseTime(text, f.Unit)
	case schema.Timestamp:
		v, err = schema.ParseTimestamp(text, f.Unit, f.Zone)
	default:
		if c.data, err = schema.ParseBinary(c.data, text); err == nil {
			c.endBytes()
		}
		return err
	}
	if err == nil {
		c.appendInt(v)
	}
	return err
}
