package shard

import (
	"context"
	"io"
)

// How far a shard's text is decoded ahead of the splitter: enough that it rarely waits.
const (
	aheadBlock  = 512 << 10
	aheadBlocks = 8
)

// A block is a piece of a shard's text, or the error that ends it.
type block struct {
	text []byte
	// consumed is how much of the file was used up when the block had been read.
	consumed int64
	err      error
}

// An aheadReader reads a shard's decoded bytes ahead, in a goroutine that ends with the shard, when
// the context that the shard was opened with ends, or with stop.
type aheadReader struct {
	blocks chan block
	free   chan []byte
	quit   chan struct{}
	ended  chan struct{}
}

// readAhead begins to read in.
func readAhead(in *input) *aheadReader {
	a := &aheadReader{
		blocks: make(chan block, aheadBlocks),
		free:   make(chan []byte, aheadBlocks+2),
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
		var buf []byte
		select {
		case buf = <-a.free:
		default:
			buf = make([]byte, aheadBlock)
		}
		n, err := io.ReadFull(r, buf)
		if err == io.ErrUnexpectedEOF {
			err = io.EOF
		}
		read += int64(n)
		b := block{text: buf[:n], consumed: read, err: err}
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

// recycle gives the memory of a block back.
func (a *aheadReader) recycle(text []byte) {
	if cap(text) < aheadBlock {
		return
	}
	select {
	case a.free <- text[:aheadBlock]:
	default:
	}
}

// stop ends the goroutine and waits for that.
func (a *aheadReader) stop() {
	close(a.quit)
	<-a.ended
}
