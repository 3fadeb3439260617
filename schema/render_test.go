package schema

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// rendered builds an array of f's type with one value and renders it.
func rendered(f *Field, fill func(array.Builder)) string {
	b := array.NewBuilder(memory.DefaultAllocator, f.Arrow().Type)
	defer b.Release()
	fill(b)
	a := b.NewArray()
	defer a.Release()
	return string(AppendValue(nil, f, a, 0))
}

func TestAppendValue(t *testing.T) {
	str := &Field{Name: "s", Type: String}
	nested := &Field{Name: "n", Type: Struct, Fields: []*Field{
		{Name: "list", Type: List, Items: &Field{Name: "item", Type: JSON}},
		{Name: "map", Type: Map, Values: &Field{Name: "value", Type: Int8}},
	}}
	for _, c := range []struct {
		field *Field
		fill  func(array.Builder)
		want  string
	}{
		{str, func(b array.Builder) { b.AppendNull() }, `null`},
		{str, func(b array.Builder) { b.(*array.StringBuilder).Append("a\"\\\n\t\r\x01þ😀\u2028") }, `"a\"\\\n\t\r\u0001þ😀` + "\u2028" + `"`},
		{str, func(b array.Builder) { b.(*array.StringBuilder).Append("a\xffb\ufffd") }, "\"a\ufffdb\ufffd\""},
		{&Field{Type: JSON}, func(b array.Builder) { b.(*array.StringBuilder).Append(`{"a": 1}`) }, `{"a": 1}`},
		{&Field{Type: Binary}, func(b array.Builder) { b.(*array.BinaryBuilder).Append([]byte{255, 0}) }, `"/wA="`},
		{&Field{Type: Bool}, func(b array.Builder) { b.(*array.BooleanBuilder).Append(true) }, `true`},
		{&Field{Type: Int64}, func(b array.Builder) { b.(*array.Int64Builder).Append(math.MinInt64) }, `-9223372036854775808`},
		{&Field{Type: Uint64}, func(b array.Builder) { b.(*array.Uint64Builder).Append(math.MaxUint64) }, `18446744073709551615`},
		{&Field{Type: Float64}, func(b array.Builder) { b.(*array.Float64Builder).Append(0.1) }, `0.1`},
		{&Field{Type: Float64}, func(b array.Builder) { b.(*array.Float64Builder).Append(1e21) }, `1e+21`},
		{&Field{Type: Float64}, func(b array.Builder) { b.(*array.Float64Builder).Append(math.Inf(-1)) }, `"-Inf"`},
		{&Field{Type: Float64}, func(b array.Builder) { b.(*array.Float64Builder).Append(math.NaN()) }, `"NaN"`},
		{&Field{Type: Float32}, func(b array.Builder) { b.(*array.Float32Builder).Append(0.1) }, `0.1`},
		{&Field{Type: Decimal, Precision: 9, Scale: 3}, func(b array.Builder) {
			b.(*array.Decimal128Builder).Append(decimal128.FromI64(-5))
		}, `-0.005`},
		{&Field{Type: Decimal, Precision: 9}, func(b array.Builder) {
			b.(*array.Decimal128Builder).Append(decimal128.FromI64(-50))
		}, `-50`},
		{&Field{Type: Date}, func(b array.Builder) { b.(*array.Date32Builder).Append(-1) }, `"1969-12-31"`},
		{&Field{Type: Time, Unit: arrow.Millisecond}, func(b array.Builder) {
			b.(*array.Time32Builder).Append(3723500)
		}, `"01:02:03.5"`},
		{&Field{Type: Time, Unit: arrow.Nanosecond}, func(b array.Builder) {
			b.(*array.Time64Builder).Append(1)
		}, `"00:00:00.000000001"`},
		{&Field{Type: Timestamp, Unit: arrow.Millisecond, Zone: "UTC"}, func(b array.Builder) {
			b.(*array.TimestampBuilder).Append(-1)
		}, `"1969-12-31T23:59:59.999Z"`},
		{&Field{Type: Timestamp, Unit: arrow.Nanosecond}, func(b array.Builder) {
			b.(*array.TimestampBuilder).Append(math.MinInt64)
		}, `"1677-09-21T00:12:43.145224192"`},
		{nested, func(b array.Builder) {
			s := b.(*array.StructBuilder)
			s.Append(true)
			list := s.FieldBuilder(0).(*array.ListBuilder)
			list.Append(true)
			list.ValueBuilder().(*array.StringBuilder).Append(`[1]`)
			list.ValueBuilder().AppendNull()
			m := s.FieldBuilder(1).(*array.MapBuilder)
			m.Append(true)
			m.KeyBuilder().(*array.StringBuilder).Append("k")
			m.ItemBuilder().(*array.Int8Builder).Append(-3)
		}, `{"list":[[1],null],"map":{"k":-3}}`},
	} {
		if got := rendered(c.field, c.fill); got != c.want {
			t.Errorf("%s: %s, want %s", c.field.Type, got, c.want)
		} else if !json.Valid([]byte(got)) {
			t.Errorf("%s: %s is not JSON", c.field.Type, got)
		}
	}
}

func TestAppendValueOfForeignTypes(t *testing.T) {
	b := array.NewDictionaryBuilder(memory.DefaultAllocator,
		&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String})
	defer b.Release()
	if err := b.(*array.BinaryDictionaryBuilder).AppendString("x"); err != nil {
		t.Fatal(err)
	}
	a := b.NewArray()
	defer a.Release()
	if got := string(AppendValue(nil, &Field{Type: Int64}, a, 0)); got != `"x"` {
		t.Errorf("dictionary: %s", got)
	}
	large := array.NewBuilder(memory.DefaultAllocator, arrow.LargeListOf(arrow.BinaryTypes.LargeString))
	defer large.Release()
	large.(*array.LargeListBuilder).Append(true)
	large.(*array.LargeListBuilder).ValueBuilder().(*array.LargeStringBuilder).Append("y")
	list := large.NewArray()
	defer list.Release()
	if got := string(AppendValue(nil, nil, list, 0)); got != `["y"]` {
		t.Errorf("large list: %s", got)
	}
}
