package shard

import (
	"io"

	"github.com/apache/arrow/go/v17/arrow"
)

// An input is an opened shard. Either at is set (a plain file, or a compressed one laid out for a
// format that needs random access) or stream is (a compressed file, decoded as it is read).
type input struct {
	spec   Spec
	format *Format
	at     io.ReaderAt
	size   int64 // of at
	stream io.Reader
	// consumed returns how many bytes of the file, as it lies on disk, stream has used up.
	consumed func() int64
	close    func() error
}

// columns is a chunk of a columnar format: rows of the file's own types.
type columns struct {
	record arrow.Record
	// first is the number of the chunk's first row in its shard, from 0.
	first int64
}
