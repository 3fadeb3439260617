// Package citation writes a bundle's CITATION.cff, in the Citation File Format 1.2.0, and the reference
// to a dataset in BibTeX.
package citation

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/catalog/yaml"
	"github.com/bindery-data/bindery/schema"
)

// Name is the name of the file in a bundle.
const Name = "CITATION.cff"

// Render returns the content of CITATION.cff. The format needs an author: where none is declared, there is
// no file, and Render returns nil.
//
// Authors are written as what the format calls entities, whose name stands in one piece: which part of a
// name is the family's, if any, is not declared. The format has no place for an entity's affiliation.
func Render(d *catalog.Declaration) []byte {
	if len(d.Dataset.Authors) == 0 {
		return nil
	}
	var y document
	y.line("cff-version: 1.2.0")
	y.text("message", "If you use this dataset, please cite it as below.")
	y.line("type: dataset")
	y.text("title", d.Dataset.Title)
	y.line("authors:")
	for _, a := range d.Dataset.Authors {
		y.author(a)
	}
	y.text("abstract", d.Dataset.Description)
	y.text("version", d.Dataset.Version)
	y.text("date-released", d.Dataset.Date)
	y.list("license", licenses(d.Dataset.License))
	y.text("url", catalog.URI(d.Dataset.Homepage))
	y.list("keywords", unique(d.Dataset.Keywords))
	return []byte(y.String())
}

// unique returns words, each once: the format refuses a keyword that is there twice.
func unique(words []string) []string {
	var once []string
	for _, w := range words {
		if !slices.Contains(once, w) {
			once = append(once, w)
		}
	}
	return once
}

func (y *document) author(a catalog.Author) {
	y.line("  - name: " + yaml.Quote(a.Name))
	orcid := a.ORCID
	if orcid != "" {
		orcid = "https://orcid.org/" + orcid
	}
	for _, member := range [][2]string{{"orcid", orcid}, {"email", a.Email}, {"website", catalog.URI(a.URL)}} {
		y.text("    "+member[0], member[1])
	}
}

//go:embed licenses.txt
var licenseText string

// known are the licenses that the format knows: SPDX ids of the day it was published.
var known = sync.OnceValue(func() map[string]bool {
	ids := make(map[string]bool)
	for line := range strings.Lines(licenseText) {
		if !strings.HasPrefix(line, "#") {
			ids[strings.TrimSpace(line)] = true
		}
	}
	return ids
})

// licenses returns the ids that the key license can have for an expression. A list of them means that any
// one may be chosen, so that what is under several at once, or has an exception, cannot be said there; nor
// can ids that are younger than the format.
func licenses(expression string) []string {
	ids := strings.Split(expression, " OR ")
	for _, id := range ids {
		if !known()[id] {
			return nil
		}
	}
	if _, err := schema.ParseLicense(expression); err != nil {
		return nil
	}
	return unique(ids)
}

// A document is a YAML document in the making, in which every text is a double-quoted scalar.
type document struct{ strings.Builder }

func (y *document) line(text string) { y.WriteString(text + "\n") }

// text writes a key and its value, unless that is empty.
func (y *document) text(key, value string) {
	if value != "" {
		y.line(key + ": " + yaml.Quote(value))
	}
}

// list writes a key and its values, unless there are none. One alone stands without a list, as the format
// allows for license, where that is what a key's readers expect.
func (y *document) list(key string, values []string) {
	if key == "license" && len(values) == 1 {
		y.text(key, values[0])
		return
	}
	if len(values) > 0 {
		y.line(key + ":")
	}
	for _, v := range values {
		y.line("  - " + yaml.Quote(v))
	}
}
