package stats_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/publish/stats"
	"github.com/bindery-data/bindery/schema"
)

// A benchColumn is a column of one kind, of so many rows.
type benchColumn struct {
	name  string
	field schema.Field
	rows  int
	value func(r *rand.Rand, i int, b array.Builder)
}

// benchColumns returns a column of each kind.
func benchColumns(rows int) []benchColumn {
	letters := strings.Repeat("abcdefghijklmnopqrstuvwxyz ", 400)
	text := func(r *rand.Rand, n int) string { at := r.IntN(26); return letters[at : at+n] }
	return []benchColumn{
		{"bool", schema.Field{Type: schema.Bool}, rows, func(r *rand.Rand, i int, b array.Builder) { b.(*array.BooleanBuilder).Append(r.IntN(9) == 0) }},
		{"int8", schema.Field{Type: schema.Int8}, rows, func(r *rand.Rand, i int, b array.Builder) { b.(*array.Int8Builder).Append(int8(r.IntN(5))) }},
		{"int8-half-null", schema.Field{Type: schema.Int8}, rows, func(r *rand.Rand, i int, b array.Builder) {
			if r.IntN(2) == 0 {
				b.AppendNull()
			} else {
				b.(*array.Int8Builder).Append(int8(r.IntN(5)))
			}
		}},
		{"int32-1000", schema.Field{Type: schema.Int32}, rows, func(r *rand.Rand, i int, b array.Builder) { b.(*array.Int32Builder).Append(r.Int32N(1000)) }},
		{"int64-many", schema.Field{Type: schema.Int64}, rows, func(r *rand.Rand, i int, b array.Builder) { b.(*array.Int64Builder).Append(r.Int64N(1e9)) }},
		{"int64-wide", schema.Field{Type: schema.Int64}, rows, func(r *rand.Rand, i int, b array.Builder) { b.(*array.Int64Builder).Append(int64(r.Uint64())) }},
		{"int64-unique", schema.Field{Type: schema.Int64, Constraints: schema.Constraints{Unique: true}}, rows, func(r *rand.Rand, i int, b array.Builder) { b.(*array.Int64Builder).Append(int64(i)) }},
		{"timestamp", schema.Field{Type: schema.Timestamp, Unit: arrow.Microsecond, Zone: "UTC"}, rows, func(r *rand.Rand, i int, b array.Builder) {
			b.(*array.TimestampBuilder).Append(arrow.Timestamp(1_600_000_000_000_000 + r.Int64N(1e8)*1e6))
		}},
		{"date", schema.Field{Type: schema.Date}, rows, func(r *rand.Rand, i int, b array.Builder) {
			b.(*array.Date32Builder).Append(arrow.Date32(18000 + r.IntN(3000)))
		}},
		{"float64", schema.Field{Type: schema.Float64}, rows, func(r *rand.Rand, i int, b array.Builder) {
			b.(*array.Float64Builder).Append(float64(r.IntN(1e7)) / 100)
		}},
		{"float64-normal", schema.Field{Type: schema.Float64}, rows, func(r *rand.Rand, i int, b array.Builder) { b.(*array.Float64Builder).Append(r.NormFloat64()) }},
		{"float32", schema.Field{Type: schema.Float32}, rows, func(r *rand.Rand, i int, b array.Builder) { b.(*array.Float32Builder).Append(r.Float32()) }},
		{"enum", schema.Field{Type: schema.String}, rows, func(r *rand.Rand, i int, b array.Builder) {
			b.(*array.StringBuilder).Append([]string{"new", "paid", "packed", "shipped", "returned"}[r.IntN(5)])
		}},
		{"string-500", schema.Field{Type: schema.String}, rows, func(r *rand.Rand, i int, b array.Builder) {
			b.(*array.StringBuilder).Append(fmt.Sprintf("site%d.example.org", r.IntN(500)))
		}},
		{"string-many-12", schema.Field{Type: schema.String}, rows, func(r *rand.Rand, i int, b array.Builder) {
			b.(*array.StringBuilder).Append(fmt.Sprintf("%012x", r.Int64N(1<<48)))
		}},
		{"string-many-36", schema.Field{Type: schema.String}, rows, func(r *rand.Rand, i int, b array.Builder) {
			b.(*array.StringBuilder).Append(fmt.Sprintf("%016x%016xabcd", r.Uint64(), r.Uint64()))
		}},
		{"string-unique-36", schema.Field{Type: schema.String, Constraints: schema.Constraints{Unique: true}}, rows, func(r *rand.Rand, i int, b array.Builder) {
			b.(*array.StringBuilder).Append(fmt.Sprintf("%016x%016xabcd", r.Uint64(), r.Uint64()))
		}},
		{"string-cyrillic-24", schema.Field{Type: schema.String}, rows, func(r *rand.Rand, i int, b array.Builder) {
			b.(*array.StringBuilder).Append(fmt.Sprintf("%08x %s", r.Uint32(), "\u043c\u0430\u0440\u0438\u044f\u0438\u0432"))
		}},
		{"text-ascii-10k", schema.Field{Type: schema.String}, max(rows/40, 100), func(r *rand.Rand, i int, b array.Builder) {
			b.(*array.StringBuilder).Append(fmt.Sprint(r.Uint64()) + text(r, 10_000))
		}},
		{"text-cyrillic-10k", schema.Field{Type: schema.String}, max(rows/40, 100), func(r *rand.Rand, i int, b array.Builder) {
			b.(*array.StringBuilder).Append(fmt.Sprint(r.Uint64()) + strings.Repeat("\u043c\u0430\u0440\u0438\u044f ", 900))
		}},
		{"list", schema.Field{Type: schema.List, Items: &schema.Field{Name: "item", Type: schema.Int16}}, rows, func(r *rand.Rand, i int, b array.Builder) {
			l := b.(*array.ListBuilder)
			l.Append(true)
			for range r.IntN(5) {
				l.ValueBuilder().(*array.Int16Builder).Append(int16(r.IntN(100)))
			}
		}},
	}
}

// record draws a record of the column, which is the only one of s.
func (c *benchColumn) record(s *schema.Schema, r *rand.Rand) arrow.Record {
	build := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
	defer build.Release()
	for i := range c.rows {
		c.value(r, i, build.Field(0))
	}
	return build.NewRecord()
}

// BenchmarkMeasure measures a batch of one column of each kind. The rate is that of the column's bytes.
func BenchmarkMeasure(b *testing.B) {
	for _, c := range benchColumns(60_000) {
		b.Run(c.name, func(b *testing.B) {
			field := c.field
			field.Name = "a"
			s := &schema.Schema{Fields: []*schema.Field{&field}}
			s.Number()
			rec := c.record(s, rand.New(rand.NewPCG(1, 2)))
			m := stats.NewMeasurer(s)
			b.SetBytes(int64(rec.Column(0).Data().SizeInBytes()))
			b.ReportAllocs()
			for b.Loop() {
				m.Measure(rec)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*c.rows), "ns/value")
		})
	}
}
