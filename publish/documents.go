package publish

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/catalog/citation"
	"github.com/bindery-data/bindery/catalog/croissant"
	"github.com/bindery-data/bindery/catalog/datapackage"
	"github.com/bindery-data/bindery/catalog/license"
	"github.com/bindery-data/bindery/schema"
)

// A document is a file of a bundle that is not data.
type document struct {
	name, role string
	text       []byte
}

// describeRelease returns documents and, behind them, the citation and the data package.
func describeRelease(d *catalog.Declaration, m *catalog.Manifest, documents []document) ([]document, error) {
	if text := citation.Render(d); text != nil {
		documents = append(documents, document{citation.Name, catalog.RoleDocument, text})
	}
	text, err := datapackage.Render(d, m)
	if err != nil {
		return nil, err
	}
	return append(documents, document{datapackage.Name, catalog.RoleDocument, text}), nil
}

// describeFiles returns documents and, behind them, Croissant, which names each of them and each of the data
// files of m with its digest. So documents must be all that there are but the manifest and the checksums.
func describeFiles(d *catalog.Declaration, m *catalog.Manifest, s *catalog.Statistics, documents []document) ([]document, error) {
	whole := *m
	whole.Files = slices.Clone(m.Files)
	for _, doc := range documents {
		whole.Files = append(whole.Files, catalog.Describe(doc.name, doc.role, doc.text))
	}
	slices.SortFunc(whole.Files, func(a, b catalog.File) int { return strings.Compare(a.Name, b.Name) })
	text, err := croissant.Render(d, &whole, s)
	if err != nil {
		return nil, err
	}
	return append(documents, document{croissant.Name, catalog.RoleDocument, text}), nil
}

// licenseFiles returns LICENSE, the dataset's license, and LICENSE-ID.txt for every other that a
// source is under. They are made before the build begins, so that a text that is not to be had stops
// it early.
func licenseFiles(d *catalog.Declaration) ([]document, error) {
	l := licenses{d: d, copyrights: make(map[string][]string), own: make(map[string]bool)}
	own, err := schema.ParseLicense(d.Dataset.License)
	if err != nil {
		return nil, fmt.Errorf("license of the dataset: %w", err)
	}
	ids := licenseIDs(own)
	for _, id := range ids {
		l.own[id] = true
	}
	others := []string{}
	for _, s := range d.Sources {
		if s.License == "" {
			continue
		}
		used, err := schema.ParseLicense(s.License)
		if err != nil {
			return nil, fmt.Errorf("license of source %q: %w", s.Name, err)
		}
		for _, id := range licenseIDs(used) {
			if s.Copyright != "" && !slices.Contains(l.copyrights[id], s.Copyright) {
				l.copyrights[id] = append(l.copyrights[id], s.Copyright)
			}
			if !slices.Contains(ids, id) && !slices.Contains(others, id) {
				others = append(others, id)
			}
		}
	}
	return l.files(ids, others)
}

// licenseIDs returns the ids, exceptions and references of an expression, in a fixed order.
func licenseIDs(l schema.License) []string {
	return slices.Concat(l.IDs, l.Exceptions, l.Refs)
}

// licenses finds the texts of licenses.
type licenses struct {
	d *catalog.Declaration
	// copyrights are the sources' copyright lines, by license.
	copyrights map[string][]string
	// own are the licenses of the dataset itself, which its authors grant. A source's license is not theirs
	// to put their names under.
	own map[string]bool
}

func (l licenses) files(own, others []string) ([]document, error) {
	var documents []document
	if len(own) == 1 {
		text, err := l.text(own[0])
		if err != nil {
			return nil, err
		}
		documents = append(documents, document{"LICENSE", catalog.RoleLicense, []byte(text)})
	} else {
		documents = append(documents, document{"LICENSE", catalog.RoleLicense, l.statement(own)})
		others = append(slices.Clone(own), others...)
	}
	for _, id := range others {
		text, err := l.text(id)
		if err != nil {
			return nil, err
		}
		documents = append(documents, document{catalog.LicenseFileName(id), catalog.RoleLicense, []byte(text)})
	}
	return documents, nil
}

// statement returns the LICENSE of a dataset under more than one license.
func (l licenses) statement(ids []string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s is licensed under the SPDX license expression\n\n    %s\n\nThe texts of its parts are beside this file:\n\n",
		l.d.Dataset.Title, l.d.Dataset.Version, l.d.Dataset.License)
	for _, id := range ids {
		fmt.Fprintf(&b, "    %s\n", catalog.LicenseFileName(id))
	}
	return []byte(b.String())
}

// text returns a license in full, with the copyright lines of the sources that are under it: in the place
// that the license has for them, or before it.
func (l licenses) text(id string) (string, error) {
	copyright := strings.Join(l.copyrights[id], "\n")
	text, err := l.plainText(id, copyright)
	if err != nil {
		return "", fmt.Errorf("text of license %s: %w", id, err)
	}
	if !strings.Contains(text, copyright) {
		text = copyright + "\n\n" + text
	}
	return text, nil
}

// plainText returns the declared text of a license, or the one on board.
func (l licenses) plainText(id, copyright string) (string, error) {
	if name, declared := l.d.Dataset.LicenseFiles[id]; declared {
		text, err := os.ReadFile(filepath.Join(filepath.Dir(l.d.Path), filepath.FromSlash(name)))
		return string(text), err
	}
	if copyright == "" && license.WantsCopyright(id) {
		if !l.own[id] {
			return "", errors.New("it begins with a copyright line: declare copyright on a source that is under it")
		}
		var names []string
		for _, a := range l.d.Dataset.Authors {
			names = append(names, a.Name)
		}
		if names == nil {
			return "", errors.New("it begins with a copyright line: declare copyright on a source that is under it, or authors in [dataset]")
		}
		copyright = fmt.Sprintf("Copyright (c) %.4s %s", l.d.Dataset.Date, strings.Join(names, ", "))
	}
	return license.Render(id, copyright)
}
