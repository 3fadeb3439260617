package catalog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
)

// writeBundle writes a bundle of four files and what describes them, and returns its folder.
func writeBundle(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	m := manifest()
	for i, f := range m.Files {
		text := []byte("content of " + f.Name)
		d := catalog.Describe(f.Name, f.Role, text)
		m.Files[i].Size, m.Files[i].SHA256 = d.Size, d.SHA256
		write(t, dir, f.Name, text)
	}
	describe(t, dir, m, nil)
	return dir
}

func describe(t *testing.T, dir string, m *catalog.Manifest, p *catalog.Partial) {
	t.Helper()
	text := m.Marshal()
	write(t, dir, catalog.ManifestName, text)
	if p != nil {
		p.Manifest = catalog.Sum(text)
		write(t, dir, catalog.PartialName, p.Marshal())
	}
	_, sums := catalog.Contents(m, text, p)
	write(t, dir, catalog.ChecksumsName, sums)
}

func write(t *testing.T, dir, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

// findings puts what a verification has to say in lines, without the digests.
func findings(v *catalog.Verification) string {
	var lines []string
	for _, f := range v.Missing {
		lines = append(lines, "missing "+f.Name)
	}
	for _, c := range v.Changed {
		words := strings.Fields(c.Reason)
		for i, w := range words {
			if len(w) == 64 || len(w) == 65 && w[64] == ',' {
				words[i] = "SUM" + w[64:]
			}
		}
		lines = append(lines, fmt.Sprintf("changed %s %d: %s", c.File.Name, c.Size, strings.Join(words, " ")))
	}
	for _, name := range v.Extra {
		lines = append(lines, "extra "+name)
	}
	for _, f := range v.NotFetched {
		lines = append(lines, "not fetched "+f.Name)
	}
	return strings.Join(lines, "\n")
}

func TestVerify(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T, dir string)
		want   string
	}{
		"whole":   {func(*testing.T, string) {}, ""},
		"missing": {func(t *testing.T, dir string) { remove(t, dir, "LICENSE") }, "missing LICENSE"},
		"one byte": {func(t *testing.T, dir string) {
			text := read(t, dir, "train-0.parquet")
			text[3] ^= 1
			write(t, dir, "train-0.parquet", text)
		}, "changed train-0.parquet 26: has the SHA-256 SUM, should have SUM"},
		"longer": {func(t *testing.T, dir string) {
			write(t, dir, "LICENSE", []byte("content of LICENSE."))
		}, "changed LICENSE 19: has 19 bytes, should have 18"},
		"empty": {func(t *testing.T, dir string) { write(t, dir, "LICENSE", nil) }, "changed LICENSE 0: has 0 bytes, should have 18"},
		"extra": {func(t *testing.T, dir string) {
			write(t, dir, "note.txt", nil)
			write(t, dir, ".hidden", nil)
		}, "extra .hidden\nextra note.txt"},
		"extra folder": {func(t *testing.T, dir string) {
			if err := os.MkdirAll(filepath.Join(dir, "sub", "deep"), 0o777); err != nil {
				t.Fatal(err)
			}
		}, "extra sub"},
		"folder for a file": {func(t *testing.T, dir string) {
			remove(t, dir, "LICENSE")
			if err := os.Mkdir(filepath.Join(dir, "LICENSE"), 0o777); err != nil {
				t.Fatal(err)
			}
		}, "changed LICENSE -1: is a folder"},
		"link for a file": {func(t *testing.T, dir string) {
			same := filepath.Join(t.TempDir(), "same")
			write(t, filepath.Dir(same), "same", read(t, dir, "LICENSE"))
			remove(t, dir, "LICENSE")
			link(t, same, filepath.Join(dir, "LICENSE"))
		}, "changed LICENSE -1: is a symbolic link"},
		"link inside": {func(t *testing.T, dir string) {
			link(t, "LICENSE", filepath.Join(dir, "COPYING"))
		}, "extra COPYING"},
		"link for the checksums": {func(t *testing.T, dir string) {
			write(t, dir, "sums", read(t, dir, "SHA256SUMS"))
			remove(t, dir, "SHA256SUMS")
			link(t, "sums", filepath.Join(dir, "SHA256SUMS"))
		}, "changed SHA256SUMS -1: is a symbolic link\nextra sums"},
		"manifest edited": {func(t *testing.T, dir string) {
			write(t, dir, "manifest.json", bytes.Replace(read(t, dir, "manifest.json"), []byte("2026-11-23"), []byte("2026-11-24"), 1))
		}, "changed manifest.json 1404: has the SHA-256 SUM, SHA256SUMS says SUM"},
		"checksums edited": {func(t *testing.T, dir string) {
			text := read(t, dir, "SHA256SUMS")
			text[0] = '0' + (text[0]-'0'+1)%8
			write(t, dir, "SHA256SUMS", text)
		}, "changed SHA256SUMS 394: disagrees with manifest.json about LICENSE"},
		"checksums cut": {func(t *testing.T, dir string) {
			text := read(t, dir, "SHA256SUMS")
			write(t, dir, "SHA256SUMS", text[:bytes.IndexByte(text, '\n')+1])
		}, "changed SHA256SUMS 74: disagrees with manifest.json about README.md, manifest.json, train-0.parquet, train-1.parquet"},
		"checksums of more": {func(t *testing.T, dir string) {
			write(t, dir, "SHA256SUMS", append(read(t, dir, "SHA256SUMS"), sum+"  zebra\n"...))
		}, "changed SHA256SUMS 466: disagrees with manifest.json about zebra"},
		"checksums in another form": {func(t *testing.T, dir string) {
			write(t, dir, "SHA256SUMS", bytes.ReplaceAll(read(t, dir, "SHA256SUMS"), []byte("  "), []byte(" *")))
		}, "changed SHA256SUMS 394: lists the right digests in another form or order"},
		"checksums empty": {func(t *testing.T, dir string) { write(t, dir, "SHA256SUMS", nil) },
			"changed SHA256SUMS 0: disagrees with manifest.json about LICENSE, README.md, manifest.json, train-0.parquet, train-1.parquet"},
		"checksums that are not": {func(t *testing.T, dir string) { write(t, dir, "SHA256SUMS", []byte("hello\n")) },
			"changed SHA256SUMS 6: SHA256SUMS: line 1: not a SHA-256, two spaces, a file's name and a line end"},
		"no checksums": {func(t *testing.T, dir string) { remove(t, dir, "SHA256SUMS") }, "missing SHA256SUMS"},
		"manifest and checksums edited": {func(t *testing.T, dir string) {
			write(t, dir, "manifest.json", bytes.Replace(read(t, dir, "manifest.json"), []byte("2026-11-23"), []byte("2026-11-24"), 1))
			text := read(t, dir, "SHA256SUMS")
			text[0] = '0' + (text[0]-'0'+1)%8
			write(t, dir, "SHA256SUMS", text)
		}, "changed SHA256SUMS 394: disagrees with manifest.json about LICENSE\n" +
			"changed manifest.json 1404: has the SHA-256 SUM, SHA256SUMS says SUM"},
		"several": {func(t *testing.T, dir string) {
			remove(t, dir, "LICENSE")
			remove(t, dir, "train-1.parquet")
			write(t, dir, "README.md", nil)
			write(t, dir, "x", nil)
		}, "missing LICENSE\nmissing train-1.parquet\nchanged README.md 0: has 0 bytes, should have 20\nextra x"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := writeBundle(t)
			c.change(t, dir)
			v, err := catalog.Verify(context.Background(), dir, catalog.VerifyOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got := findings(v); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if v.OK() != (c.want == "") || v.Whole() != v.OK() {
				t.Errorf("OK() = %v, Whole() = %v", v.OK(), v.Whole())
			}
			if len(v.Good)+len(v.Changed)+len(v.Missing) != 6 {
				t.Errorf("%d good, %d changed, %d missing: not all of 6 files", len(v.Good), len(v.Changed), len(v.Missing))
			}
		})
	}
}

func link(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Skipf("no links here: %v", err)
	}
}

func TestVerifyPartial(t *testing.T) {
	dir := writeBundle(t)
	b, err := catalog.OpenBundle(dir)
	if err != nil {
		t.Fatal(err)
	}
	p := &catalog.Partial{Format: catalog.PartialFormat, Name: "udhr", Version: "1.0.0",
		Asked: []catalog.Selection{{Splits: []string{"test"}}}, LeftOut: []string{"train-1.parquet"}}
	remove(t, dir, "train-1.parquet")
	describe(t, dir, b.Manifest, p)
	v, err := catalog.Verify(context.Background(), dir, catalog.VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := findings(v); got != "not fetched train-1.parquet" || !v.OK() || v.Whole() {
		t.Errorf("got\n%s\nOK() = %v, Whole() = %v", got, v.OK(), v.Whole())
	}
	for name, spoil := range map[string]func(p *catalog.Partial){
		"another version":         func(p *catalog.Partial) { p.Version = "1.0.1" },
		"a file that is not data": func(p *catalog.Partial) { p.LeftOut = []string{"LICENSE"} },
		"a file that is not":      func(p *catalog.Partial) { p.LeftOut = []string{"train-2.parquet"} },
		"unsorted":                func(p *catalog.Partial) { p.LeftOut = []string{"train-1.parquet", "train-0.parquet"} },
	} {
		spoiled := *p
		spoil(&spoiled)
		write(t, dir, catalog.PartialName, spoiled.Marshal())
		if _, err := catalog.Verify(context.Background(), dir, catalog.VerifyOptions{}); !errors.Is(err, catalog.ErrDamaged) {
			t.Errorf("%s: error = %v, want ErrDamaged", name, err)
		}
	}
}

func TestVerifyWithoutManifest(t *testing.T) {
	dir := writeBundle(t)
	remove(t, dir, catalog.ManifestName)
	_, err := catalog.Verify(context.Background(), dir, catalog.VerifyOptions{})
	if !errors.Is(err, catalog.ErrNotABundle) || !strings.Contains(err.Error(), "it has no manifest.json") {
		t.Errorf("error = %v", err)
	}
	link(t, "LICENSE", filepath.Join(dir, catalog.ManifestName))
	if _, err := catalog.OpenBundle(dir); !errors.Is(err, catalog.ErrDamaged) {
		t.Errorf("a link for a manifest: error = %v", err)
	}
	if _, err := catalog.OpenBundle(filepath.Join(dir, "nowhere")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: error = %v", err)
	}
}

func TestVerifyStopsAndReports(t *testing.T) {
	dir := writeBundle(t)
	var last, total int64
	var seen []string
	o := catalog.VerifyOptions{Progress: func(done, of int64, file string) {
		last, total = done, of
		if len(seen) == 0 || seen[len(seen)-1] != file {
			seen = append(seen, file)
		}
	}}
	if _, err := catalog.Verify(context.Background(), dir, o); err != nil {
		t.Fatal(err)
	}
	if last != total || last == 0 || len(seen) != 6 || !slices.IsSorted(seen) {
		t.Errorf("%d of %d bytes, files %v", last, total, seen)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := catalog.Verify(ctx, dir, o); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
}
