package dir_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/publish/disk/disktest"
	"github.com/bindery-data/bindery/publish/target"
	"github.com/bindery-data/bindery/publish/target/dir"
	"github.com/bindery-data/bindery/publish/target/targettest"
)

func TestConformance(t *testing.T) {
	targettest.Run(t, targettest.Options{}, func(t *testing.T) targettest.Target {
		return dir.New(filepath.Join(t.TempDir(), "not", "there", "yet"), dir.Options{FS: new(disktest.FS)})
	})
}

// send publishes b from beginning to end.
func send(ctx context.Context, to target.Publisher, b *targettest.Bundle) (err error) {
	d, err := to.Draft(ctx, b.Release)
	if errors.Is(err, target.ErrPublished) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	missing, err := d.Missing(ctx)
	if err != nil {
		return err
	}
	for _, f := range missing {
		if err := d.Put(ctx, f, b.Content(f.Name)); err != nil {
			return err
		}
	}
	return d.Commit(ctx)
}

// ls returns what a folder holds.
func ls(t *testing.T, path string) []string {
	t.Helper()
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestLayout(t *testing.T) {
	path := t.TempDir()
	b := targettest.Small("small", "1.0.0")
	if err := send(t.Context(), dir.New(path, dir.Options{}), b); err != nil {
		t.Fatal(err)
	}
	if err := targettest.Compare(filepath.Join(path, "small", "1.0.0"), b.Text); err != nil {
		t.Error(err)
	}
	if got := ls(t, filepath.Join(path, "small")); !slices.Equal(got, []string{"1.0.0"}) {
		t.Errorf("beside the release there is %v", got)
	}
	v, err := catalog.Verify(t.Context(), filepath.Join(path, "small", "1.0.0"), catalog.VerifyOptions{})
	if err != nil || !v.Whole() {
		t.Errorf("the release is no whole bundle: %v, %+v", err, v)
	}
}

// Whatever operation fails: the error is reported, nothing half is visible, and the next run ends well.
func TestEveryFault(t *testing.T) {
	b := targettest.Small("small", "1.0.0")
	disktest.Each(t, func(t *testing.T, fsys *disktest.FS) {
		path := t.TempDir()
		release := filepath.Join(path, "small", "1.0.0")
		err := send(t.Context(), dir.New(path, dir.Options{FS: fsys}), b)
		// A rename that is done and reported as failed is found out about.
		published := fsys.Failed() == disktest.Rename && fsys.Fault.Mode == disktest.Late
		if (err != nil) != (fsys.Failed() != "") && !(err == nil && published) {
			t.Errorf("a failing %q gave the error %v", fsys.Failed(), err)
		}
		if _, statErr := os.Lstat(release); statErr == nil {
			if err := targettest.Compare(release, b.Text); err != nil {
				t.Errorf("half a release is visible: %v", err)
			}
		} else if err == nil {
			t.Error("there is no release after a success")
		}
		if err := send(t.Context(), dir.New(path, dir.Options{FS: new(disktest.FS)}), b); err != nil {
			t.Fatalf("the next run: %v", err)
		}
		if err := targettest.Compare(release, b.Text); err != nil {
			t.Error(err)
		}
		if got := ls(t, filepath.Join(path, "small")); !slices.Equal(got, []string{"1.0.0"}) {
			t.Errorf("beside the release there is %v", got)
		}
	})
}

// Every file is on stable storage before it gets its name, and all of them before the release gets its.
func TestOrderOfSteps(t *testing.T) {
	fsys := new(disktest.FS)
	b := targettest.Small("small", "1.0.0")
	if err := send(t.Context(), dir.New(t.TempDir(), dir.Options{FS: fsys}), b); err != nil {
		t.Fatal(err)
	}
	var steps []string
	for _, op := range fsys.Operations() {
		steps = append(steps, string(op.Kind))
	}
	got := strings.ReplaceAll(strings.Join(steps, " "), "write ", "")
	want := "mkdir mkdir " + strings.Repeat("remove create sync close rename ", len(b.Files)) + "syncdir rename syncdir"
	if got != want {
		t.Errorf("steps:\n%s\nwant:\n%s", got, want)
	}
}

// A draft that somebody tampered with between two runs is put right.
func TestDraftIsReadAgain(t *testing.T) {
	path := t.TempDir()
	to := dir.New(path, dir.Options{})
	b := targettest.Small("small", "1.0.0")
	d, err := to.Draft(t.Context(), b.Release)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range b.Files {
		if err := d.Put(t.Context(), f, b.Content(f.Name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	draft := filepath.Join(path, "small", ".1.0.0.draft")
	outside := filepath.Join(t.TempDir(), "outside")
	write(t, outside, "not ours")
	changed := strings.Repeat("#", len(b.Text["README.md"]))
	write(t, filepath.Join(draft, "README.md"), changed)
	write(t, filepath.Join(draft, "note.txt"), "a note")
	write(t, filepath.Join(draft, "deep", "er", "file"), "")
	for _, name := range []string{"SHA256SUMS", ".SHA256SUMS.part"} {
		if err := os.RemoveAll(filepath.Join(draft, name)); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(outside, filepath.Join(draft, name)); err != nil {
			t.Skip(err)
		}
	}
	d, err = to.Draft(t.Context(), b.Release)
	if err != nil {
		t.Fatal(err)
	}
	missing, err := d.Missing(t.Context())
	if err != nil || len(missing) != 2 || missing[0].Name != "README.md" || missing[1].Name != "SHA256SUMS" {
		t.Errorf("missing are %v, %v", missing, err)
	}
	if err := errors.Join(d.Close(), send(t.Context(), to, b)); err != nil {
		t.Fatal(err)
	}
	if err := targettest.Compare(filepath.Join(path, "small", "1.0.0"), b.Text); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(outside); err != nil || string(text) != "not ours" {
		t.Errorf("a file outside holds %q, %v", text, err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// What stands where a release should be and is not that release is never touched.
func TestNameIsTaken(t *testing.T) {
	b := targettest.Small("small", "1.0.0")
	damaged := func(file, text string) func(t *testing.T, release string) {
		return func(t *testing.T, release string) {
			b.Write(t, release)
			write(t, release+"/"+file, text)
		}
	}
	other := targettest.NewBundle("small", "1.0.0", map[string][]byte{"train.parquet": []byte("other")})
	changed := strings.Replace(string(b.Text["manifest.json"]), "2026-11-23", "2026-11-24", 1)
	for name, c := range map[string]struct {
		occupy func(t *testing.T, release string)
		want   error
	}{
		"a file":             {func(t *testing.T, release string) { write(t, release, "a file") }, target.ErrTaken},
		"an empty folder":    {func(t *testing.T, release string) { write(t, release+"/x", ""); os.Remove(release + "/x") }, target.ErrTaken},
		"a folder":           {func(t *testing.T, release string) { write(t, release+"/thesis.txt", "years of work") }, target.ErrTaken},
		"half a manifest":    {damaged("manifest.json", "{"), target.ErrDamaged},
		"a changed manifest": {damaged("manifest.json", changed), target.ErrDamaged},
		"a shorter file":     {damaged("README.md", "shorter"), target.ErrDamaged},
		"a changed file":     {damaged("README.md", strings.Repeat("#", len(b.Text["README.md"]))), target.ErrDamaged},
		"a missing file": {func(t *testing.T, release string) {
			b.Write(t, release)
			os.Remove(release + "/test.parquet")
		}, target.ErrDamaged},
		"another release": {func(t *testing.T, release string) { other.Write(t, release) }, target.ErrExists},
	} {
		t.Run(name, func(t *testing.T) {
			path := t.TempDir()
			release := filepath.Join(path, "small", "1.0.0")
			c.occupy(t, release)
			before, err := os.Stat(release)
			if err != nil {
				t.Fatal(err)
			}
			_, err = dir.New(path, dir.Options{}).Draft(t.Context(), b.Release)
			for _, kind := range []error{target.ErrTaken, target.ErrDamaged, target.ErrExists, target.ErrPublished, catalog.ErrNotABundle} {
				if errors.Is(err, kind) != (kind == c.want) {
					t.Errorf("error = %v, want %v", err, c.want)
				}
			}
			if verify, anew := strings.Contains(err.Error(), "bindery verify"), strings.Contains(err.Error(), "new version"); verify && anew {
				t.Errorf("the error gives two kinds of advice: %v", err)
			}
			after, err := os.Stat(release)
			if err != nil || !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
				t.Errorf("what was there was touched: %v", err)
			}
		})
	}
}

// What the disk made of what was put is read before anybody can see it.
func TestCommitReadsWhatIsThere(t *testing.T) {
	path, b := t.TempDir(), targettest.Small("small", "1.0.0")
	err := send(t.Context(), dir.New(path, dir.Options{FS: rottingFS{disk.OS}}), b)
	if !errors.Is(err, target.ErrMismatch) || !strings.Contains(err.Error(), "README.md") {
		t.Errorf("error = %v, want ErrMismatch", err)
	}
	if _, err := os.Lstat(filepath.Join(path, "small", "1.0.0")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the release is visible: %v", err)
	}
	if err := send(t.Context(), dir.New(path, dir.Options{}), b); err != nil {
		t.Fatalf("the next run, on a good disk: %v", err)
	}
	if err := targettest.Compare(filepath.Join(path, "small", "1.0.0"), b.Text); err != nil {
		t.Error(err)
	}
}

// A rottingFS changes a byte of README.md and keeps its size.
type rottingFS struct{ disk.FS }

func (f rottingFS) Create(name string) (disk.File, error) {
	file, err := f.FS.Create(name)
	if err == nil && strings.Contains(name, "README.md") {
		return rottingFile{file}, nil
	}
	return file, err
}

type rottingFile struct{ disk.File }

func (f rottingFile) Write(p []byte) (int, error) {
	rotten := slices.Clone(p)
	rotten[0] ^= 1
	return f.File.Write(rotten)
}

// A release that appears during a publication, by other means than this package, wins.
func TestCommitAfterSomebodyElse(t *testing.T) {
	for _, c := range []struct {
		name  string
		other *targettest.Bundle
		want  error
	}{
		{"same content", targettest.Small("small", "1.0.0"), nil},
		{"other content", targettest.NewBundle("small", "1.0.0", map[string][]byte{"train.parquet": []byte("x")}), target.ErrExists},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := t.TempDir()
			release := filepath.Join(path, "small", "1.0.0")
			racing := &racingFS{FS: disk.OS, before: func() { c.other.Write(t, release) }}
			err := send(t.Context(), dir.New(path, dir.Options{FS: racing}), targettest.Small("small", "1.0.0"))
			if !errors.Is(err, c.want) {
				t.Errorf("error = %v, want %v", err, c.want)
			}
			if err := targettest.Compare(release, c.other.Text); err != nil {
				t.Error(err)
			}
		})
	}
}

// A racingFS lets somebody else act just before the draft is renamed to the release.
type racingFS struct {
	disk.FS
	before func()
}

func (f *racingFS) Rename(oldName, newName string) error {
	if strings.HasSuffix(oldName, ".draft") {
		f.before()
	}
	return f.FS.Rename(oldName, newName)
}

func TestVersionsPassesOverWhatIsNoRelease(t *testing.T) {
	path := t.TempDir()
	to := dir.New(path, dir.Options{})
	if err := send(t.Context(), to, targettest.Small("small", "1.0.0")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(path, "small", "2.0.0"), "a file")
	write(t, filepath.Join(path, "small", "3.0.0", "thesis.txt"), "")
	write(t, filepath.Join(path, "small", "latest", "manifest.json"), "{}")
	write(t, filepath.Join(path, "small", ".4.0.0.draft", "manifest.json"), "{}")
	got, err := to.Versions(t.Context(), "small")
	if err != nil || !slices.Equal(got, []string{"1.0.0"}) {
		t.Errorf("Versions gives %v, %v", got, err)
	}
}

func TestVersionsOfNoFolder(t *testing.T) {
	path := t.TempDir()
	if got, err := dir.New(path, dir.Options{}).Versions(t.Context(), "small"); err != nil || len(got) > 0 {
		t.Errorf("Versions in an empty folder gives %v, %v", got, err)
	}
	missing := filepath.Join(path, "missing")
	_, err := dir.New(missing, dir.Options{}).Versions(t.Context(), "small")
	if !errors.Is(err, target.ErrNotFound) || !strings.Contains(err.Error(), missing+" does not exist") {
		t.Errorf("error = %v", err)
	}
}

func TestOpenFollowsNoLink(t *testing.T) {
	path := t.TempDir()
	to := dir.New(path, dir.Options{})
	if err := send(t.Context(), to, targettest.Small("small", "1.0.0")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(path, "secret"), "secret")
	if err := os.Symlink("../../secret", filepath.Join(path, "small", "1.0.0", "link")); err != nil {
		t.Skip(err)
	}
	if _, err := to.Open(t.Context(), "small", "1.0.0", "link", 0); !errors.Is(err, target.ErrNotFound) {
		t.Errorf("error = %v, want ErrNotFound", err)
	}
}

func TestClosedDraft(t *testing.T) {
	b := targettest.Small("small", "1.0.0")
	d, err := dir.New(t.TempDir(), dir.Options{}).Draft(t.Context(), b.Release)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.Close(), d.Close()); err != nil {
		t.Fatal(err)
	}
	_, missing := d.Missing(t.Context())
	put := d.Put(t.Context(), b.Files[0], b.Content(b.Files[0].Name))
	for call, err := range map[string]error{"Missing": missing, "Put": put, "Commit": d.Commit(t.Context()), "Discard": d.Discard(t.Context())} {
		if err == nil || !strings.Contains(err.Error(), "closed") {
			t.Errorf("%s of a closed draft gives %v", call, err)
		}
	}
}
