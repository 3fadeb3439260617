package shard

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bindery-data/bindery/schema"
)

// An Origin says where in its chunk a record came from.
type Origin struct {
	// Chunk is the number that BeginChunk was given.
	Chunk int32
	// Line is the record's line in the chunk, from 0; in formats without lines, its number there.
	Line int32
	// Start and End bound the record's text in the chunk; in columnar formats, Start is its row.
	Start, End int32
}

// A Builder gathers decoded records into typed columns. Decoders append to it; when it is full, or the
// input ends, its batch is taken and it is reset. It belongs to one worker.
type Builder struct {
	// Findings are what was wrong with the records so far.
	Findings schema.Findings
	// Origins has one entry for every row.
	Origins []Origin

	schema  *schema.Schema
	arrow   *arrow.Schema
	columns []*column
	broken  []int32
	limit   int
	chunk   int32
	// unmeasured is how many bytes of text were taken since the size was last looked at.
	unmeasured int
}

// NewBuilder returns an empty builder for records of s that is full at about limit bytes of values.
func NewBuilder(s *schema.Schema, limit int) *Builder {
	b := &Builder{schema: s, arrow: s.Arrow(), limit: limit}
	for _, f := range s.Fields {
		b.columns = append(b.columns, newColumn(f))
	}
	return b
}

// Rows returns how many records there are, broken ones included.
func (b *Builder) Rows() int { return len(b.Origins) }

// Full reports whether the batch should be taken before more is appended.
func (b *Builder) Full() bool { return b.Rows() > 0 && b.Size() >= b.limit }

// fullAfter is Full for decoders of text, which ask after every record and say how many bytes of text
// it took: it measures only when enough has come together.
func (b *Builder) fullAfter(text int) bool {
	const enough = 16 << 10
	if b.unmeasured += text; b.unmeasured < enough {
		return false
	}
	b.unmeasured = 0
	return b.Full()
}

// Size returns the bytes that the values hold.
func (b *Builder) Size() int {
	size := 0
	for _, c := range b.columns {
		size += c.size()
	}
	return size
}

// BeginChunk says that the records which follow are of the chunk that the caller numbers so.
func (b *Builder) BeginChunk(number int) { b.chunk = int32(number) }

// endRecord ends the record that was appended to every column.
func (b *Builder) endRecord(line, start, end int) {
	b.Origins = append(b.Origins, Origin{b.chunk, int32(line), int32(start), int32(end)})
}

// breakRecord replaces whatever was appended of the current record by nulls, and notes why. The record
// is then ended like any other.
func (b *Builder) breakRecord(f schema.Finding) {
	row := b.Rows()
	for _, c := range b.columns {
		c.truncate(min(c.n, row))
		c.appendNull()
	}
	b.broken = append(b.broken, int32(row))
	b.find(f)
}

// Reserve makes room for what whole bytes of input will be made into, if they are like the first part bytes,
// which the builder holds. Growing from a small batch to a full one instead takes many steps, each of which
// leaves garbage: 40 MB for each builder of long texts.
func (b *Builder) Reserve(part, whole int64) {
	if part <= 0 || whole <= part {
		return
	}
	times := float64(whole) / float64(part) * 1.06
	for _, c := range b.columns {
		c.reserve(times)
	}
	b.Origins = reserve(b.Origins, times)
}

// find notes a finding about the current record.
func (b *Builder) find(f schema.Finding) { b.Findings.Add(b.Rows(), f) }

// Batch returns the records so far, in the builder's own memory: it is valid until Reset.
func (b *Builder) Batch() schema.Batch {
	arrays := make([]arrow.Array, len(b.columns))
	faults := make(map[int][]int32)
	for i, c := range b.columns {
		arrays[i] = c.array()
		c.collectFaults(faults)
	}
	rec := array.NewRecord(b.arrow, arrays, int64(b.Rows()))
	for _, a := range arrays {
		a.Release()
	}
	return schema.Batch{Record: rec, Broken: b.broken, Faults: faults}
}

func (c *column) collectFaults(into map[int][]int32) {
	if len(c.faults) > 0 {
		into[c.field.ID] = c.faults
	}
	for _, child := range c.children {
		child.collectFaults(into)
	}
}

// Reset empties the builder but for the memory it has.
func (b *Builder) Reset() {
	for _, c := range b.columns {
		c.truncate(0)
	}
	b.unmeasured = 0 // Where the next batch is cut must not depend on this one.
	b.broken = b.broken[:0]
	b.Origins = b.Origins[:0]
	b.Findings = schema.Findings{Keep: b.Findings.Keep}
}
