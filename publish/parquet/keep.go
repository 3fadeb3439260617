package parquet

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Keep returns a record of the rows of rec that keep marks, in memory of its own. It is for records of
// the types that a schema has; keep has an entry for every row.
func Keep(rec arrow.Record, keep []bool) arrow.Record {
	var kept []span
	rows := 0
	for i, k := range keep {
		if !k {
			continue
		}
		rows++
		if n := len(kept); n > 0 && kept[n-1].end == i {
			kept[n-1].end++
		} else {
			kept = append(kept, span{i, i + 1})
		}
	}
	columns := make([]arrow.Array, rec.NumCols())
	for i := range columns {
		data := keepData(rec.Column(i).Data(), kept)
		columns[i] = array.MakeFromData(data)
		data.Release()
	}
	out := array.NewRecord(rec.Schema(), columns, int64(rows))
	for _, c := range columns {
		c.Release()
	}
	return out
}

// A span is a run of slots, counted from an array's first one.
type span struct{ start, end int }

func keepData(d arrow.ArrayData, kept []span) arrow.ArrayData {
	n := 0
	moved := make([]span, len(kept)) // by the offset at which the array begins in its buffers
	for i, s := range kept {
		n += s.end - s.start
		moved[i] = span{s.start + d.Offset(), s.end + d.Offset()}
	}
	valid, nulls := keepValidity(d, moved)
	buffers := []*memory.Buffer{valid}
	var children []arrow.ArrayData
	switch typ := d.DataType().(type) {
	case *arrow.StructType:
		for _, child := range d.Children() {
			children = append(children, keepData(child, moved))
		}
	case *arrow.ListType, *arrow.MapType:
		offsets, items := keepOffsets(d, moved)
		buffers = append(buffers, offsets)
		children = append(children, keepData(d.Children()[0], items))
	case *arrow.StringType, *arrow.BinaryType:
		offsets, items := keepOffsets(d, moved)
		buffers = append(buffers, offsets, keepBytes(d.Buffers()[2], items, 1))
	case *arrow.BooleanType:
		bits, _ := keepBits(d.Buffers()[1], moved)
		buffers = append(buffers, bits)
	case arrow.FixedWidthDataType:
		buffers = append(buffers, keepBytes(d.Buffers()[1], moved, typ.Bytes()))
	}
	out := array.NewData(d.DataType(), n, buffers, children, nulls, 0)
	for _, child := range children {
		child.Release()
	}
	return out
}

func keepValidity(d arrow.ArrayData, kept []span) (*memory.Buffer, int) {
	if d.NullN() == 0 || d.Buffers()[0] == nil {
		return nil, 0
	}
	bits, unset := keepBits(d.Buffers()[0], kept)
	return bits, unset
}

// keepBits returns the bits of the spans, and how many of them are not set.
func keepBits(b *memory.Buffer, kept []span) (*memory.Buffer, int) {
	if b == nil {
		return nil, 0
	}
	var out []byte
	n, unset := 0, 0
	from := b.Bytes()
	for _, s := range kept {
		for i := s.start; i < s.end; i++ {
			if n%8 == 0 {
				out = append(out, 0)
			}
			if bit := from[i/8] >> (i % 8) & 1; bit != 0 {
				out[n/8] |= bit << (n % 8)
			} else {
				unset++
			}
			n++
		}
	}
	return memory.NewBufferBytes(out), unset
}

// keepOffsets returns the offsets of the spans, counted from zero, and the spans of what they bound.
func keepOffsets(d arrow.ArrayData, kept []span) (*memory.Buffer, []span) {
	out := []int32{0}
	var items []span
	if b := d.Buffers()[1]; b != nil {
		from := arrow.Int32Traits.CastFromBytes(b.Bytes())
		for _, s := range kept {
			shift := out[len(out)-1] - from[s.start]
			for _, offset := range from[s.start+1 : s.end+1] {
				out = append(out, offset+shift)
			}
			items = append(items, span{int(from[s.start]), int(from[s.end])})
		}
	}
	return memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(out)), items
}

func keepBytes(b *memory.Buffer, kept []span, width int) *memory.Buffer {
	if b == nil {
		return nil
	}
	var out []byte
	for _, s := range kept {
		out = append(out, b.Bytes()[s.start*width:s.end*width]...)
	}
	return memory.NewBufferBytes(out)
}
