package inflate

import (
	"math/bits"
	"slices"
	"sync"
)

// Sizes of the format (RFC 1951, 3.2.5 to 3.2.7).
const (
	maxCodeLength = 15
	endOfBlock    = 256
	// maxLiterals and maxDistances are how many symbols a block may define; the fixed code has two more of
	// each, which stand for nothing.
	maxLiterals, maxDistances = 286, 30
	maxLength                 = 258
)

// The sizes of the tables: how many bits are looked up at once, and how many entries there are at the most. Longer
// codes have tables of their own, as many as there are ways in which two codes or more begin.
const (
	literalBits     = 11
	literalEntries  = 1<<literalBits + maxLiterals/2<<(maxCodeLength-literalBits)
	distanceBits    = 8
	distanceEntries = 1<<distanceBits + maxDistances/2<<(maxCodeLength-distanceBits)
)

// An entry says what the next bits of the input are:
//
//	bits 0-7    how many of them are used up: those of the code and the extra ones behind it
//	bits 8-11   how many are those of the code; in a link, how many more index the table it leads to
//	bits 12-15  what sets it apart, see below
//	bits 16-30  the literal, the least length or distance, or where the table is that a link leads to
//	bit 31      set in a literal
type entry uint32

const (
	isLiteral entry = 1 << 31
	// isSpecial is set with one of the others, so that one test tells lengths and distances from the rest.
	isSpecial entry = 1 << 15
	isLink    entry = 1 << 14
	isEnd     entry = 1 << 13
	invalid         = isSpecial | 1<<12
)

func (e entry) value() int { return int(e >> 16) }

func (e entry) literal() byte { return byte(e >> 16) }

// link returns where the entry is that a link leads to, where the bits behind the link's are v.
func (e entry) link(v uint64) int { return e.value() + int(v&(1<<(e>>8&15)-1)) }

// used returns how many bits are used up. The mask is for the compiler, which then needs no test to shift by it.
func (e entry) used() uint { return uint(e) & 63 }

// plus returns value with the extra bits added, where v begins with the code, and rest is what follows them.
func (e entry) plus(v, rest uint64) int {
	return e.value() + int((v^rest<<e.used())>>(e>>8&15))
}

// A code is what a block is coded by. Entries of no code are invalid.
type code struct {
	literals  [literalEntries]entry
	distances [distanceEntries]entry
	// least is how many bits the end of the block takes.
	least uint
}

// The entries of the symbols, without the lengths of their codes.
var (
	literalSymbols  = makeLiteralSymbols()
	distanceSymbols = makeDistanceSymbols()
)

// makeLiteralSymbols returns the literals, the end of a block, and lengths (3.2.5).
func makeLiteralSymbols() (symbols [maxLiterals + 2]entry) {
	for i := range endOfBlock {
		symbols[i] = isLiteral | entry(i)<<16
	}
	symbols[endOfBlock] = isSpecial | isEnd
	base := 3
	for i := 257; i < 285; i++ {
		extra := max(i-261, 0) / 4
		symbols[i] = entry(base<<16 | extra)
		base += 1 << extra
	}
	symbols[285] = maxLength << 16
	symbols[286], symbols[287] = invalid, invalid
	return symbols
}

// makeDistanceSymbols returns the distances (3.2.5).
func makeDistanceSymbols() (symbols [maxDistances + 2]entry) {
	base := 1
	for i := range maxDistances {
		extra := max(i-2, 0) / 2
		symbols[i] = entry(base<<16 | extra)
		base += 1 << extra
	}
	symbols[30], symbols[31] = invalid, invalid
	return symbols
}

// fixedCode returns the code of blocks that bring none (3.2.6).
var fixedCode = sync.OnceValue(func() *code {
	lengths := slices.Concat(
		slices.Repeat([]uint8{8}, 144), slices.Repeat([]uint8{9}, 112), slices.Repeat([]uint8{7}, 24), slices.Repeat([]uint8{8}, 8),
		slices.Repeat([]uint8{5}, len(distanceSymbols)))
	c := new(code)
	c.build(lengths, len(literalSymbols))
	return c
})

// build makes the tables for codes of such lengths, those of literals before those of distances. It reports
// whether there are such codes.
func (c *code) build(lengths []uint8, literals int) bool {
	c.least = uint(lengths[endOfBlock])
	return fill(c.literals[:], literalBits, literalSymbols[:], lengths[:literals]) &&
		fill(c.distances[:], distanceBits, distanceSymbols[:], lengths[literals:])
}

// fill makes the table of a code, of which 1<<size entries are looked up at once. It reports whether the
// lengths make up a complete code (3.2.2). Like the standard library, it takes for one a single code of one bit
// and none at all, as long as nothing else is met in the data; zlib is stricter with lengths and literals.
func fill(table []entry, size int, symbols []entry, lengths []uint8) bool {
	var counts, next [maxCodeLength + 1]int // how many codes there are of each length, and which is the next
	longest := 0
	for _, n := range lengths {
		counts[n]++
		longest = max(longest, int(n))
	}
	counts[0] = 0
	for n := 1; n <= longest; n++ {
		next[n] = (next[n-1] + counts[n-1]) << 1
	}
	if end := next[longest] + counts[longest]; longest <= 1 && end <= 1 {
		for i := range 1 << size {
			table[i] = invalid
		}
	} else if end != 1<<longest {
		return false
	}
	width := max(longest-size, 0) // of the tables of longer codes
	if width > 0 {
		for first := next[size+1] >> 1; first < 1<<size; first++ { // What codes that are longer begin with.
			start := 1<<size + (first-next[size+1]>>1)<<width
			table[reverse(first, size)] = isSpecial | isLink | entry(start<<16|width<<8|size)
		}
	}
	for symbol, length := range lengths {
		n := int(length)
		if n == 0 {
			continue
		}
		part, code := table[:1<<size], reverse(next[n], n)
		next[n]++
		if n > size {
			start := table[code&(1<<size-1)].value()
			part, code, n = table[start:start+1<<width], code>>size, n-size
		}
		for e := symbols[symbol] + entry(n<<8|n); code < len(part); code += 1 << n {
			part[code] = e
		}
	}
	return true
}

// reverse returns the n lowest bits of v the other way round: codes begin with their highest bit (3.1.1).
func reverse(v, n int) int { return int(bits.Reverse16(uint16(v)) >> (16 - n)) }
