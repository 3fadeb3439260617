// Package croissant writes a bundle's croissant.json: the dataset in the Croissant format 1.1 with its
// extension for responsible AI 1.0, which is JSON-LD of schema.org/Dataset.
package croissant

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/catalog/citation"
	"github.com/bindery-data/bindery/schema"
)

// Name is the name of the file in a bundle.
const Name = "croissant.json"

// The specifications that the document says it conforms to.
const (
	specification    = "http://mlcommons.org/croissant/1.1"
	specificationRAI = "http://mlcommons.org/croissant/RAI/1.0"
)

// Render returns the content of croissant.json for the bundle that m describes: m must list every file
// but this one and those that describe the bundle as a whole. The statistics s become annotations; s may
// be nil.
//
// Files are named relative to the document, since a bundle does not know where it will be published.
// What Croissant asks for and nothing declares is said with what is known, and never made up: without
// a description, the title describes the dataset; without a homepage, its url is that of its card. A
// creator is left out where no author is declared.
//
// All of <, > and & are escaped, so that the document can stand in a page of HTML.
func Render(d *catalog.Declaration, m *catalog.Manifest, s *catalog.Statistics) ([]byte, error) {
	doc := newDocument(d)
	ids := newIDs(m)
	for _, c := range d.Configs {
		ids.config(c)
	}
	for _, f := range m.Files {
		doc.Distribution = append(doc.Distribution, describe(f))
	}
	for _, c := range d.Configs {
		b := newRecords(c, ids, m)
		if s != nil {
			b.statistics = configStatistics(s, c.Name)
		}
		doc.Distribution = append(doc.Distribution, b.fileSet())
		doc.RecordSet = append(doc.RecordSet, b.splits(), b.recordSet())
	}
	out, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", Name, err)
	}
	return append(out, '\n'), nil
}

// A document is croissant.json, in the order of its keys.
type document struct {
	Context     json.RawMessage `json:"@context"`
	Type        string          `json:"@type"`
	ConformsTo  any             `json:"conformsTo"`
	Name        string          `json:"name"`
	Alternate   string          `json:"alternateName"`
	Description string          `json:"description"`
	License     any             `json:"license"`
	URL         string          `json:"url"`
	Version     string          `json:"version"`
	SDVersion   string          `json:"sdVersion"`
	Published   string          `json:"datePublished"`
	Modified    string          `json:"dateModified"`
	Live        bool            `json:"isLiveDataset"`
	CiteAs      string          `json:"citeAs"`
	Creator     []creator       `json:"creator,omitempty"`
	Keywords    []string        `json:"keywords,omitempty"`
	Language    []string        `json:"inLanguage,omitempty"`
	UsageInfo   *creativeWork   `json:"usageInfo,omitempty"`
	DerivedFrom []source        `json:"prov:wasDerivedFrom,omitempty"`
	responsible
	// Synthetic is of the extension's vocabulary too, but younger than the version of it that is claimed. NeurIPS asks for
	// it since 2026.
	Synthetic    *bool       `json:"rai:hasSyntheticData,omitempty"`
	Distribution []any       `json:"distribution"`
	RecordSet    []recordSet `json:"recordSet"`
}

// responsible are the properties of the extension for responsible AI that sections of [card] answer.
type responsible struct {
	Collection    string `json:"rai:dataCollection,omitempty"`
	Preprocessing string `json:"rai:dataPreprocessingProtocol,omitempty"`
	Annotation    string `json:"rai:dataAnnotationProtocol,omitempty"`
	Personal      string `json:"rai:personalSensitiveInformation,omitempty"`
	Uses          string `json:"rai:dataUseCases,omitempty"`
	Limitations   string `json:"rai:dataLimitations,omitempty"`
	Biases        string `json:"rai:dataBiases,omitempty"`
	SocialImpact  string `json:"rai:dataSocialImpact,omitempty"`
	Maintenance   string `json:"rai:dataReleaseMaintenancePlan,omitempty"`
}

type creator struct {
	Type        string        `json:"@type"`
	ID          string        `json:"@id,omitempty"`
	Name        string        `json:"name"`
	Email       string        `json:"email,omitempty"`
	URL         string        `json:"url,omitempty"`
	SameAs      string        `json:"sameAs,omitempty"`
	Affiliation *organization `json:"affiliation,omitempty"`
}

type organization struct {
	Type string `json:"@type"`
	Name string `json:"name"`
}

type creativeWork struct {
	Type string `json:"@type"`
	Name string `json:"name"`
	URL  string `json:"url"`
	Text string `json:"text,omitempty"`
}

// A source is what the dataset was derived from, as an entity of PROV-O.
type source struct {
	Type      string `json:"@type"`
	Name      string `json:"name"`
	URL       string `json:"url,omitempty"`
	License   any    `json:"license,omitempty"`
	Copyright string `json:"copyrightNotice,omitempty"`
}

// newDocument returns the document without its files and records.
func newDocument(d *catalog.Declaration) *document {
	doc := &document{
		Context: context, Type: "sc:Dataset", ConformsTo: specification,
		Name: d.Dataset.Title, Alternate: d.Dataset.Name, Description: d.Dataset.Description,
		License: licenseOf(d.Dataset.License, "LICENSE"), URL: catalog.URI(d.Dataset.Homepage),
		Version: d.Dataset.Version, SDVersion: d.Dataset.Version,
		Published: d.Dataset.Date, Modified: d.Dataset.Date,
		CiteAs: citation.BibTeX(d), Keywords: d.Dataset.Keywords, Language: d.Dataset.Languages,
		Synthetic: d.Dataset.Synthetic,
	}
	if strings.TrimSpace(doc.Description) == "" {
		doc.Description = d.Dataset.Title
	}
	if doc.URL == "" {
		doc.URL = cardName
	}
	for _, a := range d.Dataset.Authors {
		doc.Creator = append(doc.Creator, newCreator(a))
	}
	for _, s := range d.Sources {
		doc.DerivedFrom = append(doc.DerivedFrom, newSource(s))
	}
	doc.sections(d.Card)
	return doc
}

// newCreator describes an author. A declaration does not tell persons from bodies, which schema.org does:
// authors are persons unless they say otherwise.
func newCreator(a catalog.Author) creator {
	c := creator{Type: "sc:Person", Name: a.Name, Email: a.Email, URL: catalog.URI(a.URL)}
	if a.ORCID != "" {
		c.SameAs = "https://orcid.org/" + a.ORCID
	}
	if a.Affiliation != "" {
		c.Affiliation = &organization{Type: "sc:Organization", Name: a.Affiliation}
	}
	return c
}

func newSource(s catalog.Source) source {
	out := source{Type: "prov:Entity", Name: s.Name, URL: catalog.URI(s.URL), Copyright: s.Copyright}
	if s.License != "" {
		out.License = licenseOf(s.License, "")
	}
	return out
}

// licenseOf returns a license as the specification recommends it: as the address of a license of the SPDX
// list. An expression, and a license that is on no list, is a work with the expression as its name, whose
// text is in file, if that is given.
func licenseOf(expression, file string) any {
	l, err := schema.ParseLicense(expression)
	if err == nil && len(l.IDs) == 1 && l.IDs[0] == expression {
		return "https://spdx.org/licenses/" + expression + ".html"
	}
	work := map[string]string{"@type": "sc:CreativeWork", "name": expression}
	if file != "" {
		work["url"] = file
	}
	return work
}

// sections puts the sections of [card] into the properties that mean the same.
func (doc *document) sections(card []catalog.CardSection) {
	for _, s := range card {
		switch s.Name {
		case "collection":
			doc.Collection = s.Text
		case "preprocessing":
			doc.Preprocessing = s.Text
		case "annotations":
			doc.Annotation = s.Text
		case "personal_data":
			doc.Personal = s.Text
		case "uses":
			doc.Uses = s.Text
			doc.UsageInfo = &creativeWork{Type: "sc:CreativeWork", Name: "Uses", URL: cardName, Text: s.Text}
		case "limitations":
			doc.Limitations = s.Text
		case "biases":
			doc.Biases = s.Text
		case "social_impact":
			doc.SocialImpact = s.Text
		case "maintenance":
			doc.Maintenance = s.Text
		}
	}
	if doc.responsible != (responsible{}) {
		doc.ConformsTo = []string{specification, specificationRAI}
	}
}
