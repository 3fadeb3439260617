package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/publish/target"
)

// there verifies the folder that has the release's name already; nil means there is none. The error
// names what is in it that Get would have to overwrite.
func (d *download) there(ctx context.Context) (*catalog.Verification, error) {
	path := d.path()
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s is there and is no folder: move it away", path)
	}
	v, err := catalog.Verify(ctx, path, catalog.VerifyOptions{Progress: d.o.Progress.verifying()})
	if err != nil {
		return nil, fmt.Errorf("%s is there and cannot be carried on with; move it away: %w", path, err)
	}
	if !bytes.Equal(v.Bundle.ManifestText, d.manifestText) {
		return nil, fmt.Errorf("%s holds another release of the same name and version (its %s differs): move it away", path, catalog.ManifestName)
	}
	if len(v.Changed)+len(v.Extra) > 0 {
		return nil, fmt.Errorf("nothing in it is overwritten: move it away: %w", &VerificationError{Dir: path, Verification: v})
	}
	return v, nil
}

// stage makes the hidden folder hold what the folder will hold, all of it verified and on stable
// storage.
func (d *download) stage(ctx context.Context, there *catalog.Verification) error {
	d.meter = newMeter(d.o.Progress, PhaseGet, size(d.files))
	if err := d.checkChecksums(ctx); err != nil {
		return err
	}
	if err := disk.Reopen(d.o.FS, d.hidden("partial"), d.resumes); err != nil {
		return err
	}
	files := d.files
	if there != nil {
		var err error
		if files, err = d.reuse(ctx, there); err != nil {
			return err
		}
	}
	d.others = d.earlier()
	group, fetching := errgroup.WithContext(ctx)
	group.SetLimit(d.o.Parallel)
	for _, f := range files {
		group.Go(func() error { return d.fetch(fetching, f) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if err := disk.Clean(d.o.FS, d.hidden("partial"), d.keeps); err != nil {
		return err
	}
	return d.writeDescription()
}

// keeps reports whether a file that an earlier run left is one of those to fetch.
func (d *download) keeps(name string) bool {
	_, ok := catalog.FindFile(d.files, name)
	return ok
}

// resumes reports whether a file that an earlier run left is one of those to fetch, or a part of one.
func (d *download) resumes(name string) bool {
	whole := strings.TrimSuffix(strings.TrimPrefix(name, "."), ".part")
	f, ok := catalog.FindFile(d.files, whole)
	return d.keeps(name) || ok && name == part(f)
}

// checkChecksums compares the published SHA256SUMS with the one that follows from the manifest: the
// two vouch for each other, and a source that changed one of them alone is found out.
func (d *download) checkChecksums(ctx context.Context) error {
	_, text := catalog.Contents(d.manifest, d.manifestText, nil)
	want := catalog.Describe(catalog.ChecksumsName, catalog.RoleDocument, text)
	err := target.Copy(ctx, io.Discard, want, func() (io.ReadCloser, error) {
		return d.open(ctx, catalog.ChecksumsName, 0)
	})
	if err != nil {
		return fmt.Errorf("check the target's %s against its %s: %w", catalog.ChecksumsName, catalog.ManifestName, err)
	}
	return nil
}

// reuse takes over the files that the folder has already and returns those that are still to fetch.
func (d *download) reuse(ctx context.Context, there *catalog.Verification) ([]catalog.File, error) {
	var rest []catalog.File
	for _, f := range d.files {
		if _, good := catalog.FindFile(there.Good, f.Name); !good {
			rest = append(rest, f)
			continue
		}
		if err := d.takeOver(ctx, f); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		d.meter.add(f.Size, f.Name)
	}
	return rest, nil
}

// takeOver gives a verified file of the folder a second name in the hidden one, or copies it where the
// file system has no second names.
func (d *download) takeOver(ctx context.Context, f catalog.File) error {
	old, staged := filepath.Join(d.path(), f.Name), d.staged(f.Name)
	if err := d.o.FS.RemoveAll(staged); err != nil {
		return err
	}
	linkErr := d.o.FS.Link(old, staged)
	if linkErr == nil {
		return nil
	}
	err := d.copy(ctx, old, f)
	if err == nil {
		err = d.o.FS.Rename(d.staged(copied(f)), staged)
	}
	if err != nil {
		return errors.Join(err, linkErr)
	}
	return nil
}

// copied is the name of a copy that is not whole. It is not that of a part, so that a copy that turns out to
// be wrong takes nothing away of what was fetched.
func copied(f catalog.File) string { return "." + f.Name + ".copy" }

// copy copies a file beside its name: under the name there may be the file itself, where Link did its
// work and reported that it failed.
func (d *download) copy(ctx context.Context, old string, f catalog.File) error {
	if err := d.o.FS.RemoveAll(d.staged(copied(f))); err != nil {
		return err
	}
	out, err := d.o.FS.Create(d.staged(copied(f)))
	if err != nil {
		return err
	}
	err = target.Copy(ctx, out, f, func() (io.ReadCloser, error) { return os.Open(old) })
	if err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

// staged is where a file lies until the folder appears.
func (d *download) staged(name string) string {
	return filepath.Join(d.hidden("partial"), name)
}

// writeDescription writes manifest.json, SHA256SUMS and, for a part, PARTIAL.json.
func (d *download) writeDescription() error {
	_, checksums := catalog.Contents(d.manifest, d.manifestText, d.part)
	files := []disk.Content{{Name: catalog.ManifestName, Text: d.manifestText}, {Name: catalog.ChecksumsName, Text: checksums}}
	if d.part != nil {
		files = append(files, disk.Content{Name: catalog.PartialName, Text: d.part.Marshal()})
	}
	return disk.WriteFiles(d.o.FS, d.hidden("partial"), files)
}
