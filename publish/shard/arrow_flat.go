package shard

import (
	"encoding/binary"
	"math"
)

// The metadata of an Arrow message is a FlatBuffer: tables whose offsets the reader follows. The library
// follows them without looking, into endless loops and claims of memory, so they are looked at here
// first. The layouts are those of Arrow's format/Message.fbs, Schema.fbs and File.fbs.

// What a schema may have.
const (
	maxArrowDepth  = 60 // of fields within fields; the library stops at 64 when it reads their values
	maxArrowFields = 100_000
)

// The kinds of messages.
const (
	arrowSchema          = 1
	arrowDictionaryBatch = 2
	arrowRecordBatch     = 3
)

// An arrowHead is a message without its body.
type arrowHead struct {
	meta []byte
	kind byte
	body int64

	// layout is a schema's.
	layout *arrowLayout

	// What a record batch or dictionary has.
	dictionary int64
	has        arrowNeeds
	buffers    []arrowBuffer
	compressed bool
	codec      byte
}

// arrowNeeds counts what a record batch of some columns has: a node for each array, its buffers, and
// those arrays whose number of buffers varies.
type arrowNeeds struct{ nodes, buffers, views int }

func (n *arrowNeeds) add(more arrowNeeds) {
	n.nodes += more.nodes
	n.buffers += more.buffers
	n.views += more.views
}

// An arrowLayout is what the batches of a schema need.
type arrowLayout struct {
	record       arrowNeeds
	dictionaries map[int64]arrowNeeds
}

// check checks that a message has what the library is going to look for, which does not ask whether it
// is there.
func (l *arrowLayout) check(head *arrowHead) error {
	needs, known := l.record, true
	if head.kind == arrowDictionaryBatch {
		needs, known = l.dictionaries[head.dictionary]
	}
	if !known || head.has.nodes < needs.nodes || head.has.buffers < needs.buffers || head.has.views < needs.views {
		return malformed("a record batch does not have what its schema says")
	}
	return nil
}

// checkArrowMessage checks a message's metadata.
func checkArrowMessage(meta []byte) (*arrowHead, error) {
	f := &flatBuffer{b: meta}
	root := f.root()
	head := &arrowHead{meta: meta, kind: f.byteField(root, 1), body: f.int64Field(root, 3)}
	header := f.tableField(root, 2)
	switch head.kind {
	case arrowSchema:
		head.layout = f.checkSchema(header)
	case arrowDictionaryBatch:
		head.dictionary = f.int64Field(header, 0)
		f.checkBatch(f.tableField(header, 1), head)
	case arrowRecordBatch:
		f.checkBatch(header, head)
	default:
		f.bad = true
	}
	f.vectorField(root, 4, 4)
	if f.bad {
		return nil, malformed("is no Arrow stream: a message's metadata makes no sense")
	}
	return head, nil
}

// checkSchema looks at every field of a schema once, as the library does.
func (f *flatBuffer) checkSchema(schema int) *arrowLayout {
	c := &schemaChecker{flatBuffer: f, left: maxArrowFields, layout: &arrowLayout{dictionaries: make(map[int64]arrowNeeds)}}
	f.vectorField(schema, 2, 4)
	fields, n := f.vectorField(schema, 1, 4)
	c.layout.record = c.fields(fields, n, maxArrowDepth)
	return c.layout
}

type schemaChecker struct {
	*flatBuffer
	left   int // fields and pairs of metadata that there may still be
	layout *arrowLayout
}

// fields returns what n fields need in a batch.
func (c *schemaChecker) fields(at, n, depth int) (needs arrowNeeds) {
	for i := range n {
		if c.left--; c.left < 0 || depth == 0 {
			c.bad = true
		}
		if c.bad {
			break
		}
		needs.add(c.one(c.table(at+4*i), depth))
	}
	return needs
}

func (c *schemaChecker) one(field, depth int) arrowNeeds {
	pairs, count := c.vectorField(field, 6, 4)
	c.left -= count
	for k := range count {
		pair := c.table(pairs + 4*k)
		c.vectorField(pair, 0, 1)
		c.vectorField(pair, 1, 1)
	}
	c.vectorField(field, 0, 1)
	children, count := c.vectorField(field, 5, 4)
	needs := arrowTypeNeeds[c.byteField(field, 2)]
	needs.add(c.fields(children, count, depth-1))
	if c.field(field, 4) == 0 {
		return needs
	}
	id := c.int64Field(c.tableField(field, 4), 0)
	known := c.layout.dictionaries[id]
	c.layout.dictionaries[id] = arrowNeeds{
		max(known.nodes, needs.nodes), max(known.buffers, needs.buffers), max(known.views, needs.views),
	}
	return arrowNeeds{nodes: 1, buffers: 2} // of its indexes
}

// arrowTypeNeeds are what arrays of the types of Schema.fbs need, without their children. Of views, these
// are the buffers that they have in any case.
var arrowTypeNeeds = map[byte]arrowNeeds{
	1: {nodes: 1},                                        // null
	2: {nodes: 1, buffers: 2}, 3: {nodes: 1, buffers: 2}, // integers, floats
	4: {nodes: 1, buffers: 3}, 5: {nodes: 1, buffers: 3}, // binary, string
	6: {nodes: 1, buffers: 2}, 7: {nodes: 1, buffers: 2}, // booleans, decimals
	8: {nodes: 1, buffers: 2}, 9: {nodes: 1, buffers: 2}, 10: {nodes: 1, buffers: 2}, // dates, times, timestamps
	11: {nodes: 1, buffers: 2},                             // intervals
	12: {nodes: 1, buffers: 2}, 13: {nodes: 1, buffers: 1}, // lists, structs
	14: {nodes: 1, buffers: 3},                             // unions
	15: {nodes: 1, buffers: 2}, 16: {nodes: 1, buffers: 1}, // binary and lists of fixed size
	17: {nodes: 1, buffers: 2}, 18: {nodes: 1, buffers: 2}, // maps, durations
	19: {nodes: 1, buffers: 3}, 20: {nodes: 1, buffers: 3}, // large binary, large string
	21: {nodes: 1, buffers: 2}, 22: {nodes: 1, buffers: 1}, // large lists, run ends
	23: {nodes: 1, buffers: 2, views: 1}, 24: {nodes: 1, buffers: 2, views: 1}, // views of binary and strings
	25: {nodes: 1, buffers: 3}, 26: {nodes: 1, buffers: 3}, // views of lists
}

// checkBatch looks at the vectors of a record batch.
func (f *flatBuffer) checkBatch(batch int, head *arrowHead) {
	_, head.has.nodes = f.vectorField(batch, 1, arrowPairSize)
	at, n := f.vectorField(batch, 2, arrowPairSize)
	for i := range n {
		begin := at + arrowPairSize*i
		head.buffers = append(head.buffers, arrowBuffer{begin, f.int64At(begin), f.int64At(begin + 8)})
	}
	head.has.buffers = n
	counts, views := f.vectorField(batch, 4, 8)
	for i := range views {
		count := f.int64At(counts + 8*i)
		if count < 0 || count > int64(head.has.buffers) {
			f.bad = true
			return
		}
		// What remains is for the other arrays.
		head.has.buffers -= int(count)
	}
	head.has.views = views
	if f.field(batch, 3) != 0 {
		head.compressed, head.codec = true, f.byteField(f.tableField(batch, 3), 0)
	}
}

// arrowPairSize is the size of a Buffer and of a FieldNode: two numbers.
const arrowPairSize = 16

// An arrowBuffer is where in a message's body a buffer is, as the metadata says at a place.
type arrowBuffer struct {
	place          int
	offset, length int64
}

// An arrowBlock is where the footer of a file says that a message is.
type arrowBlock struct {
	offset, body int64
	meta         int32
}

func (f *flatBuffer) blocks(table, n int) []arrowBlock {
	const size = 24
	at, count := f.vectorField(table, n, size)
	blocks := make([]arrowBlock, count)
	for i := range blocks {
		blocks[i] = arrowBlock{f.int64At(at), f.int64At(at + 16), int32(f.uint32At(at + 8))}
		at += size
	}
	return blocks
}

// A flatBuffer reads tables with every offset checked. What lies outside of the buffer reads as zero and
// sets bad.
type flatBuffer struct {
	b   []byte
	bad bool
}

// inside reports whether size bytes lie at an offset.
func (f *flatBuffer) inside(at, size int) bool {
	if at < 0 || size < 0 || at > len(f.b)-size {
		f.bad = true
		return false
	}
	return true
}

func (f *flatBuffer) uint32At(at int) uint32 {
	if !f.inside(at, 4) {
		return 0
	}
	return binary.LittleEndian.Uint32(f.b[at:])
}

func (f *flatBuffer) int64At(at int) int64 {
	if !f.inside(at, 8) {
		return 0
	}
	return int64(binary.LittleEndian.Uint64(f.b[at:]))
}

// table follows the offset at a place. Offsets lead forward, so that no table holds itself.
func (f *flatBuffer) table(at int) int {
	offset := f.uint32At(at)
	if offset == 0 || offset > math.MaxInt32 {
		f.bad = true
		return 0
	}
	return at + int(offset)
}

func (f *flatBuffer) root() int { return f.table(0) }

// field returns where a table has its field number n, or 0 where it has not.
func (f *flatBuffer) field(table, n int) int {
	vtable := table - int(int32(f.uint32At(table)))
	if !f.inside(vtable, 4) {
		return 0
	}
	entry := 4 + 2*n
	if entry >= int(binary.LittleEndian.Uint16(f.b[vtable:])) || !f.inside(vtable+entry, 2) {
		return 0
	}
	offset := int(binary.LittleEndian.Uint16(f.b[vtable+entry:]))
	if offset == 0 {
		return 0
	}
	return table + offset
}

func (f *flatBuffer) byteField(table, n int) byte {
	at := f.field(table, n)
	if at == 0 || !f.inside(at, 1) {
		return 0
	}
	return f.b[at]
}

func (f *flatBuffer) int64Field(table, n int) int64 {
	at := f.field(table, n)
	if at == 0 {
		return 0
	}
	return f.int64At(at)
}

// tableField follows a field that must be there.
func (f *flatBuffer) tableField(table, n int) int {
	at := f.field(table, n)
	if at == 0 {
		f.bad = true
		return 0
	}
	return f.table(at)
}

// vectorField returns where the items of a vector begin and how many there are; none where there is no
// vector.
func (f *flatBuffer) vectorField(table, n, size int) (items, count int) {
	at := f.field(table, n)
	if at == 0 || f.bad {
		return 0, 0
	}
	at = f.table(at)
	length := f.uint32At(at)
	if f.bad || int64(length)*int64(size) > int64(len(f.b)) || !f.inside(at+4, int(length)*size) {
		f.bad = true
		return 0, 0
	}
	return at + 4, int(length)
}
