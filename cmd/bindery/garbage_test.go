package main

import (
	"io"
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
	// becomes collects until the percentage is in between: it is set soon after a collection.
	becomes := func(least, most int, when string) {
		t.Helper()
		got := 0
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
			runtime.GC()
			if got = percent(); least <= got && got <= most {
				return
			}
			time.Sleep(soon) // These collections are not to look like those of much garbage.
		}
		t.Fatalf("%s, garbage is collected at %d percent of what is in use, not at %d to %d", when, got, least, most)
	}
	becomes(50, mostPercent, "at first")
	much := make([]byte, 8*leastGarbage)
	becomes(leastPercent, 12, "with much in use")
	runtime.KeepAlive(much)
	much = nil
	becomes(50, mostPercent, "with little in use")
}

// percent returns how much garbage comes together.
func percent() int {
	set := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(set)
	return int(set[0].Value.Uint64())
}

// TestBuildReturnsMemory waits for the two collections that nothing but the end of a build asks for.
func TestBuildReturnsMemory(t *testing.T) {
	forced := func() uint32 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.NumForcedGC
	}
	before := forced()
	if code := run([]string{"build", "-o", t.TempDir(), "example"}, io.Discard, io.Discard); code != 0 {
		t.Fatalf("the build exits with %d", code)
	}
	for end := time.Now().Add(10 * time.Second); forced() < before+2; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no memory was given back")
		}
	}
}

func TestGarbageLimit(t *testing.T) {
	const mb = 1 << 20
	type step struct {
		gap         time.Duration
		used, freed int64
		want        int64 // bytes that are allowed
		percent     int
	}
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"growth is not garbage", []step{
			{time.Second, 4 * mb, 3 * mb, 8 * mb, 200},
			{soon / 2, 30 * mb, 4 * mb, 8 * mb, 26},
			{soon / 2, 80 * mb, 4 * mb, 8 * mb, 10},
		}},
		{"next to nothing in use", []step{{time.Second, mb, 0, 8 * mb, mostPercent}, {time.Second, 0, 0, 8 * mb, mostPercent}}},
		{"much garbage, up to a share", []step{
			{time.Second, 40 * mb, 8 * mb, 8 * mb, 20},
			{soon - 1, 40 * mb, 8 * mb, 16 * mb, 40},
			{soon - 1, 40 * mb, 8*mb + 1, 20 * mb, 50},
			{soon - 1, 40 * mb, 20 * mb, 20 * mb, 50},
		}},
		{"it stays so, unless less is in use", []step{
			{time.Second, 40 * mb, 8 * mb, 8 * mb, 20},
			{soon - 1, 40 * mb, 8 * mb, 16 * mb, 40},
			{time.Minute, 40 * mb, mb, 16 * mb, 40},
			{time.Minute, 20 * mb, mb, 10 * mb, 50},
			{time.Minute, 2 * mb, mb, 8 * mb, mostPercent},
		}},
		{"very much in use", []step{{time.Second, 400 * mb, mb, 8 * mb, leastPercent}, {time.Second, 4000 * mb, mb, 8 * mb, leastPercent}}},
		{"garbage that took its time", []step{
			{time.Second, 40 * mb, 8 * mb, 8 * mb, 20},
			{soon, 40 * mb, 8 * mb, 8 * mb, 20},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := garbageLimit{allowed: leastGarbage, last: collection{at: time.Now()}}
			for i, s := range c.steps {
				next := collection{
					at:        l.last.at.Add(s.gap),
					used:      s.used,
					allocated: l.last.allocated + s.freed + s.used - l.last.used,
				}
				if l = l.after(next); l.allowed != s.want || l.percent() != s.percent {
					t.Fatalf("after step %d, %d bytes or %d percent are allowed, want %d or %d", i+1, l.allowed, l.percent(), s.want, s.percent)
				}
			}
		})
	}
}
