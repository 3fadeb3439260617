package parquet

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/metadata"
)

// A chunk is a column chunk that is being made and written.
type chunk struct {
	column     int
	how        encoding
	dictionary []byte
	distinct   int // values of the dictionary
	// pages are those that were made and not written yet; complete says that there will be no more.
	pages      []*page
	complete   bool
	statistics metadata.EncodedStatistics
	// meta is what the footer has of it, from when its writing begins, at start.
	meta  *metadata.ColumnChunkMetaDataBuilder
	start int
}

// A page is one of a chunk's data pages.
type page struct {
	entries int
	// raw is the page before compression, and size its length. It is the encoder's, which makes the next page
	// in it, unless somebody else compresses this one.
	raw  []byte
	size int
	// data is what the file has of raw. The encoder's memory for it, too, is used again for the next page.
	data []byte
	err  error
	// done is closed when somebody else has compressed it; nil where nobody else does.
	done chan struct{}
}

// worthSharing is how many bytes a page has, before compression, to be worth another goroutine's while: they
// take about 0.3 ms.
const worthSharing = 64 << 10

// addPage makes a page of what e.page has, and writes what can be written.
func (e *Encoder) addPage(c *chunk, entries int) error {
	p := &page{entries: entries, raw: e.page, size: len(e.page)}
	c.pages = append(c.pages, p)
	if e.share(p) {
		return e.write(false)
	}
	p.compress(e.codec, e.compressed)
	if e.codec != nil {
		e.compressed = p.data
	}
	err := e.write(false)
	if len(c.pages) > 0 { // It has to wait for one before it.
		p.data = bytes.Clone(p.data)
	}
	return err
}

// share lets somebody who has nothing else to do compress p, if there is anybody.
func (e *Encoder) share(p *page) bool {
	if e.spare == nil || e.codec == nil || p.size < worthSharing {
		return false
	}
	p.done = make(chan struct{})
	codec := e.codec // The task has nothing else of the encoder, which may go on without it.
	if !e.spare(func() { p.compressElsewhere(codec) }) {
		p.done = nil
		return false
	}
	e.page = *elsewhere.Get().(*[]byte)
	return true
}

// compress makes data, in the memory of out if it is enough.
func (p *page) compress(codec compress.Codec, out []byte) {
	if codec == nil {
		p.data = p.raw
		return
	}
	defer func() {
		if r := recover(); r != nil {
			p.err = fmt.Errorf("compressing a page: %v", r)
		}
	}()
	p.data = codec.Encode(out[:cap(out)], p.raw) // Where there is too little room, the codec makes some.
}

// elsewhere is memory for pages, and for what becomes of them, where it is not an encoder's.
var elsewhere = sync.Pool{New: func() any { return new([]byte) }}

// compressElsewhere makes data, in memory of its own, and says that it is done.
func (p *page) compressElsewhere(codec compress.Codec) {
	defer close(p.done)
	out := elsewhere.Get().(*[]byte)
	p.compress(codec, *out)
	if p.err == nil {
		*out, p.data = p.data, bytes.Clone(p.data)
	}
	elsewhere.Put(out)
	raw := p.raw // apart from the page, which the pool would keep alive with what it was compressed to
	p.raw = nil
	elsewhere.Put(&raw)
}

// ready reports whether p can be written. It can where it may wait for that.
func (p *page) ready(wait bool) bool {
	switch {
	case p.done == nil:
	case wait:
		<-p.done
	default:
		select {
		case <-p.done:
		default:
			return false
		}
	}
	return true
}

// write writes the pages that were made, in their order, up to the first that somebody else still compresses;
// or all of them, waiting for it.
func (e *Encoder) write(wait bool) error {
	for ; e.written < len(e.chunks); e.written++ {
		if done, err := e.writeChunk(e.chunks[e.written], wait); err != nil || !done {
			return err
		}
	}
	return nil
}

// writeChunk writes what can be written of a chunk, and reports whether that is all. Arrow makes the pages'
// headers and the metadata. Its writers of columns are not used: with them, the narrow record of the benchmarks
// took 30 ms without compression, and takes 7 in this way, the nested one 14 and 5.
func (e *Encoder) writeChunk(c *chunk, wait bool) (done bool, err error) {
	if c.meta == nil {
		if err := e.beginChunk(c); err != nil {
			return false, err
		}
	}
	for len(c.pages) > 0 {
		p := c.pages[0]
		if !p.ready(wait) {
			return false, nil
		}
		if err := e.writePage(p, inPages[c.how]); err != nil {
			return false, err
		}
		c.pages[0] = nil // It is in the sink, and needs its memory no longer.
		c.pages = c.pages[1:]
	}
	if !c.complete {
		return false, nil
	}
	return true, e.endChunk(c)
}

func (e *Encoder) beginChunk(c *chunk) error {
	props := e.props[c.how]
	c.meta, c.start = metadata.NewColumnChunkMetaDataBuilder(props, e.layout.parquet.Column(c.column)), e.sink.size
	err := e.pager.Reset(&e.sink, props.Compression(), compress.DefaultCompressionLevel, c.meta, 0, int16(c.column), nil, nil)
	if err != nil || c.how != dictionary {
		return err
	}
	page := file.NewDictionaryPage(memory.NewBufferBytes(c.dictionary), int32(c.distinct), parquet.Encodings.Plain)
	defer page.Release()
	_, err = e.pager.WriteDictionaryPage(page)
	return err
}

func (e *Encoder) writePage(p *page, how parquet.Encoding) error {
	if p.err != nil {
		return p.err
	}
	written := file.NewDataPageV1(memory.NewBufferBytes(p.data), int32(p.entries), how,
		parquet.Encodings.RLE, parquet.Encodings.RLE, int32(p.size))
	defer written.Release()
	_, err := e.pager.WriteDataPage(written)
	return err
}

func (e *Encoder) endChunk(c *chunk) error {
	if err := e.pager.Close(c.how == dictionary, false); err != nil {
		return err
	}
	// Behind the pages Arrow leaves, where it is long, a copy of the chunk's metadata, which the format
	// has given up.
	contents := c.meta.Contents()
	e.sink.truncate(c.start + int(contents.MetaData.TotalCompressedSize))
	contents.FileOffset = 0
	c.meta.SetStats(c.statistics)
	return nil
}
