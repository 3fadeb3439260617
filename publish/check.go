package publish

import (
	"context"
	"errors"

	"github.com/bindery-data/bindery/catalog"
)

// Options are what every pass over the shards can be told. The zero value is ready for use.
type Options struct {
	// Jobs is how many units are worked on at once; 0 means one for each processor. It changes neither
	// what is found nor what is written.
	Jobs int
	// Keep is how many findings of each config, split, code and field the report lists; 0 means 1000.
	// Counts are complete in any case.
	Keep int
	// TempDir is where scratch files go; empty means the system's folder for them. A build has a folder of
	// its own for them, beside the bundle.
	TempDir string
	// Progress is told how far the work is; it may be nil.
	Progress Progress
}

func (o Options) keep() int {
	if o.Keep > 0 {
		return o.Keep
	}
	return 1000
}

// checkUnit is the most that a unit of a check has. Its columns stay in a core's own cache, and what makes a good
// row group does not matter: with the 16 MiB of a build, a check of the benchmark's nested set takes 15 % more
// time, of the others 3 to 8, and twice the memory.
const checkUnit = 2 << 20

// Check reads every record of the declaration's shards and reports what is wrong with them. It writes
// nothing but scratch files. The error is the system's: a report that has findings is no error.
func Check(ctx context.Context, d *catalog.Declaration, o Options) (_ *Report, err error) {
	p, err := newPlan(d, o.TempDir)
	if err != nil {
		return nil, err
	}
	r := newRun(d, p, o)
	r.phase, r.unitSize = PhaseCheck, min(r.unitSize, checkUnit)
	c := newCollector(r, nil)
	defer func() { err = errors.Join(err, c.close()) }()
	if err := r.do(ctx, c); err != nil {
		return nil, err
	}
	if _, err := c.finish(ctx); err != nil {
		return nil, err
	}
	return c.reporter.report(), nil
}
