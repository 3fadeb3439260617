package shard

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/bindery-data/bindery/schema"
)

// The structs of a Parquet file's footer, as parquet.thrift has them, as far as reading records takes
// them. The numbers of its enumerations are used as they are.

// parquetMagic begins and ends a Parquet file; one with an encrypted footer ends in parquetSecret.
const (
	parquetMagic  = "PAR1"
	parquetSecret = "PARE"
)

// What a footer may have.
const (
	maxParquetFooter   = 256 << 20
	maxParquetElements = 100_000
	maxParquetDepth    = 60
	// minChunkBytes is less than what a row group or a column's part of one takes in any footer.
	minChunkBytes = 16
)

type parquetFooter struct {
	elements  []parquetElement
	rows      int64
	groups    []parquetGroup
	chunks    int // of all groups
	encrypted bool
}

type parquetElement struct {
	physical   int32 // -1 for a group
	length     int32 // of a FIXED_LEN_BYTE_ARRAY
	repetition int32
	name       string
	children   int32
	converted  int32 // -1 for none
	scale      int32
	precision  int32
	logical    parquetLogical
}

// A parquetLogical is a LogicalType: the number of its member in the union, 0 for none, and the member's
// parameters.
type parquetLogical struct {
	member    int16
	scale     int32
	precision int32
	utc       bool
	unit      int16 // 1 milliseconds, 2 microseconds, 3 nanoseconds
	width     int8
	signed    bool
}

type parquetGroup struct {
	columns []parquetChunk
	rows    int64
}

// A parquetChunk is a column's part of a row group.
type parquetChunk struct {
	known        bool // there is meta data
	external     bool // in another file
	encrypted    bool
	physical     int32
	codec        int32
	values       int64
	uncompressed int64
	compressed   int64
	dataOffset   int64
	dictOffset   int64
}

// start returns where the chunk's first page is.
func (c *parquetChunk) start() int64 {
	if c.dictOffset > 0 && c.dictOffset < c.dataOffset {
		return c.dictOffset
	}
	return c.dataOffset
}

// readParquetFooter reads the footer and returns with it where it begins.
func readParquetFooter(at io.ReaderAt, size int64) (*parquetFooter, int64, error) {
	const tailSize = 8
	if size < int64(len(parquetMagic))+tailSize {
		return nil, 0, malformed("is no Parquet file: it has only %d bytes", size)
	}
	head, tail := make([]byte, len(parquetMagic)), make([]byte, tailSize)
	if err := readAt(at, head, 0); err != nil {
		return nil, 0, err
	}
	if err := readAt(at, tail, size-tailSize); err != nil {
		return nil, 0, err
	}
	length := int64(binary.LittleEndian.Uint32(tail))
	switch end := string(tail[4:]); {
	case end == parquetSecret || string(head) == parquetSecret:
		return nil, 0, encryptedParquet()
	case string(head) != parquetMagic:
		return nil, 0, damage(schema.FormatError, "is no Parquet file", "Check the file, or declare the format it has.")
	case end != parquetMagic:
		return nil, 0, brokenOff("the file, which has no footer,")
	}
	start := size - tailSize - length
	if length > maxParquetFooter || start < int64(len(parquetMagic)) {
		return nil, 0, malformed("the footer claims to have %d bytes", length)
	}
	text := make([]byte, length)
	if err := readAt(at, text, start); err != nil {
		return nil, 0, err
	}
	t := &thriftReader{b: text}
	footer := t.footer()
	if t.bad {
		return nil, 0, malformed("the footer makes no sense")
	}
	if footer.encrypted {
		return nil, 0, encryptedParquet()
	}
	return footer, start, nil
}

func encryptedParquet() *Damage {
	return damage(schema.FormatError, "is encrypted", "Write the file without encryption.")
}

// readAt fills b. That there is less is a damage: the file's size was asked for before.
func readAt(at io.ReaderAt, b []byte, offset int64) error {
	n, err := at.ReadAt(b, offset)
	switch {
	case n == len(b):
		return nil
	case err == nil || err == io.EOF:
		return brokenOff("the file")
	}
	return fmt.Errorf("read %d bytes at offset %d: %w", len(b), offset, err)
}

func (t *thriftReader) footer() *parquetFooter {
	f := &parquetFooter{}
	t.fields(func(id int16, kind byte) bool {
		switch {
		case id == 2 && kind == thriftList:
			t.list(thriftStruct, func() {
				f.elements = append(f.elements, t.element())
				t.bad = t.bad || len(f.elements) > maxParquetElements
			})
		case id == 3:
			return readInt(t, kind, &f.rows)
		case id == 4 && kind == thriftList:
			t.list(thriftStruct, func() {
				f.groups = append(f.groups, t.group(&f.chunks))
				t.bad = t.bad || len(f.groups) > len(t.b)/minChunkBytes
			})
		case id == 8:
			f.encrypted = true
			return false
		default:
			return false
		}
		return true
	})
	return f
}

func (t *thriftReader) element() parquetElement {
	e := parquetElement{physical: -1, converted: -1}
	t.fields(func(id int16, kind byte) bool {
		switch id {
		case 1:
			return readInt(t, kind, &e.physical)
		case 2:
			return readInt(t, kind, &e.length)
		case 3:
			return readInt(t, kind, &e.repetition)
		case 4:
			if kind != thriftBinary {
				return false
			}
			e.name = string(t.bytes())
			return true
		case 5:
			return readInt(t, kind, &e.children)
		case 6:
			return readInt(t, kind, &e.converted)
		case 7:
			return readInt(t, kind, &e.scale)
		case 8:
			return readInt(t, kind, &e.precision)
		case 10:
			if kind != thriftStruct {
				return false
			}
			t.logical(&e.logical)
			return true
		}
		return false
	})
	return e
}

// logical reads the union of logical types.
func (t *thriftReader) logical(l *parquetLogical) {
	t.fields(func(id int16, kind byte) bool {
		l.member = id
		if kind != thriftStruct {
			return false
		}
		t.fields(func(param int16, kind byte) bool {
			switch {
			case id == logicalDecimal && param == 1:
				return readInt(t, kind, &l.scale)
			case id == logicalDecimal && param == 2:
				return readInt(t, kind, &l.precision)
			case id == logicalInteger && param == 1:
				return readInt(t, kind, &l.width)
			case id == logicalInteger && param == 2:
				return readBool(kind, &l.signed)
			case (id == logicalTime || id == logicalTimestamp) && param == 1:
				return readBool(kind, &l.utc)
			case (id == logicalTime || id == logicalTimestamp) && param == 2 && kind == thriftStruct:
				t.fields(func(unit int16, _ byte) bool {
					l.unit = unit
					return false
				})
				return true
			}
			return false
		})
		return true
	})
}

func (t *thriftReader) group(chunks *int) parquetGroup {
	var g parquetGroup
	t.fields(func(id int16, kind byte) bool {
		switch {
		case id == 1 && kind == thriftList:
			t.list(thriftStruct, func() {
				g.columns = append(g.columns, t.chunk())
				*chunks++
				t.bad = t.bad || *chunks > len(t.b)/minChunkBytes
			})
			return true
		case id == 3:
			return readInt(t, kind, &g.rows)
		}
		return false
	})
	return g
}

func (t *thriftReader) chunk() parquetChunk {
	var c parquetChunk
	t.fields(func(id int16, kind byte) bool {
		switch {
		case id == 1:
			c.external = true
		case id == 3 && kind == thriftStruct:
			c.known = true
			t.chunkMeta(&c)
			return true
		case id == 8 || id == 9:
			c.encrypted = true
		}
		return false
	})
	return c
}

func (t *thriftReader) chunkMeta(c *parquetChunk) {
	t.fields(func(id int16, kind byte) bool {
		switch id {
		case 1:
			return readInt(t, kind, &c.physical)
		case 4:
			return readInt(t, kind, &c.codec)
		case 5:
			return readInt(t, kind, &c.values)
		case 6:
			return readInt(t, kind, &c.uncompressed)
		case 7:
			return readInt(t, kind, &c.compressed)
		case 9:
			return readInt(t, kind, &c.dataOffset)
		case 11:
			return readInt(t, kind, &c.dictOffset)
		}
		return false
	})
}

// What a file of a given size may claim to hold: rows that cost next to nothing, such as runs of nulls,
// would otherwise keep a machine busy for as long as a number can say.
const (
	freelyClaimed  = 1 << 22 // rows, and values of one column
	claimedPerByte = 1024
	freelyInflated = 1 << 30 // bytes
)

// check compares what the footer claims with the schema's leaves and the size of the pages' part of the
// file.
func (f *parquetFooter) check(leaves []*parquetLeaf, size int64) error {
	most := freelyClaimed + claimedPerByte*size
	rows, inflated := int64(0), int64(0)
	for i := range f.groups {
		g := &f.groups[i]
		if g.rows < 0 || g.rows > most-rows {
			return malformed("the footer claims more rows than the file can hold")
		}
		rows += g.rows
		if len(g.columns) != len(leaves) {
			return malformed("row group %d has %d columns, but the schema %d", i+1, len(g.columns), len(leaves))
		}
		for k := range g.columns {
			c := &g.columns[k]
			if err := c.check(leaves[k], g.rows, most, size); err != nil {
				return err
			}
			inflated += c.uncompressed
			if inflated < 0 || inflated > freelyInflated && inflated/claimedPerByte > size {
				return malformed("the footer claims more bytes than the file can hold")
			}
		}
	}
	if rows != f.rows {
		return malformed("the footer claims %d rows, but its row groups have %d", f.rows, rows)
	}
	return nil
}

func (c *parquetChunk) check(leaf *parquetLeaf, rows, mostValues, size int64) error {
	name := schema.Quote(leaf.path)
	switch {
	case c.encrypted:
		return encryptedParquet()
	case c.external:
		return damage(schema.FormatError, "column "+name+" is in another file", "Write the file in one piece.")
	case !c.known:
		return malformed("the footer says nothing of column %s", name)
	case c.physical != leaf.physical:
		return malformed("column %s is of one type in the schema and of another in a row group", name)
	case c.values < rows || leaf.maxRep == 0 && c.values != rows || c.values > mostValues:
		return malformed("column %s claims to have %d values in %d rows", name, c.values, rows)
	case c.values == 0:
		return nil // Writers give such a column any place.
	case c.start() < int64(len(parquetMagic)) || c.compressed < 0 || c.uncompressed < 0 || c.compressed > size-c.start():
		return malformed("column %s claims to lie outside of the file", name)
	}
	if !parquetCodecs[c.codec].read() {
		return damage(schema.FormatError,
			fmt.Sprintf("column %s is compressed with %s, which is not read", name, codecName(c.codec)),
			"Write the file with zstd, snappy, gzip, brotli or LZ4_RAW compression, or none.")
	}
	return nil
}
