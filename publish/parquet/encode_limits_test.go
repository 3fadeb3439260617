package parquet

import (
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/schema"
)

func TestRowTooLargeForAPage(t *testing.T) {
	s := &schema.Schema{Fields: []*schema.Field{{
		Name: "texts", Type: schema.List,
		Items: &schema.Field{Name: "item", Type: schema.String},
	}}}
	s.Number()
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
	texts := b.Field(0).(*array.ListBuilder)
	for items := range 3 {
		texts.Append(true)
		for range items {
			texts.ValueBuilder().(*array.StringBuilder).Append(strings.Repeat("x", 600))
		}
	}
	rec := b.NewRecord()

	e, err := NewEncoder(s, Options{PageSize: 10})
	if err != nil {
		t.Fatal(err)
	}
	e.cuts.most = 1300
	if _, err := e.Encode(rec); err != nil {
		t.Fatal(err)
	}
	e.cuts.most = 1200
	_, err = e.Encode(rec)
	const want = "encoding field texts[]: row 2 has more than 1200 bytes"
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Fatalf("got %v, want %s...", err, want)
	}
}
