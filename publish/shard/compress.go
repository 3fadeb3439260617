package shard

import (
	"bufio"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"

	"github.com/bindery-data/bindery/publish/shard/inflate"
	"github.com/bindery-data/bindery/schema"
)

// maxWindow is how far back compressed data may refer, and so about what decoding it takes: 128 MiB is
// what `zstd --long` and every preset of xz stay under.
const maxWindow = 128 << 20

// A compression is one way in which a shard can be compressed as a whole.
type compression struct {
	name, extension string
	// open begins to decode. It may read from r.
	open func(r io.Reader) (io.Reader, error)
	// free gives back what open took; it may be nil.
	free func(io.Reader)
}

var compressions = []compression{
	{name: "gzip", extension: ".gz", open: func(r io.Reader) (io.Reader, error) { return inflate.NewReader(r) }},
	{name: "zstd", extension: ".zst", open: openZstd, free: freeZstd},
	{name: "bzip2", extension: ".bz2", open: func(r io.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil }},
	{name: "xz", extension: ".xz", open: func(r io.Reader) (io.Reader, error) { return newXZReader(r), nil }},
}

// zstdDecoders holds decoders of shards that were read, for the next ones: what a decoder keeps of the text
// before is 16 MB of garbage for each shard otherwise, and more where it was compressed with --long.
var zstdDecoders sync.Pool

func openZstd(r io.Reader) (io.Reader, error) {
	if d, ok := zstdDecoders.Get().(*zstd.Decoder); ok {
		return d, d.Reset(r)
	}
	return zstd.NewReader(r,
		zstd.WithDecoderConcurrency(1), // the stream is decoded ahead in one goroutine already
		zstd.WithDecoderLowmem(false),
		zstd.WithDecoderMaxWindow(maxWindow),
		zstd.WithDecoderMaxMemory(maxWindow))
}

// freeZstd keeps a decoder, without what it read from. One that cannot be used again, whatever the stream
// did to it, is let go.
func freeZstd(r io.Reader) {
	d := r.(*zstd.Decoder)
	if d.Reset(nil) != nil {
		d.Close()
		return
	}
	zstdDecoders.Put(d)
}

func compressionNamed(name string) *compression {
	for i := range compressions {
		if compressions[i].name == name {
			return &compressions[i]
		}
	}
	return nil
}

func knownCompression(name string) error {
	if name == "none" || compressionNamed(name) != nil {
		return nil
	}
	names := []string{"none"}
	for _, c := range compressions {
		names = append(names, c.name)
	}
	return fmt.Errorf("unknown compression %q: declare one of %s", name, strings.Join(names, ", "))
}

func compressionEndings() []string {
	var all []string
	for _, c := range compressions {
		all = append(all, c.extension)
	}
	return all
}

// cutCompression takes a compression's ending off a file's name in lower case.
func cutCompression(name string) (stem, compression string) {
	for _, c := range compressions {
		if stem, ok := strings.CutSuffix(name, c.extension); ok {
			return stem, c.name
		}
	}
	return name, "none"
}

// limits bound what a shard may ask of the machine.
type limits struct {
	// record is how long a record may be: what is longer is no record but a broken file, and a chunk
	// of whole records has to be held in memory.
	record int64
	// From expandFree decoded bytes on, data that has expanded more than expandRatio times is refused.
	expandFree, expandRatio int64
}

// Deflate cannot expand more than 1032 times, and text rarely does 100 times, but zstd, bzip2 and xz
// make terabytes out of a few kilobytes. A small file may be as repetitive as it likes.
const (
	maxRecord      = 256 << 20
	maxExpansion   = 2000
	freelyExpanded = 1 << 30
)

var defaultLimits = limits{record: maxRecord, expandFree: freelyExpanded, expandRatio: maxExpansion}

// A countedFile counts what is read of a file and keeps the file's own error apart from those that
// the decoder of its content makes.
type countedFile struct {
	r   io.Reader
	n   atomic.Int64
	err error
}

func (c *countedFile) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

// An expander is a compressed file's decoded bytes.
type expander struct {
	how     *compression
	file    countedFile
	limits  limits
	buffer  *bufio.Reader
	decoder io.Reader
	decoded int64
	err     error
}

func newExpander(file io.Reader, how *compression, l limits) *expander {
	e := &expander{how: how, file: countedFile{r: file}, limits: l}
	e.buffer = bufio.NewReaderSize(&e.file, 128<<10)
	return e
}

// Read fails with a *Damage where the data is damaged, cut short or expands beyond the limits.
func (e *expander) Read(p []byte) (int, error) {
	if e.err != nil {
		return 0, e.err
	}
	if e.decoder == nil {
		if e.err = e.begin(); e.err != nil {
			return 0, e.err
		}
	}
	n, err := e.decoder.Read(p)
	e.decoded += int64(n)
	if err == nil {
		err = e.checkExpansion()
	}
	if err != nil && err != io.EOF {
		err = e.explain(err)
	}
	e.err = err
	return n, err
}

func (e *expander) begin() error {
	if _, err := e.buffer.Peek(1); err == io.EOF {
		return damage(schema.CompressionErr, "is empty, which "+e.how.name+" data never is: the file was cut short",
			"Copy or compress the shard again.")
	}
	decoder, err := e.how.open(e.buffer)
	if err != nil {
		return e.explain(err)
	}
	e.decoder = decoder
	return nil
}

// consumed returns how much of the file was read.
func (e *expander) consumed() int64 { return e.file.n.Load() }

func (e *expander) checkExpansion() error {
	if e.decoded <= e.limits.expandFree || e.decoded/e.limits.expandRatio <= e.consumed() {
		return nil
	}
	return damage(schema.CompressionErr,
		fmt.Sprintf("expands more than %d times after %d bytes, as no records do", e.limits.expandRatio, e.decoded),
		"If the content is meant to be so, give it uncompressed.")
}

// explain tells a fault of the data from one of the file.
func (e *expander) explain(err error) error {
	var known *Damage
	switch {
	case e.file.err != nil:
		return e.file.err
	case errors.As(err, &known):
		return known
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return damage(schema.CompressionErr,
			fmt.Sprintf("the %s data is cut short after %d decoded bytes", e.how.name, e.decoded),
			"Copy or compress the shard again.")
	}
	return damage(schema.CompressionErr,
		fmt.Sprintf("the %s data is damaged after %d decoded bytes: %v", e.how.name, e.decoded, err),
		"Copy or compress the shard again; what follows the compressed data must go.")
}

// free gives back what decoding took.
func (e *expander) free() {
	if e.decoder != nil && e.how.free != nil {
		e.how.free(e.decoder)
	}
}
