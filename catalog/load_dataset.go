package catalog

import (
	"slices"
	"strings"

	"github.com/bindery-data/bindery/catalog/hub"
	"github.com/bindery-data/bindery/schema"
	"github.com/bindery-data/bindery/schema/toml"
)

// dataset reads [dataset] but for the texts of its licenses.
func (l *loader) dataset(t *toml.Table, d *Dataset) {
	d.Name = l.need(t, "name", `name = "icelandic-court-opinions"`)
	if err := ValidDatasetName(d.Name); err != nil && d.Name != "" {
		t.Report("name", "use a-z, 0-9, '.', '_' and '-'", "%v", err)
	}
	d.Title = l.need(t, "title", `title = "Icelandic court opinions"`)
	d.Version = l.need(t, "version", `version = "1.0.0"`)
	if err := ValidVersion(d.Version); err != nil && d.Version != "" {
		t.Report("version", `version = "1.0.0"`, "%v", err)
	}
	d.Date = l.date(t, "date")
	d.Description = l.text(t, "description")
	const license = `license = "CC-BY-4.0", an SPDX license expression`
	switch {
	case !t.Has("license"):
		t.Value("license")
		t.Report("license", license, `the key "license" is missing`)
	case !l.blank(t, "license", license):
		d.License = l.license(t, "license")
	}
	d.Languages = l.languages(t)
	d.Authors = l.authors(t)
	d.Homepage = l.url(t, "homepage")
	d.Keywords = l.words(t, "keywords", nil)
	d.Tasks = l.words(t, "tasks", l.checkTask)
	d.AnnotationsCreators = l.words(t, "annotations_creators", l.checkAnnotationsCreator)
	if n := t.Value("synthetic"); n != nil {
		synthetic := t.Bool("synthetic")
		d.Synthetic = &synthetic
	}
	d.Visibility = l.oneOf(t, "visibility", "public", "private")
}

// date reads the key of a TOML local date.
func (l *loader) date(t *toml.Table, key string) string {
	n := t.Value(key)
	const example = "date = 2026-11-23, without quotes"
	switch {
	case n == nil:
		t.Report(key, example, "the key %s is missing", toml.Quote(key))
		return ""
	case n.Kind != toml.LocalDate:
		t.Report(key, example, "%s must be a date, not %s", toml.Quote(key), n.Kind)
		return ""
	}
	if _, err := schema.ParseDate([]byte(n.Raw)); err != nil {
		t.Report(key, example, "%s: %s %v", toml.Quote(key), toml.Quote(n.Raw), err)
	}
	return n.Raw
}

// languages reads BCP 47 tags, and refuses those that are not in their canonical form.
func (l *loader) languages(t *toml.Table) []string {
	var tags []string
	seen := make(map[string]bool)
	for _, n := range t.Strings("languages") {
		canonical, err := schema.CanonicalLanguage(n.Text)
		switch {
		case err != nil:
			l.problems.Add(n.At, `write a BCP 47 tag such as "is", "pt-BR" or "sr-Latn"; "und" for none in particular`,
				"%s is no language tag: %v", toml.Quote(n.Text), err)
		case canonical != n.Text:
			l.problems.Add(n.At, "write "+toml.Quote(canonical), "the language tag %s is not in its canonical form", toml.Quote(n.Text))
		case seen[n.Text]:
			l.problems.Add(n.At, "name it once", "the language %s is named twice", toml.Quote(n.Text))
		default:
			tags = append(tags, n.Text)
			seen[n.Text] = true
		}
	}
	return tags
}

// authors reads the people and bodies that made the dataset.
func (l *loader) authors(t *toml.Table) []Author {
	var authors []Author
	if l.plainAuthors(t.Value("authors")) {
		return nil
	}
	for _, t := range t.Tables("authors") {
		a := Author{
			Name:        l.need(t, "name", `name = "Guðrún Jónsdóttir"`),
			Email:       l.line(t, "email"),
			ORCID:       l.line(t, "orcid"),
			URL:         l.url(t, "url"),
			Affiliation: l.line(t, "affiliation"),
		}
		if a.Email != "" && !emailPattern.MatchString(a.Email) {
			t.Report("email", "", "%s is no e-mail address", toml.Quote(a.Email))
		}
		if a.ORCID != "" && !validORCID(a.ORCID) {
			t.Report("orcid", `write the sixteen digits as "0000-0002-1825-0097"`,
				"%s is no ORCID iD, or its last digit does not fit the others", toml.Quote(a.ORCID))
		}
		t.End()
		authors = append(authors, a)
	}
	return authors
}

// plainAuthors reports authors that are given as texts alone.
func (l *loader) plainAuthors(n *toml.Node) bool {
	if n != nil && n.Kind == toml.Array && len(n.Items) > 0 {
		n = n.Items[0]
	}
	if n == nil || n.Kind != toml.String {
		return false
	}
	l.problems.Add(n.At, "write [{ name = "+toml.Quote(n.Text)+" }]", `"authors" is a list of tables, not of strings`)
	return true
}

// validORCID checks the form and the check digit, which is that of ISO 7064 MOD 11-2.
func validORCID(id string) bool {
	if !orcidPattern.MatchString(id) {
		return false
	}
	digits := strings.ReplaceAll(id, "-", "")
	sum := 0
	for _, c := range digits[:15] {
		sum = (sum + int(c-'0')) * 2
	}
	check := (12 - sum%11) % 11
	return digits[15] == "0123456789X"[check]
}

func (l *loader) checkAnnotationsCreator(n *toml.Node) {
	if known := hub.AnnotationsCreators(); !slices.Contains(known, n.Text) {
		l.problems.Add(n.At, toml.Suggest(n.Text, known), "%s is no way of annotating", toml.Quote(n.Text))
	}
}

func (l *loader) checkTask(n *toml.Node) {
	if !taskPattern.MatchString(n.Text) {
		l.problems.Add(n.At, `tasks are listed at https://huggingface.co/tasks: "translation", "text-generation"`,
			"%s is no task id", toml.Quote(n.Text))
	}
}
