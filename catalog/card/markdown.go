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
// added, so that the rest of the card is not swallowed, or folded away by <details>.
func authored(markdown string) string {
	markdown = endBlock(strings.Trim(strings.ReplaceAll(markdown, "\r\n", "\n"), "\n"))
	if !ends(markdown) {
		return markdown
	}
	open, comment := openElements(markdown)
	if comment {
		markdown += "\n\n<!-- -->" // The end alone would be text.
	}
	if len(open) > 0 {
		slices.Reverse(open)
		markdown += "\n\n</" + strings.Join(open, ">\n</") + ">"
	}
	return markdown
}

// endBlock ends the block of code or HTML that Markdown leaves open.
func endBlock(markdown string) string {
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

// tagPattern matches a tag of HTML: its group 1 is the slash of an end, group 2 the name. A slash at the end
// of a tag means nothing in HTML.
var tagPattern = regexp.MustCompile(`<(/?)([A-Za-z][A-Za-z0-9-]*)(?:[\s/](?:[^>"']|"[^"]*"|'[^']*')*?)?>`)

// voidElements have no end.
var voidElements = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}

// withoutComments returns HTML without its comments. In and out is whether it begins, and ends, within one.
func withoutComments(html string, in bool) (rest string, out bool) {
	var b strings.Builder
	for {
		mark := "<!--"
		if in {
			mark = "-->"
		}
		before, after, found := strings.Cut(html, mark)
		if !in {
			b.WriteString(before)
		}
		if !found {
			return b.String(), in
		}
		if html, in = after, !in; in {
			html = "--" + html // Both <!--> and <!---> are whole.
		}
	}
}

// openElements returns the names of the elements of HTML that Markdown begins and does not end, the outer
// ones first, and whether it ends within a comment: one that begins within a block of HTML may outlast it.
func openElements(markdown string) (open []string, comment bool) {
	source := []byte(markdown)
	read := func(lines *reading.Segments) {
		var html string
		html, comment = withoutComments(string(lines.Value(source)), comment)
		for _, tag := range tagPattern.FindAllStringSubmatch(html, -1) {
			name := strings.ToLower(tag[2])
			switch {
			case slices.Contains(voidElements, name):
			case len(tag[1]) == 0:
				open = append(open, name)
			default:
				for i := len(open) - 1; i >= 0; i-- {
					if open[i] == name {
						open = open[:i]
						break
					}
				}
			}
		}
	}
	// The walk itself never fails.
	_ = ast.Walk(markdownParser.Parse(reading.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.HTMLBlock:
			if entering {
				read(n.Lines())
			}
		case *ast.RawHTML:
			if entering {
				read(n.Segments)
			}
		}
		return ast.WalkContinue, nil
	})
	return open, comment
}
