package publish

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

// earlier returns where files of other versions of the dataset lie, beside the folder that is being made, by
// their digests as their manifests have them. Whether they still are so is found out when one is taken.
// What cannot be read as a bundle of this dataset is passed over: it is nothing that Get needs.
func (d *download) earlier() map[string]string {
	entries, err := os.ReadDir(d.o.Dir)
	if err != nil {
		return nil
	}
	var versions []string
	for _, e := range entries {
		version, ok := strings.CutPrefix(e.Name(), d.manifest.Name+"-")
		if ok && e.IsDir() && version != d.manifest.Version && catalog.ValidVersion(version) == nil {
			versions = append(versions, version)
		}
	}
	slices.SortFunc(versions, catalog.CompareVersions)
	found := make(map[string]string)
	for _, version := range versions { // the newest last, which is taken
		b, err := catalog.OpenBundle(filepath.Join(d.o.Dir, catalog.FolderName(d.manifest.Name, version)))
		if err != nil || b.Manifest.Name != d.manifest.Name {
			continue
		}
		for _, f := range b.Files() {
			if info, err := os.Lstat(b.Path(f.Name)); err == nil && info.Mode().IsRegular() && info.Size() == f.Size {
				found[f.SHA256] = b.Path(f.Name)
			}
		}
	}
	return found
}

// borrow copies f from another version's folder, where it lies there as its manifest says, and reports
// whether it did. It is a copy and no second name: what a person does to one folder must not change another.
func (d *download) borrow(ctx context.Context, f catalog.File) (bool, error) {
	from, ok := d.others[f.SHA256]
	if !ok {
		return false, nil
	}
	err := d.copy(ctx, from, f)
	if err == nil {
		err = d.o.FS.Rename(d.staged(copied(f)), d.staged(f.Name))
	}
	if err == nil {
		d.meter.reuse(f.Size, f.Name)
		return true, nil
	}
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if errors.Is(err, target.ErrMismatch) || errors.Is(err, os.ErrPermission) || errors.Is(err, os.ErrNotExist) {
		return false, d.o.FS.RemoveAll(d.staged(copied(f))) // it was changed there, and is fetched
	}
	return false, fmt.Errorf("take %s: %w", from, err)
}
