package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// leastGarbage is how many bytes of garbage come together before it is collected. A build leaves 3 MB for every 450 MB
// of JSON lines, so that it seldom collects, and takes little more than what it uses, however long it runs. It is an
// amount, and not a share of what is in use as Go has it, since a tenth of that would have a build collect 17 times
// while it grows to its size, for 1 % of its time, and half of it a long build take a fifth more memory. Where little is
// in use, it is up to twice as much.
const leastGarbage = 8 << 20

// Where a collection soon after another frees most of what was allowed, there is much garbage, as of shards that are
// Parquet: to collect it early took a fifth more CPU. So more is allowed, up to a share of what is in use.
const (
	soon      = 25 * time.Millisecond
	mostShare = 2 // one half
)

// leastPercent and mostPercent are how much garbage comes together at the least and at the most, in percent of what is
// in use: with 0 percent, and very much in use, a program would do nothing but collect.
const leastPercent, mostPercent = 10, 400

// A garbageLimit is how much garbage comes together, and what it was decided by.
type garbageLimit struct {
	allowed int64 // bytes
	last    collection
}

// A collection is when one has ended, how many bytes it left, and how many were ever allocated.
type collection struct {
	at              time.Time
	used, allocated int64
}

// limitGarbage sets how much garbage comes together, and sets it again after every collection.
func limitGarbage() {
	l := garbageLimit{allowed: leastGarbage}
	debug.SetGCPercent(l.percent())
	l.watch()
}

// watch sets the limit anew after the next collection and those that follow.
func (l garbageLimit) watch() {
	collected := &struct{ _ [4]uint64 }{} // large enough to have memory of its own, so that it is collected by itself
	runtime.AddCleanup(collected, func(l garbageLimit) {
		next := l.after(lastCollection())
		if next.percent() != l.percent() {
			debug.SetGCPercent(next.percent())
		}
		next.watch()
	}, l)
}

// after returns the limit after a collection.
func (l garbageLimit) after(c collection) garbageLimit {
	freed := c.allocated - l.last.allocated - (c.used - l.last.used)
	if c.at.Sub(l.last.at) < soon && freed > l.allowed/2 {
		l.allowed *= 2
	}
	l.allowed = min(l.allowed, max(c.used/mostShare, leastGarbage))
	l.last = c
	return l
}

// percent returns the limit as Go has it: in percent of what is in use.
func (l garbageLimit) percent() int {
	return int(min(max(l.allowed*100/max(l.last.used, 1), leastPercent), mostPercent))
}

// lastCollection returns what the collection that has just ended left.
func lastCollection() collection {
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(samples)
	c := collection{at: time.Now()}
	for i, to := range []*int64{&c.used, &c.allocated} {
		if samples[i].Value.Kind() == metrics.KindUint64 { // or a runtime that does not tell
			*to = int64(samples[i].Value.Uint64())
		}
	}
	return c
}
