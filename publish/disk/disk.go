// Package disk is how Bindery writes what must appear whole or not at all: files and folders are made
// under a name of their own, brought to stable storage, and renamed into place.
//
// Everything that a build, a publication to a folder or a download writes goes through an FS, so that
// a test can make any one of those steps fail.
package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// An FS is what is done to a file system. OS is the real one.
type FS interface {
	// Create makes a file, or empties the one that is there.
	Create(name string) (File, error)
	// Append opens a file to write at its end, making it if need be.
	Append(name string) (File, error)
	// MkdirAll makes a folder and those above it that are not there, and brings their entries to stable
	// storage.
	MkdirAll(name string) error
	// Rename moves a file or folder over whatever file, or empty folder, has the new name.
	Rename(oldName, newName string) error
	// Link gives a file a second name, or fails where the file system cannot.
	Link(oldName, newName string) error
	// RemoveAll removes a file or a folder with what it holds. That it is not there is no error.
	RemoveAll(name string) error
	// SyncDir brings a folder's entries to stable storage.
	SyncDir(name string) error
}

// A File is a file being written. OS begins to bring what was written to stable storage before Sync is called:
// an error of that fails every Write, Sync and Close after it.
type File interface {
	io.Writer
	Sync() error
	Close() error
}

// OS is the machine's own file system.
var OS FS = osFS{}

type osFS struct{}

func (osFS) Create(name string) (File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return nil, err
	}
	return &behind{file: f, begin: beginner(f)}, nil
}

// Append asks for no beginner: the question could take away an error of what was written before, which Sync is to tell.
func (osFS) Append(name string) (File, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, err
	}
	return &behind{file: f}, nil
}

func (osFS) Rename(oldName, newName string) error { return os.Rename(oldName, newName) }
func (osFS) Link(oldName, newName string) error   { return os.Link(oldName, newName) }
func (osFS) RemoveAll(name string) error          { return os.RemoveAll(name) }

func (fsys osFS) MkdirAll(name string) error {
	var made []string
	for dir := filepath.Clean(name); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			break
		}
		made = append(made, dir)
	}
	if err := os.MkdirAll(name, 0o777); err != nil {
		return err
	}
	for _, dir := range made {
		if err := fsys.SyncDir(filepath.Dir(dir)); err != nil {
			return err
		}
	}
	return nil
}

func (osFS) SyncDir(name string) error {
	if runtime.GOOS == "windows" {
		return nil // NTFS journals its folders, and a folder's handle cannot be flushed.
	}
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// WriteFile writes a whole file and brings its content to stable storage.
func WriteFile(fsys FS, name string, content []byte) error {
	f, err := fsys.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Clean removes from a folder whatever keep does not ask for, and whatever is not a plain file: what an
// earlier run left is carried on with only where it is what it should be.
func Clean(fsys FS, folder string, keep func(name string) bool) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Type().IsRegular() && keep(e.Name()) {
			continue
		}
		if err := fsys.RemoveAll(filepath.Join(folder, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// Reopen makes the folder in which an earlier run may have left something, or Cleans it.
func Reopen(fsys FS, folder string, keep func(name string) bool) error {
	if info, err := os.Lstat(folder); err == nil && !info.IsDir() {
		if err := fsys.RemoveAll(folder); err != nil {
			return err
		}
	}
	if err := fsys.MkdirAll(folder); err != nil {
		return err
	}
	return Clean(fsys, folder, keep)
}

// ErrLeftover says that the work is done, and that something which is not needed any more, such as the
// folder that was replaced, could not be removed.
var ErrLeftover = errors.New("what is new is in place, but something that is not needed any more could not be removed")

// Replace gives the folder at staged, whose files are on stable storage already, the name final. What
// was there before is set aside first and removed last, so that at every moment final is the old
// folder, the new one, or absent; never a mixture. On any error but ErrLeftover everything gets the name
// back that it had, if that can be done. A kill in between leaves the old folder under aside: Recover
// puts it back.
func Replace(fsys FS, staged, final, aside string) error {
	if err := fsys.SyncDir(staged); err != nil {
		return err
	}
	if err := fsys.RemoveAll(aside); err != nil {
		return err
	}
	if err := fsys.Rename(final, aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, Recover(fsys, final, aside))
	}
	err := fsys.Rename(staged, final)
	if err == nil {
		err = fsys.SyncDir(filepath.Dir(final))
	}
	if err != nil {
		return errors.Join(err, undo(fsys, staged, final, aside))
	}
	if err := fsys.RemoveAll(aside); err != nil {
		return fmt.Errorf("%w: %w", ErrLeftover, err)
	}
	return nil
}

// undo gives a staged folder that has become final its name back, and then the one that was set aside.
func undo(fsys FS, staged, final, aside string) error {
	if _, err := os.Lstat(staged); errors.Is(err, fs.ErrNotExist) {
		if err := fsys.Rename(final, staged); err != nil {
			return err
		}
	}
	return Recover(fsys, final, aside)
}

// Recover undoes what a kill in the middle of Replace left: a folder that was set aside gets its name
// back where nothing has that name, and is removed where its successor is in place.
func Recover(fsys FS, final, aside string) error {
	if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	switch _, err := os.Lstat(final); {
	case errors.Is(err, fs.ErrNotExist):
		return fsys.Rename(aside, final)
	case err != nil:
		return err
	}
	return fsys.RemoveAll(aside)
}
