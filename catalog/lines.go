package catalog

import (
	"bytes"
	"encoding/json"
)

// encodeLines returns v as JSON for documents with many small values: keys in the order of the members,
// two spaces a level, an object or list that holds no other on one line, and a nil slice as the empty
// list. No character is escaped that need not be.
func encodeLines(v any) []byte {
	var flat bytes.Buffer
	e := json.NewEncoder(&flat)
	e.SetEscapeHTML(false)
	// Strings, integers, finite floats and slices of them always encode, and a Buffer takes everything.
	_ = e.Encode(v)
	l := lines{text: bytes.TrimSuffix(flat.Bytes(), []byte("\n")), out: make([]byte, 0, 2*flat.Len())}
	l.value()
	return append(l.out, '\n')
}

// lines breaks JSON without white space into lines.
type lines struct {
	text  []byte // what is left
	out   []byte
	depth int
}

// value moves one value to the output.
func (l *lines) value() {
	switch {
	case len(l.text) == 0:
		return
	case l.text[0] != '{' && l.text[0] != '[':
		l.scalar()
		return
	}
	broken := holdsOther(l.text)
	l.move(1)
	l.depth++
	for len(l.text) > 0 && l.text[0] != '}' && l.text[0] != ']' {
		if broken {
			l.newLine()
		}
		l.value()
		if len(l.text) > 0 && l.text[0] == ':' {
			l.move(1)
			l.out = append(l.out, ' ')
			l.value()
		}
		if len(l.text) > 0 && l.text[0] == ',' {
			l.move(1)
			if !broken {
				l.out = append(l.out, ' ')
			}
		}
	}
	l.depth--
	if broken {
		l.newLine()
	}
	l.move(min(1, len(l.text)))
}

// scalar moves a string, number or boolean. A null can only be a nil slice.
func (l *lines) scalar() {
	if l.text[0] == '"' {
		l.move(stringEnd(l.text))
		return
	}
	if rest, null := bytes.CutPrefix(l.text, []byte("null")); null {
		l.out, l.text = append(l.out, "[]"...), rest
		return
	}
	if end := bytes.IndexAny(l.text, ",]}"); end >= 0 {
		l.move(end)
		return
	}
	l.move(len(l.text))
}

func (l *lines) move(n int) {
	l.out = append(l.out, l.text[:n]...)
	l.text = l.text[n:]
}

func (l *lines) newLine() {
	l.out = append(l.out, '\n')
	for range l.depth {
		l.out = append(l.out, "  "...)
	}
}

// stringEnd returns the length of the JSON string that text begins with.
func stringEnd(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// holdsOther reports whether the object or list that text begins with holds an object or list.
func holdsOther(text []byte) bool {
	for i := 1; i < len(text); {
		switch text[i] {
		case '{', '[':
			return true
		case '}', ']':
			return false
		case '"':
			i += stringEnd(text[i:])
		default:
			i++
		}
	}
	return false
}
