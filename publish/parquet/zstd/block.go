package zstd

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// The kinds of codes that a sequence has.
const (
	literalLengths = iota
	offsets
	matchLengths
	kinds
)

// A sequence says how content goes on: so many literals, then a match. It is kept as the code of each of these
// numbers, and the bits that follow the codes (3.1.1.3.2.1.1), since they are coded from the last to the first,
// while the search for the next one leaves a processor time enough to find the codes.
type sequence struct {
	// extra are the bits that follow the codes: the literal length's lowest, then the match length's, then the
	// offset's.
	extra uint64
	// codes has the width of extra, at most 16+16+23, in its first byte, and in those behind it the code of each kind.
	codes [4]uint8
}

// Where the codes of the kinds stand in a sequence's codes, read as one number.
const (
	literalPlace = 8 + 8*literalLengths
	offsetPlace  = 8 + 8*offsets
	matchPlace   = 8 + 8*matchLengths
)

func (q *sequence) width() uint { return uint(q.codes[0]) }

func (q *sequence) code(kind int) uint8 { return q.codes[1+kind] }

// codeUses are how often each code of each kind is used.
type codeUses [kinds][maxSymbols]uint32

// A block is what find makes of a block's content. It has room for all that there can be: slices that grow have lengths
// to be compared.
type block struct {
	sequences [maxSequences]sequence
	literals  [maxBlock + wide]byte
	// sequencesLen and literalsLen are how many there are.
	sequencesLen, literalsLen int
	// recent are the offsets used last, in the frame's blocks before too.
	recent [2]int

	uses codeUses
}

// reset empties the block for the next one of a frame.
func (b *block) reset() {
	b.sequencesLen, b.literalsLen = 0, 0
	b.uses = codeUses{}
}

// addLiterals adds what stands from anchor on at p, up to from; wide bytes can be read there.
func (b *block) addLiterals(p unsafe.Pointer, anchor, from int) {
	// Most often there are fewer than wide. To copy that many, whatever their number is, spares the processor guessing
	// at it: 2 % of all time.
	n := b.literalsLen
	*(*[wide]byte)(unsafe.Add(unsafe.Pointer(&b.literals), n)) = *(*[wide]byte)(unsafe.Add(p, anchor))
	if from-anchor > wide {
		copy(b.literals[n:], unsafe.Slice((*byte)(unsafe.Add(p, anchor)), from-anchor))
	}
	b.literalsLen = n + from - anchor
}

// add adds a sequence: so many literals, then a match of at least 3 bytes. The offset is how far back the match is,
// plus 3; or 1, the offset used last (3.1.1.5). There are fewer than maxSequences before it.
func (b *block) add(literals, match int, offset uint32) {
	l, m := literalCode(uint32(literals)), matchCode(uint32(match-3))
	b.count(l, m, offset)
	b.put(l, m, offset)
}

// count and put are the two parts of add. For matches behind literals, which are most, the search calls them itself: they
// are short enough to be inlined, and add is not, which saves 1 % of all time.
func (b *block) count(l, m lengthCode, offset uint32) {
	b.uses[literalLengths][l.codes>>literalPlace&(maxSymbols-1)]++
	b.uses[offsets][offsetCode(offset)]++
	b.uses[matchLengths][m.codes>>matchPlace&(maxSymbols-1)]++
}

func (b *block) put(l, m lengthCode, offset uint32) {
	q := &b.sequences[b.sequencesLen&(maxSequences-1)]
	b.sequencesLen++
	o := offsetCode(offset)
	both := l.codes + m.codes
	binary.LittleEndian.PutUint32(q.codes[:], both+o*(1<<offsetPlace+1))
	q.extra = uint64(l.extra) | uint64(m.extra)<<(l.codes&63) | uint64(offset^1<<o)<<(both&63)
}

// offsetCode returns the code of an offset, which is how many bits follow it, too.
func offsetCode(offset uint32) uint32 { return uint32(bits.Len32(offset)-1) & 31 }

// A lengthCode is what sequences have of one length, and zeros in place of the others.
type lengthCode struct{ codes, extra uint32 }

// The codes of short lengths (3.1.1.3.2.1.1); those of match lengths begin at 3.
var (
	literalCodes [64]lengthCode
	matchCodes   [128]lengthCode
)

func init() {
	fillCodes(literalCodes[:], literalPlace, 16, 1, 1, 1, 1, 2, 2, 3, 3, 4)
	fillCodes(matchCodes[:], matchPlace, 32, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5)
}

// fillCodes gives the first lengths a code each, and those behind them codes with so many bits.
func fillCodes(codes []lengthCode, place, singles uint32, widths ...uint32) {
	for n := range singles {
		codes[n] = lengthCode{codes: n << place}
	}
	n := singles
	for i, width := range widths {
		for extra := range uint32(1) << width {
			codes[n] = lengthCode{(singles+uint32(i))<<place | width, extra}
			n++
		}
	}
}

func literalCode(n uint32) lengthCode {
	if n < uint32(len(literalCodes)) {
		return literalCodes[n]
	}
	return longCode(n, 19, literalPlace)
}

func matchCode(n uint32) lengthCode {
	if n < uint32(len(matchCodes)) {
		return matchCodes[n]
	}
	return longCode(n, 36, matchPlace)
}

// longCode is the code of a length that is not short: there is one for each power of two.
func longCode(n, first, place uint32) lengthCode {
	width := uint32(bits.Len32(n) - 1)
	return lengthCode{(first+width)<<place | width, n - 1<<width}
}
