package schema

import (
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
)

// texts are the values of an array of strings or binaries.
type texts struct {
	offsets []int32
	data    string
}

// textsOf returns the values of arr without copying them.
func textsOf(arr arrow.Array) texts {
	t := texts{offsets: offsetsOf(arr)}
	if buffer := arr.Data().Buffers()[2]; buffer != nil && buffer.Len() > 0 {
		t.data = unsafe.String(&buffer.Bytes()[0], buffer.Len())
	}
	return t
}

func (t texts) at(slot int) string { return t.data[t.offsets[slot]:t.offsets[slot+1]] }

// An op is how a value relates to what a constraint names.
type op uint8

const (
	atLeast op = iota
	greater
	atMost
	less
	member
)

// A test is a constraint on numbers, which are compared as W.
type test[W comparable] struct {
	op    op
	bound W
	set   map[W]struct{} // for member
}

type number interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64
}

// scanNumbers hits the values in [n.lo, n.hi) that fail the test. Each comparison is written so that
// NaN fails it.
func scanNumbers[T number, W int64 | uint64 | float64](t test[W], n *node, values []T, slots []int32) []int32 {
	values = values[n.lo:n.hi]
	add := func(i int) { slots = append(slots, int32(n.lo+i)) }
	switch t.op {
	case atLeast:
		for i, v := range values {
			if !(W(v) >= t.bound) {
				add(i)
			}
		}
	case greater:
		for i, v := range values {
			if !(W(v) > t.bound) {
				add(i)
			}
		}
	case atMost:
		for i, v := range values {
			if !(W(v) <= t.bound) {
				add(i)
			}
		}
	case less:
		for i, v := range values {
			if !(W(v) < t.bound) {
				add(i)
			}
		}
	case member:
		for i, v := range values {
			if _, ok := t.set[W(v)]; !ok {
				add(i)
			}
		}
	}
	return slots
}

// scanBound returns the scan of a bound; nil where the type has no order.
func scanBound(f *Field, o op, s Scalar) scanFunc {
	switch t := f.Type; {
	case t.Signed() || t == Date || t == Time || t == Timestamp:
		return scanInts(test[int64]{op: o, bound: s.Int})
	case t.Unsigned():
		return scanUints(test[uint64]{op: o, bound: s.Uint})
	case t.Float():
		return scanFloats(test[float64]{op: o, bound: s.Float})
	case t == Decimal:
		return scanDecimals(test[decimal128.Num]{op: o, bound: s.Decimal})
	}
	return nil
}

// scanEnum returns the scan of an enum, which nested values and json do not have.
func scanEnum(f *Field) scanFunc {
	switch t := f.Type; {
	case t.Signed() || t == Date || t == Time || t == Timestamp:
		return scanInts(test[int64]{op: member, set: setOf(f, func(s Scalar) int64 { return s.Int })})
	case t.Unsigned():
		return scanUints(test[uint64]{op: member, set: setOf(f, func(s Scalar) uint64 { return s.Uint })})
	case t.Float():
		return scanFloats(test[float64]{op: member, set: setOf(f, func(s Scalar) float64 { return s.Float })})
	case t == Decimal:
		return scanDecimals(test[decimal128.Num]{op: member, set: setOf(f, func(s Scalar) decimal128.Num { return s.Decimal })})
	case t == Bool:
		return scanBools(setOf(f, func(s Scalar) bool { return s.Bool }))
	}
	return scanTextEnum(newTextSet(setOf(f, func(s Scalar) string { return s.Bytes })))
}

func setOf[V comparable](f *Field, value func(Scalar) V) map[V]struct{} {
	set := make(map[V]struct{}, len(f.Enum))
	for _, s := range f.Enum {
		set[value(s)] = struct{}{}
	}
	return set
}

func scanInts(t test[int64]) scanFunc {
	return func(n *node, slots []int32) []int32 {
		switch a := n.arr.(type) {
		case *array.Int8:
			return scanNumbers(t, n, a.Int8Values(), slots)
		case *array.Int16:
			return scanNumbers(t, n, a.Int16Values(), slots)
		case *array.Int32:
			return scanNumbers(t, n, a.Int32Values(), slots)
		case *array.Int64:
			return scanNumbers(t, n, a.Int64Values(), slots)
		case *array.Date32:
			return scanNumbers(t, n, a.Date32Values(), slots)
		case *array.Time32:
			return scanNumbers(t, n, a.Time32Values(), slots)
		case *array.Time64:
			return scanNumbers(t, n, a.Time64Values(), slots)
		case *array.Timestamp:
			return scanNumbers(t, n, a.TimestampValues(), slots)
		}
		return slots
	}
}

func scanUints(t test[uint64]) scanFunc {
	return func(n *node, slots []int32) []int32 {
		switch a := n.arr.(type) {
		case *array.Uint8:
			return scanNumbers(t, n, a.Uint8Values(), slots)
		case *array.Uint16:
			return scanNumbers(t, n, a.Uint16Values(), slots)
		case *array.Uint32:
			return scanNumbers(t, n, a.Uint32Values(), slots)
		case *array.Uint64:
			return scanNumbers(t, n, a.Uint64Values(), slots)
		}
		return slots
	}
}

func scanFloats(t test[float64]) scanFunc {
	return func(n *node, slots []int32) []int32 {
		switch a := n.arr.(type) {
		case *array.Float32:
			return scanNumbers(t, n, a.Float32Values(), slots)
		case *array.Float64:
			return scanNumbers(t, n, a.Float64Values(), slots)
		}
		return slots
	}
}

func scanDecimals(t test[decimal128.Num]) scanFunc {
	holds := func(v decimal128.Num) bool {
		switch order := v.Cmp(t.bound); t.op {
		case atLeast:
			return order >= 0
		case greater:
			return order > 0
		case atMost:
			return order <= 0
		case less:
			return order < 0
		}
		_, ok := t.set[v]
		return ok
	}
	return func(n *node, slots []int32) []int32 {
		for i, v := range n.arr.(*array.Decimal128).Values()[n.lo:n.hi] {
			if !holds(v) {
				slots = append(slots, int32(n.lo+i))
			}
		}
		return slots
	}
}

func scanBools(set map[bool]struct{}) scanFunc {
	return func(n *node, slots []int32) []int32 {
		a := n.arr.(*array.Boolean)
		for i := n.lo; i < n.hi; i++ {
			if _, ok := set[a.Value(i)]; !ok {
				slots = append(slots, int32(i))
			}
		}
		return slots
	}
}
