package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/bindery-data/bindery/schema"
)

// maxFooter is the size in bytes up to which a footer is read.
const maxFooter = 256 << 20

// A Footer is what the end of a file says about it.
type Footer struct {
	// Rows and RowGroups count what the file holds.
	Rows      int64
	RowGroups int
	// Uncompressed is the size in bytes of all pages before compression.
	Uncompressed int64
	// LargestRowGroup is the size in bytes of the pages of the largest row group before compression, and
	// LargestRows how many rows it has.
	LargestRowGroup, LargestRows int64
	// CreatedBy is the library that wrote the file and its version, as the file says.
	CreatedBy string

	columns  int
	elements []byte // the schema as it stands in the file
}

// ReadFooter reads back the footer of a file of size bytes that a File wrote. It checks that the file
// begins and ends as it must, that the chunks of its columns lie one behind the other from the first
// byte to the footer, that every row group has all columns, and that the row groups' rows add up. It
// reads a footer without help from the library that wrote it, and no bytes make it panic.
func ReadFooter(r io.ReaderAt, size int64) (Footer, error) {
	raw, err := footerBytes(r, size)
	if err != nil {
		return Footer{}, fmt.Errorf("reading a Parquet footer: %w", err)
	}
	p := footerParser{compact: compact{rest: raw}, position: int64(len(magic))}
	p.file()
	if err := p.check(size - int64(len(raw)) - tail); err != nil {
		return Footer{}, fmt.Errorf("reading a Parquet footer: %w", err)
	}
	return p.Footer, nil
}

// Match returns an error unless the file has the columns of s, written as a File writes them.
func (f Footer) Match(s *schema.Schema) error {
	var empty bytes.Buffer
	file, err := NewFile(&empty, s, Options{})
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	want, err := ReadFooter(bytes.NewReader(empty.Bytes()), int64(empty.Len()))
	if err != nil {
		return err
	}
	if !bytes.Equal(f.elements, want.elements) {
		return errors.New("the file's columns are not those of the schema")
	}
	return nil
}

// tail is the size of what follows the footer: its length and the magic.
const tail = 4 + int64(len(magic))

func footerBytes(r io.ReaderAt, size int64) ([]byte, error) {
	if size < int64(len(magic))+tail {
		return nil, fmt.Errorf("%d bytes are too few for a Parquet file", size)
	}
	head, end := make([]byte, len(magic)), make([]byte, tail)
	if err := readAt(r, head, 0); err != nil {
		return nil, err
	}
	if err := readAt(r, end, size-tail); err != nil {
		return nil, err
	}
	if string(head) != magic || string(end[4:]) != magic {
		return nil, fmt.Errorf("the file begins with %q and ends with %q, not with %q", head, end[4:], magic)
	}
	length := int64(binary.LittleEndian.Uint32(end))
	if length > min(maxFooter, size-tail-int64(len(magic))) {
		return nil, fmt.Errorf("a footer of %d bytes does not fit a file of %d", length, size)
	}
	raw := make([]byte, length)
	return raw, readAt(r, raw, size-tail-length)
}

// readAt fills b. That the file ends with b is no error, which io.ReaderAt leaves open.
func readAt(r io.ReaderAt, b []byte, offset int64) error {
	n, err := r.ReadAt(b, offset)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("at byte %d: %w", offset, err)
}

// A footerParser reads what a footer says.
type footerParser struct {
	compact
	Footer
	groupRows int64
	// position is where the next chunk has to begin.
	position int64
	wrong    error
}

// check returns what is wrong with a footer that was read, which begins at start.
func (p *footerParser) check(start int64) error {
	switch {
	case p.err != nil:
		return p.err
	case p.wrong != nil:
		return p.wrong
	case len(p.rest) > 0:
		return fmt.Errorf("%d bytes follow the footer's end", len(p.rest))
	case p.position != start:
		return fmt.Errorf("the columns end at byte %d, and the footer begins at byte %d", p.position, start)
	case p.groupRows != p.Rows:
		return fmt.Errorf("the row groups have %d rows, and the file is said to have %d", p.groupRows, p.Rows)
	}
	return nil
}

// refuse notes the first thing that is wrong.
func (p *footerParser) refuse(format string, args ...any) {
	if p.wrong == nil {
		p.wrong = fmt.Errorf(format, args...)
	}
}

func (p *footerParser) file() {
	p.known(&fileMetaData, compactStruct, func(id int64, typ byte) {
		switch id {
		case 2:
			before := p.rest
			p.list(p.element)
			p.elements = before[:len(before)-len(p.rest)]
		case 3:
			p.Rows = p.integer()
		case 4:
			p.list(p.rowGroup)
		case 6:
			p.CreatedBy = string(p.binary())
		default:
			p.skip(typ)
		}
	})
}

// element reads a SchemaElement, whose other members are Match's to compare. Those without children are
// columns.
func (p *footerParser) element(typ byte) {
	children := int64(0)
	p.known(&schemaElement, typ, func(id int64, typ byte) {
		if id == 5 {
			children = p.integer()
			return
		}
		p.skip(typ)
	})
	if children == 0 {
		p.columns++
	}
}

func (p *footerParser) rowGroup(typ byte) {
	var rows, bytes int64
	columns, values := 0, int64(math.MaxInt64)
	p.known(&rowGroup, typ, func(id int64, typ byte) {
		switch id {
		case 1:
			p.list(func(typ byte) {
				columns++
				values = min(values, p.columnChunk(typ))
			})
		case 2:
			bytes = p.integer()
		case 3:
			rows = p.integer()
		default:
			p.skip(typ)
		}
	})
	switch number := p.RowGroups; {
	case columns != p.columns:
		p.refuse("row group %d has %d columns of %d", number, columns, p.columns)
	case rows < 0 || bytes < 0 || rows > values:
		p.refuse("row group %d claims %d rows in %d bytes, and a column has %d values", number, rows, bytes, values)
	}
	p.RowGroups++
	p.groupRows += rows
	p.Uncompressed += bytes
	if bytes > p.LargestRowGroup {
		p.LargestRowGroup, p.LargestRows = bytes, rows
	}
}

// columnChunk reads a ColumnChunk and returns how many values it has.
func (p *footerParser) columnChunk(typ byte) (values int64) {
	p.known(&columnChunk, typ, func(id int64, typ byte) {
		if id == 3 {
			values = p.columnMetaData(typ)
			return
		}
		p.skip(typ)
	})
	return values
}

func (p *footerParser) columnMetaData(typ byte) (values int64) {
	var compressed, data, dictionary int64
	p.known(&columnMetaData, typ, func(id int64, typ byte) {
		switch id {
		case 5:
			values = p.integer()
		case 7:
			compressed = p.integer()
		case 9:
			data = p.integer()
		case 11:
			dictionary = p.integer()
		default:
			p.skip(typ)
		}
	})
	begin := data
	if dictionary > 0 {
		begin = min(dictionary, data)
	}
	if begin != p.position || compressed < 0 || data-begin > compressed {
		p.refuse("a column chunk of row group %d has %d bytes at %d, and the one before ended at %d",
			p.RowGroups, compressed, begin, p.position)
	}
	p.position += compressed
	return values
}

// A structure is what parquet.thrift says of a struct, as far as it matters here: the types of its
// members, by their numbers, and the numbers of those that are required.
type structure struct {
	name     string
	types    []byte
	required []int64
}

var (
	fileMetaData = structure{"FileMetaData", []byte{
		1: compactI32, 2: compactList, 3: compactI64, 4: compactList, 5: compactList, 6: compactBinary, 7: compactList,
	}, []int64{1, 2, 3, 4}}
	schemaElement = structure{"SchemaElement", []byte{
		1: compactI32, 2: compactI32, 3: compactI32, 4: compactBinary, 5: compactI32,
	}, []int64{4}}
	rowGroup = structure{"RowGroup", []byte{
		1: compactList, 2: compactI64, 3: compactI64, 4: compactList, 5: compactI64, 6: compactI64, 7: compactI16,
	}, []int64{1, 2, 3}}
	columnChunk = structure{"ColumnChunk", []byte{
		1: compactBinary, 2: compactI64, 3: compactStruct,
	}, []int64{2, 3}}
	columnMetaData = structure{"ColumnMetaData", []byte{
		1: compactI32, 2: compactList, 3: compactList, 4: compactI32, 5: compactI64, 6: compactI64, 7: compactI64,
		8: compactList, 9: compactI64, 10: compactI64, 11: compactI64, 12: compactStruct, 13: compactList,
	}, []int64{1, 2, 3, 4, 5, 6, 7, 9}}
)

// known reads a struct of which s says what it has. What s does not name is passed over.
func (p *footerParser) known(s *structure, typ byte, read func(id int64, typ byte)) {
	if typ != compactStruct {
		p.fail()
		return
	}
	present := make([]bool, len(s.types))
	p.fields(func(id int64, typ byte) {
		switch {
		case id < 1 || id >= int64(len(s.types)):
			p.skip(typ)
		case typ != s.types[id] || present[id]:
			p.fail()
		default:
			present[id] = true
			read(id, typ)
		}
	})
	for _, id := range s.required {
		if !present[id] {
			p.refuse("a %s of the footer has no member %d", s.name, id)
		}
	}
}
