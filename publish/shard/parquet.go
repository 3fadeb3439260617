package shard

import (
	"context"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/klauspost/compress/zstd"

	"github.com/bindery-data/bindery/publish/shard/inflate"
	"github.com/bindery-data/bindery/schema"
)

// parquetFormat is Apache Parquet.
//
// Files are decoded here and not by arrow's parquet package, which is not made for files that may be
// hostile or broken: it takes as much memory as a page header or a delta block claims, which ends the
// process without a panic to recover from; it gives zeros for a page of version 2 that is cut short, and
// no rows for BYTE_STREAM_SPLIT; and it does not read LZ4_RAW.
var parquetFormat = Format{
	Name:         "parquet",
	Extensions:   []string{".parquet", ".parq", ".pq"},
	RandomAccess: true,
	split:        splitParquet,
	decoder:      newColumnDecoder,
}

// blockRows is how many rows are looked at together when the end of a chunk is looked for.
const blockRows = 1024

// A parquetSplitter cuts the rows of a Parquet file into chunks.
type parquetSplitter struct {
	in     *input
	footer *parquetFooter
	schema *parquetSchema
	zstd   *zstd.Decoder
	gzip   inflate.Reader

	group   int           // the next row group
	left    int64         // rows of the one that is being read
	leaves  []*leafReader // of it
	columns []*leafColumn // of the chunk that is being made; nil between chunks
	before  []leafSizes   // of the columns of the chunk before
	inChunk int           // rows of it
	size    int64         // bytes of it
	sizes   []int64       // of rows; scratch
	rows    int64         // that were returned
	spent   share
	err     error // what Next returns when the chunk so far is out
}

func splitParquet(in *input, s *schema.Schema) (Splitter, error) {
	footer, end, err := readParquetFooter(in.at, in.size)
	if err != nil {
		return nil, err
	}
	file, err := newParquetSchema(footer.elements)
	if err != nil {
		return nil, err
	}
	if _, findings := newConverter(file.arrow, s); len(findings) > 0 {
		return nil, &Damage{findings}
	}
	if err := footer.check(file.leaves, end); err != nil {
		return nil, err
	}
	spent, err := newShare(in, footer.rows)
	if err != nil {
		return nil, err
	}
	decoder, err := newPageZstd()
	if err != nil {
		return nil, err
	}
	return &parquetSplitter{in: in, footer: footer, schema: file, zstd: decoder, spent: spent}, nil
}

// Next returns the next chunk.
func (p *parquetSplitter) Next(ctx context.Context, want int64) (Chunk, error) {
	want = min(max(want, 1), maxWant)
	if p.columns == nil {
		p.beginChunk()
	}
	for p.size < want && p.err == nil {
		if err := context.Cause(ctx); err != nil {
			return Chunk{}, err
		}
		if p.left == 0 {
			p.err = p.nextGroup()
			continue
		}
		p.err = p.gather(want)
	}
	if p.inChunk == 0 {
		return Chunk{}, p.err
	}
	record, err := p.record()
	p.noteSizes()
	p.columns = nil
	if err != nil {
		p.err = err
		return Chunk{}, err
	}
	c := Chunk{Size: p.size, rows: columns{records: []arrow.Record{record}, first: p.rows}}
	p.rows += int64(p.inChunk)
	c.Consumed = p.spent.until(p.rows)
	return c, nil
}

// beginChunk makes columns with room for as much as those of the chunk before had.
func (p *parquetSplitter) beginChunk() {
	p.columns = make([]*leafColumn, len(p.schema.leaves))
	for i, leaf := range p.schema.leaves {
		p.columns[i] = &leafColumn{leaf: leaf}
		if p.before != nil {
			p.columns[i].grow(p.before[i])
		}
	}
	p.inChunk, p.size = 0, 0
}

func (p *parquetSplitter) noteSizes() {
	p.before = make([]leafSizes, len(p.columns))
	for i, c := range p.columns {
		p.before[i] = leafSizes{c.levels, len(c.fixed), len(c.data), len(c.ends)}
	}
}

// nextGroup begins to read the next row group, or returns io.EOF.
func (p *parquetSplitter) nextGroup() error {
	for _, r := range p.leaves {
		if r.left > 0 || r.pending.levels > 0 {
			return r.pages.broken("it has more values than its row group has rows for")
		}
	}
	if p.group == len(p.footer.groups) {
		p.leaves = nil
		return io.EOF
	}
	g := &p.footer.groups[p.group]
	p.group++
	p.left = g.rows
	p.leaves = make([]*leafReader, len(g.columns))
	for i := range g.columns {
		c := &g.columns[i]
		pages := &pageReader{
			at: p.in.at, pos: c.start(), end: c.start() + c.compressed,
			leaf: p.schema.leaves[i], codec: c.codec, zstd: p.zstd, gzip: &p.gzip,
		}
		p.leaves[i] = newLeafReader(p.schema.leaves[i], pages, c.values)
	}
	return nil
}

// gather moves rows from the row group to the chunk: a block of them, or as many as it takes to have
// want bytes.
func (p *parquetSplitter) gather(want int64) error {
	rows := int(min(blockRows, p.left))
	for _, r := range p.leaves {
		if err := r.fill(rows, want); err != nil {
			return err
		}
		if rows = min(rows, r.rows()); rows == 0 {
			return r.pages.broken("it has fewer records than its row group")
		}
	}
	if cap(p.sizes) < rows {
		p.sizes = make([]int64, blockRows)
	}
	sizes := p.sizes[:rows]
	clear(sizes)
	for _, r := range p.leaves {
		r.rowBytes(sizes)
	}
	taken := 0
	var err error
	for taken < rows && p.size < want {
		if sizes[taken] > p.in.limits.record {
			err = tooLong(p.in.limits)
			break
		}
		p.size += sizes[taken]
		taken++
	}
	for i, r := range p.leaves {
		r.take(taken, p.columns[i])
	}
	p.inChunk += taken
	p.left -= int64(taken)
	return err
}

// record makes a record of the chunk's columns.
func (p *parquetSplitter) record() (record arrow.Record, err error) {
	defer guard("a row group", &err)
	s := assembler{columns: p.columns}
	arrays := make([]arrow.Array, len(p.schema.columns))
	for i, n := range p.schema.columns {
		data, err := s.array(n, 0)
		if err != nil {
			return nil, err
		}
		if data.Len() != p.inChunk {
			return nil, malformed("column %s has %d values in %d rows", schema.Quote(n.name), data.Len(), p.inChunk)
		}
		arrays[i] = array.MakeFromData(data)
	}
	return array.NewRecord(p.schema.arrow, arrays, int64(p.inChunk)), nil
}

// Close closes the file.
func (p *parquetSplitter) Close() error {
	p.zstd.Close()
	return p.in.close()
}
