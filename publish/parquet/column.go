package parquet

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/metadata"

	"github.com/bindery-data/bindery/schema"
)

// A column writes the chunks of one leaf, whatever its type.
type column interface {
	// read begins a chunk of the values of arr.
	read(arr arrow.Array)
	// choose decides how the chunk is encoded.
	choose(f *schema.Field, l levels) encoding
	// write writes the chunk's pages. It fails with errDictionaryFull where a dictionary does not pay.
	write(w file.ColumnChunkWriter, l levels, cuts cuts) error
	// statistics are those of what was written.
	statistics() metadata.EncodedStatistics
}

// Arrow's column writers, whose types follow from the schema, have these methods.
type (
	batchWriter[T any] interface {
		WriteBatch(values []T, def, rep []int16) (int64, error)
	}
	pageFlusher     interface{ FlushCurrentPage() error }
	dictionarySizer interface{ DictEncodedSize() int }
)

// cuts say where pages end, in bytes of values.
type cuts struct {
	// enough is the size at which a page ends with the row.
	enough int
	// most is the size that no page may have, even within a row.
	most int
}

// errDictionaryFull says that a chunk has to be written anew, without a dictionary.
var errDictionaryFull = errors.New("the dictionary is full")

// typed is a column whose values have the Go type T in Arrow's writers.
type typed[T any] struct {
	kind[T]
	get    func(slot int) T
	page   []T // values of the page being gathered
	bounds bounds[T]
	seen   map[string]struct{} // values of the sample
}

func (c *typed[T]) read(arr arrow.Array) { c.get = c.view(arr) }

func (c *typed[T]) write(w file.ColumnChunkWriter, l levels, cuts cuts) error {
	c.bounds = bounds[T]{}
	c.page = c.page[:0]
	start, size := 0, 0
	for i := range l.n {
		size++ // what the levels take, so that a page of nulls ends too
		if l.present(i) {
			v := c.get(l.slot(i))
			c.page = append(c.page, v)
			c.bounds.add(&c.kind, v)
			size += c.sizeOf(v)
		} else {
			c.bounds.nulls++
		}
		if size > cuts.most {
			return fmt.Errorf("row %d has more than %d bytes in this column, which is the most that a page holds: split it",
				l.row(i), cuts.most)
		}
		if size >= cuts.enough && l.endsRow(i) {
			if err := c.endPage(w, l, start, i+1); err != nil {
				return err
			}
			start, size = i+1, 0
		}
	}
	if start < l.n {
		return c.endPage(w, l, start, l.n)
	}
	return nil
}

func (c *typed[T]) sizeOf(v T) int {
	if c.size == nil {
		return c.width
	}
	return c.size(v)
}

// endPage writes the entries from start to end as one page.
func (c *typed[T]) endPage(w file.ColumnChunkWriter, l levels, start, end int) error {
	if c.fault != nil {
		if err := c.fault(); err != nil {
			return err
		}
	}
	n, err := w.(batchWriter[T]).WriteBatch(c.page, part(l.def, start, end), part(l.rep, start, end))
	if err == nil && n != int64(len(c.page)) {
		err = fmt.Errorf("%d of %d values were taken", n, len(c.page))
	}
	if err != nil {
		return err
	}
	c.page = c.page[:0]
	if d, ok := w.CurrentEncoder().(dictionarySizer); ok && d.DictEncodedSize() > maxDictionary {
		return errDictionaryFull
	}
	return w.(pageFlusher).FlushCurrentPage()
}

func part(levels []int16, start, end int) []int16 {
	if levels == nil {
		return nil
	}
	return levels[start:end]
}

// bounds are the least and greatest value of a chunk, and how many entries have none.
type bounds[T any] struct {
	low, high T
	set       bool
	nulls     int64
}

func (b *bounds[T]) add(k *kind[T], v T) {
	switch {
	case k.unordered != nil && k.unordered(v):
	case !b.set:
		b.low, b.high, b.set = v, v, true
	case k.less(v, b.low):
		b.low = v
	case k.less(b.high, v):
		b.high = v
	}
}

// maxBound is how many bytes the least and the greatest value may take in a page, four of them for the
// length, to be worth their place in a footer.
const maxBound = 4 + 4096

func (c *typed[T]) statistics() metadata.EncodedStatistics {
	s := metadata.EncodedStatistics{HasNullCount: true, NullCount: c.bounds.nulls}
	if !c.bounds.set {
		return s
	}
	low, high := c.bounds.low, c.bounds.high
	if c.widen != nil {
		low, high = c.widen(low, high)
	}
	if max(c.sizeOf(low), c.sizeOf(high)) > maxBound {
		return s
	}
	// Encoded values are copies, which the batch's memory does not change later. They are never nil,
	// which would say that there is none.
	s.SetMin(c.encode([]byte{}, low))
	s.SetMax(c.encode([]byte{}, high))
	return s
}
