// Package inflate decodes gzip files (RFC 1952), which hold DEFLATE data (RFC 1951), as they are read.
//
// It is here because decoding is most of what it takes to check a gzip shard: one goroutine decodes a shard, and
// the workers wait for it. On JSON lines and source text it is 2.1 to 2.6 times as fast as klauspost/compress
// (go test -bench . ./publish/shard/inflate). What it takes and refuses, and its errors, are those of compress/gzip,
// which judges it in the tests, but that it refuses reserved flags, as RFC 1952 asks, and may give the place of
// corrupt data up to two bytes earlier.
//
// # How it is fast
//
// Input and output lie in memory in long pieces, and as long as neither is near its end, decode.go needs few
// tests: it loads eight bytes of input at once, which last for two literals and a length, finds each of them by
// one look into a table of code.go, and copies matches eight bytes at a time, beyond their ends. What is near an
// end is decoded symbol by symbol, in the plain way.
package inflate

import (
	"bufio"
	"hash/crc32"
	"io"
)

const (
	// window is how far back a distance may reach (RFC 1951, 2).
	window = 32 << 10
	// chunk is about how much is decoded before it is handed on: enough that the copy of the window with which
	// the next chunk begins is cheap, and no more than stays in a processor's second cache.
	chunk = 128 << 10
	// inputSize is how much input is read at once where the file has no buffer of its own.
	inputSize = 32 << 10
)

// A Reader decodes a file of gzip's: any number of members (RFC 1952, 2.2), with every checksum verified. It
// takes about 200 KiB, which Reset keeps. It is for one goroutine. The zero value is ready for Reset.
type Reader struct {
	file   *bufio.Reader
	buffer *bufio.Reader // of files that are not buffered
	err    error         // what Read returns when everything decoded was read
	in     bitReader     // over what file has buffered; at rest it has less than a byte
	// out holds what was decoded, up to at. What is before read was read.
	out      [window + chunk + slackOut]byte
	read, at int

	// Of the member:
	begin     int    // of its output in out, or of what is left of that
	summed    int    // how far out went into crc and size
	crc, size uint32 // of the output
	offset    int64  // of in in its DEFLATE data

	// Of the block:
	last   bool // it is the member's last
	stored int  // how much of a stored block is still to be copied
	code   *code
	own    code // the last that a block brought
}

// NewReader returns a Reader of a file, of which it has read the first header. Its errors are those of Read; that
// of a file which has nothing is io.EOF.
func NewReader(file io.Reader) (*Reader, error) {
	r := new(Reader)
	return r, r.Reset(file)
}

// Reset makes the Reader one of another file, as NewReader does. A *bufio.Reader is read as it is, and anything
// else through a buffer: more of it is read than was asked for.
func (r *Reader) Reset(file io.Reader) error {
	if buffered, ok := file.(*bufio.Reader); ok && buffered.Size() >= minInput {
		r.file = buffered
	} else if r.buffer == nil {
		r.buffer = bufio.NewReaderSize(file, inputSize)
		r.file = r.buffer
	} else {
		r.buffer.Reset(file)
		r.file = r.buffer
	}
	r.read, r.at = 0, 0
	r.err = r.beginMember()
	return r.err
}

// Read reads what the file decodes to. It fails with gzip.ErrHeader, gzip.ErrChecksum, a flate.CorruptInputError,
// io.ErrUnexpectedEOF where the file is cut short, or the file's own error, when everything before was read.
func (r *Reader) Read(p []byte) (int, error) {
	for r.read == r.at {
		if r.err != nil {
			return 0, r.err
		}
		r.slide()
		for r.err == nil && r.room() {
			r.err = r.advance()
		}
		r.sum()
	}
	n := copy(p, r.out[r.read:r.at])
	r.read += n
	return n, nil
}

// room reports whether there is room for what follows next in the output.
func (r *Reader) room() bool { return r.at <= len(r.out)-slackOut }

// slide makes room, and keeps what distances may reach.
func (r *Reader) slide() {
	gone := r.at - window
	if gone <= 0 {
		return
	}
	copy(r.out[:], r.out[gone:r.at])
	r.read, r.at, r.summed = window, window, window
	r.begin = max(r.begin-gone, 0)
}

// sum adds what is new in the output to its checksum.
func (r *Reader) sum() {
	fresh := r.out[r.summed:r.at]
	r.crc = crc32.Update(r.crc, crc32.IEEETable, fresh)
	r.size += uint32(len(fresh))
	r.summed = r.at
}

// advance decodes what follows, as far as there is room.
func (r *Reader) advance() error {
	switch {
	case r.stored > 0:
		return r.copyStored()
	case r.code != nil:
		return r.feed((*Reader).symbols)
	case !r.last:
		return r.feed((*Reader).beginBlock)
	}
	if err := r.endMember(); err != nil {
		return err
	}
	return r.beginMember()
}

// feed lets decode go on with what is buffered of the file, and with more each time it returns errShort.
func (r *Reader) feed(decode func(*Reader) error) error {
	for want := 0; ; want = len(r.in.data) - r.in.pos + 1 {
		var err error
		r.in.data, err = r.file.Peek(max(want, r.file.Buffered()))
		if len(r.in.data) < want {
			return noEOF(err)
		}
		r.in.pos = 0
		err = decode(r)
		r.in.align()
		r.offset += int64(r.in.pos)
		if _, discarded := r.file.Discard(r.in.pos); discarded != nil {
			return discarded
		}
		if err != errShort {
			return err
		}
	}
}

// noEOF turns the end of the file where there must be more into io.ErrUnexpectedEOF.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
