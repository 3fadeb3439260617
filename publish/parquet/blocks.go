package parquet

import "sync"

// pageBlock is how many bytes the pages of a row group grow by. What is not used of the last block is all
// that a row group takes beyond its size.
const pageBlock = 128 << 10

// A pageBuffer gathers pages. Its positions are those of a file that begins with them.
type pageBuffer struct {
	blocks [][]byte // all but the last are full
	size   int
	free   *freeBlocks
}

// Write appends b to the pages.
func (p *pageBuffer) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		last := len(p.blocks) - 1
		if last < 0 || len(p.blocks[last]) == pageBlock {
			p.blocks = append(p.blocks, p.free.take())
			last++
		}
		block := p.blocks[last]
		n := copy(block[len(block):pageBlock], rest)
		p.blocks[last], rest = block[:len(block)+n], rest[n:]
	}
	p.size += len(b)
	return len(b), nil
}

// Tell returns the position of the next byte.
func (p *pageBuffer) Tell() int64 { return firstPage + int64(p.size) }

// truncate drops what is behind the first n bytes.
func (p *pageBuffer) truncate(n int) {
	p.size = n
	kept := (n + pageBlock - 1) / pageBlock
	p.free.give(p.blocks[kept:])
	p.blocks = p.blocks[:kept]
	if kept > 0 {
		p.blocks[kept-1] = p.blocks[kept-1][:n-(kept-1)*pageBlock]
	}
}

// take returns the blocks, which are the caller's from now on, and whom to give them back to.
func (p *pageBuffer) take() ([][]byte, *freeBlocks) {
	blocks := p.blocks
	p.blocks, p.size = nil, 0
	return blocks, p.free
}

// freeBlocks are blocks that no row group of an encoder has any more. They are given back by whoever writes
// the row groups, which is another goroutine than the encoder's.
type freeBlocks struct {
	mu     sync.Mutex
	blocks [][]byte
}

// take returns an empty block.
func (f *freeBlocks) take() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	last := len(f.blocks) - 1
	if last < 0 {
		return make([]byte, 0, pageBlock)
	}
	block := f.blocks[last]
	f.blocks = f.blocks[:last]
	return block[:0]
}

func (f *freeBlocks) give(blocks [][]byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.blocks = append(f.blocks, blocks...)
}
