package parquet

import (
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v17/parquet/compress"
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
