package shard

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/bindery-data/bindery/publish/shard/inflate"
	"github.com/bindery-data/bindery/schema"
)

// Parquet's page types.
const (
	pageData       = 0
	pageDictionary = 2
	pageDataV2     = 3
)

// Sizes of pages and their headers.
const (
	pageHeaderGuess = 1 << 10
	maxPageHeader   = 16 << 20
	maxPage         = 1 << 30
)

// A pageHeader is a PageHeader, with the members of whichever page it is.
type pageHeader struct {
	kind int32
	// stored is how many bytes the page has, inflated how many it has when it is decompressed.
	stored, inflated int32
	crc              int32
	hasCRC           bool
	values           int32
	encoding         int32
	// Version 1 says how levels are encoded; version 2 how long they are, and whether the values are
	// compressed.
	defEncoding, repEncoding int32
	defLength, repLength     int32
	compressed               bool
	// size is the header's own.
	size int
}

// read reports whether the page is of a kind that is read.
func (h *pageHeader) read() bool {
	return h.kind == pageData || h.kind == pageDictionary || h.kind == pageDataV2
}

// A parquetPage is a page with its parts taken apart.
type parquetPage struct {
	dictionary bool
	values     int // levels, or entries of a dictionary
	encoding   int32
	defs, reps []byte // hybrid runs; nil where the column has no such levels
	data       []byte
}

// A pageReader reads the pages of one column chunk. No two pages share memory.
type pageReader struct {
	at       io.ReaderAt
	pos, end int64
	leaf     *parquetLeaf
	codec    int32
	zstd     *zstd.Decoder
	gzip     *inflate.Reader
	header   []byte
	stored   []byte
}

// next returns the next page that holds data or a dictionary.
func (r *pageReader) next() (*parquetPage, error) {
	for {
		h, err := r.readHeader()
		if err != nil {
			return nil, err
		}
		r.pos += int64(h.size)
		if int64(h.stored) > r.end-r.pos {
			return nil, r.broken("a page claims to be longer than its column")
		}
		at := r.pos
		r.pos += int64(h.stored)
		if h.read() {
			return r.page(h, at)
		}
	}
}

// broken is a damage of the column.
func (r *pageReader) broken(format string, args ...any) *Damage {
	return malformed("column %s: "+format, append([]any{schema.Quote(r.leaf.path)}, args...)...)
}

// readHeader reads a header, of which only the end says how long it is.
func (r *pageReader) readHeader() (*pageHeader, error) {
	for guess := int64(pageHeaderGuess); ; guess *= 8 {
		size := min(guess, r.end-r.pos)
		if size <= 0 {
			return nil, r.broken("it ends before all of its values were there")
		}
		if int64(cap(r.header)) < size {
			r.header = make([]byte, size)
		}
		text := r.header[:size]
		if err := readAt(r.at, text, r.pos); err != nil {
			return nil, err
		}
		t := &thriftReader{b: text}
		h := t.pageHeader()
		if !t.bad {
			h.size = t.at
			return h, r.checkHeader(h)
		}
		if size < guess || guess >= maxPageHeader {
			return nil, r.broken("a page header makes no sense")
		}
	}
}

func (t *thriftReader) pageHeader() *pageHeader {
	h := &pageHeader{kind: -1, inflated: -1, stored: -1, values: -1, encoding: -1, compressed: true}
	t.fields(func(id int16, kind byte) bool {
		switch id {
		case 1:
			return readInt(t, kind, &h.kind)
		case 2:
			return readInt(t, kind, &h.inflated)
		case 3:
			return readInt(t, kind, &h.stored)
		case 4:
			h.hasCRC = true
			return readInt(t, kind, &h.crc)
		case 5, 7, 8:
			if kind != thriftStruct {
				return false
			}
			t.pageKind(h, id)
			return true
		}
		return false
	})
	return h
}

// pageKind reads the header of a data page (5), a dictionary page (7) or a data page of version 2 (8).
func (t *thriftReader) pageKind(h *pageHeader, member int16) {
	t.fields(func(id int16, kind byte) bool {
		switch {
		case id == 1:
			return readInt(t, kind, &h.values)
		case id == 2 && member != 8, id == 4 && member == 8:
			return readInt(t, kind, &h.encoding)
		case id == 3 && member == 5:
			return readInt(t, kind, &h.defEncoding)
		case id == 4 && member == 5:
			return readInt(t, kind, &h.repEncoding)
		case id == 5 && member == 8:
			return readInt(t, kind, &h.defLength)
		case id == 6 && member == 8:
			return readInt(t, kind, &h.repLength)
		case id == 7 && member == 8:
			return readBool(kind, &h.compressed)
		}
		return false
	})
}

func (r *pageReader) checkHeader(h *pageHeader) error {
	if h.inflated < 0 || h.stored < 0 {
		return r.broken("a page header makes no sense")
	}
	if !h.read() {
		return nil
	}
	if h.values < 0 || h.defLength < 0 || h.repLength < 0 {
		return r.broken("a page header makes no sense")
	}
	if h.inflated > maxPage {
		return damage(schema.FormatError,
			fmt.Sprintf("column %s has a page of more than 1 GiB", schema.Quote(r.leaf.path)), "Write the file with smaller pages.")
	}
	return nil
}

// page reads a page's bytes and takes them apart.
func (r *pageReader) page(h *pageHeader, at int64) (*parquetPage, error) {
	if cap(r.stored) < int(h.stored) {
		r.stored = make([]byte, h.stored)
	}
	stored := r.stored[:h.stored]
	if err := readAt(r.at, stored, at); err != nil {
		return nil, err
	}
	if h.hasCRC && crc32.ChecksumIEEE(stored) != uint32(h.crc) {
		return nil, r.broken("a page does not match its checksum")
	}
	p := &parquetPage{dictionary: h.kind == pageDictionary, values: int(h.values), encoding: h.encoding}
	if h.kind == pageDataV2 {
		return p, r.splitV2(p, h, stored)
	}
	data, err := r.inflate(stored, int(h.inflated))
	if err != nil {
		return nil, err
	}
	p.data = data
	if h.kind == pageData {
		return p, r.splitV1(p, h)
	}
	return p, nil
}

// splitV1 takes the levels off a page's data, in which their length comes first.
func (r *pageReader) splitV1(p *parquetPage, h *pageHeader) error {
	cut := func(encoding int32) ([]byte, error) {
		if encoding != encodingRLE {
			return nil, r.unsupported("levels", encoding)
		}
		levels, rest, ok := cutPrefixed(p.data)
		if !ok {
			return nil, r.broken("the levels of a page are longer than the page")
		}
		p.data = rest
		return levels, nil
	}
	var err error
	if r.leaf.maxRep > 0 {
		if p.reps, err = cut(h.repEncoding); err != nil {
			return err
		}
	}
	if r.leaf.maxDef > 0 {
		p.defs, err = cut(h.defEncoding)
	}
	return err
}

// splitV2 takes a page apart whose levels are never compressed.
func (r *pageReader) splitV2(p *parquetPage, h *pageHeader, stored []byte) error {
	levels := int64(h.repLength) + int64(h.defLength)
	if levels > int64(len(stored)) || levels > int64(h.inflated) {
		return r.broken("the levels of a page are longer than the page")
	}
	// Pages are read into memory that the next one takes over.
	p.reps = bytes.Clone(stored[:h.repLength])
	p.defs = bytes.Clone(stored[h.repLength:levels])
	stored = stored[levels:]
	if !h.compressed {
		p.data = bytes.Clone(stored)
		return nil
	}
	var err error
	p.data, err = r.inflate(stored, int(h.inflated)-int(levels))
	return err
}

// unsupported is the damage of an encoding that is not read.
func (r *pageReader) unsupported(what string, encoding int32) *Damage {
	return damage(schema.FormatError,
		fmt.Sprintf("column %s has %s in encoding %d, which is not read", schema.Quote(r.leaf.path), what, encoding),
		"Write the file with the encodings that its writer uses by default.")
}
