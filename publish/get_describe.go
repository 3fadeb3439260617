package publish

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

// A SelectionError says that a release does not have what was asked for.
type SelectionError struct {
	// Kind is "config" or "split", and Asked the one that is not there; or both are empty, where no
	// split that was asked for is in a config that was asked for.
	Kind, Asked string
	// There are the configs or splits that the release has; those of each config as CONFIG/SPLIT where
	// Kind is empty.
	There []string
	// Err says why nothing can be asked for in this way; the other fields are empty then. It is set for a
	// name or version that no release can have, and for a version left open where a target has no list.
	Err error
}

// Unwrap returns Err.
func (e *SelectionError) Unwrap() error { return e.Err }

// Error says what there is.
func (e *SelectionError) Error() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	there := strings.Join(e.There, ", ")
	if e.Kind == "" {
		return "nothing is in both a config and a split that was asked for: there is " + there
	}
	return fmt.Sprintf("there is no %s %q: there is %s", e.Kind, e.Asked, there)
}

// describe finds out which release is asked for, and reads its manifest.
func describe(ctx context.Context, from target.Source, o GetOptions) (*download, error) {
	if err := catalog.ValidDatasetName(o.Name); err != nil {
		return nil, &SelectionError{Err: err}
	}
	version, err := resolve(ctx, from, o)
	if err != nil {
		return nil, err
	}
	text, err := from.Manifest(ctx, o.Name, version)
	if err != nil {
		return nil, fmt.Errorf("version %s: %w", version, withVersions(ctx, from, o.Name, err))
	}
	m, err := catalog.ParseManifest(text)
	if err != nil {
		return nil, fmt.Errorf("version %s: %w: its manifest is not whole or breaks a rule: %w", version, target.ErrDamaged, err)
	}
	if m.Name != o.Name || m.Version != version {
		return nil, fmt.Errorf("version %s: %w: the manifest there is that of %s %s", version, target.ErrDamaged, m.Name, m.Version)
	}
	w, err := withdrawal(ctx, from, o.Name, version)
	if err == nil && w != nil {
		err = target.Withdrawn(w)
	}
	if err != nil {
		return nil, fmt.Errorf("version %s: %w", version, err)
	}
	if err := checkSelection(m, o); err != nil {
		return nil, fmt.Errorf("version %s: %w", version, err)
	}
	return &download{from: from, o: o, manifest: m, manifestText: text}, nil
}

// resolve returns the version that is asked for.
func resolve(ctx context.Context, from target.Source, o GetOptions) (string, error) {
	if o.Version != "" {
		if err := catalog.ValidVersion(o.Version); err != nil {
			return "", &SelectionError{Err: err}
		}
		return o.Version, nil
	}
	lister, ok := from.(target.Lister)
	if !ok {
		return "", &SelectionError{Err: errors.New("this target cannot say which versions there are: name one, as in NAME@1.0.0")}
	}
	versions, err := lister.Versions(ctx, o.Name)
	if err != nil {
		return "", err
	}
	versions = slices.DeleteFunc(versions, func(v string) bool { return catalog.ValidVersion(v) != nil })
	slices.SortFunc(versions, newestFirst)
	var withdrawn error
	for _, version := range versions {
		w, err := withdrawal(ctx, from, o.Name, version)
		if w == nil || err != nil {
			return version, err
		}
		if withdrawn == nil {
			withdrawn = fmt.Errorf("version %s: %w", version, target.Withdrawn(w))
		}
	}
	if withdrawn != nil {
		return "", withdrawn
	}
	return "", withNames(ctx, lister, fmt.Errorf("the target has no release of it: %w", target.ErrNotFound))
}

// newestFirst orders versions as they are to be taken: any release before a pre-release, then the later.
func newestFirst(a, b string) int {
	if pa, pb := catalog.Prerelease(a), catalog.Prerelease(b); pa != pb {
		if pa {
			return 1
		}
		return -1
	}
	return catalog.CompareVersions(b, a)
}

// withVersions adds to a not-found error which versions there are, where the target can say.
func withVersions(ctx context.Context, from target.Source, name string, err error) error {
	lister, ok := from.(target.Lister)
	if !ok || !errors.Is(err, target.ErrNotFound) {
		return err
	}
	versions, listErr := lister.Versions(ctx, name)
	if errors.Is(listErr, target.ErrNotFound) {
		return listErr
	}
	if listErr != nil {
		return errors.Join(err, listErr)
	}
	if len(versions) == 0 {
		return withNames(ctx, lister, fmt.Errorf("%w: the target has no release of it", err))
	}
	return fmt.Errorf("%w: there is %s", err, strings.Join(versions, ", "))
}

// maxNamed is how many of a target's datasets an error names.
const maxNamed = 8

// withNames adds to an error which datasets the target has releases of.
func withNames(ctx context.Context, lister target.Lister, err error) error {
	names, listErr := lister.Names(ctx)
	if listErr != nil {
		return errors.Join(err, listErr)
	}
	switch n := len(names); {
	case n == 0:
		return fmt.Errorf("%w: it has none at all", err)
	case n > maxNamed:
		return fmt.Errorf("%w: there are %s and %d more", err, strings.Join(names[:maxNamed], ", "), n-maxNamed)
	}
	return fmt.Errorf("%w: there is %s", err, strings.Join(names, ", "))
}

// checkSelection returns a SelectionError unless the release has every config and split that is asked
// for, and at least one of those splits in one of those configs.
func checkSelection(m *catalog.Manifest, o GetOptions) error {
	var configs, splits, both []string
	chosen := false
	s := catalog.Selection{Configs: o.Configs, Splits: o.Splits}
	for _, c := range m.Splits {
		configs, splits = append(configs, c.Config), append(splits, c.Split)
		both = append(both, c.Config+"/"+c.Split)
		chosen = chosen || s.Takes(catalog.File{Role: catalog.RoleData, Config: c.Config, Split: c.Split})
	}
	if err := contains("config", configs, o.Configs); err != nil {
		return err
	}
	if err := contains("split", splits, o.Splits); err != nil {
		return err
	}
	if !chosen && len(o.Configs)+len(o.Splits) > 0 {
		return &SelectionError{There: both}
	}
	return nil
}

func contains(kind string, there, asked []string) error {
	for _, name := range asked {
		if !slices.Contains(there, name) {
			return &SelectionError{Kind: kind, Asked: name, There: slices.Compact(slices.Sorted(slices.Values(there)))}
		}
	}
	return nil
}
