package publish_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
	"github.com/bindery-data/bindery/publish/disk/disktest"
	"github.com/bindery-data/bindery/publish/target"
)

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
	described := make(map[string]string) // The two of these are written at the same time.
	for _, op := range fsys.Operations() {
		if op.Name == catalog.ManifestName || op.Name == catalog.ChecksumsName {
			described[op.Name] += string(op.Kind) + " "
			if op.Kind == disktest.Close {
				steps = append(steps, "described")
			}
			continue
		}
		steps = append(steps, string(op.Kind))
	}
	for name, got := range described {
		if want := "create write sync close "; got != want {
			t.Errorf("steps of %s: %s, want %s", name, got, want)
		}
	}
	got := strings.ReplaceAll(strings.Join(steps, " "), "write ", "")
	want := "mkdir mkdir " + strings.Repeat("append sync close rename ", 4) + "described described " +
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
