package parquet

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/parquet/compress"

	"github.com/bindery-data/bindery/schema"
)

// maxPage is how many bytes of values a page may have: it counts them in 32 bits, and compression can
// make them a little more.
const maxPage = 2_000_000_000

// cuts say where pages end, in bytes of values.
type cuts struct {
	// enough is the size at which a page ends with the row.
	enough int
	// most is the size that no page may have, even within a row.
	most int
}

// firstPage is where the pages of a row group begin in the positions that it knows, as they would in a
// file after its magic. Arrow takes position 0 for none.
const firstPage = 4

// A RowGroup is a record as compressed pages. It does not change, and holds no memory of the record.
type RowGroup struct {
	// CompressedSize is the bytes that the row group takes in a file, but for the footer.
	CompressedSize int64
	// UncompressedSize is the bytes of its pages before compression, with their headers.
	UncompressedSize int64

	rows   int64
	pages  [][]byte // in blocks
	chunks []chunkEntry
	layout *layout
	codec  compress.Compression
	memory *Memory // of the blocks
}

// Rows returns how many rows there are.
func (g *RowGroup) Rows() int64 { return g.rows }

// Release gives the memory of the pages back, for row groups to come. The row group is not to be added to a file any
// more: a file refuses it. One that is not released is left to the garbage collector.
func (g *RowGroup) Release() {
	if g.memory != nil {
		g.memory.blocks.give(g.pages...)
	}
	g.pages, g.chunks, g.memory = nil, nil, nil
}

// An Encoder turns records of one schema into row groups. It is for one goroutine and keeps its memory
// from record to record; what it returns depends on the record alone.
type Encoder struct {
	layout  *layout
	codec   codec // nil where pages are not compressed
	named   compress.Compression
	spare   func(task func()) bool
	cuts    cuts
	columns []column
	buffers []*levelBuffer
	memory  *Memory
	sink    pageBuffer
	// page is a page that is being made, compressed what became of it, header that of one which is being written,
	// and dictionaries are those of the chunks that wait to be written.
	page, compressed, header, dictionaries []byte
	// chunks are those of the record at hand, the first of which are written.
	chunks  []*chunk
	written int
	waiting int // pages that were made and not written yet
}

// NewEncoder returns an encoder for records of s.Arrow(). The error says what is wrong with s or o.
func NewEncoder(s *schema.Schema, o Options) (*Encoder, error) {
	c, err := o.compression()
	if err != nil {
		return nil, err
	}
	l, err := newLayout(s)
	if err != nil {
		return nil, err
	}
	e := &Encoder{layout: l, spare: o.Spare, cuts: cuts{o.pageSize(), maxPage}, named: c.codec, memory: o.Memory}
	if e.memory == nil {
		e.memory = new(Memory)
	}
	if e.codec, err = newCodec(c.codec, e.memory); err != nil {
		return nil, err
	}
	e.columns = newColumns(l.leaves)
	e.sink.free = &e.memory.blocks
	return e, nil
}

// Encode returns rec as one row group; the caller bounds its size by that of rec. A record of another
// schema, a null in a required field, a decimal of too many digits and a row with more than 2 GB in one
// column are errors. A record without rows gives a row group that takes no room in a file.
func (e *Encoder) Encode(rec arrow.Record) (g *RowGroup, err error) {
	defer func() {
		if r := recover(); r != nil {
			g, err = nil, fmt.Errorf("encoding a row group: %v", r)
		}
	}()
	if !rec.Schema().Equal(e.layout.arrow) {
		return nil, fmt.Errorf("encoding a row group: the record's columns are not those of the schema:\n%v\n%v",
			rec.Schema(), e.layout.arrow)
	}
	g = &RowGroup{rows: rec.NumRows(), layout: e.layout, codec: e.named}
	if g.rows == 0 {
		return g, nil
	}
	defer e.reset()
	e.page, e.compressed = e.memory.pages.take(), e.memory.compressed.take()
	for i, root := range e.layout.roots {
		l := levels{n: int(g.rows), present: int(g.rows)}
		if err := e.field(root, rec.Column(i), l, 0); err != nil {
			return nil, err
		}
	}
	if err := e.write(true); err != nil {
		return nil, err
	}
	g.chunks = make([]chunkEntry, len(e.chunks))
	for i, c := range e.chunks {
		g.chunks[i] = c.entry
		g.UncompressedSize += c.entry.size
	}
	g.CompressedSize = int64(e.sink.size)
	g.pages, g.memory = e.sink.take(), e.memory
	return g, nil
}

// reset forgets the chunks of a record, whether they were written or not, and gives back what they do not need any
// more. After an error there may be pages that somebody else still compresses: they may be in the record's memory, which
// is its owner's again when Encode returns.
func (e *Encoder) reset() {
	for _, c := range e.chunks {
		for _, p := range c.pages {
			p.ready(true)
		}
	}
	clear(e.chunks)
	e.chunks, e.written, e.waiting, e.dictionaries = e.chunks[:0], 0, 0, e.dictionaries[:0]
	e.memory.pages.give(e.page)
	e.memory.compressed.give(e.compressed)
	e.page, e.compressed = nil, nil
	e.sink.drop()
}

// field makes the chunks of the columns of n, whose slots are those of arr, at a depth of so many level buffers.
func (e *Encoder) field(n *node, arr arrow.Array, l levels, depth int) error {
	if n.optional {
		l = e.buffer(depth).optional(l, arr)
		depth++
	} else if err := checkRequired(n, arr, l); err != nil {
		return err
	}
	switch arr := arr.(type) {
	case *array.List:
		return e.field(n.children[0], arr.ListValues(), e.buffer(depth).items(l, arr, n.rep), depth+1)
	case *array.Map:
		l = e.buffer(depth).items(l, arr, n.rep)
		if err := e.field(n.children[0], arr.Keys(), l, depth+1); err != nil {
			return err
		}
		return e.field(n.children[1], arr.Items(), l, depth+1)
	case *array.Struct:
		for i, child := range n.children {
			if err := e.field(child, arr.Field(i), l, depth); err != nil {
				return err
			}
		}
		return nil
	}
	if err := e.chunk(n, arr, l); err != nil {
		return fmt.Errorf("encoding field %s: %w", n.field.Path, err)
	}
	return nil
}

// buffer returns the level buffer of a depth.
func (e *Encoder) buffer(depth int) *levelBuffer {
	for depth >= len(e.buffers) {
		e.buffers = append(e.buffers, new(levelBuffer))
	}
	return e.buffers[depth]
}

func checkRequired(n *node, arr arrow.Array, l levels) error {
	if arr.NullN() == 0 {
		return nil
	}
	for k := range l.present {
		if arr.IsNull(l.slot(k)) {
			return fmt.Errorf("encoding field %s: row %d is null, and the field is required", n.field.Path, l.row(l.entry(k)))
		}
	}
	return nil
}

// chunk makes the pages of a column chunk.
func (e *Encoder) chunk(n *node, arr arrow.Array, l levels) error {
	values := e.columns[n.index]
	if err := values.read(arr, &l); err != nil {
		return err
	}
	c := &chunk{entry: chunkEntry{how: values.choose(len(n.field.Enum) > 0, !n.veiled || l.def == nil)}}
	if e.written == len(e.chunks) { // No chunk waits for its dictionary to be written.
		e.dictionaries = e.dictionaries[:0]
	}
	e.chunks = append(e.chunks, c)
	if c.entry.how == dictionary {
		from := len(e.dictionaries)
		e.dictionaries, c.distinct = values.dictionary(e.dictionaries)
		c.dictionary = e.dictionaries[from:]
	}
	if err := e.dataPages(n, values, &l, c); err != nil {
		return err
	}
	c.entry.nulls = int64(l.n - l.present)
	c.entry.low, c.entry.high = bounds(values)
	c.complete = true
	return e.write(false)
}

// dataPages makes the pages of a chunk: levels and values.
func (e *Encoder) dataPages(n *node, values column, l *levels, c *chunk) error {
	descr := e.layout.parquet.Column(n.index)
	value := 0
	for start := 0; start < l.n; {
		end, valueEnd := pageEnd(values, l, e.cuts.enough, start, value)
		if values.size(value, valueEnd) > e.cuts.most {
			return fmt.Errorf("row %d has more than %d bytes in this column, which is the most that a page holds: split it",
				l.row(end-1), e.cuts.most)
		}
		text, stays := rest(values, value, valueEnd)
		apart := e.apart(text, end-start)
		size := values.size(value, valueEnd)
		if apart && stays {
			size -= len(text)
		}
		e.page = roomFor(e.page, pageRoom(end-start, size))
		e.page = l.appendLevels(e.page, start, end, int(descr.MaxDefinitionLevel()), int(descr.MaxRepetitionLevel()))
		e.page = values.append(e.page, value, valueEnd)
		switch {
		case !apart:
			e.page, text = append(e.page, text...), nil
		case !stays: // It is compressed in two parts wherever it lies.
			head := len(e.page)
			e.page = append(e.page, text...)
			e.page, text = e.page[:head], e.page[head:]
		}
		if err := e.addPage(c, end-start, text); err != nil {
			return err
		}
		look(values, valueEnd)
		start, value = end, valueEnd
	}
	return nil
}

// longText is how many bytes of text a page has for every entry, at least, for levels and lengths to be next to nothing
// beside it: then no matches have to be looked for in them, and the text is compressed where it lies. To copy it took 2 %
// of a build of long text.
const longText = 64

// apart reports whether so much text stays apart from the levels and lengths of a page with so many entries.
func (e *Encoder) apart(text []byte, entries int) bool {
	_, able := e.codec.(partsCodec)
	return able && len(text) >= longText*entries
}

// pageRoom is about what a page of so many entries, and values of so many bytes, takes at most: for levels and
// differences there is a little more than they may take where nearly all of the page is text.
func pageRoom(entries, values int) int { return values + values/64 + entries }
