package publish

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

// ListOptions say what to list. The zero value is everything.
type ListOptions struct {
	// Name is the dataset's; empty means all of them.
	Name string
	// Version is the only one to list; empty means all of them.
	Version string
	// Parallel is how many releases are looked at at once; 0 means 4.
	Parallel int
}

// A Listed is one release as List describes it.
type Listed struct {
	Name, Version string
	// Manifest is nil where it could not be read as what it should be; Problem says why then.
	Manifest *catalog.Manifest
	Problem  error
	// Withdrawal says that the release was withdrawn; nil if it was not.
	Withdrawal *catalog.Withdrawal
}

// Size returns the bytes of the release's files, without those that describe it.
func (l Listed) Size() int64 {
	if l.Manifest == nil {
		return 0
	}
	return size(l.Manifest.Files)
}

// List returns the releases of a target, by the names of their datasets, and the newest version of each
// first. Those that were withdrawn are among them. A manifest that cannot be read is no error of List.
func List(ctx context.Context, from interface {
	target.Source
	target.Lister
}, o ListOptions) ([]Listed, error) {
	names := []string{o.Name}
	if o.Name == "" {
		var err error
		if names, err = from.Names(ctx); err != nil {
			return nil, err
		}
	}
	var all []Listed
	for _, name := range names {
		versions, err := from.Versions(ctx, name)
		if err != nil {
			return nil, err
		}
		for _, version := range slices.Backward(versions) {
			if o.Version == "" || o.Version == version {
				all = append(all, Listed{Name: name, Version: version})
			}
		}
	}
	if o.Parallel <= 0 {
		o.Parallel = 4
	}
	group, looking := errgroup.WithContext(ctx)
	group.SetLimit(o.Parallel)
	for i := range all {
		group.Go(func() error { return all[i].look(looking, from) })
	}
	return all, group.Wait()
}

// look reads what the target has of a release.
func (l *Listed) look(ctx context.Context, from target.Source) error {
	text, err := from.Manifest(ctx, l.Name, l.Version)
	switch {
	case errors.Is(err, target.ErrNotFound), errors.Is(err, target.ErrMismatch):
		l.Problem = err
		return nil
	case err != nil:
		return err
	}
	if l.Manifest, err = catalog.ParseManifest(text); err != nil {
		l.Problem = fmt.Errorf("%w: %w", target.ErrDamaged, err)
	}
	l.Withdrawal, err = withdrawal(ctx, from, l.Name, l.Version)
	if errors.Is(err, target.ErrMismatch) {
		l.Problem, err = err, nil
	}
	return err
}

// withdrawal returns what was said when a release was withdrawn; nil where it was not, or where the target
// has no way to say so.
func withdrawal(ctx context.Context, from target.Source, name, version string) (*catalog.Withdrawal, error) {
	w, ok := from.(target.Withdrawer)
	if !ok {
		return nil, nil
	}
	return w.Withdrawal(ctx, name, version)
}
