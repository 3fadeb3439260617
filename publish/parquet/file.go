package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/apache/arrow/go/v17/parquet/metadata"

	"github.com/bindery-data/bindery/schema"
)

const magic = "PAR1"

// A File puts row groups one behind the other. Once anything failed, so does all that follows.
type File struct {
	w      io.Writer
	size   int64
	footer int64 // about what it will take
	layout *layout
	meta   *metadata.FileMetaDataBuilder
	groups int
	err    error
}

var errClosed = errors.New("the file is closed")

// NewFile begins a file of records of s, which were encoded with the same options, by writing its
// first bytes to w.
func NewFile(w io.Writer, s *schema.Schema, o Options) (*File, error) {
	codec, err := o.compression()
	if err != nil {
		return nil, err
	}
	l, err := newLayout(s)
	if err != nil {
		return nil, err
	}
	f := &File{w: w, layout: l}
	if f.meta, err = l.metadata(properties(codec)[plain]); err != nil {
		return nil, err
	}
	empty, err := f.end()
	if err != nil {
		return nil, err
	}
	f.footer = int64(len(empty))
	if err := f.write([]byte(magic)); err != nil {
		return nil, err
	}
	return f, nil
}

// write writes all of b, or fails for good.
func (f *File) write(b []byte) error {
	n, err := f.w.Write(b)
	if err == nil && n != len(b) {
		err = io.ErrShortWrite
	}
	if err != nil {
		f.err = fmt.Errorf("writing a Parquet file at byte %d: %w", f.size, err)
	}
	f.size += int64(max(n, 0))
	return f.err
}

// Add appends a row group of the file's schema. One without rows leaves the file as it is.
func (f *File) Add(g *RowGroup) error {
	if f.err != nil || g.rows == 0 {
		return f.err
	}
	if len(g.chunks) != len(f.layout.leaves) {
		return f.fail(fmt.Errorf("the row group has %d columns and the file %d", len(g.chunks), len(f.layout.leaves)))
	}
	if f.groups > math.MaxInt16 {
		return f.fail(fmt.Errorf("a file holds %d row groups at most: make units larger or files smaller", f.groups))
	}
	if err := f.describe(g); err != nil {
		return f.fail(err)
	}
	f.groups++
	for _, block := range g.pages {
		if err := f.write(block); err != nil {
			return err
		}
	}
	return nil
}

func (f *File) fail(err error) error {
	f.err = fmt.Errorf("writing a Parquet file: %w", err)
	return f.err
}

// describe enters g, whose pages come next, in the footer.
func (f *File) describe(g *RowGroup) error {
	shift := f.size - firstPage
	group := f.meta.AppendRowGroup()
	for i, encoded := range g.chunks {
		from, chunk := encoded.Contents(), group.NextColumnChunk().Contents()
		if want, got := f.layout.parquet.Column(i), encoded.Descr(); !got.Equals(want) || got.Path() != want.Path() {
			return fmt.Errorf("the row group's column %d is %v and the file's %v", i, got, want)
		}
		shifted := *from.MetaData
		shifted.DataPageOffset += shift
		if from.MetaData.DictionaryPageOffset != nil {
			offset := *from.MetaData.DictionaryPageOffset + shift
			shifted.DictionaryPageOffset = &offset
		}
		*chunk = *from
		chunk.MetaData = &shifted
		f.footer += int64(100 + len(shifted.Statistics.MinValue) + len(shifted.Statistics.MaxValue))
	}
	group.SetNumRows(int(g.rows))
	return group.Finish(g.UncompressedSize, int16(f.groups))
}

// Size returns the bytes written so far and about what the footer will add.
func (f *File) Size() int64 { return f.size + f.footer }

// Close writes the footer. It does not close the writer beneath. A file without row groups is one of no
// rows. Closing again fails.
func (f *File) Close() error {
	if f.err != nil {
		return f.err
	}
	end, err := f.end()
	if err != nil {
		return f.fail(err)
	}
	if err := f.write(end); err != nil {
		return err
	}
	f.err, f.footer = errClosed, 0
	return nil
}

// end returns what the file ends with, as it stands: the footer, its length and the magic.
func (f *File) end() (end []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			end, err = nil, fmt.Errorf("making the footer: %v", r)
		}
	}()
	var footer bytes.Buffer
	meta, err := f.meta.Snapshot()
	if err == nil {
		_, err = meta.WriteTo(&footer, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("making the footer: %w", err)
	}
	end = binary.LittleEndian.AppendUint32(footer.Bytes(), uint32(footer.Len()))
	return append(end, magic...), nil
}
