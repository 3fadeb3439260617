package shard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/bindery-data/bindery/schema"
)

// arrowMagicWord is how a file begins, read as a stream's first number.
const arrowMagicWord = 'A' | 'R'<<8 | 'R'<<16 | 'O'<<24

// An arrowStream reads the messages of a stream.
type arrowStream struct {
	r io.Reader
	// left is how many bytes there are at most, or -1 where that is not known.
	left int64
	read int64
}

func (s *arrowStream) offset() int64 { return s.read }

func (s *arrowStream) next() (*arrowHead, []byte, error) {
	length, err := s.prefix()
	if err != nil {
		return nil, nil, err
	}
	meta, err := s.bytes(int64(length))
	if err != nil {
		return nil, nil, err
	}
	head, err := checkArrowMessage(meta)
	if err != nil {
		return nil, nil, err
	}
	if err := checkArrowBody(head.body); err != nil {
		return nil, nil, err
	}
	body, err := s.bytes(head.body)
	return head, body, err
}

// prefix reads the length of a message's metadata. Before Arrow 0.15 nothing stood in front of it.
func (s *arrowStream) prefix() (int32, error) {
	word, err := s.word()
	if err != nil {
		return 0, err
	}
	if word == -1 {
		if word, err = s.word(); err != nil {
			return 0, noEOF(err)
		}
	}
	switch {
	case word == 0:
		return 0, io.EOF
	case word == arrowMagicWord:
		return 0, damage(schema.FormatError, "is an Arrow file and not a stream", "Declare its format as \"arrow\".")
	case word < 0 || word > maxArrowMetadata:
		return 0, malformed("is no Arrow stream: a message's metadata claims to have %d bytes", word)
	}
	return word, nil
}

func (s *arrowStream) word() (int32, error) {
	var b [4]byte
	n, err := io.ReadFull(s.r, b[:])
	s.took(n)
	if err != nil {
		return 0, s.readError(err)
	}
	return int32(binary.LittleEndian.Uint32(b[:])), nil
}

// bytes reads n bytes. What is not there takes no memory.
func (s *arrowStream) bytes(n int64) ([]byte, error) {
	if s.left >= 0 && n > s.left {
		return nil, io.ErrUnexpectedEOF
	}
	b, err := readGrowing(s.r, n)
	s.took(len(b))
	if err != nil {
		return nil, s.readError(noEOF(err))
	}
	return b, nil
}

func (s *arrowStream) took(n int) {
	s.read += int64(n)
	if s.left >= 0 {
		s.left -= int64(n)
	}
}

// readError says where the system failed; an end and a damage of compressed data are what they are.
func (s *arrowStream) readError(err error) error {
	var d *Damage
	if err == io.EOF || err == io.ErrUnexpectedEOF || errors.As(err, &d) {
		return err
	}
	return fmt.Errorf("read an Arrow message at offset %d: %w", s.read, err)
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
