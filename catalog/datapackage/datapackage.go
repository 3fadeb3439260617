// Package datapackage writes a bundle's datapackage.json: the dataset as a Data Package of the standard's
// version 2, with a resource and its table schema for each Parquet file.
package datapackage

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

// Name is the name of the file in a bundle.
const Name = "datapackage.json"

// profile is the JSON schema that the document follows.
const profile = "https://datapackage.org/profiles/2.0/datapackage.json"

// Render returns the content of datapackage.json for the bundle that m describes; of its files, the data
// must be listed.
//
// Each file is a resource of its own, so that each has its digest: a resource of several files has one, and
// it is of no file. Sizes in bytes are left out: frictionless, which is how a package is validated, does not
// count those of Parquet files, and calls every size wrong. The number of rows, which it counts, is given in
// the place that it has for it.
func Render(d *catalog.Declaration, m *catalog.Manifest) ([]byte, error) {
	p := document{
		Schema: profile, Name: d.Dataset.Name, Title: d.Dataset.Title, Description: d.Dataset.Description,
		Homepage: catalog.URI(d.Dataset.Homepage), Version: d.Dataset.Version, Created: d.Dataset.Date + "T00:00:00Z",
		Keywords: d.Dataset.Keywords, Licenses: licensesOf(d.Dataset.License), Resources: []resource{},
	}
	for _, a := range d.Dataset.Authors {
		p.Contributors = append(p.Contributors, contributor{
			Title: a.Name, Path: catalog.URI(a.URL), Email: a.Email, Organization: a.Affiliation, Roles: []string{"creator"}})
	}
	for _, s := range d.Sources {
		p.Sources = append(p.Sources, source{Title: s.Name, Path: catalog.URI(s.URL)})
	}
	schemas := make(map[string]*tableSchema)
	for _, c := range d.Configs {
		schemas[c.Name] = newTableSchema(c.Schema)
	}
	for _, f := range m.Files {
		if f.Role == catalog.RoleData {
			p.Resources = append(p.Resources, newResource(f, schemas[f.Config]))
		}
	}
	out, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", Name, err)
	}
	return append(out, '\n'), nil
}

// A document is datapackage.json, in the order of its keys.
type document struct {
	Schema       string        `json:"$schema"`
	Name         string        `json:"name"`
	Title        string        `json:"title"`
	Description  string        `json:"description,omitempty"`
	Homepage     string        `json:"homepage,omitempty"`
	Version      string        `json:"version"`
	Created      string        `json:"created"`
	Keywords     []string      `json:"keywords,omitempty"`
	Licenses     []license     `json:"licenses"`
	Contributors []contributor `json:"contributors,omitempty"`
	Sources      []source      `json:"sources,omitempty"`
	Resources    []resource    `json:"resources"`
}

type license struct {
	Name  string `json:"name,omitempty"`
	Path  string `json:"path,omitempty"`
	Title string `json:"title,omitempty"`
}

type contributor struct {
	Title        string   `json:"title"`
	Path         string   `json:"path,omitempty"`
	Email        string   `json:"email,omitempty"`
	Organization string   `json:"organization,omitempty"`
	Roles        []string `json:"roles"`
}

type source struct {
	Title string `json:"title"`
	Path  string `json:"path,omitempty"`
}

type resource struct {
	Name      string       `json:"name"`
	Type      string       `json:"type"`
	Path      string       `json:"path"`
	Format    string       `json:"format"`
	MediaType string       `json:"mediatype"`
	Rows      int64        `json:"rows,omitempty"`
	Hash      string       `json:"hash"`
	Schema    *tableSchema `json:"schema"`
}

func newResource(f catalog.File, s *tableSchema) resource {
	return resource{
		Name: strings.TrimSuffix(f.Name, ".parquet"), Type: "table", Path: f.Name, Format: "parquet",
		MediaType: "application/vnd.apache.parquet", Rows: f.Records, Hash: "sha256:" + f.SHA256, Schema: s,
	}
}

// licensesOf names a license of the SPDX list by its id, and refers to the file LICENSE for all else.
func licensesOf(expression string) []license {
	l, err := schema.ParseLicense(expression)
	if err == nil && len(l.IDs) == 1 && l.IDs[0] == expression {
		return []license{{Name: expression, Path: "LICENSE"}}
	}
	return []license{{Path: "LICENSE", Title: expression}}
}
