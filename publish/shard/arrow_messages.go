package shard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/schema"
)

// What one message may have. A record batch is in memory as a whole.
const (
	maxArrowMetadata = 64 << 20
	maxArrowBody     = 2 << 30
)

// arrowMessages reads the messages of an Arrow stream. It stands in for the library's reader, which
// takes memory for whatever length a message claims to have.
type arrowMessages struct {
	r io.Reader
	// left is how many bytes there are at most, or -1 where that is not known.
	left int64
	// offset is where in the file the next message begins.
	offset int64
	// ended says that the stream's own mark of its end was met.
	ended bool
	// err is why no message can be read any more, if it is not the end.
	err    error
	memory *arrowMemory
}

func newArrowMessages(r io.Reader, size int64) *arrowMessages {
	return &arrowMessages{r: r, left: size, memory: &arrowMemory{}}
}

// Message returns the next message, or io.EOF.
func (m *arrowMessages) Message() (*ipc.Message, error) {
	if m.err != nil {
		return nil, m.err
	}
	if m.ended {
		return nil, io.EOF
	}
	msg, err := m.read()
	if err == io.EOF {
		m.ended = true
		return nil, io.EOF
	}
	if err == io.ErrUnexpectedEOF {
		err = brokenOff("the last message")
	}
	m.err = err
	return msg, err
}

func (m *arrowMessages) read() (msg *ipc.Message, err error) {
	defer guard("a message", &err)
	length, err := m.prefix()
	if err != nil {
		return nil, err
	}
	meta, err := m.bytes(int64(length))
	if err != nil {
		return nil, err
	}
	head, err := checkArrowMessage(meta)
	if err != nil {
		return nil, err
	}
	if err := checkArrowBody(head.body); err != nil {
		return nil, err
	}
	body, err := m.bytes(head.body)
	if err != nil {
		return nil, err
	}
	if err := head.checkBuffers(bytes.NewReader(body), head.body); err != nil {
		return nil, err
	}
	m.memory.renew(0)
	return ipc.NewMessage(memory.NewBufferBytes(meta), memory.NewBufferBytes(body)), nil
}

func checkArrowBody(size int64) error {
	if size >= 0 && size <= maxArrowBody {
		return nil
	}
	return damage(schema.FormatError, fmt.Sprintf("a record batch claims to have %d bytes", size),
		"Write the file with smaller record batches, of at most 2 GiB.")
}

// prefix reads the length of a message's metadata. Before Arrow 0.15 nothing stood in front of it.
func (m *arrowMessages) prefix() (int32, error) {
	word, err := m.word()
	if err != nil {
		return 0, err
	}
	if word == -1 {
		if word, err = m.word(); err != nil {
			return 0, noEOF(err)
		}
	}
	switch {
	case word == 0:
		return 0, io.EOF
	case word < 0 || word > maxArrowMetadata:
		return 0, malformed("is no Arrow stream: a message's metadata claims to have %d bytes", word)
	}
	return word, nil
}

func (m *arrowMessages) word() (int32, error) {
	var b [4]byte
	n, err := io.ReadFull(m.r, b[:])
	m.took(n)
	if err != nil {
		return 0, m.readError(err)
	}
	return int32(binary.LittleEndian.Uint32(b[:])), nil
}

// bytes reads n bytes. What is not there takes no memory.
func (m *arrowMessages) bytes(n int64) ([]byte, error) {
	if m.left >= 0 && n > m.left {
		return nil, io.ErrUnexpectedEOF
	}
	b, err := readGrowing(m.r, n)
	m.took(len(b))
	if err != nil {
		return nil, m.readError(noEOF(err))
	}
	return b, nil
}

func (m *arrowMessages) took(n int) {
	m.offset += int64(n)
	if m.left >= 0 {
		m.left -= int64(n)
	}
}

// readError keeps the system's errors and the damages of compressed data apart from the end.
func (m *arrowMessages) readError(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return err
	}
	var d *Damage
	if errors.As(err, &d) {
		return d
	}
	return fmt.Errorf("read an Arrow message at offset %d: %w", m.offset, err)
}

// noEOF is for an end that comes too soon.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readGrowing reads n bytes, taking memory only as they come.
func readGrowing(r io.Reader, n int64) ([]byte, error) {
	const step = 1 << 20
	b := make([]byte, 0, min(n, step))
	for int64(len(b)) < n {
		if len(b) == cap(b) {
			grown := make([]byte, len(b), min(n, int64(2*cap(b))))
			copy(grown, b)
			b = grown
		}
		k, err := io.ReadFull(r, b[len(b):cap(b)])
		b = b[:len(b)+k]
		if err != nil {
			return b, noEOF(err)
		}
	}
	return b, nil
}

// Retain and Release do nothing: the garbage collector has the messages.
func (m *arrowMessages) Retain()  {}
func (m *arrowMessages) Release() {}
