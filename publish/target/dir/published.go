package dir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

// published reports whether the release is out, unchanged: every file of it is read. Otherwise, where
// something has its name, the error says what that is.
func (d *draft) published(ctx context.Context) (bool, error) {
	if _, err := os.Lstat(d.final); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	b, err := d.openPublished()
	if err != nil {
		return false, err
	}
	w, err := d.t.Withdrawal(ctx, b.Manifest.Name, b.Manifest.Version)
	if err != nil {
		return false, err
	}
	if w != nil {
		return false, target.Withdrawn(w)
	}
	if catalog.Sum(b.ManifestText) != d.release.Digest() {
		return false, otherContent(ctx, b)
	}
	for _, f := range d.release.Files {
		right, err := holds(ctx, d.final, f)
		if err != nil {
			return false, err
		}
		if !right {
			return false, damaged(d.final, fmt.Errorf("its %s is not what was published", f.Name))
		}
	}
	return true, nil
}

// openPublished reads what the folder that has the release's name says about itself.
func (d *draft) openPublished() (*catalog.Bundle, error) {
	info, err := os.Stat(d.final)
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // which is a link that leads nowhere
		return nil, err
	}
	if err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%w: %s is not a folder: move it away", target.ErrTaken, d.final)
	}
	b, err := catalog.OpenBundle(d.final)
	switch {
	case errors.Is(err, catalog.ErrNotABundle):
		return nil, fmt.Errorf("%w: %s has no %s: move it away", target.ErrTaken, d.final, catalog.ManifestName)
	case errors.Is(err, catalog.ErrDamaged):
		return nil, damaged(d.final, err)
	}
	return b, err
}

// otherContent tells a release with other content from one whose manifest was changed, for which its
// SHA256SUMS does not vouch.
func otherContent(ctx context.Context, b *catalog.Bundle) error {
	checksums, _ := catalog.FindFile(b.Files(), catalog.ChecksumsName)
	right, err := holds(ctx, b.Dir, checksums)
	if err != nil {
		return err
	}
	if !right {
		return damaged(b.Dir, fmt.Errorf("its %s and %s contradict each other", catalog.ManifestName, catalog.ChecksumsName))
	}
	return target.ErrExists
}

func damaged(folder string, err error) error {
	return fmt.Errorf("%w: %w: run `bindery verify %s` for all of it", target.ErrDamaged, err, folder)
}

// holds reports whether the folder has f as a plain file with the right bytes, all of which it reads.
func holds(ctx context.Context, folder string, f catalog.File) (bool, error) {
	name := filepath.Join(folder, f.Name)
	info, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if !info.Mode().IsRegular() || info.Size() != f.Size {
		return false, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return false, err
	}
	_, sum, err := catalog.SumReader(ctx, file, nil)
	if err = errors.Join(err, file.Close()); err != nil {
		return false, err
	}
	return sum == f.SHA256, nil
}
