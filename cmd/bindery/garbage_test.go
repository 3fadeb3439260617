package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

// TestLimitGarbage has much memory in use, and then little again.
func TestLimitGarbage(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	limitGarbage()
	// becomes collects until the percentage is the wanted one: it is set soon after a collection.
	becomes := func(want int, when string) {
		t.Helper()
		got := 0
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
			runtime.GC()
			if got = percent(); got == want {
				return
			}
			time.Sleep(quickly) // These collections are not to look like those of much garbage.
		}
		t.Fatalf("%s, garbage is collected at %d percent of what is in use, not at %d", when, got, want)
	}
	becomes(garbageOfLittle, "at first")
	much := make([]byte, muchMemory)
	becomes(garbageOfMuch, "with much in use")
	runtime.KeepAlive(much)
	much = nil
	becomes(garbageOfLittle, "with little in use")
}

// percent returns how much garbage comes together.
func percent() int {
	set := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(set)
	return int(set[0].Value.Uint64())
}

// Where there is much garbage, it is not collected early any more.
func TestMuchGarbage(t *testing.T) {
	now := time.Now()
	l := garbageLimit{percent: garbageOfLittle}
	collect := func(gap time.Duration, used uint64, want int) {
		t.Helper()
		now = now.Add(gap)
		if l = l.after(now, used); l.percent != want {
			t.Fatalf("%d percent, want %d", l.percent, want)
		}
	}
	for range 2 * manyQuick {
		collect(quickly/2, muchMemory-1, garbageOfLittle)
	}
	for range 3 { // A pause says that there is little.
		collect(time.Second, muchMemory, garbageOfMuch)
		for range manyQuick - 1 {
			collect(quickly-1, muchMemory, garbageOfMuch)
		}
	}
	collect(quickly-1, muchMemory, garbageOfLittle)
	collect(time.Minute, muchMemory, garbageOfLittle)
}
