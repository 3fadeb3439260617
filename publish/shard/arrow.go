package shard

import (
	"context"
	"errors"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"

	"github.com/bindery-data/bindery/schema"
)

// arrowFormat is the Arrow IPC file format, which is also Feather's second version. What is named so but
// lacks the file's head is often a stream (the caches of Hugging Face's datasets are), and read as one.
var arrowFormat = Format{
	Name:         "arrow",
	Extensions:   []string{".arrow", ".feather", ".ipc"},
	RandomAccess: true,
	split:        splitArrowFile,
	decoder:      newColumnDecoder,
}

// arrowsFormat is the Arrow IPC streaming format.
var arrowsFormat = Format{
	Name:       "arrows",
	Extensions: []string{".arrows"},
	split:      splitArrowStream,
	decoder:    newColumnDecoder,
}

func splitArrowStream(in *input, s *schema.Schema) (Splitter, error) {
	left := int64(-1)
	if in.at != nil {
		left = in.size
	}
	return newArrowSplitter(in, s, &arrowStream{r: in.reader(), left: left}, nil)
}

// An arrowReader reads record batches. Its errors are io.EOF, a *Damage or the system's.
type arrowReader struct {
	messages arrowMessages
	reader   *ipc.Reader
	// ends is what the end of the messages means, if not the end.
	ends *Damage
}

// open reads the schema.
func (a *arrowReader) open() error {
	err := a.newReader()
	if err == nil {
		return nil
	}
	if err == io.EOF || errors.Is(err, io.EOF) {
		return brokenOff("the stream")
	}
	err = a.explain(err)
	if _, ok := err.(*Damage); ok && a.ends != nil {
		return a.ends
	}
	return err
}

func (a *arrowReader) newReader() (err error) {
	defer guard("the schema", &err)
	a.reader, err = ipc.NewReaderFromMessageReader(&a.messages, ipc.WithAllocator(&a.messages.memory))
	return err
}

// next returns the next record batch.
func (a *arrowReader) next() (arrow.Record, error) {
	record, err := a.record()
	switch {
	case err == io.EOF && a.ends != nil:
		return nil, a.ends
	case err == io.EOF:
		return nil, err
	case err != nil:
		return nil, a.explain(err)
	}
	memory := &a.messages.memory
	if offset := a.messages.source.offset(); memory.total > freelyInflated && memory.total/claimedPerByte > offset {
		return nil, malformed("the record batches hold more bytes than records have")
	}
	return record, checkRecord(record, memory.taken)
}

func (a *arrowReader) record() (record arrow.Record, err error) {
	defer guard("a record batch", &err)
	if a.reader.Next() {
		record = a.reader.Record()
		record.Retain()
		return record, nil
	}
	if err := a.reader.Err(); err != nil {
		return nil, err
	}
	return nil, io.EOF
}

// explain tells what the messages' source says from what the library makes of it.
func (a *arrowReader) explain(err error) error {
	if known := a.messages.err; known != nil && known != io.EOF {
		return known
	}
	var known *Damage
	if errors.As(err, &known) {
		return known
	}
	return malformed("a record batch cannot be read: %s", schema.Quote(err.Error()))
}

// An arrowSplitter cuts record batches into chunks.
type arrowSplitter struct {
	in      *input
	batches *arrowReader

	chunk  Chunk        // that is being made
	record arrow.Record // the batch that is being cut
	row    int          // the next of its rows
	rows   int64        // that were returned
	spent  share
	err    error // what Next returns when the chunk so far is out
}

func newArrowSplitter(in *input, s *schema.Schema, source arrowSource, ends *Damage) (Splitter, error) {
	batches := &arrowReader{messages: arrowMessages{source: source}, ends: ends}
	if err := batches.open(); err != nil {
		return nil, err
	}
	if _, findings := newConverter(batches.reader.Schema(), s); len(findings) > 0 {
		return nil, &Damage{findings}
	}
	spent, err := newShare(in, in.size)
	if err != nil {
		return nil, err
	}
	return &arrowSplitter{in: in, batches: batches, spent: spent}, nil
}

// Next returns the next chunk.
func (a *arrowSplitter) Next(ctx context.Context, want int64) (Chunk, error) {
	want = min(max(want, 1), maxWant)
	for a.chunk.Size < want && a.err == nil {
		if err := context.Cause(ctx); err != nil {
			return Chunk{}, err
		}
		if a.left() == 0 {
			a.err = a.nextRecord()
		} else {
			a.err = a.gather(want)
		}
	}
	c := a.chunk
	a.chunk = Chunk{}
	if c.Size == 0 {
		return Chunk{}, a.err
	}
	if a.left() == 0 && a.err == nil {
		// With the last chunk, what follows the last batch is used up too.
		a.err = a.nextRecord()
	}
	c.rows.first = a.rows
	for _, record := range c.rows.records {
		a.rows += record.NumRows()
	}
	c.Consumed = a.spent.until(a.batches.messages.source.offset())
	return c, nil
}

// left returns how many rows of the batch are left.
func (a *arrowSplitter) left() int {
	if a.record == nil {
		return 0
	}
	return int(a.record.NumRows()) - a.row
}

// gather moves rows of the batch to the chunk: as many as it takes to have want bytes, or all.
func (a *arrowSplitter) gather(want int64) error {
	end, size := cutRows(a.record, a.row, want-a.chunk.Size)
	var err error
	if last := recordBytes(a.record, end-1, end); last > a.in.limits.record {
		end, size, err = end-1, size-last, tooLong(a.in.limits)
	}
	if end > a.row {
		a.chunk.rows.records = append(a.chunk.rows.records, a.record.NewSlice(int64(a.row), int64(end)))
		a.chunk.Size += size
		a.row = end
	}
	return err
}

// nextRecord goes to the next record batch.
func (a *arrowSplitter) nextRecord() (err error) {
	defer guard("a record batch", &err)
	record, err := a.batches.next()
	if err == nil {
		a.record, a.row = record, 0
	}
	return err
}

// Close closes the file.
func (a *arrowSplitter) Close() error {
	a.batches.messages.close()
	return a.in.close()
}
