package parquet

import (
	"fmt"
	"sync"

	"github.com/apache/arrow/go/v17/parquet/compress"

	"github.com/bindery-data/bindery/publish/parquet/zstd"
)

// A codec compresses pages, in the memory of dst if its capacity is enough. Like Arrow's codecs, which are some of
// them, it has no errors to return: it panics.
type codec interface {
	Encode(dst, src []byte) []byte
}

// A partsCodec compresses a page that is in two parts, as if they stood one behind the other.
type partsCodec interface {
	EncodeParts(dst, head, body []byte) []byte
}

// newCodec returns what compresses so, with encoders of memory; nil where nothing does.
func newCodec(kind compress.Compression, memory *Memory) (codec, error) {
	switch kind {
	case compress.Codecs.Uncompressed:
		return nil, nil
	case compress.Codecs.Zstd:
		return zstdCodec{&memory.encoders}, nil
	}
	c, err := compress.GetCodec(kind)
	if err != nil {
		return nil, fmt.Errorf("preparing compression: %w", err)
	}
	return c, nil
}

// A zstdCodec compresses with encoders of our own.
type zstdCodec struct{ encoders *freeEncoders }

// Encode compresses src into dst.
func (c zstdCodec) Encode(dst, src []byte) []byte { return c.EncodeParts(dst, nil, src) }

// EncodeParts compresses head and body into dst.
func (c zstdCodec) EncodeParts(dst, head, body []byte) []byte {
	e := c.encoders.take()
	dst = e.EncodeParts(dst[:0], head, body)
	c.encoders.give(e) // One that panics is not used again.
	return dst
}

// freeEncoders are encoders that nobody uses, of 1.4 MB and more each. In a sync.Pool every collection of garbage
// would cost some of them, and every processor could have one that no other finds.
type freeEncoders struct {
	mu   sync.Mutex
	free []*zstd.Encoder
}

func (f *freeEncoders) take() *zstd.Encoder {
	f.mu.Lock()
	defer f.mu.Unlock()
	last := len(f.free) - 1
	if last < 0 {
		return new(zstd.Encoder)
	}
	e := f.free[last]
	f.free[last], f.free = nil, f.free[:last]
	return e
}

func (f *freeEncoders) give(e *zstd.Encoder) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.free = append(f.free, e)
}
