package parquet

import (
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet/compress"

	"github.com/bindery-data/bindery/schema"
)

// A brokenCodec compresses no large page.
type brokenCodec struct{ compress.Codec }

func (c brokenCodec) Encode(dst, src []byte) []byte {
	if len(src) >= worthSharing {
		panic("it is broken")
	}
	return c.Codec.Encode(dst, src)
}

// A page that could not be compressed, by whomever, is an error of whoever wanted it, and ends nobody else; the
// encoder goes on with the next record.
func TestPageThatCannotBeCompressed(t *testing.T) {
	s := &schema.Schema{Fields: []*schema.Field{{Name: "text", Type: schema.String}}}
	s.Number()
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
	for range 40 {
		b.Field(0).(*array.StringBuilder).Append(strings.Repeat("text ", 1000))
	}
	rec := b.NewRecord()
	for name, spare := range map[string]func(func()) bool{
		"elsewhere": func(task func()) bool { go task(); return true },
		"here":      nil,
	} {
		t.Run(name, func(t *testing.T) {
			e, err := NewEncoder(s, Options{PageSize: worthSharing, Spare: spare})
			if err != nil {
				t.Fatal(err)
			}
			whole := e.codec
			e.codec = brokenCodec{whole}
			if _, err := e.Encode(rec); err == nil || !strings.Contains(err.Error(), "it is broken") {
				t.Errorf("error is %v", err)
			}
			e.codec = whole
			g, err := e.Encode(rec)
			if err != nil || g.Rows() != 40 {
				t.Errorf("the next record: %v", err)
			}
		})
	}
}
