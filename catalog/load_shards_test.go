package catalog

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

// lockedFiles has folders that cannot be read and names that cannot be looked at.
type lockedFiles struct{ fstest.MapFS }

func (l lockedFiles) ReadDir(name string) ([]fs.DirEntry, error) {
	if strings.Contains(name, "locked") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return l.MapFS.ReadDir(name)
}

func (l lockedFiles) Stat(name string) (fs.FileInfo, error) {
	if strings.Contains(name, "locked/") {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrPermission}
	}
	return l.MapFS.Stat(name)
}

func TestGlob(t *testing.T) {
	files := lockedFiles{fstest.MapFS{
		"a/x.jsonl": {}, "b/x.jsonl": {}, "b/y.jsonl": {}, "b/[z].jsonl": {}, "c": {}, "d/sub/x.jsonl": {},
		"s/1/x.jsonl": {}, "s/locked/x.jsonl": {}, ".DS_Store": {}, "b/.x.jsonl": {}, ".e/x.jsonl": {},
	}}
	for _, test := range []struct{ pattern, want string }{
		{"?/x.jsonl", "[a/x.jsonl b/x.jsonl] 0"},
		{"b/*", "[b/[z].jsonl b/x.jsonl b/y.jsonl] 0"},
		{`*/\[*`, "[b/[z].jsonl] 0"},
		{"*", "[c] 4"},
		{"*/nothing/*.jsonl", "[] 0"},
		{"nothing/*", "[] 0"},
		{"*/*/x.json?", `[] 0 needs the folder "s/locked", which cannot be read: open s/locked: permission denied`},
		{"s/*/x.jsonl", `[] 0 needs "s/locked/x.jsonl", which cannot be looked at: stat s/locked/x.jsonl: permission denied`},
		{".*", "[.DS_Store] 1"},
		{`b/\.*`, "[b/.x.jsonl] 0"},
		{"b/[.]*", "[] 0"},
		{".?/*", "[.e/x.jsonl] 0"},
		{"[s]/1/*", "[s/1/x.jsonl] 0"},
	} {
		names, folders, err := globFiles(files, test.pattern)
		got := fmt.Sprint(names, folders)
		if err != nil {
			got += " " + err.Error()
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.pattern, got, test.want)
		}
	}
}

// TestLoadLinks gives one file under several names.
func TestLoadLinks(t *testing.T) {
	dir := shards(t)
	for link, to := range map[string]string{"link": "data", "data/sub/e.jsonl": "../a.jsonl"} {
		if err := os.Symlink(to, filepath.Join(dir, filepath.FromSlash(link))); err != nil {
			t.Skip("this system makes no symbolic links: ", err)
		}
	}
	within := func(item string) string { return strings.Replace(least, `"data/a.jsonl"`, `"data/a.jsonl", `+item, 1) }
	d, err := loadText(t, dir, within(`"link/a.jsonl", "data/sub/*.jsonl"`))
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Configs[0].Splits[0].Shards; !reflect.DeepEqual(got, []string{"data/a.jsonl", "data/sub/d.jsonl"}) {
		t.Errorf("shards under two names: %q", got)
	}
	for _, item := range []string{"link/a.jsonl", "link/a*", "data/sub/e.jsonl"} {
		text := strings.Replace(least, "[fields.id]", "[[splits]]\nname = \"test\"\nshards = [\""+item+"\"]\n[fields.id]", 1)
		if _, err := loadText(t, dir, text); err == nil || !strings.Contains(err.Error(), `is in the split "train" too`) {
			t.Errorf("%s in another split: %v", item, err)
		}
	}
}

// countingFiles counts how often it is asked.
type countingFiles struct {
	memoryFiles
	globs int
}

func (c *countingFiles) glob(base, pattern string) ([]string, int, error) {
	c.globs++
	return c.memoryFiles.glob(base, pattern)
}

// TestLoadManyItems holds what the items of shards may cost.
func TestLoadManyItems(t *testing.T) {
	files := fstest.MapFS{}
	for i := range 1000 {
		files[fmt.Sprintf("%d.jsonl", i)] = &fstest.MapFile{}
	}
	counting := &countingFiles{memoryFiles: memoryFiles{files}}
	load := func(text string) (*Declaration, error) {
		l := loader{dir: "/dataset", readable: readable, files: counting}
		return l.load("bindery.toml", []byte(text))
	}
	items := func(n int) string { return strings.Repeat(`"data/*", `, n) }
	d, err := load(strings.Replace(least, `"data/a.jsonl"`, items(maxShardItems), 1))
	if err != nil || len(d.Configs[0].Splits[0].Shards) != 1000 || counting.globs != 1 {
		t.Errorf("%d globs for one pattern: %v", counting.globs, err)
	}
	_, err = load(strings.Replace(least, `"data/a.jsonl"`, items(maxShardItems+1), 1))
	if err == nil || !strings.Contains(err.Error(), "more than 10000 files and globs") {
		t.Errorf("%d items: %v", maxShardItems+1, err)
	}
	configs := "[configs]\n"
	for i := range maxShards/1000 + 2 {
		configs += fmt.Sprintf("c%d = { splits = [{ name = 'a', shards = ['data/*'] }], fields = { a = { type = 'bool' } } }\n", i)
	}
	head, _, _ := strings.Cut(least, "[[splits]]")
	_, err = load(head + configs)
	if err == nil || strings.Count(err.Error(), "more than 1000000 shards are named") != 1 {
		t.Errorf("too many shards: %.300v", err)
	}
}
