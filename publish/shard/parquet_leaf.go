package shard

import (
	"bytes"
	"slices"
)

// How many levels are read at once. Values that share their beginnings are made longer than their page,
// so that few of them are read at once.
const (
	leafBatch       = 1024
	leafBatchShared = 16
)

// maxRowValues is how many values of one column a row may have.
const maxRowValues = 1 << 26

// A leafReader reads the values of one column of one row group, row by row.
type leafReader struct {
	leaf  *parquetLeaf
	pages *pageReader
	// left is how many levels there are that were not read, and inPage how many of them are in the page
	// being read.
	left       int64
	inPage     int
	defs, reps *hybrid
	values     valueDecoder
	batch      int
	dictionary *parquetValues

	// What was read but not taken: levels, their values, and how many rows begin in them.
	pending leafValues
	starts  int
	bytes   int64
}

// leafValues are levels of one column with the values of those that have one.
type leafValues struct {
	levels   int
	def, rep []uint8 // empty where the column has no such levels
	values   parquetValues
}

func newLeafReader(leaf *parquetLeaf, pages *pageReader, levels int64) *leafReader {
	r := &leafReader{leaf: leaf, pages: pages, left: levels}
	r.pending.values.width = leaf.width
	return r
}

// rows returns how many whole rows are pending.
func (r *leafReader) rows() int {
	if r.leaf.maxRep == 0 || r.left == 0 {
		return r.starts
	}
	return max(r.starts-1, 0)
}

// fill reads until rows rows are pending, or one with most bytes are, or the row group has no more.
func (r *leafReader) fill(rows int, most int64) error {
	for r.left > 0 && r.rows() < rows && (r.rows() == 0 || r.bytes < most) {
		if r.inPage == 0 {
			if err := r.nextPage(); err != nil {
				return err
			}
			continue
		}
		if err := r.read(min(r.inPage, r.batch)); err != nil {
			return err
		}
		if r.rows() == 0 && r.pending.levels > maxRowValues {
			return r.pages.broken("a record has more than %d values", maxRowValues)
		}
	}
	return nil
}

// nextPage goes to the next page of data.
func (r *leafReader) nextPage() error {
	p, err := r.pages.next()
	if err != nil {
		return err
	}
	if p.dictionary {
		return r.setDictionary(p)
	}
	if int64(p.values) > r.left {
		return r.pages.broken("its pages have more values than the footer says")
	}
	r.inPage = p.values
	r.defs = newHybrid(p.defs, levelWidth(r.leaf.maxDef))
	r.reps = newHybrid(p.reps, levelWidth(r.leaf.maxRep))
	r.batch = leafBatch
	if len(p.data) == 0 {
		r.values = noValues{} // a page of nulls
		return nil
	}
	r.values, err = r.decoder(p)
	if err == errParquetValues {
		return r.pages.broken("%v", err)
	}
	return err
}

// levelWidth returns the bits that levels up to most take.
func levelWidth(most uint8) int {
	width := 0
	for ; most > 0; most >>= 1 {
		width++
	}
	return width
}

// setDictionary takes the entries of a dictionary page.
func (r *leafReader) setDictionary(p *parquetPage) error {
	if r.dictionary != nil {
		return r.pages.broken("it has two dictionaries")
	}
	if p.encoding != encodingPlain && p.encoding != encodingPlainDictionary || r.leaf.physical == physicalBool {
		return r.pages.unsupported("a dictionary", p.encoding)
	}
	entries := &parquetValues{width: r.leaf.width}
	if err := r.plain(p.data).next(entries, p.values); err != nil {
		return r.pages.broken("in its dictionary, %v", err)
	}
	r.dictionary = entries
	return nil
}

func (r *leafReader) plain(data []byte) valueDecoder {
	switch {
	case r.leaf.physical == physicalBool:
		return &plainBools{b: data}
	case r.leaf.width > 0:
		return &plainFixed{data}
	}
	return &plainBytes{data}
}

// decoder returns what decodes the values of a page.
func (r *leafReader) decoder(p *parquetPage) (valueDecoder, error) {
	physical := r.leaf.physical
	switch p.encoding {
	case encodingPlain:
		return r.plain(p.data), nil
	case encodingPlainDictionary, encodingRLEDictionary:
		if r.dictionary == nil {
			return nil, r.pages.broken("it has numbers of entries without a dictionary")
		}
		return newDictionaryValues(p.data, r.dictionary)
	case encodingRLE:
		if physical == physicalBool {
			bits, _, ok := cutPrefixed(p.data)
			if !ok {
				return nil, errParquetValues
			}
			return &rleBools{newHybrid(bits, 1)}, nil
		}
	case encodingDelta:
		if physical == physicalInt32 || physical == physicalInt64 {
			values, err := newDeltaReader(p.data)
			return &deltaInts{values}, err
		}
	case encodingDeltaLength:
		if physical == physicalBytes {
			return newDeltaLengths(p.data)
		}
	case encodingDeltaBytes:
		if physical == physicalBytes || physical == physicalFixed {
			r.batch = leafBatchShared
			return newDeltaBytes(p.data)
		}
	case encodingByteStreamSplit:
		if physical != physicalBool && r.leaf.width > 0 {
			joined, err := joinStreams(p.data, r.leaf.width)
			return &plainFixed{joined}, err
		}
	}
	return nil, r.pages.unsupported("values", p.encoding)
}

// read reads n levels of the page and their values.
func (r *leafReader) read(n int) error {
	p := &r.pending
	present := n
	if most := r.leaf.maxDef; most > 0 {
		levels, err := r.levels(&p.def, r.defs, most, n)
		if err != nil {
			return err
		}
		present = bytes.Count(levels, []byte{most})
	}
	starts := n
	if most := r.leaf.maxRep; most > 0 {
		levels, err := r.levels(&p.rep, r.reps, most, n)
		if err != nil {
			return err
		}
		if p.levels == 0 && levels[0] != 0 {
			return r.pages.broken("a page begins within a record")
		}
		starts = bytes.Count(levels, []byte{0})
	}
	before, views := len(p.values.fixed), len(p.values.views)
	if present > 0 {
		if err := r.values.next(&p.values, present); err != nil {
			return r.pages.broken("%v", err)
		}
	}
	r.bytes += int64(n + len(p.values.fixed) - before)
	for _, v := range p.values.views[views:] {
		r.bytes += 4 + int64(len(v))
	}
	p.levels += n
	r.starts += starts
	r.inPage -= n
	r.left -= int64(n)
	return nil
}

// levels appends n levels to dst and returns them.
func (r *leafReader) levels(dst *[]uint8, from *hybrid, most uint8, n int) ([]uint8, error) {
	have := len(*dst)
	*dst = append(*dst, make([]uint8, n)...)
	levels := (*dst)[have:]
	if err := readHybrid(from, levels); err != nil {
		return nil, r.pages.broken("a page has fewer levels than values")
	}
	if slices.Max(levels) > most {
		return nil, r.pages.broken("a page has levels beyond the schema's")
	}
	return levels, nil
}

// rowBytes adds to sizes, of as many rows that are pending, what the values of each take: their bytes,
// and one for each level, so that a run of nulls has a length too.
func (r *leafReader) rowBytes(sizes []int64) {
	p := &r.pending
	each := int64(1 + r.leaf.width)
	if len(p.def) == 0 && len(p.rep) == 0 && r.leaf.width > 0 {
		for i := range sizes {
			sizes[i] += each
		}
		return
	}
	row, value := -1, 0
	for i := range p.levels {
		if len(p.rep) == 0 || p.rep[i] == 0 {
			if row++; row == len(sizes) {
				return
			}
		}
		switch {
		case len(p.def) > 0 && p.def[i] < r.leaf.maxDef:
			sizes[row]++
		case r.leaf.width > 0:
			sizes[row] += each
		default:
			sizes[row] += 5 + int64(len(p.values.views[value]))
			value++
		}
	}
}

// take moves the first rows rows that are pending to dst.
func (r *leafReader) take(rows int, dst *leafColumn) {
	p := &r.pending
	levels := rows
	if len(p.rep) > 0 {
		levels = p.levels
		for i, begun := 0, 0; i < p.levels; i++ {
			if p.rep[i] != 0 {
				continue
			}
			if begun++; begun > rows {
				levels = i
				break
			}
		}
	}
	values := levels
	if len(p.def) > 0 {
		values = bytes.Count(p.def[:levels], []byte{r.leaf.maxDef})
	}
	dst.levels += levels
	dst.def = append(dst.def, p.def[:min(levels, len(p.def))]...)
	dst.rep = append(dst.rep, p.rep[:min(levels, len(p.rep))]...)
	if w := r.leaf.width; w > 0 {
		dst.fixed = append(dst.fixed, p.values.fixed[:values*w]...)
	} else {
		for _, v := range p.values.views[:values] {
			dst.data = append(dst.data, v...)
			dst.ends = append(dst.ends, int32(len(dst.data)))
		}
	}
	r.drop(rows, levels, values)
}

// drop forgets what was taken.
func (r *leafReader) drop(rows, levels, values int) {
	p := &r.pending
	if levels == p.levels {
		*p = leafValues{
			def: p.def[:0], rep: p.rep[:0],
			values: parquetValues{width: r.leaf.width, fixed: p.values.fixed[:0], views: p.values.views[:0]},
		}
		r.bytes, r.starts = 0, 0
		return
	}
	r.bytes -= int64(levels + values*r.leaf.width)
	if r.leaf.width > 0 {
		p.values.fixed = slices.Delete(p.values.fixed, 0, values*r.leaf.width)
	} else {
		for _, v := range p.values.views[:values] {
			r.bytes -= 4 + int64(len(v))
		}
		p.values.views = slices.Delete(p.values.views, 0, values)
	}
	p.def = slices.Delete(p.def, 0, min(levels, len(p.def)))
	p.rep = slices.Delete(p.rep, 0, min(levels, len(p.rep)))
	p.levels -= levels
	r.starts -= rows
}

// A leafColumn is what a chunk has of one column: its levels, and the values of those that have one.
type leafColumn struct {
	leaf     *parquetLeaf
	levels   int
	def, rep []uint8 // empty where the column has no such levels
	fixed    []byte
	data     []byte // of values whose width varies, which end at ends
	ends     []int32
}

// leafSizes are how much a leafColumn has.
type leafSizes struct{ levels, fixed, data, ends int }

// grow makes room in an empty column.
func (c *leafColumn) grow(s leafSizes) {
	if c.leaf.maxDef > 0 {
		c.def = make([]uint8, 0, s.levels)
	}
	if c.leaf.maxRep > 0 {
		c.rep = make([]uint8, 0, s.levels)
	}
	c.fixed = make([]byte, 0, s.fixed)
	c.data = make([]byte, 0, s.data)
	c.ends = make([]int32, 0, s.ends)
}

// noValues decodes a page without values.
type noValues struct{}

func (noValues) next(*parquetValues, int) error { return errParquetValues }
