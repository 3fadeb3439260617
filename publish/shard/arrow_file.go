package shard

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"

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
		return newArrowSplitter(in, s, newArrowStream(in.reader(), in.size))
	}
	footer, start, err := readArrowFooter(in)
	if err != nil {
		return nil, err
	}
	if footer == nil {
		// The file was cut short. Most are a stream between their head and their footer.
		rest := io.NewSectionReader(in.at, int64(arrowHeadSize), in.size-int64(arrowHeadSize))
		stream := newArrowStream(rest, rest.Size())
		stream.ends = brokenOff("the file, which has no footer,")
		return newArrowSplitter(in, s, stream)
	}
	file, err := newArrowFile(in, footer, start)
	if err != nil {
		return nil, err
	}
	return newArrowSplitter(in, s, file)
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

// An arrowFile reads the record batches that a file's footer lists.
type arrowFile struct {
	in      *input
	source  *latchedReader
	memory  *arrowMemory
	reader  *ipc.FileReader
	batches []arrowBlock
	next    int
	read    int64 // bytes
}

func newArrowFile(in *input, footer []byte, start int64) (*arrowFile, error) {
	dictionaries, batches, err := checkArrowFooter(footer)
	if err != nil {
		return nil, err
	}
	left := start
	if err := checkArrowBlocks(dictionaries, start, &left); err != nil {
		return nil, err
	}
	size := start - left // The library reads all dictionaries at once.
	if err := checkArrowBlocks(batches, start, &left); err != nil {
		return nil, err
	}
	for _, b := range dictionaries {
		if err := b.check(in.at, arrowDictionaryBatch); err != nil {
			return nil, err
		}
	}
	f := &arrowFile{in: in, memory: &arrowMemory{}, batches: batches, read: size}
	f.source = &latchedReader{SectionReader: io.NewSectionReader(in.at, 0, in.size)}
	f.memory.renew(size)
	if err := f.open(); err != nil {
		return nil, f.source.explain(err)
	}
	return f, nil
}

// checkArrowBlocks checks where a footer says that messages are. All of them together cannot have more
// bytes than are left, of the end bytes before the footer.
func checkArrowBlocks(blocks []arrowBlock, end int64, left *int64) error {
	for _, b := range blocks {
		if b.offset < int64(arrowHeadSize) || b.meta < 8 || b.meta > maxArrowMetadata || b.body < 0 ||
			b.offset > end || b.body > end-b.offset-int64(b.meta) {
			return malformed("the footer lists a record batch outside of the file")
		}
		if err := checkArrowBody(b.body); err != nil {
			return err
		}
		if *left -= int64(b.meta) + b.body; *left < 0 {
			return malformed("the footer lists record batches that overlap")
		}
	}
	return nil
}

// check checks the message at a place, which is to be of a kind.
func (b arrowBlock) check(at io.ReaderAt, kind byte) error {
	meta := make([]byte, b.meta)
	if err := readAt(at, meta, b.offset); err != nil {
		return err
	}
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
		return err
	}
	if head.kind != kind {
		return malformed("the footer lists a message of another kind among the record batches")
	}
	return head.checkBuffers(io.NewSectionReader(at, b.offset+int64(b.meta), b.body), b.body)
}

func (f *arrowFile) open() (err error) {
	defer guard("the footer", &err)
	f.reader, err = ipc.NewFileReader(f.source, ipc.WithAllocator(f.memory))
	return err
}

func (f *arrowFile) schema() *arrow.Schema { return f.reader.Schema() }

func (f *arrowFile) batch() (record arrow.Record, size int64, err error) {
	if f.next == len(f.batches) {
		f.read = f.in.size
		return nil, 0, io.EOF
	}
	b := f.batches[f.next]
	if err := b.check(f.in.at, arrowRecordBatch); err != nil {
		return nil, 0, err
	}
	f.read += int64(b.meta) + b.body
	f.memory.renew(int64(b.meta) + b.body)
	record, err = f.record(f.next)
	if err != nil {
		return nil, 0, f.source.explain(err)
	}
	f.next++
	return record, f.memory.taken, f.memory.check(f.read)
}

func (f *arrowFile) record(i int) (record arrow.Record, err error) {
	defer guard("a record batch", &err)
	return f.reader.RecordAt(i)
}

func (f *arrowFile) offset() int64 { return f.read }

// A latchedReader remembers the system's error, which the library hides among its own.
type latchedReader struct {
	*io.SectionReader
	err error
}

func (l *latchedReader) ReadAt(p []byte, offset int64) (int, error) {
	n, err := l.SectionReader.ReadAt(p, offset)
	if err != nil && err != io.EOF && l.err == nil {
		l.err = fmt.Errorf("read %d bytes at offset %d: %w", len(p), offset, err)
	}
	return n, err
}

// explain tells a fault of the file's content from the system's.
func (l *latchedReader) explain(err error) error {
	if l.err != nil {
		return l.err
	}
	return orMalformed(err)
}
