package publish_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/publish/target"
	"github.com/bindery-data/bindery/publish/target/dir"
	"github.com/bindery-data/bindery/publish/target/targettest"
)

// published returns a target that has the small bundle as version 1.0.0.
func published(t *testing.T) *targettest.Memory {
	t.Helper()
	to := new(targettest.Memory)
	release(t, to, targettest.Small("small", "1.0.0"))
	return to
}

// release publishes b.
func release(t *testing.T, to target.Publisher, b *targettest.Bundle) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bundle")
	b.Write(t, path)
	if _, err := publish.Send(t.Context(), path, to, publish.SendOptions{}); err != nil {
		t.Fatal(err)
	}
}

var small = targettest.Small("small", "1.0.0")

// whole fails the test unless dir holds the small bundle, and nothing beside it.
func whole(t *testing.T, dir string) {
	t.Helper()
	if err := targettest.Compare(filepath.Join(dir, "small-1.0.0"), small.Text); err != nil {
		t.Error(err)
	}
	alone(t, dir)
}

func alone(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "small-1.0.0" {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

func TestGet(t *testing.T) {
	from, dir := published(t), filepath.Join(t.TempDir(), "new")
	var last publish.Event
	o := publish.GetOptions{Name: "small", Version: "1.0.0", Dir: dir, Progress: func(e publish.Event) { last = e }}
	got, err := publish.Get(t.Context(), from, o)
	if err != nil {
		t.Fatal(err)
	}
	whole(t, dir)
	if got.Path != filepath.Join(dir, "small-1.0.0") || got.Manifest.Version != "1.0.0" || got.AlreadyThere || len(got.LeftOut) > 0 {
		t.Errorf("result: %+v", got)
	}
	if last.Phase != publish.PhaseGet || last.Done != last.Total || last.Done != got.Bytes || got.Bytes == 0 {
		t.Errorf("last event: %+v, and %d bytes were fetched", last, got.Bytes)
	}
	got, err = publish.Get(t.Context(), from, o)
	if err != nil || !got.AlreadyThere || got.Bytes != 0 {
		t.Errorf("once more: %+v, %v", got, err)
	}
	whole(t, dir)
}

func TestGetNewest(t *testing.T) {
	to := new(targettest.Memory)
	get := func() (publish.GetResult, error) {
		return publish.Get(t.Context(), to, publish.GetOptions{Name: "small", Dir: t.TempDir()})
	}
	if _, err := get(); !errors.Is(err, target.ErrNotFound) {
		t.Errorf("without any release: error = %v", err)
	}
	for _, c := range []struct{ publish, newest string }{
		{"1.0.0-rc.2", "1.0.0-rc.2"}, {"1.0.0-rc.10", "1.0.0-rc.10"}, {"0.9.0", "0.9.0"}, {"1.2.0", "1.2.0"},
		{"1.10.0", "1.10.0"}, {"2.0.0-rc.1", "1.10.0"}, {"1.9.0", "1.10.0"},
	} {
		release(t, to, targettest.Small("small", c.publish))
		got, err := get()
		if err != nil || got.Manifest.Version != c.newest {
			t.Errorf("after %s was published, Get took %+v, %v, want %s", c.publish, got.Manifest, err, c.newest)
		}
	}
}

func TestGetWhatIsNotThere(t *testing.T) {
	from, dir := published(t), t.TempDir()
	for name, c := range map[string]struct {
		o    publish.GetOptions
		want string
	}{
		"version":      {publish.GetOptions{Name: "small", Version: "3.0.0"}, "there is 1.0.0"},
		"dataset":      {publish.GetOptions{Name: "other", Version: "1.0.0"}, "no release of it"},
		"bad version":  {publish.GetOptions{Name: "small", Version: "../1.0.0"}, "not a semantic version"},
		"bad name":     {publish.GetOptions{Name: "../small"}, "character"},
		"capital":      {publish.GetOptions{Name: "Small"}, "capital"},
		"half version": {publish.GetOptions{Name: "small", Version: "1.0"}, "not a semantic version"},
		"no name":      {publish.GetOptions{}, "empty"},
		"split":        {publish.GetOptions{Name: "small", Splits: []string{"test", "dev"}}, `no split "dev": there is test, train`},
		"config":       {publish.GetOptions{Name: "small", Configs: []string{"is"}}, `no config "is": there is default`},
		"not a lister": {publish.GetOptions{Name: "small"}, "name one"},
	} {
		t.Run(name, func(t *testing.T) {
			c.o.Dir = dir
			var source target.Source = from
			if name == "not a lister" {
				source = struct{ target.Source }{from}
			}
			_, err := publish.Get(t.Context(), source, c.o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error = %v, want one that says %q", err, c.want)
			}
			var mistake *publish.SelectionError
			if absent := errors.Is(err, target.ErrNotFound); absent == errors.As(err, &mistake) {
				t.Errorf("error = %v, want a SelectionError or ErrNotFound", err)
			}
			alone(t, dir)
		})
	}
}

func TestGetAPartAndThenMore(t *testing.T) {
	from, dir := published(t), t.TempDir()
	path := filepath.Join(dir, "small-1.0.0")
	get := func(splits ...string) publish.GetResult {
		t.Helper()
		got, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Splits: splits, Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		alone(t, dir)
		return got
	}
	got := get("train")
	if len(got.LeftOut) != 1 || got.LeftOut[0].Name != "test.parquet" || got.AlreadyThere {
		t.Errorf("result: %+v", got)
	}
	v, err := catalog.Verify(t.Context(), path, catalog.VerifyOptions{})
	if err != nil || !v.OK() || v.Whole() || len(v.NotFetched) != 1 {
		t.Errorf("verification: %+v, %v", v, err)
	}
	text, err := os.ReadFile(filepath.Join(path, catalog.PartialName))
	want := `{
  "format": "https://bindery-data.github.io/partial/1",
  "name": "small",
  "version": "1.0.0",
  "manifest": "` + small.Digest() + `",
  "asked": [
    {
      "configs": [],
      "splits": [
        "train"
      ]
    }
  ],
  "left_out": [
    "test.parquet"
  ]
}
`
	if err != nil || string(text) != want {
		t.Errorf("PARTIAL.json holds\n%s\nwant\n%s(%v)", text, want, err)
	}
	if got := get("train"); !got.AlreadyThere || got.Bytes != 0 || len(got.LeftOut) != 1 {
		t.Errorf("the same part again: %+v", got)
	}
	if got := get("test"); got.AlreadyThere || got.Bytes != 0 || len(got.LeftOut) != 0 { // test.parquet is empty
		t.Errorf("the other part: %+v", got)
	}
	whole(t, dir)
	if got := get("train"); !got.AlreadyThere || len(got.LeftOut) != 0 {
		t.Errorf("a part of what is whole: %+v", got)
	}
	whole(t, dir)
}

func TestGetOfConfigs(t *testing.T) {
	b := targettest.NewBundle("small", "1.0.0", map[string][]byte{"train-a": []byte("a"), "train-b": []byte("b"), "test-b": []byte("t")})
	for i, f := range b.Manifest.Files {
		if strings.HasSuffix(f.Name, "-b") {
			b.Manifest.Files[i].Config = "b"
		}
	}
	b.Manifest.Splits = []catalog.Count{{Config: "b", Split: "test", Read: 1, Written: 1}, {Config: "b", Split: "train", Read: 1, Written: 1},
		{Config: "default", Split: "train", Read: 1, Written: 1}}
	b.Describe()
	from := new(targettest.Memory)
	release(t, from, b)
	for _, c := range []struct {
		configs, splits []string
		left            []string
	}{
		{nil, nil, nil},
		{[]string{"b"}, nil, []string{"train-a"}},
		{[]string{"default"}, nil, []string{"test-b", "train-b"}},
		{nil, []string{"train"}, []string{"test-b"}},
		{[]string{"b"}, []string{"train"}, []string{"test-b", "train-a"}},
		{[]string{"b", "default"}, []string{"train", "test"}, nil},
	} {
		got, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Configs: c.configs, Splits: c.splits, Dir: t.TempDir()})
		var left []string
		for _, f := range got.LeftOut {
			left = append(left, f.Name)
		}
		if err != nil || !slices.Equal(left, c.left) {
			t.Errorf("configs %v, splits %v: left out %v, %v, want %v", c.configs, c.splits, left, err, c.left)
		}
	}
	_, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Configs: []string{"default"}, Splits: []string{"test"}, Dir: t.TempDir()})
	var selection *publish.SelectionError
	if !errors.As(err, &selection) || !strings.Contains(err.Error(), "b/test, b/train, default/train") {
		t.Errorf("error = %v", err)
	}
}

// What a person has in the folder is named and not touched.
func TestGetTouchesNothingOfOthers(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T, path string)
		want   string
	}{
		"extra":     {func(t *testing.T, path string) { writeFile(t, path, "notes.txt", "mine") }, `"notes.txt"`},
		"changed":   {func(t *testing.T, path string) { writeFile(t, path, "README.md", "mine") }, "README.md"},
		"no bundle": {func(t *testing.T, path string) { removeFile(t, path, "manifest.json") }, "manifest.json"},
		"another release": {func(t *testing.T, path string) {
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
			targettest.NewBundle("small", "1.0.0", nil).Write(t, path)
		}, "another release"},
		"a file": {func(t *testing.T, path string) {
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Dir(path), filepath.Base(path), "mine")
		}, "no folder"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "small-1.0.0")
			o := publish.GetOptions{Name: "small", Dir: dir, Splits: []string{"test"}}
			if _, err := publish.Get(t.Context(), published(t), o); err != nil {
				t.Fatal(err)
			}
			c.change(t, path)
			before := snapshot(t, dir)
			_, err := publish.Get(t.Context(), published(t), publish.GetOptions{Name: "small", Dir: dir})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "move it away") {
				t.Errorf("error = %v, want one about %q", err, c.want)
			}
			if after := snapshot(t, dir); after != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
		})
	}
}

// snapshot returns everything below dir as text.
func snapshot(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		out.WriteString(path + ": " + string(text) + "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// A file that a person removed is fetched again, and nothing else.
func TestGetRepairs(t *testing.T) {
	from, dir := &source{Memory: published(t)}, t.TempDir()
	o := publish.GetOptions{Name: "small", Dir: dir}
	if _, err := publish.Get(t.Context(), from, o); err != nil {
		t.Fatal(err)
	}
	removeFile(t, filepath.Join(dir, "small-1.0.0"), big)
	removeFile(t, filepath.Join(dir, "small-1.0.0"), catalog.ChecksumsName)
	from.opened = nil
	if _, err := publish.Get(t.Context(), from, o); err != nil {
		t.Fatal(err)
	}
	whole(t, dir)
	if !slices.Equal(from.opened, []string{catalog.ChecksumsName, big}) {
		t.Errorf("fetched %v", from.opened)
	}
}

// Where no lock can be made, what is there already is enough.
func TestGetWritesNothingWhereAllIsThere(t *testing.T) {
	from, dir := published(t), t.TempDir()
	o := publish.GetOptions{Name: "small", Dir: dir, Splits: []string{"train"}}
	if _, err := publish.Get(t.Context(), from, o); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, ".small-1.0.0.lock"), 0o777); err != nil {
		t.Fatal(err)
	}
	if got, err := publish.Get(t.Context(), from, o); err != nil || !got.AlreadyThere || len(got.LeftOut) != 1 {
		t.Errorf("what is there: %+v, %v", got, err)
	}
	if _, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Dir: dir}); err == nil || !strings.Contains(err.Error(), "lock") {
		t.Errorf("more than is there: error = %v", err)
	}
	writeFile(t, filepath.Join(dir, "small-1.0.0"), "README.md", "changed")
	var changed *publish.VerificationError
	if _, err := publish.Get(t.Context(), from, o); !errors.As(err, &changed) {
		t.Errorf("what was changed: error = %v, want a VerificationError", err)
	}
}

func TestGetFromNoFolder(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	for _, version := range []string{"", "1.0.0"} {
		_, err := publish.Get(t.Context(), dir.New(missing, dir.Options{}), publish.GetOptions{Name: "small", Version: version, Dir: t.TempDir()})
		if !errors.Is(err, target.ErrNotFound) || !strings.Contains(err.Error(), missing+" does not exist") {
			t.Errorf("error = %v", err)
		}
	}
}

func TestGetIsAlone(t *testing.T) {
	dir := t.TempDir()
	unlock, err := disk.Lock(filepath.Join(dir, ".small-1.0.0.lock"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = publish.Get(t.Context(), published(t), publish.GetOptions{Name: "small", Dir: dir})
	if !errors.Is(err, disk.ErrLocked) {
		t.Errorf("error = %v, want ErrLocked", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
}
