package shard

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/bindery-data/bindery/schema"
)

const (
	everyByte = 0x0101010101010101
	highBits  = 0x80 * everyByte
)

// stringStops has the high bit of the first byte of w that is a quote, a backslash or a control character,
// and maybe of bytes after it. It is 0 where there is none.
func stringStops(w uint64) uint64 {
	// Flipping the bit 2 takes the quote (0x22) to 0x20 and leaves controls below it, and takes nothing
	// else below 0x21. Subtracting sets the high bit of what is below; a borrow can do so wrongly only in
	// bytes after such a one, and the first is what is looked for. Bytes above 127 are none of these.
	quote := w ^ 0x02*everyByte
	slash := w ^ '\\'*everyByte
	return ((quote - 0x21*everyByte) | (slash - everyByte)) &^ w & highBits
}

// scanString returns the place of the first quote, backslash or control character from i on, or the end
// of text. It looks at eight bytes at a time.
func scanString(text []byte, i int) int {
	for ; i+8 <= len(text); i += 8 {
		if found := stringStops(word(text[i:])); found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(text); i++ {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' {
			return i
		}
	}
	return i
}

// stringValue decodes a string into a slot of a string column.
func (p *jsonParser) stringValue(n *jsonNode, i int) int {
	if i >= len(p.text) || p.text[i] != '"' {
		return p.otherValue(n, i)
	}
	c := n.column
	start := i + 1
	data, end := copyShort(c.data, p.text, start)
	if end < len(p.text) && p.text[end] == '"' {
		c.data = data
		c.endBytes()
		return end + 1
	}
	data, end, lone := p.appendString(data, end)
	c.data = data[:len(c.data)] // Whatever comes of the string, the column keeps the memory that it grew into.
	switch {
	case end < 0:
		return -1
	case lone:
		p.find(n, schema.Finding{
			Code: schema.EncodingError, Message: messageLoneSurrogate, Value: schema.Quote(p.text[start : end-1]),
		})
		c.appendFault()
	default:
		c.data = data
		c.endBytes()
	}
	return end
}

// copyShort appends text from i on, up to the first quote, backslash or control character, and returns the
// place where it stopped: there, at the end of text, or maxShort bytes on. Most strings are short, and to look
// for the end in the very words that are copied takes 5 % off the decoding of narrow records.
func copyShort(dst, text []byte, i int) ([]byte, int) {
	if len(text)-i < maxShort {
		stop := scanString(text, i)
		return append(dst, text[i:stop]...), stop
	}
	dst = slices.Grow(dst, maxShort)
	from, to := text[i:i+maxShort], dst[len(dst):len(dst)+maxShort]
	for n := 0; n < maxShort; n += 8 {
		w := word(from[n:])
		binary.LittleEndian.PutUint64(to[n:], w)
		if found := stringStops(w); found != 0 {
			n += bits.TrailingZeros64(found) / 8
			return dst[:len(dst)+n], i + n
		}
	}
	return dst[:len(dst)+maxShort], i + maxShort
}

const maxShort = 64

// content returns the string whose first character is at i, with its escapes undone, and the place
// after its closing quote. It is valid until the next call.
func (p *jsonParser) content(i int) (content []byte, end int, lone bool) {
	if end = scanString(p.text, i); end < len(p.text) && p.text[end] == '"' {
		return p.text[i:end], end + 1, false
	}
	p.scratch, end, lone = p.appendString(p.scratch[:0], i)
	return p.scratch, end, lone
}

// appendString appends the string whose first character is at i, with its escapes undone, and returns
// the place after its closing quote. If it has an escape that is half of a surrogate pair, that becomes
// U+FFFD and lone is true.
func (p *jsonParser) appendString(dst []byte, i int) (out []byte, end int, lone bool) {
	for piece := 0; ; piece++ {
		few := piece < fewPieces
		if few {
			dst, i = copyShort(dst, p.text, i)
		}
		if c := p.at(i); !few || c != '"' && c != '\\' {
			dst, i = unescape(dst, p.text, i)
		}
		switch c := p.at(i); {
		case i == len(p.text):
			return dst, p.expected(i, `a closing "`), lone
		case c == '"':
			return dst, i + 1, lone
		case c != '\\':
			return dst, p.wrong(i, "is a control character that is not escaped"), lone
		}
		for p.at(i) == '\\' {
			r, next := p.escape(i)
			if next < 0 {
				return dst, -1, lone
			}
			lone = lone || r == halfPair
			dst = utf8.AppendRune(dst, r)
			i = next
		}
	}
}

// fewPieces is how many pieces between escapes are taken one by one, before a string is taken for a document.
const fewPieces = 4

// unescape appends text from i on, with the escapes of one letter undone, up to the first quote, control
// character or other escape, or the end of text, and returns the place where it stopped.
//
// Documents have an escape every 13 bytes. To find all of a block before any is undone leaves few branches
// that nobody can foretell: 1.75 GB/s of program text instead of 1.45 where each was looked for behind the last.
func unescape(dst, text []byte, i int) ([]byte, int) {
	for len(text)-i >= roomToUnescape {
		dst = slices.Grow(dst, roomToUnescape)
		to := (*unescapeRoom)(dst[len(dst):cap(dst)])
		read, written, whole := unescapeBlock(to, (*unescapeRoom)(text[i:]))
		dst, i = dst[:len(dst)+int(written)], i+int(read)
		if !whole {
			return dst, i
		}
	}
	return unescapeLast(dst, text, i)
}

// unescapeLast is unescape where little text is left.
func unescapeLast(dst, text []byte, i int) ([]byte, int) {
	for {
		var last unescapeRoom // The zeros behind the text are control characters, which end it.
		copy(last[:], text[i:])
		dst = slices.Grow(dst, roomToUnescape)
		read, written, whole := unescapeBlock((*unescapeRoom)(dst[len(dst):cap(dst)]), &last)
		dst, i = dst[:len(dst)+int(written)], i+int(read)
		if !whole {
			return dst, i
		}
	}
}

// An unescapeRoom is where unescapeBlock reads and writes. It copies 32 bytes at once, so that it needs more
// than a block.
type unescapeRoom = [roomToUnescape]byte

const roomToUnescape = 128 + 32

// unescapeBlock undoes the escapes that begin in the first 64 bytes of from. It returns how much it read and
// wrote, and whether it got through the block: else it stopped where unescape has to. What to holds behind that
// is not for use.
//
// No index reaches 128, and saying so spares the checks.
func unescapeBlock(to, from *unescapeRoom) (read, written uint, whole bool) {
	for stops := blockStops((*[64]byte)(from[:])); stops != 0; {
		plain := uint(bits.TrailingZeros64(stops))
		copy32(to, written, from, read)
		if plain > 32 {
			copy32(to, written+32, from, read+32)
		}
		read, written = read+plain, written+plain
		letter := simpleEscapes[from[read&127+1]]
		if from[read&127] != '\\' || letter == 0 {
			return read, written, false
		}
		to[written&127] = letter
		read, written = read+2, written+1
		stops = stops >> (plain & 63) >> 2
	}
	if read < 64 {
		copy32(to, written, from, read)
		copy32(to, written+32, from, read+32)
		read, written = 64, written+64-read
	}
	return read, written, true
}

// copy32 copies 32 bytes from one place to another.
func copy32(to *unescapeRoom, written uint, from *unescapeRoom, read uint) {
	*(*[16]byte)(to[written&127:]) = *(*[16]byte)(from[read&127:])
	*(*[16]byte)(to[written&127+16:]) = *(*[16]byte)(from[read&127+16:])
}

// blockStops has a bit for each quote, backslash and control character of a block.
func blockStops(b *[64]byte) uint64 {
	return ^(plainBits(word(b[0:])) | plainBits(word(b[8:]))<<8 |
		plainBits(word(b[16:]))<<16 | plainBits(word(b[24:]))<<24 |
		plainBits(word(b[32:]))<<32 | plainBits(word(b[40:]))<<40 |
		plainBits(word(b[48:]))<<48 | plainBits(word(b[56:]))<<56)
}

// plainBits has a bit, from the lowest on, for each byte of w that is no quote, backslash or control character.
func plainBits(w uint64) uint64 {
	// As in stringStops, but without borrows, since the high bit of each byte is set before subtracting.
	high := w | highBits
	plain := ((high ^ 0x02*everyByte) - 0x21*everyByte) & ((high ^ '\\'*everyByte) - everyByte)
	// The product gathers the high bits in its highest byte.
	return (plain | w) & highBits * 0x0002040810204081 >> 56
}

// halfPair stands for an escape that is half of a surrogate pair. AppendRune writes it as U+FFFD.
const halfPair rune = 0xD800

var simpleEscapes = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// escape returns the character that the escape at i stands for, and the place after it.
func (p *jsonParser) escape(i int) (rune, int) {
	c := p.at(i + 1)
	if simple := simpleEscapes[c]; simple != 0 {
		return rune(simple), i + 2
	}
	if c != 'u' {
		return 0, p.expected(i+1, `one of "\/bfnrtu after the backslash`)
	}
	r, ok := p.hex4(i + 2)
	if !ok {
		return 0, p.expected(i+2, `four hexadecimal digits after \u`)
	}
	i += 6
	if !utf16.IsSurrogate(r) {
		return r, i
	}
	if p.at(i) == '\\' && p.at(i+1) == 'u' {
		if low, ok := p.hex4(i + 2); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, i + 6
			}
		}
	}
	return halfPair, i
}

// hex4 reads four hexadecimal digits.
func (p *jsonParser) hex4(i int) (rune, bool) {
	if i+4 > len(p.text) {
		return 0, false
	}
	var r rune
	for _, c := range p.text[i : i+4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// skipString passes over the rest of a string from i on.
func (p *jsonParser) skipString(i int) int {
	for {
		i = scanString(p.text, i)
		switch c := p.at(i); {
		case i == len(p.text):
			return p.expected(i, `a closing "`)
		case c == '"':
			return i + 1
		case c != '\\':
			return p.wrong(i, "is a control character that is not escaped")
		}
		r, next := p.escape(i)
		if next < 0 {
			return -1
		}
		p.loneSurrogate = p.loneSurrogate || r == halfPair
		i = next
	}
}
