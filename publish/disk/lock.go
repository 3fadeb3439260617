package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"

	"github.com/gofrs/flock"
)

// ErrLocked says that another process, or another part of this one, holds a lock.
var ErrLocked = errors.New("locked by another process")

// Lock takes the lock that the file at path stands for, making the file if need be, and never waits:
// where it is held already the error is ErrLocked. The system lets go of a lock whose process has
// died, so that a lock never has to be broken.
func Lock(path string) (unlock func() error, err error) {
	const tries = 10
	for range tries {
		l := flock.New(path, flock.SetPermissions(0o666))
		held, err := l.TryLock()
		if err != nil {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		if !held {
			return nil, fmt.Errorf("lock %s: %w", path, ErrLocked)
		}
		current, err := names(path, l)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), l.Close())
		}
		if current {
			return func() error { return release(path, l) }, nil
		}
		if err := l.Close(); err != nil {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
	}
	return nil, fmt.Errorf("lock %s: %w", path, ErrLocked)
}

// names reports whether the locked file is still the one that path names: whoever held the lock before
// may have removed it between our opening and our locking.
func names(path string, l *flock.Flock) (bool, error) {
	locked, err := l.Stat()
	if err != nil {
		return false, err
	}
	named, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return os.SameFile(locked, named), nil
}

// release removes the lock's file while the lock is held, so that nobody finds it unlocked and doomed,
// and lets go. Windows cannot remove an open file: there it stays, empty.
func release(path string, l *flock.Flock) error {
	var removed error
	if runtime.GOOS != "windows" {
		removed = os.Remove(path)
	}
	return errors.Join(removed, l.Close())
}
