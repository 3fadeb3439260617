// Package target says what a place is that releases are published to and fetched from.
//
// A target is written in one piece: Draft begins a release that nobody sees, Put adds its files, and
// Commit makes all of them visible at once. A release that was committed never changes.
package target

import (
	"context"
	"errors"
	"io"

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
)

// A Publisher is a target that releases can be published to.
type Publisher interface {
	// Draft begins the release that r describes, or carries on with what an earlier, interrupted
	// publication of the very same release left. The error is ErrPublished or ErrExists where the
	// version is out already.
	Draft(ctx context.Context, r Release) (Draft, error)
}

// A Release is what a target needs to know of a bundle to take it.
type Release struct {
	Manifest *catalog.Manifest
	// Files are all files of the release, manifest.json and SHA256SUMS included.
	Files []catalog.File
}

// Digest returns the SHA-256 of the release's manifest.json, which stands for all of its content.
func (r Release) Digest() string {
	for _, f := range r.Files {
		if f.Name == catalog.ManifestName {
			return f.SHA256
		}
	}
	return ""
}

// A Draft is a release that is not visible yet.
type Draft interface {
	// Missing returns the files that are still to be put: those that the draft has not, or not right.
	Missing(ctx context.Context) ([]catalog.File, error)
	// Put stores one file of the release. What content yields is compared with the file's size and
	// digest; on a difference the error is ErrMismatch and nothing is stored under the name.
	Put(ctx context.Context, f catalog.File, content io.Reader) error
	// Commit makes the release visible, whole, or fails with ErrIncomplete. Committing what was
	// committed by someone else meanwhile, with the same content, succeeds.
	Commit(ctx context.Context) error
	// Discard removes the draft.
	Discard(ctx context.Context) error
	// Close lets go of the draft, leaving what it holds for a later Draft to carry on with.
	Close() error
}

// A Source is a target that releases can be fetched from.
type Source interface {
	// Manifest returns the bytes of a release's manifest.json.
	Manifest(ctx context.Context, name, version string) ([]byte, error)
	// Open returns a file of a release from offset on.
	Open(ctx context.Context, name, version, file string, offset int64) (io.ReadCloser, error)
}

// A Lister is a target that can say which versions of a dataset it has.
type Lister interface {
	// Versions returns the published versions of a dataset, oldest first by semantic versioning.
	// A dataset that is not there has none.
	Versions(ctx context.Context, name string) ([]string, error)
}
