package zstd

import "math/bits"

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
	width uint8 // of extra, at most 16+16+23
	code  [kinds]uint8
}

// codeUses are how often each code of each kind is used.
type codeUses [kinds][maxSymbols]uint32

// A block is what find makes of a block's content. It has room for all that there can be, since slices that
// grow have lengths to be kept and compared.
type block struct {
	sequences [maxSequences]sequence
	uses      codeUses
	literals  [maxBlock + wide]byte
}

// add sets the sequence with the number n, which is less than maxSequences: so many literals, then a match of at
// least 3 bytes. The offset is how far back the match is, plus 3; or 1, the offset used last (3.1.1.5).
func (b *block) add(n, literals, match int, offset uint32) {
	q := &b.sequences[n&(maxSequences-1)]
	repeated := match - 3
	l, m := literalCode(uint32(literals)), matchCode(uint32(repeated))
	o := uint8(bits.Len32(offset)-1) & 31
	b.uses[literalLengths][l.code&(maxSymbols-1)]++
	b.uses[offsets][o]++
	b.uses[matchLengths][m.code&(maxSymbols-1)]++
	q.code = [kinds]uint8{literalLengths: l.code, offsets: o, matchLengths: m.code}
	q.extra = uint64(uint32(literals)&lowBits[l.width&31]) |
		uint64(uint32(repeated)&lowBits[m.width&31])<<(l.width&63) |
		uint64(offset&lowBits[o])<<((l.width+m.width)&63)
	q.width = l.width + m.width + o
}

// A lengthCode is the code of a length and how many bits of the length follow it.
type lengthCode struct{ code, width uint8 }

// The codes of short lengths (3.1.1.3.2.1.1); those of match lengths begin at 3.
var (
	literalCodes [64]lengthCode
	matchCodes   [128]lengthCode
)

func init() {
	fillCodes(literalCodes[:], 16, 1, 1, 1, 1, 2, 2, 3, 3, 4)
	fillCodes(matchCodes[:], 32, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5)
}

// fillCodes gives the first lengths a code each, and those behind them codes with so many bits.
func fillCodes(codes []lengthCode, singles uint8, widths ...uint8) {
	for n := range singles {
		codes[n] = lengthCode{code: n}
	}
	n := int(singles)
	for i, width := range widths {
		for range 1 << width {
			codes[n] = lengthCode{singles + uint8(i), width}
			n++
		}
	}
}

func literalCode(n uint32) lengthCode {
	if n < uint32(len(literalCodes)) {
		return literalCodes[n]
	}
	return longCode(n, 19)
}

func matchCode(n uint32) lengthCode {
	if n < uint32(len(matchCodes)) {
		return matchCodes[n]
	}
	return longCode(n, 36)
}

// longCode is the code of a length that is not short: there is one for each power of two.
func longCode(n uint32, first uint8) lengthCode {
	width := uint8(bits.Len32(n) - 1)
	return lengthCode{first + width, width}
}

// lowBits are the numbers whose so many lowest bits are set. To look one up takes fewer instructions than to shift it.
var lowBits = func() (masks [32]uint32) {
	for n := range masks {
		masks[n] = 1<<n - 1
	}
	return masks
}()
