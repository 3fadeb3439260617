package github

import (
	"context"
	"errors"
	"fmt"

	"github.com/bindery-data/bindery/publish/target"
)

// Plan returns what Draft, Put and Commit would do, from what the token may read. Those who may not write
// to the repository do not see its drafts; a remark says so.
func (t *Target) Plan(ctx context.Context, r target.Release) (target.Plan, error) {
	if err := errors.Join(ctx.Err(), r.Check(), checkLimits(r)); err != nil {
		return target.Plan{}, err
	}
	plan, err := t.plan(ctx, r)
	if err != nil {
		return target.Plan{}, fmt.Errorf("plan %s %s to %s: %w", r.Manifest.Name, r.Manifest.Version, t, t.explain(err))
	}
	return plan, nil
}

func (t *Target) plan(ctx context.Context, r target.Release) (target.Plan, error) {
	repo, err := t.checkRepository(ctx, r)
	if err != nil {
		return target.Plan{}, err
	}
	kind := "public"
	if repo.GetPrivate() {
		kind = "private"
	}
	plan := target.Plan{Place: fmt.Sprintf("the release %s of the %s repository %s", tagOf(r), kind, t), Send: r.Files}
	if err := t.mayWrite(repo); err != nil {
		plan.Remarks = append(plan.Remarks, fmt.Sprintf("It would be refused: %v.", err), "Drafts cannot be seen: one that an earlier publication left would be carried on with.")
	}
	published, drafts, err := t.find(ctx, r)
	if err != nil {
		return target.Plan{}, err
	}
	if published != nil {
		return target.Plan{}, t.judgePublished(ctx, published, r)
	}
	chosen, _, err := t.pick(ctx, drafts, r)
	if chosen == nil || err != nil {
		return plan, err
	}
	wrong, err := t.compare(ctx, chosen.Assets, r.Files)
	if err != nil {
		return target.Plan{}, err
	}
	plan.Resumes, plan.Send = chosen.describe(), nil
	for _, w := range wrong {
		f, ours := r.File(w.name)
		if !ours {
			plan.Remarks = append(plan.Remarks, fmt.Sprintf("It would be refused: the draft has %q, which is no file of the release.", w.name))
			continue
		}
		plan.Send = append(plan.Send, f)
	}
	return plan, nil
}
