package inflate

import (
	"math/bits"
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

// The sizes of the tables: what is looked up at once, in bits, and how many entries there are at the most with
// the tables of longer codes, which the program enough of zlib finds for 288 and 32 symbols.
const (
	literalBits, literalEntries   = 11, 2342
	distanceBits, distanceEntries = 8, 402
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

// plus returns value with the extra bits added, where v begins with the code.
func (e entry) plus(v uint64) int {
	return e.value() + int(v&(1<<e.used()-1)>>(e>>8&15))
}

// A code is what a block is coded by. Entries of no code are invalid.
type code struct {
	literals  [literalEntries]entry
	distances [distanceEntries]entry
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
	var lengths [maxLiterals + 2 + maxDistances + 2]uint8
	for i := range lengths {
		switch {
		case i >= len(literalSymbols):
			lengths[i] = 5
		case i < 144 || i >= 280:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		default:
			lengths[i] = 7
		}
	}
	c := new(code)
	c.build(lengths[:], len(literalSymbols))
	return c
})

// build makes the tables for codes of such lengths, those of literals before those of distances. It reports
// whether there are such codes.
func (c *code) build(lengths []uint8, literals int) bool {
	return fill(c.literals[:], literalBits, literalSymbols[:], lengths[:literals]) &&
		fill(c.distances[:], distanceBits, distanceSymbols[:], lengths[literals:])
}

// fill makes the table of a code, of which 1<<size entries are looked up at once. It reports whether the
// lengths make up a complete code (3.2.2). Like zlib and the standard library, it takes for one a single code
// of one bit and none at all, as long as nothing else is met in the data.
func fill(table []entry, size int, symbols []entry, lengths []uint8) bool {
	var counts, next [maxCodeLength + 1]int
	for _, n := range lengths {
		counts[n]++
	}
	used := len(lengths) - counts[0]
	left := 1 // how many codes of the length at hand are still free
	for n := 1; n <= maxCodeLength; n++ {
		left = left<<1 - counts[n]
		if left < 0 {
			return false
		}
		if n < maxCodeLength {
			next[n+1] = next[n] + counts[n]
		}
	}
	if left > 0 && (used > 1 || used != counts[1]) {
		return false
	}
	var sorted [maxLiterals + 2]uint16 // symbols by the lengths of their codes
	for symbol, n := range lengths {
		if n > 0 {
			sorted[next[n]] = uint16(symbol)
			next[n]++
		}
	}
	t := tableWriter{table: table, size: size, end: 1 << size, counts: counts}
	t.table[0], t.table[1] = invalid, invalid
	at := 0
	for n := 1; n <= maxCodeLength; n++ {
		for range counts[n] {
			t.write(symbols[sorted[at]], n)
			at++
		}
		if n < size {
			copy(table[1<<n:], table[:1<<n]) // What is looked up has one bit more from here on.
		}
	}
	return true
}

// A tableWriter writes entries in the order of their codes.
type tableWriter struct {
	table  []entry
	size   int
	counts [maxCodeLength + 1]int // how many codes there are of each length; of the last one, are left
	code   int                    // the next code, its first bit the lowest
	start  int                    // of the table that links lead to
	width  int                    // of its index
	link   int                    // the code's first bits that lead to it
	end    int                    // of what is written
}

// write writes the entry of the next code, which has n bits.
func (t *tableWriter) write(symbol entry, n int) {
	if n <= t.size {
		t.table[t.code] = symbol + entry(n<<8|n)
	} else {
		t.writeLong(symbol, n)
	}
	t.counts[n]--
	// The next code in order is one more, with its bits turned round: the first bit from the end of the code
	// that is 0 becomes 1, and those behind it 0.
	bit := 1 << bits.Len(uint(t.code^(1<<n-1))) >> 1
	t.code = t.code&(bit-1) | bit
}

// writeLong writes an entry that a link leads to.
func (t *tableWriter) writeLong(symbol entry, n int) {
	first := t.code & (1<<t.size - 1)
	if t.end == 1<<t.size || first != t.link {
		t.begin(first, n)
	}
	n -= t.size
	for i := t.code >> t.size; i < 1<<t.width; i += 1 << n {
		t.table[t.start+i] = symbol + entry(n<<8|n)
	}
}

// begin begins the table for codes of n bits or more that begin with first: as wide as the longest of them.
func (t *tableWriter) begin(first, n int) {
	t.link, t.start, t.width = first, t.end, n-t.size
	for room := t.counts[n]; room < 1<<t.width; room = room<<1 + t.counts[t.size+t.width] {
		t.width++
	}
	t.end += 1 << t.width
	t.table[first] = isSpecial | isLink | entry(t.start<<16|t.width<<8|t.size)
}
