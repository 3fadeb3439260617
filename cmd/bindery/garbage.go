package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// How much garbage comes together before it is collected, in percent of the memory in use: much of it where little
// is in use, since a program that begins would collect at every step that it grows; little where much is in use. A
// build leaves 3 MB of it for every 450 MB of text, so that it collects about once a second, and takes little more
// than what it uses, however long it runs. With 50 percent throughout, ten times the data took a fifth more memory;
// with 10 throughout, the release of a small dataset took a quarter more time.
const (
	garbageOfLittle = 50
	garbageOfMuch   = 10
	muchMemory      = 32 << 20 // bytes
)

// limitGarbage sets how much garbage comes together, and sets it again after every collection.
func limitGarbage() {
	debug.SetGCPercent(garbageOfLittle)
	watchMemory(garbageOfLittle)
}

// watchMemory sets the percentage anew, if it is not the one at hand, after the next collection and those that follow.
func watchMemory(percent int) {
	collected := &struct{ _ [4]uint64 }{} // large enough to have memory of its own, so that it is collected by itself
	runtime.AddCleanup(collected, func(percent int) {
		if wanted := garbageFor(memoryInUse()); wanted != percent {
			debug.SetGCPercent(wanted)
			percent = wanted
		}
		watchMemory(percent)
	}, percent)
}

// garbageFor is the percentage where so many bytes are in use.
func garbageFor(used uint64) int {
	if used < muchMemory {
		return garbageOfLittle
	}
	return garbageOfMuch
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
