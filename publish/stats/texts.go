package stats

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/zeebo/xxh3"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

// A shown text is a text up to the first MaxShownText characters, and whether it goes on behind them.
type shown struct {
	text []byte
	cut  bool
}

// show returns what is shown of a text.
func show(text []byte) shown {
	if len(text) <= catalog.MaxShownText {
		return shown{text, false}
	}
	at, characters := 0, 0
	for ; at < len(text); at++ {
		if text[at]&0xC0 == 0x80 {
			continue // within a character
		}
		if characters == catalog.MaxShownText {
			return shown{text[:at], true}
		}
		characters++
	}
	return shown{text, false}
}

// keep makes a the same as b, in memory of its own.
func (a *shown) keep(b shown) { a.text, a.cut = append(a.text[:0], b.text...), b.cut }

// less orders texts as they are in full, as far as can be told from what is shown.
func (a shown) less(b shown) bool {
	order := bytes.Compare(a.text, b.text)
	return order < 0 || order == 0 && !a.cut && b.cut
}

// extremes are the least and the greatest of texts.
type extremes struct {
	some     bool
	min, max shown
}

func (x *extremes) add(text shown) {
	if !x.some || text.less(x.min) {
		x.min.keep(text)
	}
	if !x.some || x.max.less(text) {
		x.max.keep(text)
	}
	x.some = true
}

// texts measures strings, json texts and binaries.
func (m *Measurer) texts(c *column, arr arrow.Array, s span) {
	starts, ends := m.extents(arr, s)
	var data []byte
	if buffer := arr.Data().Buffers()[2]; buffer != nil {
		data = buffer.Bytes()
	}
	if !c.unique {
		m.hashTexts(data, starts, ends)
		m.addValues(&c.values, func(i int32) uint64 {
			if c.field.Type == schema.Binary {
				return 0
			}
			text := show(data[starts[i]:ends[i]])
			return c.values.addText(text.text, text.cut)
		})
	}
	switch {
	case c.field.Type != schema.String:
	case !c.unique && c.values.complete():
		for i := range c.values.entries {
			c.extremes.add(c.values.shown(&c.values.entries[i]))
		}
	default:
		if c.unique { // Otherwise hashTexts has made the prefixes.
			m.prefixTexts(data, starts, ends)
		}
		c.extremes.find(data, starts, ends, m.prefixes)
	}
	m.textLengths(c, data, starts, ends)
}

// prefixTexts makes m.prefixes those of texts.
func (m *Measurer) prefixTexts(data []byte, starts, ends []int32) {
	m.prefixes = sized(m.prefixes, len(starts))
	for i, start := range starts {
		m.prefixes[i] = prefix(data, start, ends[i])
	}
}

// hashTexts makes m.hashes and m.prefixes those of texts. It makes both, since a text that is looked at again for its
// prefix, when all were hashed, is no longer in a cache.
func (m *Measurer) hashTexts(data []byte, starts, ends []int32) {
	m.hashes, m.prefixes = sized(m.hashes, len(starts)), sized(m.prefixes, len(starts))
	for i, start := range starts {
		end := ends[i]
		first := prefix(data, start, end)
		m.prefixes[i] = first
		switch size := end - start; {
		case size <= 8:
			m.hashes[i] = mix(first ^ uint64(size)*0x9e3779b97f4a7c15)
		case size <= 16:
			upper, lower := bits.Mul64(first^0xff51afd7ed558ccd, prefix(data, start+8, end)^0xffceb9fe1a85ec53)
			m.hashes[i] = mix(upper ^ lower ^ uint64(size))
		default:
			m.hashes[i] = xxh3.Hash(data[start:end])
		}
	}
}

// find sets the extremes.
func (x *extremes) find(data []byte, starts, ends []int32, prefixes []uint64) {
	low, high := extremeTexts(data, starts, ends, prefixes)
	x.some = true
	x.min.keep(show(data[starts[low]:ends[low]]))
	x.max.keep(show(data[starts[high]:ends[high]]))
}

// extremeTexts returns which texts are the least and the greatest. Most are told from them by their prefixes.
func extremeTexts(data []byte, starts, ends []int32, prefixes []uint64) (low, high int) {
	text := func(i int) []byte { return data[starts[i]:ends[i]] }
	least, most := prefixes[0], prefixes[0]
	for i, p := range prefixes {
		if p <= least && (p < least || bytes.Compare(text(i), text(low)) < 0) {
			low, least = i, p
		}
		if p >= most && (p > most || bytes.Compare(text(i), text(high)) > 0) {
			high, most = i, p
		}
	}
	return low, high
}

// prefix returns the first eight bytes of a text as a number in their order, with zeros behind a text that
// is shorter.
func prefix(data []byte, start, end int32) uint64 {
	if uint(start)+8 > uint(len(data)) {
		return lastPrefix(data[start:end])
	}
	p := binary.BigEndian.Uint64(data[start:])
	if n := end - start; n < 8 {
		p &= ^(^uint64(0) >> (8 * uint(n)))
	}
	return p
}

// lastPrefix is prefix at the end of the data.
func lastPrefix(text []byte) uint64 {
	var first [8]byte
	copy(first[:], text)
	return binary.BigEndian.Uint64(first[:])
}

// textLengths measures lengths: of binaries in bytes, of others in characters.
func (m *Measurer) textLengths(c *column, data []byte, starts, ends []int32) {
	m.numbers = sized(m.numbers, len(starts))
	if c.field.Type == schema.Binary || ascii(data[starts[0]:ends[len(ends)-1]]) {
		for i, start := range starts {
			m.numbers[i] = int64(ends[i] - start)
		}
	} else {
		for i, start := range starts {
			m.numbers[i] = int64(characters(data, start, ends[i]))
		}
	}
	m.addIntegers(&c.lengths, m.numbers, 0, nil)
}

const highBits = 0x8080808080808080

// ascii reports whether text has no byte above 127.
func ascii(text []byte) bool {
	for ; len(text) >= 32; text = text[32:] {
		if (word(text)|word(text[8:])|word(text[16:])|word(text[24:]))&highBits != 0 {
			return false
		}
	}
	for _, b := range text {
		if b >= 0x80 {
			return false
		}
	}
	return true
}

// characters counts the code points of UTF-8 text from start to end of data: the bytes that do not go on with
// one. It looks at 64 bytes at once, since counting eight at a time took 4 % of a build of long documents, and
// now takes 1 %.
func characters(data []byte, start, end int32) int {
	text := data[start:end]
	n := len(text)
	for ; len(text) >= 64; text = text[64:] {
		t := (*[64]byte)(text)
		a, b, c, d := word(t[0:]), word(t[8:]), word(t[16:]), word(t[24:])
		e, f, g, h := word(t[32:]), word(t[40:]), word(t[48:]), word(t[56:])
		if (a|b|c|d|e|f|g|h)&highBits == 0 {
			continue
		}
		n -= bits.OnesCount64(goingOn(a)>>7 | goingOn(b)>>6 | goingOn(c)>>5 | goingOn(d)>>4 |
			goingOn(e)>>3 | goingOn(f)>>2 | goingOn(g)>>1 | goingOn(h))
	}
	var marks uint64
	for ; len(text) >= 8; text = text[8:] {
		marks = marks>>1 | goingOn(word(text))
	}
	n -= bits.OnesCount64(marks)
	if at := int(end) - len(text); len(text) > 0 && at+8 <= len(data) {
		// What is behind the text is shifted out.
		return n - bits.OnesCount64(goingOn(word(data[at:]))<<(64-8*len(text)))
	}
	for _, b := range text {
		if b&0xC0 == 0x80 {
			n--
		}
	}
	return n
}

// goingOn has the high bit of every byte of w that goes on with a code point: whose own highest bit is set,
// and not the one below it.
func goingOn(w uint64) uint64 { return w & (^w << 1) & highBits }

func word(text []byte) uint64 { return binary.LittleEndian.Uint64(text) }
