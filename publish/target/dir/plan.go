package dir

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bindery-data/bindery/publish/target"
)

// Plan reads what there is of a release and returns what a publication would do. It writes nothing.
func (t *Target) Plan(ctx context.Context, r target.Release) (target.Plan, error) {
	if err := errors.Join(ctx.Err(), r.Check()); err != nil {
		return target.Plan{}, err
	}
	d := t.draft(r)
	published, err := d.published(ctx)
	if err == nil && published {
		err = target.ErrPublished
	}
	if err != nil {
		return target.Plan{}, d.wrap(err)
	}
	plan := target.Plan{Place: "the folder " + d.final}
	if _, err := os.Stat(d.path); err == nil {
		plan.Resumes = "the folder " + d.path
	}
	for _, f := range r.Files {
		right, err := d.holds(ctx, f)
		if err != nil {
			return target.Plan{}, d.wrap(err)
		}
		if !right {
			plan.Send = append(plan.Send, f)
		}
	}
	return plan, nil
}

// draft returns the draft of a release, which begin begins.
func (t *Target) draft(r target.Release) *draft {
	folder, version := filepath.Join(t.path, r.Manifest.Name), r.Manifest.Version
	return &draft{
		t: t, fs: t.fs, release: r,
		final:   filepath.Join(folder, version),
		path:    filepath.Join(folder, fmt.Sprintf(".%s.draft", version)),
		trusted: make(map[string]bool),
	}
}
