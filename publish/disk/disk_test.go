package disk_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/publish/disk/disktest"
)

// content returns what the file one in folder holds, or "" where there is no such folder.
func content(t *testing.T, folder string) string {
	t.Helper()
	if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
		return ""
	}
	b, err := os.ReadFile(filepath.Join(folder, "one"))
	if err != nil {
		t.Fatalf("the folder is there without its file: %v", err)
	}
	return string(b)
}

func makeFolder(t *testing.T, folder, text string) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "one"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestReplaceIsAllOrNothing(t *testing.T) {
	for _, before := range []string{"", "old"} {
		t.Run("before="+before, func(t *testing.T) {
			disktest.Each(t, func(t *testing.T, fsys *disktest.FS) {
				dir := t.TempDir()
				staged, final, aside := filepath.Join(dir, "staged"), filepath.Join(dir, "final"), filepath.Join(dir, "aside")
				makeFolder(t, staged, "new")
				if before != "" {
					makeFolder(t, final, before)
				}
				err := disk.Replace(fsys, staged, final, aside)
				if (err != nil) != (fsys.Failed() != "") {
					t.Fatalf("a failing %q gave the error %v", fsys.Failed(), err)
				}
				if fsys.Fault.Mode == disktest.Crash {
					if err := disk.Recover(disk.OS, final, aside); err != nil {
						t.Fatal(err)
					}
				}
				got := content(t, final)
				if got != before && got != "new" {
					t.Errorf("final holds %q after %v", got, err)
				}
				if err == nil && got != "new" {
					t.Errorf("final holds %q after success", got)
				}
			})
		})
	}
}

func TestWriteFileNeverHidesAFault(t *testing.T) {
	disktest.Each(t, func(t *testing.T, fsys *disktest.FS) {
		name := filepath.Join(t.TempDir(), "f")
		err := disk.WriteFile(fsys, name, []byte("text"))
		if (err != nil) != (fsys.Failed() != "") {
			t.Fatalf("a failing %q gave the error %v", fsys.Failed(), err)
		}
		if err != nil && !errors.Is(err, disktest.ErrFault) {
			t.Errorf("error = %v, want the fault", err)
		}
	})
}

func TestHalfAWriteIsHalfAWrite(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	err := disk.WriteFile(&disktest.FS{Fault: disktest.Fault{
		Of: disktest.Operation{Kind: disktest.Write, Name: "f"}, At: 1, Mode: disktest.Half}}, name, []byte("text"))
	if !errors.Is(err, disktest.ErrFault) {
		t.Fatalf("error = %v", err)
	}
	if b, _ := os.ReadFile(name); string(b) != "te" {
		t.Errorf("the file holds %q", b)
	}
}

func TestMkdirAll(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b", "c")
	for range 2 {
		if err := disk.OS.MkdirAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	if fi, err := os.Stat(dir); err != nil || !fi.IsDir() {
		t.Fatalf("%v, %v", fi, err)
	}
	makeFolder(t, dir, "a file")
	if err := disk.OS.MkdirAll(filepath.Join(dir, "one", "two")); err == nil {
		t.Error("made a folder below a file")
	}
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".lock")
	unlock, err := disk.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := disk.Lock(path); !errors.Is(err, disk.ErrLocked) {
		t.Fatalf("a second lock gave %v, want ErrLocked", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	unlock, err = disk.Lock(path)
	if err != nil {
		t.Fatalf("after unlocking: %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	if _, err := disk.Lock(filepath.Join(path, "nowhere")); err == nil || errors.Is(err, disk.ErrLocked) {
		t.Errorf("a lock in a folder that is not there gave %v", err)
	}
}

// Many goroutines take turns: a lock whose file is removed on release must never be held twice.
func TestLockIsHeldOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".lock")
	held := make(chan struct{}, 1)
	done := make(chan error)
	for range 8 {
		go func() { done <- takeTurns(path, held) }()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func takeTurns(path string, held chan struct{}) error {
	for range 500 {
		unlock, err := disk.Lock(path)
		if errors.Is(err, disk.ErrLocked) {
			continue
		}
		if err != nil {
			return err
		}
		select {
		case held <- struct{}{}:
			<-held
		default:
			err = errors.New("the lock is held twice")
		}
		if err := errors.Join(err, unlock()); err != nil {
			return err
		}
	}
	return nil
}

func TestHashing(t *testing.T) {
	var out bytes.Buffer
	h := disk.NewHashing(&out)
	for _, part := range []string{"", "ab", "c"} {
		if _, err := h.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Absorb(strings.NewReader("de")); err != nil {
		t.Fatal(err)
	}
	want := sha256.Sum256([]byte("abcde"))
	if h.Size() != 5 || h.SHA256() != hex.EncodeToString(want[:]) || out.String() != "abc" {
		t.Errorf("size %d, digest %s, passed on %q", h.Size(), h.SHA256(), out.String())
	}
}
