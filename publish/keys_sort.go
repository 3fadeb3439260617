package publish

import (
	"bufio"
	"cmp"
	"container/heap"
	"context"
	"encoding/binary"
	"io"
	"slices"
)

// A triple is what a sorter sorts, by its first number, then the second, then the third.
type triple [3]uint64

const tripleSize = 24

func (t triple) compare(u triple) int {
	if t[0] != u[0] {
		return cmp.Compare(t[0], u[0])
	}
	return cmp.Or(cmp.Compare(t[1], u[1]), cmp.Compare(t[2], u[2]))
}

// sortTriples sorts by the byte of the first number that is shift bits up, then by what follows it.
func sortTriples(ts []triple, shift int) {
	const few = 96
	if len(ts) < few || shift < 0 {
		slices.SortFunc(ts, triple.compare)
		return
	}
	var next, end [256]int
	for i := range ts {
		end[byte(ts[i][0]>>shift)]++
	}
	total := 0
	for b, n := range end {
		next[b] = total
		total += n
		end[b] = total
	}
	// Each triple that is not in its byte's part is swapped into it, once.
	for b := range next {
		for next[b] < end[b] {
			if to := byte(ts[next[b]][0] >> shift); int(to) != b {
				ts[next[b]], ts[next[to]] = ts[next[to]], ts[next[b]]
				next[to]++
			} else {
				next[b]++
			}
		}
	}
	start := 0
	for _, end := range end {
		sortTriples(ts[start:end], shift-8)
		start = end
	}
}

// A sorter sorts more triples than fit into memory: when its memory is full it writes them, sorted, to
// a file, and in the end merges these runs. Unlike partitions by hash, runs are of one size whatever the
// triples are, all of them equal included.
type sorter struct {
	limit  int // triples in memory
	memory []triple
	file   spillFile
	runs   []int64 // the end of each run in the file
}

// The least memory of a sorter, in triples, and the least buffer of a run that is read.
const (
	minTriples    = 64
	minReadBuffer = 4 << 10
)

func newSorter(dir string, budget int64) *sorter {
	return &sorter{file: newSpillFile(dir, budget), limit: int(max(budget/tripleSize, minTriples))}
}

func (s *sorter) add(t triple) error {
	if len(s.memory) == s.limit {
		if err := s.spill(); err != nil {
			return err
		}
	}
	if len(s.memory) == cap(s.memory) {
		grown := make([]triple, len(s.memory), min(s.limit, max(minTriples, 2*len(s.memory))))
		copy(grown, s.memory)
		s.memory = grown
	}
	s.memory = append(s.memory, t)
	return nil
}

// spill writes the memory as one run.
func (s *sorter) spill() error {
	w, err := s.file.writer()
	if err != nil {
		return err
	}
	sortTriples(s.memory, 56)
	var b [tripleSize]byte
	for _, t := range s.memory {
		for i, v := range t {
			binary.LittleEndian.PutUint64(b[8*i:], v)
		}
		if _, err := w.Write(b[:]); err != nil {
			return s.file.fail(err)
		}
	}
	if err := w.Flush(); err != nil {
		return s.file.fail(err)
	}
	s.file.size += int64(len(s.memory)) * tripleSize
	s.runs = append(s.runs, s.file.size)
	s.memory = s.memory[:0]
	return nil
}

// each calls visit with every triple, in order. It is called once, after the last add.
func (s *sorter) each(ctx context.Context, visit func(triple) error) error {
	if len(s.runs) == 0 {
		sortTriples(s.memory, 56)
		for i, t := range s.memory {
			if i%ctxEvery == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if err := visit(t); err != nil {
				return err
			}
		}
		return nil
	}
	if err := s.spill(); err != nil {
		return err
	}
	s.memory = nil
	return s.merge(ctx, visit)
}

// ctxEvery is how many triples go by between two looks at the context.
const ctxEvery = 1 << 16

func (s *sorter) merge(ctx context.Context, visit func(triple) error) error {
	var m merger
	size := min(max(s.limit*tripleSize/len(s.runs), minReadBuffer), spillBuffer)
	start := int64(0)
	for _, end := range s.runs {
		section := io.NewSectionReader(s.file.file, start, end-start)
		r := &runReader{in: bufio.NewReaderSize(section, size), left: (end - start) / tripleSize}
		start = end
		switch err := r.next(); err {
		case nil:
			m = append(m, r)
		case io.EOF:
		default:
			return s.file.fail(err)
		}
	}
	heap.Init(&m)
	for n := 0; len(m) > 0; n++ {
		if n%ctxEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := visit(m[0].head); err != nil {
			return err
		}
		switch err := m[0].next(); err {
		case nil:
			heap.Fix(&m, 0)
		case io.EOF:
			heap.Pop(&m)
		default:
			return s.file.fail(err)
		}
	}
	return nil
}

// close removes the file.
func (s *sorter) close() error {
	s.memory = nil
	return s.file.close()
}

// A runReader goes through one run.
type runReader struct {
	in   *bufio.Reader
	left int64 // triples not read yet
	head triple
}

// next reads the next triple into head, or returns io.EOF behind the last.
func (r *runReader) next() error {
	if r.left == 0 {
		return io.EOF
	}
	r.left--
	var b [tripleSize]byte
	if _, err := io.ReadFull(r.in, b[:]); err == io.EOF {
		return io.ErrUnexpectedEOF
	} else if err != nil {
		return err
	}
	for i := range r.head {
		r.head[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return nil
}

// A merger is a heap of runs by their heads.
type merger []*runReader

func (m merger) Len() int           { return len(m) }
func (m merger) Less(i, j int) bool { return m[i].head.compare(m[j].head) < 0 }
func (m merger) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }
func (m *merger) Push(x any)        { *m = append(*m, x.(*runReader)) }
func (m *merger) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}
