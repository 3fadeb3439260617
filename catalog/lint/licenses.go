package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bindery-data/bindery/catalog/license"
	"github.com/bindery-data/bindery/schema"
	"github.com/bindery-data/bindery/schema/toml"
)

// licenses looks at the texts of the licenses that the dataset and its sources are under.
func (l *linter) licenses() {
	d := l.Declaration.Dataset
	for _, id := range declaredTexts(l.LicenseTexts) {
		if strings.TrimSpace(l.LicenseTexts[id]) == "" {
			l.declared(NoLicenseText, l.at("dataset", "license_files", id), "put the license's text into the file",
				"the text of %s is empty", id)
		}
	}
	own := named(d.License)
	copyrighted := make(map[string]bool)
	for _, s := range l.Declaration.Sources {
		if s.Copyright == "" {
			continue
		}
		for _, id := range named(s.License) {
			copyrighted[id] = true
		}
	}
	lacks := func(id string) bool {
		_, declared := d.LicenseFiles[id]
		return license.WantsCopyright(id) && !copyrighted[id] && !declared
	}
	for _, id := range own {
		if lacks(id) && len(d.Authors) == 0 {
			l.declared(NoCopyright, l.at("dataset", "license"), "declare authors in [dataset], or copyright on a source under that license",
				"the text of %s begins with a copyright line, and nothing says whose copyright it is", id)
		}
	}
	for i, s := range l.Declaration.Sources {
		for _, id := range named(s.License) {
			if lacks(id) && !slices.Contains(own, id) {
				l.declared(NoCopyright, l.at("sources", i, "license"), `copyright = "Copyright (c) ..." as the source has it`,
					"the text of %s begins with a copyright line, and nothing says whose copyright it is", id)
			}
		}
	}
}

// named returns the licenses that an expression names.
func named(expression string) []string {
	parsed, err := schema.ParseLicense(expression)
	if err != nil {
		return nil // There is none, or the loader said so.
	}
	return slices.Concat(parsed.IDs, parsed.Refs)
}

func declaredTexts(texts map[string]string) []string {
	var ids []string
	for id := range texts {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// sources looks at [[sources]], and compares their licenses with the dataset's.
func (l *linter) sources() {
	if len(l.Declaration.Sources) == 0 {
		l.declared(NoSource, toml.Span{}, `add [[sources]] with name, url and license; for content of your own, name yourself`,
			"no [[sources]] say where the content came from")
	}
	for i, s := range l.Declaration.Sources {
		if s.URL == "" {
			l.declared(SourceURL, l.at("sources", i), `url = "https://example.org/source"`, "the source %s has no address", toml.Quote(s.Name))
		}
		if s.License == "" {
			l.declared(SourceLicense, l.at("sources", i), `license = "CC-BY-4.0"; a license that is not on the SPDX list is LicenseRef-NAME`,
				"the source %s has no license, so that nothing says by what right its content is here", toml.Quote(s.Name))
			continue
		}
		l.compare(i, s.License)
	}
}

func (l *linter) compare(i int, source string) {
	dataset := l.Declaration.Dataset.License
	conflicts, err := license.Conflicts(source, dataset)
	if err != nil {
		return // The loader said so.
	}
	at := l.at("sources", i, "license")
	for _, c := range conflicts {
		hint := fmt.Sprintf("license the dataset so that %s is met, such as %q; or leave the source out", c.License, joined(dataset, c.License))
		switch c.Kind {
		case license.Looser:
			l.declared(LicenseLooser, at, hint, "the source is under %s; the dataset's %s is without %s", c.License, dataset, c.Lost)
		case license.NotAlike:
			l.declared(LicenseNotAlike, at, hint, "%s asks that what is made of the source be under the same license; the dataset's is %s", c.License, dataset)
		case license.Unknown:
			l.declared(LicenseUnknown, at, "compare them by hand", "the source is under %s, the dataset under %s: what one of them asks for is not known here", c.License, dataset)
		}
	}
}

// joined returns an expression that asks for both licenses.
func joined(dataset, source string) string {
	if strings.Contains(dataset, " OR ") {
		dataset = "(" + dataset + ")"
	}
	return dataset + " AND " + source
}
