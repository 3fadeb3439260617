package schema

import (
	"regexp"
	"regexp/syntax"
	"slices"
)

// A matcher finds a pattern in strings. The regular expression says what matches; where it can, a table
// says the same byte by byte in a fraction of the time. The table is made when so many strings have come
// that it will pay. Strings are taken to be UTF-8, as values are.
type matcher struct {
	re *regexp.Regexp
	// wait is how many strings are yet to come before the table is made; 0 once that was tried.
	wait   int
	budget *tableBudget
	// class sorts bytes into those that the pattern does not tell apart; width is how many classes
	// there are.
	class [256]uint8
	width int
	// next has the state that follows a state, at its number plus a byte's class. States are numbered
	// in steps of width. It is nil where there is no table, or none yet.
	next  []uint16
	start uint16
	// first is the number of the first state that bytes lead on from.
	first uint16
	// atEnd says of each state, in steps of one, whether a string that ends in it matches.
	atEnd []bool
}

// The first states, in steps of one.
const (
	failed  = iota // no match, whatever follows
	matched        // a match, whatever follows
	unsure         // the table does not tell
	firstState
)

// The bounds of a table, above which the pattern is left to the regular expression.
const (
	maxStates       = 512
	maxTable        = 1 << 15
	maxInstructions = 2048
)

// A tableBudget is the work that is left for making the tables of one schema's patterns, in
// instructions looked at and places of tables made. Patterns that come when it is used up are left to
// the regular expression. It bounds the memory of the tables, too.
type tableBudget int

const (
	// maxTableWork is a tenth of a second of work, thousands of common patterns, or 8 MB of tables.
	maxTableWork tableBudget = 1 << 22
	// tableWait is how many strings the regular expression takes before the table is made.
	tableWait = 256
)

// newMatcher returns a matcher that spends budget when it makes its table.
func newMatcher(re *regexp.Regexp, budget *tableBudget) *matcher {
	return &matcher{re: re, wait: tableWait, budget: budget}
}

// makeTable makes the table, if the pattern can be put into one.
func (m *matcher) makeTable() {
	parsed, err := syntax.Parse(m.re.String(), syntax.Perl)
	if err != nil {
		return // It was compiled as another syntax.
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil || len(prog.Inst) > maxInstructions {
		return
	}
	b := tableBuilder{matcher: m, prog: prog, numbers: make(map[string]uint16), marks: make([]uint32, len(prog.Inst))}
	if !b.build() {
		m.next, m.atEnd = nil, nil
	}
}

// search finds the pattern without the table, and makes it if it is time.
func (m *matcher) search(s string) bool {
	if m.wait > 0 {
		if m.wait--; m.wait == 0 && *m.budget > 0 {
			m.makeTable()
		}
	}
	return m.re.MatchString(s)
}

// match reports whether the pattern is found in s.
func (m *matcher) match(s string) bool {
	if m.next == nil {
		return m.search(s)
	}
	state := m.start
	for i := 0; i < len(s) && state >= m.first; i++ {
		state = m.next[int(state)+int(m.class[s[i]])]
	}
	if int(state) == unsure*m.width {
		return m.re.MatchString(s)
	}
	return m.atEnd[int(state)/m.width]
}

// A tableBuilder turns a program of the regexp package into a table. A state is the set of instructions
// at which a match that began anywhere before may stand: those that read a character, and those that
// wait for the end of the text.
type tableBuilder struct {
	*matcher
	prog    *syntax.Prog
	samples []rune            // a character of each class
	sets    [][]uint32        // by state
	numbers map[string]uint16 // set to state
	// marks are the instructions seen since round began.
	marks []uint32
	round uint32
}

// The classes of bytes beyond ASCII. The first byte of a character stands for all of it, and those
// that follow change nothing.
const (
	following = iota
	leading
	firstClass
)

func (b *tableBuilder) build() bool {
	for i := range b.prog.Inst {
		if in := &b.prog.Inst[i]; in.Op == syntax.InstEmptyWidth &&
			syntax.EmptyOp(in.Arg) != syntax.EmptyBeginText && syntax.EmptyOp(in.Arg) != syntax.EmptyEndText {
			return false // It depends on the characters beside it.
		}
	}
	b.classify()
	for range firstState {
		b.addState(nil)
	}
	b.atEnd[matched] = true
	b.first = uint16(firstState * b.width)
	b.start = b.startState()
	for state := firstState; state < len(b.sets); state++ {
		if len(b.sets) > maxStates || len(b.sets)*b.width > maxTable || *b.budget <= 0 {
			return false
		}
		b.fill(state)
	}
	return true
}

// classify finds the ASCII characters at which an instruction begins, or ceases, to take them.
func (b *tableBuilder) classify() {
	b.samples = make([]rune, firstClass)
	for c := range 0x80 {
		if c == 0 || b.tellsApart(rune(c)) {
			b.samples = append(b.samples, rune(c))
		}
		b.class[c] = uint8(len(b.samples) - 1)
	}
	for c := 0x80; c < 0x100; c++ {
		b.class[c] = leading
		if c < 0xC0 {
			b.class[c] = following
		}
	}
	b.width = len(b.samples)
}

func (b *tableBuilder) tellsApart(c rune) bool {
	*b.budget -= tableBudget(len(b.prog.Inst))
	for i := range b.prog.Inst {
		if in := &b.prog.Inst[i]; reads(in) && in.MatchRune(c) != in.MatchRune(c-1) {
			return true
		}
	}
	return false
}

func reads(in *syntax.Inst) bool {
	switch in.Op {
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	}
	return false
}

func (b *tableBuilder) addState(set []uint32) uint16 {
	*b.budget -= tableBudget(b.width)
	b.sets = append(b.sets, set)
	b.next = append(b.next, make([]uint16, b.width)...)
	b.atEnd = append(b.atEnd, b.endsIn(set, syntax.EmptyEndText))
	return uint16((len(b.sets) - 1) * b.width)
}

// startState adds the state before the first character. It is one of its own, for there alone may the
// text begin.
func (b *tableBuilder) startState() uint16 {
	b.round++
	start := uint32(b.prog.Start)
	set, isMatch := b.follow(nil, start, syntax.EmptyBeginText)
	if isMatch {
		return uint16(matched * b.width)
	}
	state := b.addState(set)
	b.atEnd[firstState] = b.endsIn([]uint32{start}, syntax.EmptyBeginText|syntax.EmptyEndText)
	return state
}

// follow adds to set what can be reached from an instruction without reading a character, and was not
// reached in this round before; isMatch is whether the end of the program can.
func (b *tableBuilder) follow(set []uint32, from uint32, at syntax.EmptyOp) (_ []uint32, isMatch bool) {
	todo := []uint32{from}
	for len(todo) > 0 {
		*b.budget--
		pc := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if b.marks[pc] == b.round {
			continue
		}
		b.marks[pc] = b.round
		switch in := &b.prog.Inst[pc]; in.Op {
		case syntax.InstMatch:
			return set, true
		case syntax.InstAlt, syntax.InstAltMatch:
			todo = append(todo, in.Out, in.Arg)
		case syntax.InstCapture, syntax.InstNop:
			todo = append(todo, in.Out)
		case syntax.InstEmptyWidth:
			if needs := syntax.EmptyOp(in.Arg); needs&^at == 0 {
				todo = append(todo, in.Out)
			} else if needs == syntax.EmptyEndText {
				set = append(set, pc)
			}
		case syntax.InstFail:
		default:
			set = append(set, pc)
		}
	}
	return set, false
}

// endsIn reports whether a text that ends at one of the instructions matches.
func (b *tableBuilder) endsIn(set []uint32, at syntax.EmptyOp) bool {
	b.round++
	for _, pc := range set {
		if _, isMatch := b.follow(nil, pc, at); isMatch {
			return true
		}
	}
	return false
}

// fill computes what follows a state.
func (b *tableBuilder) fill(state int) {
	row := state * b.width
	for class := firstClass; class < b.width; class++ {
		next := b.step(state, b.samples[class])
		b.next[row+class] = next
	}
	next := uint16(unsure * b.width)
	if b.uniform(state) {
		next = b.step(state, beyondASCII)
	}
	b.next[row+leading], b.next[row+following] = next, uint16(row)
}

// beyondASCII stands for every character that is not ASCII, where they are treated alike.
const beyondASCII = '\u0080'

// uniform reports whether each of the state's instructions takes all characters beyond ASCII, or none.
func (b *tableBuilder) uniform(state int) bool {
	for _, pc := range b.sets[state] {
		if in := &b.prog.Inst[pc]; reads(in) && !uniformRunes(in) {
			return false
		}
	}
	return true
}

func uniformRunes(in *syntax.Inst) bool {
	switch {
	case len(in.Rune) == 1: // one character, in any case if the instruction says so
		return in.Rune[0] < beyondASCII && syntax.Flags(in.Arg)&syntax.FoldCase == 0
	case len(in.Rune) == 0:
		return true
	}
	last := in.Rune[len(in.Rune)-2:] // the range of the greatest characters
	return last[1] < beyondASCII || last[0] <= beyondASCII && last[1] == '\U0010FFFF'
}

// step returns the state after a character.
func (b *tableBuilder) step(state int, c rune) uint16 {
	*b.budget -= tableBudget(len(b.sets[state]))
	b.round++
	var set []uint32
	var isMatch bool
	for _, pc := range b.sets[state] {
		in := &b.prog.Inst[pc]
		if !reads(in) || !in.MatchRune(c) {
			continue
		}
		if set, isMatch = b.follow(set, in.Out, 0); isMatch {
			return uint16(matched * b.width)
		}
	}
	// A match may begin behind the character, too.
	if set, isMatch = b.follow(set, uint32(b.prog.Start), 0); isMatch {
		return uint16(matched * b.width)
	}
	if len(set) == 0 {
		return uint16(failed * b.width)
	}
	return b.number(set)
}

// number returns the state of a set, which may be a new one.
func (b *tableBuilder) number(set []uint32) uint16 {
	slices.Sort(set)
	key := make([]byte, 0, 2*len(set))
	for _, pc := range set {
		key = append(key, byte(pc), byte(pc>>8))
	}
	state, known := b.numbers[string(key)]
	if !known {
		state = b.addState(set)
		b.numbers[string(key)] = state
	}
	return state
}
