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

// An entry of a table is a position, which is less than maxWindow, and above it a tag: eight bits of the hash that the
// table's index has no room for. A tag that differs tells that the bytes at the position do, without looking at
// them, which are seldom in a cache: a fifth of all time is saved by it.
const (
	tagBits      = 8
	positionBits = 32 - tagBits
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
// either. Positions count from base.
//
// It reads content through pointers, for checks of bounds would cost a seventh of the time: all positions that it
// reads lie at least eight bytes before the end of the content, but in matchLen, which looks, and none before its
// beginning. The offset of a match is no more than its position in the content, and so no more than any position
// behind it. Of the two offsets that a content begins with, the first is 1, and the search begins at position 1;
// the second, 4, is tried only behind a match, which ends at position 5 or later.
type finder struct {
	long  [1 << maxLongLog]uint32
	short [1 << maxShortLog]uint32
	// longMask and shortMask are what counts of the tables' indexes.
	longMask, shortMask uint32
	// base is where in the content the tables begin. It moves on before a position would be more than a window
	// away, and the tables are emptied then, so that no position has to be compared with the window.
	base int
	// recent are the offsets used last.
	recent [2]int
}

// begin forgets the content before, for one of so many bytes. What is found in content must not depend
// on others, and small content does with small tables.
func (f *finder) begin(size int) {
	log := max(bits.Len(uint(size)), 8)
	longLog, shortLog := min(log, maxLongLog), min(log, maxShortLog)
	f.longMask, f.shortMask = 1<<longLog-1, 1<<shortLog-1
	f.recent = [2]int{1, 4} // as decoders have it at the beginning (3.1.1.5)
	f.empty(0)
}

// empty makes the tables begin at base, with no entries.
func (f *finder) empty(base int) {
	clear(f.long[:f.longMask+1])
	clear(f.short[:f.shortMask+1])
	f.base = base
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

// swapLong and swapShort enter a position, at which v stands. They return the entry that was in its place, without
// the tag where it was the same.
func (f *finder) swapLong(at int, v uint64) uint32 {
	hash := longHash(v)
	e := f.longEntry(hash)
	old := *e
	*e = entry(at, hash)
	return old ^ hash<<positionBits
}

func (f *finder) swapShort(at int, v uint64) uint32 {
	hash := shortHash(v)
	e := f.shortEntry(hash)
	old := *e
	*e = entry(at, hash)
	return old ^ hash<<positionBits
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

// longEntry and shortEntry are where a hash has its entry. The masks are less than the tables' lengths.
func (f *finder) longEntry(hash uint32) *uint32 {
	return (*uint32)(unsafe.Add(unsafe.Pointer(&f.long), uintptr(hash>>tagBits&f.longMask)*4))
}

func (f *finder) shortEntry(hash uint32) *uint32 {
	return (*uint32)(unsafe.Add(unsafe.Pointer(&f.short), uintptr(hash>>tagBits&f.shortMask)*4))
}

// entry is what a table has of a position: the hash's lowest bits are the tag.
func entry(at int, hash uint32) uint32 { return uint32(at) | hash<<positionBits }

// candidate returns the position of an entry that was swapped for that of at; ok is false where no match can be there:
// the tags differ, or it is a position ahead, which a long step left. What stands there has to be compared: an entry
// may be that of no position, which is like that of position 0.
func candidate(at int, swapped uint32) (from int, ok bool) { return int(swapped), swapped < uint32(at) }

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

// longer reports whether the match of a with x, which is before it, has more bytes than that of b with y.
func longer(p unsafe.Pointer, a, x, b, y, end int) bool {
	return matchLen(p, a, x, end) > matchLen(p, b, y, end)
}

// find returns the sequences of content[start:end], which is the next block, and their literals, those
// behind the last match included. They stand in b.
//
// It is one function, with nearly all that it calls inlined, because a processor has to wait so often here that
// the number of instructions in between decides: a call for each match would take 4 % more of all time. For the
// same reason, what the next search begins with is looked up before the match at hand is written down (2 %), and
// lengths under eight bytes more are found in place (2 %).
func (f *finder) find(content []byte, start, end int, b *block) ([]sequence, []byte) {
	if end-f.base > maxWindow {
		f.empty(start)
	}
	b.uses = codeUses{}
	content, start, end = content[f.base:], start-f.base, end-f.base
	p := unsafe.Pointer(unsafe.SliceData(content))
	anchor, limit := start, end-nearEnd
	recent, before := f.recent[0], f.recent[1] // locals save 1 %
	literals, n := 0, 0
	at := max(start, 1)
	// long and short are what the tables had for the position.
	var long, short uint32
	if at <= limit {
		v := load64(p, at)
		long, short = f.swapLong(at, v), f.swapShort(at, v)
	}
matches:
	for {
		// The match: where it starts, how many bytes are known to be the same, how far back it repeats, and the code of that.
		var from, length, back int
		code := uint32(1)
		for {
			next := at + 1 + (at-anchor)>>stepLog
			if next > limit {
				break matches
			}
			// That the next position is entered even if a match here takes its place saves 0.5 % of the size of text.
			nextLong := f.swapLong(next, load64(p, next))
			if load32(p, at+1) == load32(p, at+1-recent) {
				from, length, back = at+1, minShort, recent
				break
			}
			if c, ok := candidate(at, long); ok && load64(p, c) == load64(p, at) {
				from, length, back = at, minLong, at-c
				code = uint32(back) + 3
				break
			}
			if c, ok := candidate(at, short); ok && load32(p, c) == load32(p, at) {
				from, length, back = at, minShort, at-c
				// A long match that starts a position later may have more bytes.
				if c, ok := candidate(next, nextLong); ok && load64(p, c) == load64(p, next) && longer(p, next, c, at, at-back, end) {
					from, length, back = next, minLong, next-c
				}
				code = uint32(back) + 3
				break
			}
			at, long, short = next, nextLong, f.swapShort(next, load64(p, next))
		}
		if x := load64(p, from+length) ^ load64(p, from+length-back); x != 0 {
			length += bits.TrailingZeros64(x) >> 3
		} else {
			length += 8 + matchLen(p, from+length+8, from+length+8-back, end)
		}
		note := from + 2
		if at = from + length; at <= limit {
			v := load64(p, at)
			long, short = f.swapLong(at, v), f.swapShort(at, v)
		}
		if code > 1 {
			for from > anchor && from > back && load8(p, from-1) == load8(p, from-1-back) {
				from--
				length++
			}
			recent, before = back, recent
		}
		// Most often there are fewer literals than wide. To copy that many, whatever their number is, spares the
		// processor guessing at it: 2 % of all time.
		*(*[wide]byte)(unsafe.Add(unsafe.Pointer(&b.literals), literals)) = *(*[wide]byte)(unsafe.Add(p, anchor))
		if from-anchor > wide {
			copy(b.literals[literals:], content[anchor:from])
		}
		literals += from - anchor
		b.add(n, from-anchor, length, code)
		n++
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
			if at += length; at <= limit {
				v := load64(p, at)
				long, short = f.swapLong(at, v), f.swapShort(at, v)
			}
		}
		anchor = at
	}
	literals += copy(b.literals[literals:], content[anchor:end])
	f.recent = [2]int{recent, before}
	return b.sequences[:n], b.literals[:literals]
}
