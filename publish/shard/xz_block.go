package shard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"slices"

	"github.com/ulikunitz/xz/lzma"
)

// An xzBlock decodes one block of an xz stream.
type xzBlock struct {
	header int64 // its length
	// packed and unpacked are the sizes that the header gives, or -1.
	packed, unpacked int64
	in               *countedBytes
	lzma             io.Reader
	check            hash.Hash
	decoded          int64
}

const lzma2Filter = 0x21

// beginBlock reads a block's header, whose first byte is size.
func (x *xzReader) beginBlock(size byte) error {
	h := make([]byte, (int(size)+1)*4)
	h[0] = size
	if _, err := io.ReadFull(x.r, h[1:]); err != nil {
		return unexpectedEnd(err)
	}
	body, sum := h[:len(h)-4], h[len(h)-4:]
	if crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(sum) {
		return errors.New("a block's header does not match its checksum")
	}
	b := &xzBlock{header: int64(len(h)), in: &countedBytes{r: x.r}}
	window, err := b.parse(bytes.NewReader(body[2:]), body[1])
	if err != nil {
		return err
	}
	if b.check, err = newXZCheck(x.flags); err != nil {
		return err
	}
	b.lzma, err = lzma.Reader2Config{DictCap: window}.NewReader2(b.in)
	if err != nil {
		return err
	}
	x.block = b
	return nil
}

// parse reads the header after its flags and returns the size of the dictionary.
func (b *xzBlock) parse(r *bytes.Reader, flags byte) (window int, err error) {
	if flags&0x3c != 0 || flags&3 != 0 {
		return 0, errors.New("a block uses filters other than LZMA2")
	}
	b.packed, b.unpacked = -1, -1
	for _, size := range []struct {
		flag byte
		to   *int64
	}{{0x40, &b.packed}, {0x80, &b.unpacked}} {
		if flags&size.flag != 0 {
			v, err := binary.ReadUvarint(r)
			if err != nil || v > 1<<62 {
				return 0, errors.New("a block's header has a size that cannot be")
			}
			*size.to = int64(v)
		}
	}
	var filter [3]byte
	if _, err := io.ReadFull(r, filter[:]); err != nil || filter[0] != lzma2Filter || filter[1] != 1 {
		return 0, errors.New("a block uses filters other than LZMA2")
	}
	for r.Len() > 0 {
		if c, err := r.ReadByte(); err != nil || c != 0 {
			return 0, errors.New("a block's header is not padded by zeros")
		}
	}
	return b.window(filter[2])
}

// window returns how large a dictionary the block needs.
func (b *xzBlock) window(bits byte) (int, error) {
	if bits > 40 {
		return 0, errors.New("a block's dictionary has a size that cannot be")
	}
	size := int64(2|bits&1) << (bits/2 + 11)
	if b.unpacked >= 0 {
		size = min(size, b.unpacked)
	}
	if size > maxWindow {
		return 0, fmt.Errorf("a block needs a dictionary of %d MiB, more than %d MiB", size>>20, maxWindow>>20)
	}
	return int(max(size, lzma.MinDictCap)), nil
}

// Read decodes; io.EOF is the end of the block's data, after which its check follows.
func (b *xzBlock) Read(p []byte) (int, error) {
	n, err := b.lzma.Read(p)
	b.decoded += int64(n)
	if b.check != nil {
		b.check.Write(p[:n])
	}
	if b.unpacked >= 0 && b.decoded > b.unpacked || b.packed >= 0 && b.in.n > b.packed {
		return n, errors.New("a block is longer than its header says")
	}
	return n, err
}

// endBlock reads what follows a block's data and notes its sizes.
func (x *xzReader) endBlock() error {
	b := x.block
	if b.unpacked >= 0 && b.decoded != b.unpacked || b.packed >= 0 && b.in.n != b.packed {
		return errors.New("a block is shorter than its header says")
	}
	var sum []byte
	if b.check != nil {
		sum = b.check.Sum(nil)
		if len(sum) <= 8 { // The CRCs are stored with their low byte first.
			slices.Reverse(sum)
		}
	}
	padding := int(-b.in.n & 3)
	rest := make([]byte, padding+len(sum))
	if _, err := io.ReadFull(x.r, rest); err != nil {
		return unexpectedEnd(err)
	}
	if !bytes.Equal(rest[:padding], zeros[:padding]) || !bytes.Equal(rest[padding:], sum) {
		return errors.New("a block does not match its checksum")
	}
	addSize(x.seen, uint64(b.header+b.in.n)+uint64(len(sum)))
	addSize(x.seen, uint64(b.decoded))
	x.blocks++
	x.block = nil
	return nil
}

// countedBytes counts the bytes that are read one by one or together.
type countedBytes struct {
	r interface {
		io.Reader
		io.ByteReader
	}
	n int64
}

func (c *countedBytes) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func (c *countedBytes) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}
