package shard

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
)

// How far a shard's text is decoded ahead of the splitter: enough that it rarely waits. Most chunks lie within a block,
// and only the others are copied.
const (
	aheadBlock  = 1 << 20
	aheadBlocks = 4
)

var aheadBuffers = sync.Pool{New: func() any { return new(aheadBuffer) }}

// An aheadBuffer is the memory of a block, which the splitter and the chunks that lie in it share.
type aheadBuffer struct {
	text  [aheadBlock]byte
	users atomic.Int32
}

func takeAheadBuffer() *aheadBuffer {
	b := aheadBuffers.Get().(*aheadBuffer)
	b.users.Store(1)
	return b
}

// free gives the memory back when its last user does.
func (b *aheadBuffer) free() {
	if b.users.Add(-1) == 0 {
		aheadBuffers.Put(b)
	}
}

// A block is a piece of a shard's text, or the error that ends it.
type block struct {
	text   []byte
	buffer *aheadBuffer
	// consumed is how much of the file was used up when the block had been read.
	consumed int64
	err      error
}

// An aheadReader reads a shard's decoded bytes ahead, in a goroutine that ends with the shard, when
// the context that the shard was opened with ends, or with stop.
type aheadReader struct {
	blocks chan block
	quit   chan struct{}
	ended  chan struct{}
}

// readAhead begins to read in.
func readAhead(in *input) *aheadReader {
	a := &aheadReader{
		blocks: make(chan block, aheadBlocks),
		quit:   make(chan struct{}),
		ended:  make(chan struct{}),
	}
	go a.run(in)
	return a
}

func (a *aheadReader) run(in *input) {
	defer close(a.ended)
	r := in.reader()
	read := int64(0)
	for {
		buf := takeAheadBuffer()
		n, err := io.ReadFull(r, buf.text[:])
		if err == io.ErrUnexpectedEOF {
			err = io.EOF
		}
		read += int64(n)
		b := block{text: buf.text[:n], buffer: buf, consumed: read, err: err}
		if in.consumed != nil {
			b.consumed = in.consumed()
		}
		select {
		case a.blocks <- b:
		case <-a.quit:
			return
		case <-in.canceled:
			return
		}
		if err != nil {
			return
		}
	}
}

// next returns the next block. The one with an error may have text too, and is the last.
func (a *aheadReader) next(ctx context.Context) (block, error) {
	select {
	case b := <-a.blocks:
		return b, nil
	case <-ctx.Done():
		return block{}, context.Cause(ctx)
	case <-a.ended:
	}
	select {
	case b := <-a.blocks:
		return b, nil
	default:
		return block{}, context.Canceled // The context that the shard was opened with has ended.
	}
}

// share returns what gives the block's memory back for a chunk that lies in it.
func (b *block) share() (free func()) {
	b.buffer.users.Add(1)
	return b.buffer.free
}

// free gives the block's memory back.
func (b *block) free() {
	if b.buffer != nil {
		b.buffer.free()
	}
	*b = block{}
}

// stop ends the goroutine and waits for that.
func (a *aheadReader) stop() {
	close(a.quit)
	<-a.ended
}
