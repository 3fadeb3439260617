package shard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/bindery-data/bindery/schema"
)

// jsonlFormat is JSON lines: one JSON object a line. A line ends with LF or CR LF, the last one also
// with the shard. A line of nothing but spaces, tabs and carriage returns is no record.
//
// A chunk is a run of whole lines, blank ones among them.
var jsonlFormat = Format{
	Name:       "jsonl",
	Extensions: []string{".jsonl", ".ndjson"},
	Lines:      true,
	split:      splitLines,
	decoder:    newJSONLDecoder,
}

func splitLines(in *input, _ *schema.Schema) (Splitter, error) {
	if in.at == nil {
		return newTextSplitter(in, &lineCutter{}), nil
	}
	return &lineProber{in: in}, nil
}

// A lineCutter finds the ends of lines.
type lineCutter struct{ scanned int }

func (l *lineCutter) head([]byte, bool) (int, bool, error) { return 0, true, nil }

func (l *lineCutter) begin(*Chunk) { l.scanned = 0 }

func (l *lineCutter) cut(text []byte, want int) (n int, found, last bool) {
	from := max(l.scanned, want-1)
	if from >= len(text) {
		return 0, false, false
	}
	i := bytes.IndexByte(text[from:], '\n')
	l.scanned = len(text)
	return from + i + 1, i >= 0, false
}

func (l *lineCutter) whole(text []byte) int { return bytes.LastIndexByte(text, '\n') + 1 }
func (l *lineCutter) end() error            { return io.EOF }
func (l *lineCutter) tail([]byte) error     { return nil }

// A lineProber cuts a plain shard of lines where a lineCutter would, by looking for a line's end
// where a chunk is wanted to end. The text in between is left to the workers to read.
type lineProber struct {
	in     *input
	offset int64
	begun  bool
	probe  *[probeSize]byte
	err    error // what Next returns from now on
}

// probeSize is how much is read at a time to find the end of a line.
const probeSize = 64 << 10

// probes holds the memory of probers that are closed.
var probes = sync.Pool{New: func() any { return new([probeSize]byte) }}

// Next returns the next chunk.
func (p *lineProber) Next(ctx context.Context, want int64) (Chunk, error) {
	if p.err == nil {
		p.err = context.Cause(ctx)
	}
	if p.err == nil && !p.begun {
		p.err = p.begin()
	}
	if p.err == nil && p.offset >= p.in.size {
		p.err = io.EOF
	}
	if p.err != nil {
		return Chunk{}, p.err
	}
	n, err := p.cut(min(max(want, 1), maxWant))
	if p.err = err; n == 0 {
		return Chunk{}, err
	}
	c := Chunk{Size: n, Consumed: n, source: p.in.at, offset: p.offset, release: p.in.hold()}
	p.offset += n
	return c, nil
}

func (p *lineProber) begin() error {
	p.begun = true
	text, err := p.read(0, longestMark)
	if err != nil {
		return err
	}
	mark, err := byteOrderMark(text)
	p.offset = int64(mark)
	return err
}

// cut returns how long the next chunk is. With an error, it is the last.
func (p *lineProber) cut(want int64) (int64, error) {
	const smallest = 4 << 10
	limit := want + p.in.limits.record
	at, size := want-1, int64(smallest)
	for at < limit {
		if p.offset+at >= p.in.size {
			return p.in.size - p.offset, nil
		}
		text, err := p.read(p.offset+at, min(size, limit-at))
		if err != nil {
			return 0, err
		}
		if i := bytes.IndexByte(text, '\n'); i >= 0 {
			return at + int64(i) + 1, nil
		}
		at += int64(len(text))
		size = min(2*size, probeSize)
	}
	if p.offset+limit >= p.in.size {
		return p.in.size - p.offset, nil
	}
	n, err := p.whole(want - 1)
	if err != nil {
		return 0, err
	}
	return n, tooLong(p.in.limits)
}

// whole returns how much of the size bytes from the chunk's start on are whole lines.
func (p *lineProber) whole(size int64) (int64, error) {
	for end := size; end > 0; {
		start := max(0, end-probeSize)
		text, err := p.read(p.offset+start, end-start)
		if err != nil {
			return 0, err
		}
		if i := bytes.LastIndexByte(text, '\n'); i >= 0 {
			return start + int64(i) + 1, nil
		}
		end = start
	}
	return 0, nil
}

// read reads size bytes, which are no more than probeSize, or what the shard has from offset on.
func (p *lineProber) read(offset, size int64) ([]byte, error) {
	size = min(size, p.in.size-offset)
	if p.probe == nil {
		p.probe, _ = probes.Get().(*[probeSize]byte)
	}
	text := p.probe[:size]
	n, err := p.in.at.ReadAt(text, offset)
	if int64(n) == size {
		return text, nil
	}
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("read shard %s: it became shorter while it was read", p.in.spec.Path)
	}
	return nil, err
}

// Close lets go of the file, which stays open for chunks that were not released yet.
func (p *lineProber) Close() error {
	if p.probe != nil {
		probes.Put(p.probe)
		p.probe = nil
	}
	return p.in.close()
}
