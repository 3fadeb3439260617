package shard

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/file"
	pqschema "github.com/apache/arrow/go/v17/parquet/schema"

	"github.com/bindery-data/bindery/schema"
)

// group, leaf and friends write schema elements in preorder.
func group(name string, repetition, converted int32, children ...[]parquetElement) []parquetElement {
	elements := []parquetElement{{
		physical: -1, name: name, repetition: repetition, converted: converted, children: int32(len(children)),
	}}
	for _, c := range children {
		elements = append(elements, c...)
	}
	return elements
}

func leaf(name string, repetition, physical int32, logical parquetLogical) []parquetElement {
	return []parquetElement{{physical: physical, name: name, repetition: repetition, converted: -1, logical: logical}}
}

const (
	required = 0
	optional = 1
	repeated = 2
	noType   = -1
	listType = 3
	mapType  = 1
	keyValue = 2
)

// TestNestedParquetSchemas has the examples of LogicalTypes.md, and some that it leaves out.
func TestNestedParquetSchemas(t *testing.T) {
	text := parquetLogical{member: logicalString}
	number := func(name string, repetition int32) []parquetElement {
		return leaf(name, repetition, physicalInt32, parquetLogical{})
	}
	tests := []struct {
		name     string
		elements []parquetElement
		want     string
		def, rep uint8 // of the last leaf
	}{
		{"list", group("a", optional, listType, group("list", repeated, noType, leaf("element", optional, physicalBytes, text))),
			"list<item: utf8, nullable>", 3, 1},
		{"required list", group("a", required, listType, group("element", repeated, noType, leaf("str", required, physicalBytes, text))),
			"list<item: utf8, nullable>", 1, 1},
		{"two levels", group("a", optional, listType, number("element", repeated)), "list<item: int32, nullable>", 2, 1},
		{"two levels of two fields", group("a", optional, listType,
			group("element", repeated, noType, number("x", required), number("y", required))),
			"list<item: struct<x: int32, y: int32>, nullable>", 2, 1},
		{"array", group("a", optional, listType, group("array", repeated, noType, number("x", required))),
			"list<item: struct<x: int32>, nullable>", 2, 1},
		{"tuple", group("a", optional, listType, group("a_tuple", repeated, noType, number("x", required))),
			"list<item: struct<x: int32>, nullable>", 2, 1},
		{"list of two levels in another", group("a", optional, listType,
			group("array", repeated, listType, number("array", repeated))),
			"list<item: list<item: int32, nullable>, nullable>", 3, 2},
		{"no list around", number("a", repeated), "list<item: int32, nullable>", 1, 1},
		{"no list around a group", group("a", repeated, noType, number("x", optional)),
			"list<item: struct<x: int32>, nullable>", 2, 1},
		{"map", group("a", required, mapType, group("key_value", repeated, noType, leaf("key", required, physicalBytes, text), number("value", optional))),
			"map<utf8, int32, items_nullable>", 2, 1},
		{"map of older writers", group("a", optional, keyValue, group("map", repeated, mapType, leaf("key", required, physicalBytes, text), number("num", required))),
			"map<utf8, int32, items_nullable>", 2, 1},
		{"struct", group("a", optional, noType, number("x", required), number("y", optional)),
			"struct<x: int32, y: int32>", 2, 0},
	}
	for _, test := range tests {
		s, err := newParquetSchema(group("schema", required, noType, test.elements))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		last := s.leaves[len(s.leaves)-1]
		if got := s.columns[0].typ.String(); got != test.want || last.maxDef != test.def || last.maxRep != test.rep {
			t.Errorf("%s: got %s with levels %d and %d, want %s with %d and %d",
				test.name, got, last.maxDef, last.maxRep, test.want, test.def, test.rep)
		}
	}
}

func TestParquetTypes(t *testing.T) {
	decimal := parquetLogical{member: logicalDecimal, precision: 9, scale: 2}
	wide := parquetLogical{member: logicalDecimal, precision: 76, scale: 2}
	tests := []struct {
		element parquetElement
		want    string // "" for a type that makes no sense
	}{
		{parquetElement{physical: physicalBool}, "bool"},
		{parquetElement{physical: physicalInt32}, "int32"},
		{parquetElement{physical: physicalInt32, converted: 15}, "int32"},
		{parquetElement{physical: physicalInt32, converted: 13}, "uint32"},
		{parquetElement{physical: physicalInt64, converted: 14}, "uint64"},
		{parquetElement{physical: physicalInt32, logical: parquetLogical{member: logicalInteger, width: 16}}, "uint32"},
		{parquetElement{physical: physicalInt32, logical: parquetLogical{member: logicalInteger, width: 64}}, ""},
		{parquetElement{physical: physicalInt32, converted: 6}, "date32"},
		{parquetElement{physical: physicalInt32, converted: 7}, "time32[ms]"},
		{parquetElement{physical: physicalInt64, converted: 8}, "time64[us]"},
		{parquetElement{physical: physicalInt64, converted: 9}, "timestamp[ms, tz=UTC]"},
		{parquetElement{physical: physicalInt64, logical: parquetLogical{member: logicalTimestamp, unit: 3}}, "timestamp[ns]"},
		{parquetElement{physical: physicalInt64, logical: parquetLogical{member: logicalTimestamp, unit: 4}}, ""},
		{parquetElement{physical: physicalInt96}, "timestamp[ns]"},
		{parquetElement{physical: physicalFloat}, "float32"},
		{parquetElement{physical: physicalDouble}, "float64"},
		{parquetElement{physical: physicalBytes}, "binary"},
		{parquetElement{physical: physicalBytes, converted: 0}, "utf8"},
		{parquetElement{physical: physicalBytes, converted: 4}, "utf8"},
		{parquetElement{physical: physicalBytes, logical: parquetLogical{member: logicalJSON}}, "utf8"},
		{parquetElement{physical: physicalBytes, converted: 20}, "binary"},
		{parquetElement{physical: physicalBytes, logical: decimal}, "decimal(9, 2)"},
		{parquetElement{physical: physicalInt32, logical: decimal}, "decimal(9, 2)"},
		{parquetElement{physical: physicalInt64, converted: 5, precision: 18, scale: 0}, "decimal(18, 0)"},
		{parquetElement{physical: physicalFixed, length: 32, logical: wide}, "decimal256(76, 2)"},
		{parquetElement{physical: physicalFixed, length: 33, logical: wide}, ""},
		{parquetElement{physical: physicalInt32, logical: parquetLogical{member: logicalDecimal}}, ""},
		{parquetElement{physical: physicalFixed, length: 2, logical: parquetLogical{member: logicalFloat16}}, "float16"},
		{parquetElement{physical: physicalFixed, length: 3, logical: parquetLogical{member: logicalFloat16}}, ""},
		{parquetElement{physical: physicalFixed, length: 16, logical: parquetLogical{member: logicalUUID}}, "fixed_size_binary[16]"},
		{parquetElement{physical: physicalFixed, length: 12, converted: 21}, "month_day_nano_interval"},
		{parquetElement{physical: physicalInt32, logical: parquetLogical{member: logicalNull}}, "null"},
		{parquetElement{physical: physicalFixed, length: -1}, ""},
		{parquetElement{physical: 8}, ""},
		{parquetElement{physical: -1}, ""},
	}
	for _, test := range tests {
		e := test.element
		if e.converted == 0 && e.physical != physicalBytes || e.logical.member != 0 || e == (parquetElement{physical: physicalBytes}) && test.want == "binary" {
			e.converted = -1
		}
		got := ""
		if s, err := newParquetSchema(group("schema", required, noType, []parquetElement{e})); err == nil {
			got = s.leaves[0].typ.String()
		}
		if got != test.want {
			t.Errorf("%+v: got %q, want %q", e, got, test.want)
		}
	}
}

// writeLevels writes a file of one column of integers with its levels.
func writeLevels(t *testing.T, root *pqschema.GroupNode, values []int32, def, rep []int16) []byte {
	t.Helper()
	var out bytes.Buffer
	w := file.NewParquetWriter(&out, root, file.WithWriterProps(parquet.NewWriterProperties(parquet.WithDataPageSize(8))))
	column, err := w.AppendRowGroup().NextColumn()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := column.(*file.Int32ColumnChunkWriter).WriteBatch(values, def, rep); err != nil {
		t.Fatal(err)
	}
	if err := column.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestListsOfTwoLevels reads what only older writers wrote.
func TestListsOfTwoLevels(t *testing.T) {
	item := pqschema.NewInt32Node("array", parquet.Repetitions.Repeated, -1)
	list := pqschema.MustGroup(pqschema.NewGroupNodeLogical("a", parquet.Repetitions.Optional, pqschema.FieldList{item},
		pqschema.NewListLogicalType(), -1))
	bare := pqschema.NewInt32Node("a", parquet.Repetitions.Repeated, -1)
	s := shardSchema(listField("a", &schema.Field{Type: schema.Int32}))
	tests := []struct {
		column pqschema.Node
		def    []int16
		want   []string
	}{
		{list, []int16{2, 2, 0, 1, 2}, []string{`{"a":[1,2]}`, `{"a":null}`, `{"a":[]}`, `{"a":[3]}`}},
		{bare, []int16{1, 1, 0, 0, 1}, []string{`{"a":[1,2]}`, `{"a":[]}`, `{"a":[]}`, `{"a":[3]}`}},
	}
	for _, test := range tests {
		root := pqschema.MustGroup(pqschema.NewGroupNode("schema", parquet.Repetitions.Required, pqschema.FieldList{test.column}, -1))
		text := writeLevels(t, root, []int32{1, 2, 3}, test.def, []int16{0, 1, 0, 0, 0})
		rows, err := rowsOf(t, &parquetFormat, text, s)
		if err != io.EOF || !slices.Equal(rows, test.want) {
			t.Errorf("got %s, %v, want %s", rows, err, test.want)
		}
	}
}

func TestParquetWithoutRows(t *testing.T) {
	root := pqschema.MustGroup(pqschema.NewGroupNode("schema", parquet.Repetitions.Required,
		pqschema.FieldList{pqschema.NewInt32Node("a", parquet.Repetitions.Optional, -1)}, -1))
	s := shardSchema(&schema.Field{Name: "a", Type: schema.Int8})
	if rows, err := rowsOf(t, &parquetFormat, writeLevels(t, root, nil, nil, nil), s); err != io.EOF || len(rows) > 0 {
		t.Errorf("got %s, %v", rows, err)
	}
}

// TestHybrid packs numbers of every width in runs of both kinds.
func TestHybrid(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for width := range 33 {
		var packed []byte
		var want []uint32
		for range 20 {
			value := func() uint32 { return uint32(r.Uint64() & (1<<width - 1)) }
			if r.IntN(2) == 0 {
				v, n := value(), 1+r.IntN(20)
				packed = binary.AppendUvarint(packed, uint64(n)<<1)
				packed = append(packed, binary.LittleEndian.AppendUint32(nil, v)[:(width+7)/8]...)
				want = append(want, slices.Repeat([]uint32{v}, n)...)
				continue
			}
			groups := 1 + r.IntN(3)
			packed = binary.AppendUvarint(packed, uint64(groups)<<1|1)
			bits := make([]byte, groups*width)
			for i := range groups * 8 {
				v := value()
				for k := range width {
					bit := i*width + k
					bits[bit/8] |= byte(v>>k&1) << (bit % 8)
				}
				want = append(want, v)
			}
			packed = append(packed, bits...)
		}
		got := make([]uint32, len(want))
		h := newHybrid(packed, width)
		for rest := got; len(rest) > 0; {
			n := min(1+r.IntN(9), len(rest))
			if err := readHybrid(h, rest[:n]); err != nil {
				t.Fatalf("width %d: %v", width, err)
			}
			rest = rest[n:]
		}
		if !slices.Equal(got, want) {
			t.Fatalf("width %d: got %d, want %d", width, got, want)
		}
		if err := readHybrid(h, make([]uint32, 1)); err == nil {
			t.Errorf("width %d: there is one more", width)
		}
	}
}

func TestDecimalBytes(t *testing.T) {
	tests := []struct {
		value []byte
		width int
		want  []byte
	}{
		{[]byte{0x01, 0x02}, 4, []byte{2, 1, 0, 0}},
		{[]byte{0xff, 0xfe}, 4, []byte{0xfe, 0xff, 0xff, 0xff}},
		{nil, 2, []byte{0, 0}},
		{[]byte{0, 0, 0x7f}, 1, []byte{0x7f}},
		{[]byte{0xff, 0xff, 0x80}, 1, []byte{0x80}},
		{[]byte{0, 0x80}, 1, nil},
		{[]byte{0xff, 0x7f}, 1, nil},
		{[]byte{1, 0}, 1, nil},
	}
	for _, test := range tests {
		got, ok := appendBigEndian(nil, test.value, test.width)
		if ok != (test.want != nil) || ok && !bytes.Equal(got, test.want) {
			t.Errorf("%x: got %x, %t, want %x", test.value, got, ok, test.want)
		}
	}
}

func TestJulianTimes(t *testing.T) {
	stamp := func(day uint32, nanoseconds uint64) []byte {
		return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint64(nil, nanoseconds), day)
	}
	tests := []struct {
		value []byte
		want  int64
		ok    bool
	}{
		{stamp(2440588, 1), 1, true},
		{stamp(2440587, 86399_999_999_999), -1, true},
		{stamp(2440588+106750, 0), 106750 * 86400_000_000_000, true},
		{stamp(2440588+106751, 0), 0, false},
		{stamp(0, 0), 0, false},
		{stamp(2440588, 86400_000_000_000), 0, false},
		{stamp(2440588, 1<<63), 0, false},
	}
	for _, test := range tests {
		c := &leafColumn{leaf: &parquetLeaf{path: "a"}, fixed: test.value}
		got, err := c.julianTimes()
		if (err == nil) != test.ok || test.ok && int64(binary.LittleEndian.Uint64(got)) != test.want {
			t.Errorf("%x: got %x, %v, want %d", test.value, got, err, test.want)
		}
	}
}

// TestRowBytes counts the bytes of rows: of their values, and one for each level.
func TestRowBytes(t *testing.T) {
	texts := parquetValues{views: [][]byte{[]byte("four"), nil, []byte("eleven long")}}
	tests := []struct {
		name    string
		leaf    parquetLeaf
		pending leafValues
		want    []int64
	}{
		{"numbers", parquetLeaf{width: 8}, leafValues{levels: 3}, []int64{9, 9, 9}},
		{"numbers and nulls", parquetLeaf{width: 4, maxDef: 1}, leafValues{levels: 3, def: []uint8{1, 0, 1}}, []int64{5, 1, 5}},
		{"texts", parquetLeaf{}, leafValues{levels: 3, values: texts}, []int64{9, 5, 16}},
		{"texts and nulls", parquetLeaf{maxDef: 1}, leafValues{levels: 4, def: []uint8{1, 0, 1, 1}, values: texts}, []int64{9, 1, 5, 16}},
		{"lists", parquetLeaf{maxDef: 2, maxRep: 1}, leafValues{levels: 5, def: []uint8{2, 2, 0, 1, 2}, rep: []uint8{0, 1, 0, 0, 0},
			values: texts}, []int64{14, 1, 1, 16}},
	}
	for _, test := range tests {
		for n := range len(test.want) + 1 {
			r := &leafReader{leaf: &test.leaf, pending: test.pending}
			sizes := make([]int64, n)
			r.rowBytes(sizes)
			if !slices.Equal(sizes, test.want[:n]) {
				t.Errorf("%s: got %d, want %d", test.name, sizes, test.want[:n])
			}
		}
	}
}
