package zstd

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// The sizes of the tables, in bits. Smaller ones find less, larger ones fall out of a processor's caches:
// on source text, 14 bits for short matches instead of 16 are 7 % faster and lose 0.6 % of the ratio.
const (
	maxLongLog  = 17
	maxShortLog = 14
)

// An entry of a table is a position in the content, the lowest 24 bits of it, and a tag: eight bits of
// the hash that the table's index has no room for. A tag that differs tells that the bytes at the position
// do, without looking at them, which are seldom in a cache: a fifth of all time is saved by it.
const (
	tagBits      = 8
	tagMask      = 1<<tagBits - 1
	positionMask = 1<<(32-tagBits) - 1
)

const (
	// wide is how many literals are copied at once.
	wide = 16
	// nearEnd is how close to a block's end no match begins, so that wide bytes can always be read at the
	// position, and eight at the one behind it.
	nearEnd = wide
	// minLong and minShort are how many bytes a match through either table has at least.
	minLong, minShort = 8, 4
	// maxSequences is how many sequences a block has at the most.
	maxSequences = maxBlock / minShort
	// stepLog is the logarithm of how many positions without a match make the search's steps longer. The
	// reference library has 8. With 7, columns of numbers and identifiers take 6 to 9 % less time and lose 0.1 %
	// of the ratio, and text is hardly touched; 6 would save 3 % more and lose 0.4 % more, on text in many
	// scripts too.
	stepLog = 7
)

// A finder finds sequences the way the reference library's double-fast strategy does: positions are
// looked up by a hash of eight bytes, then by one of five, and the offset of the last match is tried before
// either. It reads content through pointers, for checks of bounds would cost a seventh of the time: all
// positions that it reads lie at least eight bytes before the end of the content, but in matchLen, which
// looks, and none before its beginning. The offset of a match is no more than its position, and so no more than
// any position behind it. Of the two offsets that a content begins with, the first is 1, and the search begins
// at position 1; the second, 4, is tried only behind a match, which ends at position 5 or later.
type finder struct {
	long  [1 << maxLongLog]uint32
	short [1 << maxShortLog]uint32
	// longMask and shortMask are what counts of the tables' indexes.
	longMask, shortMask uint32
	// recent are the offsets used last.
	recent [2]int
}

// begin forgets the content before, for one of so many bytes. What is found in content must not depend
// on others, and small content does with small tables.
func (f *finder) begin(size int) {
	log := max(bits.Len(uint(size)), 8)
	longLog, shortLog := min(log, maxLongLog), min(log, maxShortLog)
	clear(f.long[:1<<longLog])
	clear(f.short[:1<<shortLog])
	f.longMask, f.shortMask = 1<<longLog-1, 1<<shortLog-1
	f.recent = [2]int{1, 4} // as decoders have it at the beginning (3.1.1.5)
}

// load64, load32 and load8 read content at a position, in the byte order that Zstandard has on every machine.
func load64(p unsafe.Pointer, at int) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(p, at))[:])
}

func load32(p unsafe.Pointer, at int) uint32 {
	return binary.LittleEndian.Uint32((*[4]byte)(unsafe.Add(p, at))[:])
}

func load8(p unsafe.Pointer, at int) byte { return *(*byte)(unsafe.Add(p, at)) }

// longHash and shortHash return the index and the tag of the eight, or five, lowest bytes of v, by
// multiplication with primes.
func longHash(v uint64) uint32 {
	return uint32(v * 0xCF1BBCDCB7A56463 >> (64 - maxLongLog - tagBits))
}

func shortHash(v uint64) uint32 {
	return uint32(v << 24 * 889523592379 >> (64 - maxShortLog - tagBits))
}

// longEntry and shortEntry are where a hash has its entry.
func (f *finder) longEntry(hash uint32) *uint32 {
	return &f.long[hash>>tagBits&f.longMask&(1<<maxLongLog-1)]
}

func (f *finder) shortEntry(hash uint32) *uint32 {
	return &f.short[hash>>tagBits&f.shortMask&(1<<maxShortLog-1)]
}

// entry is what a table has of a position.
func entry(at int, hash uint32) uint32 { return uint32(at)<<tagBits | hash&tagMask }

// distance returns how far before at the entry's position is; ok is false where the entry is of another
// hash, or of a position that no match may have. Positions differ from what they were by a multiple of
// what 24 bits count, so that the bytes have to be compared in any case.
func distance(at int, entry, hash uint32) (d int, ok bool) {
	d = (at - int(entry>>tagBits)) & positionMask
	return d, (entry^hash)&tagMask == 0 && uint(d-1) < uint(min(at, maxWindow))
}

// matchLen returns how many bytes at a and at b, which is before it, are the same, up to end.
func matchLen(p unsafe.Pointer, a, b, end int) int {
	for n := 0; ; n += 8 {
		if a+n+8 > end {
			return n + lastBytes(p, a+n, b+n, end)
		}
		if x := load64(p, a+n) ^ load64(p, b+n); x != 0 {
			return n + bits.TrailingZeros64(x)>>3
		}
	}
}

// lastBytes is matchLen where fewer than eight bytes are left.
func lastBytes(p unsafe.Pointer, a, b, end int) int {
	n := 0
	for a+n < end && load8(p, a+n) == load8(p, b+n) {
		n++
	}
	return n
}

// search returns the first match from at on, of content that ends at end: where it starts, its length, and
// how far back it repeats, 0 for recent, the offset used last. The length is 0 where there is none. Of a short
// match and a long one that starts a position later, it is the one with more bytes.
func (f *finder) search(p unsafe.Pointer, at, end, recent int) (start, length, offset int) {
	limit := end - nearEnd
	step, longer := 1, at+1<<stepLog
	next := at + 1
	if next > limit {
		return end, 0, 0
	}
	v := load64(p, at)
	hash := longHash(v)
	long := f.swapLong(at, hash)
	for {
		hashShort := shortHash(v)
		shortAt := f.shortEntry(hashShort)
		short := *shortAt
		*shortAt = entry(at, hashShort)
		// The next position's entry is asked for before it is needed. That it is entered even if a match here
		// takes its place saves 0.5 % of the size of text.
		nextV := load64(p, next)
		nextHash := longHash(nextV)
		nextLong := f.swapLong(next, nextHash)
		if load32(p, at+1-recent) == uint32(v>>8) {
			return at + 1, minShort + matchLen(p, at+1+minShort, at+1+minShort-recent, end), 0
		}
		if d, ok := distance(at, long, hash); ok && load64(p, at-d) == v {
			return at, minLong + matchLen(p, at+minLong, at+minLong-d, end), d
		}
		if d, ok := distance(at, short, hashShort); ok && load32(p, at-d) == uint32(v) {
			length = minShort + matchLen(p, at+minShort, at+minShort-d, end)
			if d, ok := distance(next, nextLong, nextHash); ok && load64(p, next-d) == nextV {
				if n := minLong + matchLen(p, next+minLong, next+minLong-d, end); n > length {
					return next, n, d
				}
			}
			return at, length, d
		}
		if next >= longer {
			step++
			longer += 1 << stepLog
		}
		at, next = next, next+step
		if next > limit {
			return end, 0, 0
		}
		v, hash, long = nextV, nextHash, nextLong
	}
}

// swapLong enters a position in the table for long matches and returns the entry that was in its place.
func (f *finder) swapLong(at int, hash uint32) uint32 {
	e := f.longEntry(hash)
	old := *e
	*e = entry(at, hash)
	return old
}

// find returns the sequences of content[start:end], which is the next block, and their literals, those
// behind the last match included. They stand in b. The offsets used last and before are in local variables
// meanwhile, which saves 1 %.
func (f *finder) find(content []byte, start, end int, b *block) ([]sequence, []byte) {
	b.uses = codeUses{}
	p := unsafe.Pointer(unsafe.SliceData(content))
	anchor, limit := start, end-nearEnd
	recent, before := f.recent[0], f.recent[1]
	literals, n := 0, 0
	for at := max(start, 1); ; {
		from, length, offset := f.search(p, at, end, recent)
		if length == 0 {
			literals += copy(b.literals[literals:], content[anchor:end])
			f.recent = [2]int{recent, before}
			return b.sequences[:n], b.literals[:literals]
		}
		note := from + 2
		code := uint32(1)
		if offset > 0 {
			for from > anchor && from > offset && load8(p, from-1) == load8(p, from-1-offset) {
				from--
				length++
			}
			recent, before = offset, recent
			code = uint32(offset) + 3
		}
		// Most often there are fewer literals than wide. To copy that many, whatever their number is, spares the
		// processor guessing at it: 2 % of all time.
		*(*[wide]byte)(b.literals[literals:]) = *(*[wide]byte)(unsafe.Add(p, anchor))
		if from-anchor > wide {
			copy(b.literals[literals:], content[anchor:from])
		}
		literals += from - anchor
		b.add(n, from-anchor, length, code)
		n++
		at = from + length
		if at <= limit {
			// A few positions of the match are entered, those that pay most.
			v := load64(p, note)
			f.noteLong(note, v)
			f.noteShort(note, v)
			v = load64(p, at-2)
			f.noteLong(at-2, v)
			f.noteShort(at-1, v>>8)
		}
		for at <= limit && load32(p, at) == load32(p, at-before) {
			// Without literals before it, "the offset used last" means the one before the last.
			length := minShort + matchLen(p, at+minShort, at+minShort-before, end)
			b.add(n, 0, length, 1)
			n++
			recent, before = before, recent
			v := load64(p, at)
			f.noteLong(at, v)
			f.noteShort(at, v)
			at += length
		}
		anchor = at
	}
}

// noteLong and noteShort enter a position, at which v stands.
func (f *finder) noteLong(at int, v uint64) {
	hash := longHash(v)
	*f.longEntry(hash) = entry(at, hash)
}

func (f *finder) noteShort(at int, v uint64) {
	hash := shortHash(v)
	*f.shortEntry(hash) = entry(at, hash)
}
