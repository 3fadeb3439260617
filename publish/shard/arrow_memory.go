package shard

import (
	"errors"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// arrowMemory is the library's allocator while it reads record batches: it takes memory for whatever
// length a message says that the buffers in it have. Each message is granted so much and no more.
type arrowMemory struct {
	grant int64
	// taken is what was allocated of the grant, and total what was of all grants.
	taken, total int64
}

// renew grants memory for a message of which the library has to read size bytes itself.
func (m *arrowMemory) renew(size int64) { m.taken, m.grant = 0, maxArrowBody+size }

// check refuses a file of which offset bytes hold more than any records do.
func (m *arrowMemory) check(offset int64) error {
	if m.total > freelyInflated && m.total/claimedPerByte > offset {
		return malformed("the record batches claim more bytes than the file can hold")
	}
	return nil
}

var errArrowTooLarge = errors.New("a record batch of more than 2 GiB")

// Allocate makes memory, or panics with errArrowTooLarge: its interface has no error, and whoever calls
// the library recovers.
func (m *arrowMemory) Allocate(size int) []byte {
	if size < 0 || int64(size) > m.grant-m.taken {
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
