// Package dir publishes releases to a folder and fetches them from it.
//
// A release is the folder PATH/NAME/VERSION and holds the files of its bundle and nothing else: plain
// files, no links, no special modes, so that PATH can lie on any file system and behind any web server.
// One that was withdrawn holds manifest.json and WITHDRAWN.json alone.
// While a release is being published it is PATH/NAME/.VERSION.draft, beside an empty .VERSION.lock that
// keeps a second publication of the same version away; renaming the draft is what publishes it.
package dir

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/publish/target"
)

// Options are what New takes beside the path.
type Options struct {
	// FS is what releases are written through; nil means disk.OS.
	FS disk.FS
}

// A Target is a folder of releases. It is a target.Publisher, Source, Lister, Withdrawer and Planner, and
// safe for concurrent use.
type Target struct {
	path string
	fs   disk.FS
}

// New returns the target that keeps its releases in the folder at path, which the first publication
// makes.
func New(path string, o Options) *Target {
	if o.FS == nil {
		o.FS = disk.OS
	}
	return &Target{path: path, fs: o.FS}
}

// Manifest returns the bytes of a release's manifest.json.
func (t *Target) Manifest(ctx context.Context, name, version string) ([]byte, error) {
	f, err := t.Open(ctx, name, version, catalog.ManifestName, 0)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, catalog.MaxManifestSize+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %s of %s %s: %w", catalog.ManifestName, name, version, err)
	}
	if len(text) > catalog.MaxManifestSize {
		return nil, fmt.Errorf("%w: %s of %s %s has more than %d bytes", target.ErrDamaged, catalog.ManifestName, name, version, catalog.MaxManifestSize)
	}
	return text, nil
}

// Open returns a file of a release from offset on.
func (t *Target) Open(ctx context.Context, name, version, file string, offset int64) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := errors.Join(validRelease(name, version), catalog.ValidName(file)); err != nil {
		return nil, fmt.Errorf("%w: %w", target.ErrNotFound, err)
	}
	root, err := os.OpenRoot(filepath.Join(t.path, name, version))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s %s in %s: %w", name, version, t.path, target.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s %s in %s: %w", name, version, t.path, err)
	}
	f, err := openAt(root, file, offset)
	if err = errors.Join(err, root.Close()); err != nil {
		return nil, fmt.Errorf("open %s of %s %s in %s: %w", file, name, version, t.path, err)
	}
	return f, nil
}

func validRelease(name, version string) error {
	return errors.Join(catalog.ValidDatasetName(name), catalog.ValidVersion(version))
}

func openAt(root *os.Root, file string, offset int64) (*os.File, error) {
	info, err := root.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, target.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: that is no plain file", target.ErrNotFound)
	}
	if offset < 0 {
		return nil, fmt.Errorf("the offset %d is negative", offset)
	}
	if offset > info.Size() {
		return nil, fmt.Errorf("%w: it ends after %d bytes, before byte %d", target.ErrMismatch, info.Size(), offset)
	}
	f, err := root.Open(file)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Versions returns the published versions of a dataset, oldest first. The error is ErrNotFound where
// there is no folder of releases at all.
func (t *Target) Versions(ctx context.Context, name string) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := catalog.ValidDatasetName(name); err != nil {
		return nil, nil // no dataset can have that name, so none is there
	}
	entries, err := os.ReadDir(filepath.Join(t.path, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, t.exists()
	}
	if err != nil {
		return nil, fmt.Errorf("list the versions of %s: %w", name, err)
	}
	var versions []string
	for _, e := range entries {
		if catalog.ValidVersion(e.Name()) != nil {
			continue
		}
		released, err := isRelease(filepath.Join(t.path, name, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("list the versions of %s: %w", name, err)
		}
		if released {
			versions = append(versions, e.Name())
		}
	}
	slices.SortFunc(versions, catalog.CompareVersions)
	return versions, nil
}

// exists returns ErrNotFound where the folder of releases itself is not there.
func (t *Target) exists() error {
	_, err := os.Stat(t.path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: the folder %s does not exist", target.ErrNotFound, t.path)
	}
	return err
}

// isRelease reports whether path is a folder with a manifest.
func isRelease(path string) (bool, error) {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		_, err = os.Lstat(filepath.Join(path, catalog.ManifestName))
		if err == nil {
			return true, nil
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return false, err
}
