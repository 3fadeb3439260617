// Package parquet writes Arrow records as Parquet files, in two steps that can run apart: an Encoder
// turns a record into a RowGroup, whose compressed pages lie in memory, and a File puts row groups one
// behind the other and ends them with a footer. Encoders run on as many workers as there are, and whoever has
// nothing to do may compress their pages; the file depends on the records and on the order in which their row
// groups are added alone.
//
// # What is written
//
// The schema has one column per declared field. Required fields are REQUIRED, the others OPTIONAL; a
// list is a LIST of list.element, and every type has the logical type that the Parquet specification gives
// it (https://github.com/apache/parquet-format). A map is a LIST of structs of key and value, since Hugging
// Face's datasets refuses a whole file for one MAP column. json is STRING, since
// readers parse the JSON type and lose digits of large numbers on the way. Decimals are INT32, INT64 or
// FIXED_LEN_BYTE_ARRAY as their precision allows.
//
// Pages are of version 1, begin at a row, and are cut at about Options.PageSize bytes of values. A
// column chunk is encoded throughout as RLE_DICTIONARY, or else integers as PLAIN or DELTA_BINARY_PACKED,
// byte arrays as DELTA_LENGTH_BYTE_ARRAY or PLAIN, and the rest as PLAIN: which of them is decided once per
// chunk from its values alone. Statistics are computed here; NaN has no place in them, zeros are widened to both
// signs, unsigned values are compared as such, and strings of more than 4096 bytes have none. The footer's
// key "huggingface" describes the features to the library of that name.
package parquet

import (
	"fmt"

	"github.com/apache/arrow/go/v17/parquet/compress"

	"github.com/bindery-data/bindery/publish/parquet/zstd"
)

// DefaultPageSize is the size of a page, in bytes of values before compression.
const DefaultPageSize = 2 << 20

// Options say how values are laid out. The zero value is what Bindery writes unless told otherwise.
type Options struct {
	// Compression is "zstd" (or empty), "snappy" or "none".
	Compression string
	// PageSize is how many bytes of values, before compression, make a page; 0 means DefaultPageSize.
	// A page holds at least one whole row.
	PageSize int
	// Spare, where it is not nil, is offered tasks that an Encoder would do itself. It returns at once, with
	// whether somebody else does the task, now or soon. What is written does not depend on it.
	Spare func(task func()) bool
	// Memory, where it is not nil, is where pages have their memory: encoders with the same one share what they
	// do not use. Otherwise each has its own.
	Memory *Memory
}

func (o Options) pageSize() int {
	if o.PageSize <= 0 {
		return DefaultPageSize
	}
	return o.PageSize
}

// A compression is one of the declared kinds.
type compression struct {
	codec compress.Compression
	// version names the library that decides the compressed bytes.
	version string
}

// The versions are those of go.mod, which a test compares.
var compressions = map[string]compression{
	"":       {compress.Codecs.Zstd, "zstd (bindery " + zstd.Version + ", klauspost/compress 1.20.3)"},
	"zstd":   {compress.Codecs.Zstd, "zstd (bindery " + zstd.Version + ", klauspost/compress 1.20.3)"},
	"snappy": {compress.Codecs.Snappy, "snappy (golang/snappy 0.0.4)"},
	"none":   {compress.Codecs.Uncompressed, "none"},
}

func (o Options) compression() (compression, error) {
	c, ok := compressions[o.Compression]
	if !ok {
		return c, fmt.Errorf("unknown compression %q: use \"zstd\", \"snappy\" or \"none\"", o.Compression)
	}
	return c, nil
}

// createdBy is what files say of their origin, in the form that parquet.thrift asks for: readers that
// cannot parse it take no notice of a file's statistics.
const createdBy = "arrow-go version 17.0.0"

// PagesVersion changes whenever the same records give other pages, by how values are encoded or by where pages end, or
// the same pages other headers or another description in the footer.
const PagesVersion = "1"

// Library names what decides about the bytes of a file beside the compression: the version of the pages, and
// the library that writes the rest of the footer.
func Library() string { return "bindery pages " + PagesVersion + ", arrow-go 17.0.0" }

// CodecVersion names a compression as in Options with the library that does it, on whose version the
// bytes of a file depend. A compression that does not exist has none.
func CodecVersion(compression string) string { return compressions[compression].version }
