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
	limits limits
	at     io.ReaderAt
	size   int64 // of at
	// stream fails with a *Damage where the compressed data is damaged, and with the system's error
	// where the file cannot be read. Once it has failed it stays so.
	stream io.Reader
	// consumed returns how many bytes of the file, as it lies on disk, stream has used up.
	consumed func() int64
	// hold keeps the file open for a chunk that refers to it, until the function it returns is called.
	hold func() (release func())
	// canceled is closed when the context that the shard was opened with ends.
	canceled <-chan struct{}
	close    func() error
}

// reader returns the shard's decoded bytes from their beginning. It is called once.
func (in *input) reader() io.Reader {
	if in.stream != nil {
		return in.stream
	}
	return io.NewSectionReader(in.at, 0, in.size)
}

// columns is a chunk of a columnar format: rows of the file's own types.
type columns struct {
	// records are parts of the chunk, one after the other, of one schema.
	records []arrow.Record
	// first is the number of the chunk's first row in its shard, from 0.
	first int64
}
