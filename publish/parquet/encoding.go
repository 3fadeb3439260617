package parquet

import (
	"github.com/apache/arrow/go/v17/parquet"
)

// An encoding is how the values of a whole column chunk are written. Which one that is, a column decides
// by looking at values that stand evenly over the chunk, so that it depends on them alone.
type encoding int

const (
	plain      encoding = iota
	dictionary          // numbers of the values of a dictionary
	delta               // integers as their differences
	lengths             // byte arrays as their lengths, as differences, and then the bytes of all
	encodings
)

const (
	// maxDictionary is the size in bytes at which a dictionary is given up.
	maxDictionary = 512 << 10
	// sampleSize is how many values are looked at to decide on a dictionary.
	sampleSize = 2048
	// A dictionary may pay if the sample has at most one different value in dictionaryShare.
	dictionaryShare = 2
	// longValue is the size in bytes from which values are taken for text, which rarely repeats.
	longValue = 256
)

// sample returns at most so many of the numbers below n, evenly, in the memory of out if it is enough.
func sample(out []int, n, size int) []int {
	size = min(n, size)
	out = grown(out, size)
	for i := range out {
		out[i] = int(int64(i) * int64(n) / int64(size))
	}
	return out
}

// inPages is what pages say of how their values are encoded.
var inPages = [encodings]parquet.Encoding{
	plain:      parquet.Encodings.Plain,
	dictionary: parquet.Encodings.RLEDict,
	delta:      parquet.Encodings.DeltaBinaryPacked,
	lengths:    parquet.Encodings.DeltaLengthByteArray,
}

// properties are Arrow's settings, of which some are in the footer.
func properties(codec compression) *parquet.WriterProperties {
	return parquet.NewWriterProperties(
		parquet.WithCreatedBy(createdBy),
		parquet.WithVersion(parquet.V2_LATEST),
		parquet.WithDataPageVersion(parquet.DataPageV1),
		parquet.WithCompression(codec.codec),
		parquet.WithStats(false))
}
