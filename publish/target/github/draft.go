package github

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	gh "github.com/google/go-github/v62/github"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

// Draft begins a release, or carries on with the draft that an earlier run left: what that one holds,
// right, is not sent again. Before anything is sent it refuses, with target.ErrRefused, what GitHub would
// not take as it is and a repository that a private dataset must not go to, and with target.ErrDenied a token
// that may not write.
//
// The error is target.ErrTaken where the tag is another's, and where there is a draft of other content:
// it names that draft, and does not touch it.
func (t *Target) Draft(ctx context.Context, r target.Release) (target.Draft, error) {
	if err := errors.Join(ctx.Err(), r.Check()); err != nil {
		return nil, err
	}
	d := &draft{t: t, release: r, key: [2]string{r.Manifest.Name, r.Manifest.Version}, dropped: make(map[int64]bool)}
	if err := checkLimits(r); err != nil {
		return nil, d.wrap(err)
	}
	if !t.occupy(d.key) {
		return nil, d.wrap(target.ErrBusy)
	}
	d.open = true
	if err := d.begin(ctx); err != nil {
		return nil, errors.Join(d.wrap(t.explain(err)), d.Close())
	}
	return d, nil
}

// A draft is a release that is not published yet.
type draft struct {
	t       *Target
	release target.Release
	key     [2]string
	open    bool

	id     int64
	branch string // the repository's default
	// public says that it is no draft but a published release, such as one that is being withdrawn.
	public bool
	// assets are those that the release has, by name, as far as is known.
	assets map[string]*asset
	// dropped are the ids of those that it had.
	dropped map[int64]bool
}

func (d *draft) begin(ctx context.Context) error {
	repo, err := d.t.checkRepository(ctx, d.release)
	if err != nil {
		return err
	}
	if err := d.t.mayWrite(repo); err != nil {
		return err
	}
	published, drafts, err := d.t.find(ctx, d.release)
	if err != nil {
		return err
	}
	if published != nil {
		return d.t.judgePublished(ctx, published, d.release)
	}
	chosen, err := d.t.choose(ctx, drafts, d.release)
	if err == nil && chosen == nil {
		chosen, err = d.t.create(ctx, d.release, repo)
	}
	if err != nil {
		return err
	}
	d.id, d.branch = chosen.GetID(), repo.GetDefaultBranch()
	d.learn(chosen.Assets)
	_, err = d.relist(ctx)
	return err
}

// relist asks anew which assets the release has. What this draft saw or sent before and is not listed now
// stays known: the list lags behind.
func (d *draft) relist(ctx context.Context) ([]*asset, error) {
	assets, err := d.t.assets(ctx, d.id)
	if status(err) == http.StatusNotFound {
		return nil, fmt.Errorf("%w: the draft was deleted meanwhile: publish again", err)
	}
	if err != nil {
		return nil, err
	}
	d.learn(assets)
	return assets, nil
}

func (d *draft) learn(assets []*asset) {
	if d.assets == nil {
		d.assets = make(map[string]*asset, len(assets))
	}
	for _, a := range assets {
		if !d.dropped[a.GetID()] {
			d.assets[a.GetName()] = a
		}
	}
}

// known returns all assets that the draft has, as far as is known, by name.
func (d *draft) known() []*asset {
	return slices.SortedFunc(maps.Values(d.assets), func(a, b *asset) int { return strings.Compare(a.GetName(), b.GetName()) })
}

// Missing compares the draft's assets with the files and returns those that are still to be put. The
// error is target.ErrMismatch where the draft holds what does not belong to the release.
func (d *draft) Missing(ctx context.Context) ([]catalog.File, error) {
	if err := d.usable(ctx); err != nil {
		return nil, err
	}
	if _, err := d.relist(ctx); err != nil {
		return nil, d.wrap(err)
	}
	wrong, err := d.t.compare(ctx, d.known(), d.release.Files)
	if err == nil {
		err = d.strangers(wrong)
	}
	if err != nil {
		return nil, d.wrap(err)
	}
	var missing []catalog.File
	for _, w := range wrong {
		f, _ := d.release.File(w.name)
		missing = append(missing, f)
	}
	return missing, nil
}

// strangers refuses a draft that holds something that is not a file of the release: somebody put it there,
// and it is not deleted unasked.
func (d *draft) strangers(wrong []difference) error {
	theirs := slices.DeleteFunc(slices.Clone(wrong), func(w difference) bool {
		_, ours := d.release.File(w.name)
		return ours
	})
	if len(theirs) == 0 {
		return nil
	}
	return fmt.Errorf("%w: the draft has more than the release: %s: delete it there", target.ErrMismatch, list(theirs))
}

// Put uploads a file, unless the draft has it, right. What a broken upload left under the name is deleted
// first. After every failure the list says what became of the bytes: where they arrived, they are not sent
// again.
func (d *draft) Put(ctx context.Context, f catalog.File, content target.Content) error {
	if err := d.usable(ctx); err != nil {
		return err
	}
	if ours, ok := d.release.File(f.Name); !ok || ours.Size != f.Size || ours.SHA256 != f.SHA256 {
		return d.wrap(fmt.Errorf("%q is not a file of the release", f.Name))
	}
	return d.wrap(d.store(ctx, f, content))
}

// store makes the draft hold f.
func (d *draft) store(ctx context.Context, f catalog.File, content target.Content) error {
	for p := d.t.patience(); ; {
		err := d.attempt(ctx, f, content)
		if err == nil {
			return nil
		}
		if refused := p.again(ctx, err); refused != nil {
			return errors.Join(fmt.Errorf("send %s: %w", f.Name, d.t.explain(refused)), d.tidy(ctx, f, err))
		}
		if err := d.lookFor(ctx, f, err); err != nil {
			return err
		}
	}
}

// lookFor lists the assets after an attempt that failed. Where the bytes may have arrived all the same, a
// list that does not show them is asked a second time: sending them again may take an hour.
func (d *draft) lookFor(ctx context.Context, f catalog.File, failed error) error {
	if _, err := d.relist(ctx); err != nil {
		return err
	}
	if s := status(failed); d.assets[f.Name] != nil || s != 0 && s < 500 {
		return nil
	}
	if err := d.t.o.Clock.Sleep(ctx, writeEvery); err != nil {
		return err
	}
	_, err := d.relist(ctx)
	return err
}

// attempt makes the draft hold f, trying once.
func (d *draft) attempt(ctx context.Context, f catalog.File, content target.Content) error {
	if a := d.assets[f.Name]; a != nil {
		why, err := d.t.differs(ctx, a, f)
		if why == "" || err != nil {
			return err
		}
		if err := d.drop(ctx, a); err != nil {
			return err
		}
	}
	a, err := d.t.upload(ctx, d.id, f, content)
	if hasCode(err, "already_exists") {
		// Bytes of an earlier attempt arrived after all. The list tells whether they are right.
		return &failure{request: "send " + f.Name, err: err, temporary: true}
	}
	if err != nil {
		return err
	}
	if a.GetName() != f.Name {
		return errors.Join(fmt.Errorf("%w: GitHub changed the name to %q", target.ErrRefused, a.GetName()), d.drop(ctx, a))
	}
	d.assets[f.Name] = a
	why, err := d.t.differs(ctx, a, f)
	if why == "" || err != nil {
		return err
	}
	return errors.Join(d.drop(ctx, a),
		&failure{request: "send " + f.Name, err: fmt.Errorf("%w: what GitHub made of it %s", target.ErrMismatch, why), temporary: true})
}

// drop deletes an asset by its id.
func (d *draft) drop(ctx context.Context, a *asset) error {
	path := d.t.path("/releases/assets/%d", a.GetID())
	var err error
	if d.public {
		err = d.t.remove(ctx, path)
	} else {
		err = d.t.removeOfDraft(ctx, d.id, path)
	}
	if err != nil {
		return err
	}
	d.dropped[a.GetID()] = true
	delete(d.assets, a.GetName())
	return nil
}

// tidy deletes what the server may have made of content that was wrong.
func (d *draft) tidy(ctx context.Context, f catalog.File, err error) error {
	var bad *contentError
	if !errors.As(err, &bad) || ctx.Err() != nil {
		return nil
	}
	if _, err := d.relist(ctx); err != nil {
		return err
	}
	if a := d.assets[f.Name]; a != nil {
		return d.drop(ctx, a)
	}
	return nil
}

// Commit lists the assets again, and publishes when they are exactly the manifest's and the repository is
// still one that the release may go to. Then it reads the manifest back as the public sees it.
func (d *draft) Commit(ctx context.Context) error {
	if err := d.usable(ctx); err != nil {
		return err
	}
	repo, err := d.publish(ctx)
	if err != nil {
		return d.wrap(d.t.explain(err))
	}
	if err := d.t.readBack(ctx, d.release, repo.GetPrivate()); err != nil {
		return d.wrap(fmt.Errorf("it is published, and its %s cannot be read back as it was sent: %w", catalog.ManifestName, err))
	}
	return nil
}

// whole returns nil when the list says that the draft holds exactly the release. What it showed before, or
// GitHub took, is waited for.
func (d *draft) whole(ctx context.Context) error {
	for wait, tries := writeEvery, 0; ; wait, tries = 2*wait, tries+1 {
		assets, err := d.relist(ctx)
		if err != nil {
			return err
		}
		wrong, err := d.t.compare(ctx, assets, d.release.Files)
		if len(wrong) == 0 || err != nil {
			return err
		}
		if err := d.strangers(wrong); err != nil {
			return err
		}
		if tries < 6 && !slices.ContainsFunc(wrong, func(w difference) bool { return w.there || d.assets[w.name] == nil }) {
			if err := d.t.o.Clock.Sleep(ctx, wait); err != nil {
				return err
			}
			continue
		}
		if slices.ContainsFunc(wrong, func(w difference) bool { return w.there }) {
			return fmt.Errorf("%w: %s: publish again", target.ErrMismatch, list(wrong))
		}
		return fmt.Errorf("%w: %s", target.ErrIncomplete, list(wrong))
	}
}

// ready returns the repository where the draft is whole and may be made public there.
func (d *draft) ready(ctx context.Context) (*gh.Repository, error) {
	if err := d.whole(ctx); err != nil {
		return nil, err
	}
	return d.t.checkRepository(ctx, d.release)
}

// publish makes the draft public, and returns the repository as it was then. Whether it may be is asked
// before every attempt, and after the wait for it, which may be an hour. Where the answer does not say that
// the draft was made public, the release does.
func (d *draft) publish(ctx context.Context) (*gh.Repository, error) {
	latest := "legacy" // GitHub decides by version and date
	if catalog.Prerelease(d.release.Manifest.Version) {
		latest = "false"
	}
	body := &gh.RepositoryRelease{TagName: gh.String(tagOf(d.release)), TargetCommitish: gh.String(d.branch), Draft: gh.Bool(false), MakeLatest: &latest}
	for p := d.t.patience(); ; {
		if err := d.t.turn(ctx, true); err != nil {
			return nil, err
		}
		repo, err := d.ready(ctx)
		if err != nil {
			return nil, err
		}
		req, err := d.t.api.NewRequest(http.MethodPatch, d.t.path("/releases/%d", d.id), body)
		if err != nil {
			return nil, err
		}
		answer := new(release)
		_, failed := d.t.sendNow(ctx, req, answer)
		if failed != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if answer, err = d.t.release(ctx, d.id); err != nil {
				return nil, errors.Join(failed, err)
			}
		}
		if answer != nil && !answer.GetDraft() && answer.GetTagName() == tagOf(d.release) {
			return repo, nil
		}
		if answer == nil || hasCode(failed, "already_exists") {
			return repo, d.taken(ctx, failed)
		}
		if failed == nil {
			failed = &failure{request: "publish", temporary: true,
				err: fmt.Errorf("GitHub did not publish it under the tag %s (draft %v, tag %q)", tagOf(d.release), answer.GetDraft(), answer.GetTagName())}
		}
		if err := p.again(ctx, failed); err != nil {
			return nil, err
		}
	}
}

// taken says what became of a draft that is gone, or whose tag somebody else published meanwhile.
func (d *draft) taken(ctx context.Context, failed error) error {
	published, err := d.t.byTag(ctx, tagOf(d.release))
	if err != nil {
		return errors.Join(failed, err)
	}
	if published == nil {
		return errors.Join(errors.New("the draft was deleted meanwhile: publish again"), failed)
	}
	err = d.t.judgePublished(ctx, published, d.release)
	if !errors.Is(err, target.ErrPublished) || published.GetID() == d.id {
		return unlessPublished(err)
	}
	return d.t.removeOfDraft(ctx, d.id, d.t.path("/releases/%d", d.id))
}

func unlessPublished(err error) error {
	if errors.Is(err, target.ErrPublished) {
		return nil
	}
	return err
}

// Discard deletes the draft and all that it holds.
func (d *draft) Discard(ctx context.Context) error {
	if err := d.usable(ctx); err != nil {
		return err
	}
	clear(d.assets)
	return d.wrap(d.t.removeOfDraft(ctx, d.id, d.t.path("/releases/%d", d.id)))
}

// Close lets go of the draft, and lets others of the same version begin.
func (d *draft) Close() error {
	if d.open {
		d.open = false
		d.t.leave(d.key)
	}
	return nil
}

func (d *draft) usable(ctx context.Context) error {
	if !d.open {
		return d.wrap(errors.New("the draft is closed"))
	}
	return ctx.Err()
}

func (d *draft) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("publish %s %s to %s: %w", d.key[0], d.key[1], d.t, err)
}
