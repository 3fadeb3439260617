package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/bindery-data/bindery/schema"
)

const magic = "PAR1"

// footerEnd is the size of what stands behind a footer: its length and the magic.
const footerEnd = 4 + int64(len(magic))

// A File puts row groups one behind the other. Once anything failed, so does all that follows.
type File struct {
	w      io.Writer
	size   int64
	footer int64 // about what it will take
	layout *layout
	empty  footerParts // of the file without row groups
	// described are the row groups as the footer has them: as values of Arrow they take five times as much, which
	// is 80 MB in a file of a thousand columns.
	described []byte
	groups    int
	rows      int64
	err       error
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
	meta, err := l.metadata(properties(codec))
	if err != nil {
		return nil, err
	}
	if f.empty, err = newFooterParts(meta); err != nil {
		return nil, err
	}
	f.footer = f.empty.size + footerEnd
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
	for _, part := range g.pages {
		if err := f.write(part); err != nil {
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
	for i := range g.chunks {
		if want, got := f.layout.parquet.Column(i), g.layout.parquet.Column(i); !got.Equals(want) || got.Path() != want.Path() {
			return fmt.Errorf("the row group's column %d is %v and the file's %v", i, got, want)
		}
		f.footer += int64(100 + len(g.chunks[i].low) + len(g.chunks[i].high))
	}
	f.described = appendRowGroup(f.described, g, f.groups, f.size-firstPage)
	f.rows += g.rows
	return nil
}

// Full reports whether f takes no further row group: it has as many as a file can have, or so many columns of them
// that its footer is half of what ReadFooter takes.
func (f *File) Full() bool { return f.groups > math.MaxInt16 || len(f.described) > maxFooter/2 }

// Size returns the bytes written so far and about what the footer will add.
func (f *File) Size() int64 { return f.size + f.footer }

// Close writes the footer. It does not close the writer beneath. A file without row groups is one of no
// rows. Closing again fails.
func (f *File) Close() error {
	if f.err != nil {
		return f.err
	}
	begin := f.empty.begin(f.rows, f.groups)
	size := len(begin) + len(f.described) + len(f.empty.tail)
	end := append(binary.LittleEndian.AppendUint32(nil, uint32(size)), magic...)
	for _, piece := range [][]byte{begin, f.described, f.empty.tail, end} {
		if err := f.write(piece); err != nil {
			return err
		}
	}
	f.err, f.footer, f.described = errClosed, 0, nil
	return nil
}
