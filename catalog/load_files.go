package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"github.com/bindery-data/bindery/schema/toml"
)

// files is what loading a declaration asks of the file system.
type files interface {
	// regular returns nil if name is a file, and otherwise words that complete "NAME ...".
	regular(name string) error
	// glob returns the files under base that a pattern matches, and how many folders it matches besides.
	glob(base, pattern string) (names []string, folders int, err error)
}

type diskFiles struct{}

func (diskFiles) regular(name string) error {
	info, err := os.Stat(name)
	return checkRegular(info, err)
}

func checkRegular(info fs.FileInfo, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("does not exist")
	case err != nil:
		return fmt.Errorf("cannot be looked at: %w", err)
	case info.IsDir():
		return errors.New("is a folder")
	case !info.Mode().IsRegular():
		return errors.New("is no ordinary file")
	}
	return nil
}

func (diskFiles) glob(base, pattern string) (names []string, folders int, err error) {
	return globFiles(os.DirFS(base), pattern)
}

func globFiles(fsys fs.FS, pattern string) (names []string, folders int, err error) {
	if !fs.ValidPath(pattern) {
		return nil, 0, errors.New("has an empty, . or .. element after a special character")
	}
	matches, err := fs.Glob(fsys, path.Clean(pattern))
	if err != nil {
		return nil, 0, errors.New("is a malformed glob: a [ without its ], or a \\ at its end")
	}
	for _, name := range matches {
		info, err := fs.Stat(fsys, name)
		if err == nil && info.IsDir() {
			folders++
			continue
		}
		if err := checkRegular(info, err); err != nil {
			return nil, 0, fmt.Errorf("matches %s, which %w", toml.Quote(name), err)
		}
		names = append(names, name)
	}
	return names, folders, nil
}
