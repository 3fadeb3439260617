package shard

import (
	"fmt"
	"io"
	"sync"
)

// textBuffers holds the memory of chunks that were released, for the next ones. A *[]byte is pooled, so
// that putting it back allocates nothing.
var textBuffers = sync.Pool{New: func() any { return new([]byte) }}

// load reads the chunk's text, where the splitter left that to the worker. The text lives until the
// chunk is released. The error is the system's, or that the file has become shorter.
func (c *Chunk) load() error {
	if c.text != nil || c.source == nil {
		return nil
	}
	buf := textBuffers.Get().(*[]byte)
	if int64(cap(*buf)) < c.Size {
		*buf = make([]byte, c.Size)
	}
	text := (*buf)[:c.Size]
	n, err := c.source.ReadAt(text, c.offset)
	if n < len(text) {
		textBuffers.Put(buf)
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("read %d bytes at offset %d, of which there are %d (leave shards alone while they are read): %w",
			len(text), c.offset, n, err)
	}
	release := c.release
	c.text = text
	c.release = func() {
		textBuffers.Put(buf)
		if release != nil {
			release()
		}
	}
	return nil
}
