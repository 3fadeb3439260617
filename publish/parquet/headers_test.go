package parquet

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/file"
)

// A toldBuffer is what Arrow writes pages to.
type toldBuffer struct{ bytes.Buffer }

func (b *toldBuffer) Tell() int64 { return int64(b.Len()) }

// Headers of pages are those that Arrow writes.
func TestHeadersAreArrows(t *testing.T) {
	write := func(t *testing.T, page func(file.PageWriter) error) []byte {
		var out toldBuffer
		pages, err := file.NewPageWriter(&out, compress.Codecs.Uncompressed, compress.DefaultCompressionLevel, nil, 0, 0,
			memory.DefaultAllocator, false, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := page(pages); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	for _, size := range []int{0, 1, 63, 64, 8191, 8192, 2<<20 + 5} {
		body := make([]byte, size/2)
		for how, encoding := range inPages {
			t.Run(fmt.Sprintf("data of %d bytes, %v", size, encoding), func(t *testing.T) {
				want := write(t, func(w file.PageWriter) error {
					_, err := w.WriteDataPage(file.NewDataPageV1(memory.NewBufferBytes(body), int32(size/3), encoding,
						parquet.Encodings.RLE, parquet.Encodings.RLE, int32(size)))
					return err
				})
				got := append(appendDataHeader(nil, size, len(body), size/3, inPages[how]), body...)
				if !bytes.Equal(got, want) {
					t.Errorf("got %x\nwant %x", got[:len(got)-len(body)], want[:len(want)-len(body)])
				}
			})
		}
		t.Run(fmt.Sprintf("dictionary of %d bytes", size), func(t *testing.T) {
			want := write(t, func(w file.PageWriter) error {
				_, err := w.WriteDictionaryPage(file.NewDictionaryPage(memory.NewBufferBytes(body), int32(size/3), parquet.Encodings.Plain))
				return err
			})
			got := append(appendDictionaryHeader(nil, len(body), len(body), size/3), body...)
			if !bytes.Equal(got, want) {
				t.Errorf("got %x\nwant %x", got[:len(got)-len(body)], want[:len(want)-len(body)])
			}
		})
	}
}
