package catalog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ErrNotABundle says that a folder has no manifest.json.
var ErrNotABundle = errors.New("not a bundle")

// ErrDamaged says that what a bundle says about itself cannot be read or contradicts itself, so that
// nothing can be said about its other files.
var ErrDamaged = errors.New("damaged bundle")

// A Bundle is a folder that holds a release or, where it was fetched, perhaps a part of one.
type Bundle struct {
	Dir      string
	Manifest *Manifest
	// ManifestText is manifest.json as it stands.
	ManifestText []byte
	// Partial says what was left out; nil for a whole release.
	Partial *Partial
}

// OpenBundle reads what the bundle at dir says about itself. It looks at no other file. The error is
// ErrNotABundle where there is no manifest.json and ErrDamaged where what is there cannot be read as
// what it should be.
func OpenBundle(dir string) (*Bundle, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open bundle: %w", err)
	}
	b, err := openBundle(root)
	if err = errors.Join(err, root.Close()); err != nil {
		return nil, fmt.Errorf("open bundle %s: %w", dir, err)
	}
	b.Dir = dir
	return b, nil
}

func openBundle(root *os.Root) (*Bundle, error) {
	text, err := readRegular(root, ManifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: it has no %s; a bundle is a folder that `bindery build` or `bindery get` made", ErrNotABundle, ManifestName)
	}
	if err != nil {
		return nil, err
	}
	m, err := ParseManifest(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	b := &Bundle{Manifest: m, ManifestText: text}
	text, err = readRegular(root, PartialName)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	if b.Partial, err = ParsePartial(text, m, Sum(b.ManifestText)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return b, nil
}

// Files returns the files that the folder should hold, by name, those that describe it included.
func (b *Bundle) Files() []File {
	files, _ := Contents(b.Manifest, b.ManifestText, b.Partial)
	return files
}

// LeftOut returns the files of the release that are not in the folder because nobody asked for them.
func (b *Bundle) LeftOut() []File {
	if b.Partial == nil {
		return nil
	}
	var left []File
	for _, f := range b.Manifest.Files {
		if b.Partial.leavesOut(f) {
			left = append(left, f)
		}
	}
	return left
}

// FindFile returns the file of that name in a list that is in the order of names.
func FindFile(files []File, name string) (File, bool) {
	at, found := slices.BinarySearchFunc(files, name, func(f File, name string) int { return strings.Compare(f.Name, name) })
	if !found {
		return File{}, false
	}
	return files[at], true
}

// Contents returns all files of the folder that holds the release which manifestText describes, by
// name, and the content of its SHA256SUMS. With p it is the folder of that part of the release: it
// holds PARTIAL.json, lacks what p leaves out, and SHA256SUMS covers what is there.
func Contents(m *Manifest, manifestText []byte, p *Partial) (files []File, checksums []byte) {
	files = slices.Clone(m.Files)
	if p != nil {
		files = slices.DeleteFunc(files, p.leavesOut)
		files = append(files, Describe(PartialName, RoleDocument, p.Marshal()))
	}
	files = append(files, Describe(ManifestName, RoleDocument, manifestText))
	checksums = Checksums(files)
	files = append(files, Describe(ChecksumsName, RoleDocument, checksums))
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files, checksums
}

// readRegular reads one of the files that describe a bundle, following no link.
func readRegular(root *os.Root, name string) ([]byte, error) {
	f, err := openRegular(root, name)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, MaxManifestSize+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if len(text) > MaxManifestSize {
		return nil, fmt.Errorf("%w: %s has more than %d bytes", ErrDamaged, name, MaxManifestSize)
	}
	return text, nil
}

// openRegular opens a file that is a regular one and no link, also where somebody puts a link in its
// place between the look and the opening. Otherwise the error is ErrDamaged.
func openRegular(root *os.Root, name string) (*os.File, error) {
	seen, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !seen.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s %s", ErrDamaged, name, irregular(seen.Mode()))
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	opened, err := f.Stat()
	if err == nil && !os.SameFile(seen, opened) {
		err = fmt.Errorf("%w: %s was replaced while it was opened", ErrDamaged, name)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// irregular says what a thing is that should be a regular file.
func irregular(mode fs.FileMode) string {
	switch mode.Type() {
	case fs.ModeDir:
		return "is a folder"
	case fs.ModeSymlink:
		return "is a symbolic link"
	}
	return "is not a regular file"
}

// Path returns where a file of the bundle is.
func (b *Bundle) Path(file string) string { return filepath.Join(b.Dir, file) }
