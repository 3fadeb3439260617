package publish

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

// SendOptions are what Send takes beside the bundle and the target. The zero value works.
type SendOptions struct {
	Progress Progress
	// Changelog is the text of a changelog in Markdown. What it says of the version goes into the
	// release's notes, before the card.
	Changelog []byte
	// Draft stops before the release is made visible: the draft holds everything, compared.
	Draft bool
}

// A SendResult says what a publication did.
type SendResult struct {
	Manifest *catalog.Manifest
	// AlreadyPublished says that the target had the release already.
	AlreadyPublished bool
	// Draft says that the release is not visible yet, as asked.
	Draft bool
	// Files and Bytes were sent in this run; what an earlier, interrupted one sent is not among them.
	Files int
	Bytes int64
}

// Send publishes the bundle at dir. It verifies the bundle first, and refuses with a VerificationError
// unless it is whole and right; then it sends what the target lacks, makes the release visible in one
// step, and reads the manifest back where the target can be read.
//
// The release's notes are the bundle's card, and its tag is made as the bundle's declaration says.
//
// When Send fails or ctx is cancelled, nothing is visible at the target, and the draft that is there
// is what the next Send of the same bundle carries on with. A release that is published already with
// the same content is a success; with other content the error is target.ErrExists, and target.ErrDamaged
// where it was changed at the target since.
func Send(ctx context.Context, dir string, to target.Publisher, o SendOptions) (SendResult, error) {
	v, err := verifyWhole(ctx, dir, o.Progress)
	if err != nil {
		return SendResult{}, err
	}
	s := &sending{bundle: v.Bundle, o: o, result: SendResult{Manifest: v.Bundle.Manifest}}
	if err := s.publish(ctx, to); err != nil {
		return SendResult{}, err // which says what is published to where
	}
	if from, ok := to.(target.Source); ok && !s.result.Draft {
		if err := readBack(ctx, from, v.Bundle); err != nil {
			return SendResult{}, fmt.Errorf("read back what was published of %s: %w", dir, err)
		}
	}
	return s.result, nil
}

// Plan returns what Send would do, without doing any of it: the bundle is verified, and the target is only
// read. The errors are those of Send; target.ErrPublished says that nothing would be done.
func Plan(ctx context.Context, dir string, to target.Planner, o SendOptions) (target.Plan, *catalog.Manifest, error) {
	v, err := verifyWhole(ctx, dir, o.Progress)
	if err != nil {
		return target.Plan{}, nil, err
	}
	release, err := releaseOf(v.Bundle, o.Changelog)
	if err != nil {
		return target.Plan{}, nil, err
	}
	plan, err := to.Plan(ctx, release)
	return plan, v.Bundle.Manifest, err
}

// verifyWhole verifies the bundle at dir and refuses one that is not whole and right.
func verifyWhole(ctx context.Context, dir string, p Progress) (*catalog.Verification, error) {
	v, err := catalog.Verify(ctx, dir, catalog.VerifyOptions{Progress: p.verifying()})
	if err != nil {
		return nil, err
	}
	if !v.Whole() {
		return nil, &VerificationError{Dir: dir, Verification: v}
	}
	return v, nil
}

// A sending is one run of Send.
type sending struct {
	bundle *catalog.Bundle
	o      SendOptions
	result SendResult
}

func (s *sending) publish(ctx context.Context, to target.Publisher) (err error) {
	release, err := releaseOf(s.bundle, s.o.Changelog)
	if err != nil {
		return err
	}
	draft, err := to.Draft(ctx, release)
	if errors.Is(err, target.ErrPublished) {
		s.result.AlreadyPublished = true
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, draft.Close()) }()
	missing, err := draft.Missing(ctx)
	if err != nil {
		return err
	}
	m := newMeter(s.o.Progress, PhasePublish, size(release.Files))
	m.add(size(release.Files)-size(missing), "")
	for _, f := range missing {
		if err := draft.Put(ctx, f, s.content(f, m)); err != nil {
			return err
		}
		s.result.Files++
		s.result.Bytes += f.Size
	}
	if s.o.Draft {
		s.result.Draft = true
		return complete(ctx, draft)
	}
	return draft.Commit(ctx)
}

// complete returns target.ErrIncomplete unless the target says that the draft lacks nothing.
func complete(ctx context.Context, draft target.Draft) error {
	missing, err := draft.Missing(ctx)
	if err == nil && len(missing) > 0 {
		err = fmt.Errorf("%w: it lacks %s: publish again", target.ErrIncomplete, missing[0].Name)
	}
	return err
}

func size(files []catalog.File) int64 {
	var sum int64
	for _, f := range files {
		sum += f.Size
	}
	return sum
}

// content opens a file of the bundle and tells m of what is read of it. Where a target opens it again,
// what was read before no longer counts, nor what somebody still reads of it: a connection that was given up
// may do so for a moment.
func (s *sending) content(f catalog.File, m *meter) target.Content {
	var latest *metered
	return func() (io.ReadCloser, error) {
		file, err := os.Open(s.bundle.Path(f.Name))
		if err != nil {
			return nil, err
		}
		if latest != nil {
			latest.forget()
		}
		latest = &metered{ReadCloser: file, m: m, name: f.Name}
		return latest, nil
	}
}

// A metered reader tells a meter how much is read.
type metered struct {
	io.ReadCloser
	m    *meter
	name string

	mu        sync.Mutex
	read      int64
	forgotten bool
}

func (r *metered) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.forgotten {
		r.read += int64(n)
		r.m.add(int64(n), r.name)
	}
	return n, err
}

// forget takes back what was told.
func (r *metered) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forgotten = true
	r.m.add(-r.read, r.name)
}

// readBack compares the manifest that the target serves with the bundle's.
func readBack(ctx context.Context, from target.Source, b *catalog.Bundle) error {
	text, err := from.Manifest(ctx, b.Manifest.Name, b.Manifest.Version)
	if err != nil {
		return err
	}
	if got, want := catalog.Sum(text), catalog.Sum(b.ManifestText); got != want {
		return fmt.Errorf("%s: %w: its SHA-256 is %s, not %s", catalog.ManifestName, target.ErrMismatch, got, want)
	}
	return nil
}
