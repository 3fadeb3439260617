package card

import (
	"regexp"
	"strings"
)

// fencePattern matches a line that may begin or end a block of fenced code (CommonMark 0.31, 4.5).
var fencePattern = regexp.MustCompile("^ {0,3}(`{3,}|~{3,})(.*)$")

// htmlBlocks are the ways in which a block of HTML begins that goes on until its own end comes, if need
// be to the end of the document (CommonMark 0.31, 4.6), and those ends.
var htmlBlocks = []struct {
	begin *regexp.Regexp
	end   *regexp.Regexp
	close string
}{
	{regexp.MustCompile(`(?i)^ {0,3}<script(?:[\s>]|$)`), htmlEnd, "</script>"},
	{regexp.MustCompile(`(?i)^ {0,3}<pre(?:[\s>]|$)`), htmlEnd, "</pre>"},
	{regexp.MustCompile(`(?i)^ {0,3}<style(?:[\s>]|$)`), htmlEnd, "</style>"},
	{regexp.MustCompile(`(?i)^ {0,3}<textarea(?:[\s>]|$)`), htmlEnd, "</textarea>"},
	{regexp.MustCompile(`^ {0,3}<!--`), regexp.MustCompile(`-->`), "-->"},
	{regexp.MustCompile(`^ {0,3}<\?`), regexp.MustCompile(`\?>`), "?>"},
	{regexp.MustCompile(`^ {0,3}<![A-Za-z]`), regexp.MustCompile(`>`), ">"},
	{regexp.MustCompile(`^ {0,3}<!\[CDATA\[`), regexp.MustCompile(`\]\]>`), "]]>"},
}

var htmlEnd = regexp.MustCompile(`(?i)</(?:script|pre|style|textarea)>`)

// authored returns Markdown as its author wrote it. Where code or HTML in it is never ended, its end is
// added, so that the rest of the card is not swallowed.
func authored(markdown string) string {
	markdown = strings.Trim(strings.ReplaceAll(markdown, "\r\n", "\n"), "\n")
	fence, end, closing := "", (*regexp.Regexp)(nil), ""
	for line := range strings.SplitSeq(markdown, "\n") {
		switch {
		case fence != "":
			if m := fencePattern.FindStringSubmatch(line); m != nil && closes(m, fence) {
				fence = ""
			}
		case end != nil:
			if end.MatchString(line) {
				end = nil
			}
		default:
			fence = opens(line)
			end, closing = htmlOpens(line)
		}
	}
	switch {
	case fence != "":
		markdown += "\n" + fence
	case end != nil:
		markdown += "\n" + closing
	}
	return markdown
}

// opens returns the fence of the code that a line begins, or nothing.
func opens(line string) string {
	m := fencePattern.FindStringSubmatch(line)
	if m == nil || m[1][0] == '`' && strings.Contains(m[2], "`") {
		return ""
	}
	return m[1]
}

func closes(match []string, fence string) bool {
	return match[1][0] == fence[0] && len(match[1]) >= len(fence) && strings.TrimSpace(match[2]) == ""
}

// htmlOpens returns what ends the HTML that a line begins, and does not end.
func htmlOpens(line string) (end *regexp.Regexp, closing string) {
	for _, b := range htmlBlocks {
		if at := b.begin.FindStringIndex(line); at != nil && !b.end.MatchString(line[at[1]:]) {
			return b.end, b.close
		}
	}
	return nil, ""
}
