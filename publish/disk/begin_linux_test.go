package disk

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestBegin(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	f, err := OS.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	begin := f.(*behind).begin
	if begin == nil {
		t.Skip("this system has no sync_file_range")
	}
	for range 2 {
		if _, err := f.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
		if err := begin(); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if begin() == nil {
		t.Error("with a closed file, it returned no error")
	}
}

// A file that may have been written before is not asked: what went wrong then is for Sync to tell.
func TestAppendIsNotAsked(t *testing.T) {
	f, err := OS.Append(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	if f.(*behind).begin != nil {
		t.Error("it was asked")
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// What goes wrong later is an error, whatever it looks like.
func TestBeginFails(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	begin := beginner(f)
	if begin == nil {
		t.Skip("this system has no sync_file_range")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	// A pipe has nothing that could be brought to stable storage.
	if err := unix.Dup3(int(w.Fd()), int(f.Fd()), unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	var failed *os.PathError
	if err := begin(); !errors.As(err, &failed) || failed.Path != f.Name() || !errors.Is(err, unix.ESPIPE) {
		t.Errorf("it returned %v", err)
	}
	if err := errors.Join(f.Close(), r.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
}

// Where nothing can be begun, nothing is.
func TestBeginUnsupported(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if beginner(w) != nil {
		t.Error("a pipe is said to have it")
	}
	if err := errors.Join(r.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
}
