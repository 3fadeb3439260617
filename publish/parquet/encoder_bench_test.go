package parquet_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/publish/parquet"
	"github.com/bindery-data/bindery/schema"
)

func BenchmarkEncodeNarrow(b *testing.B) {
	s, rec := narrowRecord(50_000)
	for _, compression := range []string{"zstd", "snappy", "none"} {
		for _, page := range []int{64 << 10, 256 << 10, 1 << 20} {
			b.Run(fmt.Sprintf("%s/%dKiB", compression, page>>10), func(b *testing.B) {
				benchmarkEncode(b, s, parquet.Options{Compression: compression, PageSize: page}, rec)
			})
		}
	}
}

func BenchmarkEncodeText(b *testing.B) {
	s, rec := textRecord(1500)
	for _, compression := range []string{"zstd", "none"} {
		for _, page := range []int{64 << 10, 256 << 10, 1 << 20} {
			b.Run(fmt.Sprintf("%s/%dKiB", compression, page>>10), func(b *testing.B) {
				benchmarkEncode(b, s, parquet.Options{Compression: compression, PageSize: page}, rec)
			})
		}
	}
}

// Lists of structs of lists, of whose values a fifth are null.
func BenchmarkEncodeNested(b *testing.B) {
	s := schemaOf(nestedFields()...)
	rec := newMaker(5).record(s, 10_000)
	for _, compression := range []string{"zstd", "none"} {
		b.Run(compression, func(b *testing.B) {
			benchmarkEncode(b, s, parquet.Options{Compression: compression}, rec)
		})
	}
}

func BenchmarkKeep(b *testing.B) {
	_, rec := narrowRecord(50_000)
	keep := make([]bool, rec.NumRows())
	for i := range keep {
		keep[i] = i%100 != 0
	}
	b.SetBytes(recordSize(rec))
	for b.Loop() {
		parquet.Keep(rec, keep)
	}
}

func benchmarkEncode(b *testing.B, s *schema.Schema, o parquet.Options, rec arrow.Record) {
	e, err := parquet.NewEncoder(s, o)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(recordSize(rec))
	b.ReportAllocs()
	var size int64
	for b.Loop() {
		g, err := e.Encode(rec)
		if err != nil {
			b.Fatal(err)
		}
		size = g.CompressedSize
	}
	b.ReportMetric(float64(size), "pages-B")
}

func recordSize(rec arrow.Record) int64 {
	var size uint64
	for _, c := range rec.Columns() {
		size += c.Data().SizeInBytes()
	}
	return int64(size)
}

// narrowRecord has 16 columns such as records of events have.
func narrowRecord(rows int) (*schema.Schema, arrow.Record) {
	r := rand.New(rand.NewPCG(1, 2))
	of := func(name string, t schema.Type) *schema.Field { return &schema.Field{Name: name, Type: t} }
	s := schemaOf(
		required(of("id", schema.Int64)), required(of("key", schema.String)),
		&schema.Field{Name: "at", Type: schema.Timestamp, Unit: arrow.Microsecond, Zone: "UTC"},
		of("kind", schema.String), of("language", schema.String), of("domain", schema.String),
		of("score", schema.Float64), of("weight", schema.Float32), of("count", schema.Int32),
		of("length", schema.Int64), of("rank", schema.Uint16), of("flag", schema.Bool),
		of("day", schema.Date), &schema.Field{Name: "price", Type: schema.Decimal, Precision: 9, Scale: 2},
		of("hash", schema.Uint64), of("note", schema.String))
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
	languages := []string{"is", "en", "de", "fr", "fo", "nb", "ar", "zh"}
	at := int64(1_700_000_000_000_000)
	for i := range rows {
		at += r.Int64N(1_000_000)
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		b.Field(1).(*array.StringBuilder).Append(fmt.Sprintf("doc-%08x-%d", r.Uint32(), i))
		b.Field(2).(*array.TimestampBuilder).Append(arrow.Timestamp(at))
		b.Field(3).(*array.StringBuilder).Append([]string{"news", "law", "web"}[r.IntN(3)])
		b.Field(4).(*array.StringBuilder).Append(languages[r.IntN(len(languages))])
		b.Field(5).(*array.StringBuilder).Append(fmt.Sprintf("site%d.example.org", r.IntN(500)))
		b.Field(6).(*array.Float64Builder).Append(float64(r.IntN(100000)) / 100000)
		b.Field(7).(*array.Float32Builder).Append(r.Float32())
		b.Field(8).(*array.Int32Builder).Append(int32(r.IntN(1000)))
		b.Field(9).(*array.Int64Builder).Append(r.Int64N(100_000))
		b.Field(10).(*array.Uint16Builder).Append(uint16(r.IntN(5000)))
		b.Field(11).(*array.BooleanBuilder).Append(r.IntN(10) == 0)
		b.Field(12).(*array.Date32Builder).Append(arrow.Date32(19000 + r.IntN(365)))
		if r.IntN(3) == 0 {
			b.Field(13).AppendNull()
		} else if err := b.Field(13).AppendValueFromString(fmt.Sprintf("%d.%02d", r.IntN(1000), r.IntN(100))); err != nil {
			panic(err)
		}
		b.Field(14).(*array.Uint64Builder).Append(r.Uint64())
		if r.IntN(2) == 0 {
			b.Field(15).AppendNull()
		} else {
			b.Field(15).(*array.StringBuilder).Append(words(r, 4))
		}
	}
	return s, b.NewRecord()
}

// textRecord has documents of about 10 KB.
func textRecord(rows int) (*schema.Schema, arrow.Record) {
	r := rand.New(rand.NewPCG(3, 4))
	s := schemaOf(required(&schema.Field{Name: "id", Type: schema.Int64}), required(text()), listOf("tags", required(text())))
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
	for i := range rows {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		b.Field(1).(*array.StringBuilder).Append(words(r, 200+r.IntN(3000)))
		tags := b.Field(2).(*array.ListBuilder)
		tags.Append(true)
		for range r.IntN(4) {
			tags.ValueBuilder().(*array.StringBuilder).Append(words(r, 1))
		}
	}
	return s, b.NewRecord()
}

// words returns n made-up words, the common ones more often.
func words(r *rand.Rand, n int) string {
	const syllables = "kastafaralandureinhverfigangamalarsemtilogadver"
	var b strings.Builder
	for range n {
		word := int(r.ExpFloat64() * 400)
		for ; word > 0; word /= 20 {
			b.WriteString(syllables[word%20*2 : word%20*2+3])
		}
		b.WriteByte(' ')
	}
	return b.String()
}
