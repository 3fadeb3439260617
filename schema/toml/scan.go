package toml

import (
	"fmt"
	"strings"
)

// A statement is a table's header, or a key with its value.
type statement struct {
	parts []Span // of the dotted key
	at    Span   // the header with its brackets, or the whole dotted key
	value *Node  // nil for a header
	array bool   // the header is of the form [[...]]
}

// A scanner finds where keys and values stand. It knows just enough of TOML to do so in valid text;
// in other text it gets stuck, which is the parser's to explain.
type scanner struct {
	text       string
	pos        int
	statements []statement

	under path // the last header
	above path // the keys above the current one
	nest  int  // open brackets
	work  int

	// stuck says that the scanner could not go on at at; unended, that a string begins there which does
	// not end.
	stuck, unended bool
	// refusal says why the parser must not see the text.
	refusal string
	at      Span
}

// A path is how long a dotted key is.
type path struct{ keys, bytes int }

// then returns the path with the parts of a key after it.
func (p path) then(parts []Span) path {
	return path{p.keys + len(parts), p.bytes + parts[len(parts)-1].End - parts[0].Start}
}

func scan(text string) *scanner {
	s := &scanner{text: text}
	for s.ok() {
		s.skipBlank()
		if s.pos == len(text) {
			break
		}
		if s.peek() == '[' {
			s.header()
		} else {
			s.above = s.under
			if st, ok := s.keyValue(); ok {
				s.statements = append(s.statements, st)
			}
		}
		s.endOfLine()
	}
	return s
}

// safe returns how much of the text may be given to the parser: where the scanner got stuck, only as
// much more as can do no harm, and to the end of a line if that is near.
func (s *scanner) safe() int {
	if !s.stuck {
		return len(s.text)
	}
	const harmless = 1 << 10
	end := min(s.at.Start+harmless, len(s.text))
	if i := strings.IndexByte(s.text[s.at.Start:end], '\n'); i >= 0 {
		return s.at.Start + i + 1
	}
	for end < len(s.text) && end > s.at.Start && s.text[end]&0xC0 == 0x80 {
		end-- // not inside a character
	}
	return end
}

func (s *scanner) ok() bool { return !s.stuck && s.refusal == "" }

func (s *scanner) fail() bool {
	if s.ok() {
		s.stuck, s.at = true, Span{s.pos, min(s.pos+1, len(s.text))}
	}
	return false
}

// failString is fail for a string that begins at the scanner's place with quotes and has no end.
func (s *scanner) failString(quotes int) bool {
	if s.ok() {
		s.stuck, s.unended, s.at = true, true, Span{s.pos, s.pos + quotes}
	}
	return false
}

func (s *scanner) refuse(at Span, format string, args ...any) {
	if s.ok() {
		s.refusal, s.at = fmt.Sprintf(format, args...), at
	}
}

// peek returns the next byte, or 0 at the end.
func (s *scanner) peek() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

func (s *scanner) accept(c byte) bool {
	if s.pos < len(s.text) && s.text[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) skipSpace() {
	for s.peek() == ' ' || s.peek() == '\t' {
		s.pos++
	}
}

// skipBlank skips white space, line ends and comments.
func (s *scanner) skipBlank() {
	for {
		switch s.peek() {
		case ' ', '\t', '\r', '\n':
			s.pos++
		case '#':
			s.skipLine()
		default:
			return
		}
	}
}

func (s *scanner) skipLine() {
	if i := strings.IndexByte(s.text[s.pos:], '\n'); i >= 0 {
		s.pos += i
	} else {
		s.pos = len(s.text)
	}
}

func (s *scanner) endOfLine() {
	s.skipSpace()
	if s.peek() == '#' {
		s.skipLine()
	}
	s.accept('\r')
	if s.pos < len(s.text) && !s.accept('\n') {
		s.fail()
	}
}

func (s *scanner) header() {
	st := statement{at: Span{Start: s.pos}}
	s.accept('[')
	st.array = s.accept('[')
	s.above = path{}
	var ok bool
	if st.parts, ok = s.key(); !ok {
		return
	}
	if !s.accept(']') || st.array && !s.accept(']') {
		s.fail()
		return
	}
	st.at.End = s.pos
	s.spend(st.at, headerWork)
	s.under = path{}.then(st.parts)
	s.statements = append(s.statements, st)
}

// key scans a dotted key and the space after it.
func (s *scanner) key() ([]Span, bool) {
	var parts []Span
	for {
		s.skipSpace()
		part := Span{Start: s.pos}
		if c := s.peek(); c == '"' || c == '\'' {
			if !s.line(c) {
				return nil, false
			}
		} else {
			s.run(isBareKey)
		}
		part.End = s.pos
		if part.End == part.Start {
			return nil, s.fail()
		}
		parts = append(parts, part)
		s.charge(part, s.above.then(parts))
		s.skipSpace()
		if !s.ok() || !s.accept('.') {
			return parts, s.ok()
		}
	}
}

// bytesPerWork is how much of a path costs as much as one more key in it.
const bytesPerWork = 256

// charge accounts for a part of a key: the parser walks and spells out the whole path to it.
func (s *scanner) charge(at Span, p path) {
	if p.keys > MaxDepth {
		s.refuse(at, "this key is more than %d keys deep", MaxDepth)
	}
	s.spend(at, p.keys+p.bytes/bytesPerWork)
}

// What statements and values cost beside the parts of their keys.
const (
	headerWork   = 8
	keyValueWork = 4
	valueWork    = 1
)

// spend accounts for work that the parser will have.
func (s *scanner) spend(at Span, work int) {
	if s.work += work; s.work > maxWork {
		s.refuse(at, "up to here, the keys and values are too many, too long or too deep to be read")
	}
}

func (s *scanner) keyValue() (statement, bool) {
	parts, ok := s.key()
	if !ok {
		return statement{}, false
	}
	st := statement{parts: parts, at: Span{parts[0].Start, parts[len(parts)-1].End}}
	s.spend(st.at, keyValueWork)
	if !s.accept('=') {
		return st, s.fail()
	}
	above := s.above
	s.above = above.then(parts)
	st.value = s.value()
	s.above = above
	return st, s.ok()
}

// value scans a value. It returns a node even if it fails.
func (s *scanner) value() *Node {
	s.skipSpace()
	n := &Node{At: Span{Start: s.pos}}
	switch c := s.peek(); c {
	case '"', '\'':
		n.Kind = String
		if strings.HasPrefix(s.text[s.pos:], strings.Repeat(string(c), 3)) {
			s.lines(c)
		} else {
			s.line(c)
		}
	case '[':
		n.Kind = Array
		s.list(n, ']', s.item)
	case '{':
		n.Kind = TableKind
		s.list(n, '}', s.inlineKey)
	default:
		s.bare()
	}
	n.At.End = s.pos
	s.spend(n.At, valueWork)
	n.Raw = s.text[n.At.Start:n.At.End]
	return n
}

// list scans what stands between brackets, separated by commas, over as many lines as it takes.
func (s *scanner) list(n *Node, end byte, element func(*Node) bool) {
	s.pos++
	s.nest++
	defer func() { s.nest-- }()
	if s.nest > MaxDepth {
		s.refuse(Span{s.pos - 1, s.pos}, "this value is more than %d brackets deep", MaxDepth)
	}
	for s.ok() {
		s.skipBlank()
		if s.accept(end) {
			return
		}
		if !element(n) {
			return
		}
		s.skipBlank()
		if !s.accept(',') && s.peek() != end {
			s.fail()
		}
	}
}

func (s *scanner) item(n *Node) bool {
	n.Items = append(n.Items, s.value())
	return s.ok()
}

func (s *scanner) inlineKey(n *Node) bool {
	st, ok := s.keyValue()
	n.inline = append(n.inline, st)
	return ok
}

// line scans a string that ends on its line.
func (s *scanner) line(quote byte) bool {
	for i := s.pos + 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == quote:
			s.pos = i + 1
			return true
		case c == '\n':
			return s.failString(1)
		case c == '\\' && quote == '"' && !strings.HasPrefix(s.text[i+1:], "\n"):
			i++
		}
	}
	return s.failString(1)
}

// lines scans a string between triple quotes. Quotes right before the closing three are text; how many
// there may be is the parser's to judge.
func (s *scanner) lines(quote byte) {
	quotes := 0
	for i := s.pos + 3; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == quote:
			quotes++
			if quotes < 3 || i+1 < len(s.text) && s.text[i+1] == quote {
				continue
			}
			s.pos = i + 1
			return
		case c == '\\' && quote == '"':
			i++
		}
		quotes = 0
	}
	s.failString(3)
}

// bare scans a number, a boolean, or a date, which may have a space before its time.
func (s *scanner) bare() {
	start := s.pos
	s.run(isBareValue)
	if s.pos == start {
		s.fail()
		return
	}
	rest := s.text[s.pos:]
	if s.pos-start == len("2006-01-02") && s.text[start+4] == '-' &&
		len(rest) > 1 && rest[0] == ' ' && isDigit(rest[1]) {
		s.pos++
		s.run(isBareValue)
	}
}

func (s *scanner) run(is func(byte) bool) {
	for s.pos < len(s.text) && is(s.text[s.pos]) {
		s.pos++
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isBareKey(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '-'
}

func isBareValue(c byte) bool { return isBareKey(c) || c == '.' || c == '+' || c == ':' }
