package main

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// safe returns text from data or a declaration with whatever a terminal might obey, or might show in
// another order than it is written, escaped as in a Go string.
func safe(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			b.WriteString(`\x` + strconv.FormatUint(uint64(s[i]), 16))
		case strconv.IsPrint(r):
			b.WriteRune(r)
		default:
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

// safeLines is safe for text of several lines, whose line breaks and tabs stay.
func safeLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		cells := strings.Split(line, "\t")
		for j, cell := range cells {
			cells[j] = safe(cell)
		}
		lines[i] = strings.Join(cells, "\t")
	}
	return strings.Join(lines, "\n")
}

// cutToWidth cuts s to what fits into so many columns of a terminal, where a wide character takes two
// and a mark over another one none.
func cutToWidth(s string, columns int) string {
	for i, r := range s {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case kind == width.EastAsianWide, kind == width.EastAsianFullwidth:
			columns -= 2
		default:
			columns--
		}
		if columns < 0 {
			return s[:i]
		}
	}
	return s
}

// shellWord quotes a word for a command line that is shown to be copied.
func shellWord(s string) string {
	s = safe(s)
	if strings.Trim(s, "-+=:,./@_%abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
