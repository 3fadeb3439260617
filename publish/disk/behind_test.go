package disk

import (
	"errors"
	"sync/atomic"
	"testing"
)

var errDisk = errors.New("the disk is broken")

// A lazyDisk has on stable storage what was written when a Sync began, and lets the first of them wait for
// what release is sent.
type lazyDisk struct {
	written       atomic.Int64
	stable, syncs int
	// failing is the Sync that fails, from 1.
	failing int
	began   chan int // what has been written when a Sync begins
	release chan struct{}
	closed  bool
}

func newLazyDisk() *lazyDisk {
	return &lazyDisk{began: make(chan int, 100), release: make(chan struct{}, 100)}
}

func (d *lazyDisk) Write(p []byte) (int, error) {
	d.written.Add(int64(len(p)))
	return len(p), nil
}

func (d *lazyDisk) Sync() error {
	written := int(d.written.Load())
	d.began <- written
	<-d.release
	if d.syncs++; d.syncs == d.failing {
		return errDisk
	}
	d.stable = written
	return nil
}

func (d *lazyDisk) Close() error { d.closed = true; return nil }

func TestBehind(t *testing.T) {
	d := newLazyDisk()
	b := &behind{file: d}
	write := func(size int) {
		t.Helper()
		if n, err := b.Write(make([]byte, size)); n != size || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
	}
	write(syncEvery - 1)
	if len(d.began) > 0 {
		t.Error("a sync began early")
	}
	write(1)
	if got := <-d.began; got != syncEvery {
		t.Errorf("a sync began with %d bytes", got)
	}
	d.release <- struct{}{} // The next sync waits for this one.
	write(syncEvery)
	if got := <-d.began; got != 2*syncEvery {
		t.Errorf("a sync began with %d bytes", got)
	}
	d.release <- struct{}{}
	write(5)
	d.release <- struct{}{}
	if err := errors.Join(b.Sync(), b.Close()); err != nil {
		t.Fatal(err)
	}
	if d.stable != 2*syncEvery+5 || !d.closed {
		t.Errorf("%d bytes of %d are stable, closed is %v", d.stable, 2*syncEvery+5, d.closed)
	}
}

// An error of a sync that nobody waits for is not lost: whatever comes next has it.
func TestBehindKeepsErrors(t *testing.T) {
	for _, next := range []struct {
		name string
		do   func(*behind) error
	}{
		{"write", func(b *behind) error { _, err := b.Write(make([]byte, syncEvery)); return err }},
		{"sync", (*behind).Sync},
		{"close", (*behind).Close},
	} {
		t.Run(next.name, func(t *testing.T) {
			d := newLazyDisk()
			d.failing = 1
			for range 3 {
				d.release <- struct{}{}
			}
			b := &behind{file: d}
			if _, err := b.Write(make([]byte, syncEvery)); err != nil {
				t.Fatal(err)
			}
			if err := next.do(b); !errors.Is(err, errDisk) {
				t.Errorf("it returned %v", err)
			}
			if err := b.Sync(); !errors.Is(err, errDisk) {
				t.Errorf("a sync after it returned %v", err)
			}
			if err := b.Close(); !errors.Is(err, errDisk) || !d.closed {
				t.Errorf("closing it returned %v, closed is %v", err, d.closed)
			}
		})
	}
}

// Where the system can begin by itself, nothing is left running, and its errors are kept as those of a sync are.
func TestBehindBegins(t *testing.T) {
	d := newLazyDisk()
	begun := 0
	b := &behind{file: d, begin: func() error {
		if begun++; begun == 3 {
			return errDisk
		}
		return nil
	}}
	for i, want := range []error{nil, nil, errDisk} {
		if n, err := b.Write(make([]byte, beginEvery-1)); n != beginEvery-1 || err != nil || begun != i {
			t.Fatalf("before write %d, the system began %d times: %d, %v", i+1, begun, n, err)
		}
		if n, err := b.Write(make([]byte, 1)); n != 1 || err != want {
			t.Fatalf("write %d returned %d, %v", i+1, n, err)
		}
		if begun != i+1 || len(d.began) > 0 {
			t.Errorf("after write %d, the system began %d times and %d syncs did", i+1, begun, len(d.began))
		}
	}
	for name, do := range map[string]func() error{
		"write": func() error { _, err := b.Write([]byte{1}); return err },
		"sync":  b.Sync,
		"close": b.Close,
	} {
		if err := do(); !errors.Is(err, errDisk) {
			t.Errorf("%s returned %v", name, err)
		}
	}
}
