package github

import (
	"testing"
	"time"

	"github.com/bindery-data/bindery/publish/target/github/githubtest"
)

// TestPace sends as fast as it may, and counts what falls into every minute and every hour.
func TestPace(t *testing.T) {
	clock := new(githubtest.Clock)
	p := newPace(clock)
	type request struct {
		at    time.Time
		write bool
	}
	var all []request
	waits := 0
	for i := range 8000 {
		write := i%4 == 0 && i < 6000 // and at last nothing but requests that read
		if err := p.take(t.Context(), write, func(time.Duration) { waits++ }); err != nil {
			t.Fatal(err)
		}
		all = append(all, request{clock.Now(), write})
	}
	var last time.Time
	for i, r := range all {
		if r.write {
			if r.at.Sub(last) < time.Second {
				t.Fatalf("two requests that write are %s apart", r.at.Sub(last))
			}
			last = r.at
		}
		points, minute, hour := 0, 0, 0
		for j := i; j >= 0 && r.at.Sub(all[j].at) < time.Hour; j-- {
			near := r.at.Sub(all[j].at) < time.Minute
			switch {
			case all[j].write && near:
				points, minute, hour = points+5, minute+1, hour+1
			case all[j].write:
				hour++
			case near:
				points++
			}
		}
		if points > 900 || minute > 80 || hour > 500 {
			t.Fatalf("%d points and %d writes within a minute, %d within an hour", points, minute, hour)
		}
	}
	if took := clock.Passed(); took < 2*time.Hour || took > 3*time.Hour || waits == 0 {
		t.Errorf("1500 writes took %s, with %d long waits", took, waits)
	}
}
