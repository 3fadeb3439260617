package shard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/bindery-data/bindery/schema"
)

// maxWant is the most that is taken of what Next wants: places in a chunk are 32 bits wide.
const maxWant = 1 << 30

// maxHead is how much may stand before the first record.
const maxHead = 16 << 20

// A cutter knows where the records of one text format end.
type cutter interface {
	// head is asked for the length of what stands before the first record. Unless end says that text
	// is all there is, ok may be false to be asked again when there is more.
	head(text []byte, end bool) (n int, ok bool, err error)
	// begin says that the texts which follow are those of a new chunk.
	begin(c *Chunk)
	// cut returns where the chunk that begins with text ends: at the first end of a record from want
	// on. It is called with more and more text of the same chunk until it is found, and must not look
	// at any byte twice. Where the format has an end of its own, it may come first (last).
	cut(text []byte, want int) (n int, found, last bool)
	// whole returns how much of text are records that are complete.
	whole(text []byte) int
	// end returns io.EOF if the shard may end after a record, and what is missing otherwise.
	end() error
	// tail looks at what follows the end that cut found.
	tail(text []byte) error
}

// A textSplitter cuts text that it reads from its beginning to its end.
type textSplitter struct {
	in     *input
	ahead  *aheadReader
	cutter cutter

	block    block
	pos      int   // in block.text
	reported int64 // of what was consumed
	skipped  int64 // lines
	begun    bool
	last     bool  // the format's own end was met
	err      error // what Next returns from now on
}

func newTextSplitter(in *input, c cutter) *textSplitter {
	return &textSplitter{in: in, ahead: readAhead(in), cutter: c}
}

// Next returns the next chunk.
func (t *textSplitter) Next(ctx context.Context, want int64) (Chunk, error) {
	if t.err != nil {
		return Chunk{}, t.err
	}
	if !t.begun {
		if err := t.begin(ctx); err != nil {
			return Chunk{}, t.fail(err)
		}
		t.begun = true
	}
	if t.last {
		return Chunk{}, t.fail(t.drain(ctx))
	}
	return t.chunk(ctx, int(min(max(want, 1), maxWant)))
}

// fail keeps what ends the shard.
func (t *textSplitter) fail(err error) error {
	t.err = err
	return err
}

// begin passes over the byte order mark and what stands before the first record.
func (t *textSplitter) begin(ctx context.Context) error {
	var text []byte
	for len(text) < longestMark {
		if t.more(ctx, &text, aheadBlock) != nil {
			break // Whoever asks for more gets the same error.
		}
	}
	mark, err := byteOrderMark(text)
	if err != nil {
		return err
	}
	text = text[mark:]
	for end := false; ; {
		n, ok, err := t.cutter.head(text, end)
		switch {
		case err != nil:
			return err
		case ok:
			t.skipped = int64(bytes.Count(text[:n], newline))
			t.pos -= len(text) - n
			return nil
		case end:
			return io.EOF
		case len(text) > maxHead:
			return damage(schema.FormatError, fmt.Sprintf("has no record in its first %d MiB", maxHead>>20),
				"Check that the shard is of the format it is declared or named to be.")
		}
		if err := t.more(ctx, &text, aheadBlock); err == io.EOF {
			end = true
		} else if err != nil {
			return err
		}
	}
}

// more appends at most size bytes to text, or returns the error that ended the shard.
func (t *textSplitter) more(ctx context.Context, text *[]byte, size int) error {
	for t.pos == len(t.block.text) {
		if t.block.err != nil {
			return t.block.err
		}
		next, err := t.ahead.next(ctx)
		if err != nil {
			return err
		}
		t.block.free()
		t.block, t.pos = next, 0
	}
	piece := t.block.text[t.pos:]
	piece = piece[:min(len(piece), size)]
	*text = append(*text, piece...)
	t.pos += len(piece)
	return nil
}

// firstStep is how much is looked at first behind where a chunk is wanted to end, and half of what is looked at next:
// most of it is looked at in vain.
const firstStep = 4 << 10

// chunk returns the next chunk: a part of the block at hand, or, where it does not end there, a copy of several parts.
func (t *textSplitter) chunk(ctx context.Context, want int) (Chunk, error) {
	var c Chunk
	t.cutter.begin(&c)
	rest := t.block.text[t.pos:]
	size := min(want, len(rest))
	for step := firstStep; size > 0; step *= 2 {
		n, found, last := t.cutter.cut(rest[:size], want)
		switch {
		case found && int64(n) <= t.limit(want):
			t.pos += n
			return t.found(ctx, c, rest[:n:n], t.block.share(), last)
		case found || int64(size) > t.limit(want):
			return t.final(c, rest[:want-1:want-1], t.block.share(), tooLong(t.in.limits))
		case size == len(rest):
			return t.gather(ctx, c, want)
		}
		size = min(size+step, len(rest))
	}
	return t.gather(ctx, c, want)
}

// gather copies text until it has a chunk, which does not end in the block at hand: cut has seen all of that.
func (t *textSplitter) gather(ctx context.Context, c Chunk, want int) (Chunk, error) {
	buf, text := takeText(want)
	release := func() { giveText(buf, text) }
	text = append(text, t.block.text[t.pos:]...)
	t.pos = len(t.block.text)
	for step := firstStep; ; {
		size := want - len(text)
		if size <= 0 {
			size = step
			step = min(2*step, aheadBlock)
		}
		if len(text) >= aheadBlock && cap(text) < want { // A shard that is large, as most are.
			text = slices.Grow(text, want+beyondWant-len(text))
		}
		if err := t.more(ctx, &text, size); err != nil {
			return t.final(c, text, release, err)
		}
		n, found, last := t.cutter.cut(text, want)
		if found && int64(n) <= t.limit(want) {
			t.pos -= len(text) - n
			return t.found(ctx, c, text[:n], release, last)
		}
		if found || int64(len(text)) > t.limit(want) {
			return t.final(c, text[:want-1], release, tooLong(t.in.limits))
		}
	}
}

// limit is the most that a chunk may have: a record begins before what is wanted ends.
func (t *textSplitter) limit(want int) int64 { return int64(want) + t.in.limits.record }

// found delivers a chunk that ends with a record, the last one or not.
func (t *textSplitter) found(ctx context.Context, c Chunk, text []byte, release func(), last bool) (Chunk, error) {
	if t.last = last; last && len(text) == 0 {
		release()
		return Chunk{}, t.fail(t.drain(ctx))
	}
	return t.deliver(c, text, release)
}

// final returns the last chunk of a shard that ended or broke off after text, if there is any.
func (t *textSplitter) final(c Chunk, text []byte, release func(), err error) (Chunk, error) {
	if err == io.EOF {
		err = t.cutter.end()
	}
	t.err = err
	var d *Damage
	switch {
	case err == io.EOF:
		return t.deliver(c, text, release)
	case errors.As(err, &d):
		return t.deliver(c, text[:t.cutter.whole(text)], release)
	}
	release()
	return Chunk{}, err
}

// deliver makes c the chunk of text, whose memory release gives back.
func (t *textSplitter) deliver(c Chunk, text []byte, release func()) (Chunk, error) {
	if len(text) == 0 {
		release()
		return Chunk{}, t.err
	}
	c.text, c.Size = text, int64(len(text))
	c.SkippedLines, t.skipped = t.skipped, 0
	c.Consumed, t.reported = t.block.consumed-t.reported, t.block.consumed
	c.release = release
	return c, nil
}

// beyondWant is room for the end of the record that is under way where a chunk is wanted to end.
const beyondWant = 64 << 10

// takeText returns memory for a chunk of about want bytes, or for its beginning.
func takeText(want int) (buf *[]byte, text []byte) {
	buf = textBuffers.Get().(*[]byte)
	if cap(*buf) < want+beyondWant && cap(*buf) < aheadBlock {
		*buf = make([]byte, 0, min(want, aheadBlock)+beyondWant)
	}
	return buf, (*buf)[:0]
}

// giveText gives back memory that takeText returned and that became text.
func giveText(buf *[]byte, text []byte) {
	*buf = text[:0]
	textBuffers.Put(buf)
}

// drain reads what follows the format's own end.
func (t *textSplitter) drain(ctx context.Context) error {
	var text []byte
	for {
		if err := t.more(ctx, &text, aheadBlock); err != nil {
			return err
		}
		if err := t.cutter.tail(text); err != nil {
			return err
		}
		text = text[:0]
	}
}

// Close ends the reading ahead and closes the file.
func (t *textSplitter) Close() error {
	t.ahead.stop()
	return t.in.close()
}
