package dir

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/publish/target"
)

// Draft begins a release, or carries on with the draft of an earlier run: what that one holds is read
// again and kept as far as it is right. What it holds beside the release's files is removed.
func (t *Target) Draft(ctx context.Context, r target.Release) (target.Draft, error) {
	if err := errors.Join(ctx.Err(), r.Check()); err != nil {
		return nil, err
	}
	name, version := r.Manifest.Name, r.Manifest.Version
	folder := filepath.Join(t.path, name)
	if err := t.fs.MkdirAll(folder); err != nil {
		return nil, fmt.Errorf("publish %s %s: %w", name, version, err)
	}
	unlock, err := t.lock(name, version)
	if err != nil {
		return nil, fmt.Errorf("publish %s %s to %s: %w", name, version, t.path, err)
	}
	d := t.draft(r)
	d.unlock = unlock
	if err := d.begin(ctx); err != nil {
		return nil, errors.Join(d.wrap(err), d.Close())
	}
	return d, nil
}

// A draft is the hidden folder of a release that is being published. It holds the release's lock.
type draft struct {
	t           *Target
	fs          disk.FS
	release     target.Release
	path, final string
	// trusted are the files that this draft read whole where they lie, and found right.
	trusted map[string]bool
	unlock  func() error // nil once it was called
}

func (d *draft) begin(ctx context.Context) error {
	published, err := d.published(ctx)
	if err != nil {
		return err
	}
	if published {
		return errors.Join(target.ErrPublished, d.fs.RemoveAll(d.path))
	}
	return disk.Reopen(d.fs, d.path, d.ours)
}

// ours reports whether a file of that name belongs to the release.
func (d *draft) ours(name string) bool {
	_, ok := d.release.File(name)
	return ok
}

// Missing reads what an earlier run left and returns the files that are still to be put.
func (d *draft) Missing(ctx context.Context) ([]catalog.File, error) {
	if err := d.usable(ctx); err != nil {
		return nil, err
	}
	var missing []catalog.File
	for _, f := range d.release.Files {
		right, err := d.holds(ctx, f)
		if err != nil {
			return nil, d.wrap(err)
		}
		if !right {
			missing = append(missing, f)
		}
	}
	return missing, nil
}

// holds reports whether the draft has f, right.
func (d *draft) holds(ctx context.Context, f catalog.File) (bool, error) {
	if d.trusted[f.Name] {
		return true, nil
	}
	right, err := holds(ctx, d.path, f)
	d.trusted[f.Name] = right
	return right, err
}

// Put writes a file beside its name, hashing what is written, and gives it the name when it is right
// and on stable storage: a file under its own name is whole, whatever happened. What then lies there is
// read by Commit.
func (d *draft) Put(ctx context.Context, f catalog.File, content target.Content) error {
	if err := d.usable(ctx); err != nil {
		return err
	}
	if ours, ok := d.release.File(f.Name); !ok || ours.Size != f.Size || ours.SHA256 != f.SHA256 {
		return d.wrap(fmt.Errorf("%q is not a file of the release", f.Name))
	}
	delete(d.trusted, f.Name)
	part := filepath.Join(d.path, "."+f.Name+".part")
	err := d.write(ctx, part, f, content)
	if err == nil {
		err = d.fs.Rename(part, filepath.Join(d.path, f.Name))
	}
	if err != nil {
		return d.wrap(errors.Join(err, d.fs.RemoveAll(part)))
	}
	return nil
}

func (d *draft) write(ctx context.Context, name string, f catalog.File, content target.Content) error {
	if err := d.fs.RemoveAll(name); err != nil { // a link there must not be written through
		return err
	}
	file, err := d.fs.Create(name)
	if err != nil {
		return err
	}
	err = target.Copy(ctx, file, f, content)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// Commit renames the draft to the release, after everything in it was read where it lies, found right
// and brought to stable storage. The files' content is there already: each was synced before it got its
// name.
func (d *draft) Commit(ctx context.Context) error {
	missing, err := d.Missing(ctx)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		return d.wrap(d.lacks(missing))
	}
	if err := disk.Clean(d.fs, d.path, d.ours); err != nil {
		return d.wrap(err)
	}
	if err := d.fs.SyncDir(d.path); err != nil {
		return d.wrap(err)
	}
	return d.wrap(d.publish(ctx))
}

// lacks says of the files that a draft cannot be committed without whether they are there and wrong.
func (d *draft) lacks(missing []catalog.File) error {
	for _, f := range missing {
		if _, err := os.Lstat(filepath.Join(d.path, f.Name)); err == nil {
			return fmt.Errorf("%w: %s was read back from the draft and is not what was put there: publish again, and check the disk",
				target.ErrMismatch, f.Name)
		}
	}
	return fmt.Errorf("%w: it lacks %s", target.ErrIncomplete, names(missing))
}

// publish gives the draft the release's name, unless somebody without regard for the lock was faster.
func (d *draft) publish(ctx context.Context) error {
	published, err := d.published(ctx)
	if err != nil {
		return err
	}
	if published {
		return d.fs.RemoveAll(d.path)
	}
	if err := d.fs.Rename(d.path, d.final); err != nil {
		published, again := d.published(ctx)
		if !published {
			return errors.Join(err, again)
		}
		if err := d.fs.RemoveAll(d.path); err != nil {
			return err
		}
	}
	return d.fs.SyncDir(filepath.Dir(d.final))
}

// Discard removes the draft's folder.
func (d *draft) Discard(ctx context.Context) error {
	if err := d.usable(ctx); err != nil {
		return err
	}
	clear(d.trusted)
	if err := d.fs.RemoveAll(d.path); err != nil {
		return d.wrap(err)
	}
	return d.wrap(d.fs.SyncDir(filepath.Dir(d.path)))
}

// Close lets go of the lock.
func (d *draft) Close() error {
	if d.unlock == nil {
		return nil
	}
	unlock := d.unlock
	d.unlock = nil
	return d.wrap(unlock())
}

// usable returns an error when ctx is done or the draft was closed: without the lock, the folder is no
// longer ours.
func (d *draft) usable(ctx context.Context) error {
	if d.unlock == nil {
		return d.wrap(errors.New("the draft is closed"))
	}
	return ctx.Err()
}

func (d *draft) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("publish %s %s to %s: %w", d.release.Manifest.Name, d.release.Manifest.Version, filepath.Dir(filepath.Dir(d.final)), err)
}

// names lists the first few files.
func names(files []catalog.File) string {
	const shown = 5
	var list []string
	for _, f := range files[:min(shown, len(files))] {
		list = append(list, f.Name)
	}
	if len(files) > shown {
		list = append(list, fmt.Sprintf("%d more", len(files)-shown))
	}
	return strings.Join(list, ", ")
}
