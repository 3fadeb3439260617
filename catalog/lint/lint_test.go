package lint_test

import (
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/catalog/lint"
	"github.com/bindery-data/bindery/schema"
)

var update = flag.Bool("update", false, "rewrite what the declarations in testdata lack")

// load loads a declaration in a folder with one shard and the text of a license.
func load(t *testing.T, text string) *catalog.Declaration {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"a.jsonl": "{}\n", "TERMS.txt": "Terms.\n", "EMPTY.txt": " \n", "bindery.toml": text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	d, err := catalog.Load(dir, catalog.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// texts reads the license files of a declaration.
func texts(t *testing.T, d *catalog.Declaration) map[string]string {
	t.Helper()
	texts := make(map[string]string)
	for id, name := range d.Dataset.LicenseFiles {
		text, err := os.ReadFile(filepath.Join(filepath.Dir(d.Path), name))
		if err != nil {
			t.Fatal(err)
		}
		texts[id] = string(text)
	}
	return texts
}

// TestDeclarations compares what each NAME.toml of the archive lacks with its NAME.txt.
func TestDeclarations(t *testing.T) {
	const file = "testdata/lacks.txtar"
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	wants := make(map[string]string)
	for _, f := range archive.Files {
		wants[f.Name] = string(f.Data)
	}
	out := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		name, ok := strings.CutSuffix(f.Name, ".toml")
		if !ok {
			continue
		}
		d := load(t, string(f.Data))
		var b strings.Builder
		for _, finding := range lint.Check(lint.Input{Declaration: d, LicenseTexts: texts(t, d)}) {
			fmt.Fprintln(&b, strings.ReplaceAll(finding.Excerpt(), d.Path, f.Name))
		}
		if got := b.String(); got != wants[name+".txt"] && !*update {
			t.Errorf("%s lacks\n%s\nwant\n%s", f.Name, got, wants[name+".txt"])
		}
		out.Files = append(out.Files, f, txtar.File{Name: name + ".txt", Data: []byte(b.String())})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(out), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

const fine = `
[dataset]
name        = "x"
title       = "X"
version     = "1.0.0"
date        = 2026-11-23
license     = "CC-BY-4.0"
description = "Fifty characters are the least that a search engine takes for a description."
authors     = [{ name = "A", orcid = "0000-0002-1825-0097" }]
homepage    = "https://example.org/"
keywords    = ["x"]
languages   = ["is"]
tasks       = ["translation"]
synthetic   = false
[[sources]]
name    = "S"
url     = "https://example.org/s"
license = "CC-BY-4.0"
[card]
file = "TERMS.txt"
limitations = "a"
biases = "b"
personal_data = "c"
uses = "d"
social_impact = "e"
[[splits]]
name   = "train"
shards = ["a.jsonl"]
[fields.text]
type = "string"
description = "A text."
`

// TestBundles looks at what a bundle can lack, of a declaration that lacks nothing.
func TestBundles(t *testing.T) {
	d := load(t, fine)
	manifest := func() *catalog.Manifest {
		return &catalog.Manifest{
			Splits: []catalog.Count{{Config: "default", Split: "train", Read: 3, Written: 3}},
			Files:  []catalog.File{{Name: "LICENSE", Role: catalog.RoleLicense}},
		}
	}
	statistics := func(f catalog.FieldStatistics) *catalog.Statistics {
		return &catalog.Statistics{Configs: []catalog.ConfigStatistics{{Config: "default", Splits: []catalog.SplitStatistics{{Split: "train", Fields: []catalog.FieldStatistics{f}}}}}}
	}
	long := &catalog.Distribution{Maximum: &catalog.Shown{Value: "2000001"}}
	for name, c := range map[string]struct {
		in   func(in *lint.Input)
		want string
	}{
		"fine":    {func(*lint.Input) {}, ""},
		"license": {func(in *lint.Input) { in.Manifest.Files = nil }, "no-license-text"},
		"split":   {func(in *lint.Input) { in.Manifest.Splits[0].Written = 0 }, "empty-split"},
		"files":   {func(in *lint.Input) { in.Manifest.Files = append(in.Manifest.Files, make([]catalog.File, 10_000)...) }, "file-count"},
		"most that is fine": {func(in *lint.Input) {
			in.RowGroups = []lint.RowGroup{{File: "a", Rows: 150, Bytes: 300_000_000}}
			in.Statistics = statistics(catalog.FieldStatistics{Field: "text", Count: 3, Nulls: 2, Lengths: &catalog.Distribution{Maximum: &catalog.Shown{Value: "2000000"}}})
		}, ""},
		"row group": {func(in *lint.Input) { in.RowGroups = []lint.RowGroup{{File: "a", Rows: 1000, Bytes: 300_000_001}} }, "row-group-size"},
		"rows":      {func(in *lint.Input) { in.RowGroups = []lint.RowGroup{{File: "a", Rows: 10, Bytes: 20_000_010}} }, "row-size"},
		"long value": {func(in *lint.Input) {
			in.Statistics = statistics(catalog.FieldStatistics{Field: "text", Count: 3, Lengths: long})
		}, "row-size"},
		"empty": {func(in *lint.Input) {
			in.Statistics = statistics(catalog.FieldStatistics{Field: "text", Count: 3, Nulls: 3})
		}, "empty-field"},
		"columns": {func(in *lint.Input) {
			wide := *d
			wide.Configs = slices.Clone(d.Configs)
			wide.Configs[0].Schema = &schema.Schema{Fields: make([]*schema.Field, 1001)}
			for i := range wide.Configs[0].Schema.Fields {
				wide.Configs[0].Schema.Fields[i] = &schema.Field{Name: fmt.Sprint(i), Description: "x"}
			}
			in.Declaration = &wide
		}, "column-count"},
	} {
		in := lint.Input{Declaration: d, Manifest: manifest()}
		c.in(&in)
		var got []string
		for _, f := range lint.Check(in) {
			got = append(got, string(f.Code))
			if f.Severity != f.Code.Severity() || f.Message == "" || f.Hint == "" || !strings.Contains(f.Excerpt(), string(f.Code)) {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestCodesAreDocumented holds the list in the package comment to the codes, and every code to being found
// by a test.
func TestCodesAreDocumented(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "lint.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	comment, advice, _ := strings.Cut(file.Doc.Text(), "Advice is")
	line := regexp.MustCompile(`(?m)^\t([a-z-]+) {2,}\S`)
	var documented []lint.Code
	for i, part := range []string{comment, advice} {
		for _, m := range line.FindAllStringSubmatch(part, -1) {
			c := lint.Code(m[1])
			documented = append(documented, c)
			if (c.Severity() == lint.Error) != (i == 0) {
				t.Errorf("%s is documented in the wrong list", c)
			}
		}
	}
	if !slices.Equal(documented, lint.Codes()) {
		t.Errorf("documented are\n%q\nthe codes are\n%q", documented, lint.Codes())
	}
	found, err := os.ReadFile("testdata/lacks.txtar")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.ReadFile("lint_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range lint.Codes() {
		if !strings.Contains(string(found), " "+string(c)+": ") && !strings.Contains(string(self), `"`+string(c)+`"}`) {
			t.Errorf("no test finds %s", c)
		}
	}
}
