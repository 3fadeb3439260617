package publish_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/publish/disk/disktest"
	"github.com/bindery-data/bindery/publish/target"
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

// A source stands between Get and a target, and lets a test change what is served.
type source struct {
	*targettest.Memory
	mu       sync.Mutex
	opened   []string
	serve    func(file string, offset int64, r io.ReadCloser) (io.ReadCloser, error)
	manifest func([]byte) []byte
}

func (s *source) Open(ctx context.Context, name, version, file string, offset int64) (io.ReadCloser, error) {
	r, err := s.Memory.Open(ctx, name, version, file, offset)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened = append(s.opened, file)
	if err != nil || s.serve == nil {
		return r, err
	}
	return s.serve(file, offset, r)
}

func (s *source) Manifest(ctx context.Context, name, version string) ([]byte, error) {
	text, err := s.Memory.Manifest(ctx, name, version)
	if s.manifest != nil {
		text = s.manifest(text)
	}
	return text, err
}

// The largest file of the small bundle, and what it is called while it is not whole.
const (
	big     = "train-00000-of-00002.parquet"
	bigPart = "." + big + ".part"
)

// only changes what is served of one file.
func only(name string, change func(offset int64, r io.Reader) io.Reader) func(string, int64, io.ReadCloser) (io.ReadCloser, error) {
	return func(file string, offset int64, r io.ReadCloser) (io.ReadCloser, error) {
		if file != name {
			return r, nil
		}
		return io.NopCloser(change(offset, r)), nil
	}
}

func TestGetFromABadSource(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(s *source)
		want  error
	}{
		"wrong bytes": {func(s *source) {
			s.serve = only(big, func(int64, io.Reader) io.Reader { return bytes.NewReader(make([]byte, len(small.Text[big]))) })
		}, target.ErrMismatch},
		"endless bytes": {func(s *source) {
			s.serve = only(big, func(int64, io.Reader) io.Reader { return zeros{} })
		}, target.ErrMismatch},
		"one byte more": {func(s *source) {
			s.serve = only(big, func(_ int64, r io.Reader) io.Reader { return io.MultiReader(r, strings.NewReader("!")) })
		}, target.ErrMismatch},
		"too few bytes": {func(s *source) {
			s.serve = only(big, func(_ int64, r io.Reader) io.Reader { return io.LimitReader(r, 100) })
		}, io.ErrUnexpectedEOF},
		"a file is gone": {func(s *source) { s.Change("small", "1.0.0", big, nil) }, target.ErrNotFound},
		"a connection that breaks": {func(s *source) {
			s.serve = only(big, func(_ int64, r io.Reader) io.Reader {
				return io.MultiReader(io.LimitReader(r, 100), broken{})
			})
		}, errBroken},
		"another release's manifest": {func(s *source) {
			s.manifest = func([]byte) []byte { return targettest.Small("small", "1.0.1").Text[catalog.ManifestName] }
		}, target.ErrMismatch},
		"a manifest that was changed": {func(s *source) {
			s.manifest = func(text []byte) []byte {
				return bytes.Replace(text, []byte(`"title": "small"`), []byte(`"title": "Small"`), 1)
			}
		}, target.ErrMismatch},
		"checksums that were changed": {func(s *source) {
			text := bytes.Replace(small.Text[catalog.ChecksumsName], []byte("README"), []byte("README2"), 1)
			s.Change("small", "1.0.0", catalog.ChecksumsName, text)
		}, target.ErrMismatch},
		"endless checksums": {func(s *source) {
			s.serve = only(catalog.ChecksumsName, func(int64, io.Reader) io.Reader { return zeros{} })
		}, target.ErrMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			from, dir := &source{Memory: published(t)}, t.TempDir()
			c.spoil(from)
			_, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Version: "1.0.0", Dir: dir})
			if !errors.Is(err, c.want) {
				t.Errorf("error = %v, want %v", err, c.want)
			}
			if _, err := os.Lstat(filepath.Join(dir, "small-1.0.0")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the folder is there: %v", err)
			}
			if _, err := publish.Get(t.Context(), published(t), publish.GetOptions{Name: "small", Dir: dir}); err != nil {
				t.Fatalf("from a good source afterwards: %v", err)
			}
			whole(t, dir)
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

var errBroken = errors.New("connection reset")

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }

// A manifest that names a file outside of the folder is refused before anything is written.
func TestGetWritesNowhereElse(t *testing.T) {
	from, dir := &source{Memory: published(t)}, t.TempDir()
	from.manifest = func(text []byte) []byte { return bytes.ReplaceAll(text, []byte("README.md"), []byte("../README.md")) }
	if _, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Dir: dir}); err == nil || !strings.Contains(err.Error(), "character") {
		t.Errorf("error = %v", err)
	}
	alone(t, dir)
}

// An interrupted download is carried on with where each file ended.
func TestGetResumes(t *testing.T) {
	from, dir := &source{Memory: published(t)}, t.TempDir()
	o := publish.GetOptions{Name: "small", Dir: dir, Parallel: 1}
	from.serve = only(big, func(_ int64, r io.Reader) io.Reader { return io.MultiReader(io.LimitReader(r, 100), broken{}) })
	if _, err := publish.Get(t.Context(), from, o); !errors.Is(err, errBroken) {
		t.Fatalf("error = %v", err)
	}
	var from100 bool
	from.opened = nil
	from.serve = only(big, func(offset int64, r io.Reader) io.Reader {
		from100 = offset == 100
		return r
	})
	got, err := publish.Get(t.Context(), from, o)
	if err != nil {
		t.Fatal(err)
	}
	if !from100 {
		t.Error("the file was not carried on with at byte 100")
	}
	if slices.Contains(from.opened, "README.md") {
		t.Error("a file that was there already was fetched again")
	}
	if want := int64(len(small.Text[big]) - 100 + len(small.Text["train-00001-of-00002.parquet"])); got.Bytes != want {
		t.Errorf("%d bytes were fetched, want %d", got.Bytes, want)
	}
	whole(t, dir)
}

// What an earlier run left and is wrong is fetched again, whatever it is.
func TestGetResumesFromRubbish(t *testing.T) {
	for name, leave := range map[string]func(t *testing.T, staged string){
		"a wrong beginning": func(t *testing.T, staged string) { writeFile(t, staged, bigPart, "not the beginning") },
		"a wrong part of full length": func(t *testing.T, staged string) {
			writeFile(t, staged, bigPart, strings.Repeat("#", len(small.Text[big])))
		},
		"a part beside the whole": func(t *testing.T, staged string) {
			writeFile(t, staged, big, string(small.Text[big]))
			writeFile(t, staged, bigPart, "train 0")
		},
		"too long a part": func(t *testing.T, staged string) { writeFile(t, staged, bigPart, string(small.Text[big])+"#") },
		"a wrong whole": func(t *testing.T, staged string) {
			writeFile(t, staged, big, strings.Repeat("#", len(small.Text[big])))
		},
		"too much": func(t *testing.T, staged string) { writeFile(t, staged, big, string(small.Text[big])+"#") },
		"other files": func(t *testing.T, staged string) {
			writeFile(t, staged, "other.parquet", "other")
			writeFile(t, staged, ".other.parquet.part", "other")
			writeFile(t, staged, big+".part", "other")
			writeFile(t, staged, "manifest.json", "{}")
			writeFile(t, staged, "PARTIAL.json", "{}")
		},
		"a folder": func(t *testing.T, staged string) {
			if err := os.MkdirAll(filepath.Join(staged, big, "deep"), 0o777); err != nil {
				t.Fatal(err)
			}
		},
		"a link": func(t *testing.T, staged string) {
			outside := t.TempDir()
			writeFile(t, outside, "precious", "prec")
			if err := os.Symlink(filepath.Join(outside, "precious"), filepath.Join(staged, big)); err != nil {
				t.Skip(err)
			}
			if err := os.Symlink(filepath.Join(outside, "precious"), filepath.Join(staged, bigPart)); err != nil {
				t.Skip(err)
			}
			t.Cleanup(func() {
				if text, err := os.ReadFile(filepath.Join(outside, "precious")); err != nil || string(text) != "prec" {
					t.Errorf("a file outside holds %q, %v", text, err)
				}
			})
		},
		"a file for the folder": func(t *testing.T, staged string) {
			removeFile(t, filepath.Dir(staged), filepath.Base(staged))
			writeFile(t, filepath.Dir(staged), filepath.Base(staged), "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			staged := filepath.Join(dir, ".small-1.0.0.partial")
			if err := os.Mkdir(staged, 0o777); err != nil {
				t.Fatal(err)
			}
			leave(t, staged)
			var last publish.Event
			o := publish.GetOptions{Name: "small", Dir: dir, Progress: func(e publish.Event) { last = e }}
			if _, err := publish.Get(t.Context(), published(t), o); err != nil {
				t.Fatal(err)
			}
			whole(t, dir)
			if last.Done != last.Total {
				t.Errorf("last event: %+v", last)
			}
		})
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

func TestGetStopsWhereTheSourceStalls(t *testing.T) {
	from, dir := &source{Memory: published(t)}, t.TempDir()
	stalled := make(chan struct{})
	from.serve = func(file string, _ int64, r io.ReadCloser) (io.ReadCloser, error) {
		if file != big {
			return r, nil
		}
		return &stalling{stalled: stalled, closed: make(chan struct{})}, nil
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := publish.Get(ctx, from, publish.GetOptions{Name: "small", Dir: dir})
		done <- err
	}()
	<-stalled
	cancel()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Get does not stop")
	}
	from.serve = nil
	if _, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Dir: dir}); err != nil {
		t.Fatal(err)
	}
	whole(t, dir)
}

// A stalling body gives nothing until it is closed.
type stalling struct {
	stalled, closed chan struct{}
}

func (s *stalling) Read([]byte) (int, error) {
	close(s.stalled)
	<-s.closed
	return 0, os.ErrClosed
}

func (s *stalling) Close() error {
	close(s.closed)
	return nil
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

// Whenever it is cancelled, a download that carries on with an earlier one ends whole or not at all.
func TestGetCancelledAnywhere(t *testing.T) {
	for name, leave := range map[string]map[string]string{
		"parts": {"README.md": string(small.Text["README.md"]), bigPart: string(small.Text[big][:100])},
		"all, one wrong": {
			"README.md": string(small.Text["README.md"]), "test.parquet": "", big: strings.Repeat("#", len(small.Text[big])),
			"train-00001-of-00002.parquet": "train 1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			from := published(t)
			for after, reached := 1, true; reached; after++ {
				reached = cancelAt(t, from, leave, after)
			}
		})
	}
}

// cancelAt cancels a download at one of its events, and reports whether it had that many.
func cancelAt(t *testing.T, from target.Source, leave map[string]string, after int) bool {
	dir := t.TempDir()
	staged := filepath.Join(dir, ".small-1.0.0.partial")
	if err := os.Mkdir(staged, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range leave {
		writeFile(t, staged, name, text)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	events := 0
	_, err := publish.Get(ctx, from, publish.GetOptions{Name: "small", Dir: dir, FS: new(disktest.FS), Progress: func(publish.Event) {
		if events++; events == after {
			cancel()
		}
	}})
	switch {
	case err == nil:
		whole(t, dir)
	case !errors.Is(err, context.Canceled):
		t.Errorf("cancelled at event %d: error = %v", after, err)
	default:
		if _, err := os.Lstat(filepath.Join(dir, "small-1.0.0")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("cancelled at event %d, the folder is there: %v", after, err)
		}
	}
	return events >= after
}

// Every file is on stable storage before it gets its name, and all of them before the folder gets its.
func TestGetOrderOfSteps(t *testing.T) {
	fsys := new(disktest.FS)
	if _, err := publish.Get(t.Context(), published(t), publish.GetOptions{Name: "small", Dir: t.TempDir(), FS: fsys, Parallel: 1}); err != nil {
		t.Fatal(err)
	}
	var steps []string
	for _, kind := range fsys.Operations() {
		steps = append(steps, string(kind))
	}
	got := strings.ReplaceAll(strings.Join(steps, " "), "write ", "")
	want := "mkdir mkdir " + strings.Repeat("append sync close rename ", 4) + strings.Repeat("create sync close ", 2) +
		"syncdir remove rename rename syncdir remove"
	if got != want {
		t.Errorf("steps:\n%s\nwant:\n%s", got, want)
	}
}

// Whatever operation fails, of a first download and of one that adds to a part: the folder is what it
// was, or what it shall be, and the next run ends in the same bytes.
func TestGetWithEveryFault(t *testing.T) {
	from := published(t)
	for name, first := range map[string][]string{"nothing there": nil, "a part there": {"train"}} {
		t.Run(name, func(t *testing.T) {
			disktest.Each(t, func(t *testing.T, fsys *disktest.FS) {
				dir := t.TempDir()
				path := filepath.Join(dir, "small-1.0.0")
				if first != nil {
					if _, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Dir: dir, Splits: first, FS: new(disktest.FS)}); err != nil {
						t.Fatal(err)
					}
				}
				_, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Dir: dir, FS: fsys, Parallel: 1})
				linked := fsys.Failed() == disktest.Link // a copy does as well
				if (err != nil) != (fsys.Failed() != "") && !(err == nil && linked) {
					t.Errorf("a failing %q gave the error %v", fsys.Failed(), err)
				}
				if _, statErr := os.Lstat(path); statErr == nil {
					if v, err := catalog.Verify(t.Context(), path, catalog.VerifyOptions{}); err != nil || !v.OK() {
						t.Errorf("half a folder is there: %+v, %v", v, err)
					}
				} else if err == nil {
					t.Error("no folder is there after a success")
				}
				if _, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Dir: dir, FS: new(disktest.FS)}); err != nil {
					t.Fatalf("the next run: %v", err)
				}
				whole(t, dir)
			})
		})
	}
}
