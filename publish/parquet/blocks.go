package parquet

// pageBlock is how many bytes the pages of a row group grow by. What is not used of the last block is all
// that a row group takes beyond its size.
const pageBlock = 128 << 10

// A pageBuffer gathers pages. Its positions are those of a file that begins with them.
type pageBuffer struct {
	blocks [][]byte // all but the last are full
	size   int
	free   *freeBuffers
}

// write appends b to the pages.
func (p *pageBuffer) write(b []byte) {
	p.size += len(b)
	for len(b) > 0 {
		last := len(p.blocks) - 1
		if last < 0 || len(p.blocks[last]) == pageBlock {
			p.blocks = append(p.blocks, p.block())
			last++
		}
		block := p.blocks[last]
		n := copy(block[len(block):pageBlock], b)
		p.blocks[last], b = block[:len(block)+n], b[n:]
	}
}

// block returns an empty block.
func (p *pageBuffer) block() []byte {
	if block := p.free.take(); block != nil {
		return block
	}
	return make([]byte, 0, pageBlock)
}

// position returns that of the next byte.
func (p *pageBuffer) position() int64 { return firstPage + int64(p.size) }

// drop drops the pages.
func (p *pageBuffer) drop() {
	p.free.give(p.blocks...)
	clear(p.blocks)
	p.blocks, p.size = p.blocks[:0], 0
}

// take returns the blocks, which are the caller's from now on.
func (p *pageBuffer) take() [][]byte {
	blocks := p.blocks
	p.blocks, p.size = nil, 0
	return blocks
}
