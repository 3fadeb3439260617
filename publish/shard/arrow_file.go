package shard

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/bindery-data/bindery/schema"
)

// arrowMagic begins and ends an Arrow IPC file; at its beginning two zeros follow.
const arrowMagic = "ARROW1"

// arrowHeadSize is how many bytes lie before a file's first message.
const arrowHeadSize = len(arrowMagic) + 2

func splitArrowFile(in *input, s *schema.Schema) (Splitter, error) {
	head := make([]byte, arrowHeadSize)
	n, err := in.at.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("read the first bytes of the file: %w", err)
	}
	if bytes.HasPrefix(head[:n], []byte("FEA1")) {
		return nil, damage(schema.FormatError, "is of the first Feather format, which is not read",
			"Write it again as an Arrow IPC file, which is Feather's second version.")
	}
	if n < len(head) || string(head[:len(arrowMagic)]) != arrowMagic {
		return newArrowSplitter(in, s, &arrowStream{r: in.reader(), left: in.size}, nil)
	}
	footer, start, err := readArrowFooter(in)
	if err != nil {
		return nil, err
	}
	if footer == nil {
		// The file was cut short. Most are a stream between their head and their footer.
		rest := io.NewSectionReader(in.at, int64(arrowHeadSize), in.size-int64(arrowHeadSize))
		ends := brokenOff("the file, which has no footer,")
		return newArrowSplitter(in, s, &arrowStream{r: rest, left: rest.Size()}, ends)
	}
	file, err := newArrowFile(in, footer, start)
	if err != nil {
		return nil, err
	}
	return newArrowSplitter(in, s, file, nil)
}

// readArrowFooter returns a file's footer and where it begins, or nil where the file has none.
func readArrowFooter(in *input) (footer []byte, start int64, err error) {
	tail := make([]byte, 4+len(arrowMagic))
	if in.size < int64(arrowHeadSize+len(tail)) {
		return nil, 0, nil
	}
	if err := readAt(in.at, tail, in.size-int64(len(tail))); err != nil {
		return nil, 0, err
	}
	if string(tail[4:]) != arrowMagic {
		return nil, 0, nil
	}
	size := int64(int32(binary.LittleEndian.Uint32(tail)))
	start = in.size - int64(len(tail)) - size
	if size <= 0 || size > maxArrowMetadata || start < int64(arrowHeadSize) {
		return nil, 0, malformed("the footer claims to have %d bytes", size)
	}
	footer = make([]byte, size)
	return footer, start, readAt(in.at, footer, start)
}

// An arrowFile gives the messages of a file as those of a stream: the footer's schema, then what the
// footer lists. Most files are a stream themselves, but not all: polars writes no schema in front.
type arrowFile struct {
	in     *input
	schema []byte // the first message, until it was read
	blocks []arrowBlock
	// dictionaries is how many of the blocks are.
	dictionaries int
	read         int64
}

func newArrowFile(in *input, footer []byte, start int64) (*arrowFile, error) {
	f := &flatBuffer{b: footer}
	root := f.root()
	schema := f.tableField(root, 1)
	f.checkSchema(schema)
	dictionaries, batches := f.blocks(root, 2), f.blocks(root, 3)
	if f.bad {
		return nil, malformed("the file's footer makes no sense")
	}
	blocks := append(dictionaries, batches...)
	if err := checkArrowBlocks(blocks, start); err != nil {
		return nil, err
	}
	return &arrowFile{in: in, schema: schemaMessage(footer, schema), blocks: blocks, dictionaries: len(dictionaries)}, nil
}

func (f *arrowFile) offset() int64 { return f.read }

func (f *arrowFile) next() (*arrowHead, []byte, error) {
	if f.schema != nil {
		head, err := checkArrowMessage(f.schema)
		f.schema = nil
		return head, nil, err
	}
	if len(f.blocks) == 0 {
		f.read = f.in.size
		return nil, nil, io.EOF
	}
	b := f.blocks[0]
	f.blocks = f.blocks[1:]
	kind := byte(arrowRecordBatch)
	if f.dictionaries > 0 {
		f.dictionaries--
		kind = arrowDictionaryBatch
	}
	return f.message(b, kind)
}

// message reads the message at a place, which is to be of a kind.
func (f *arrowFile) message(b arrowBlock, kind byte) (*arrowHead, []byte, error) {
	meta, body := make([]byte, b.meta), make([]byte, b.body)
	if err := readAt(f.in.at, meta, b.offset); err != nil {
		return nil, nil, err
	}
	if err := readAt(f.in.at, body, b.offset+int64(b.meta)); err != nil {
		return nil, nil, err
	}
	f.read += int64(b.meta) + b.body
	// Before Arrow 0.15, only the length stood before a message.
	switch binary.LittleEndian.Uint32(meta) {
	case 0:
	case 1<<32 - 1:
		meta = meta[8:]
	default:
		meta = meta[4:]
	}
	head, err := checkArrowMessage(meta)
	if err != nil {
		return nil, nil, err
	}
	if head.kind != kind {
		return nil, nil, malformed("the footer lists a message of another kind among the record batches")
	}
	head.body = b.body
	return head, body, nil
}

// checkArrowBlocks checks where a footer says that messages are: before it, and together in no more bytes
// than there are.
func checkArrowBlocks(blocks []arrowBlock, end int64) error {
	left := end
	for _, b := range blocks {
		if b.offset < int64(arrowHeadSize) || b.meta < 8 || b.meta > maxArrowMetadata || b.body < 0 ||
			b.offset > end || b.body > end-b.offset-int64(b.meta) {
			return malformed("the footer lists a record batch outside of the file")
		}
		if err := checkArrowBody(b.body); err != nil {
			return err
		}
		if left -= int64(b.meta) + b.body; left < 0 {
			return malformed("the footer lists record batches that overlap")
		}
	}
	return nil
}

// schemaMessage makes a message of the schema that is a table in a footer. A message is a table of a
// version, the kind of its header, the header, and the length of its body; the offset of the header can
// lead into the footer as it is.
func schemaMessage(footer []byte, schema int) []byte {
	const (
		vtable    = 4
		table     = vtable + 12
		header    = table + 4
		version   = header + 4
		kind      = version + 2
		headSize  = 32
		version5  = 4
		tableSize = 12
	)
	b := make([]byte, headSize, headSize+len(footer))
	le := binary.LittleEndian
	le.PutUint32(b, table)
	le.PutUint16(b[vtable:], 10)
	le.PutUint16(b[vtable+2:], tableSize)
	le.PutUint16(b[vtable+4:], version-table)
	le.PutUint16(b[vtable+6:], kind-table)
	le.PutUint16(b[vtable+8:], header-table)
	le.PutUint32(b[table:], table-vtable)
	le.PutUint32(b[header:], uint32(headSize+schema-header))
	le.PutUint16(b[version:], version5)
	b[kind] = arrowSchema
	return append(b, footer...)
}
