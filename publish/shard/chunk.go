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
		*buf = make([]byte, c.Size+c.Size/8) // Chunks are of much the same size, seldom of just the same.
	}
	text := (*buf)[:c.Size]
	if err := c.read(text, 0); err != nil {
		textBuffers.Put(buf)
		return err
	}
	c.text = text
	c.unload = func() { textBuffers.Put(buf) }
	return nil
}

// read reads the text that is from bytes into the chunk.
func (c *Chunk) read(text []byte, from int64) error {
	n, err := c.source.ReadAt(text, c.offset+from)
	if n == len(text) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("read %d bytes at offset %d, of which there are %d (leave shards alone while they are read): %w",
		len(text), c.offset+from, n, err)
}

// raw returns a record's text, which is read once more if the chunk was unloaded.
func (c *Chunk) raw(o Origin) ([]byte, error) {
	if c.text != nil {
		return c.text[o.Start:o.End], nil
	}
	text := make([]byte, o.End-o.Start)
	return text, c.read(text, int64(o.Start))
}
