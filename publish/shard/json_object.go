package shard

import (
	"encoding/binary"

	"github.com/bindery-data/bindery/schema"
)

// structValue decodes an object into a slot of a struct column.
func (p *jsonParser) structValue(n *jsonNode, i int) int {
	if p.at(i) != '{' {
		return p.otherValue(n, i)
	}
	if i = p.object(n, i); i < 0 {
		return -1
	}
	n.column.endStruct()
	return i
}

// object decodes the object at i into one slot of each of n's fields.
func (p *jsonParser) object(n *jsonNode, i int) int {
	p.depth++
	n.objects++
	met := 0
	if i = p.space(i + 1); p.at(i) == '}' {
		i++
	} else if i, met = p.members(n, i); i < 0 {
		return -1
	}
	if met < len(n.fields) {
		p.missing(n)
	}
	p.depth--
	return i
}

// members decodes the members of an object and its closing brace. It returns how many fields it met.
func (p *jsonParser) members(n *jsonNode, i int) (end, met int) {
	text := p.text
	for expected := &n.first; ; {
		field := *expected
		if field != nil && field.startsAt(text, i) && field.met != n.objects {
			if i += len(field.key); text[i] <= ' ' {
				i = p.space(i)
			}
		} else if field, i = p.member(n, field, i); i < 0 {
			return -1, met
		} else if field != nil {
			*expected = field
		}
		if field != nil {
			expected = &field.next
			field.met = n.objects
			met++
			if isNull(text, i) {
				field.column.appendNull()
				i += len("null")
			} else if i = field.decode(p, field, i); i < 0 {
				return -1, met
			}
		}
		if i < len(text) && text[i] <= ' ' {
			i = p.space(i)
		}
		switch p.at(i) {
		case ',':
			if i++; p.at(i) <= ' ' {
				i = p.space(i)
			}
		case '}':
			return i + 1, met
		default:
			return p.expected(i, "a comma or }"), met
		}
	}
}

// member reads a key, which is most likely not the expected one, up to its value. If the value is not to be
// decoded, because the key is not declared or was there before, it is passed over, and field is nil.
func (p *jsonParser) member(n, expected *jsonNode, i int) (field *jsonNode, end int) {
	if p.at(i) != '"' {
		return nil, p.expected(i, "a key in double quotes")
	}
	key, i, lone := p.content(i + 1)
	if i < 0 {
		return nil, -1
	}
	if field = expected; field == nil || field.field.Name != string(key) {
		field = n.byName[string(key)]
	}
	switch {
	case lone:
		p.find(n, schema.Finding{Code: schema.EncodingError, Message: messageLoneInKey, Value: schema.Quote(key)})
		field = nil
	case field == nil:
		p.find(n, schema.Finding{Code: schema.ExtraCell, Message: "has a key that is not declared",
			Value: schema.Quote(key), Hint: "Declare the field, or remove the key from the records."})
	case field.met == n.objects:
		p.find(field, schema.Finding{Code: schema.DuplicateKey, Message: "is there twice"})
		field = nil
	}
	if i = p.colon(i); i >= 0 && field == nil {
		i = p.skip(i)
	}
	return field, i
}

// missing appends nulls for the fields that the current object has no key of.
func (p *jsonParser) missing(n *jsonNode) {
	for _, field := range n.fields {
		switch {
		case field.met == n.objects:
		case field.field.Required:
			p.find(field, schema.Finding{Code: schema.MissingCell, Message: "is required, and its key is not there"})
			field.column.appendFault()
		default:
			field.column.appendNull()
		}
	}
}

// isNull reports whether null stands at i, with something after it.
func isNull(text []byte, i int) bool {
	const null = 'n' | 'u'<<8 | 'l'<<16 | 'l'<<24
	return len(text)-i > 4 && binary.LittleEndian.Uint32(text[i:i+4]) == null
}
