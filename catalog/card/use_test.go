package card

import (
	"testing"

	"github.com/bindery-data/bindery/catalog"
)

// TestGets leaves out the targets that nobody else can reach.
func TestGets(t *testing.T) {
	in := Input{Declaration: &catalog.Declaration{To: []string{"dir:./releases", "github:o/r"}},
		Manifest: &catalog.Manifest{Name: "d", Version: "1.0.0"}}
	if got, want := in.Gets(), "bindery get github:o/r d@1.0.0"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCitation(t *testing.T) {
	for want, authors := range map[string][]catalog.Author{
		`T (version 1.0.0) \[Data set\]. (2026).`:             nil,
		`Anna (2026). T (version 1.0.0) \[Data set\].`:        {{Name: "Anna"}},
		`Anna and Bo (2026). T (version 1.0.0) \[Data set\].`: {{Name: "Anna"}, {Name: "Bo"}},
	} {
		in := Input{Declaration: &catalog.Declaration{Dataset: catalog.Dataset{Title: "T", Authors: authors}},
			Manifest: &catalog.Manifest{Version: "1.0.0", Date: "2026-11-23"}}
		if got := in.Citation(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
