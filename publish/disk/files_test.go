package disk_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/publish/disk/disktest"
)

// contents returns n files.
func contents(n int) []disk.Content {
	var files []disk.Content
	for i := range n {
		name := fmt.Sprintf("f%02d", i)
		files = append(files, disk.Content{Name: name, Text: []byte("text of " + name)})
	}
	return files
}

// Whatever operation fails, on whichever file: the error is told with that file's name.
func TestWriteFilesNeverHidesAFault(t *testing.T) {
	files := contents(10)
	disktest.Each(t, func(t *testing.T, fsys *disktest.FS) {
		dir := t.TempDir()
		err := disk.WriteFiles(fsys, dir, files)
		if fsys.Fault.At == 0 {
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				if got, err := os.ReadFile(filepath.Join(dir, f.Name)); err != nil || string(got) != string(f.Text) {
					t.Errorf("%s holds %q: %v", f.Name, got, err)
				}
			}
			return
		}
		if !errors.Is(err, disktest.ErrFault) {
			t.Fatalf("error = %v, want the fault", err)
		}
		if path := filepath.Join(dir, fsys.Fault.Of.Name); !strings.Contains(err.Error(), path) {
			t.Errorf("error = %v, want %q in it", err, path)
		}
		if n := strings.Count(err.Error(), dir); n > 1 && fsys.Fault.Mode != disktest.Crash {
			t.Errorf("files are named %d times: %v", n, err)
		}
	})
}

// A waitedFS takes its time for every Sync, and counts the files that are open.
type waitedFS struct {
	disktest.FS
	sync       func(name string) error
	open, most atomic.Int64
}

type waitedFile struct {
	disk.File
	fs   *waitedFS
	name string
}

func (w *waitedFS) Create(name string) (disk.File, error) {
	f, err := w.FS.Create(name)
	if err != nil {
		return nil, err
	}
	if open := w.open.Add(1); open > w.most.Load() {
		w.most.Store(open)
	}
	return &waitedFile{f, w, filepath.Base(name)}, nil
}

func (f *waitedFile) Sync() error { return errors.Join(f.fs.sync(f.name), f.File.Sync()) }

func (f *waitedFile) Close() error {
	f.fs.open.Add(-1)
	return f.File.Close()
}

// Eight files are waited for at the same time, and never more.
func TestWriteFilesAtOnce(t *testing.T) {
	for _, c := range []struct{ files, most, waits int }{{0, 0, 0}, {1, 1, 1}, {8, 8, 1}, {9, 8, 2}, {20, 8, 3}} {
		dir := t.TempDir()
		synctest.Test(t, func(t *testing.T) {
			const wait = 10 * time.Millisecond
			fsys := &waitedFS{sync: func(string) error { time.Sleep(wait); return nil }}
			began := time.Now()
			if err := disk.WriteFiles(fsys, dir, contents(c.files)); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took != time.Duration(c.waits)*wait {
				t.Errorf("%d files took %v, want %d times %v", c.files, took, c.waits, wait)
			}
			if got := int(fsys.most.Load()); got != c.most {
				t.Errorf("of %d files %d were open at once, want %d", c.files, got, c.most)
			}
		})
	}
}

// An error says once what file it is about.
func TestWriting(t *testing.T) {
	full := &fs.PathError{Op: "write", Path: "/out/a", Err: syscall.ENOSPC}
	other := &fs.PathError{Op: "open", Path: "/etc/b", Err: fs.ErrPermission}
	for _, test := range []struct {
		err  error
		want string
	}{
		{full, "write /out/a: no space left on device"},
		{fmt.Errorf("at byte 7: %w", full), "at byte 7: write /out/a: no space left on device"},
		{errors.Join(errors.New("first"), full), "first\nwrite /out/a: no space left on device"},
		{other, "writing /out/a: open /etc/b: permission denied"},
		{errors.New("too many columns"), "writing /out/a: too many columns"},
	} {
		if got := disk.Writing("/out/a", test.err); got.Error() != test.want || !errors.Is(got, test.err) {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
	if got := disk.Writing("a", full); got.Error() != full.Error() {
		t.Errorf("of a name without its folder: %q", got)
	}
	if err := disk.Writing("/out/a", nil); err != nil {
		t.Errorf("of no error: %v", err)
	}
}

// The errors are in the files' order, whichever came first. What is being written is written to its end, and
// nothing is begun after an error.
func TestWriteFilesErrors(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		fsys := &waitedFS{sync: func(name string) error {
			switch name {
			case "f01":
				time.Sleep(3 * time.Second)
				return errors.New("broken late")
			case "f05":
				time.Sleep(time.Second)
				return errors.New("broken early")
			}
			time.Sleep(2 * time.Second)
			return nil
		}}
		err := disk.WriteFiles(fsys, dir, contents(20))
		if want := "writing f01: broken late\nwriting f05: broken early"; err == nil || err.Error() != want {
			t.Errorf("error = %v, want %s", err, want)
		}
		if open := fsys.open.Load(); open != 0 {
			t.Errorf("%d files are still open", open)
		}
		var begun []string
		for _, op := range fsys.Operations() {
			if op.Kind == disktest.Create {
				begun = append(begun, op.Name)
			}
		}
		slices.Sort(begun)
		if len(begun) != 8 || begun[7] != "f07" {
			t.Errorf("begun were %v", begun)
		}
	})
}
