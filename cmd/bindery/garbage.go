package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How much garbage comes together before it is collected, in percent of the memory in use: much of it where little
// is in use, since a program that begins would collect at every step that it grows; little where much is in use. A
// build leaves 3 MB of it for every 450 MB of JSON lines, so that it collects about once a second, and takes little
// more than what it uses, however long it runs. With 50 percent throughout, ten times the data took a fifth more
// memory; with 10 throughout, the release of a small dataset took a quarter more time.
const (
	garbageOfLittle = 50
	garbageOfMuch   = 10
	muchMemory      = 32 << 20 // bytes
)

// Where many collections follow each other quickly, there is much garbage, as of shards that are Parquet: to collect
// it early took a fifth more CPU. A build that grows to its size has about six such collections.
const (
	quickly   = 25 * time.Millisecond
	manyQuick = 10
)

// A garbageLimit is how much garbage comes together, and what it was decided by.
type garbageLimit struct {
	percent int
	last    time.Time // the collection before
	quick   int       // collections that followed each other quickly, with much memory in use
}

// limitGarbage sets how much garbage comes together, and sets it again after every collection.
func limitGarbage() {
	debug.SetGCPercent(garbageOfLittle)
	garbageLimit{percent: garbageOfLittle}.watch()
}

// watch sets the percentage anew after the next collection and those that follow.
func (l garbageLimit) watch() {
	collected := &struct{ _ [4]uint64 }{} // large enough to have memory of its own, so that it is collected by itself
	runtime.AddCleanup(collected, func(l garbageLimit) {
		next := l.after(time.Now(), memoryInUse())
		if next.percent != l.percent {
			debug.SetGCPercent(next.percent)
		}
		next.watch()
	}, l)
}

// after returns the limit after a collection that left so many bytes.
func (l garbageLimit) after(now time.Time, used uint64) garbageLimit {
	gap := now.Sub(l.last)
	l.last = now
	switch {
	case l.quick == manyQuick: // It stays so.
	case l.percent == garbageOfMuch && gap < quickly:
		l.quick++
	default:
		l.quick = 0
	}
	l.percent = garbageOfLittle
	if used >= muchMemory && l.quick < manyQuick {
		l.percent = garbageOfMuch
	}
	return l
}

// memoryInUse returns how many bytes the last collection left.
func memoryInUse() uint64 {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	if live[0].Value.Kind() != metrics.KindUint64 {
		return 0 // A runtime that does not tell.
	}
	return live[0].Value.Uint64()
}
