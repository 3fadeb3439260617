package toml

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// An excerpt shows at most this many characters before the place it is about, and from there on.
const (
	charsBefore = 50
	charsAfter  = 70
)

// excerpt returns the line of the place as a terminal may have it, or the part of it around the place,
// and a second line with carets below the place.
func excerpt(text string, at Span) (line, caret string) {
	lineStart := strings.LastIndexByte(text[:at.Start], '\n') + 1
	before, cutBefore := lastChars(text[lineStart:at.Start], charsBefore)
	after, _, _ := strings.Cut(text[at.Start:], "\n")
	after = strings.TrimSuffix(after, "\r")
	after, cutAfter := firstChars(after, charsAfter)
	marked := after[:min(max(at.End-at.Start, 0), len(after))]

	var b strings.Builder
	if cutBefore {
		b.WriteString("…")
	}
	b.WriteString(safe(before))
	pad := cells(b.String())
	b.WriteString(safe(after))
	if cutAfter {
		b.WriteString("…")
	}
	return strings.TrimRight(b.String(), " "),
		strings.Repeat(" ", pad) + strings.Repeat("^", max(cells(safe(marked)), 1))
}

// firstChars returns the first n characters of s, and whether there are more.
func firstChars(s string, n int) (string, bool) {
	for i := range s {
		if n == 0 {
			return s[:i], true
		}
		n--
	}
	return s, false
}

// lastChars returns the last n characters of s, and whether there are more.
func lastChars(s string, n int) (string, bool) {
	i := len(s)
	for ; n > 0 && i > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
	}
	return s[i:], i > 0
}

// safe returns s with all that a terminal might act upon escaped, and tabs as spaces.
func safe(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\t':
			b.WriteByte(' ')
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

// cells returns how many columns of a terminal a printable text takes.
func cells(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			if !unicode.In(r, unicode.Mn, unicode.Me) {
				n++
			}
		}
	}
	return n
}

// Quote returns s between quotes, escaped where it must be, and cut where it is long.
func Quote(s string) string {
	short, cut := firstChars(s, charsBefore)
	if cut {
		short += "…"
	}
	return strconv.Quote(short)
}
