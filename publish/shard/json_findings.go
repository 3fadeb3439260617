package shard

import (
	"fmt"
	"strconv"

	"github.com/bindery-data/bindery/schema"
)

const (
	messageLoneSurrogate = "has an escape that is half of a surrogate pair"
	messageLoneInKey     = "has a key with half of a surrogate pair"
)

// jsonFindings are the findings about the current record, held back until it has turned out to be JSON.
// Of each code and field there are at most maxAlike, and the last of them says how many more there
// were: a record can have as many faults as it has bytes.
type jsonFindings struct {
	list  []schema.Finding
	alike map[schema.CountKey]*alike
}

const maxAlike = 20

// alike counts the findings of one code and field; last is the place in the list of the last one there.
type alike struct{ count, last int }

func (fs *jsonFindings) reset() {
	fs.list = fs.list[:0]
	clear(fs.alike)
}

// admit counts a finding, and reports whether it is to be added to the list.
func (fs *jsonFindings) admit(key schema.CountKey) bool {
	a := fs.alike[key]
	if a == nil {
		if fs.alike == nil {
			fs.alike = make(map[schema.CountKey]*alike)
		}
		a = new(alike)
		fs.alike[key] = a
	}
	if a.count++; a.count > maxAlike {
		return false
	}
	a.last = len(fs.list)
	return true
}

// take returns the findings, which stay valid until the next one is added.
func (fs *jsonFindings) take() []schema.Finding {
	for _, a := range fs.alike {
		if more := a.count - maxAlike; more > 0 {
			fs.list[a.last].Message += fmt.Sprintf(" (and so in %d more places of this record)", more)
		}
	}
	list := fs.list
	fs.reset()
	return list
}

// find notes a finding about the value of n's field that is being decoded.
func (p *jsonParser) find(n *jsonNode, f schema.Finding) {
	f.Field = n.path()
	if p.findings.admit(schema.CountKey{Code: f.Code, Field: f.Field}) {
		f.At = p.place(n)
		p.findings.list = append(p.findings.list, f)
	}
}

// place writes where the value of n's field that is being decoded is in its record; it is empty where
// the field's path leaves nothing open.
func (p *jsonParser) place(n *jsonNode) string {
	holders := 0
	for up := n.parent; up != nil; up = up.parent {
		if up.child != nil {
			holders++
		}
	}
	if holders == 0 {
		return ""
	}
	return string(p.appendPlace(nil, n, p.frames[:holders]))
}

// appendPlace writes the place of n, of whose list or map ancestors frames has one each.
func (p *jsonParser) appendPlace(dst []byte, n *jsonNode, frames []int) []byte {
	up := n.parent
	switch {
	case up.field == nil:
		return append(dst, schema.PathName(n.field.Name)...)
	case up.child == nil:
		dst = append(p.appendPlace(dst, up, frames), '.')
		return append(dst, schema.PathName(n.field.Name)...)
	}
	inner := len(frames) - 1
	dst = p.appendPlace(dst, up, frames[:inner])
	if up.typ == schema.List {
		return append(strconv.AppendInt(append(dst, '['), int64(frames[inner]), 10), ']')
	}
	dst = append(dst, '{')
	dst = append(dst, schema.Quote(up.column.keys.bytesAt(frames[inner]))...)
	return append(dst, '}')
}

// otherValue decodes what is not of the declared type: a null, or a fault.
func (p *jsonParser) otherValue(n *jsonNode, i int) int {
	if p.at(i) == 'n' {
		if i = p.literal(i, "null"); i >= 0 {
			n.column.appendNull()
		}
		return i
	}
	kind := jsonKind(p.at(i))
	end := p.skip(i)
	if end < 0 {
		return -1
	}
	value := schema.Quote(p.text[i:end])
	if kind == "a string" {
		content, _, _ := p.content(i + 1)
		value = schema.Quote(content)
	}
	return p.mistyped(n, end, "is "+kind+" where "+n.typ.String()+" is declared", value)
}

// mistyped notes that a value that ends at end is not of the declared type.
func (p *jsonParser) mistyped(n *jsonNode, end int, message, value string) int {
	p.find(n, schema.Finding{Code: schema.TypeError, Message: message, Value: value})
	n.column.appendFault()
	return end
}

// jsonKind names the kind of value that begins with c.
func jsonKind(c byte) string {
	switch c {
	case '"':
		return "a string"
	case '{':
		return "an object"
	case '[':
		return "an array"
	case 't', 'f':
		return "a boolean"
	}
	return "a number"
}
