package citation_test

import (
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/catalog/citation"
)

func declare(license string, authors ...catalog.Author) *catalog.Declaration {
	return &catalog.Declaration{Dataset: catalog.Dataset{
		Name: "udhr", Title: "Rights & \"duties\"", Version: "1.0.0", Date: "2026-01-31", License: license, Authors: authors}}
}

func TestNoAuthorNoFile(t *testing.T) {
	if text := citation.Render(declare("MIT")); text != nil {
		t.Errorf("a file without authors, which the format requires:\n%s", text)
	}
}

// TestLicense says which expressions the key license can hold.
func TestLicense(t *testing.T) {
	for expression, want := range map[string]string{
		"MIT":                 "license: \"MIT\"\n",
		"MIT OR CC-BY-4.0":    "license:\n  - \"MIT\"\n  - \"CC-BY-4.0\"\n",
		"MIT OR MIT":          "license: \"MIT\"\n",
		"MIT AND CC-BY-4.0":   "",
		"MIT OR LicenseRef-A": "",
		"CDLA-Permissive-2.0": "", // It is younger than the format.
		"GPL-2.0-only WITH Classpath-exception-2.0": "",
	} {
		text := string(citation.Render(declare(expression, catalog.Author{Name: "A"})))
		got := ""
		if i := strings.Index(text, "license:"); i >= 0 {
			got = text[i:]
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", expression, got, want)
		}
	}
}

func TestTextIsOneQuotedLine(t *testing.T) {
	d := declare("MIT", catalog.Author{Name: "no", ORCID: "0000-0002-1825-0097", URL: "https://example.org/{}"})
	d.Dataset.Description = "---\nyes: \t\"no\" \\ \u202e\ufeff\U000e0001\x01 é 😀"
	text := string(citation.Render(d))
	for _, line := range []string{
		`abstract: "---\nyes: \t\"no\" \\ \u202E\uFEFF\U000E0001\x01 é 😀"`,
		`title: "Rights & \"duties\""`,
		`  - name: "no"`,
		`    orcid: "https://orcid.org/0000-0002-1825-0097"`,
		`    website: "https://example.org/%7B%7D"`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("there is no line %s in\n%s", line, text)
		}
	}
}

func TestBibTeX(t *testing.T) {
	d := declare("MIT", catalog.Author{Name: "Ada Lovelace"}, catalog.Author{Name: "Bread and Roses, Inc."}, catalog.Author{Name: `a{b}\c_d`})
	d.Dataset.Homepage = "https://example.org/{x}_y"
	const want = `@misc{udhr-1.0.0,
  author    = {Ada Lovelace and {Bread and Roses, Inc.} and a\{b\}\textbackslash{}c\_d},
  title     = {{Rights \& "duties"}},
  year      = {2026},
  version   = {1.0.0},
  note      = {Data set},
  url       = {https://example.org/%7Bx%7D_y},
}
`
	if got := citation.BibTeX(d); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
