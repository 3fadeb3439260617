package shard

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bindery-data/bindery/schema"
)

// narrowSchema has 16 columns as tables of measurements have them.
func narrowSchema() *schema.Schema {
	s := &schema.Schema{Fields: []*schema.Field{
		{Name: "id", Type: schema.Int64}, {Name: "name", Type: schema.String},
		{Name: "category", Type: schema.String}, {Name: "score", Type: schema.Float64},
		{Name: "count", Type: schema.Int32}, {Name: "active", Type: schema.Bool},
		{Name: "created", Type: schema.Timestamp, Unit: arrow.Millisecond, Zone: "UTC"},
		{Name: "day", Type: schema.Date}, {Name: "latitude", Type: schema.Float64},
		{Name: "longitude", Type: schema.Float64}, {Name: "country", Type: schema.String},
		{Name: "language", Type: schema.String}, {Name: "views", Type: schema.Int64},
		{Name: "ratio", Type: schema.Float64}, {Name: "code", Type: schema.String},
		{Name: "note", Type: schema.String},
	}}
	s.Number()
	return s
}

func narrowLines(size int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	for i := 0; b.Len() < size; i++ {
		note := `null`
		if i%3 == 0 {
			note = `"seen again on the second visit"`
		}
		fmt.Fprintf(&b, `{"id":%d,"name":"station %d","category":"c%d","score":%.4f,"count":%d,"active":%t,`+
			`"created":"2024-%02d-%02dT%02d:%02d:%02d.%03dZ","day":"2024-%02d-%02d","latitude":%.6f,"longitude":%.6f,`+
			`"country":"IS","language":"is","views":%d,"ratio":%.3f,"code":"%08x","note":%s}`+"\n",
			1_000_000+i, r.IntN(5000), r.IntN(12), r.Float64()*100, r.IntN(100000), i%2 == 0,
			1+r.IntN(12), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(1000), 1+r.IntN(12), 1+r.IntN(28),
			r.Float64()*180-90, r.Float64()*360-180, r.IntN(10_000_000), r.Float64(), r.Uint32(), note)
	}
	return b.Bytes()
}

// wideSchema has 80 columns, and wideLines leave half of their values null, in no order.
func wideSchema() *schema.Schema {
	types := []schema.Type{schema.Int32, schema.Float64, schema.String, schema.Date, schema.Bool}
	s := &schema.Schema{}
	for i := range 80 {
		s.Fields = append(s.Fields, &schema.Field{Name: fmt.Sprintf("column_%d", i), Type: types[i%len(types)]})
	}
	s.Number()
	return s
}

func wideLines(size int) []byte {
	r := rand.New(rand.NewPCG(5, 6))
	var b bytes.Buffer
	for b.Len() < size {
		for i := range 80 {
			value := "null"
			if r.IntN(2) == 0 {
				value = []string{fmt.Sprint(r.IntN(1_000_000)), fmt.Sprint(r.Float64()), fmt.Sprintf(`"%x"`, r.Uint64()>>r.IntN(64)),
					fmt.Sprintf(`"20%02d-%02d-%02d"`, r.IntN(30), 1+r.IntN(12), 1+r.IntN(28)), fmt.Sprint(r.IntN(2) == 0)}[i%5]
			}
			fmt.Fprintf(&b, `%c"column_%d":%s`, "{,"[min(i, 1)], i, value)
		}
		b.WriteString("}\n")
	}
	return b.Bytes()
}

func textSchema() *schema.Schema {
	s := &schema.Schema{Fields: []*schema.Field{
		{Name: "id", Type: schema.String}, {Name: "text", Type: schema.String}, {Name: "source", Type: schema.String},
	}}
	s.Number()
	return s
}

// textLines are documents of about 11 KB, paragraphs parted by escaped line ends.
func textLines(size int) []byte {
	r := rand.New(rand.NewPCG(3, 4))
	var b bytes.Buffer
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, `{"id":"doc-%d","text":"`, i)
		for end := b.Len() + 11000; b.Len() < end; {
			for range 60 + r.IntN(80) {
				b.WriteString([]string{"Hver ", "the ", "information ", "is ", "þessi ", "dataset, ", "of "}[r.IntN(7)])
			}
			b.WriteString(`.\n\nHe said \"no\". `)
		}
		b.WriteString("\",\"source\":\"https://example.org/page\"}\n")
	}
	return b.Bytes()
}

func BenchmarkJSONLNarrow(b *testing.B) { benchmarkJSONL(b, narrowSchema(), narrowLines(4<<20)) }
func BenchmarkJSONLWide(b *testing.B)   { benchmarkJSONL(b, wideSchema(), wideLines(4<<20)) }
func BenchmarkJSONLText(b *testing.B)   { benchmarkJSONL(b, textSchema(), textLines(4<<20)) }

func benchmarkJSONL(b *testing.B, s *schema.Schema, text []byte) {
	d, builder := newJSONLDecoder(s, Spec{}), NewBuilder(s, 8<<20)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if err := d.Start(&Chunk{Size: int64(len(text)), text: text}); err != nil {
			b.Fatal(err)
		}
		for done := false; !done; {
			done, _ = d.Decode(builder)
			if len(builder.Findings.List) > 0 {
				b.Fatal(builder.Findings.List[0])
			}
			builder.Reset()
		}
	}
}
