package schema

import (
	"strconv"
)

// place writes where in its record a slot is, as in `items[3].name`; items are numbered from 0. It is
// empty for a field that is not within a list or map, which its path places already.
func (n *node) place(slot int) string {
	if !n.repeated() {
		return ""
	}
	return string(n.appendPlace(nil, slot))
}

// repeated reports whether a record can have several values of the field.
func (n *node) repeated() bool {
	for p := n.parent; p != nil; p = p.parent {
		if p.offsets != nil {
			return true
		}
	}
	return false
}

func (n *node) appendPlace(dst []byte, slot int) []byte {
	switch p := n.parent; {
	case p == nil:
		return append(dst, PathName(n.field.Name)...)
	case p.offsets == nil:
		dst = append(p.appendPlace(dst, slot), '.')
		return append(dst, PathName(n.field.Name)...)
	default:
		holder, _ := p.holder(slot)
		dst = p.appendPlace(dst, holder)
		if p.keys != nil {
			dst = append(dst, '{')
			dst = append(dst, Quote(p.keys.Value(slot))...)
			return append(dst, '}')
		}
		dst = append(dst, '[')
		dst = strconv.AppendInt(dst, int64(slot)-int64(p.offsets[holder]), 10)
		return append(dst, ']')
	}
}
