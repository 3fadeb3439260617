package shard

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/bindery-data/bindery/schema"
)

// benchSplit measures the cutting of a shard into chunks of 16 MiB, in decoded bytes.
func benchSplit(b *testing.B, name string, text []byte) {
	spec := writeShard(b, name, text)
	_, spec.Compression = cutCompression(name)
	b.ReportAllocs()
	total := int64(0)
	for b.Loop() {
		s, err := Open(context.Background(), benchSchema, spec)
		if err != nil {
			b.Fatal(err)
		}
		for total = 0; ; {
			c, err := s.Next(context.Background(), 16<<20)
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			total += c.Size
			c.Release()
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(total)
}

var benchSchema = shardSchema(
	&schema.Field{Name: "id", Type: schema.Int64},
	stringField("name"),
	&schema.Field{Name: "score", Type: schema.Float64},
	&schema.Field{Name: "ok", Type: schema.Bool},
	&schema.Field{Name: "day", Type: schema.Date},
	stringField("text"),
)

// benchText returns about 64 MiB of records, in a format.
func benchText(format string) []byte {
	var b bytes.Buffer
	if format == "csv" {
		b.WriteString("id,name,score,ok,day,text\n")
	} else if format == "json" {
		b.WriteByte('[')
	}
	for i := 0; b.Len() < 64<<20; i++ {
		switch {
		case format == "csv" && i%8 == 0:
			fmt.Fprintf(&b, "%d,name %d,%d.25,true,2024-02-%02d,\"he said \"\"%x\"\", and went\"\n", i, i%977, i%1000, 1+i%28, i*i)
		case format == "csv":
			fmt.Fprintf(&b, "%d,name %d,%d.25,true,2024-02-%02d,he said %x and went\n", i, i%977, i%1000, 1+i%28, i*i)
		default:
			if format == "json" && i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"id":%d,"name":"name %d","score":%d.25,"ok":true,"day":"2024-02-%02d","text":"he said \"%x\" and went"}`+"\n",
				i, i%977, i%1000, 1+i%28, i*i)
		}
	}
	if format == "json" {
		b.WriteByte(']')
	}
	return b.Bytes()
}

func BenchmarkSplit(b *testing.B) {
	for _, format := range []string{"jsonl", "json", "csv"} {
		text := benchText(format)
		for _, ending := range []string{"", ".gz", ".zst"} {
			packed := pack(b, ending, text)
			b.Run(format+ending, func(b *testing.B) { benchSplit(b, "x."+format+ending, packed) })
		}
	}
}

func BenchmarkDecodeCSV(b *testing.B) {
	text := benchText("csv")
	text = text[bytes.IndexByte(text, '\n')+1:][:16<<20]
	text = text[:bytes.LastIndexByte(text, '\n')+1]
	d := newCSVDecoder(benchSchema, ',')
	builder := NewBuilder(benchSchema, 1<<30)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		c := Chunk{Size: int64(len(text)), text: text, cells: []int{0, 1, 2, 3, 4, 5}}
		if err := d.Start(&c); err != nil {
			b.Fatal(err)
		}
		if done, err := d.Decode(builder); !done || err != nil || len(builder.Findings.List) > 0 {
			b.Fatal(done, err, builder.Findings.List)
		}
		builder.Reset()
	}
}
