package publish

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/catalog/lint"
)

// A LintReport is what a release lacks.
type LintReport struct {
	Findings []lint.Finding
	// Bundle is the bundle that was looked at; nil where none is built from this declaration.
	Bundle *catalog.Bundle
}

// Errors counts the findings that are errors.
func (r *LintReport) Errors() int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == lint.Error {
			n++
		}
	}
	return n
}

// Lint says what the release that d declares lacks. Where its bundle is in the folder dir, and was built
// from d as it stands, it looks at that too.
func Lint(d *catalog.Declaration, dir string) (*LintReport, error) {
	in := lint.Input{Declaration: d, LicenseTexts: make(map[string]string)}
	for id, name := range d.Dataset.LicenseFiles {
		text, err := os.ReadFile(filepath.Join(filepath.Dir(d.Path), filepath.FromSlash(name)))
		if err != nil {
			return nil, fmt.Errorf("text of license %s: %w", id, err)
		}
		in.LicenseTexts[id] = string(text)
	}
	path := bundlePath(d, dir)
	b, err := catalog.OpenBundle(path)
	if errors.Is(err, catalog.ErrNotABundle) || errors.Is(err, os.ErrNotExist) {
		return &LintReport{Findings: lint.Check(in)}, nil
	}
	if err != nil {
		return nil, err
	}
	built, err := bundledDeclaration(b)
	if err != nil {
		return nil, err
	}
	if built != string(d.Text) {
		return &LintReport{Findings: lint.Check(in)}, nil
	}
	return lintBundle(in, b)
}

// LintBundle says what the bundle at dir lacks.
func LintBundle(dir string) (*LintReport, error) {
	b, err := catalog.OpenBundle(dir)
	if err != nil {
		return nil, err
	}
	d, err := b.Declaration()
	if err != nil {
		return nil, err
	}
	return lintBundle(lint.Input{Declaration: d}, b)
}

func lintBundle(in lint.Input, b *catalog.Bundle) (*LintReport, error) {
	in.Manifest = b.Manifest
	var err error
	if in.Statistics, err = bundleStatistics(b); err != nil {
		return nil, fmt.Errorf("looking at %s: %w", b.Dir, err)
	}
	footers, err := bundleFooters(b)
	if err != nil {
		return nil, fmt.Errorf("looking at %s: %w", b.Dir, err)
	}
	for _, f := range footers {
		in.RowGroups = append(in.RowGroups, lint.RowGroup{File: f.Name, Rows: f.Footer.LargestRows, Bytes: f.Footer.LargestRowGroup})
	}
	return &LintReport{Findings: lint.Check(in), Bundle: b}, nil
}

// bundledDeclaration returns the declaration of a bundle as it stands.
func bundledDeclaration(b *catalog.Bundle) (string, error) {
	f, ok := catalog.FindFile(b.Manifest.Files, catalog.DeclarationName)
	if !ok {
		return "", fmt.Errorf("the bundle %s has no %s", b.Dir, catalog.DeclarationName)
	}
	text, err := readBundled(b, f)
	return string(text), err
}
