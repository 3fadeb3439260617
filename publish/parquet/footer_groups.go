package parquet

import (
	"encoding/binary"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
)

// A chunkEntry is what a footer says of a column chunk.
type chunkEntry struct {
	how encoding
	// dictionaryPage and dataPage are where its first pages begin. It has no dictionary where the former is 0.
	dictionaryPage, dataPage int64
	dataPages                int
	// values counts its entries, and nulls those without a value.
	values, nulls int64
	// size and compressed are the bytes of its pages, with their headers, before and after compression.
	size, compressed int64
	// low and high are the least and the greatest value, in memory of their own; nil where the footer has none.
	low, high []byte
}

// start is where the chunk begins.
func (c *chunkEntry) start() int64 {
	if c.dictionaryPage > 0 {
		return c.dictionaryPage
	}
	return c.dataPage
}

// appendRowGroup appends what the footer says of g, the file's row group of that number (parquet.thrift, RowGroup),
// whose positions are so far behind those it knows. It is what Arrow would write, to whom each row group is a footer
// of its own, with schema and all: 35 KB of garbage.
func appendRowGroup(b []byte, g *RowGroup, number int, shift int64) []byte {
	b = appendListHead(append(b, nextField|compactList), len(g.chunks), compactStruct) // columns
	for i := range g.chunks {
		b = appendColumnChunk(b, g.layout.parquet.Column(i), g.codec, &g.chunks[i], shift)
	}
	b = appendI64(b, 1, g.UncompressedSize)
	b = appendI64(b, 1, g.rows)
	b = appendI64(b, 2, g.chunks[0].start()+shift) // file_offset, behind sorting_columns
	b = appendI64(b, 1, g.CompressedSize)
	b = append(b, nextField|compactI16) // ordinal
	return append(binary.AppendVarint(b, int64(number)), 0)
}

// A described column is one of parquet's schema.
type described interface {
	PhysicalType() parquet.Type
	ColumnPath() parquet.ColumnPath
}

// appendColumnChunk appends ColumnChunk and its ColumnMetaData.
func appendColumnChunk(b []byte, column described, codec compress.Compression, c *chunkEntry, shift int64) []byte {
	b = appendI64(b, 2, 0) // file_offset: where a copy of the metadata would be, which the format has given up
	b = append(b, nextField|compactStruct)
	b = appendI32(b, int(column.PhysicalType()))
	b = c.appendEncodings(append(b, nextField|compactList))
	path := column.ColumnPath()
	b = appendListHead(append(b, nextField|compactList), len(path), compactBinary)
	for _, name := range path {
		b = append(binary.AppendUvarint(b, uint64(len(name))), name...)
	}
	b = appendI32(b, int(codec))
	b = appendI64(b, 1, c.values)
	b = appendI64(b, 1, c.size)
	b = appendI64(b, 1, c.compressed)
	b = appendI64(b, 2, c.dataPage+shift) // behind key_value_metadata
	toStatistics := byte(3)
	if c.dictionaryPage > 0 {
		b = appendI64(b, 2, c.dictionaryPage+shift) // behind index_page_offset
		toStatistics = 1
	}
	b = c.appendStatistics(append(b, toStatistics*nextField|compactStruct))
	b = c.appendPageCounts(append(b, nextField|compactList))
	return append(b, 0, 0)
}

// appendEncodings appends those of values, dictionary and levels.
func (c *chunkEntry) appendEncodings(b []byte) []byte {
	all := []parquet.Encoding{inPages[c.how], parquet.Encodings.RLE}
	if c.how == dictionary {
		all = []parquet.Encoding{inPages[c.how], parquet.Encodings.Plain, parquet.Encodings.RLE}
	}
	b = appendListHead(b, len(all), compactI32)
	for _, e := range all {
		b = binary.AppendVarint(b, int64(e))
	}
	return b
}

// appendStatistics appends Statistics, without the members of which no order is known.
func (c *chunkEntry) appendStatistics(b []byte) []byte {
	b = appendI64(b, 3, c.nulls)
	if c.low != nil {
		b = appendBinary(b, 2, c.high) // max_value, behind distinct_count
		b = appendBinary(b, 1, c.low)
	}
	return append(b, 0)
}

// appendPageCounts appends a list of PageEncodingStats.
func (c *chunkEntry) appendPageCounts(b []byte) []byte {
	kinds := 1
	if c.how == dictionary {
		kinds = 2
	}
	b = appendListHead(b, kinds, compactStruct)
	if c.how == dictionary {
		b = appendPageCount(b, dictionaryPage, parquet.Encodings.Plain, 1)
	}
	return appendPageCount(b, dataPage, inPages[c.how], c.dataPages)
}

func appendPageCount(b []byte, typ int, how parquet.Encoding, pages int) []byte {
	b = appendI32(b, typ)
	b = appendI32(b, int(how))
	return append(appendI32(b, pages), 0)
}
