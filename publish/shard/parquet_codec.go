package shard

import (
	"bytes"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"github.com/bindery-data/bindery/schema"
)

// A parquetCodec is one way in which pages are compressed.
type parquetCodec struct {
	name string
	// block undoes a codec of which a byte can become ratio bytes at the most; it fills dst.
	block func(dst, src []byte) error
	ratio int64
	// stream undoes any other codec.
	stream func(r *pageReader, src []byte) (io.Reader, error)
}

// read reports whether pages of the codec are read.
func (c parquetCodec) read() bool { return c.block != nil || c.stream != nil }

// parquetCodecs are the codecs by their number in parquet.thrift.
var parquetCodecs = map[int32]parquetCodec{
	0: {name: "no compression", ratio: 1, block: func(dst, src []byte) error {
		if copy(dst, src) != len(src) {
			return io.ErrShortBuffer
		}
		return nil
	}},
	1: {name: "snappy", ratio: 64, block: func(dst, src []byte) error {
		if n, err := snappy.DecodedLen(src); err != nil || n != len(dst) {
			return io.ErrUnexpectedEOF
		}
		_, err := snappy.Decode(dst, src)
		return err
	}},
	2: {name: "gzip", stream: func(r *pageReader, src []byte) (io.Reader, error) {
		return r.gzip, r.gzip.Reset(bytes.NewReader(src))
	}},
	3: {name: "LZO"},
	4: {name: "brotli", stream: func(_ *pageReader, src []byte) (io.Reader, error) {
		return brotli.NewReader(bytes.NewReader(src)), nil
	}},
	5: {name: "LZ4 in Hadoop's framing"},
	6: {name: "zstd", stream: func(r *pageReader, src []byte) (io.Reader, error) {
		return r.zstd, r.zstd.Reset(bytes.NewReader(src))
	}},
	7: {name: "LZ4", ratio: 256, block: func(dst, src []byte) error {
		n, err := lz4.UncompressBlock(src, dst)
		if err == nil && n != len(dst) {
			return io.ErrUnexpectedEOF
		}
		return err
	}},
}

func codecName(codec int32) string {
	if c, ok := parquetCodecs[codec]; ok {
		return c.name
	}
	return fmt.Sprintf("codec %d", codec)
}

func newPageZstd() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow),
		zstd.WithDecoderMaxMemory(maxPage), zstd.WithDecodeAllCapLimit(true))
}

// inflate undoes the compression of bytes that claim to become size.
func (r *pageReader) inflate(stored []byte, size int) (data []byte, err error) {
	if size == 0 {
		return nil, nil
	}
	codec := parquetCodecs[r.codec]
	defer func() {
		if p := recover(); p != nil {
			err = r.broken("a page cannot be decompressed: %s", schema.Quote(fmt.Sprint(p)))
		}
	}()
	switch {
	case size < 0 || codec.block != nil && int64(size)/codec.ratio > int64(len(stored)):
		err = io.ErrUnexpectedEOF
	case codec.block != nil:
		data = make([]byte, size)
		err = codec.block(data, stored)
	case codec.name == "zstd" && size/64 <= len(stored):
		data, err = r.zstd.DecodeAll(stored, make([]byte, 0, size))
		if err == nil && len(data) != size {
			err = io.ErrUnexpectedEOF
		}
	default:
		data, err = inflateStream(codec, r, stored, size)
	}
	if err != nil {
		return nil, r.broken("a page cannot be decompressed (%s): %s", codec.name, schema.Quote(err.Error()))
	}
	return data, nil
}

// inflateStream takes memory for what there is, not for what there is claimed to be.
func inflateStream(codec parquetCodec, r *pageReader, stored []byte, size int) ([]byte, error) {
	stream, err := codec.stream(r, stored)
	if err != nil {
		return nil, err
	}
	data, err := readGrowing(stream, int64(size))
	if err != nil {
		return nil, err
	}
	if n, err := io.ReadFull(stream, make([]byte, 1)); n > 0 || err != io.EOF {
		return nil, io.ErrShortBuffer
	}
	return data, nil
}
