package inflate

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
	"io"
)

// The flags of a header (RFC 1952, 2.3.1).
const (
	headerSummed   = 1 << 1
	headerExtra    = 1 << 2
	headerName     = 1 << 3
	headerComment  = 1 << 4
	headerReserved = 0xe0
)

// maxText is how long the name of a file or a comment may be, with the zero that ends it, as in the standard library.
const maxText = 512

// beginMember reads a member's header. The error is io.EOF where the file ends before it.
func (r *Reader) beginMember() error {
	r.in = bitReader{}
	r.begin, r.summed = r.at, r.at
	r.crc, r.size, r.offset = 0, 0, 0
	r.last, r.stored, r.code = false, 0, nil

	var head [10]byte
	if _, err := io.ReadFull(r.file, head[:]); err != nil {
		return err
	}
	flags := head[3]
	if head[0] != 0x1f || head[1] != 0x8b || head[2] != 8 || flags&headerReserved != 0 {
		return gzip.ErrHeader
	}
	h := headerReader{r.file, crc32.ChecksumIEEE(head[:])}
	return noEOF(h.skipOptions(flags))
}

// endMember compares the member's checksum and size with those behind it (2.3.1).
func (r *Reader) endMember() error {
	r.sum()
	var tail [8]byte
	if _, err := io.ReadFull(r.file, tail[:]); err != nil {
		return noEOF(err)
	}
	if binary.LittleEndian.Uint32(tail[:]) != r.crc || binary.LittleEndian.Uint32(tail[4:]) != r.size {
		return gzip.ErrChecksum
	}
	return nil
}

// A headerReader sums up what is read of a header.
type headerReader struct {
	file *bufio.Reader
	crc  uint32
}

func (h *headerReader) Read(p []byte) (int, error) {
	n, err := h.file.Read(p)
	h.crc = crc32.Update(h.crc, crc32.IEEETable, p[:n])
	return n, err
}

// skipOptions passes over those parts of a header that the flags announce, in their order.
func (h *headerReader) skipOptions(flags byte) error {
	if flags&headerExtra != 0 {
		n, err := h.number()
		if err != nil {
			return err
		}
		if _, err := io.CopyN(io.Discard, h, int64(n)); err != nil {
			return err
		}
	}
	for _, flag := range []byte{headerName, headerComment} {
		if flags&flag != 0 {
			if err := h.skipText(); err != nil {
				return err
			}
		}
	}
	if flags&headerSummed == 0 {
		return nil
	}
	crc := uint16(h.crc)
	n, err := h.number()
	if err == nil && n != crc {
		err = gzip.ErrHeader
	}
	return err
}

// number reads a number of two bytes.
func (h *headerReader) number() (uint16, error) {
	var b [2]byte
	_, err := io.ReadFull(h, b[:])
	return binary.LittleEndian.Uint16(b[:]), err
}

// skipText passes over a text and the zero that ends it.
func (h *headerReader) skipText() error {
	var b [1]byte
	for range maxText {
		if _, err := io.ReadFull(h, b[:]); err != nil || b[0] == 0 {
			return err
		}
	}
	return gzip.ErrHeader
}
