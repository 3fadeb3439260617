package parquet

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/file"
)

// worthSharing is how many bytes a page has, before compression, to be worth another goroutine's while: they
// take about 0.3 ms.
const worthSharing = 64 << 10

// A page is one of a chunk's data pages.
type page struct {
	entries int
	// raw is the page before compression. It belongs to the page where somebody else compresses it, and is
	// the encoder's next page otherwise.
	raw []byte
	// size is how long raw is, data what the file has of it.
	size int
	data []byte
	err  error
	// done is closed when somebody else has compressed it; nil where nobody else does.
	done chan struct{}
}

// newPage compresses what e.page has, or lets somebody who has nothing else to do compress it.
func (e *Encoder) newPage(entries int) *page {
	p := &page{entries: entries, raw: e.page, size: len(e.page)}
	if p.size >= worthSharing && e.codec != nil && e.spare != nil {
		p.done = make(chan struct{})
		if e.spare(func() { p.compress(e.codec); close(p.done) }) {
			e.page = nil
			if last := len(e.free) - 1; last >= 0 {
				e.page, e.free = e.free[last], e.free[:last]
			}
			return p
		}
		p.done = nil
	}
	p.compress(e.codec)
	return p
}

// scratches are memory to compress in.
var scratches = sync.Pool{New: func() any { return new([]byte) }}

// compress makes data, in memory of its own.
func (p *page) compress(codec compress.Codec) {
	if codec == nil {
		p.data = bytes.Clone(p.raw)
		return
	}
	defer func() {
		if r := recover(); r != nil {
			p.err = fmt.Errorf("compressing a page: %v", r)
		}
	}()
	scratch := scratches.Get().(*[]byte)
	defer scratches.Put(scratch)
	*scratch = codec.Encode((*scratch)[:cap(*scratch)], p.raw) // Where there is too little room, the codec makes some.
	p.data = bytes.Clone(*scratch)
}

// write gives the page to Arrow, which makes its header, when it is compressed.
func (e *Encoder) write(p *page, how parquet.Encoding) error {
	if p.done != nil {
		<-p.done
		e.free = append(e.free, p.raw)
	}
	if p.err != nil {
		return p.err
	}
	e.sink.page = p.data
	written := file.NewDataPageV1(memory.NewBufferBytes(p.data), int32(p.entries), how,
		parquet.Encodings.RLE, parquet.Encodings.RLE, int32(p.size))
	defer written.Release()
	_, err := e.pager.WriteDataPage(written)
	return err
}

// A pageSink gathers the pages of a row group. Its positions are those of a file that begins with them.
type pageSink struct {
	// parts are the bytes, in order. More can be appended to the last one if it grows.
	parts [][]byte
	grows bool
	size  int64
	// page is one that nobody else has any more: where it is large, it is a part as it is.
	page []byte
}

// largePart is how many bytes are not worth copying: less is written in one with what is around it.
const largePart = 32 << 10

// Write implements io.Writer.
func (s *pageSink) Write(b []byte) (int, error) {
	s.size += int64(len(b))
	if len(b) >= largePart && len(b) == len(s.page) && &b[0] == &s.page[0] {
		s.parts, s.grows = append(s.parts, b), false
		return len(b), nil
	}
	if !s.grows {
		s.parts, s.grows = append(s.parts, nil), true
	}
	last := &s.parts[len(s.parts)-1]
	*last = append(*last, b...)
	return len(b), nil
}

// Tell returns the position of the next byte.
func (s *pageSink) Tell() int64 { return firstPage + s.size }

// truncate drops what is behind the first so many bytes, which was written after the last page.
func (s *pageSink) truncate(size int64) {
	if excess := int(s.size - size); excess > 0 {
		last := &s.parts[len(s.parts)-1]
		*last = (*last)[:len(*last)-excess]
		s.size = size
	}
}
