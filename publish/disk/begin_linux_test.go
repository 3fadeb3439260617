package disk

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestBegin(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	begin := beginner(f)
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
	if err := begin(); err == nil || errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("with a closed file it returned %v", err)
	}
}

// A pipe has nothing that could be brought to stable storage.
func TestBeginUnsupported(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := beginner(w)(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("it returned %v", err)
	}
	if err := errors.Join(r.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
}
