package catalog

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/bindery-data/bindery/schema/toml"
)

var update = flag.Bool("update", false, "rewrite what the mistakes in testdata print")

// shards makes a folder with shards and the text of a license.
func shards(t *testing.T) string {
	dir := t.TempDir()
	for _, name := range []string{
		"TERMS.txt", "data/a.jsonl", "data/b.jsonl.gz", "data/c.csv", "data/odd name [1].jsonl",
		"data/notes.doc", "data/sub/d.jsonl", "more/e.parquet", "more-2/f.parquet",
	} {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("x\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// readable knows the formats of the shards above.
func readable(name string) (string, error) {
	for _, format := range []string{"jsonl", "csv", "parquet"} {
		if strings.HasSuffix(strings.TrimSuffix(name, ".gz"), "."+format) {
			return format, nil
		}
	}
	return "", errors.New("its name does not say its format")
}

func loadText(t *testing.T, dir, text string) (*Declaration, error) {
	path := filepath.Join(dir, DeclarationName)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return Load(dir, LoadOptions{Readable: readable})
}

// TestLoadMistakes compares what each NAME.toml of the archive prints with its NAME.txt.
func TestLoadMistakes(t *testing.T) {
	const file = "testdata/mistakes.txtar"
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := shards(t)
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
		_, err := loadText(t, dir, string(f.Data))
		var mistakes *toml.Error
		if !errors.As(err, &mistakes) {
			t.Errorf("%s: no mistake was found: %v", f.Name, err)
			continue
		}
		got := strings.ReplaceAll(err.Error(), filepath.Join(dir, DeclarationName), f.Name) + "\n"
		out.Files = append(out.Files, f, txtar.File{Name: name + ".txt", Data: []byte(got)})
		if !*update && got != wants[name+".txt"] {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, wants[name+".txt"])
		}
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(out), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

const whole = `
[dataset]
name       = "court-opinions.is"
title      = "Íslenskir dómar"
version    = "2.1.0-beta.1"
date       = 2026-11-23
description = "All *published* opinions."
license    = "CC-BY-4.0 AND LicenseRef-Terms"
license_files = { LicenseRef-Terms = "TERMS.txt", Abstyles = "TERMS.txt", "Classpath-exception-2.0" = "TERMS.txt" }
languages  = ["is", "sr-Latn"]
authors    = [
  { name = "Guðrún Jónsdóttir", email = "gudrun@example.org", orcid = "0000-0002-1694-233X" },
  { name = "Registry", url = "https://example.org/", affiliation = "Court" },
]
homepage   = "https://example.org/opinions"
keywords   = ["law", "Icelandic"]
tasks      = ["text-generation"]
annotations_creators = ["expert-generated", "no-annotation"]
synthetic  = false
visibility = "private"

[[sources]]
name      = "registry 3"
url       = "http://example.org/source"
license   = "LicenseRef-Terms OR Abstyles OR GPL-2.0-or-later WITH Classpath-exception-2.0"
copyright = "Copyright (c) the registry"

[card]
file = "TERMS.txt"
uses = "Research."
motivation = "None was there."
social_impact = "Little."

[configs.opinions]
description = "As published."
[[configs.opinions.splits]]
name   = "train.v1"
shards = ["data/*.jsonl*", "data/a.jsonl", "./more/../data/sub/d.jsonl"]
[[configs.opinions.splits]]
name   = "test"
shards = ["data/c.csv"]
format = "csv"
delimiter = ";"
compression = "none"
[configs.opinions.schema]
primary_key = ["id"]
[configs.opinions.fields.id]
type = "string"

[configs.cited]
splits = [{ name = "train", shards = ["*/*.parquet", 'data/odd name \[1].jsonl'] }]
fields = { id = { type = "int64" } }

[build]
file_size = "500 MB"
unit_size = 1048576
compression = "snappy"
on_invalid = "quarantine"
max_invalid = 0.5

[publish]
to = ["dir:./releases", "github:owner/repo"]
`

func TestLoad(t *testing.T) {
	dir := shards(t)
	d, err := loadText(t, dir, whole)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Configs[0].Schema.PrimaryKey[0].Name; got != "id" {
		t.Errorf("the primary key is %s", got)
	}
	if got := d.Configs[1].Schema.Fields[0].Type.String(); got != "int64" {
		t.Errorf("the field of the second config is of type %s", got)
	}
	for i := range d.Configs {
		d.Configs[i].Schema = nil
	}
	want := &Declaration{
		Path: filepath.Join(dir, DeclarationName),
		Text: []byte(whole),
		Dataset: Dataset{
			Name: "court-opinions.is", Title: "Íslenskir dómar", Version: "2.1.0-beta.1", Date: "2026-11-23",
			Description: "All *published* opinions.", License: "CC-BY-4.0 AND LicenseRef-Terms",
			LicenseFiles: map[string]string{
				"LicenseRef-Terms": "TERMS.txt", "Abstyles": "TERMS.txt", "Classpath-exception-2.0": "TERMS.txt",
			},
			Languages: []string{"is", "sr-Latn"},
			Authors: []Author{
				{Name: "Guðrún Jónsdóttir", Email: "gudrun@example.org", ORCID: "0000-0002-1694-233X"},
				{Name: "Registry", URL: "https://example.org/", Affiliation: "Court"},
			},
			Homepage: "https://example.org/opinions", Keywords: []string{"law", "Icelandic"},
			Tasks: []string{"text-generation"}, Visibility: "private",
			AnnotationsCreators: []string{"expert-generated", "no-annotation"}, Synthetic: new(bool),
		},
		Sources:  []Source{{"registry 3", "http://example.org/source", "LicenseRef-Terms OR Abstyles OR GPL-2.0-or-later WITH Classpath-exception-2.0", "Copyright (c) the registry"}},
		Card:     []CardSection{{"motivation", "None was there."}, {"uses", "Research."}, {"social_impact", "Little."}},
		CardFile: "TERMS.txt", CardText: "x\n",
		Configs: []Config{
			{Name: "opinions", Description: "As published.", Splits: []Split{
				{Name: "train.v1", Shards: []string{
					"data/a.jsonl", "data/b.jsonl.gz", "data/odd name [1].jsonl", "data/sub/d.jsonl",
				}},
				{Name: "test", Shards: []string{"data/c.csv"}, Format: "csv", Compression: "none", Delimiter: ';'},
			}},
			{Name: "cited", Splits: []Split{{Name: "train", Shards: []string{"more-2/f.parquet", "more/e.parquet", "data/odd name [1].jsonl"}}}},
		},
		Build: BuildOptions{500e6, 1 << 20, "snappy", OnInvalidQuarantine, 0.5},
		To:    []string{"dir:./releases", "github:owner/repo"},
	}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("got\n%+v\nwant\n%+v", d, want)
	}
}

const least = `
[dataset]
name = "x"
title = "X"
version = "1.0.0"
date = 2026-11-23
license = "MIT"
[[splits]]
name = "train"
shards = ["data/a.jsonl"]
[fields.id]
type = "string"
`

func TestLoadDefaults(t *testing.T) {
	d, err := loadText(t, shards(t), least)
	if err != nil {
		t.Fatal(err)
	}
	want := BuildOptions{DefaultFileSize, DefaultUnitSize, "zstd", OnInvalidFail, 0}
	if d.Build != want || d.Dataset.Visibility != "public" || d.Configs[0].Name != DefaultConfig {
		t.Errorf("got %+v", d)
	}
	d, err = loadText(t, shards(t), least+"[build]\non_invalid = \"quarantine\"\n")
	if err != nil || d.Build.MaxInvalid != 0.01 {
		t.Errorf("got %+v, %v", d, err)
	}
}

// TestLoadPaths covers the ways to name shards outside the declaration's folder, whose own name may
// have characters that are special in globs.
func TestLoadPaths(t *testing.T) {
	dir := shards(t)
	inner := filepath.Join(dir, "of [2026] *")
	if err := os.Mkdir(inner, 0o777); err != nil {
		t.Skip("this file system does not take the name: ", err)
	}
	slashed := filepath.ToSlash(dir)
	for pattern, want := range map[string]string{
		"../data/a.jsonl":              "../data/a.jsonl",
		"../data/[ab].*":               "../data/a.jsonl ../data/b.jsonl.gz",
		slashed + "/data/a.jsonl":      slashed + "/data/a.jsonl",
		slashed + "/more/?.parquet":    slashed + "/more/e.parquet",
		"../data/../data//sub/*.jsonl": "../data/sub/d.jsonl",
	} {
		d, err := loadText(t, inner, strings.Replace(least, "data/a.jsonl", pattern, 1))
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
			continue
		}
		if got := strings.Join(d.Configs[0].Splits[0].Shards, " "); got != want {
			t.Errorf("%s names %s, want %s", pattern, got, want)
		}
	}
	both := strings.Replace(least, "[fields.id]", "[[splits]]\nname = \"test\"\nshards = ['"+slashed+"/data/*.jsonl']\n[fields.id]", 1)
	if _, err := loadText(t, dir, both); err == nil || !strings.Contains(err.Error(), `is in the split "train" too`) {
		t.Errorf("a shard under two names in two splits: %v", err)
	}
}

func TestLoadSystem(t *testing.T) {
	dir := t.TempDir()
	_, err := Load(dir, LoadOptions{})
	var mistakes *toml.Error
	if !errors.Is(err, fs.ErrNotExist) || errors.As(err, &mistakes) {
		t.Errorf("no declaration: %v", err)
	}
	path := filepath.Join(dir, "other.toml")
	if err := os.WriteFile(path, []byte("#"+strings.Repeat("x", 2*toml.MaxSize)), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path, LoadOptions{}); !errors.As(err, &mistakes) || !strings.Contains(err.Error(), "1 MiB") {
		t.Errorf("a declaration of 2 MiB: %.200v", err)
	}
}

// TestLoadCardFile covers what the file that [card] names can be.
func TestLoadCardFile(t *testing.T) {
	dir := shards(t)
	for content, want := range map[string]string{
		"\ufeffWords.\n":             "",
		"Words\n---\n":               "",
		"\n---\ntitle: x\n---\n":     "begins with a line of dashes",
		"\xff":                       "is not UTF-8",
		strings.Repeat("x", 1<<20+1): "has more than 1 MiB",
	} {
		if err := os.WriteFile(filepath.Join(dir, "CARD.md"), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		d, err := loadText(t, dir, least+"[card]\nfile = \"CARD.md\"\n")
		switch {
		case want == "" && (err != nil || d.CardText != strings.TrimPrefix(content, "\ufeff")):
			t.Errorf("%.20q: %v", content, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%.20q: got %v, want %q", content, err, want)
		}
	}
	for _, name := range []string{"missing.md", "data"} {
		if _, err := loadText(t, dir, least+"[card]\nfile = \""+name+"\"\n"); err == nil || !strings.Contains(err.Error(), "the card's file") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestORCID(t *testing.T) {
	for id, want := range map[string]bool{
		"0000-0002-1825-0097":                   true,
		"0000-0002-1694-233X":                   true,
		"0000-0002-1825-0098":                   false,
		"0000-0002-1694-2330":                   false,
		"0000000218250097":                      false,
		"https://orcid.org/0000-0002-1825-0097": false,
	} {
		if got := validORCID(id); got != want {
			t.Errorf("%s is valid: %t", id, got)
		}
	}
}
