package github

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	gh "github.com/google/go-github/v62/github"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

// find looks for what there is of a release: the one that is published, or else the drafts, by id. A
// published release is asked for by its tag too, since the list lags behind.
func (t *Target) find(ctx context.Context, r target.Release) (published *release, drafts []*release, err error) {
	tag, m := tagOf(r), r.Manifest
	if published, err = t.byTag(ctx, tag); published != nil || err != nil {
		return published, nil, err // GitHub finds no draft by its tag
	}
	all, err := t.releases(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, found := range all {
		if !found.is(m.Name, m.Version, tag) && found.GetTagName() != tag {
			continue
		}
		// The list may show what was deleted or published since.
		now, err := t.release(ctx, found.GetID())
		switch {
		case err != nil:
			return nil, nil, err
		case now == nil:
		case !now.GetDraft():
			return now, nil, nil
		default:
			drafts = append(drafts, now)
		}
	}
	slices.SortFunc(drafts, func(a, b *release) int { return int(a.GetID() - b.GetID()) })
	return nil, drafts, nil
}

// judgePublished says of a published release that has r's place what it is: ErrPublished where it is r.
func (t *Target) judgePublished(ctx context.Context, p *release, r target.Release) error {
	m, marked := readMarker(p.GetBody())
	if marked && (m.Name != r.Manifest.Name || m.Version != r.Manifest.Version) {
		return fmt.Errorf("%w: the tag %s is that of %s %s: declare another tag under [publish]", target.ErrTaken, p.GetTagName(), m.Name, m.Version)
	}
	assets, err := t.assets(ctx, p.GetID())
	if err != nil {
		return err
	}
	assets = merge(p.Assets, assets)
	p.Assets = assets
	if w, err := t.withdrawalOf(ctx, p); w != nil || err != nil {
		if err == nil {
			err = target.Withdrawn(w)
		}
		return err
	}
	manifest := p.asset(catalog.ManifestName)
	if manifest == nil && !marked {
		return fmt.Errorf("%w: %s has no %s: delete it, or declare another tag under [publish]", target.ErrTaken, p.describe(), catalog.ManifestName)
	}
	wrong, err := t.compare(ctx, assets, r.Files)
	if err != nil {
		return err
	}
	same := marked && m.Manifest == r.Digest() || !marked && !slices.ContainsFunc(wrong, func(d difference) bool { return d.name == catalog.ManifestName })
	switch {
	case !same:
		return fmt.Errorf("%w: %s", target.ErrExists, p.describe())
	case len(wrong) > 0:
		return fmt.Errorf("%w: %s: %s", target.ErrDamaged, p.describe(), list(wrong))
	}
	return target.ErrPublished
}

// A difference is a file of a release that is not as its manifest says, or does not belong to it.
type difference struct {
	name, what string
	there      bool
}

// compare returns how assets differ from files.
func (t *Target) compare(ctx context.Context, assets []*asset, files []catalog.File) ([]difference, error) {
	var wrong []difference
	seen := make(map[string]bool)
	for _, a := range assets {
		f, ours := catalog.FindFile(files, a.GetName())
		if !ours || seen[f.Name] {
			wrong = append(wrong, difference{a.GetName(), "does not belong to it", true})
			continue
		}
		seen[f.Name] = true
		why, err := t.differs(ctx, a, f)
		if err != nil {
			return nil, err
		}
		if why != "" {
			wrong = append(wrong, difference{f.Name, why, true})
		}
	}
	for _, f := range files {
		if !seen[f.Name] {
			wrong = append(wrong, difference{f.Name, "is not there", false})
		}
	}
	return wrong, nil
}

// list names the first few differences.
func list(wrong []difference) string {
	const shown = 5
	var parts []string
	for _, d := range wrong[:min(shown, len(wrong))] {
		parts = append(parts, fmt.Sprintf("%q %s", d.name, d.what))
	}
	if len(wrong) > shown {
		parts = append(parts, fmt.Sprintf("and %d more", len(wrong)-shown))
	}
	return strings.Join(parts, ", ")
}

// differs says what is wrong with an asset that should be f; nothing where it is f. An asset of which
// GitHub has no digest is downloaded and hashed.
func (t *Target) differs(ctx context.Context, a *asset, f catalog.File) (string, error) {
	switch {
	case a.GetState() != "uploaded":
		return fmt.Sprintf("is %q, what a broken upload left", a.GetState()), nil
	case int64(a.GetSize()) != f.Size:
		return fmt.Sprintf("has %d bytes, not %d", a.GetSize(), f.Size), nil
	case a.Digest == nil:
		return t.differsInBytes(ctx, a, f)
	case *a.Digest != "sha256:"+f.SHA256:
		return fmt.Sprintf("has the digest %q, not sha256:%s", *a.Digest, f.SHA256), nil
	}
	return "", nil
}

func (t *Target) differsInBytes(ctx context.Context, a *asset, f catalog.File) (string, error) {
	body, err := t.openAsset(ctx, a, 0)
	if err != nil {
		return "", fmt.Errorf("read %s back, of which GitHub has no digest: %w", f.Name, err)
	}
	_, sum, err := catalog.SumReader(ctx, body, nil)
	if closeErr := body.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return "", fmt.Errorf("read %s back, of which GitHub has no digest: %w", f.Name, err)
	}
	digest := "sha256:" + sum
	a.Digest = &digest
	if sum != f.SHA256 {
		return fmt.Sprintf("has the SHA-256 %s, not %s", sum, f.SHA256), nil
	}
	return "", nil
}

// pick returns the draft to carry on with, nil where there is none, and those that are to be deleted.
// Drafts of other content are refused, and so are several that hold files. Several of the same content of
// which at most one holds files come from a list that lagged behind: one stays, the same whoever picks.
func (t *Target) pick(ctx context.Context, drafts []*release, r target.Release) (kept *release, spare []*release, err error) {
	var full, empty []*release
	for _, d := range drafts {
		if m, ok := readMarker(d.GetBody()); !ok || m.Manifest != r.Digest() {
			return nil, nil, fmt.Errorf("%w: %s has the tag or the version and other content: delete it, or publish that bundle", target.ErrTaken, d.describe())
		}
		assets, err := t.assets(ctx, d.GetID())
		if status(err) == http.StatusNotFound {
			continue // somebody deleted it just now
		}
		if err != nil {
			return nil, nil, err
		}
		if d.Assets = merge(d.Assets, assets); len(d.Assets) > 0 {
			full = append(full, d)
		} else {
			empty = append(empty, d)
		}
	}
	if len(full) > 1 {
		var names []string
		for _, d := range full {
			names = append(names, d.describe())
		}
		return nil, nil, fmt.Errorf("%w: there are several drafts of this release: %s: delete all but one", target.ErrTaken, strings.Join(names, ", "))
	}
	all := append(full, empty...)
	if len(all) == 0 {
		return nil, nil, nil
	}
	return all[0], all[1:], nil
}

// merge joins two lists of the same assets, either of which may lag behind.
func merge(some, more []*asset) []*asset {
	all := slices.Clone(more)
	for _, a := range some {
		if !slices.ContainsFunc(more, func(b *asset) bool { return a.GetID() == b.GetID() }) {
			all = append(all, a)
		}
	}
	return all
}

// choose picks a draft and deletes those that are spare.
func (t *Target) choose(ctx context.Context, drafts []*release, r target.Release) (*release, error) {
	kept, spare, err := t.pick(ctx, drafts, r)
	if err != nil {
		return nil, err
	}
	for _, d := range spare {
		if err := t.removeOfDraft(ctx, d.GetID(), t.path("/releases/%d", d.GetID())); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// create makes a draft. Whether a request that got no answer made one is looked up before another is sent.
func (t *Target) create(ctx context.Context, r target.Release, repo *gh.Repository) (*release, error) {
	body := &gh.RepositoryRelease{
		TagName: gh.String(tagOf(r)), TargetCommitish: gh.String(repo.GetDefaultBranch()),
		Name: gh.String(r.Manifest.Title + " " + r.Manifest.Version), Body: gh.String(text(r)),
		Draft: gh.Bool(true), Prerelease: gh.Bool(catalog.Prerelease(r.Manifest.Version)),
	}
	for p := t.patience(); ; {
		req, err := t.api.NewRequest("POST", t.path("/releases"), body)
		if err != nil {
			return nil, err
		}
		d := new(release)
		if _, err = t.send(ctx, req, d); err == nil {
			return t.settle(ctx, d, r)
		}
		if err := p.again(ctx, err); err != nil {
			return nil, err
		}
		published, drafts, err := t.find(ctx, r)
		if err != nil {
			return nil, err
		}
		if published != nil {
			return nil, t.judgePublished(ctx, published, r)
		}
		if d, err := t.choose(ctx, drafts, r); d != nil || err != nil {
			return d, err
		}
	}
}

// settle waits until the list shows a new draft, so that a run that comes after this one finds it before
// it holds anything. Where somebody made another one at the same time, both go on with the same.
func (t *Target) settle(ctx context.Context, d *release, r target.Release) (*release, error) {
	for wait, tries := writeEvery, 0; tries < 6; wait, tries = 2*wait, tries+1 {
		_, drafts, err := t.find(ctx, r)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(drafts, func(listed *release) bool { return listed.GetID() == d.GetID() }) {
			return t.choose(ctx, drafts, r)
		}
		if err := t.o.Clock.Sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
	return d, nil
}
