package catalog

import (
	"bytes"
	"unicode/utf8"

	"github.com/bindery-data/bindery/schema/toml"
)

// maxCardFile is how many bytes the file that [card] names may have.
const maxCardFile = 1 << 20

// CardSections returns the keys that [card] can have for the sections of the datasheet, in the order in
// which a card shows them.
func CardSections() []string {
	return []string{
		"motivation", "composition", "collection", "preprocessing", "annotations", "personal_data",
		"uses", "limitations", "biases", "social_impact", "distribution", "maintenance",
	}
}

// card reads [card].
func (l *loader) card(root *toml.Table, d *Declaration) {
	t := root.Table("card")
	if t == nil {
		return
	}
	if d.CardFile = l.line(t, "file"); d.CardFile != "" {
		d.CardText = l.cardFile(t, d.CardFile)
	}
	for _, name := range CardSections() {
		if text := l.text(t, name); text != "" {
			d.Card = append(d.Card, CardSection{name, text})
		}
	}
	t.End()
}

// cardFile returns the text of the file that [card] names.
func (l *loader) cardFile(t *toml.Table, name string) string {
	const hint = "name a file of Markdown, relative to the declaration"
	if err := l.files.regular(l.path(name)); err != nil {
		t.Report("file", hint, "the card's file %s %v", toml.Quote(name), err)
		return ""
	}
	text, err := l.files.read(l.path(name), maxCardFile+1)
	switch {
	case err != nil:
		t.Report("file", hint, "the card's file %s cannot be read: %v", toml.Quote(name), err)
	case len(text) > maxCardFile:
		t.Report("file", "", "the card's file %s has more than 1 MiB", toml.Quote(name))
	case !utf8.Valid(text):
		t.Report("file", "", "the card's file %s is not UTF-8", toml.Quote(name))
	case bytes.HasPrefix(bytes.TrimLeft(text, "\ufeff \t\r\n"), []byte("---")):
		t.Report("file", "remove the YAML header: Bindery writes it from the declaration",
			"the card's file %s begins with a line of dashes", toml.Quote(name))
	default:
		return string(bytes.TrimPrefix(text, []byte("\ufeff")))
	}
	return ""
}
