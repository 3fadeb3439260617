package parquet

import "fmt"

// A chunk is a column chunk that is being made and written.
type chunk struct {
	entry      chunkEntry
	dictionary []byte
	distinct   int // values of the dictionary
	// pages are those that were made and not written yet; complete says that there will be no more, and begun that
	// its writing has begun.
	pages           []*page
	complete, begun bool
}

// A page is one of a chunk's data pages.
type page struct {
	entries int
	// raw and rest, one behind the other, are the page before compression, and size their length. raw is the
	// encoder's, which makes the next page in it, unless somebody else compresses this one; rest is the record's, or
	// lies behind raw.
	raw, rest []byte
	size      int
	// data is what the file has of raw: in memory that is used for the next page too, so that it moves to held
	// where it is not written before that.
	data []byte
	held pageBuffer
	err  error
	// done is closed when somebody else has compressed it; nil where nobody else does.
	done chan struct{}
}

// worthSharing is how many bytes a page has, before compression, to be worth another goroutine's while: they
// take about 0.3 ms.
const worthSharing = 64 << 10

// mostWaiting is how many pages wait to be written, at most, while somebody else compresses one before them. What
// they take must not depend on when he is done. There are seldom more than four.
const mostWaiting = 16

// addPage makes a page of what e.page has, and rest behind it, and writes what can be written.
func (e *Encoder) addPage(c *chunk, entries int, rest []byte) error {
	p := &page{entries: entries, raw: e.page, rest: rest, size: len(e.page) + len(rest), held: pageBuffer{free: &e.memory.blocks}}
	c.pages = append(c.pages, p)
	e.waiting++
	if e.share(p) {
		return e.write(e.waiting > mostWaiting)
	}
	p.data = p.raw
	if e.codec != nil {
		e.compressed, p.err = compressed(e.codec, e.compressed, p.raw, p.rest)
		p.data = e.compressed
	}
	err := e.write(e.waiting > mostWaiting)
	p.hold()
	return err
}

// hold moves data, if it is not written, into memory that is the page's own.
func (p *page) hold() {
	p.held.write(p.data)
	p.data = nil
}

// share lets somebody who has nothing else to do compress p, if there is anybody. Pages that are not compressed
// are not shared: they need no memory but the encoder's, since all of them are written at once.
func (e *Encoder) share(p *page) bool {
	if e.spare == nil || e.codec == nil || p.size < worthSharing {
		return false
	}
	done := make(chan struct{})
	c, memory := e.codec, e.memory // The task has nothing else of the encoder, which may go on without it.
	if !e.spare(func() { p.compressElsewhere(c, memory, done) }) {
		return false
	}
	p.done = done
	e.page = e.memory.pages.take()
	return true
}

// compressed returns what becomes of a page, in the memory of out if it is enough. Otherwise the codec makes some.
// Where there is a rest, c is a partsCodec.
func compressed(c codec, out, raw, rest []byte) (data []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("compressing a page: %v", r)
		}
	}()
	if len(rest) > 0 {
		return c.(partsCodec).EncodeParts(out[:cap(out)], raw, rest), nil
	}
	return c.Encode(out[:cap(out)], raw), nil
}

// compressElsewhere makes what the file has of p, gives back the memory of raw, and says that it is done.
func (p *page) compressElsewhere(c codec, memory *Memory, done chan struct{}) {
	defer close(done)
	p.data, p.err = compressed(c, memory.compressed.take(), p.raw, p.rest)
	memory.pages.give(p.raw)
	out := p.data
	p.raw, p.rest = nil, nil
	p.hold()
	memory.compressed.give(out)
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

// writeChunk writes what can be written of a chunk, and reports whether that is all. Arrow's writers are not used: with
// those of columns, the narrow record of the benchmarks took 30 ms without compression, and takes 7 in this way, the
// nested one 14 and 5. Those of pages left 30 MB of garbage in a build of 4.5 GB.
func (e *Encoder) writeChunk(c *chunk, wait bool) (done bool, err error) {
	if !c.begun {
		if err := e.beginChunk(c); err != nil {
			return false, err
		}
	}
	for len(c.pages) > 0 {
		p := c.pages[0]
		if !p.ready(wait) {
			return false, nil
		}
		if p.err != nil {
			return false, p.err
		}
		e.writePage(&c.entry, p)
		e.waiting--
		c.pages[0] = nil // It is in the sink, and needs its memory no longer.
		c.pages = c.pages[1:]
	}
	return c.complete, nil
}

// beginChunk writes the chunk's dictionary, if it has one.
func (e *Encoder) beginChunk(c *chunk) error {
	c.begun = true
	if c.entry.how != dictionary {
		c.entry.dataPage = e.sink.position()
		return nil
	}
	c.entry.dictionaryPage = e.sink.position()
	data := c.dictionary
	if e.codec != nil {
		var err error
		if data, err = compressed(e.codec, e.memory.compressed.take(), data, nil); err != nil {
			return err
		}
		defer e.memory.compressed.give(data)
	}
	e.header = appendDictionaryHeader(e.header[:0], len(c.dictionary), len(data), c.distinct)
	e.sink.write(e.header)
	e.sink.write(data)
	c.entry.count(len(e.header), len(c.dictionary), len(data))
	c.entry.dataPage = e.sink.position()
	return nil
}

// writePage writes a data page, and gives back the memory that it had of its own.
func (e *Encoder) writePage(c *chunkEntry, p *page) {
	size := len(p.data) + p.held.size
	e.header = appendDataHeader(e.header[:0], p.size, size, p.entries, inPages[c.how])
	e.sink.write(e.header)
	e.sink.write(p.data)
	for _, block := range p.held.blocks {
		e.sink.write(block)
	}
	p.raw, p.rest, p.data = nil, nil, nil
	p.held.drop()
	c.count(len(e.header), p.size, size)
	c.values += int64(p.entries)
	c.dataPages++
}

// count counts a page that is written, of so many bytes before and after compression.
func (c *chunkEntry) count(header, size, compressed int) {
	c.size += int64(header + size)
	c.compressed += int64(header + compressed)
}
