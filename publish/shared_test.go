package publish

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/bindery-data/bindery/catalog"
)

func TestShared(t *testing.T) {
	s := newShared(2)
	if s.offer(func() { t.Error("nobody waits, and it was done") }) {
		t.Fatal("nobody waits, and it was taken")
	}
	units := make(chan int)
	got := make(chan int)
	go func() {
		for {
			v, ok, err := next(context.Background(), units, s)
			if err != nil {
				t.Error(err)
			}
			if !ok {
				break
			}
			got <- v
		}
		if err := s.finish(context.Background()); err != nil {
			t.Error(err)
		}
		close(got)
	}()
	done := make(chan bool, 1)
	offer := func() {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); !s.offer(func() { done <- true }); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("nobody takes a task")
			}
		}
		<-done
	}
	offer() // to one who waits for a unit
	units <- 7
	if v := <-got; v != 7 {
		t.Errorf("the unit is %d", v)
	}
	close(units)
	offer() // to one who has nothing left but to wait for the other
	if err := s.finish(context.Background()); err != nil {
		t.Error(err)
	}
	if _, open := <-got; open {
		t.Error("there is another unit")
	}
}

func TestSharedEnds(t *testing.T) {
	s := newShared(2)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.finish(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("finish returned %v", err)
	}
}

// TestWorkersShare holds the workers to it: one offers the pages that it makes, and does not leave when there are no
// more units, but does what others offer.
func TestWorkersShare(t *testing.T) {
	var records strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&records, "{\"text\":\"%d %s\"}\n", i, strings.Repeat("word ", 40))
	}
	d, p := oneShard(t, records.String())
	r := newRun(d, p, Options{Jobs: 2})
	r.encode = true
	units := make(chan *unit, 1)
	f := &feeder{plan: p, unitSize: r.unitSize, ahead: make(chan struct{}, chunksAhead), emit: func(u *unit) error {
		units <- u
		return nil
	}}
	if err := f.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	close(units)

	s := r.shared
	ended := make(chan error)
	go func() { ended <- (&worker{run: r, ahead: f.ahead}).work(t.Context(), units) }()
	select {
	case task := <-s.tasks: // a page
		task()
	case <-time.After(30 * time.Second):
		t.Fatal("it offers no page")
	}
	mine := make(chan struct{})
	for taken := false; !taken; {
		select {
		case task := <-s.tasks:
			task()
		case s.tasks <- func() { close(mine) }: // Only one who waits takes it.
			<-mine
			taken = true
		case err := <-ended:
			t.Fatalf("it left, with %v, while another worker may have tasks for it", err)
		}
	}
	if err := s.finish(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

type takesAll struct{}

func (takesAll) take(context.Context, *unit, *outcome) error { return nil }

// TestProcessorsChange makes a run while the number of processors changes, as it does of itself when a container's limit
// does: the run ends.
func TestProcessorsChange(t *testing.T) {
	d, p := oneShard(t, "{\"text\":\"a\"}\n")
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	r := newRun(d, p, Options{})
	runtime.GOMAXPROCS(2)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := r.do(ctx, takesAll{}); err != nil {
		t.Errorf("the run does not end: %v", err)
	}
}

// oneShard returns the declaration and the plan of a dataset with one shard of texts.
func oneShard(t *testing.T, records string) (*catalog.Declaration, *plan) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"a.jsonl": records, "bindery.toml": `
[dataset]
name = "d"
title = "D"
version = "1.0.0"
date = 2026-11-25
license = "CC0-1.0"
[[splits]]
name = "train"
shards = ["a.jsonl"]
[fields.text]
type = "string"
`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	d, err := catalog.Load(dir, catalog.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlan(d, dir)
	if err != nil {
		t.Fatal(err)
	}
	return d, p
}
