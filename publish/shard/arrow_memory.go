package shard

import (
	"errors"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// arrowMemory is the library's allocator while it reads record batches, each of which is granted so much
// and no more.
type arrowMemory struct {
	// taken is what was allocated since renew, and total what was altogether.
	taken, total int64
}

func (m *arrowMemory) renew() { m.taken = 0 }

var errArrowTooLarge = errors.New("a record batch of more than 2 GiB")

// Allocate makes memory, or panics with errArrowTooLarge: its interface has no error, and whoever calls
// the library recovers.
func (m *arrowMemory) Allocate(size int) []byte {
	if size < 0 || int64(size) > 2*maxArrowBody-m.taken {
		panic(errArrowTooLarge)
	}
	m.taken += int64(size)
	m.total += int64(size)
	return memory.DefaultAllocator.Allocate(size)
}

// Reallocate is Allocate for more.
func (m *arrowMemory) Reallocate(size int, b []byte) []byte {
	if size >= 0 && size <= cap(b) {
		return b[:size]
	}
	grown := m.Allocate(size)
	copy(grown, b)
	return grown
}

// Free does nothing: the garbage collector has the memory.
func (m *arrowMemory) Free([]byte) {}
