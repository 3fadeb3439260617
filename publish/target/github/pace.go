package github

import (
	"context"
	"sync"
	"time"
)

// A pace keeps requests within what GitHub allows: those that write a second apart and within 80 a
// minute and 500 an hour, and all of them within 900 points a minute, of which a request that writes
// takes five.
type pace struct {
	clock   Clock
	mu      sync.Mutex
	last    time.Time // of the latest request that writes
	windows []*window
}

// A window counts what happened within the last span.
type window struct {
	span  time.Duration
	limit int
	write bool // counts requests that write alone, one each
	sum   int
	marks []mark
}

type mark struct {
	at     time.Time
	weight int
}

const (
	writeWeight = 5
	writeEvery  = time.Second
)

func newPace(clock Clock) *pace {
	return &pace{clock: clock, windows: []*window{
		{span: time.Minute, limit: 900},
		{span: time.Minute, limit: 80, write: true},
		{span: time.Hour, limit: 500, write: true},
	}}
}

// take waits until a request may be sent, and counts it. Told is told of a wait that is long.
func (p *pace) take(ctx context.Context, write bool, told func(d time.Duration)) error {
	for {
		p.mu.Lock()
		now := p.clock.Now()
		wait := p.wait(now, write)
		if wait <= 0 {
			p.count(now, write)
		}
		p.mu.Unlock()
		if wait <= 0 {
			return ctx.Err()
		}
		if wait > 2*writeEvery {
			told(wait)
		}
		if err := p.clock.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// wait returns how long a request has to wait.
func (p *pace) wait(now time.Time, write bool) time.Duration {
	var wait time.Duration
	if write && !p.last.IsZero() {
		wait = writeEvery - now.Sub(p.last)
	}
	for _, w := range p.windows {
		if weight := w.weight(write); weight > 0 {
			wait = max(wait, w.wait(now, weight))
		}
	}
	return wait
}

func (p *pace) count(now time.Time, write bool) {
	if write {
		p.last = now
	}
	for _, w := range p.windows {
		if weight := w.weight(write); weight > 0 {
			w.marks = append(w.marks, mark{now, weight})
			w.sum += weight
		}
	}
}

func (w *window) weight(write bool) int {
	switch {
	case w.write && !write:
		return 0
	case w.write || !write:
		return 1
	}
	return writeWeight
}

// wait forgets what is older than the span and returns how long it takes until weight fits.
func (w *window) wait(now time.Time, weight int) time.Duration {
	for len(w.marks) > 0 && now.Sub(w.marks[0].at) > w.span {
		w.sum -= w.marks[0].weight
		w.marks = w.marks[1:]
	}
	over := w.sum + weight - w.limit
	for _, m := range w.marks {
		if over <= 0 {
			break
		}
		if over -= m.weight; over <= 0 {
			return w.span - now.Sub(m.at) + time.Millisecond
		}
	}
	return 0
}
