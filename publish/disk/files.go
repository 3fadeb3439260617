package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"sync/atomic"
)

// filesAtOnce is how many files WriteFiles has open: a disk takes that many hardly slower than one, as it has
// to be waited for once for each.
const filesAtOnce = 8

// A Content is a file to be written whole.
type Content struct {
	// Name is the file's, without a folder.
	Name string
	Text []byte
}

// WriteFiles writes whole files into a folder and brings their content to stable storage, up to eight of them
// at the same time. They are begun in the order that they have, and none is begun after one has failed. When
// it returns nothing is being written any more. The error joins that of every file, with its name, in their
// order.
func WriteFiles(fsys FS, folder string, files []Content) error {
	errs := make([]error, len(files))
	slots := make(chan struct{}, filesAtOnce)
	var failed atomic.Bool
	var writing sync.WaitGroup
	for i, f := range files {
		slots <- struct{}{}
		if failed.Load() {
			break
		}
		writing.Go(func() {
			defer func() { <-slots }()
			if err := WriteFile(fsys, filepath.Join(folder, f.Name), f.Text); err != nil {
				errs[i] = Writing(f.Name, err)
				failed.Store(true)
			}
		})
	}
	writing.Wait()
	return errors.Join(errs...)
}

// Writing returns the error that writing a file ended with, which says what file it was: err itself where it is the
// system's and does, or else err behind the name, which may be without its folder. It returns nil if err is nil.
func Writing(name string, err error) error {
	var own *fs.PathError
	if err == nil || errors.As(err, &own) && filepath.Base(own.Path) == filepath.Base(name) {
		return err
	}
	return fmt.Errorf("writing %s: %w", name, err)
}
