package zstd

import (
	"encoding/binary"
	"slices"
	"unsafe"
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

// A sequenceCoder writes the sequences sections of a frame's blocks.
type sequenceCoder struct {
	kind [kinds]kindCoder
	// tables are those that the block at hand uses, one beside the other, which spares the loop over sequences
	// two of three pointers.
	tables [kinds]table
}

// A kindCoder is what a sequenceCoder knows of one kind of code.
type kindCoder struct {
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

// append appends the sequences section (3.1.1.3.2) with sequences, whose codes uses counts.
func (s *sequenceCoder) append(dst []byte, sequences []sequence, uses *codeUses) []byte {
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
	modes := len(dst)
	dst = append(dst, 0)
	var mode [kinds]int
	for k := range s.kind {
		dst, mode[k] = s.kind[k].choose(dst, k, &uses[k], uint32(len(sequences)))
	}
	dst[modes] = byte(mode[literalLengths]<<6 | mode[offsets]<<4 | mode[matchLengths]<<2)
	return s.appendBits(dst, sequences)
}

// choose picks the table for the codes of the block at hand, which are used total times, and appends what
// describes it.
func (c *kindCoder) choose(dst []byte, kind int, uses *[maxSymbols]uint32, total uint32) ([]byte, int) {
	used := maxSymbols // one more than the greatest code
	for uses[used-1] == 0 {
		used--
	}
	if uses[used-1] == total {
		c.current = nil
		c.previous = nil // Decoders would remember a table of this one code, which is not worth keeping.
		return append(dst, byte(used-1)), modeRLE
	}
	mode, best := modePredefined, predefinedTables[kind]
	cost, ok := best.cost(uses, used)
	if c.previous != nil {
		if again, fits := c.previous.cost(uses, used); fits && (!ok || again <= cost) {
			mode, best, cost, ok = modeRepeat, c.previous, again, true
		}
	}
	if ok && total < fewSequences {
		c.current, c.previous = best, best
		return dst, mode
	}
	d := distribute(uses, used, total, logFor(total, used, maxLog[kind]))
	fresh := &c.spare[0]
	if c.previous == fresh {
		fresh = &c.spare[1]
	}
	fresh.build(&d)
	start := len(dst)
	dst = d.appendTo(dst)
	if own, _ := fresh.cost(uses, used); !ok || own+uint64(len(dst)-start)<<11 < cost {
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
	s.copyTables()
	ll, of, ml := &s.tables[literalLengths], &s.tables[offsets], &s.tables[matchLengths]
	at := len(dst)
	// A sequence takes 26 bits of states and 55 of what follows at the most.
	out := slices.Grow(dst, 12*len(sequences)+24)
	out = out[:cap(out)]

	first, q := &sequences[0], &sequences[len(sequences)-1]
	llState, ofState, mlState := ll.first(q.code(literalLengths)), of.first(q.code(offsets)), ml.first(q.code(matchLengths))
	acc, n := q.extra, q.width()
	for {
		store64(out, at, acc)
		at, acc, n = at+int(n>>3), acc>>(n&^7&63), n&7
		if q == first {
			break
		}
		// This is the one before. With the checks of it and of slices of out, all of compression takes 1 to 2 % more.
		q = (*sequence)(unsafe.Add(unsafe.Pointer(q), -int(unsafe.Sizeof(*q))))
		acc, n, ofState = step(acc, n, of, ofState, q.code(offsets))
		acc, n, mlState = step(acc, n, ml, mlState, q.code(matchLengths))
		acc, n, llState = step(acc, n, ll, llState, q.code(literalLengths))
		// There are 33 bits at the most now. A word that is quite full could not be shifted out.
		if q.width() >= 64-33 {
			store64(out, at, acc)
			at, acc, n = at+int(n>>3), acc>>(n&^7&63), n&7
		}
		acc |= q.extra << (n & 63)
		n += q.width()
	}
	for _, end := range [...]struct {
		state uint32
		log   uint8
	}{{mlState, ml.log}, {ofState, of.log}, {llState, ll.log}} {
		acc |= uint64(end.state) & (1<<end.log - 1) << n
		n += uint(end.log)
	}
	// A bit that is set marks the end.
	acc |= 1 << n
	store64(out, at, acc)
	return out[:at+int(n>>3)+1]
}

// store64 writes v at a position, which it checks, in the byte order that Zstandard has on every machine.
func store64(out []byte, at int, v uint64) {
	_ = out[at+7]
	binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(out)), at))[:], v)
}

// step adds the bits that lead from a state to the one of a code, which it returns: those of the state that are not in
// its top.
func step(acc uint64, n uint, t *table, state uint32, code uint8) (uint64, uint, uint32) {
	e := &t.entries[code]
	width := uint(state+e.width) >> 16 & 15
	top := state >> width
	acc |= uint64(state^top<<width) << (n & 63)
	return acc, n + width, uint32(t.next[(int32(top)+e.start)&(maxStates-1)])
}

// copyTables copies the tables of the block at hand. One code repeated has a table that takes no bits.
func (s *sequenceCoder) copyTables() {
	for k := range s.kind {
		if current := s.kind[k].current; current != nil {
			s.tables[k] = *current
		} else {
			s.tables[k] = table{}
		}
	}
}
