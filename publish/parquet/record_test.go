package parquet_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/schema"
)

// plainFields returns one optional field of every type that is not nested, and of every variant of it
// that is stored in another way.
func plainFields() []*schema.Field {
	field := func(name string, t schema.Type) *schema.Field { return &schema.Field{Name: name, Type: t} }
	decimal := func(precision, scale int32) *schema.Field {
		return &schema.Field{Name: fmt.Sprintf("decimal_%d_%d", precision, scale), Type: schema.Decimal, Precision: precision, Scale: scale}
	}
	timed := func(t schema.Type, u arrow.TimeUnit, zone string) *schema.Field {
		name := fmt.Sprintf("%s_%s%s", t, u, strings.ReplaceAll(strings.ToLower("_"+zone), "/", "_"))
		return &schema.Field{Name: strings.TrimSuffix(name, "_"), Type: t, Unit: u, Zone: zone}
	}
	fields := []*schema.Field{
		decimal(4, 2), decimal(9, 0), decimal(10, 5), decimal(18, 18), decimal(19, 2), decimal(38, 10), decimal(38, 38),
		timed(schema.Time, arrow.Millisecond, ""), timed(schema.Time, arrow.Microsecond, ""), timed(schema.Time, arrow.Nanosecond, ""),
		timed(schema.Timestamp, arrow.Millisecond, ""), timed(schema.Timestamp, arrow.Microsecond, "UTC"),
		timed(schema.Timestamp, arrow.Nanosecond, "Europe/Berlin"), timed(schema.Timestamp, arrow.Microsecond, ""),
	}
	for _, name := range schema.TypeNames() {
		t, _ := schema.TypeNamed(name)
		switch {
		case t.Nested(), t == schema.Decimal, t == schema.Time, t == schema.Timestamp:
		default:
			fields = append(fields, field(name, t))
		}
	}
	return fields
}

func listOf(name string, items *schema.Field) *schema.Field {
	items.Name = "item"
	return &schema.Field{Name: name, Type: schema.List, Items: items}
}

func mapOf(name string, values *schema.Field) *schema.Field {
	values.Name = "value"
	return &schema.Field{Name: name, Type: schema.Map, Values: values}
}

func structOf(name string, fields ...*schema.Field) *schema.Field {
	return &schema.Field{Name: name, Type: schema.Struct, Fields: fields}
}

func required(f *schema.Field) *schema.Field {
	f.Required = true
	return f
}

func text() *schema.Field   { return &schema.Field{Name: "text", Type: schema.String} }
func number() *schema.Field { return &schema.Field{Name: "number", Type: schema.Int64} }

// nestedFields returns lists and structs of many shapes.
func nestedFields() []*schema.Field {
	return []*schema.Field{
		listOf("texts", text()),
		required(listOf("required_texts", required(text()))),
		listOf("lists", listOf("", required(listOf("", number())))),
		structOf("point", number(), required(text())),
		required(structOf("required_point", required(number()), text())),
		structOf("deep", structOf("deeper", structOf("deepest", text(), required(&schema.Field{Name: "flag", Type: schema.Bool})))),
		listOf("points", structOf("", number(), listOf("tags", text()))),
		structOf("holder", listOf("points", required(structOf("", number(), text())))),
		listOf("prices", &schema.Field{Type: schema.Decimal, Precision: 30, Scale: 2}),
		listOf("days", &schema.Field{Type: schema.Date}),
	}
}

// mapFields returns maps of many shapes.
func mapFields() []*schema.Field {
	return []*schema.Field{
		mapOf("scores", &schema.Field{Type: schema.Float64}),
		required(mapOf("required_scores", required(&schema.Field{Type: schema.Uint32}))),
		mapOf("maps", mapOf("", listOf("", text()))),
		listOf("records", structOf("", number(), listOf("tags", text()), mapOf("more", structOf("", text(), number())))),
	}
}

// allFields returns fields of every type and shape.
func allFields() []*schema.Field {
	return slices.Concat(plainFields(), nestedFields(), mapFields())
}

func schemaOf(fields ...*schema.Field) *schema.Schema {
	s := &schema.Schema{Fields: fields}
	s.Number()
	return s
}

// A maker makes records with random values. Every share of it is a probability.
type maker struct {
	*rand.Rand
	nulls float64
	// few draws values from a small set; series counts on from one 64-bit value to the next.
	few, series bool
	last        int64
}

func newMaker(seed uint64) *maker { return &maker{Rand: rand.New(rand.NewPCG(seed, 1)), nulls: 0.2} }

// record returns a record of s with so many rows.
func (m *maker) record(s *schema.Schema, rows int) arrow.Record {
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
	defer b.Release()
	for range rows {
		for i, f := range s.Fields {
			m.append(b.Field(i), f)
		}
	}
	return b.NewRecord()
}

func (m *maker) append(b array.Builder, f *schema.Field) {
	if !f.Required && m.Float64() < m.nulls {
		b.AppendNull()
		return
	}
	items := max(0, m.IntN(5)-1)
	switch b := b.(type) {
	case *array.ListBuilder:
		b.Append(true)
		for range items {
			m.append(b.ValueBuilder(), f.Items)
		}
	case *array.MapBuilder:
		b.Append(true)
		for i := range items {
			b.KeyBuilder().(*array.StringBuilder).Append(fmt.Sprint(i, m.text()))
			m.append(b.ItemBuilder(), f.Values)
		}
	case *array.StructBuilder:
		b.Append(true)
		for i, child := range f.Fields {
			m.append(b.FieldBuilder(i), child)
		}
	default:
		m.appendValue(b, f)
	}
}

// integer returns an integer of so many bits, often an extreme one.
func (m *maker) integer(bits int) int64 {
	switch {
	case m.few:
		return int64(m.IntN(3))
	case m.series:
		m.last += int64(m.IntN(2000) - 10)
		return m.last
	case m.IntN(8) == 0:
		return -1 << (bits - 1)
	case m.IntN(8) == 0:
		return 1<<(bits-1) - 1
	}
	return int64(m.Uint64()) >> (64 - bits) >> m.IntN(bits)
}

func (m *maker) float() float64 {
	special := []float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat32, math.SmallestNonzeroFloat32, -1.5}
	if m.IntN(3) == 0 {
		return special[m.IntN(len(special))]
	}
	return m.NormFloat64()
}

func (m *maker) text() string {
	if m.few {
		return string(rune('a' + m.IntN(3)))
	}
	alphabet := []rune("aé中𝒳\x00\n\"\\ ")
	var b strings.Builder
	for range m.IntN(12) {
		b.WriteRune(alphabet[m.IntN(len(alphabet))])
	}
	return b.String()
}

func (m *maker) decimal(precision int32) decimal128.Num {
	largest := decimal128.GetMaxValue(precision)
	switch m.IntN(6) {
	case 0:
		return largest
	case 1:
		return largest.Negate()
	case 2:
		return decimal128.FromI64(m.Int64N(19) - 9)
	}
	v := decimal128.New(int64(m.Uint64()), m.Uint64())
	_, v = v.Div(largest)
	return v
}

func (m *maker) appendValue(b array.Builder, f *schema.Field) {
	const day = 24 * 60 * 60 * 1000
	switch b := b.(type) {
	case *array.StringBuilder:
		if f.Type == schema.JSON {
			b.Append(fmt.Sprintf(`{"a": [%d, null]}`, m.Int64()))
			return
		}
		b.Append(m.text())
	case *array.BinaryBuilder:
		v := make([]byte, m.IntN(6))
		for i := range v {
			v[i] = byte(m.IntN(256))
		}
		b.Append(v)
	case *array.BooleanBuilder:
		b.Append(m.IntN(2) == 0)
	case *array.Int8Builder:
		b.Append(int8(m.integer(8)))
	case *array.Int16Builder:
		b.Append(int16(m.integer(16)))
	case *array.Int32Builder:
		b.Append(int32(m.integer(32)))
	case *array.Int64Builder:
		b.Append(m.integer(64))
	case *array.Uint8Builder:
		b.Append(uint8(m.integer(8)))
	case *array.Uint16Builder:
		b.Append(uint16(m.integer(16)))
	case *array.Uint32Builder:
		b.Append(uint32(m.integer(32)))
	case *array.Uint64Builder:
		b.Append(uint64(m.integer(64)))
	case *array.Float32Builder:
		b.Append(float32(m.float()))
	case *array.Float64Builder:
		b.Append(m.float())
	case *array.Decimal128Builder:
		b.Append(m.decimal(f.Precision))
	case *array.Date32Builder:
		b.Append(arrow.Date32(m.IntN(40000) - 20000))
	case *array.Time32Builder:
		b.Append(arrow.Time32(m.IntN(day)))
	case *array.Time64Builder:
		v := m.Int64N(day) * 1000
		if f.Unit == arrow.Nanosecond {
			v = v*1000 + m.Int64N(1000)
		}
		b.Append(arrow.Time64(v))
	case *array.TimestampBuilder:
		// Every unit holds the years 1828 to 2112.
		perSecond := int64(time.Second / f.Unit.Multiplier())
		if m.series {
			b.Append(arrow.Timestamp(m.integer(64)))
			return
		}
		b.Append(arrow.Timestamp(m.Int64N(9_000_000_000*perSecond) - 4_500_000_000*perSecond))
	default:
		panic(fmt.Sprintf("no values for %T", b))
	}
}

// sliced returns rec between other rows, so that its arrays begin at an offset.
func sliced(t testing.TB, s *schema.Schema, rec arrow.Record) arrow.Record {
	t.Helper()
	other := newMaker(99).record(s, 13)
	columns := make([]arrow.Array, rec.NumCols())
	for i := range columns {
		whole, err := array.Concatenate([]arrow.Array{other.Column(i), rec.Column(i), other.Column(i)}, memory.DefaultAllocator)
		if err != nil {
			t.Fatal(err)
		}
		columns[i] = array.NewSlice(whole, 13, 13+rec.NumRows())
	}
	return array.NewRecord(rec.Schema(), columns, rec.NumRows())
}
