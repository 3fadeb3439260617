package schema

import (
	"math/bits"
	"strings"

	"github.com/apache/arrow/go/v17/arrow/bitutil"
)

// A textSet tells the strings of an enum from others. Most are short: those of at most eight bytes lie as
// numbers in a table, open addressed and at most a quarter full. A map in its place takes 5 % more
// of the whole check of narrow records.
type textSet struct {
	all   map[string]struct{}
	short []shortText
	shift int // of hashes, to places in short
}

const maxShortText = 8

// A shortText is a string as a number, with its length, in bytes; -1 is no string.
type shortText struct {
	word uint64
	size int
}

func newTextSet(values map[string]struct{}) *textSet {
	short := 0
	for v := range values {
		if len(v) <= maxShortText {
			short++
		}
	}
	places := bits.Len(uint(4 * short))
	t := &textSet{all: values, short: make([]shortText, 1<<places), shift: 64 - places}
	for i := range t.short {
		t.short[i].size = -1
	}
	for v := range values {
		if size := len(v); size <= maxShortText {
			word := wordOf(v+strings.Repeat("\x00", maxShortText), size)
			*t.find(word, size) = shortText{word, size}
		}
	}
	return t
}

// has reports whether data[from:to] is in the set.
func (t *textSet) has(data string, from, to int) bool {
	size := to - from
	if size > maxShortText || len(data)-from < maxShortText { // The end of data is not worth a loop of bytes.
		_, ok := t.all[data[from:to]]
		return ok
	}
	return t.find(wordOf(data[from:], size), size).size >= 0
}

// find returns the place of a string, or the free one where it is missing.
func (t *textSet) find(word uint64, size int) *shortText {
	for h := word * 0x9E3779B97F4A7C15 >> t.shift; ; h++ {
		if s := &t.short[h&uint64(len(t.short)-1)]; s.word == word && s.size == size || s.size < 0 {
			return s
		}
	}
}

// wordOf returns the first size bytes of s, which has eight or more, as a number.
func wordOf(s string, size int) uint64 {
	_ = s[7]
	w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	return w & (1<<(8*size) - 1)
}

// scanTextEnum hits the strings that are not in the set.
func scanTextEnum(set *textSet) scanFunc {
	return func(n *node, slots []int32) []int32 {
		offsets, data := n.extents(), textsOf(n.arr).data
		validity, first := n.validity()
		for i := 1; i < len(offsets); i++ {
			slot := n.lo + i - 1
			if validity != nil && bitutil.BitIsNotSet(validity, first+slot) {
				continue
			}
			if !set.has(data, int(offsets[i-1]), int(offsets[i])) {
				slots = append(slots, int32(slot))
			}
		}
		return slots
	}
}
