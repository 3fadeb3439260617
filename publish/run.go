package publish

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/parquet"
)

// A run is one pass over every shard of a declaration. One goroutine cuts the shards into units,
// workers decode, check and encode them, and one goroutine takes the outcomes in the plan's order, so
// that what a run makes and reports does not depend on how many workers there are.
type run struct {
	plan     *plan
	options  Options
	phase    string // for progress
	unitSize int64
	// encode says that row groups are made, quarantine that records with findings do not stop that.
	encode, quarantine bool
	parquet            parquet.Options
	pages              parquet.Memory
	keepPerBatch       int
	seed               uint64 // of the hashes of keys
	keys               keyMemory
	jobs               int // workers
	shared             *shared
	// duplicates are the records that an earlier pass found to repeat a key.
	duplicates *duplicates
	// rejected counts the records with findings so far.
	rejected atomic.Int64
	// damaged says that a shard could not be read to its end, so that nothing can be written.
	damaged atomic.Bool
}

// A taker is given the outcome of every unit, in order.
type taker interface {
	take(ctx context.Context, u *unit, out *outcome) error
}

func newRun(d *catalog.Declaration, p *plan, o Options) *run {
	jobs := o.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0) // asked once, for it may change
	}
	return &run{plan: p, options: o, unitSize: d.Build.UnitSize, keepPerBatch: o.keep(), seed: rand.Uint64(),
		jobs: jobs, shared: newShared(jobs)}
}

// found counts records that have findings.
func (r *run) found(records int64) { r.rejected.Add(records) }

// wanted reports whether row groups are still worth making: in a build that does not quarantine, one
// finding is enough for nothing to be written.
func (r *run) wanted() bool {
	return !r.damaged.Load() && (r.quarantine || r.rejected.Load() == 0)
}

// do makes the pass. It returns the first error of the system, or the context's.
func (r *run) do(ctx context.Context, t taker) error {
	// Units are queued twice: for the workers, and in order for the taker, which waits for each one's
	// outcome. The second queue bounds how many units are alive; in the first there is at most one whose
	// chunks are still decoded ahead.
	work := make(chan *unit, 1)
	order := make(chan *unit, r.jobs)
	ahead := make(chan struct{}, chunksAhead)
	var taken *unit
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(work)
		defer close(order)
		return (&feeder{plan: r.plan, unitSize: r.unitSize, ahead: ahead, emit: func(u *unit) error {
			if err := send(ctx, order, u); err != nil {
				return err
			}
			return send(ctx, work, u)
		}}).run(ctx)
	})
	for range r.jobs {
		g.Go(func() error { return (&worker{run: r, ahead: ahead}).work(ctx, work) })
	}
	g.Go(func() error {
		for taken = range order {
			out, err := receive(ctx, taken.done)
			if err != nil {
				return err
			}
			if out.err != nil {
				return out.err
			}
			if err := t.take(ctx, taken, out); err != nil {
				return err
			}
		}
		return nil
	})
	if err := g.Wait(); err != nil {
		releaseAll(taken, order)
		return err
	}
	return r.plan.unchanged()
}

// releaseAll gives back what no worker took of units, when nothing works on them any more.
func releaseAll(taken *unit, order <-chan *unit) {
	if taken != nil {
		taken.release()
	}
	for u := range order {
		u.release()
	}
}

func send[T any](ctx context.Context, to chan<- T, v T) error {
	select {
	case to <- v:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func receive[T any](ctx context.Context, from <-chan T) (T, error) {
	select {
	case v := <-from:
		return v, nil
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
