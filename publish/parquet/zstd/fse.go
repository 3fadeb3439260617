package zstd

import (
	"math"
	"math/bits"
)

// maxSymbols is more than the 53 codes that the largest alphabet has, that of match lengths, and a power of two, so
// that indexes need not be checked.
const maxSymbols = 64

// A distribution gives each code its share of a table's states (4.1.1): at least one where the code is
// used, all of them together 1<<log. "Less than one" is not used, which costs nothing: a code with one
// state takes as many bits.
type distribution struct {
	log    uint8
	counts [maxSymbols]int16
	// codes is one more than the greatest code.
	codes int
}

// distribute returns the distribution closest to how often each code is used; there are total uses of at
// least two codes.
func distribute(uses *[maxSymbols]uint32, codes int, total uint32, log uint8) distribution {
	d := distribution{log: log, codes: codes}
	left := int32(1) << log
	largest := 0
	for c := range codes {
		if uses[c] == 0 {
			continue
		}
		share := (uint64(uses[c])<<log + uint64(total)/2) / uint64(total)
		d.counts[c] = int16(max(share, 1))
		left -= int32(d.counts[c])
		if uses[c] > uses[largest] {
			largest = c
		}
	}
	// What rounding gave away or left over is the most frequent code's, which feels it least.
	if int32(d.counts[largest])+left > int32(d.counts[largest])/2 {
		d.counts[largest] += int16(left)
		return d
	}
	for ; left < 0; left++ {
		d.takeOne(uses)
	}
	return d
}

// takeOne takes a state from the code that loses the least by it. A code that is used u times loses
// u*log2(n/(n-1)) bits, which is close to a multiple of u/(2n-1); whole numbers compare alike everywhere.
func (d *distribution) takeOne(uses *[maxSymbols]uint32) {
	best := -1
	for c := range d.codes {
		if d.counts[c] > 1 && (best < 0 || uint64(uses[c])*d.weight(best) < uint64(uses[best])*d.weight(c)) {
			best = c
		}
	}
	d.counts[best]--
}

func (d *distribution) weight(c int) uint64 { return uint64(2*int(d.counts[c]) - 1) }

// logFor returns the size of table that pays for so many uses of so many codes.
func logFor(total uint32, codes int, most uint8) uint8 {
	least := uint8(bits.Len(uint(codes-1))) + 1 // Every code needs a state, and some need more.
	return min(max(uint8(max(bits.Len32(total-1)-2, 5)), least), most)
}

// appendTo appends the distribution's description (4.1.1).
func (d *distribution) appendTo(dst []byte) []byte {
	acc, n := uint64(d.log-5), uint(4)
	remaining, threshold, width := int32(1)<<d.log+1, int32(1)<<d.log, uint(d.log)+1
	for c := 0; remaining > 1; {
		count := int32(d.counts[c]) + 1
		c++
		limit := 2*threshold - 1 - remaining // Values below it take one bit less.
		remaining -= count - 1
		value := count
		if count >= threshold {
			value += limit
		}
		acc |= uint64(value) << n
		n += width
		if value < limit {
			n--
		}
		if count == 1 { // Zeros that follow are counted in steps of three.
			zeros := 0
			for d.counts[c+zeros] == 0 {
				zeros++
			}
			c += zeros
			for ; zeros >= 3; zeros -= 3 {
				acc |= 3 << n
				n += 2
				dst, acc, n = spill(dst, acc, n)
			}
			acc |= uint64(zeros) << n
			n += 2
		}
		for remaining < threshold {
			width--
			threshold >>= 1
		}
		dst, acc, n = spill(dst, acc, n)
	}
	for ; n > 0; n -= min(n, 8) {
		dst = append(dst, byte(acc))
		acc >>= 8
	}
	return dst
}

// spill appends the whole bytes of the n bits in acc.
func spill(dst []byte, acc uint64, n uint) ([]byte, uint64, uint) {
	for ; n >= 8; n -= 8 {
		dst = append(dst, byte(acc))
		acc >>= 8
	}
	return dst, acc, n
}

// maxStates is the size of the largest table: 1<<9 for match and literal lengths.
const maxStates = 1 << 9

// A table encodes codes by a distribution: it has, for every code and state, the state that comes next
// and the bits that are written on the way. It has room for entries of every byte, so that a code need not be checked.
type table struct {
	log     uint8
	codes   int // one more than the greatest code that it has
	entries [256]tableEntry
	next    [maxStates]uint16
	spread  [maxStates]uint8
}

// A tableEntry is what a table has of a code: from a state s it is written with (s+width)>>16 bits, and
// leads to the state next[s>>bits+start].
type tableEntry struct {
	width uint32
	start int32
}

// build makes the table of a distribution (4.1.1).
func (t *table) build(d *distribution) {
	size := 1 << d.log
	t.log, t.codes = d.log, d.codes
	var place [maxSymbols]int
	total := 0
	high := size - 1
	for c := range d.codes {
		place[c] = total
		n := int(d.counts[c])
		if n == -1 { // Predefined distributions have codes of less than one state.
			n = 1
			t.spread[high] = uint8(c)
			high--
		}
		total += n
	}
	at, step, mask := 0, size>>1+size>>3+3, size-1
	for c := range d.codes {
		for range d.counts[c] {
			t.spread[at] = uint8(c)
			for at = (at + step) & mask; at > high; at = (at + step) & mask {
			}
		}
	}
	for state := range size {
		c := t.spread[state]
		t.next[place[c]] = uint16(size + state)
		place[c]++
	}
	t.widths(d)
}

func (t *table) widths(d *distribution) {
	total := int32(0)
	for c := range d.codes {
		switch n := uint32(max(d.counts[c], -d.counts[c])); n {
		case 0:
			t.entries[c].width, t.entries[c].start = absent, 0
		case 1:
			t.entries[c].width = uint32(d.log)<<16 - 1<<d.log
			t.entries[c].start = total - 1
			total++
		default:
			most := uint32(d.log) - uint32(bits.Len32(n-1)-1)
			t.entries[c].width = most<<16 - n<<most
			t.entries[c].start = total - int32(n)
			total += int32(n)
		}
	}
}

// absent is the width of a code that a table has not.
const absent = math.MaxUint32

// cost returns about how many bits the codes would take in the table, in 256ths; ok is false where it
// lacks one.
func (t *table) cost(uses *[maxSymbols]uint32, codes int) (bits256 uint64, ok bool) {
	if codes > t.codes {
		return 0, false
	}
	for c := range codes {
		if uses[c] == 0 {
			continue
		}
		if t.entries[c].width == absent {
			return 0, false
		}
		bits256 += uint64(uses[c]) * uint64(t.bits(c))
	}
	return bits256, true
}

// bits returns how many bits a code takes on average, in 256ths: between two whole numbers, as many
// states take the one as have it.
func (t *table) bits(c int) uint32 {
	least := t.entries[c].width >> 16 // of state 0, if there were one; states begin at size
	size := uint32(1) << t.log
	threshold := (least + 1) << 16
	// From the state at which (state + width) reaches threshold on, one bit more is written.
	from := threshold - t.entries[c].width
	switch {
	case from <= size:
		return (least + 1) << 8
	case from >= 2*size:
		return least << 8
	}
	more := 2*size - from
	return least<<8 + more<<8>>t.log
}

// first returns the state that encoding begins in with a code, which takes no bits.
func (t *table) first(c uint8) uint32 {
	n := (t.entries[c].width + 1<<15) >> 16
	return uint32(t.next[int32((n<<16-t.entries[c].width)>>n)+t.entries[c].start])
}
