package parquet

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet/compress"

	"github.com/bindery-data/bindery/schema"
)

// What others compress with Arrow's codec is not changed by importing this package.
func TestArrowsCodecsAreArrows(t *testing.T) {
	c, err := compress.GetCodec(compress.Codecs.Zstd)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%T", c); got != "compress.zstdCodec" {
		t.Errorf("Arrow's codec is %s", got)
	}
}

// Encoders of one memory use each other's compressors, and those of another memory have their own.
func TestCompressorsAreShared(t *testing.T) {
	var one, other Memory
	for range 3 {
		c, err := newCodec(compress.Codecs.Zstd, &one)
		if err != nil {
			t.Fatal(err)
		}
		c.Encode(nil, make([]byte, 1000))
	}
	if len(one.encoders.free) != 1 || len(other.encoders.free) != 0 {
		t.Errorf("there are %d compressors, and %d of another memory", len(one.encoders.free), len(other.encoders.free))
	}
}

// A long row does not leave its memory to all pages to come.
func TestMemoryOfLongRows(t *testing.T) {
	s := &schema.Schema{Fields: []*schema.Field{{Name: "text", Type: schema.String}}}
	s.Number()
	encode := func(m *Memory, compression, text string) {
		t.Helper()
		b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
		b.Field(0).(*array.StringBuilder).Append(text)
		e, err := NewEncoder(s, Options{Memory: m, Compression: compression})
		if err != nil {
			t.Fatal(err)
		}
		g, err := e.Encode(b.NewRecord())
		if err != nil {
			t.Fatal(err)
		}
		g.Release()
	}
	noise := make([]byte, 2*mostKept)
	for i, r := 0, rand.New(rand.NewPCG(1, 2)); i < len(noise); i++ {
		noise[i] = 'a' + byte(r.Uint32()%26)
	}
	for _, test := range []struct {
		compression, name, text string
		pages, compressed       int // that are kept
	}{
		{"snappy", "short", "short", 1, 1},
		{"snappy", "long", string(noise), 0, 0},
		{"zstd", "short", "short", 1, 1},
		{"zstd", "long", string(noise), 1, 0}, // Long text is not copied into a page.
	} {
		m := new(Memory)
		encode(m, test.compression, test.text)
		if pages, compressed := len(m.pages.buffers), len(m.compressed.buffers); pages != test.pages || compressed != test.compressed {
			t.Errorf("%s: a %s row leaves %d buffers for pages and %d for compressed ones; want %d and %d",
				test.compression, test.name, pages, compressed, test.pages, test.compressed)
		}
		for _, b := range m.pages.buffers {
			if cap(b) > pageStep {
				t.Errorf("%s: a %s row leaves a buffer of %d bytes", test.compression, test.name, cap(b))
			}
		}
	}
}
