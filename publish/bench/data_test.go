package main

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
)

// tiny is the size of the sets of tests, in bytes: a shard has some records of each.
const tiny = 400_000

func makeTiny(t *testing.T, s set, seed uint64) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), s.name)
	c, r := tinyRecipe(t, s, seed)
	if err := makeSet(t.Context(), dir, s, c, r); err != nil {
		t.Fatal(err)
	}
	return dir
}

// sharedCorpus is listed once for all tests.
var sharedCorpus = sync.OnceValues(func() (*corpus, error) { return openCorpus(context.Background()) })

func tinyRecipe(t *testing.T, s set, seed uint64) (*corpus, recipe) {
	t.Helper()
	c, err := sharedCorpus()
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRecipe(s, c, tiny, 1, seed)
	if err != nil {
		t.Fatal(err)
	}
	return c, r
}

func readFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	names, err := filepath.Glob(filepath.Join(dir, "shards", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, filepath.Join(dir, "bindery.toml")) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = string(text)
	}
	return files
}

func TestDataFollowsFromTheSeed(t *testing.T) {
	for _, s := range sets {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			first, again, other := readFiles(t, makeTiny(t, s, 1)), readFiles(t, makeTiny(t, s, 1)), readFiles(t, makeTiny(t, s, 2))
			if want := shardCount*len(forms) + 1; len(first) != want {
				t.Fatalf("%d files, want %d", len(first), want)
			}
			for name, text := range first {
				if again[name] != text {
					t.Errorf("%s: the same seed gave other bytes", name)
				}
				if filepath.Ext(name) != ".toml" && other[name] == text {
					t.Errorf("%s: another seed gave the same bytes", name)
				}
			}
		})
	}
}

// TestDataIsAsDeclared holds all forms of every set to their declarations, and to each other.
func TestDataIsAsDeclared(t *testing.T) {
	for _, s := range sets {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			dir := makeTiny(t, s, 1)
			var records int64
			for _, f := range forms {
				report := check(t, filepath.Join(dir, f.declaration))
				if report.Total() > 0 {
					t.Errorf("%s: %d findings; the first: %+v", f.name, report.Total(), report.Findings[0])
				}
				read := int64(report.Records().Read)
				if records == 0 {
					records = read
				}
				if read == 0 || read != records {
					t.Errorf("%s: %d records, want %d", f.name, read, records)
				}
			}
		})
	}
}

func check(t *testing.T, path string) *publish.Report {
	t.Helper()
	d, err := catalog.Load(path, catalog.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	report, err := publish.Check(t.Context(), d, publish.Options{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestDataIsMadeOnce(t *testing.T) {
	s, _ := setNamed("wide")
	dir := makeTiny(t, s, 1)
	mark := filepath.Join(dir, "mark")
	other := s
	other.fields += "\n[fields.another]\ntype = \"string\"\n"
	for _, step := range []struct {
		set   set
		seed  uint64
		stays bool
	}{{s, 1, true}, {s, 3, false}, {other, 3, false}} {
		if err := os.WriteFile(mark, nil, 0o666); err != nil {
			t.Fatal(err)
		}
		c, r := tinyRecipe(t, step.set, step.seed)
		if err := makeSet(t.Context(), dir, step.set, c, r); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(mark); (err == nil) != step.stays {
			t.Errorf("%+v: what was there stayed: %v", r, err == nil)
		}
	}
}

// TestDataStops sees that no half made set is taken for one.
func TestDataStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s, _ := setNamed("wide")
	dir := filepath.Join(t.TempDir(), "wide")
	c, r := tinyRecipe(t, s, 1)
	if err := makeSet(ctx, dir, s, c, r); err == nil || r.made(dir) {
		t.Errorf("error %v, made: %v", err, r.made(dir))
	}
}

func TestFieldsForPeers(t *testing.T) {
	s, _ := setNamed("nested")
	fields, inputs, err := declared(filepath.Join(makeTiny(t, s, 1), "bindery-gz.toml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(inputs) != shardCount || filepath.Ext(inputs[0]) != ".gz" {
		t.Errorf("inputs %q", inputs)
	}
	words := fields[3].Items.Fields[3].Items.Fields[1]
	if words.Name != "words" || words.Type != "list" || words.Items.Type != "string" {
		t.Errorf("got %+v", words)
	}
}
