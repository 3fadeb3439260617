package schema

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// quoteLimit is how many characters of a value Quote shows.
const quoteLimit = 60

// Quote shows a value from data so that it can stand in a message on a terminal: in double quotes, as a
// Go string literal, with everything escaped that is not printable (controls, escape sequences,
// bidirectional controls, bytes that are not UTF-8). Of a value of more than 60 characters it shows the
// first 60 and says how many there are.
func Quote[T ~string | ~[]byte](value T) string {
	s := string(value)
	end := 0
	for range quoteLimit {
		if end == len(s) {
			break
		}
		_, size := utf8.DecodeRuneInString(s[end:])
		end += size
	}
	quoted := strconv.Quote(s[:end])
	if end == len(s) {
		return quoted
	}
	return quoted + "… (" + strconv.Itoa(utf8.RuneCountInString(s)) + " characters)"
}

// PathName writes a field's name as a part of a path: in double quotes, as a Go string literal, if it
// has a character that paths are made of (. [ ] { } "), white space or what is not printable, so that
// no two fields have the same path.
func PathName(name string) string {
	quoted := func(r rune) bool { return strings.ContainsRune(`.[]{}" `, r) || !strconv.IsPrint(r) }
	if strings.ContainsFunc(name, quoted) {
		return strconv.Quote(name)
	}
	return name
}
