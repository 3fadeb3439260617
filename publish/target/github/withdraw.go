package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	gh "github.com/google/go-github/v62/github"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

// maxWithdrawal is more bytes than a WITHDRAWN.json can have.
const maxWithdrawal = 64 << 10

// Withdraw adds WITHDRAWN.json to a release, says on its page what it says, and then deletes the other
// assets but manifest.json. The tag and the release stay, so that the version is never published again. It
// returns what WITHDRAWN.json says.
func (t *Target) Withdraw(ctx context.Context, w catalog.Withdrawal) (catalog.Withdrawal, error) {
	if err := errors.Join(ctx.Err(), w.Check()); err != nil {
		return catalog.Withdrawal{}, err
	}
	key := [2]string{w.Name, w.Version}
	if !t.occupy(key) {
		return catalog.Withdrawal{}, fmt.Errorf("withdraw %s %s from %s: %w", w.Name, w.Version, t, target.ErrBusy)
	}
	defer t.leave(key)
	stays, err := t.withdraw(ctx, w)
	if err != nil {
		return catalog.Withdrawal{}, fmt.Errorf("withdraw %s %s from %s: %w", w.Name, w.Version, t, t.explain(err))
	}
	return stays, nil
}

func (t *Target) withdraw(ctx context.Context, w catalog.Withdrawal) (catalog.Withdrawal, error) {
	repo, err := t.repository(ctx)
	if err != nil {
		return catalog.Withdrawal{}, err
	}
	if err := t.mayWrite(repo); err != nil {
		return catalog.Withdrawal{}, err
	}
	r, err := t.published(ctx, w.Name, w.Version)
	if err != nil {
		return catalog.Withdrawal{}, err
	}
	if r == nil {
		return catalog.Withdrawal{}, target.ErrNotFound
	}
	d := &draft{t: t, id: r.GetID(), public: true, dropped: make(map[int64]bool)}
	if r.Assets, err = d.relist(ctx); err != nil {
		return catalog.Withdrawal{}, err
	}
	said, err := t.withdrawalOf(ctx, r)
	if err != nil && !errors.Is(err, target.ErrDamaged) {
		return catalog.Withdrawal{}, err
	}
	if said == nil {
		said = &w
		text := w.Marshal()
		if err := d.store(ctx, catalog.Describe(catalog.WithdrawalName, catalog.RoleDocument, text), target.Bytes(text)); err != nil {
			return catalog.Withdrawal{}, err
		}
	}
	return *said, d.empty(ctx, r, *said)
}

// empty says on a release's page that it was withdrawn, and deletes all assets but those that stay.
func (d *draft) empty(ctx context.Context, r *release, said catalog.Withdrawal) error {
	m, _ := readMarker(r.GetBody())
	body := &gh.RepositoryRelease{TagName: r.TagName, TargetCommitish: r.TargetCommitish, Body: gh.String(withdrawnText(said, m.Manifest))}
	if _, err := d.t.call(ctx, http.MethodPatch, d.t.path("/releases/%d", d.id), body, new(release)); err != nil {
		return err
	}
	for wait, tries := writeEvery, 0; ; wait, tries = 2*wait, tries+1 {
		assets, err := d.relist(ctx)
		if err != nil {
			return err
		}
		left := 0
		for _, a := range assets {
			if name := a.GetName(); name == catalog.ManifestName || name == catalog.WithdrawalName {
				continue
			}
			left++
			if err := d.drop(ctx, a); err != nil {
				return err
			}
		}
		if left == 0 {
			return nil
		}
		if tries == 6 {
			return fmt.Errorf("%d files are still listed after they were deleted: withdraw it again", left)
		}
		if err := d.t.o.Clock.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// withdrawalOf returns what an asset of a release says of its withdrawal; nil where there is none. One that
// cannot be read is target.ErrDamaged.
func (t *Target) withdrawalOf(ctx context.Context, r *release) (*catalog.Withdrawal, error) {
	a := r.asset(catalog.WithdrawalName)
	if a == nil || a.GetState() != "uploaded" {
		return nil, nil
	}
	body, err := t.openAsset(ctx, a, 0)
	if err != nil {
		return nil, err
	}
	return parseWithdrawal(readAll(body, catalog.WithdrawalName, maxWithdrawal))
}

func parseWithdrawal(text []byte, err error) (*catalog.Withdrawal, error) {
	if err != nil {
		return nil, err
	}
	w, err := catalog.ParseWithdrawal(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", target.ErrDamaged, err)
	}
	return w, nil
}

// Withdrawal returns what was said when a release was withdrawn.
func (t *Target) Withdrawal(ctx context.Context, name, version string) (*catalog.Withdrawal, error) {
	if err := validRelease(name, version); err != nil {
		return nil, fmt.Errorf("%w: %w", target.ErrNotFound, err)
	}
	if _, err := t.resolve(ctx, name, version); err != nil {
		return nil, fmt.Errorf("look for %s %s in %s: %w", name, version, t, err)
	}
	w, err := parseWithdrawal(t.read(ctx, name, version, catalog.WithdrawalName, maxWithdrawal))
	if errors.Is(err, target.ErrNotFound) {
		return nil, nil
	}
	return w, err
}
