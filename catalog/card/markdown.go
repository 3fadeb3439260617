package card

import (
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	reading "github.com/yuin/goldmark/text"
)

// fencePattern matches what may begin a block of fenced code (CommonMark 0.31, 4.5).
var fencePattern = regexp.MustCompile("(?m)^ {0,3}(`{3,}|~{3,})")

// htmlEnds are the ends of those blocks of HTML that go on until their end comes, if need be to the end of
// the document (CommonMark 0.31, 4.6).
var htmlEnds = []string{"-->", "?>", ">", "]]>", "</script>"}

var markdownParser = goldmark.DefaultParser()

// authored returns Markdown as its author wrote it. Where code or HTML in it is never ended, its end is
// added, so that the rest of the card is not swallowed.
func authored(markdown string) string {
	markdown = strings.Trim(strings.ReplaceAll(markdown, "\r\n", "\n"), "\n")
	if ends(markdown) {
		return markdown
	}
	var fences []string
	for _, m := range fencePattern.FindAllStringSubmatch(markdown, -1) {
		fences = append(fences, m[1])
	}
	slices.Sort(fences)
	for _, end := range slices.Concat(slices.Compact(fences), htmlEnds) {
		if ends(markdown + "\n" + end) {
			return markdown + "\n" + end
		}
	}
	return markdown
}

// ends reports whether a heading that follows the Markdown is one.
func ends(markdown string) bool {
	const heading = "END"
	source := []byte(markdown + "\n\n# " + heading + "\n")
	h, ok := markdownParser.Parse(reading.NewReader(source)).LastChild().(*ast.Heading)
	return ok && string(h.Lines().Value(source)) == heading
}
