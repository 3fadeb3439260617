package shard

import (
	"bytes"

	"github.com/bindery-data/bindery/schema"
)

// jsonFormat is JSON: one array of objects.
//
// A chunk starts with the first byte of an element and runs to just before the first byte of the
// element that starts the next chunk, so it includes the comma and white space between them; the last
// chunk ends before the closing bracket. Elements are told apart by commas outside strings and
// brackets alone: what is between two commas, were it nothing, is for the decoder to judge.
var jsonFormat = Format{
	Name:       "json",
	Extensions: []string{".json"},
	Lines:      true,
	split: func(in *input, _ *schema.Schema) (Splitter, error) {
		return newTextSplitter(in, &arrayCutter{}), nil
	},
	decoder: newJSONDecoder,
}

// An arrayCutter finds the elements of a JSON array.
type arrayCutter struct {
	scanned  int
	depth    int
	inString bool
	escaped  bool // the next byte is escaped
	comma    bool // a comma was met and its element not yet
	closed   bool // tail was given the closing bracket
}

func (a *arrayCutter) head(text []byte, end bool) (int, bool, error) {
	open := skipSpace(text, 0)
	if open == len(text) {
		return 0, false, nil
	}
	if text[open] != '[' {
		return 0, false, notAnArray(text[open])
	}
	first := skipSpace(text, open+1)
	if first == len(text) {
		if end {
			return 0, false, a.end()
		}
		return 0, false, nil
	}
	return first, true, nil
}

func notAnArray(first byte) error {
	hint := "A JSON shard is one array of objects."
	if first == '{' {
		hint = `If it has one object a line, name it .jsonl or declare format = "jsonl"; if it is one object, put it in brackets.`
	}
	return damage(schema.FormatError, "is not a JSON array", hint)
}

func (a *arrayCutter) begin(*Chunk) { *a = arrayCutter{} }

// structural are the bytes that mean something outside strings, and nested those that do so inside an
// element.
var (
	structural = [256]bool{'"': true, '[': true, ']': true, '{': true, '}': true, ',': true}
	nested     = [256]bool{'"': true, '[': true, ']': true, '{': true, '}': true}
)

func (a *arrayCutter) cut(text []byte, want int) (n int, found, last bool) {
	i := a.scanned
	defer func() { a.scanned = i }()
	for i < len(text) {
		if a.inString {
			i = a.skipString(text, i)
			continue
		}
		if a.comma {
			if i = skipSpace(text, i); i == len(text) {
				break
			}
			a.comma = false
			if i >= want && text[i] != ']' {
				return i, true, false
			}
			a.comma = text[i] == ']'
		}
		table := &structural
		if a.depth > 0 {
			table = &nested
		}
		for i < len(text) && !table[text[i]] {
			i++
		}
		if i == len(text) {
			break
		}
		if text[i] == ']' && a.depth == 0 {
			return i, true, true
		}
		a.step(text[i])
		i++
	}
	return 0, false, false
}

// step takes one structural byte.
func (a *arrayCutter) step(c byte) {
	switch c {
	case '"':
		a.inString = true
	case '[', '{':
		a.depth++
	case ']', '}':
		a.depth = max(a.depth-1, 0)
	case ',':
		a.comma = a.depth == 0
	}
}

// skipString returns the place after the string that text is in at i, or the end of text.
func (a *arrayCutter) skipString(text []byte, i int) int {
	for i < len(text) {
		if a.escaped {
			a.escaped = false
			i++
			continue
		}
		quote := bytes.IndexByte(text[i:], '"')
		end := i + quote
		if quote < 0 {
			end = len(text)
		}
		slash := trailingBackslashes(text[i:end])
		i = end
		if slash%2 == 1 {
			a.escaped = true
			continue
		}
		if quote >= 0 {
			a.inString = false
			return i + 1
		}
	}
	return i
}

// trailingBackslashes counts the backslashes that text ends with.
func trailingBackslashes(text []byte) int {
	n := 0
	for n < len(text) && text[len(text)-1-n] == '\\' {
		n++
	}
	return n
}

func (a *arrayCutter) whole(text []byte) int {
	var again arrayCutter
	whole := 0
	for i := 0; i < len(text); {
		if again.inString {
			i = again.skipString(text, i)
			continue
		}
		c := text[i]
		again.step(c)
		i++
		if again.depth == 0 && (c == ',' || c == '}' || c == ']') {
			whole = i
		}
	}
	return whole
}

func (a *arrayCutter) end() error {
	return damage(schema.FormatError, "the array is not closed: the shard ends before the closing bracket",
		"Write or copy the shard again.")
}

// tail wants nothing but white space after the closing bracket, which is the first byte it is given.
func (a *arrayCutter) tail(text []byte) error {
	if a.comma {
		return damage(schema.FormatError, "has a comma before the closing bracket", "Remove the comma.")
	}
	if !a.closed {
		a.closed = true
		text = text[1:]
	}
	if i := skipSpace(text, 0); i < len(text) {
		return damage(schema.FormatError, "has text after the closing bracket",
			"A JSON shard is one array: put other arrays in shards of their own.")
	}
	return nil
}

// skipSpace returns the place of the first byte from i on that is not JSON's white space.
func skipSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\r' || text[i] == '\t') {
		i++
	}
	return i
}
