package parquet

import "sync"

// A Memory is where encoders take the memory of pages, and of compression, from, and where it goes when the pages are
// written. What one encoder has left, another takes: together they hold as many buffers as they had in use at one
// time, however long they work, and none that a page of unusual size needed. Unlike a sync.Pool, it is not emptied by
// the garbage collector, to whom what is left of a row group would be garbage in every one of its rounds. The zero
// value is empty; many goroutines may use it at once.
type Memory struct {
	blocks freeBuffers // of row groups
	pages  freeBuffers // before compression
	// compressed is for what becomes of pages. They have lists of their own because they are a quarter of the
	// size: in each other's memory, all would have that of the largest.
	compressed freeBuffers
	encoders   freeEncoders
}

// freeBuffers are buffers that nobody uses.
type freeBuffers struct {
	mu      sync.Mutex
	buffers [][]byte
}

// take returns an empty buffer, or nil where there is none.
func (f *freeBuffers) take() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	last := len(f.buffers) - 1
	if last < 0 {
		return nil
	}
	b := f.buffers[last]
	f.buffers[last] = nil
	f.buffers = f.buffers[:last]
	return b[:0]
}

// mostKept is how many bytes a buffer has, at most, to be kept. A row may have 2 GB, and one buffer after the other
// would grow to it, and be held for the pages of rows that are short.
const mostKept = 4 * DefaultPageSize

// give takes buffers, which their user must not use any more. Those without memory are not worth keeping.
func (f *freeBuffers) give(buffers ...[]byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, b := range buffers {
		if 0 < cap(b) && cap(b) <= mostKept {
			f.buffers = append(f.buffers, b)
		}
	}
}

// pageStep is what the memory of a page is a multiple of, so that a page which is a little larger than those
// before it seldom needs other memory than theirs.
const pageStep = 256 << 10

// roomFor returns memory for a page of about n bytes: that of the page before it, if it is enough.
func roomFor(before []byte, n int) []byte {
	if n <= cap(before) {
		return before[:0]
	}
	return make([]byte, 0, (n+pageStep-1)/pageStep*pageStep)
}
