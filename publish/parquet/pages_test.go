package parquet

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/schema"
)

// A brokenCodec compresses no large page.
type brokenCodec struct{ codec }

func (c brokenCodec) Encode(dst, src []byte) []byte {
	if len(src) >= worthSharing {
		panic("it is broken")
	}
	return c.codec.Encode(dst, src)
}

func (c brokenCodec) EncodeParts(dst, head, body []byte) []byte {
	if len(head)+len(body) >= worthSharing {
		panic("it is broken")
	}
	return c.codec.(partsCodec).EncodeParts(dst, head, body)
}

// An encoder that is ahead of whoever compresses one of its pages waits, before those behind it pile up.
func TestPagesThatWaitAreFew(t *testing.T) {
	s := &schema.Schema{Fields: []*schema.Field{{Name: "text", Type: schema.String}}}
	s.Number()
	const pages = 5 * mostWaiting
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
	for range pages {
		b.Field(0).(*array.StringBuilder).Append(strings.Repeat("text ", worthSharing/5+1))
	}
	rec := b.NewRecord()
	synctest.Test(t, func(t *testing.T) {
		var taken func()
		offered := 0
		e, err := NewEncoder(s, Options{PageSize: worthSharing, Spare: func(task func()) bool {
			if offered++; offered > 1 {
				return false
			}
			taken = task
			return true
		}})
		if err != nil {
			t.Fatal(err)
		}
		var encoded error
		go func() { _, encoded = e.Encode(rec) }()
		synctest.Wait()
		if offered != mostWaiting+1 {
			t.Errorf("%d pages were made while the first was compressed; want %d", offered, mostWaiting+1)
		}
		taken()
		synctest.Wait()
		if encoded != nil || offered != pages {
			t.Errorf("%d pages of %d, %v", offered, pages, encoded)
		}
	})
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

// After an error, Encode does not return before whoever compresses one of its pages is done: the page may lie in the
// record's memory.
func TestErrorsWaitForPages(t *testing.T) {
	text := &schema.Field{Name: "text", Type: schema.String}
	other := &schema.Field{Name: "other", Type: schema.String}
	other.Required = true
	s := &schema.Schema{Fields: []*schema.Field{text, other}}
	s.Number()
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
	b.Field(0).(*array.StringBuilder).Append(strings.Repeat("text ", worthSharing))
	b.Field(1).AppendNull()
	rec := b.NewRecord()
	synctest.Test(t, func(t *testing.T) {
		var taken func()
		e, err := NewEncoder(s, Options{Spare: func(task func()) bool { taken = task; return true }})
		if err != nil {
			t.Fatal(err)
		}
		var encoded error
		returned := false
		go func() {
			_, encoded = e.Encode(rec)
			returned = true
		}()
		synctest.Wait()
		if taken == nil || returned {
			t.Fatalf("a page was taken: %v, Encode has returned: %v", taken != nil, returned)
		}
		taken()
		synctest.Wait()
		if !returned || encoded == nil || !strings.Contains(encoded.Error(), "other") {
			t.Errorf("Encode has returned: %v, %v", returned, encoded)
		}
	})
}

// An encoder whose Spare panics, before it hands the task to anybody, has an error and does not wait for ever.
func TestSpareThatPanics(t *testing.T) {
	s := &schema.Schema{Fields: []*schema.Field{{Name: "text", Type: schema.String}}}
	s.Number()
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
	b.Field(0).(*array.StringBuilder).Append(strings.Repeat("text ", worthSharing))
	e, err := NewEncoder(s, Options{Spare: func(func()) bool { panic("it is broken") }})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		var encoded error
		go func() { _, encoded = e.Encode(b.NewRecord()) }()
		synctest.Wait()
		if encoded == nil {
			t.Error("it has not returned an error")
		}
	})
}
