package shard

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"github.com/bindery-data/bindery/schema"
)

// What one message may have.
const (
	maxArrowMetadata = 64 << 20
	maxArrowBody     = 2 << 30
)

// An arrowSource is where messages come from: a stream or a file. Errors are io.EOF where there are no
// more, io.ErrUnexpectedEOF where one breaks off, a *Damage, or the system's.
type arrowSource interface {
	// next returns the next message.
	next() (*arrowHead, []byte, error)
	// offset returns how many bytes of the file were used up.
	offset() int64
}

// arrowMessages hands the messages of a source to the library, which takes memory for whatever a message
// claims: of it, of the buffers in it, and of what those decompress to. So they are checked first, and
// decompressed here.
type arrowMessages struct {
	source arrowSource
	memory arrowMemory
	lz4    *lz4.Reader
	zstd   *zstd.Decoder
	// layout is the schema's, and first how many messages were read since.
	layout *arrowLayout
	first  int
	// err is why there are no more messages.
	err error
}

// Message returns the next message, or io.EOF.
func (m *arrowMessages) Message() (*ipc.Message, error) {
	if m.err != nil {
		return nil, m.err
	}
	msg, err := m.read()
	if err == io.ErrUnexpectedEOF {
		err = brokenOff("the last message")
	}
	m.err = err
	return msg, err
}

func (m *arrowMessages) read() (msg *ipc.Message, err error) {
	defer guard("a message", &err)
	head, body, err := m.source.next()
	if err != nil {
		return nil, err
	}
	if err := m.expect(head); err != nil {
		return nil, err
	}
	if err := head.checkBuffers(); err != nil {
		return nil, err
	}
	if head.compressed {
		if body, err = m.inflate(head, body); err != nil {
			return nil, err
		}
	}
	m.memory.renew()
	return ipc.NewMessage(memory.NewBufferBytes(head.meta), memory.NewBufferBytes(body)), nil
}

// expect checks that a message is one that the library is to be given next: the schema, each dictionary,
// and then what there is. It does not look itself before it takes one kind for another.
func (m *arrowMessages) expect(head *arrowHead) error {
	if m.layout == nil {
		if head.kind != arrowSchema {
			return malformed("is no Arrow stream: it does not begin with a schema")
		}
		m.layout = head.layout
		return nil
	}
	m.first++
	if head.kind == arrowSchema || m.first <= len(m.layout.dictionaries) && head.kind != arrowDictionaryBatch {
		return malformed("a record batch comes before all dictionaries are there")
	}
	return m.layout.check(head)
}

// Retain and Release do nothing: the garbage collector has the messages.
func (m *arrowMessages) Retain()  {}
func (m *arrowMessages) Release() {}

func (m *arrowMessages) close() {
	if m.zstd != nil {
		m.zstd.Close()
	}
}

// checkBuffers checks that the buffers of a message lie in its body, and have room there together.
func (h *arrowHead) checkBuffers() error {
	left := h.body
	for _, b := range h.buffers {
		if b.offset < 0 || b.length < 0 || b.offset > h.body-b.length || b.length > left {
			return malformed("a record batch has buffers outside of itself")
		}
		left -= b.length
	}
	return nil
}

// inflate returns a body with the buffers decompressed, and has the metadata say where they are. They
// still have the length in front that those of a compressed batch have: -1 says that a buffer is not
// compressed.
func (m *arrowMessages) inflate(head *arrowHead, body []byte) ([]byte, error) {
	const prefix = 8
	var inflated []byte
	for _, b := range head.buffers {
		if b.length == 0 {
			continue
		}
		if b.length < prefix {
			return nil, malformed("a record batch has a compressed buffer of %d bytes", b.length)
		}
		buffer := body[b.offset : b.offset+b.length]
		size := int64(binary.LittleEndian.Uint64(buffer))
		content := buffer[prefix:]
		if size != -1 {
			if size < 0 || size > maxArrowBody-int64(len(inflated)) {
				return nil, checkArrowBody(maxArrowBody + 1)
			}
			var err error
			if content, err = m.inflateBuffer(head.codec, content, size); err != nil {
				return nil, malformed("a record batch cannot be decompressed: %s", schema.Quote(err.Error()))
			}
		}
		le := binary.LittleEndian
		le.PutUint64(head.meta[b.place:], uint64(len(inflated)))
		le.PutUint64(head.meta[b.place+8:], uint64(prefix+len(content)))
		inflated = le.AppendUint64(inflated, 1<<64-1)
		inflated = append(inflated, content...)
	}
	return inflated, nil
}

func (m *arrowMessages) inflateBuffer(codec byte, content []byte, size int64) ([]byte, error) {
	if codec == 0 {
		if m.lz4 == nil {
			m.lz4 = lz4.NewReader(nil)
		}
		m.lz4.Reset(bytes.NewReader(content))
		return readGrowing(m.lz4, size)
	}
	if m.zstd == nil {
		var err error
		if m.zstd, err = newPageZstd(); err != nil {
			return nil, err
		}
	}
	if err := m.zstd.Reset(bytes.NewReader(content)); err != nil {
		return nil, err
	}
	return readGrowing(m.zstd, size)
}

func checkArrowBody(size int64) error {
	if size >= 0 && size <= maxArrowBody {
		return nil
	}
	return damage(schema.FormatError, fmt.Sprintf("a record batch claims to have %d bytes", size),
		"Write the file with smaller record batches, of at most 2 GiB.")
}
