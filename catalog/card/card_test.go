package card_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"go.yaml.in/yaml/v4"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/catalog/card"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func make_(t testing.TB, in card.Input) *card.Card {
	t.Helper()
	c, err := card.Make(in)
	if err != nil {
		t.Fatal(err)
	}
	again, err := card.Make(in)
	if err != nil || !bytes.Equal(c.Text, again.Text) {
		t.Errorf("made twice, the card differs: %v", err)
	}
	return c
}

// golden compares a file of testdata with what it should hold.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; go test ./catalog/card -update rewrites it:\n%s", path, got)
	}
}

// TestHostileCard holds the whole card, in which every text is hostile, to a file that was looked at.
func TestHostileCard(t *testing.T) {
	d, m, s := hostileInput(all())
	c := make_(t, card.Input{Declaration: d, Manifest: m, Statistics: s})
	golden(t, "hostile/README.md", c.Text)
	for _, p := range c.Plots {
		golden(t, "hostile/"+p.Name, p.SVG)
	}
	if len(c.Plots) != 2 {
		t.Errorf("%d plots", len(c.Plots))
	}
}

// TestHeaderReadsBack holds the YAML header to the strings that it is made of, each by itself and all
// together.
func TestHeaderReadsBack(t *testing.T) {
	for _, text := range append(slices.Clone(hostile), all()) {
		d, m, s := hostileInput(text)
		c := make_(t, card.Input{Declaration: d, Manifest: m, Statistics: s, Bytes: map[[2]string]int64{{"default", "train"}: 77}})
		header := headerOf(t, c.Text)
		var got struct {
			PrettyName  string   `yaml:"pretty_name"`
			Language    []string `yaml:"language"`
			License     string   `yaml:"license"`
			LicenseName string   `yaml:"license_name"`
			Tags        []string `yaml:"tags"`
			Tasks       []string `yaml:"task_categories"`
			TaskIDs     []string `yaml:"task_ids"`
			Configs     []struct {
				Files []struct{ Split, Path string } `yaml:"data_files"`
			}
			Infos []struct {
				Features []map[string]any
				Splits   []struct {
					Bytes    int64 `yaml:"num_bytes"`
					Examples int64 `yaml:"num_examples"`
				}
			} `yaml:"dataset_info"`
		}
		if err := yaml.Unmarshal([]byte(header), &got); err != nil {
			t.Errorf("%q: %v\n%s", text, err, header)
			continue
		}
		tags := []string{text, "no"}
		if text == "no" {
			tags = []string{"no"}
		}
		if got.PrettyName != text || !slices.Equal(got.Tags, tags) || !slices.Equal(got.Language, []string{"no", "pt"}) {
			t.Errorf("%q reads back as %+v", text, got)
		}
		if got.License != "other" || got.LicenseName != "LicenseRef-Terms OR MIT" {
			t.Errorf("the license reads back as %q, %q", got.License, got.LicenseName)
		}
		if !slices.Equal(got.Tasks, []string{"token-classification"}) || !slices.Equal(got.TaskIDs, []string{"closed-domain-qa", "named-entity-recognition"}) {
			t.Errorf("the tasks read back as %q and %q", got.Tasks, got.TaskIDs)
		}
		if files := got.Configs[0].Files; files[0].Path != "train-?????-of-?????.parquet" || files[1].Path != "test-*.parquet" {
			t.Errorf("the files read back as %+v", files)
		}
		if name := got.Infos[0].Features[0]["name"]; name != text {
			t.Errorf("the field %q reads back as %q", text, name)
		}
		if s := got.Infos[0].Splits[0]; s.Bytes != 77 || s.Examples != 1234 {
			t.Errorf("the split reads back as %+v", s)
		}
	}
}

// headerOf returns the YAML header as the Hub finds it: up to the first line that begins with dashes.
func headerOf(t testing.TB, card []byte) string {
	t.Helper()
	rest, ok := strings.CutPrefix(string(card), "---\n")
	header, _, ended := strings.Cut(rest, "\n---")
	if !ok || !ended {
		t.Fatalf("no header:\n%s", card)
	}
	return header
}

var reader = goldmark.New(goldmark.WithExtensions(extension.GFM))

// TestNothingBecomesMarkup reads the card as Markdown: whatever text stands in a declaration's names and
// in data, the card has the same nodes, and no HTML.
func TestNothingBecomesMarkup(t *testing.T) {
	shape := func(text string) string {
		d, m, s := hostileInput(text)
		c := make_(t, card.Input{Declaration: d, Manifest: m, Statistics: s})
		return nodes(t, c.Text)
	}
	want := shape("plain")
	for _, text := range append(slices.Clone(hostile), all()) {
		if got := shape(text); got != want {
			t.Errorf("%q makes of the card\n%s\nwant\n%s", text, got, want)
		}
	}
}

// nodes lists the nodes of a card but for texts.
func nodes(t *testing.T, text_ []byte) string {
	t.Helper()
	_, body, _ := strings.Cut(string(text_[4:]), "\n---\n")
	root := reader.Parser().Parse(text.NewReader([]byte(body)))
	var b strings.Builder
	depth := 0
	err := ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch {
		case !entering:
			depth--
			return ast.WalkContinue, nil
		case n.Kind() == ast.KindRawHTML || n.Kind() == ast.KindHTMLBlock:
			t.Errorf("HTML in the card:\n%s", body)
		case n.Kind() != ast.KindText:
			b.WriteString(strings.Repeat(" ", depth) + n.Kind().String() + "\n")
		}
		depth++
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestPlotsAreSafe reads every plot as XML: it has the elements of a picture alone, no attribute that runs
// or refers to something, and one element as its root.
func TestPlotsAreSafe(t *testing.T) {
	for _, text := range append(slices.Clone(hostile), all()) {
		d, m, s := hostileInput(text)
		for _, p := range make_(t, card.Input{Declaration: d, Manifest: m, Statistics: s}).Plots {
			if err := catalog.ValidName(p.Name); err != nil {
				t.Error(err)
			}
			checkPlot(t, p)
		}
	}
}

func checkPlot(t *testing.T, p card.Plot) {
	t.Helper()
	elements := []string{"svg", "title", "desc", "rect", "line", "text"}
	attributes := []string{"xmlns", "width", "height", "viewBox", "role", "font-family", "x", "y", "x1", "x2", "y1", "y2", "rx", "fill",
		"fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "text-anchor", "font-size", "font-weight"}
	d := xml.NewDecoder(bytes.NewReader(p.SVG))
	titled := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s", p.Name, err, p.SVG)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		titled = titled || start.Name.Local == "title"
		if !slices.Contains(elements, start.Name.Local) {
			t.Errorf("%s has the element %s", p.Name, start.Name.Local)
		}
		for _, a := range start.Attr {
			if !slices.Contains(attributes, a.Name.Local) || strings.Contains(a.Value, "url(") || strings.Contains(a.Value, ":") && a.Name.Local != "xmlns" {
				t.Errorf("%s has the attribute %s=%q", p.Name, a.Name.Local, a.Value)
			}
		}
	}
	if !titled {
		t.Errorf("%s has no title", p.Name)
	}
}

func TestCountsAreTold(t *testing.T) {
	d, m, s := hostileInput("plain")
	got := string(make_(t, card.Input{Declaration: d, Manifest: m, Statistics: s}).Text)
	for _, want := range []string{
		"1,237 records", "6 of 1,243 records did not meet the declared schema", `path: "train-?????-of-?????.parquet"`, `- "1K<n<10K"`,
		"Of the 1,243 records that were read, 1,237 met the declared schema and 6 did not.",
		`1 of 1,236 (under 0.1%)`, "about 900 (± 1.6%)", "0 to 7 items, median 2", `"" at least 16%`,
		"[MIT](LICENSE-MIT.txt)", "[LicenseRef-Terms](LICENSE-LicenseRef-Terms.txt) OR [MIT](LICENSE-MIT.txt)", "not declared",
	} {
		if !strings.Contains(strings.ReplaceAll(got, "`", ""), want) && !strings.Contains(got, want) {
			t.Errorf("the card does not say %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "CITATION") {
		t.Error("the card speaks of a file that is not there")
	}
}

// TestSummary counts languages, not their scripts and regions, and says that data are synthetic where they are.
func TestSummary(t *testing.T) {
	yes, no := true, false
	for _, test := range []struct {
		languages []string
		synthetic *bool
		want      string
	}{
		{nil, nil, ""},
		{[]string{"is"}, &no, " · language `is`"},
		{[]string{"sr-Latn", "sr-Cyrl"}, nil, " · 1 language, as 2 variants"},
		{[]string{"sr-Latn", "is", "sr-Cyrl", "x-one", "x-two"}, nil, " · 4 languages"},
		{nil, &yes, " · synthetic, all or in part"},
	} {
		d, m, _ := hostileInput("plain")
		d.Dataset.Languages, d.Dataset.Synthetic = test.languages, test.synthetic
		got := string(make_(t, card.Input{Declaration: d, Manifest: m}).Text)
		_, line, _ := strings.Cut(got, "\nVersion ")
		line, _, _ = strings.Cut(line, "\n")
		if !strings.Contains(line, test.want+" · [") || test.want == "" && (strings.Contains(line, "language") || strings.Contains(line, "synthetic")) {
			t.Errorf("%v became %s, want%s", test.languages, line, test.want)
		}
	}
}

// TestWithoutStatistics makes the card of a bundle of which nothing more is known than its manifest.
func TestWithoutStatistics(t *testing.T) {
	d, m, _ := hostileInput("plain")
	got := string(make_(t, card.Input{Declaration: d, Manifest: m}).Text)
	if strings.Contains(got, "## Statistics") || strings.Contains(got, "![") {
		t.Errorf("there are statistics:\n%s", got)
	}
}
