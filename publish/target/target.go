// Package target says what a place is that releases are published to and fetched from.
//
// A target is written in one piece: Draft begins a release that nobody sees, Put adds its files, and
// Commit makes all of them visible at once. A release that was committed never changes.
package target

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bindery-data/bindery/catalog"
)

// The ways in which a target says no. Errors wrap them; errors.Is finds them.
var (
	// ErrNotFound: there is no such release, or no such file in it.
	ErrNotFound = errors.New("not found")
	// ErrExists: the version is published already, with other content.
	ErrExists = errors.New("version already published with other content")
	// ErrPublished: the version is published already, with the same content: nothing is left to do.
	ErrPublished = errors.New("already published")
	// ErrBusy: another process is publishing this version.
	ErrBusy = errors.New("another publication of this version is under way")
	// ErrIncomplete: a draft was committed before it held every file of its manifest.
	ErrIncomplete = errors.New("draft is incomplete")
	// ErrMismatch: a file's bytes are not those that its manifest promises.
	ErrMismatch = errors.New("content does not match the manifest")
	// ErrDamaged: a published release is not what was published: a file is gone or has other bytes. It
	// is an ErrMismatch too.
	ErrDamaged = fmt.Errorf("the published release is damaged: %w", ErrMismatch)
	// ErrTaken: something that is no release has the place of this version.
	ErrTaken = errors.New("something that is no release has the version's place")
	// ErrWithdrawn: the release was published and withdrawn since. Its version is never published again.
	ErrWithdrawn = errors.New("the release was withdrawn")
	// ErrDenied: who asks may not write to the target.
	ErrDenied = errors.New("no right to write to the target")
	// ErrRefused: the target cannot or must not take the release, and nothing was sent.
	ErrRefused = errors.New("the target does not take this release")
)

// A Publisher is a target that releases can be published to.
type Publisher interface {
	// Draft begins the release that r describes, or carries on with what an earlier, interrupted
	// publication of the very same release left. The error is ErrPublished or ErrExists where the
	// version is out already, ErrDamaged where what is out differs from its own manifest, and ErrTaken
	// where something else has its place.
	Draft(ctx context.Context, r Release) (Draft, error)
}

// A Release is what a target needs to know of a bundle to take it.
type Release struct {
	Manifest *catalog.Manifest
	// Files are all files of the release, manifest.json and SHA256SUMS included, by name.
	Files []catalog.File
	// Notes are Markdown that a target shows beside the files, where it shows anything.
	Notes string
	// Tag is the declared pattern of the release's tag, such as "v{version}", for targets that have tags;
	// empty means the target's own.
	Tag string
}

// Digest returns the SHA-256 of the release's manifest.json, which stands for all of its content.
func (r Release) Digest() string {
	f, _ := r.File(catalog.ManifestName)
	return f.SHA256
}

// File returns the file of the release that has the name.
func (r Release) File(name string) (catalog.File, bool) {
	return catalog.FindFile(r.Files, name)
}

// Check returns an error unless the manifest keeps its rules and Files are exactly the manifest's and
// the two that describe them, by name. A target that checks a release can trust its names.
func (r Release) Check() error {
	if r.Manifest == nil {
		return errors.New("the release has no manifest")
	}
	if err := r.Manifest.Check(); err != nil {
		return fmt.Errorf("the release's %s: %w", catalog.ManifestName, err)
	}
	for _, f := range r.Manifest.Files {
		if got, ok := r.File(f.Name); !ok || got.Size != f.Size || got.SHA256 != f.SHA256 {
			return fmt.Errorf("the release lacks %s as its manifest has it", f.Name)
		}
	}
	for _, name := range []string{catalog.ManifestName, catalog.ChecksumsName} {
		if _, ok := r.File(name); !ok {
			return fmt.Errorf("the release lacks %s", name)
		}
	}
	if !slices.IsSortedFunc(r.Files, func(a, b catalog.File) int { return strings.Compare(a.Name, b.Name) }) {
		return errors.New("the release's files are not in the order of their names")
	}
	if len(r.Files) != len(r.Manifest.Files)+2 {
		return errors.New("the release has files that its manifest does not have")
	}
	return nil
}

// A Draft is a release that is not visible yet. It is used by one goroutine.
type Draft interface {
	// Missing returns the files that are still to be put: those that the draft has not, or not right.
	Missing(ctx context.Context) ([]catalog.File, error)
	// Put stores one file of the release. The bytes are compared with the file's size and digest; on a
	// difference the error is ErrMismatch and nothing is stored under the name.
	Put(ctx context.Context, f catalog.File, content Content) error
	// Commit makes the release visible, whole, or fails with ErrIncomplete. What the draft holds is
	// compared with the manifest first, as far as the target can read it: where it is not what was put,
	// the error is ErrMismatch. Committing what was committed by someone else meanwhile, with the same
	// content, succeeds; with other content the error is as for Publisher.Draft.
	Commit(ctx context.Context) error
	// Discard removes the draft.
	Discard(ctx context.Context) error
	// Close lets go of the draft, leaving what it holds for a later Draft to carry on with. It is
	// called once, last, whatever happened before.
	Close() error
}

// A Content opens a file's bytes at their beginning. Each call opens them anew, so that a target can
// try again.
type Content func() (io.ReadCloser, error)

// Bytes returns text as a Content.
func Bytes(text []byte) Content {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
}

// Copy copies content to w and returns ErrMismatch unless the bytes are those of f. It takes at most
// one byte more than f has, and stops when ctx is done.
func Copy(ctx context.Context, w io.Writer, f catalog.File, content Content) error {
	r, err := content()
	if err != nil {
		return err
	}
	limited := io.TeeReader(io.LimitReader(r, f.Size+1), w)
	size, sum, err := catalog.SumReader(ctx, limited, nil)
	if err = errors.Join(err, r.Close()); err != nil {
		return err
	}
	switch {
	case size > f.Size:
		return fmt.Errorf("%s: %w: it has more than %d bytes", f.Name, ErrMismatch, f.Size)
	case size < f.Size:
		return fmt.Errorf("%s: %w: it ends after %d of %d bytes", f.Name, ErrMismatch, size, f.Size)
	case sum != f.SHA256:
		return fmt.Errorf("%s: %w: its SHA-256 is %s, not %s", f.Name, ErrMismatch, sum, f.SHA256)
	}
	return nil
}

// A Source is a target that releases can be fetched from. Its methods may be called by several
// goroutines at once.
type Source interface {
	// Manifest returns the bytes of a release's manifest.json, at most catalog.MaxManifestSize of them.
	Manifest(ctx context.Context, name, version string) ([]byte, error)
	// Open returns a file of a release from offset on. An offset beyond the file's end is ErrMismatch: the
	// file is shorter than whoever asks was promised. A negative one is an error.
	Open(ctx context.Context, name, version, file string, offset int64) (io.ReadCloser, error)
}

// A Lister is a target that can say which releases it has, those that were withdrawn among them.
type Lister interface {
	// Names returns the names of the datasets of which the target has a release, sorted.
	Names(ctx context.Context) ([]string, error)
	// Versions returns the published versions of a dataset, oldest first by semantic versioning.
	// A dataset that is not there has none. Where the whole target is not there, the error may be
	// ErrNotFound.
	Versions(ctx context.Context, name string) ([]string, error)
}

// A Withdrawer is a target that releases can be withdrawn from.
type Withdrawer interface {
	// Withdraw marks the published release that w names as withdrawn, and then deletes its files; its
	// manifest.json and w stay. Once it is marked, nobody fetches it, also where the deletion is cut
	// short; calling it again carries on, and keeps what the first call said. What it returns is what stays:
	// w, or what an earlier call said. The error is ErrNotFound where there is no such release.
	Withdraw(ctx context.Context, w catalog.Withdrawal) (catalog.Withdrawal, error)
	// Withdrawal returns what was said when a release was withdrawn; nil where it was not, and ErrNotFound
	// where there is no such release.
	Withdrawal(ctx context.Context, name, version string) (*catalog.Withdrawal, error)
}

// A Planner is a target that can say what publishing a release would do, without doing any of it.
type Planner interface {
	// Plan returns what a publication of r would do. It needs no more than read access. The errors are
	// those of Publisher.Draft: ErrPublished where nothing would be done.
	Plan(ctx context.Context, r Release) (Plan, error)
}

// A Plan is what a publication would do.
type Plan struct {
	// Place says where the release would appear.
	Place string
	// Resumes names the draft of an earlier publication that would be carried on with; empty if there is
	// none.
	Resumes string
	// Send are the files that would be sent.
	Send []catalog.File
	// Remarks are what may turn out otherwise, and why, in sentences.
	Remarks []string
}

// Withdrawn returns the error that says that a release was withdrawn, and why.
func Withdrawn(w *catalog.Withdrawal) error {
	return fmt.Errorf("%w on %s: %q", ErrWithdrawn, w.Date, w.Reason)
}
