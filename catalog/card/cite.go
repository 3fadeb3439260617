package card

import (
	"fmt"
	"strings"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/catalog/citation"
	"github.com/bindery-data/bindery/schema"
)

// licenseLinks returns a license expression in which each license leads to its text in the bundle.
func (in Input) licenseLinks(expression string) string {
	l, err := schema.ParseLicense(expression)
	if err != nil {
		return text(expression)
	}
	words := strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(l.Text))
	for i, w := range words {
		id := strings.TrimSuffix(w, "+")
		switch {
		case w == "AND", w == "OR", w == "WITH", w == "(", w == ")":
		case in.Has(catalog.LicenseFileName(id)):
			words[i] = link(text(w), catalog.LicenseFileName(id))
		case l.Text == w && in.Has("LICENSE"):
			words[i] = link(text(w), "LICENSE")
		case in.Declaration.Dataset.License == id && in.Has("LICENSE"):
			words[i] = link(text(w), "LICENSE")
		default:
			words[i] = text(w)
		}
	}
	return strings.NewReplacer("( ", "(", " )", ")").Replace(strings.Join(words, " "))
}

// SourceTable is the table of sources.
func (in Input) SourceTable() string {
	t := newTable("source", "license", "copyright")
	for _, s := range in.Declaration.Sources {
		name := text(s.Name)
		if s.URL != "" {
			name = link(name, s.URL)
		}
		terms := "not declared"
		if s.License != "" {
			terms = in.licenseLinks(s.License)
		}
		t.row(name, terms, text(s.Copyright))
	}
	return t.String()
}

// Authors are the dataset's authors, with links.
func (in Input) Authors() []string {
	var authors []string
	for _, a := range in.Declaration.Dataset.Authors {
		line := text(a.Name)
		switch {
		case a.URL != "":
			line = link(line, a.URL)
		case a.ORCID != "":
			line = link(line, "https://orcid.org/"+a.ORCID)
		}
		if a.URL != "" && a.ORCID != "" {
			line += ", ORCID " + link(a.ORCID, "https://orcid.org/"+a.ORCID)
		}
		if a.Affiliation != "" {
			line += ", " + text(a.Affiliation)
		}
		authors = append(authors, line)
	}
	return authors
}

// Citation is a reference to the dataset as a line of text.
func (in Input) Citation() string {
	d := in.Declaration.Dataset
	var names []string
	for _, a := range d.Authors {
		names = append(names, text(a.Name))
	}
	by := strings.Join(names, ", ")
	if n := len(names); n > 1 {
		by = strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	title := fmt.Sprintf(`%s (version %s) \[Data set\].`, text(d.Title), text(in.Manifest.Version))
	line := fmt.Sprintf("%s (%.4s). %s", by, in.Manifest.Date, title)
	if by == "" { // Then a reference begins with the title.
		line = fmt.Sprintf("%s (%.4s).", title, in.Manifest.Date)
	}
	if d.Homepage != "" {
		line += " <" + address(d.Homepage) + ">"
	}
	return line
}

// BibTeX is a reference to the dataset as an entry of BibTeX, the same as in its other documents.
func (in Input) BibTeX() string { return citation.BibTeX(in.Declaration) }

// LicenseSentence says what the dataset's license is, to follow "The dataset is under".
func (in Input) LicenseSentence() string {
	expression := in.Declaration.Dataset.License
	links := in.licenseLinks(expression)
	l, err := schema.ParseLicense(expression)
	switch {
	case !in.Has("LICENSE"):
		return links
	case err == nil && len(l.IDs)+len(l.Refs)+len(l.Exceptions) > 1:
		return links + ": " + link("`LICENSE`", "LICENSE") + " says which files have the terms in full"
	}
	return links + ": " + link("`LICENSE`", "LICENSE") + " has the terms in full"
}

// Made says what became of the records, and what wrote the files.
func (in Input) Made() string {
	n, e := in.records(), in.Manifest.Encoding
	var line string
	switch {
	case n.Read == 0:
	case n.Quarantined > 0:
		line = fmt.Sprintf("Of the %s that were read, %s met the declared schema and %s did not.",
			plural(n.Read, "record"), count(n.Written), count(n.Quarantined))
	case n.Read == 1:
		line = "The one record that was read met the declared schema."
	default:
		line = fmt.Sprintf("All %s that were read met the declared schema.", plural(n.Read, "record"))
	}
	if e.Writer != "" {
		line += fmt.Sprintf(" The Parquet files were written by %s, compressed with %s.", text(e.Writer), text(e.Compression))
	}
	return strings.TrimSpace(line + " The same shards and declaration give the same bytes.")
}

// Verify returns the lines that compare the bundle with its checksums.
func (in Input) Verify() string {
	return fmt.Sprintf("bindery verify %s\ncd %s && sha256sum -c %s", in.Folder(), in.Folder(), catalog.ChecksumsName)
}
