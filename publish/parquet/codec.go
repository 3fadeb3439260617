package parquet

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/apache/arrow/go/v17/parquet/compress"
	library "github.com/klauspost/compress/zstd"

	"github.com/bindery-data/bindery/publish/parquet/zstd"
)

func init() {
	stock, err := compress.GetCodec(compress.Codecs.Zstd)
	if err != nil {
		panic(err) // Arrow registers it when it is imported.
	}
	compress.RegisterCodec(compress.Codecs.Zstd, &zstdCodec{Codec: stock})
}

// zstdCodec compresses with an encoder of our own, and decompresses no further than the room it is given.
// What it inherits are the streams, which Parquet's pages do not use.
//
// A codec has no errors to return: like Arrow's own, it panics, and whoever encodes or decodes pages
// recovers.
type zstdCodec struct {
	compress.Codec
	encoders freeEncoders
	decoders sync.Pool
}

// freeEncoders are encoders that nobody uses, of 1.1 MB each. In a sync.Pool every collection of garbage would cost
// some of them, and every processor could have one that no other finds.
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

// give keeps an encoder for the next page, but no more of them than can work at a time.
func (f *freeEncoders) give(e *zstd.Encoder) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.free) < runtime.GOMAXPROCS(0) {
		f.free = append(f.free, e)
	}
}

// Encode compresses src into dst.
func (c *zstdCodec) Encode(dst, src []byte) []byte {
	e := c.encoders.take()
	defer c.encoders.give(e)
	return e.Encode(dst[:0], src)
}

// EncodeLevel compresses src into dst; there is one level.
func (c *zstdCodec) EncodeLevel(dst, src []byte, _ int) []byte { return c.Encode(dst, src) }

// Decode decompresses src into dst, which has the room that the page's header promised.
func (c *zstdCodec) Decode(dst, src []byte) []byte {
	if dst == nil {
		return c.Codec.Decode(nil, src)
	}
	d, ok := c.decoders.Get().(*library.Decoder)
	if !ok {
		d = newZstdDecoder()
	}
	defer c.decoders.Put(d)
	out, err := d.DecodeAll(src, dst[:0])
	if err != nil {
		panic(fmt.Errorf("decompressing a page: %w", err))
	}
	return out
}

func newZstdDecoder() *library.Decoder {
	d, err := library.NewReader(nil, library.WithDecoderConcurrency(1), library.WithDecodeAllCapLimit(true))
	if err != nil {
		panic(fmt.Errorf("making a zstd decoder: %w", err))
	}
	return d
}

// CompressBound returns the bytes that n bytes take at most, as zstd.h has it.
func (c *zstdCodec) CompressBound(n int64) int64 {
	const block = 128 << 10
	return n + n>>8 + max(0, block-n)>>11
}
