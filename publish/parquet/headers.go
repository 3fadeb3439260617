package parquet

import "github.com/apache/arrow/go/v17/parquet"

// The types of pages (parquet.thrift, PageType).
const (
	dataPage       = 0
	dictionaryPage = 2
)

// appendDataHeader appends the header of a data page (parquet.thrift, PageHeader and DataPageHeader) of so many bytes
// before and after compression. Its levels are RLE.
func appendDataHeader(b []byte, size, compressed, entries int, how parquet.Encoding) []byte {
	b = appendPageHeader(b, dataPage, size, compressed)
	b = append(b, 2*nextField|compactStruct) // data_page_header
	b = appendI32(b, entries)
	b = appendI32(b, int(how))
	b = appendI32(b, int(parquet.Encodings.RLE))
	b = appendI32(b, int(parquet.Encodings.RLE))
	b = append(b, nextField|compactStruct, 0) // statistics, of which it has none
	return append(b, 0, 0)
}

// appendDictionaryHeader appends the header of a dictionary page (parquet.thrift, PageHeader and
// DictionaryPageHeader).
func appendDictionaryHeader(b []byte, size, compressed, values int) []byte {
	b = appendPageHeader(b, dictionaryPage, size, compressed)
	b = append(b, 4*nextField|compactStruct) // dictionary_page_header
	b = appendI32(b, values)
	b = appendI32(b, int(parquet.Encodings.Plain))
	b = append(b, nextField|compactFalse) // is_sorted
	return append(b, 0, 0)
}

func appendPageHeader(b []byte, typ, size, compressed int) []byte {
	b = appendI32(b, typ)
	b = appendI32(b, size)
	return appendI32(b, compressed)
}
