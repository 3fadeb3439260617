package main

import (
	"bufio"
	"bytes"
	"html"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	table "github.com/yuin/goldmark/extension/ast"
	htmlrenderer "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"golang.org/x/text/width"
)

var markdown = goldmark.New(goldmark.WithExtensions(extension.GFM))

// renderCard returns a card as text for a terminal of so many columns. What a terminal might obey is
// escaped. The YAML header is left out.
func renderCard(card []byte, columns int) string {
	t := terminal{source: withoutHeader(card)}
	blocks := t.blocks(markdown.Parser().Parse(text.NewReader(t.source)), max(columns, 20))
	return strings.Join(blocks, "\n") + "\n"
}

// A terminal makes lines of a document's nodes.
type terminal struct{ source []byte }

// minColumns is how narrow blocks become at least, however deep they are nested.
const minColumns = 10

// blocks returns the lines of all blocks in a node, with an empty one between two.
func (t terminal) blocks(parent ast.Node, columns int) []string {
	var lines []string
	columns = max(columns, minColumns)
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		block := t.block(n, columns)
		if len(block) == 0 {
			continue
		}
		if len(lines) > 0 && n.Kind() != ast.KindListItem {
			lines = append(lines, "")
		}
		lines = append(lines, block...)
	}
	return lines
}

func (t terminal) block(n ast.Node, columns int) []string {
	switch n := n.(type) {
	case *ast.Heading:
		return t.heading(n, columns)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		return prefixed(t.raw(n), "    ", "    ")
	case *ast.HTMLBlock:
		return t.raw(n)
	case *ast.Blockquote:
		return prefixed(t.blocks(n, columns-2), "│ ", "│ ")
	case *ast.List:
		return t.list(n, columns)
	case *ast.ThematicBreak:
		return []string{strings.Repeat("─", columns)}
	case *table.Table:
		return t.table(n, columns)
	case *ast.Paragraph, *ast.TextBlock:
		return wrap(t.inline(n), columns)
	}
	return t.blocks(n, columns)
}

func (t terminal) heading(n *ast.Heading, columns int) []string {
	lines := wrap(t.inline(n), columns)
	if n.Level > 2 || len(lines) == 0 {
		return lines
	}
	rule := "─"
	if n.Level == 1 {
		rule = "═"
	}
	longest := 0
	for _, l := range lines {
		longest = max(longest, cells(l))
	}
	return append(lines, strings.Repeat(rule, longest))
}

func (t terminal) list(n *ast.List, columns int) []string {
	var lines []string
	number := n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		mark := "• "
		if n.IsOrdered() {
			mark = strconv.Itoa(number) + ". "
			number++
		}
		indent := strings.Repeat(" ", cells(mark))
		lines = append(lines, prefixed(t.blocks(item, columns-len(indent)), mark, indent)...)
	}
	return lines
}

// raw returns the lines of code or HTML as they are.
func (t terminal) raw(n ast.Node) []string {
	var lines []string
	for i := range n.Lines().Len() {
		segment := n.Lines().At(i)
		lines = append(lines, safeLines(strings.TrimRight(string(segment.Value(t.source)), "\r\n")))
	}
	return lines
}

// inline returns the text of a block. Pictures are lines of their own, and web addresses stand behind
// what leads to them.
func (t terminal) inline(parent ast.Node) string {
	var b strings.Builder
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			b.WriteString(plain(n.Value(t.source)))
			switch {
			case n.HardLineBreak():
				b.WriteByte('\n')
			case n.SoftLineBreak():
				b.WriteByte(' ')
			}
		case *ast.CodeSpan:
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if c, ok := c.(*ast.Text); ok {
					b.Write(c.Value(t.source))
				}
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.RawHTML:
			for i := range n.Segments.Len() {
				segment := n.Segments.At(i)
				b.Write(segment.Value(t.source))
			}
		case *ast.AutoLink:
			b.Write(n.URL(t.source))
		case *ast.Image:
			b.WriteString("\n▪ " + t.inline(n) + "\n")
		case *ast.Link:
			label, to := t.inline(n), string(n.Destination)
			b.WriteString(label)
			if strings.Contains(to, "://") && to != label {
				b.WriteString(" <" + to + ">")
			}
		default:
			b.WriteString(t.inline(n))
		}
	}
	return b.String()
}

// plain returns the text that Markdown without markup stands for: escapes and entities are resolved.
func plain(source []byte) string {
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	htmlrenderer.DefaultWriter.Write(w, source)
	// A Buffer takes everything.
	_ = w.Flush()
	return html.UnescapeString(b.String())
}

// table returns a table with its columns below each other, as narrow as it takes.
func (t terminal) table(n *table.Table, columns int) []string {
	var rows [][]string
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var texts []string
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			texts = append(texts, flat(t.inline(cell)))
		}
		rows = append(rows, texts)
	}
	widths := columnWidths(rows, columns)
	var lines []string
	for i, texts := range rows {
		lines = append(lines, tableRow(texts, widths, n.Alignments)...)
		if i == 0 {
			var rules []string
			for _, w := range widths {
				rules = append(rules, strings.Repeat("─", w))
			}
			lines = append(lines, strings.Join(rules, "  "))
		}
	}
	return lines
}

// columnWidths gives each column what its longest cell takes, and where that is too much for the line,
// takes it from the widest.
func columnWidths(rows [][]string, columns int) []int {
	var widths []int
	for _, texts := range rows {
		for i, s := range texts {
			if i == len(widths) {
				widths = append(widths, 1)
			}
			widths[i] = max(widths[i], cells(s))
		}
	}
	for {
		sum, widest := 2*(len(widths)-1), 0
		for i, w := range widths {
			sum += w
			if w > widths[widest] {
				widest = i
			}
		}
		if sum <= columns || len(widths) == 0 || widths[widest] <= 6 {
			return widths
		}
		widths[widest] -= min(sum-columns, widths[widest]-6, max(1, widths[widest]/8))
	}
}

func tableRow(texts []string, widths []int, alignments []table.Alignment) []string {
	wrapped := make([][]string, len(texts))
	height := 1
	for i, s := range texts {
		wrapped[i] = wrap(s, widths[i])
		height = max(height, len(wrapped[i]))
	}
	lines := make([]string, height)
	for row := range height {
		var b strings.Builder
		for i := range texts {
			s := ""
			if row < len(wrapped[i]) {
				s = wrapped[i][row]
			}
			pad := strings.Repeat(" ", max(0, widths[i]-cells(s)))
			if i < len(alignments) && alignments[i] == table.AlignRight {
				s, pad = pad+s, ""
			}
			b.WriteString(s + pad + "  ")
		}
		lines[row] = strings.TrimRight(b.String(), " ")
	}
	return lines
}

// prefixed puts first before the first line and rest before the others.
func prefixed(lines []string, first, rest string) []string {
	for i := range lines {
		if i == 0 {
			lines[i] = first + lines[i]
		} else {
			lines[i] = strings.TrimRight(rest+lines[i], " ")
		}
	}
	return lines
}

// flat returns text on one line, with what a terminal might obey escaped.
func flat(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		words[i] = safe(w)
	}
	return strings.Join(words, " ")
}

// wrap breaks text into lines of at most so many columns, where it can, and escapes what a terminal
// might obey.
func wrap(s string, columns int) []string {
	var lines []string
	for part := range strings.SplitSeq(s, "\n") {
		line := ""
		for _, word := range strings.Fields(part) {
			word = safe(word)
			if line != "" && cells(line)+1+cells(word) > columns {
				lines, line = append(lines, line), ""
			}
			if line != "" {
				line += " "
			}
			for line += word; cells(line) > columns; {
				head := cutToWidth(line, columns)
				if head == "" {
					break
				}
				lines, line = append(lines, head), line[len(head):]
			}
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// cells returns how many columns of a terminal a text takes.
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
