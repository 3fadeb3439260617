package parquet

import (
	"math/bits"

	"github.com/apache/arrow/go/v17/parquet"

	"github.com/bindery-data/bindery/schema"
)

// An encoding is how the values of a whole column chunk are written.
type encoding int

const (
	plain encoding = iota
	dictionary
	delta
	encodings
)

const (
	// maxDictionary is the size in bytes at which a dictionary is given up.
	maxDictionary = 512 << 10
	// sampleSize is how many values are looked at to decide on an encoding.
	sampleSize = 512
	// A dictionary pays if the sample has at most one different value in dictionaryShare.
	dictionaryShare = 4
	// longValue is the size in bytes from which values are taken for text, which rarely repeats.
	longValue = 256
	// maxDeltaBits is how many bits a difference may take for differences to pay.
	maxDeltaBits = 24
)

// choose decides on an encoding by looking at values that stand evenly over the chunk: a dictionary for
// a declared enum and for values that repeat; differences for integers that are close to the ones
// before them; plain for the others.
//
// Differences are for chunks in which every entry has a value, since Arrow's encoder writes bytes of
// other pages after a page without any.
func (c *typed[T]) choose(f *schema.Field, l levels) encoding {
	if !c.dictionary {
		return plain
	}
	clear(c.seen)
	if c.seen == nil {
		c.seen = make(map[string]struct{}, sampleSize)
	}
	var n, long int
	var key []byte
	for _, i := range sample(l.n) {
		if !l.present(i) {
			continue
		}
		n++
		v := c.get(l.slot(i))
		if c.sizeOf(v) > longValue {
			long++
			continue
		}
		key = c.encode(key[:0], v)
		c.seen[string(key)] = struct{}{}
	}
	switch {
	case n == 0:
		return plain
	case len(f.Enum) > 0 || n > dictionaryShare && len(c.seen)+long <= n/dictionaryShare:
		return dictionary
	case c.delta && c.closeTogether(l):
		return delta
	}
	return plain
}

// sample returns at most sampleSize of the numbers below n, evenly.
func sample(n int) []int {
	size := min(n, sampleSize)
	out := make([]int, size)
	for i := range out {
		out[i] = int(int64(i) * int64(n) / int64(size))
	}
	return out
}

// closeTogether reports whether every entry has a value and most values differ little from the one
// before.
func (c *typed[T]) closeTogether(l levels) bool {
	if l.rep != nil {
		return false
	}
	for i := range l.n {
		if !l.present(i) {
			return false
		}
	}
	total, n := 0, 0
	for _, i := range sample(l.n) {
		if i == 0 {
			continue
		}
		before, ok1 := any(c.get(l.slot(i - 1))).(int64)
		value, ok2 := any(c.get(l.slot(i))).(int64)
		if !ok1 || !ok2 {
			return false
		}
		difference := value - before
		total += bits.Len64(uint64(difference ^ difference>>63))
		n++
	}
	return n > 0 && total/n <= maxDeltaBits
}

// properties are Arrow's settings for each encoding.
func properties(codec compression) [encodings]*parquet.WriterProperties {
	var all [encodings]*parquet.WriterProperties
	for e := range encodings {
		value := parquet.Encodings.Plain
		if e == delta {
			value = parquet.Encodings.DeltaBinaryPacked
		}
		all[e] = parquet.NewWriterProperties(
			parquet.WithCreatedBy(createdBy),
			parquet.WithVersion(parquet.V2_LATEST),
			parquet.WithDataPageVersion(parquet.DataPageV1),
			parquet.WithCompression(codec.codec),
			parquet.WithDictionaryDefault(e == dictionary),
			parquet.WithDictionaryPageSizeLimit(never),
			parquet.WithEncoding(value),
			parquet.WithStats(false),
			parquet.WithDataPageSize(never),
			parquet.WithBatchSize(never))
	}
	return all
}

// never is a size at which Arrow does nothing of its own accord: pages are cut, and dictionaries given
// up, here.
const never = 1 << 40
