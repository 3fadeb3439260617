package catalog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/bindery-data/bindery/schema/toml"
)

// files is what loading a declaration asks of the file system.
type files interface {
	// regular returns nil if name is a file, and otherwise words that complete "NAME ...".
	regular(name string) error
	// read returns the first limit bytes of a file.
	read(name string, limit int64) ([]byte, error)
	// glob returns the files under base that a pattern matches, and how many folders it matches besides.
	glob(base, pattern string) (names []string, folders int, err error)
	// identity returns what is the same for every name of a file, such as those of symbolic links to it.
	identity(name string) (string, error)
}

// diskFiles are those of the operating system.
type diskFiles struct {
	// resolved are the folders whose symbolic links were followed.
	resolved map[string]string
}

func newDiskFiles() *diskFiles { return &diskFiles{resolved: make(map[string]string)} }

func (*diskFiles) regular(name string) error {
	info, err := os.Stat(name)
	return checkRegular(info, err)
}

func (*diskFiles) read(name string, limit int64) (_ []byte, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, limit))
}

// identity follows symbolic links.
func (d *diskFiles) identity(name string) (string, error) {
	dir, base := filepath.Split(name)
	resolved, known := d.resolved[dir]
	info, err := os.Lstat(name)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return filepath.EvalSymlinks(name)
	}
	if err == nil && !known {
		resolved, err = filepath.EvalSymlinks(dir)
		d.resolved[dir] = resolved
	}
	if err != nil {
		return "", fmt.Errorf("cannot be looked at: %w", err)
	}
	return filepath.Join(resolved, base), nil
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

func (*diskFiles) glob(base, pattern string) (names []string, folders int, err error) {
	return globFiles(os.DirFS(base), pattern)
}

// globFiles takes the place of fs.Glob, which passes over the folders that it cannot read.
func globFiles(fsys fs.FS, pattern string) (names []string, folders int, err error) {
	if !fs.ValidPath(pattern) {
		return nil, 0, errors.New("has an empty, . or .. element after a special character")
	}
	if _, err := path.Match(pattern, ""); err != nil {
		return nil, 0, errors.New("is a malformed glob: a [ without its ], or a \\ at its end")
	}
	matches := []string{"."}
	elements := strings.Split(pattern, "/")
	for i, element := range elements {
		if matches, err = globElement(fsys, matches, element, i+1 < len(elements)); err != nil {
			return nil, 0, err
		}
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

// globElement returns what one element of a pattern matches in the folders; folders alone, if inner.
func globElement(fsys fs.FS, dirs []string, element string, inner bool) ([]string, error) {
	plain := !strings.ContainsAny(element, specialCharacters)
	var matches []string
	for _, dir := range dirs {
		names := []string{element}
		if !plain {
			var err error
			if names, err = matchesIn(fsys, dir, element); err != nil {
				return nil, err
			}
		}
		for _, name := range names {
			name = path.Join(dir, name)
			if !plain && !inner {
				matches = append(matches, name)
				continue
			}
			info, err := fs.Stat(fsys, name)
			switch {
			case errors.Is(err, fs.ErrNotExist):
			case err != nil:
				return nil, fmt.Errorf("needs %s, which cannot be looked at: %w", toml.Quote(name), err)
			case !inner || info.IsDir():
				matches = append(matches, name)
			}
		}
	}
	return matches, nil
}

// matchesIn returns the names in a folder that one element of a well-formed pattern matches. As in a shell,
// a name that begins with a dot is matched by an element that does so too, and by no other.
func matchesIn(fsys fs.FS, dir, element string) ([]string, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("needs the folder %s, which cannot be read: %w", toml.Quote(dir), err)
	}
	dotted := strings.HasPrefix(strings.TrimPrefix(element, `\`), ".")
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") && !dotted {
			continue
		}
		if ok, err := path.Match(element, e.Name()); err != nil {
			return nil, err
		} else if ok {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
