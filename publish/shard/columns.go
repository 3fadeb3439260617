package shard

import (
	"fmt"
	"os"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bindery-data/bindery/schema"
)

// valueBytes returns how many bytes the values of slots [from, to) take in a builder, plus one for each
// slot, so that a run of nulls has a length too. Values of a dictionary count as often as they occur.
func valueBytes(a arrow.Array, from, to int) int64 {
	n := int64(to - from)
	if n == 0 {
		return 0
	}
	switch a := a.(type) {
	case *array.Null:
		return n
	case *array.Boolean:
		return 2 * n
	case *array.String, *array.Binary:
		offsets := arrow.GetOffsets[int32](a.Data(), 1)
		return 5*n + int64(offsets[to]-offsets[from])
	case *array.LargeString, *array.LargeBinary:
		offsets := arrow.GetOffsets[int64](a.Data(), 1)
		return 5*n + offsets[to] - offsets[from]
	case array.ViewLike:
		for i := from; i < to; i++ {
			n += 4
			if !a.IsNull(i) {
				n += int64(a.ValueHeader(i).Len())
			}
		}
		return n
	case *array.Dictionary:
		return dictionaryBytes(a, from, to)
	case array.ExtensionArray:
		return valueBytes(a.Storage(), from, to)
	case *array.Struct:
		for i := range a.NumField() {
			n += valueBytes(a.Field(i), from, to)
		}
		return n
	case array.ListLike:
		begin, _ := a.ValueOffsets(from)
		_, end := a.ValueOffsets(to - 1)
		return 5*n + valueBytes(a.ListValues(), int(begin), int(end))
	}
	if fixed, ok := a.DataType().(arrow.FixedWidthDataType); ok {
		return n + n*int64(fixed.BitWidth()/8)
	}
	return n
}

func dictionaryBytes(a *array.Dictionary, from, to int) int64 {
	n := int64(0)
	for i := from; i < to; i++ {
		n++
		if !a.IsNull(i) {
			value := a.GetValueIndex(i)
			n += valueBytes(a.Dictionary(), value, value+1)
		}
	}
	return n
}

// recordBytes returns the valueBytes of all columns of rows [from, to).
func recordBytes(record arrow.Record, from, to int) int64 {
	n := int64(0)
	for _, column := range record.Columns() {
		n += valueBytes(column, from, to)
	}
	return n
}

// cutRows returns the first row such that rows [from, end) of a record have want bytes, or all that are
// left, and how many bytes they have.
func cutRows(record arrow.Record, from int, want int64) (end int, size int64) {
	rows := int(record.NumRows())
	// The end is looked for in steps that grow, and then between the last two.
	low, lowSize := from, int64(0)
	high, highSize := from, int64(0)
	for step := 64; high < rows && highSize < want; step *= 2 {
		low, lowSize = high, highSize
		high = min(high+step, rows)
		highSize += recordBytes(record, low, high)
	}
	if highSize < want {
		return high, highSize
	}
	for high-low > 1 {
		middle := low + (high-low)/2
		if size := lowSize + recordBytes(record, low, middle); size < want {
			low, lowSize = middle, size
		} else {
			high, highSize = middle, size
		}
	}
	return high, highSize
}

// brokenOff is the damage of a columnar shard that ends too soon.
func brokenOff(what string) *Damage {
	return damage(schema.FormatError, what+" is cut short", "Copy or write the shard again.")
}

// malformed is the damage of a columnar shard that breaks its format.
func malformed(format string, args ...any) *Damage {
	return damage(schema.FormatError, fmt.Sprintf(format, args...), "The file is damaged: copy or write the shard again.")
}

// guard turns a panic of a library that reads hostile bytes into a damage.
func guard(what string, err *error) {
	if p := recover(); p != nil {
		*err = malformed("%s cannot be read: %s", what, schema.Quote(fmt.Sprint(p)))
	}
}

// A share tells how much of a file was used up.
type share struct {
	in *input
	// size is the file's as it lies on disk, which is not that of what it was laid out to; all is what
	// until is to be told when all of it is used up.
	size, all, reported int64
}

func newShare(in *input, all int64) (share, error) {
	info, err := os.Stat(in.spec.Path)
	if err != nil {
		return share{}, err
	}
	return share{in: in, size: info.Size(), all: all}, nil
}

// until returns how much was used up since the last call, when so much of all is.
func (s *share) until(done int64) int64 {
	total := s.size
	if s.in.consumed != nil {
		total = s.in.consumed()
	} else if done < s.all {
		total = int64(float64(s.size) * float64(done) / float64(s.all))
	}
	n := total - s.reported
	s.reported = total
	return n
}
