package shard

import (
	"fmt"
	"unicode/utf8"

	"github.com/bindery-data/bindery/schema"
)

const (
	// maxJSONDepth is how many arrays and objects may lie within one another in a record.
	maxJSONDepth = 512
	// maxRecordSlots bounds the memory of one record's list items and map values, in bytes: a struct of
	// many fields takes a slot of each, though `{}` is all there is of it in the text.
	maxRecordSlots = 512 << 20
)

// A jsonParser decodes JSON text (RFC 8259) into columns. Its methods take the place in the text where
// they begin and return the one where they ended, or -1 once the text has turned out not to be JSON.
type jsonParser struct {
	text []byte
	// what names the text in messages: "record".
	what string
	// frames say where the parser is in the lists and maps around it, from the outermost: at which item
	// of a list, at which slot of a map's keys.
	frames []int
	// depth is how many arrays and objects the parser is in.
	depth int
	// slots is what the record's list items and map values take, in bytes, and maxSlots bounds it.
	slots, maxSlots int
	// scratch holds strings with their escapes undone.
	scratch []byte
	// loneSurrogate is set when a string is passed over that has one.
	loneSurrogate bool

	findings jsonFindings
	// fault is why the text is not JSON, once a method has returned -1.
	fault schema.Finding
}

func newJSONParser(what string) jsonParser {
	return jsonParser{what: what, maxSlots: maxRecordSlots}
}

// begin makes text the one to decode.
func (p *jsonParser) begin(text []byte) {
	p.text = text
	p.frames = p.frames[:0]
	p.depth, p.slots = 0, 0
	p.findings.reset()
}

// expected notes that something else stands at i, and returns -1.
func (p *jsonParser) expected(i int, what string) int {
	if i >= len(p.text) {
		return p.fail(schema.Finding{
			Message: fmt.Sprintf("is not JSON: the %s ends at byte %d, where %s is expected", p.what, len(p.text), what),
		})
	}
	return p.fail(schema.Finding{
		Message: fmt.Sprintf("is not JSON: byte %d of the %s should be %s", i+1, p.what, what),
		Value:   schema.Quote(p.glimpse(i)),
	})
}

// wrong notes what is wrong at i, and returns -1.
func (p *jsonParser) wrong(i int, what string) int {
	return p.fail(schema.Finding{Message: fmt.Sprintf("is not JSON: byte %d of the %s %s", i+1, p.what, what)})
}

func (p *jsonParser) fail(f schema.Finding) int {
	f.Code = schema.FormatError
	p.fault = f
	return -1
}

// glimpse returns the first few characters at i.
func (p *jsonParser) glimpse(i int) []byte {
	end := i
	for n := 0; n < 20 && end < len(p.text); n++ {
		_, size := utf8.DecodeRune(p.text[end:])
		end += size
	}
	return p.text[i:end]
}

// at returns the byte at i, or 0, which begins nothing in JSON, at the end.
func (p *jsonParser) at(i int) byte {
	if i < len(p.text) {
		return p.text[i]
	}
	return 0
}

// space passes over white space.
func (p *jsonParser) space(i int) int {
	for i < len(p.text) && p.text[i] <= ' ' && isJSONSpace(p.text[i]) {
		i++
	}
	return i
}

func isJSONSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// list decodes an array into a slot of a list column.
func (p *jsonParser) list(n *jsonNode, i int) int {
	if p.at(i) != '[' {
		return p.otherValue(n, i)
	}
	p.depth++
	frame := len(p.frames)
	p.frames = append(p.frames, 0)
	if i = p.space(i + 1); p.at(i) == ']' {
		i++
	} else {
		i = p.items(n, frame, i)
	}
	if i < 0 {
		return -1
	}
	p.frames = p.frames[:frame]
	p.depth--
	n.column.endItems()
	return i
}

// items decodes the items of an array and its closing bracket.
func (p *jsonParser) items(n *jsonNode, frame, i int) int {
	for index := 0; ; index++ {
		p.frames[frame] = index
		if !p.takeSlot(n.child) {
			return -1
		}
		if i = n.child.decode(p, n.child, i); i < 0 {
			return -1
		}
		c := p.at(i)
		if c <= ' ' {
			i = p.space(i)
			c = p.at(i)
		}
		switch c {
		case ',':
			if i++; p.at(i) <= ' ' {
				i = p.space(i)
			}
		case ']':
			return i + 1
		default:
			return p.expected(i, "a comma or ]")
		}
	}
}

// takeSlot counts one more list item or map value.
func (p *jsonParser) takeSlot(n *jsonNode) bool {
	if p.slots += n.weight; p.slots <= p.maxSlots {
		return true
	}
	p.fail(schema.Finding{
		Message: fmt.Sprintf("has lists or maps whose values take more than %d MiB", p.maxSlots>>20),
		Hint:    "Split the record into several.",
	})
	return false
}

// mapValue decodes an object into a slot of a map column.
func (p *jsonParser) mapValue(n *jsonNode, i int) int {
	if p.at(i) != '{' {
		return p.otherValue(n, i)
	}
	p.depth++
	frame := len(p.frames)
	p.frames = append(p.frames, 0)
	n.keys.begin(n.column.keys)
	if i = p.space(i + 1); p.at(i) == '}' {
		i++
	} else {
		i = p.entries(n, frame, i)
	}
	if i < 0 {
		return -1
	}
	p.frames = p.frames[:frame]
	p.depth--
	n.column.endItems()
	return i
}

// entries decodes the entries of an object for a map, and its closing brace.
func (p *jsonParser) entries(n *jsonNode, frame, i int) int {
	for {
		p.frames[frame] = n.column.keys.n
		if !p.takeSlot(n.child) {
			return -1
		}
		if i = p.mapKey(n, i); i < 0 {
			return -1
		}
		if i = n.child.decode(p, n.child, i); i < 0 {
			return -1
		}
		i = p.space(i)
		switch p.at(i) {
		case ',':
			i = p.space(i + 1)
		case '}':
			return i + 1
		default:
			return p.expected(i, "a comma or }")
		}
	}
}

// mapKey decodes a key of a map, and what follows it up to its value.
func (p *jsonParser) mapKey(n *jsonNode, i int) int {
	if p.at(i) != '"' {
		return p.expected(i, "a key in double quotes")
	}
	keys := n.column.keys
	var lone bool
	if keys.data, i, lone = p.appendString(keys.data, i+1); i < 0 {
		return -1
	}
	keys.endBytes()
	key := keys.bytesAt(keys.n - 1)
	if lone {
		p.find(n, schema.Finding{Code: schema.EncodingError, Message: messageLoneInKey, Value: schema.Quote(key)})
	}
	if !n.keys.add(keys.n - 1) {
		p.find(n, schema.Finding{Code: schema.DuplicateKey, Message: "has a key twice", Value: schema.Quote(key)})
	}
	return p.colon(i)
}

// colon passes over a colon and the white space around it.
func (p *jsonParser) colon(i int) int {
	if i = p.space(i); p.at(i) != ':' {
		return p.expected(i, "a colon")
	}
	return p.space(i + 1)
}

// jsonValue keeps a value's text as it is.
func (p *jsonParser) jsonValue(n *jsonNode, i int) int {
	p.loneSurrogate = false
	end := p.skip(i)
	if end < 0 {
		return -1
	}
	switch text := p.text[i:end]; {
	case string(text) == "null":
		n.column.appendNull()
	case p.loneSurrogate:
		p.find(n, schema.Finding{Code: schema.EncodingError, Message: messageLoneSurrogate, Value: schema.Quote(text)})
		n.column.appendFault()
	default:
		n.column.appendBytes(text)
	}
	return end
}
