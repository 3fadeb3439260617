package publish

import (
	"context"
	"errors"
	"testing"
	"time"
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
