// Package card writes a bundle's README.md: Hugging Face's YAML header, which makes the folder load as
// a dataset, and a page for people.
package card

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"text/template"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

//go:embed card.md.tmpl
var text string

var page = template.Must(template.New("card").Funcs(template.FuncMap{
	"yaml": quoteYAML, "cell": cell, "type": typeName, "rules": rules, "count": count, "glob": glob,
	"hubLicense": hubLicense, "baseLanguages": baseLanguages, "sizeCategory": sizeCategory,
	"fields": fields, "heading": heading,
}).Parse(text))

// A view is what the template is given.
type view struct {
	*catalog.Declaration
	Manifest *catalog.Manifest
	// Records are the counts of all splits together.
	Records catalog.Count
}

// Render returns the card of the bundle that m describes; of its files, the data must be listed.
func Render(d *catalog.Declaration, m *catalog.Manifest) ([]byte, error) {
	v := view{Declaration: d, Manifest: m}
	for _, c := range m.Splits {
		v.Records.Read += c.Read
		v.Records.Written += c.Written
		v.Records.Quarantined += c.Quarantined
	}
	var b bytes.Buffer
	if err := page.Execute(&b, v); err != nil {
		return nil, fmt.Errorf("writing the card: %w", err)
	}
	return b.Bytes(), nil
}

// quoteYAML returns s as a YAML double-quoted scalar. JSON's strings are such scalars (YAML 1.2, 1.2).
func quoteYAML(s string) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(s)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// cell returns s as the text of one cell of a Markdown table, in which nothing is markup. What cannot be
// printed, such as controls that change the direction of text, is written out.
func cell(s string) string {
	var b strings.Builder
	for _, r := range strings.NewReplacer("\r", " ", "\n", " ").Replace(s) {
		switch {
		case !strconv.IsPrint(r):
			fmt.Fprintf(&b, "U+%04X", r)
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case strings.ContainsRune("\\|`*_[]", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// count writes a number of records with its thousands apart: 16,308.
func count(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// glob returns the pattern of a split's files. Its fixed length keeps it from matching those of a config
// that has the split's name.
func glob(config, split string) string {
	return catalog.DataFileStem(config, split) + "-?????-of-?????.parquet"
}

// baseLanguages returns the primary subtags of BCP 47 tags, each once.
func baseLanguages(tags []string) []string {
	var bases []string
	seen := make(map[string]bool)
	for _, t := range tags {
		base, _, _ := strings.Cut(t, "-")
		if !seen[base] {
			seen[base] = true
			bases = append(bases, base)
		}
	}
	return bases
}

// hubLicense returns the id that the Hugging Face Hub has for a licence: SPDX in lower case but for a
// few, and "other" for expressions.
func hubLicense(expression string) string {
	switch expression {
	case "ODbL-1.0":
		return "odbl"
	case "ODC-By-1.0":
		return "odc-by"
	case "PDDL-1.0":
		return "pddl"
	case "C-UDA-1.0":
		return "c-uda"
	}
	if strings.ContainsAny(expression, " ()+") || strings.HasPrefix(expression, "LicenseRef-") {
		return "other"
	}
	return strings.ToLower(expression)
}

// sizeCategory returns the Hub's category for a number of records.
func sizeCategory(records int64) string {
	limits := []struct {
		below int64
		name  string
	}{
		{1e3, "n<1K"}, {1e4, "1K<n<10K"}, {1e5, "10K<n<100K"}, {1e6, "100K<n<1M"}, {1e7, "1M<n<10M"},
		{1e8, "10M<n<100M"}, {1e9, "100M<n<1B"}, {1e10, "1B<n<10B"}, {1e11, "10B<n<100B"}, {1e12, "100B<n<1T"},
	}
	for _, l := range limits {
		if records < l.below {
			return l.name
		}
	}
	return "n>1T"
}

// heading returns the heading of a section of [card]: "personal_data" becomes "Personal data".
func heading(name string) string {
	words := strings.ReplaceAll(name, "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

// fields returns the fields of a schema at every level.
func fields(s *schema.Schema) []*schema.Field { return s.All() }

// typeName returns a field's type with its parameters.
func typeName(f *schema.Field) string {
	switch f.Type {
	case schema.Decimal:
		return fmt.Sprintf("decimal(%d, %d)", f.Precision, f.Scale)
	case schema.Time:
		return fmt.Sprintf("time (%s)", f.Unit)
	case schema.Timestamp:
		if f.Zone == "" {
			return fmt.Sprintf("timestamp (%s, local)", f.Unit)
		}
		return fmt.Sprintf("timestamp (%s, %s)", f.Unit, f.Zone)
	case schema.List:
		return "list of " + f.Items.Type.String()
	case schema.Map:
		return "map of " + f.Values.Type.String()
	}
	return f.Type.String()
}

// rules returns what a field's constraints demand, as declared.
func rules(f *schema.Field) string { return strings.Join(f.Rules(), "; ") }
