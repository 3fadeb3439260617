package zstd

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// A sequence says how content goes on: so many literals, then a match.
type sequence struct {
	literals uint32
	// match is the match's length, at least 3.
	match uint32
	// offset is how far back the match is, plus 3; or 1, the offset used last (3.1.1.5).
	offset uint32
}

// The kinds of codes that a sequence has.
const (
	literalLengths = iota
	offsets
	matchLengths
	kinds
)

// The modes in which the table of a kind is given (3.1.1.3.2.1.2).
const (
	modePredefined = 0
	modeRLE        = 1
	modeCompressed = 2
	modeRepeat     = 3
)

// maxLog is the size of the largest table of each kind, in bits.
var maxLog = [kinds]uint8{9, 8, 9}

// predefined are the distributions that decoders know (3.1.1.3.2.2).
var predefined = [kinds]distribution{
	{log: 6, codes: 36, counts: [maxSymbols]int16{4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2,
		2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1}},
	{log: 5, codes: 29, counts: [maxSymbols]int16{1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
		-1, -1, -1, -1, -1}},
	{log: 6, codes: 53, counts: [maxSymbols]int16{1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
		1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1}},
}

var predefinedTables = func() (tables [kinds]*table) {
	for k := range tables {
		tables[k] = new(table)
		tables[k].build(&predefined[k])
	}
	return tables
}()

// The codes of lengths and the bits that follow them (3.1.1.3.2.1.1).
var (
	literalCodes = lengthCodes(64, []uint8{16: 1, 1, 1, 1, 2, 2, 3, 3, 4})
	matchCodes   = lengthCodes(128, []uint8{32: 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5})
	literalBits  = lengthBits(36, []uint8{16: 1, 1, 1, 1, 2, 2, 3, 3, 4, 6}, 19)
	matchBits    = lengthBits(53, []uint8{32: 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7}, 36)
)

// lengthCodes returns the codes of the lengths below n, given the bits of the codes.
func lengthCodes(n int, widths []uint8) []uint8 {
	codes := make([]uint8, 0, n)
	for code, width := range widths {
		for range 1 << width {
			codes = append(codes, uint8(code))
		}
	}
	return codes[:n]
}

// lengthBits completes the bits of the codes: those from the last on are of lengths that double.
func lengthBits(n int, widths []uint8, shift int) []uint8 {
	for code := len(widths); code < n; code++ {
		widths = append(widths, uint8(code-shift))
	}
	return widths
}

func literalCode(n uint32) uint8 {
	if n < 64 {
		return literalCodes[n]
	}
	return uint8(bits.Len32(n) - 1 + 19)
}

func matchCode(n uint32) uint8 {
	if n -= 3; n < 128 {
		return matchCodes[n]
	} else {
		return uint8(bits.Len32(n) - 1 + 36)
	}
}

// A sequenceCoder writes the sequences sections of a frame's blocks.
type sequenceCoder struct {
	kind [kinds]kindCoder
}

// A kindCoder is what a sequenceCoder knows of one kind of code.
type kindCoder struct {
	codes []uint8 // of the block at hand
	uses  [maxSymbols]uint32
	used  int // one more than the greatest code
	// previous is the table that decoders remember; nil if they have none.
	previous *table
	// undone is what previous was before the block at hand.
	undone *table
	// spare are two tables to build new ones in: one of them may be previous.
	spare [2]table
	// current is the table that the block at hand uses; nil for one code repeated.
	current *table
}

// begin forgets the blocks of the frame before.
func (s *sequenceCoder) begin() {
	for k := range s.kind {
		s.kind[k].previous = nil
	}
}

// undo forgets the block at hand.
func (s *sequenceCoder) undo() {
	for k := range s.kind {
		s.kind[k].previous = s.kind[k].undone
	}
}

// append appends the sequences section (3.1.1.3.2).
func (s *sequenceCoder) append(dst []byte, sequences []sequence) []byte {
	for k := range s.kind {
		s.kind[k].undone = s.kind[k].previous
	}
	switch n := len(sequences); {
	case n == 0:
		return append(dst, 0)
	case n < 128:
		dst = append(dst, byte(n))
	case n < 0x7F00:
		dst = append(dst, byte(n>>8+128), byte(n))
	default:
		dst = append(dst, 255, byte(n-0x7F00), byte((n-0x7F00)>>8))
	}
	s.count(sequences)
	modes := len(dst)
	dst = append(dst, 0)
	var mode [kinds]int
	for k := range s.kind {
		dst, mode[k] = s.kind[k].choose(dst, k, uint32(len(sequences)))
	}
	dst[modes] = byte(mode[literalLengths]<<6 | mode[offsets]<<4 | mode[matchLengths]<<2)
	return s.appendBits(dst, sequences)
}

// count finds the codes of sequences and counts them.
func (s *sequenceCoder) count(sequences []sequence) {
	for k := range s.kind {
		c := &s.kind[k]
		c.codes = slices.Grow(c.codes[:0], len(sequences))[:len(sequences)]
		clear(c.uses[:])
	}
	ll, of, ml := s.kind[literalLengths].codes, s.kind[offsets].codes, s.kind[matchLengths].codes
	llUses, ofUses, mlUses := &s.kind[literalLengths].uses, &s.kind[offsets].uses, &s.kind[matchLengths].uses
	for i := range sequences {
		q := &sequences[i]
		l, o, m := literalCode(q.literals), uint8(bits.Len32(q.offset)-1), matchCode(q.match)
		ll[i], of[i], ml[i] = l, o, m
		llUses[l]++
		ofUses[o]++
		mlUses[m]++
	}
	for k := range s.kind {
		c := &s.kind[k]
		for c.used = maxSymbols; c.uses[c.used-1] == 0; c.used-- {
		}
	}
}

// choose picks the table for the codes of the block at hand, and appends what describes it.
func (c *kindCoder) choose(dst []byte, kind int, total uint32) ([]byte, int) {
	if c.uses[c.used-1] == total {
		c.current = nil
		c.previous = nil // Decoders would remember a table of this one code, which is not worth keeping.
		return append(dst, byte(c.used-1)), modeRLE
	}
	mode, best := modePredefined, predefinedTables[kind]
	cost, ok := best.cost(&c.uses, c.used)
	if c.previous != nil {
		if again, fits := c.previous.cost(&c.uses, c.used); fits && (!ok || again <= cost) {
			mode, best, cost, ok = modeRepeat, c.previous, again, true
		}
	}
	if ok && total < fewSequences {
		c.current, c.previous = best, best
		return dst, mode
	}
	d := distribute(&c.uses, c.used, total, logFor(total, c.used, maxLog[kind]))
	fresh := &c.spare[0]
	if c.previous == fresh {
		fresh = &c.spare[1]
	}
	fresh.build(&d)
	start := len(dst)
	dst = d.appendTo(dst)
	if own, _ := fresh.cost(&c.uses, c.used); !ok || own+uint64(len(dst)-start)<<11 < cost {
		c.current, c.previous = fresh, fresh
		return dst, modeCompressed
	}
	c.current, c.previous = best, best
	return dst[:start], mode
}

// fewSequences do not pay for a table of their own.
const fewSequences = 24

// appendBits appends the codes and what follows each, the last sequence first (3.1.1.3.2.1.3). The bits
// are gathered in local variables, which is a third faster than in a writer with methods.
func (s *sequenceCoder) appendBits(dst []byte, sequences []sequence) []byte {
	ll, of, ml := s.kind[literalLengths].codes, s.kind[offsets].codes, s.kind[matchLengths].codes
	ll, of, ml = ll[:len(sequences)], of[:len(sequences)], ml[:len(sequences)]
	llTable, ofTable, mlTable := s.tables()
	at := len(dst)
	// A sequence takes 26 bits of states and 63 of what follows at the most.
	out := slices.Grow(dst, 12*len(sequences)+24)
	out = out[:cap(out)]
	var acc uint64
	var n uint

	last := len(sequences) - 1
	llState, ofState, mlState := llTable.first(ll[last]), ofTable.first(of[last]), mlTable.first(ml[last])
	for i := last; ; {
		q := &sequences[i]
		llWidth, ofWidth, mlWidth := uint(literalBits[ll[i]]), uint(of[i]), uint(matchBits[ml[i]])
		if llWidth+mlWidth > 24 {
			binary.LittleEndian.PutUint64(out[at:], acc)
			at, acc, n = at+int(n>>3), acc>>(n&^7&63), n&7
		}
		acc |= uint64(q.literals) & (1<<llWidth - 1) << (n & 63)
		n += llWidth
		acc |= uint64(q.match-3) & (1<<mlWidth - 1) << (n & 63)
		n += mlWidth
		if llWidth+mlWidth+ofWidth > 24 {
			binary.LittleEndian.PutUint64(out[at:], acc)
			at, acc, n = at+int(n>>3), acc>>(n&^7&63), n&7
		}
		acc |= uint64(q.offset) & (1<<ofWidth - 1) << (n & 63)
		n += ofWidth
		binary.LittleEndian.PutUint64(out[at:], acc)
		at, acc, n = at+int(n>>3), acc>>(n&^7&63), n&7
		if i--; i < 0 {
			break
		}
		// The states of the sequence before: at most 26 bits.
		o, m, l := &ofTable.entries[of[i]&63], &mlTable.entries[ml[i]&63], &llTable.entries[ll[i]&63]
		acc, n, ofState = step(acc, n, ofTable, ofState, o)
		acc, n, mlState = step(acc, n, mlTable, mlState, m)
		acc, n, llState = step(acc, n, llTable, llState, l)
	}
	for _, end := range [...]struct {
		state uint32
		log   uint8
	}{{mlState, mlTable.log}, {ofState, ofTable.log}, {llState, llTable.log}} {
		acc |= uint64(end.state) & (1<<end.log - 1) << n
		n += uint(end.log)
	}
	// A bit that is set marks the end.
	acc |= 1 << n
	binary.LittleEndian.PutUint64(out[at:], acc)
	return out[:at+int(n>>3)+1]
}

// step adds the bits that lead from a state to the one of a code, which it returns.
func step(acc uint64, n uint, t *table, state uint32, e *tableEntry) (uint64, uint, uint32) {
	width := uint(state+e.width) >> 16 & 15
	acc |= uint64(state) & (1<<width - 1) << (n & 63)
	return acc, n + width, uint32(t.next[(int32(state>>width)+e.start)&(maxStates-1)])
}

// tables returns the tables of the block at hand. One code repeated has a table that takes no bits.
func (s *sequenceCoder) tables() (ll, of, ml *table) {
	pick := func(c *kindCoder) *table {
		if c.current == nil {
			return &noBits
		}
		return c.current
	}
	return pick(&s.kind[literalLengths]), pick(&s.kind[offsets]), pick(&s.kind[matchLengths])
}

var noBits table
