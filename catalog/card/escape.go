package card

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Three kinds of text meet in a card. What the author wrote as Markdown stands as it is. What the author
// wrote as plain text, such as a title, passes through text. What comes from data, and names, pass
// through code, in which a reader of Markdown sees no markup, no address and no emoji.

// markup are the ASCII characters that mean something in Markdown, or to GitHub or the Hub, within a
// line: a backslash before one takes that from it. The less-than sign and the ampersand are written as
// entities, which a reader of HTML that knows no Markdown understands too.
const markup = "\\`*_[]#|~$@"

// blockPattern matches a line that begins a list, is one of dashes, or underlines a heading; its group is
// the character that makes it so.
var blockPattern = regexp.MustCompile(`^(?:[0-9]*([-+.)])(?: |$)|([-=])[-=]*$)`)

// text returns s as plain text on one line, for a line of Markdown or a cell of a table. Web addresses in
// it do not become links. What is not printable, such as controls that change the direction of text, is
// written out.
func text(s string) string {
	var b strings.Builder
	s = strings.TrimSpace(oneLine(s))
	block := blockPattern.FindStringSubmatchIndex(s)
	for i, r := range s {
		switch {
		case block != nil && (i == block[2] || i == block[4]):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case strings.ContainsRune(markup, r), r == ':' && strings.HasPrefix(s[i:], "://"), r == '.' && after(s[:i], "www"):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// after reports whether s ends with what, whatever the letter case.
func after(s, what string) bool {
	return len(s) >= len(what) && strings.EqualFold(s[len(s)-len(what):], what)
}

// oneLine returns s with its line ends as spaces and what is not printable as U+ and its number.
func oneLine(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteByte(' ')
		case strconv.IsPrint(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "U+%04X", r)
		}
	}
	return b.String()
}

// code returns s as a code span, for a line of Markdown or a cell of a table.
func code(s string) string {
	s = oneLine(s)
	if s == "" {
		return "(empty)"
	}
	if strings.Trim(s, " ") != s || strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " " // One space at either end is no part of the span.
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	return fence + cellPipes(s) + fence
}

// cellPipes escapes what would end a cell of a table, as GitHub's tables want it in code too. A backslash
// before it cannot be written, so that such a character is written out.
func cellPipes(s string) string {
	s = strings.ReplaceAll(s, `\|`, `\x7c`)
	return strings.ReplaceAll(s, "|", `\|`)
}

// longestRun returns the length of the longest run of c in s.
func longestRun(s string, c byte) int {
	longest, run := 0, 0
	for i := range len(s) {
		if run++; s[i] != c {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// quoted returns a string from data as a code span in which it stands between quotes.
func quoted(s string, cut bool) string {
	q := strconv.Quote(s)
	if cut {
		q = q[:len(q)-1] + `…"`
	}
	return code(q)
}

// link returns a link to an address on the web that the loader of declarations took, or to a file of the
// bundle. The label is Markdown.
func link(label, to string) string {
	return "[" + label + "](" + address(to) + ")"
}

// address returns an address with all escaped that is not of one, or that ends one in Markdown.
func address(to string) string {
	var b strings.Builder
	for _, c := range []byte(to) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{}|()[]*$", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// fenced returns lines as a block of code in a language.
func fenced(language, lines string) string {
	fence := strings.Repeat("`", max(3, longestRun(lines, '`')+1))
	return fence + language + "\n" + strings.TrimRight(lines, "\n") + "\n" + fence + "\n"
}

// cell returns Markdown, which stays as it is, on one line for a cell of a table.
func cell(markdown string) string {
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(markdown), "\n") {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strings.TrimSpace(line))
	}
	return unescapedPipes(b.String())
}

// unescapedPipes puts a backslash before each pipe that has none.
func unescapedPipes(s string) string {
	var b strings.Builder
	escaped := false
	for _, r := range s {
		if r == '|' && !escaped {
			b.WriteByte('\\')
		}
		escaped = r == '\\' && !escaped
		b.WriteRune(r)
	}
	return b.String()
}

// count writes a whole number with its thousands apart: 16,308.
func count(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural writes "1 record", "2 records".
func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(n) + " " + noun + "s"
}

// size writes a number of bytes as people read it: 14.3 MB.
func size(n int64) string {
	if n < 1000 {
		return plural(n, "byte")
	}
	v := float64(n)
	for _, unit := range []string{"kB", "MB", "GB", "TB"} {
		if v /= 1000; v < 999.95 || unit == "TB" {
			return strconv.FormatFloat(v, 'f', 1, 64) + " " + unit
		}
	}
	return ""
}

// share writes a part of a whole in percent, and never 0% or 100% where that is not exact.
func share(part, whole int64) string {
	if whole == 0 {
		return "0%"
	}
	p := 100 * float64(part) / float64(whole)
	switch {
	case part == 0:
		return "0%"
	case part == whole:
		return "100%"
	case p < 0.1:
		return "under 0.1%"
	case p > 99.9:
		return "over 99.9%"
	case p < 10:
		return strconv.FormatFloat(p, 'f', 1, 64) + "%"
	}
	return strconv.FormatFloat(p, 'f', 0, 64) + "%"
}
