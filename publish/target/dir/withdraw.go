package dir

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/publish/target"
)

// Withdraw writes WITHDRAWN.json into a release's folder, brings it to stable storage, and then deletes the
// other files but manifest.json. It returns what WITHDRAWN.json says.
func (t *Target) Withdraw(ctx context.Context, w catalog.Withdrawal) (stays catalog.Withdrawal, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("withdraw %s %s from %s: %w", w.Name, w.Version, t.path, err)
		}
	}()
	if err := errors.Join(ctx.Err(), w.Check()); err != nil {
		return catalog.Withdrawal{}, err
	}
	if err := t.released(w.Name, w.Version); err != nil {
		return catalog.Withdrawal{}, err
	}
	unlock, err := t.lock(w.Name, w.Version)
	if err != nil {
		return catalog.Withdrawal{}, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	// Asked under the lock: what another withdrawal said a moment ago is kept.
	said, err := t.Withdrawal(ctx, w.Name, w.Version)
	if err != nil && !errors.Is(err, target.ErrDamaged) {
		return catalog.Withdrawal{}, err
	}
	folder := filepath.Join(t.path, w.Name, w.Version)
	if said == nil {
		if err := t.mark(folder, w); err != nil {
			return catalog.Withdrawal{}, err
		}
		said = &w
	}
	kept := func(name string) bool { return name == catalog.ManifestName || name == catalog.WithdrawalName }
	if err := disk.Clean(t.fs, folder, kept); err != nil {
		return catalog.Withdrawal{}, err
	}
	return *said, t.fs.SyncDir(folder)
}

// mark gives a release's folder its WITHDRAWN.json, whole or not at all.
func (t *Target) mark(folder string, w catalog.Withdrawal) error {
	part := filepath.Join(folder, "."+catalog.WithdrawalName+".part")
	if err := t.fs.RemoveAll(part); err != nil { // a link there must not be written through
		return err
	}
	err := disk.WriteFile(t.fs, part, w.Marshal())
	if err == nil {
		err = t.fs.Rename(part, filepath.Join(folder, catalog.WithdrawalName))
	}
	if err != nil {
		return errors.Join(err, t.fs.RemoveAll(part))
	}
	return t.fs.SyncDir(folder)
}

// lock keeps every other publication and withdrawal of a version away until unlock is called.
func (t *Target) lock(name, version string) (unlock func() error, err error) {
	unlock, err = disk.Lock(filepath.Join(t.path, name, "."+version+".lock"))
	if errors.Is(err, disk.ErrLocked) {
		err = fmt.Errorf("%w: wait for it to end", target.ErrBusy)
	}
	return unlock, err
}

// Withdrawal returns what was said when a release was withdrawn.
func (t *Target) Withdrawal(ctx context.Context, name, version string) (*catalog.Withdrawal, error) {
	f, err := t.Open(ctx, name, version, catalog.WithdrawalName, 0)
	if errors.Is(err, target.ErrNotFound) {
		return nil, t.released(name, version)
	}
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxWithdrawal))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %s of %s %s: %w", catalog.WithdrawalName, name, version, err)
	}
	w, err := catalog.ParseWithdrawal(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %s %s: %w", target.ErrDamaged, name, version, err)
	}
	return w, nil
}

// maxWithdrawal is more bytes than a WITHDRAWN.json can have.
const maxWithdrawal = 64 << 10

// released returns ErrNotFound unless there is such a release.
func (t *Target) released(name, version string) error {
	if err := validRelease(name, version); err != nil {
		return fmt.Errorf("%w: %w", target.ErrNotFound, err)
	}
	there, err := isRelease(filepath.Join(t.path, name, version))
	if err == nil && !there {
		err = fmt.Errorf("%s %s in %s: %w", name, version, t.path, target.ErrNotFound)
	}
	return err
}

// Names returns the names of the datasets that the folder has releases of.
func (t *Target) Names(ctx context.Context) ([]string, error) {
	entries, err := os.ReadDir(t.path) // sorted
	if errors.Is(err, fs.ErrNotExist) {
		return nil, t.exists()
	}
	if err != nil {
		return nil, fmt.Errorf("list the datasets: %w", err)
	}
	var names []string
	for _, e := range entries {
		if catalog.ValidDatasetName(e.Name()) != nil || e.Type().IsRegular() {
			continue
		}
		versions, err := t.Versions(ctx, e.Name())
		if err != nil {
			return nil, err
		}
		if len(versions) > 0 {
			names = append(names, e.Name())
		}
	}
	return names, ctx.Err()
}
