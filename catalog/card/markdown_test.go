package card

import (
	"bytes"
	"html"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	renderer "github.com/yuin/goldmark/renderer/html"
	source "github.com/yuin/goldmark/text"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

var gfm = goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(renderer.WithUnsafe()))

// lastHeading reports whether a document ends with the heading END.
func lastHeading(document string) bool {
	raw := []byte(document)
	last := gfm.Parser().Parse(source.NewReader(raw)).LastChild()
	h, ok := last.(*ast.Heading)
	return ok && h.Lines().Len() == 1 && strings.TrimSpace(string(h.Lines().Value(raw))) == "END"
}

// FuzzAuthored holds authored to leaving the text as it is, but for what ends it, and to letting a heading
// that follows be one.
func FuzzAuthored(f *testing.F) {
	for _, s := range []string{
		"plain", "```\ncode", "````go\n```\n", "~~~\n```", "``` a`b\n", "<!-- comment", "<!-- ended --> x", "<script>\nx", "<pre>x</pre>", "<?php",
		"<!DOCTYPE", "<![CDATA[ x", "<textarea>\n</script>\n", "- list\n\n  ```\n  code", "> ```\n> code", "    ```\n", "<style>\n\n</style>", "# a\n<!--\n-->", "<script> </script>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsAny(s, "\r\x00\v\f") {
			return // Readers of Markdown differ about these.
		}
		got := authored(s)
		if !strings.HasPrefix(got, strings.Trim(s, "\n")) {
			t.Errorf("%q became %q", s, got)
		}
		if !lastHeading(got + "\n\n# END\n") {
			t.Errorf("%q, as %q, swallows what follows", s, got)
		}
	})
}

// TestAuthoredEndsElements holds what is left open to being ended, and all else to staying as it is.
func TestAuthoredEndsElements(t *testing.T) {
	for s, want := range map[string]string{
		"<details><summary>More</summary>\n\nText": "</details>",
		"<div align=\"center\">\n\n<b>x":           "</b>\n</div>",
		"<details>\n\nText\n\n</details>":          "",
		"a <br> <img src=\"x>y\"> <i/> b":          "</i>",
		"`<details>` and\n\n    <details>\n":       "",
		"</div> stray":                             "",
		"<table><tr><td>\n<!-- never\n\nText":      "<!-- -->\n\n</td>\n</tr>\n</table>",
		"<!-- <div> -->\n\nText":                   "",
		"<!--> <b>\n\nText":                        "</b>",
	} {
		if want != "" {
			want = "\n\n" + want
		}
		if got := authored(s); got != strings.Trim(s, "\n")+want {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func TestNumber(t *testing.T) {
	for s, want := range map[string]string{
		"4470": "4,470", "-12": "-12", "-1234567.5": "-1,234,567.5", "9999999.99": "9,999,999.99", "18446744073709551615": "18,446,744,073,709,551,615",
		"0.1": "0.1", "1.7976931348623157e308": "≈ 1.79769e+308", "2026-11-23": "2026-11-23", "123": "123", "0.3333333333333333333": "≈ 0.333333",
	} {
		if got := number(s); got != want {
			t.Errorf("%s: got %s, want %s", s, got, want)
		}
	}
}

// TestNotFinite has the values told that the range of a float field leaves out.
func TestNotFinite(t *testing.T) {
	f := &schema.Field{Type: schema.Float64, Path: "f"}
	fs := &catalog.FieldStatistics{Count: 5000, NotFinite: &catalog.NotFinite{NaN: 4000, PositiveInfinity: 2}}
	if got := valueRange(f, fs); got != "4,000 NaN, 2 INF" {
		t.Errorf("without a range: %q", got)
	}
	fs.Minimum, fs.Maximum = &catalog.Shown{Value: "0"}, &catalog.Shown{Value: "1.5"}
	if got := valueRange(f, fs); got != "0 to 1.5; 4,000 NaN, 2 INF" {
		t.Errorf("with a range: %q", got)
	}
	fs.Histogram = &catalog.Histogram{Scale: catalog.ScaleLinear, Edges: []string{"0", "1", "2"}, Counts: []int64{500, 498}}
	if c, ok := chartOf(f, fs); !ok || !strings.Contains(c.caption(), "4,000 NaN, 2 INF") || !strings.Contains(c.subtitle, "4,000 NaN") {
		t.Errorf("the plot is %+v", c)
	}
}

func TestValue(t *testing.T) {
	for s, want := range map[string]string{
		"1850": "1850", "-2020": "-2020", "1850.5": "1850.5", "999": "999", "10000": "10,000", "123456.5": "123,456.5", "2026-11-23": "2026-11-23",
	} {
		if got := value(s); got != want {
			t.Errorf("%s: got %s, want %s", s, got, want)
		}
	}
}

// FuzzText holds text to meaning in Markdown what it was given, in a paragraph, a heading, an item of a
// list, a link and a cell.
func FuzzText(f *testing.F) {
	for _, s := range []string{"a|b", `\|`, "*a*", "&lt;", "www.x.org", "https://x.org", "a@b.org", "1. a", "- a", "![a](b)", "a\nb", "_", "`", "~~a~~", "<b>", ":smile:", "$x$"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := strings.Join(strings.Fields(oneLine(s)), " ")
		if want == "" {
			return
		}
		for _, around := range []string{"%", "# %\n", "> %", "- x %", "[%](x)", "| a |\n| - |\n| % |\n", "![%](x)"} {
			got := rendered(t, strings.Replace(around, "%", text(s), 1))
			if before, _, _ := strings.Cut(around, "%"); strings.HasPrefix(before, "- x") || strings.HasPrefix(before, "|") {
				got = got[2:]
			}
			if got != want {
				t.Errorf("%q in %q is read as %q, want %q", s, around, got, want)
			}
		}
	})
}

// FuzzCode does the same for code.
func FuzzCode(f *testing.F) {
	for _, s := range []string{"a|b", `\|`, "`", "``a`", " a ", "a\nb", "<b>", "", `\`, "|", "a `", "*", "$`x`$"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := strings.Join(strings.Fields(strings.ReplaceAll(oneLine(s), `\|`, `\x7c`)), " ")
		if want == "" {
			return
		}
		for _, around := range []string{"| a |\n| - |\n| % |\n", "| a | b |\n| - | - |\n| % | x |\n"} {
			out := html_(t, strings.Replace(around, "%", code(s), 1))
			_, rest, _ := strings.Cut(out, "<code>")
			got, after, ok := strings.Cut(rest, "</code>")
			if got = strings.Join(strings.Fields(html.UnescapeString(got)), " "); !ok || got != want || strings.Contains(after, "<code>") {
				t.Errorf("%q is read as %q, want %q:\n%s", s, got, want, out)
			}
		}
	})
}

func html_(t *testing.T, document string) string {
	t.Helper()
	var b bytes.Buffer
	if err := gfm.Convert([]byte(document), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// rendered returns the text that a document is read as; HTML, other than what the frame around a text
// makes, would show.
func rendered(t *testing.T, document string) string {
	t.Helper()
	out := html_(t, document)
	for _, tag := range []string{
		"<p>", "</p>", "<blockquote>", "</blockquote>", "<ul>", "</ul>", "<li>", "</li>", `<a href="x">`, "</a>", `<h1>`, "</h1>",
		"<table>", "</table>", "<thead>", "</thead>", "<tbody>", "</tbody>", "<tr>", "</tr>", "<th>", "</th>", "<td>", "</td>", `<img src="x" alt="`, `">`,
	} {
		out = strings.ReplaceAll(out, tag, "")
	}
	return strings.Join(strings.Fields(html.UnescapeString(out)), " ")
}
