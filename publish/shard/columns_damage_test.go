package shard

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/schema"
)

func readColumnarFile(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "columnar", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// rowsOf reads bytes as a shard of a format, and returns its rows and what ended it.
func rowsOf(t *testing.T, format *Format, text []byte, s *schema.Schema) (rows []string, err error) {
	t.Helper()
	in := memoryInput(text)
	in.size = int64(len(text))
	splitter, err := format.split(in, s)
	d := format.decoder(s, Spec{})
	b := NewBuilder(s, 1<<20)
	out := &columnarShard{}
	for err == nil {
		var c Chunk
		if c, err = splitter.Next(context.Background(), 200); err == nil {
			out.decode(t, s, d, b, &c)
		}
	}
	return out.rows, err
}

// TestColumnarFilesCutShort cuts files off at every length: what comes is the beginning of what there
// was, and a damage.
func TestColumnarFilesCutShort(t *testing.T) {
	tests := []struct {
		name   string
		format *Format
		some   bool // records come of a file without its end
	}{
		{"nested-zstd.parquet", &parquetFormat, false},
		{"nested-plain.arrow", &arrowFormat, true},
		{"nested-lz4.arrows", &arrowsFormat, true},
		{"nested-lz4.arrows", &arrowFormat, true},
	}
	for _, test := range tests {
		text := readColumnarFile(t, test.name)
		whole, err := rowsOf(t, test.format, text, nestedSchema())
		if err != io.EOF {
			t.Fatalf("%s: %v", test.name, err)
		}
		some := false
		for n := 0; n < len(text); n += 13 + n%31 {
			rows, err := rowsOf(t, test.format, text[:n], nestedSchema())
			var damage *Damage
			// A stream may end after any message, without the mark of its end.
			whereItMay := strings.HasSuffix(test.name, ".arrows") && err == io.EOF
			if !errors.As(err, &damage) && !whereItMay {
				t.Fatalf("%s cut at %d of %d ended with %v", test.name, n, len(text), err)
			}
			if !slices.Equal(rows, whole[:len(rows)]) {
				t.Fatalf("%s cut at %d has rows that it had not", test.name, n)
			}
			some = some || len(rows) > 0
		}
		if some != test.some {
			t.Errorf("%s: records came of a part of it: %t", test.name, some)
		}
	}
}

// TestPagesWithChecksums changes each byte of the pages of a file that has checksums of them.
func TestPagesWithChecksums(t *testing.T) {
	text := readColumnarFile(t, "flat-pages.parquet")
	footer, end, err := readParquetFooter(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	file, err := newParquetSchema(footer.elements)
	if err != nil {
		t.Fatal(err)
	}
	changed := 0
	for i, c := range footer.groups[0].columns {
		r := &pageReader{at: bytes.NewReader(text), pos: c.start(), end: c.start() + c.compressed, leaf: file.leaves[i], codec: c.codec}
		h, err := r.readHeader()
		if err != nil {
			t.Fatal(err)
		}
		if !h.hasCRC || r.pos+int64(h.size)+int64(h.stored) > end {
			t.Fatalf("column %d has no checksum", i)
		}
		for at := range int64(h.stored) {
			text[r.pos+int64(h.size)+at] ^= 0x10
			_, err := rowsOf(t, &parquetFormat, text, flatSchema())
			if err == nil || !strings.Contains(err.Error(), "does not match its checksum") {
				t.Fatalf("column %d, byte %d: ended with %v", i, at, err)
			}
			text[r.pos+int64(h.size)+at] ^= 0x10
			changed++
		}
	}
	if changed < 100 {
		t.Errorf("only %d bytes were changed", changed)
	}
}

// TestParquetClaims edits a footer or a page header and expects to be told what is wrong with it.
func TestParquetClaims(t *testing.T) {
	leaf := &parquetLeaf{path: "id", physical: physicalInt64, width: 8}
	good := parquetChunk{known: true, physical: physicalInt64, values: 10, uncompressed: 100, compressed: 100, dataOffset: 4}
	tests := []struct {
		name string
		edit func(f *parquetFooter, c *parquetChunk)
		want string
	}{
		{"as it is", func(*parquetFooter, *parquetChunk) {}, ""},
		{"rows", func(f *parquetFooter, _ *parquetChunk) { f.rows = 11 }, "claims 11 rows"},
		{"negative rows", func(f *parquetFooter, _ *parquetChunk) { f.groups[0].rows = -1 }, "more rows than"},
		{"endless rows", func(f *parquetFooter, c *parquetChunk) { f.groups[0].rows = 1 << 50 }, "more rows than"},
		{"columns", func(f *parquetFooter, _ *parquetChunk) { f.groups[0].columns = nil }, "has 0 columns"},
		{"values", func(_ *parquetFooter, c *parquetChunk) { c.values = 9 }, "9 values in 10 rows"},
		{"place", func(_ *parquetFooter, c *parquetChunk) { c.dataOffset = 950 }, "outside of the file"},
		{"overflow", func(_ *parquetFooter, c *parquetChunk) { c.dataOffset = 1<<63 - 1 }, "outside of the file"},
		{"negative place", func(_ *parquetFooter, c *parquetChunk) { c.dataOffset = -5 }, "outside of the file"},
		{"negative size", func(_ *parquetFooter, c *parquetChunk) { c.compressed = -1 }, "outside of the file"},
		{"type", func(_ *parquetFooter, c *parquetChunk) { c.physical = physicalBytes }, "of one type in the schema"},
		{"elsewhere", func(_ *parquetFooter, c *parquetChunk) { c.external = true }, "in another file"},
		{"secret", func(_ *parquetFooter, c *parquetChunk) { c.encrypted = true }, "is encrypted"},
		{"unknown", func(_ *parquetFooter, c *parquetChunk) { c.known = false }, "says nothing"},
		{"LZO", func(_ *parquetFooter, c *parquetChunk) { c.codec = 3 }, "compressed with LZO"},
		{"LZ4", func(_ *parquetFooter, c *parquetChunk) { c.codec = 5 }, "Hadoop"},
		{"codec", func(_ *parquetFooter, c *parquetChunk) { c.codec = 99 }, "codec 99"},
		{"inflated", func(_ *parquetFooter, c *parquetChunk) { c.uncompressed = 1 << 60 }, "more bytes than"},
	}
	for _, test := range tests {
		f := &parquetFooter{rows: 10, groups: []parquetGroup{{rows: 10, columns: []parquetChunk{good}}}}
		c := &f.groups[0].columns[0]
		test.edit(f, c)
		err := f.check([]*parquetLeaf{leaf}, 1000)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}

// TestWhatIsNoColumnarFile reads what is something else, or the wrong one of them.
func TestWhatIsNoColumnarFile(t *testing.T) {
	secret := append([]byte("PAR1....."), "\x01\x00\x00\x00PARE"...)
	deep := []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}
	tests := []struct {
		format *Format
		text   []byte
		want   string
	}{
		{&parquetFormat, nil, "is no Parquet file"},
		{&parquetFormat, []byte(`{"id": 1, "text": "JSON"}`), "is no Parquet file"},
		{&parquetFormat, secret, "is encrypted"},
		{&parquetFormat, append(slices.Clone(secret[:13]), "PAR1"...), "the footer makes no sense"},
		{&arrowFormat, nil, ""},
		{&arrowFormat, []byte("FEA1"), "first Feather format"},
		{&arrowFormat, []byte("ARROW1\x00\x00ARROW1"), "cut short"},
		{&arrowFormat, append([]byte("ARROW1\x00\x00\xff\xff\xff\x7f"), "ARROW1"...), "claims to have 2147483647 bytes"},
		{&arrowsFormat, []byte(`{"id": 1, "text": "JSON"}`), "is no Arrow stream"},
		{&arrowsFormat, deep, "claims to have 2147483647 bytes"},
		{&arrowsFormat, readColumnarFile(t, "nested-plain.arrow"), "is an Arrow file"},
	}
	for _, test := range tests {
		_, err := rowsOf(t, test.format, test.text, nestedSchema())
		var damage *Damage
		if !errors.As(err, &damage) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.20q as %s: got %v, want %q", test.text, test.format.Name, err, test.want)
		}
	}
}

// TestRecordsThatAreTooLong gives what comes before such a record.
func TestRecordsThatAreTooLong(t *testing.T) {
	s := shardSchema(stringField("c0"))
	record := recordOf(arrayOf(t, arrow.BinaryTypes.String, "a", "b", strings.Repeat("c", 5000), "d"))
	for _, format := range []*Format{&arrowsFormat, &arrowFormat} {
		in := memoryInput(arrowStreamOf(t, record))
		in.limits.record = 1000
		splitter, err := format.split(in, s)
		if err != nil {
			t.Fatal(err)
		}
		c, err := splitter.Next(context.Background(), 100)
		if err != nil || c.rows.records[0].NumRows() != 2 {
			t.Fatalf("the chunk before is %+v, %v", c, err)
		}
		_, err = splitter.Next(context.Background(), 100)
		var damage *Damage
		if !errors.As(err, &damage) {
			t.Errorf("the record that is too long gives %v", err)
		}
	}
}

// TestArrowArraysThatLie gives a record batch whose values are not in its buffers.
func TestArrowArraysThatLie(t *testing.T) {
	number := func(values ...int32) []byte {
		var b []byte
		for _, v := range values {
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		}
		return b
	}
	buffersOf := func(contents ...[]byte) []*memory.Buffer {
		buffers := make([]*memory.Buffer, len(contents))
		for i, content := range contents {
			if content != nil {
				buffers[i] = memory.NewBufferBytes(content)
			}
		}
		return buffers
	}
	strings4 := func(offsets ...int32) arrow.Array {
		return array.MakeFromData(array.NewData(arrow.BinaryTypes.String, len(offsets)-1,
			buffersOf(nil, number(offsets...), []byte("abcd")), nil, 0, 0))
	}
	lists := func(offsets ...int32) arrow.Array {
		items := arrayOf(t, arrow.PrimitiveTypes.Int8, "1", "2", "3")
		return array.MakeFromData(array.NewData(arrow.ListOf(arrow.PrimitiveTypes.Int8), len(offsets)-1,
			buffersOf(nil, number(offsets...)), []arrow.ArrayData{items.Data()}, 0, 0))
	}
	indexed := func(indexes ...int32) arrow.Array {
		typ := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
		return array.NewDictionaryArray(typ, numbersOf(arrow.PrimitiveTypes.Int32, indexes...), strings4(0, 1, 4))
	}
	tests := []struct {
		name  string
		array arrow.Array
		want  bool
	}{
		{"strings", strings4(0, 1, 1, 4), true},
		{"falling offsets", strings4(0, 3, 1, 4), false},
		{"negative offsets", strings4(-1, 1, 4), false},
		{"lists", lists(0, 0, 3), true},
		{"items that are not there", lists(0, 4), false},
		{"falling items", lists(0, 2, 1, 3), false},
		{"dictionary", indexed(0, 1, 1), true},
		{"entry that is not there", indexed(0, 2), false},
		{"negative entry", indexed(-1), false},
	}
	for _, test := range tests {
		if got := validArray(test.array); got != test.want {
			t.Errorf("%s: got %t", test.name, got)
		}
		record := recordOf(test.array)
		if err := checkRecord(record, 1000); (err == nil) != test.want {
			t.Errorf("%s: got %v", test.name, err)
		}
	}
	nulls := array.NewNull(1 << 20)
	if err := checkRecord(recordOf(nulls), 1000); err == nil {
		t.Error("a million nulls fit a thousand bytes")
	}
}

// TestSystemErrorsOfColumnarFiles tells them from damages.
func TestSystemErrorsOfColumnarFiles(t *testing.T) {
	for name, format := range map[string]*Format{
		"nested-zstd.parquet": &parquetFormat, "nested-plain.arrow": &arrowFormat, "nested-lz4.arrows": &arrowsFormat,
	} {
		text := readColumnarFile(t, name)
		for broken := int64(0); broken < int64(len(text)); broken += 197 {
			in := memoryInput(text)
			in.at = faultyAt{bytes.NewReader(text), broken}
			splitter, err := format.split(in, nestedSchema())
			for err == nil {
				_, err = splitter.Next(context.Background(), 100)
			}
			var damage *Damage
			if errors.As(err, &damage) {
				t.Fatalf("%s: an error of the disk at %d became the damage %v", name, broken, err)
			}
			if !errors.Is(err, errDisk) && err != io.EOF {
				t.Fatalf("%s: an error of the disk at %d became %v", name, broken, err)
			}
		}
	}
}

var errDisk = errors.New("input/output error")

// faultyAt cannot read one byte.
type faultyAt struct {
	io.ReaderAt
	broken int64
}

func (f faultyAt) ReadAt(p []byte, offset int64) (int, error) {
	if offset <= f.broken && f.broken < offset+int64(len(p)) {
		n, _ := f.ReaderAt.ReadAt(p[:f.broken-offset], offset)
		return n, errDisk
	}
	return f.ReaderAt.ReadAt(p, offset)
}
