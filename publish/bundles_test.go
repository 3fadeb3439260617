package publish_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
)

// The four bundles that .ci/interop/run has judged by other tools: the example, one of every type, one of
// several configs and splits, and one of hostile text.
var bundles = map[string]string{
	"example": filepath.Join("..", "cmd", "bindery", "example"),
	"types":   filepath.Join("testdata", "bundles", "types"),
	"configs": filepath.Join("testdata", "bundles", "configs"),
	"hostile": filepath.Join("testdata", "bundles", "hostile"),
}

// A builtBundle is one of them, built.
type builtBundle struct {
	declaration *catalog.Declaration
	manifest    *catalog.Manifest
	dir         string
}

func (b builtBundle) read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(b.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func buildBundle(t *testing.T, name string) builtBundle {
	t.Helper()
	d, err := catalog.Load(bundles[name], catalog.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	built, err := publish.Build(context.Background(), d, publish.BuildOptions{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return builtBundle{d, built.Manifest, built.Path}
}

// masked are what follows from the bytes of other files: the documents are compared without it, so that a
// change of the encoding is not one of every document.
var masked = regexp.MustCompile(`("(?:sha256|contentSize)": "|"hash": "sha256:)[^"]*"`)

// TestDocuments compares the documents of the bundles with those kept in testdata/documents. With
// UPDATE_DOCUMENTS=1 it writes them.
func TestDocuments(t *testing.T) {
	for name := range bundles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := buildBundle(t, name)
			for _, document := range []string{"croissant.json", "datapackage.json", "CITATION.cff"} {
				got := masked.ReplaceAll(b.read(t, document), []byte(`$1..."`))
				golden := filepath.Join("testdata", "documents", name, document)
				if os.Getenv("UPDATE_DOCUMENTS") != "" {
					if err := os.MkdirAll(filepath.Dir(golden), 0o777); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(golden, got, 0o666); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("%s is not as in %s; look at the difference after UPDATE_DOCUMENTS=1 go test ./publish -run TestDocuments", document, golden)
				}
			}
		})
	}
}
