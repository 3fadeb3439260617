package publish

import (
	"slices"
	"strings"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/catalog/card"
)

// cardName is the card's file.
const cardName = "README.md"

// cardFiles returns the card of the bundle whose data m describes, and its plots. The documents are all
// others of the bundle.
func cardFiles(d *catalog.Declaration, m *catalog.Manifest, documents []document, s *catalog.Statistics, uncompressed map[[2]string]int64) ([]document, error) {
	described := *m
	described.Files = slices.Clone(m.Files)
	for _, doc := range documents {
		described.Files = append(described.Files, catalog.Describe(doc.name, doc.role, doc.text))
	}
	slices.SortFunc(described.Files, func(a, b catalog.File) int { return strings.Compare(a.Name, b.Name) })
	made, err := card.Make(card.Input{Declaration: d, Manifest: &described, Statistics: s, Bytes: uncompressed})
	if err != nil {
		return nil, err
	}
	files := []document{{cardName, catalog.RoleCard, made.Text}}
	for _, p := range made.Plots {
		files = append(files, document{p.Name, catalog.RoleDocument, p.SVG})
	}
	return files, nil
}
