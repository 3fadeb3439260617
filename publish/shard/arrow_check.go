package shard

import (
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// checkRecord checks that every value of a record batch lies in its buffers, so that whoever converts
// them need not ask. The batch was read from size bytes.
func checkRecord(record arrow.Record, size int64) error {
	// A column takes a bit for each row at the least, unless it is of the null type.
	const free = 1 << 16
	if rows := record.NumRows(); rows < 0 || rows > free && rows/8 > size {
		return malformed("a record batch claims to have %d rows in %d bytes", rows, size)
	}
	for _, column := range record.Columns() {
		if int64(column.Len()) != record.NumRows() || !validArray(column) {
			return malformed("a record batch has values outside of its buffers")
		}
	}
	return nil
}

// validArray reports whether an array's values lie in its buffers.
func validArray(a arrow.Array) bool {
	d := a.Data()
	end := d.Offset() + d.Len()
	if d.Offset() < 0 || d.Len() < 0 || end < 0 {
		return false
	}
	if bitmap := a.NullBitmapBytes(); len(bitmap) > 0 && len(bitmap) < (end+7)/8 || len(bitmap) == 0 && d.NullN() > 0 &&
		a.DataType().ID() != arrow.NULL {
		return false
	}
	switch a := a.(type) {
	case *array.Null:
		return true
	case *array.String, *array.Binary:
		return validOffsets[int32](d, len(bufferBytes(d, 2)))
	case *array.LargeString, *array.LargeBinary:
		return validOffsets[int64](d, len(bufferBytes(d, 2)))
	case array.ViewLike:
		return validViews(a)
	case *array.List:
		return validOffsets[int32](d, a.ListValues().Len()) && validArray(a.ListValues())
	case *array.LargeList:
		return validOffsets[int64](d, a.ListValues().Len()) && validArray(a.ListValues())
	case *array.Map:
		entries, ok := a.ListValues().(*array.Struct)
		return ok && entries.NumField() == 2 && validOffsets[int32](d, entries.Len()) && validArray(entries)
	case *array.FixedSizeList:
		n := int(a.DataType().(*arrow.FixedSizeListType).Len())
		return n >= 0 && (n == 0 || end <= a.ListValues().Len()/n) && validArray(a.ListValues())
	case *array.Struct:
		for i := range a.NumField() {
			if a.Field(i).Len() != a.Len() || !validArray(a.Field(i)) {
				return false
			}
		}
		return true
	case *array.Dictionary:
		return validDictionary(a)
	case array.ExtensionArray:
		return validArray(a.Storage())
	}
	fixed, ok := a.DataType().(arrow.FixedWidthDataType)
	if !ok || fixed.BitWidth() <= 0 {
		return false
	}
	return int64(end)*int64(fixed.BitWidth()) <= 8*int64(len(bufferBytes(d, 1))) && int64(end) < 1<<40
}

// bufferBytes returns one of an array's buffers.
func bufferBytes(d arrow.ArrayData, i int) []byte {
	if buffers := d.Buffers(); i < len(buffers) && buffers[i] != nil {
		return buffers[i].Bytes()
	}
	return nil
}

// validOffsets reports whether an array's offsets grow from 0 or more to limit at most.
func validOffsets[T int32 | int64](d arrow.ArrayData, limit int) bool {
	if d.Len() == 0 {
		return true
	}
	last := T(0)
	if len(bufferBytes(d, 1))/int(unsafe.Sizeof(last)) < d.Offset()+d.Len()+1 {
		return false
	}
	for _, offset := range arrow.GetOffsets[T](d, 1) {
		if offset < last {
			return false
		}
		last = offset
	}
	return int64(last) <= int64(limit)
}

// validViews reports whether every value of an array of views lies in one of its buffers.
func validViews(a array.ViewLike) bool {
	d := a.Data()
	if len(bufferBytes(d, 1))/arrow.ViewHeaderSizeBytes < d.Offset()+d.Len() {
		return false
	}
	for i := range a.Len() {
		header := a.ValueHeader(i)
		if a.IsNull(i) || header.IsInline() {
			if header.Len() < 0 {
				return false
			}
			continue
		}
		begin, buffer := int64(header.BufferOffset()), int64(header.BufferIndex())
		if begin < 0 || buffer < 0 || header.Len() < 0 || buffer > int64(len(d.Buffers())-3) ||
			begin+int64(header.Len()) > int64(len(bufferBytes(d, int(buffer)+2))) {
			return false
		}
	}
	return true
}

// validDictionary reports whether every value of an array is in its dictionary.
func validDictionary(a *array.Dictionary) bool {
	if a.Len() == 0 {
		return true
	}
	if !validArray(a.Indices()) || !validArray(a.Dictionary()) {
		return false
	}
	n := a.Dictionary().Len()
	for i := range a.Len() {
		if a.IsNull(i) {
			continue
		}
		if v := a.GetValueIndex(i); v < 0 || v >= n {
			return false
		}
	}
	return true
}
