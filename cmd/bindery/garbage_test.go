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
