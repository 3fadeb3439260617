package publish

import (
	"context"
	"sync/atomic"
)

// A shared is where workers leave tasks to those who wait: for a unit, for its text, or for the others when
// there are no more units. Without it, all but one worker are idle while the last unit is compressed, or
// the only one there is. The taker of outcomes leaves tasks to them too.
type shared struct {
	tasks chan func()
	// working counts the workers that may still offer tasks; ended is closed when there are none.
	working atomic.Int64
	ended   chan struct{}
}

func newShared(workers int) *shared {
	s := &shared{tasks: make(chan func()), ended: make(chan struct{})}
	s.working.Store(int64(workers))
	return s
}

// offer reports whether a worker that waits has taken the task.
func (s *shared) offer(task func()) bool {
	select {
	case s.tasks <- task:
		return true
	default:
		return false
	}
}

// finish does what others offer until none of them works any more. A worker calls it once, when there are
// no more units.
func (s *shared) finish(ctx context.Context) error {
	if s.working.Add(-1) == 0 {
		close(s.ended)
	}
	_, _, err := next(ctx, s.ended, s)
	return err
}

// next receives what comes next, or ok = false where nothing does. Until then it does what others offer.
func next[T any](ctx context.Context, from <-chan T, s *shared) (v T, ok bool, err error) {
	for {
		select {
		case v, ok = <-from:
			return v, ok, nil
		case task := <-s.tasks:
			task()
		case <-ctx.Done():
			return v, false, ctx.Err()
		}
	}
}
