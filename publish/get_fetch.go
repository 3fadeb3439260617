package publish

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/publish/target"
)

// fetch brings one file into the hidden folder, whole and right. It carries on with what an earlier run
// left of it; where that turns out to be wrong, it begins again, once.
//
// A file gets its own name there when it is right and on stable storage, and is never written to under
// that name: it may be a second name of one that is not ours to change.
func (d *download) fetch(ctx context.Context, f catalog.File) error {
	done, err := d.holds(ctx, f)
	if err == nil && !done {
		done, err = d.borrow(ctx, f)
	}
	if err == nil && !done {
		err = d.complete(ctx, f)
	}
	if err != nil {
		return fmt.Errorf("fetch %s: %w", f.Name, err)
	}
	return nil
}

// holds reports whether an earlier run left f, right. Anything else under its name is removed.
func (d *download) holds(ctx context.Context, f catalog.File) (bool, error) {
	info, err := os.Lstat(d.staged(f.Name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if info.Mode().IsRegular() && info.Size() == f.Size {
		h := disk.NewHashing(io.Discard)
		if err := d.absorb(ctx, h, f, f.Name); err != nil || h.SHA256() == f.SHA256 {
			return err == nil, err
		}
		d.meter.add(-h.Size(), f.Name)
	}
	return false, d.o.FS.RemoveAll(d.staged(f.Name))
}

// complete fetches what is lacking of f, beside its name, and then gives it the name.
func (d *download) complete(ctx context.Context, f catalog.File) error {
	have, err := d.have(f)
	if err != nil {
		return err
	}
	err = d.carryOn(ctx, f, have)
	if have > 0 && errors.Is(err, target.ErrMismatch) {
		if err := d.o.FS.RemoveAll(d.staged(part(f))); err != nil {
			return err
		}
		err = d.carryOn(ctx, f, 0)
	}
	if errors.Is(err, target.ErrMismatch) {
		return errors.Join(err, d.o.FS.RemoveAll(d.staged(part(f))))
	}
	if err != nil {
		return err
	}
	return d.o.FS.Rename(d.staged(part(f)), d.staged(f.Name))
}

// carryOn attempts to complete f. Where the target ends it too early it is asked once more, for what
// comes next: one that is cut off at the target is told in this way from one that was cut off on the way.
func (d *download) carryOn(ctx context.Context, f catalog.File, have int64) error {
	err := d.attempt(ctx, f, have)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	have, haveErr := d.have(f)
	if haveErr != nil {
		return errors.Join(err, haveErr)
	}
	return d.attempt(ctx, f, have)
}

// part is the name of a file that is not whole. No file of a release can have it.
func part(f catalog.File) string { return "." + f.Name + ".part" }

// have returns how many bytes of f an earlier run left, after removing what can be no part of it.
func (d *download) have(f catalog.File) (int64, error) {
	info, err := os.Lstat(d.staged(part(f)))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if info.Mode().IsRegular() && info.Size() <= f.Size {
		return info.Size(), nil
	}
	return 0, d.o.FS.RemoveAll(d.staged(part(f)))
}

// attempt reads the part of f that is there, have bytes of it, and fetches the rest. On ErrMismatch and
// io.ErrUnexpectedEOF nothing of f counts as done.
func (d *download) attempt(ctx context.Context, f catalog.File, have int64) (err error) {
	out, err := d.o.FS.Append(d.staged(part(f)))
	if err != nil {
		return err
	}
	h := disk.NewHashing(out)
	if have > 0 {
		err = d.absorb(ctx, h, f, part(f))
	}
	if err == nil && have < f.Size {
		err = d.receive(ctx, h, f, have)
	}
	if err == nil {
		err = compare(h, f)
	}
	if errors.Is(err, target.ErrMismatch) || errors.Is(err, io.ErrUnexpectedEOF) {
		d.meter.add(-h.Size(), f.Name)
	}
	var lost error
	if err == nil {
		lost = out.Sync()
	}
	if lost = errors.Join(lost, out.Close()); lost != nil {
		// That the disk has not got what was written is said once, and not to whoever opens the file next: nothing
		// of it is carried on with. What went wrong before is told, but is no longer what it was: nobody may carry
		// on because of it.
		if err != nil {
			lost = fmt.Errorf("%w (after: %v)", lost, err)
		}
		return errors.Join(lost, d.o.FS.RemoveAll(d.staged(part(f))))
	}
	return err
}

// absorb hashes what an earlier run left of f under name.
func (d *download) absorb(ctx context.Context, h *disk.Hashing, f catalog.File, name string) error {
	file, err := os.Open(d.staged(name))
	if err != nil {
		return err
	}
	err = h.Absorb(&counted{ctx: ctx, r: file, add: func(n int64) { d.meter.add(n, f.Name) }})
	return errors.Join(err, file.Close())
}

// receive fetches f from have on, and at most one byte more than f has: what comes after that is not
// wanted, however much it is. Where nothing more comes though f is not whole, the error is ErrDamaged;
// where something did, it is io.ErrUnexpectedEOF, and there may be more.
func (d *download) receive(ctx context.Context, h *disk.Hashing, f catalog.File, have int64) error {
	body, err := d.open(ctx, f.Name, have)
	if err != nil {
		return err
	}
	// A body that stalls must not outlast the context: closing it ends its Read.
	closed := sync.OnceValue(body.Close)
	stop := context.AfterFunc(ctx, func() { _ = closed() }) // receive returns the same error
	defer stop()
	_, err = io.Copy(h, &counted{ctx: ctx, r: io.LimitReader(body, f.Size-have+1), add: func(n int64) { d.meter.received(n, f.Name) }})
	err = errors.Join(err, closed())
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil && h.Size() == have {
		return fmt.Errorf("%w: it ends after %d of %d bytes", target.ErrDamaged, have, f.Size)
	}
	if err == nil && h.Size() < f.Size {
		return fmt.Errorf("%w: the target ended it after %d of %d bytes: try again to carry on", io.ErrUnexpectedEOF, h.Size(), f.Size)
	}
	return err
}

// open opens a file of the release at the target. One that is not there is ErrDamaged: the manifest,
// which is there, promises it.
func (d *download) open(ctx context.Context, name string, offset int64) (io.ReadCloser, error) {
	body, err := d.from.Open(ctx, d.manifest.Name, d.manifest.Version, name, offset)
	if errors.Is(err, target.ErrNotFound) {
		return nil, fmt.Errorf("%w: the target no longer has its %s", target.ErrDamaged, name)
	}
	return body, err
}

// compare returns ErrMismatch unless h has seen exactly f.
func compare(h *disk.Hashing, f catalog.File) error {
	switch {
	case h.Size() > f.Size:
		return fmt.Errorf("%w: it has more than %d bytes", target.ErrMismatch, f.Size)
	case h.SHA256() != f.SHA256:
		return fmt.Errorf("%w: its SHA-256 is %s, not %s", target.ErrMismatch, h.SHA256(), f.SHA256)
	}
	return nil
}

// A counted reader tells how much is read, and ends when its context is done.
type counted struct {
	ctx context.Context
	r   io.Reader
	add func(n int64)
}

func (c *counted) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(p)
	c.add(int64(n))
	return n, err
}
