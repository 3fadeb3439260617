package publish_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/bindery-data/bindery/publish"
	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/publish/disk/disktest"
)

var errDisk = errors.New("the disk is broken")

// A losingFS reports when a part is closed, once, that what was written to it did not get to the disk.
type losingFS struct {
	disktest.FS
	reported atomic.Bool
}

func (f *losingFS) Append(name string) (disk.File, error) {
	file, err := f.FS.Append(name)
	if err == nil && strings.HasSuffix(name, bigPart) {
		file = &losingFile{file, &f.reported}
	}
	return file, err
}

type losingFile struct {
	disk.File
	reported *atomic.Bool
}

func (f *losingFile) Close() error {
	err := f.File.Close()
	if !f.reported.Swap(true) {
		err = errors.Join(err, errDisk)
	}
	return err
}

// What the disk lost is not carried on with, though the source was cut off as well: nobody says it again.
func TestGetKeepsErrorsOfTheDisk(t *testing.T) {
	from := &source{Memory: published(t)}
	from.serve = only(big, func(_ int64, r io.Reader) io.Reader { return io.LimitReader(r, 500) })
	dir := t.TempDir()
	_, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Dir: dir, FS: new(losingFS)})
	if !errors.Is(err, errDisk) || errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "the target ended it") {
		t.Errorf("error = %v", err)
	}
	if _, err := os.Lstat(filepath.Join(dir, ".small-1.0.0.partial", bigPart)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the part that was lost is still there: %v", err)
	}
}
