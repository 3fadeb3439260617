package targettest

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

// A Bundle is a small release and the bytes of all its files, made by NewBundle.
type Bundle struct {
	target.Release
	// Text has the content of every file, manifest.json and SHA256SUMS included.
	Text map[string][]byte
}

// NewBundle makes a release of the data files in text, by name, with a card. The part of a file's name
// before the first '-' or '.' is its split.
func NewBundle(name, version string, text map[string][]byte) *Bundle {
	b := &Bundle{Text: map[string][]byte{"README.md": []byte("# " + name + " " + version + "\n")}}
	m := &catalog.Manifest{
		Format: catalog.ManifestFormat, Name: name, Version: version, Date: "2026-11-23", Title: name,
		License: "MIT", Visibility: "public",
		Encoding: catalog.Coding{Writer: "none", Compression: "none"},
		Files:    []catalog.File{catalog.Describe("README.md", catalog.RoleCard, b.Text["README.md"])},
	}
	for file, content := range text {
		b.Text[file] = content
		f := catalog.Describe(file, catalog.RoleData, content)
		f.Config, f.Split, f.Records = "default", splitOf(file), 1
		m.Files = append(m.Files, f)
		m.Splits = count(m.Splits, f)
	}
	byName := func(a, b catalog.File) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(m.Files, byName)
	slices.SortFunc(m.Splits, func(a, b catalog.Count) int { return strings.Compare(a.Split, b.Split) })
	b.Manifest = m
	b.Describe()
	return b
}

// Describe makes manifest.json, SHA256SUMS and Files anew. Who changes the manifest calls it.
func (b *Bundle) Describe() {
	text := b.Manifest.Marshal()
	files, checksums := catalog.Contents(b.Manifest, text, nil)
	b.Text[catalog.ManifestName], b.Text[catalog.ChecksumsName] = text, checksums
	b.Files = files
}

func splitOf(file string) string {
	if at := strings.IndexAny(file, "-."); at > 0 {
		return file[:at]
	}
	return file
}

func count(splits []catalog.Count, f catalog.File) []catalog.Count {
	at := slices.IndexFunc(splits, func(c catalog.Count) bool { return c.Split == f.Split })
	if at < 0 {
		at = len(splits)
		splits = append(splits, catalog.Count{Config: f.Config, Split: f.Split})
	}
	splits[at].Read += f.Records
	splits[at].Written += f.Records
	return splits
}

// Content returns the bytes of one of the bundle's files.
func (b *Bundle) Content(file string) target.Content { return Bytes(b.Text[file]) }

// Bytes returns text as the content of a file.
func Bytes(text []byte) target.Content {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
}

// Write writes the bundle to the folder dir, which it makes.
func (b *Bundle) Write(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for file, text := range b.Text {
		if err := os.WriteFile(filepath.Join(dir, file), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// Small returns a bundle of three data files in two splits, one of them empty.
func Small(name, version string) *Bundle {
	return NewBundle(name, version, map[string][]byte{
		"train-00000-of-00002.parquet": bytes.Repeat([]byte("train 0 of "+version+"\n"), 50),
		"train-00001-of-00002.parquet": []byte("train 1"),
		"test.parquet":                 {},
	})
}

// Compare returns an error unless the folder at dir holds the files of text and nothing else.
func Compare(dir string, text map[string][]byte) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		want, ok := text[e.Name()]
		if !ok {
			return fmt.Errorf("%s holds %s", dir, e.Name())
		}
		got, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		if !bytes.Equal(got, want) {
			return fmt.Errorf("%s in %s has %d bytes other than the %d it should have", e.Name(), dir, len(got), len(want))
		}
	}
	if len(entries) != len(text) {
		return fmt.Errorf("%s holds %d files, want %d", dir, len(entries), len(text))
	}
	return nil
}
