package zstd

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// The sizes of the tables, in bits. Smaller ones find less, larger ones fall out of a processor's caches:
// on source text, 14 bits for short matches instead of 16 are 7 % faster and lose 0.6 % of the ratio. Content of
// fewer bytes than smallContent is searched with small tables, which are emptied sooner: pages of 4 KiB would take a
// quarter more without them.
const (
	longLog, shortLog           = 17, 14
	smallLongLog, smallShortLog = 14, 13
	smallContent                = 32 << 10
)

// The tables of a finder have their sizes in their types, so that a finder is compiled for each of them: to shift by
// numbers that are known then saves 3 % of all time. Sizes are asked for by unsafe.Sizeof, which does not look at a table:
// its len, where its type is a parameter, is a read of all of it to the race detector, and tests took six times as long.
type (
	longTable interface {
		[1 << longLog]uint32 | [1 << smallLongLog]uint32
	}
	shortTable interface {
		[1 << shortLog]uint32 | [1 << smallShortLog]uint32
	}
	largeFinder = finder[[1 << longLog]uint32, [1 << shortLog]uint32]
	smallFinder = finder[[1 << smallLongLog]uint32, [1 << smallShortLog]uint32]
)

// An entry of a table is a position, which is less than maxWindow, and above it a tag: eight bits of the hash that the
// table's index has no room for. A tag that differs tells that the bytes at the position do, without looking at
// them, which are seldom in a cache: a fifth of all time is saved by it.
const (
	tagBits      = 8
	positionBits = 32 - tagBits
	tagMask      = 1<<32 - 1<<positionBits
)

const (
	// wide is how many literals are copied at once.
	wide = 16
	// nearEnd is how close to a block's end no match begins, so that wide bytes can always be read at the
	// position, and eight at the one behind it.
	nearEnd = wide
	// minLong and minShort are how many bytes a match through either table has at least.
	minLong, minShort = 8, 4
	// inside is how far inside of a match the first position is that is entered. With two bytes, as in the reference
	// library, text in many scripts becomes 0.5 % larger and takes 1 % more time; source text is the same, and
	// columns of numbers and identifiers are 0.1 to 0.2 % smaller.
	inside = minShort - 1
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
type finder[L longTable, S shortTable] struct {
	long  L
	short S
	// base is where in the content the tables begin. It moves on before a position would be more than a window
	// away, and the tables are emptied then, so that no position has to be compared with the window.
	base int
}

// empty makes the tables begin at base, with no entries. What is found in content must not depend on that before it.
func (f *finder[L, S]) empty(base int) {
	*f = finder[L, S]{base: base}
}

// load64, load32 and load8 read content at a position, in the byte order that Zstandard has on every machine.
func load64(p unsafe.Pointer, at int) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(p, at))[:])
}

func load32(p unsafe.Pointer, at int) uint32 {
	return binary.LittleEndian.Uint32((*[4]byte)(unsafe.Add(p, at))[:])
}

func load8(p unsafe.Pointer, at int) byte { return *(*byte)(unsafe.Add(p, at)) }

// longHash and shortHash return hashes of the eight, or five, lowest bytes of v, by multiplication with primes: the
// highest bits are the best, of which the first index a table, and those behind them are the tag.
func longHash(v uint64) uint64  { return v * 0xCF1BBCDCB7A56463 }
func shortHash(v uint64) uint64 { return v << 24 * 889523592379 }

// swap enters a position into a table of so many bytes. It returns the entry that was in its place, without the tag
// where it was the same.
func swap(table unsafe.Pointer, size uintptr, at int, hash uint64) uint32 {
	e, tag := slot(table, size, hash)
	old := *e
	*e = uint32(at) | tag
	return old ^ tag
}

// note enters a position.
func note(table unsafe.Pointer, size uintptr, at int, hash uint64) {
	e, tag := slot(table, size, hash)
	*e = uint32(at) | tag
}

// slot returns where a hash has its entry, and its tag there.
func slot(table unsafe.Pointer, size uintptr, hash uint64) (*uint32, uint32) {
	log := bits.Len(uint(size/unsafe.Sizeof(uint32(0)) - 1)) // The compiler knows it.
	return (*uint32)(unsafe.Add(table, uintptr(hash>>(64-log))*4)), uint32(hash>>(positionBits+tagBits-log)) & tagMask
}

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

// find finds the sequences of content[start:end], which is the next block, and their literals, those behind the last
// match included. They are left in b.
func (f *finder[L, S]) find(content []byte, start, end int, b *block) {
	if end-f.base > maxWindow {
		f.empty(start)
	}
	b.reset()
	content = content[f.base:]
	anchor := f.search(unsafe.Pointer(unsafe.SliceData(content)), start-f.base, end-f.base, b)
	b.literalsLen += copy(b.literals[b.literalsLen:], content[anchor:end-f.base])
}

// search finds the sequences between start and end at p. It returns where the last match ends.
//
// It is one function, with nearly all that it calls inlined, because a processor has to wait so often here that
// the number of instructions in between decides: a call for each match would take 4 % more of all time. For the
// same reason, what the next search begins with is looked up before the match at hand is written down (2 %), lengths
// under eight bytes more are found in place (2 %), and what a match changes once stays in memory instead of variables,
// which the loop in front of it would load into registers each time (2 %).
func (f *finder[L, S]) search(p unsafe.Pointer, start, end int, b *block) int {
	anchor, limit := start, end-nearEnd
	recent := b.recent[0]
	at := max(start, 1)
	// long and short are what the tables had for the position.
	var long, short uint32
	if at <= limit {
		v := load64(p, at)
		long = swap(unsafe.Pointer(&f.long), unsafe.Sizeof(f.long), at, longHash(v))
		short = swap(unsafe.Pointer(&f.short), unsafe.Sizeof(f.short), at, shortHash(v))
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
			// That the next position is entered even if a match here takes its place saves 1 % of the size of text.
			nextLong := swap(unsafe.Pointer(&f.long), unsafe.Sizeof(f.long), next, longHash(load64(p, next)))
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
				// A long match that starts at the next position has more bytes, nearly always: to compare them
				// costs 2 % of all time for 0.05 % of the size.
				if c, ok := candidate(next, nextLong); ok && load64(p, c) == load64(p, next) {
					from, length, back = next, minLong, next-c
				}
				code = uint32(back) + 3
				break
			}
			short = swap(unsafe.Pointer(&f.short), unsafe.Sizeof(f.short), next, shortHash(load64(p, next)))
			at, long = next, nextLong
		}
		if x := load64(p, from+length) ^ load64(p, from+length-back); x != 0 {
			length += bits.TrailingZeros64(x) >> 3
		} else {
			length += 8 + matchLen(p, from+length+8, from+length+8-back, end)
		}
		first := from + inside
		if at = from + length; at <= limit {
			v := load64(p, at)
			long = swap(unsafe.Pointer(&f.long), unsafe.Sizeof(f.long), at, longHash(v))
			short = swap(unsafe.Pointer(&f.short), unsafe.Sizeof(f.short), at, shortHash(v))
		}
		if code > 1 {
			for from > anchor && from > back && load8(p, from-1) == load8(p, from-1-back) {
				from--
				length++
			}
			b.recent[1] = recent
			recent = back
		}
		b.addLiterals(p, anchor, from)
		l, m := literalCode(uint32(from-anchor)), matchCode(uint32(length-3))
		b.count(l, m, code)
		b.put(l, m, code)
		if at <= limit {
			// Few positions of the match are entered, those that pay most. The reference library enters a short one at
			// its end too: up to 0.4 % of the size, for 2 to 3 % of all time.
			v := load64(p, first)
			note(unsafe.Pointer(&f.long), unsafe.Sizeof(f.long), first, longHash(v))
			note(unsafe.Pointer(&f.short), unsafe.Sizeof(f.short), first, shortHash(v))
			note(unsafe.Pointer(&f.long), unsafe.Sizeof(f.long), at-2, longHash(load64(p, at-2)))
		}
		for at <= limit && load32(p, at) == load32(p, at-b.recent[1]) {
			// Without literals before it, "the offset used last" means the one before the last.
			recent, b.recent[1] = b.recent[1], recent
			length := minShort + matchLen(p, at+minShort, at+minShort-recent, end)
			b.add(0, length, 1)
			if at += length; at <= limit {
				v := load64(p, at)
				long = swap(unsafe.Pointer(&f.long), unsafe.Sizeof(f.long), at, longHash(v))
				short = swap(unsafe.Pointer(&f.short), unsafe.Sizeof(f.short), at, shortHash(v))
			}
		}
		anchor = at
	}
	b.recent[0] = recent
	return anchor
}
