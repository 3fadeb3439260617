// Package card writes a bundle's README.md: Hugging Face's YAML header, which makes the folder load as
// a dataset, and a page for people; and the small plots that the page shows, which are files of the
// bundle too.
//
// A card says what is known and nothing else: what is not declared, or not in the statistics, is not
// mentioned. In dataset_info, num_bytes is the size of a split's Parquet pages before compression, and
// download_size that of its files.
package card

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
	"text/template"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

//go:embed card.md.tmpl
var pageText string

var page = template.Must(template.New("card").Funcs(template.FuncMap{
	"text": text, "code": code, "count": count, "plural": plural, "size": size, "link": link,
	"fenced": fenced, "authored": authored, "heading": heading,
}).Parse(pageText))

// An Input is what a card is made from.
type Input struct {
	Declaration *catalog.Declaration
	// Manifest describes the bundle; of its files, all that the card is to speak of must be listed. What
	// the bundle is called, and how many records it has, is taken from here.
	Manifest *catalog.Manifest
	// Statistics are what the records hold; nil where they are not known.
	Statistics *catalog.Statistics
	// Bytes are the sizes of the splits' Parquet pages before compression, by config and split.
	Bytes map[[2]string]int64
}

// A Card is README.md and the plots that it shows.
type Card struct {
	Text  []byte
	Plots []Plot
}

// Make returns the card of a bundle. The same input gives the same bytes.
func Make(in Input) (*Card, error) {
	v := view{Input: in}
	v.Plots, v.notDrawn = plots(in)
	var b bytes.Buffer
	b.WriteString(in.header())
	if err := page.Execute(&b, v); err != nil {
		return nil, fmt.Errorf("writing the card: %w", err)
	}
	return &Card{Text: b.Bytes(), Plots: v.Plots}, nil
}

// A view is what the template is given.
type view struct {
	Input
	Plots []Plot
	// notDrawn are the fields without a plot, by config.
	notDrawn map[string]undrawn
}

// A splitSize says how large a split is.
type splitSize struct {
	catalog.Count
	Files    int
	Download int64 // of its files
	Bytes    int64 // of their pages before compression; Download where that is not known
}

// split returns the counts and sizes of a split.
func (in Input) split(config, split string) splitSize {
	var s splitSize
	for _, c := range in.Manifest.Splits {
		if c.Config == config && c.Split == split {
			s.Count = c
		}
	}
	for _, f := range in.Manifest.Files {
		if f.Role == catalog.RoleData && f.Config == config && f.Split == split {
			s.Files++
			s.Download += f.Size
		}
	}
	s.Bytes = s.Download
	if n, ok := in.Bytes[[2]string{config, split}]; ok {
		s.Bytes = n
	}
	return s
}

// records returns the counts of all splits together.
func (in Input) records() catalog.Count {
	var sum catalog.Count
	for _, c := range in.Manifest.Splits {
		sum.Read += c.Read
		sum.Written += c.Written
		sum.Quarantined += c.Quarantined
	}
	return sum
}

// pattern returns a pattern for the names of a split's files that matches no other file of the bundle:
// where another split's files begin in the same way, their numbers are of a fixed length.
func (in Input) pattern(config, split string) string {
	stem := catalog.DataFileStem(config, split)
	for _, c := range in.Declaration.Configs {
		for _, s := range c.Splits {
			if strings.HasPrefix(catalog.DataFileStem(c.Name, s.Name), stem+"-") {
				return stem + "-?????-of-?????.parquet"
			}
		}
	}
	return stem + "-*.parquet"
}

// Folder is the bundle's folder.
func (in Input) Folder() string { return catalog.FolderName(in.Manifest.Name, in.Manifest.Version) }

// Records are the counts of all splits together.
func (in Input) Records() catalog.Count { return in.records() }

// Several reports whether there is more than one config.
func (in Input) Several() bool { return len(in.Declaration.Configs) > 1 }

// Has reports whether the bundle has a file.
func (in Input) Has(name string) bool {
	_, ok := catalog.FindFile(in.Manifest.Files, name)
	return ok
}

// Summary says in one line what the dataset is.
func (in Input) Summary() string {
	d := in.Declaration.Dataset
	parts := []string{"Version " + text(in.Manifest.Version), text(in.Manifest.Date)}
	if len(in.Manifest.Splits) > 0 {
		parts = append(parts, plural(in.records().Written, "record"))
	}
	var download int64
	for _, f := range in.Manifest.Files {
		if f.Role == catalog.RoleData {
			download += f.Size
		}
	}
	if download > 0 {
		parts = append(parts, size(download)+" of Parquet")
	}
	switch tags, n := len(d.Languages), len(primaryLanguages(d.Languages)); {
	case tags == 1:
		parts = append(parts, "language "+code(d.Languages[0]))
	case n == 1:
		parts = append(parts, "1 language, as "+plural(int64(tags), "variant"))
	case n > 1:
		parts = append(parts, plural(int64(n), "language"))
	}
	if d.Synthetic != nil && *d.Synthetic {
		parts = append(parts, "synthetic, all or in part")
	}
	parts = append(parts, in.licenseLinks(d.License))
	return strings.Join(parts, " · ")
}

// heading returns the heading of a section of [card]: "personal_data" becomes "Personal data".
func heading(name string) string {
	words := strings.ReplaceAll(name, "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

// FieldTable is the table of a config's fields, at every level.
func (in Input) FieldTable(s *schema.Schema) string {
	t := newTable("field", "type", "rules", "description")
	key := make(map[*schema.Field]bool)
	for _, f := range s.PrimaryKey {
		key[f] = true
	}
	for _, f := range s.All() {
		var rules []string
		if key[f] {
			rules = append(rules, "primary key")
		}
		for _, r := range f.Rules() {
			rules = append(rules, code(strings.TrimSuffix(r, " = true")))
		}
		t.row(code(f.Path), text(typeName(f)), strings.Join(rules, ", "), cell(f.Description))
	}
	return t.String()
}

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

// SplitTable is the table of splits.
func (in Input) SplitTable() string {
	quarantined := in.records().Quarantined > 0
	heads := []string{"split", "records:", "files:", "size:"}
	if in.Several() {
		heads = append([]string{"config"}, heads...)
	}
	if quarantined {
		heads = append(heads, "left out:")
	}
	t := newTable(heads...)
	for _, c := range in.Declaration.Configs {
		for _, s := range c.Splits {
			n := in.split(c.Name, s.Name)
			cells := []string{code(s.Name), count(n.Written), count(int64(n.Files)), size(n.Download)}
			if in.Several() {
				cells = append([]string{code(c.Name)}, cells...)
			}
			if quarantined {
				cells = append(cells, count(n.Quarantined))
			}
			t.row(cells...)
		}
	}
	return t.String()
}

// A table is a Markdown table in the making.
type table struct{ b strings.Builder }

// newTable begins a table. A column whose head ends with a colon is of numbers.
func newTable(heads ...string) *table {
	t := new(table)
	rule := make([]string, len(heads))
	for i, h := range heads {
		rule[i] = "---"
		if name, numbers := strings.CutSuffix(h, ":"); numbers {
			heads[i], rule[i] = name, "---:"
		}
	}
	t.row(heads...)
	t.row(rule...)
	return t
}

func (t *table) row(cells ...string) {
	fmt.Fprintf(&t.b, "| %s |\n", strings.Join(cells, " | "))
}

func (t *table) String() string { return t.b.String() }
