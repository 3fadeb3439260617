package shard

import (
	"encoding/binary"
	"io"
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

// An arrowHead is what is to be known of a message before its body is read.
type arrowHead struct {
	kind    byte
	body    int64
	buffers []arrowBuffer
	// ratio is 0 where the buffers are not compressed.
	ratio int64
}

// checkArrowMessage checks a message's metadata.
func checkArrowMessage(meta []byte) (*arrowHead, error) {
	f := &flatBuffer{b: meta}
	root := f.root()
	head := &arrowHead{kind: f.byteField(root, 1), body: f.int64Field(root, 3)}
	header := f.tableField(root, 2)
	switch head.kind {
	case arrowSchema:
		f.checkSchema(header)
	case arrowDictionaryBatch:
		head.buffers, head.ratio = f.checkBatch(f.tableField(header, 1))
	case arrowRecordBatch:
		head.buffers, head.ratio = f.checkBatch(header)
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
func (f *flatBuffer) checkSchema(schema int) {
	left := maxArrowFields
	f.vectorField(schema, 2, 4)
	fields, n := f.vectorField(schema, 1, 4)
	f.checkFields(fields, n, maxArrowDepth, &left)
}

func (f *flatBuffer) checkFields(fields, n, depth int, left *int) {
	if depth == 0 {
		f.bad = true
		return
	}
	for i := range n {
		*left--
		if f.bad || *left < 0 {
			f.bad = true
			return
		}
		field := f.table(fields + 4*i)
		pairs, count := f.vectorField(field, 6, 4)
		*left -= count
		for k := range count {
			pair := f.table(pairs + 4*k)
			f.vectorField(pair, 0, 1)
			f.vectorField(pair, 1, 1)
		}
		f.vectorField(field, 0, 1)
		children, count := f.vectorField(field, 5, 4)
		f.checkFields(children, count, depth-1, left)
	}
}

// checkBatch looks at the vectors of a record batch.
func (f *flatBuffer) checkBatch(batch int) (buffers []arrowBuffer, ratio int64) {
	f.vectorField(batch, 1, arrowPairSize)
	at, n := f.vectorField(batch, 2, arrowPairSize)
	for i := range n {
		begin := at + arrowPairSize*i
		buffers = append(buffers, arrowBuffer{f.int64At(begin), f.int64At(begin + 8)})
	}
	counts, k := f.vectorField(batch, 4, 8)
	for i := range k {
		if count := f.int64At(counts + 8*i); count < 0 || count > int64(n) {
			f.bad = true
		}
	}
	if f.field(batch, 3) != 0 {
		ratio = lz4Ratio
		if f.byteField(f.tableField(batch, 3), 0) != 0 {
			ratio = zstdRatio
		}
	}
	return buffers, ratio
}

// arrowPairSize is the size of a Buffer and of a FieldNode: two numbers.
const arrowPairSize = 16

// More than what a byte of a compressed buffer can become.
const (
	lz4Ratio  = 256
	zstdRatio = 1 << 16
)

// An arrowBuffer is where in a message's body a buffer is.
type arrowBuffer struct{ offset, length int64 }

// checkBuffers checks that the buffers lie in the message's body, and that compressed ones do not claim
// to hold more than they can.
func (h *arrowHead) checkBuffers(body io.ReaderAt, size int64) error {
	for _, b := range h.buffers {
		if b.offset < 0 || b.length < 0 || b.offset > size-b.length {
			return malformed("a record batch has buffers outside of itself")
		}
		if h.ratio == 0 || b.length == 0 {
			continue
		}
		var claim [8]byte
		if b.length < int64(len(claim)) {
			return malformed("a record batch has a compressed buffer of %d bytes", b.length)
		}
		if err := readAt(body, claim[:], b.offset); err != nil {
			return err
		}
		if n := int64(binary.LittleEndian.Uint64(claim[:])); n < -1 || n/h.ratio > b.length {
			return malformed("a record batch claims to hold %d bytes in %d", n, b.length)
		}
	}
	return nil
}

// An arrowBlock is where the footer of a file says that a message is.
type arrowBlock struct {
	offset, body int64
	meta         int32
}

// checkArrowFooter checks a file's footer and returns where the dictionaries and the record batches are.
func checkArrowFooter(footer []byte) (dictionaries, batches []arrowBlock, err error) {
	f := &flatBuffer{b: footer}
	root := f.root()
	f.checkSchema(f.tableField(root, 1))
	dictionaries, batches = f.blocks(root, 2), f.blocks(root, 3)
	if f.bad {
		return nil, nil, malformed("the file's footer makes no sense")
	}
	return dictionaries, batches, nil
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
	if entry+2 > int(binary.LittleEndian.Uint16(f.b[vtable:])) || !f.inside(vtable+entry, 2) {
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
