package shard

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"hash/fnv"
	"io"
)

// An xzReader decodes .xz files (https://tukaani.org/xz/xz-file-format-1.1.0.txt): any number of
// streams, each of any number of LZMA2 blocks, with every check verified. The container is read here
// and not by the LZMA library because a block's header may claim a dictionary of 4 GiB, which the
// library's own container reader would allocate.
type xzReader struct {
	r       *bufio.Reader
	flags   [2]byte // of the stream
	started bool    // inside a stream
	any     bool    // after a stream
	block   *xzBlock
	// seen sums up the sizes of the stream's blocks, to be compared with its index.
	seen   hash.Hash
	blocks uint64
}

var (
	xzMagic       = []byte{0xfd, '7', 'z', 'X', 'Z', 0}
	xzFooterMagic = []byte("YZ")
	xzCRC64       = crc64.MakeTable(crc64.ECMA)
)

func newXZReader(r io.Reader) *xzReader {
	buffered, ok := r.(*bufio.Reader)
	if !ok {
		buffered = bufio.NewReader(r)
	}
	return &xzReader{r: buffered}
}

// Read decodes the next bytes.
func (x *xzReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		if x.block == nil {
			if err := x.advance(); err != nil {
				return 0, err
			}
			continue
		}
		n, err := x.block.Read(p)
		if err == io.EOF {
			err = x.endBlock()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// advance goes to the next block, over the ends and beginnings of streams; io.EOF is the file's end.
func (x *xzReader) advance() error {
	if !x.started {
		return x.beginStream()
	}
	size, err := x.r.ReadByte()
	if err != nil {
		return unexpectedEnd(err)
	}
	if size == 0 {
		return x.endStream()
	}
	return x.beginBlock(size)
}

func (x *xzReader) beginStream() error {
	for x.any {
		padding, err := x.r.Peek(4)
		if len(padding) == 0 && err == io.EOF {
			return io.EOF
		}
		if !bytes.Equal(padding, zeros[:4]) {
			break
		}
		if _, err := x.r.Discard(4); err != nil {
			return err
		}
	}
	var h [12]byte
	if _, err := io.ReadFull(x.r, h[:]); err != nil {
		if x.any && !bytes.HasPrefix(h[:], xzMagic) {
			return errors.New("text after the end of the stream")
		}
		return unexpectedEnd(err)
	}
	if !bytes.Equal(h[:6], xzMagic) {
		return errors.New("not an xz stream")
	}
	if crc32.ChecksumIEEE(h[6:8]) != binary.LittleEndian.Uint32(h[8:]) {
		return errors.New("the stream's header does not match its checksum")
	}
	x.flags = [2]byte(h[6:8])
	if _, err := newXZCheck(x.flags); err != nil {
		return err
	}
	x.started, x.any, x.blocks, x.seen = true, true, 0, fnv.New128a()
	return nil
}

// newXZCheck returns the hash that ends each block of a stream with such flags.
func newXZCheck(flags [2]byte) (hash.Hash, error) {
	if flags[0] == 0 {
		switch flags[1] {
		case 0:
			return nil, nil
		case 1:
			return crc32.NewIEEE(), nil
		case 4:
			return crc64.New(xzCRC64), nil
		case 10:
			return sha256.New(), nil
		}
	}
	return nil, fmt.Errorf("the stream has flags %x, which are not known", flags)
}

// endStream reads a stream's index and footer.
func (x *xzReader) endStream() error {
	index := &xzIndexReader{r: x.r, crc: crc32.NewIEEE()}
	index.note(0)
	if err := x.checkIndex(index); err != nil {
		return unexpectedEnd(err)
	}
	var f [12]byte
	if _, err := io.ReadFull(x.r, f[:]); err != nil {
		return unexpectedEnd(err)
	}
	if !bytes.Equal(f[10:], xzFooterMagic) || !bytes.Equal(f[8:10], x.flags[:]) ||
		crc32.ChecksumIEEE(f[4:10]) != binary.LittleEndian.Uint32(f[:]) ||
		(int64(binary.LittleEndian.Uint32(f[4:]))+1)*4 != index.n {
		return errors.New("the stream's footer does not match the stream")
	}
	x.started = false
	return nil
}

// checkIndex compares the index with the blocks that were read.
func (x *xzReader) checkIndex(index *xzIndexReader) error {
	count, err := binary.ReadUvarint(index)
	if err != nil {
		return err
	}
	if count != x.blocks {
		return errors.New("the index does not match the blocks")
	}
	listed := fnv.New128a()
	for range 2 * count {
		size, err := binary.ReadUvarint(index)
		if err != nil {
			return err
		}
		addSize(listed, size)
	}
	if !bytes.Equal(listed.Sum(nil), x.seen.Sum(nil)) {
		return errors.New("the index does not match the blocks")
	}
	for index.n%4 != 0 {
		if b, err := index.ReadByte(); err != nil || b != 0 {
			return errors.Join(err, errors.New("the index is not padded by zeros"))
		}
	}
	want := index.crc.Sum32()
	var sum [4]byte
	if _, err := io.ReadFull(x.r, sum[:]); err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(sum[:]) != want {
		return errors.New("the index does not match its checksum")
	}
	index.n += 4
	return nil
}

func addSize(h hash.Hash, size uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], size)
	h.Write(b[:])
}

// An xzIndexReader counts and sums what is read of an index.
type xzIndexReader struct {
	r   io.ByteReader
	crc hash.Hash32
	n   int64
}

func (i *xzIndexReader) ReadByte() (byte, error) {
	b, err := i.r.ReadByte()
	if err == nil {
		i.note(b)
	}
	return b, err
}

func (i *xzIndexReader) note(b byte) {
	i.crc.Write([]byte{b})
	i.n++
}

// unexpectedEnd turns an end of the file where there must be more into io.ErrUnexpectedEOF.
func unexpectedEnd(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
