package zstd

import (
	"bytes"
	"encoding/binary"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// numbers are what a sequence stands for: so many literals, a match of so many bytes, and how far back it is plus 3, or
// 1, the offset used last.
type numbers struct{ literals, match, offset uint32 }

// The lengths that codes begin at, and the bits that follow them, as the specification lists them (3.1.1.3.2.1.1).
var (
	literalBase = []uint32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64,
		128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536}
	literalWidth = []uint8{16: 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	matchBase    = []uint32{3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
		29, 30, 31, 32, 33, 34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387,
		32771, 65539}
	matchWidth = []uint8{32: 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
)

// decoded is the decoder's way from a sequence's codes to its numbers.
func decoded(t *testing.T, q sequence) numbers {
	t.Helper()
	left := q.width()
	take := func(width uint8) uint32 {
		v := uint32(q.extra & (1<<width - 1))
		q.extra >>= width
		left -= uint(width)
		return v
	}
	l, o, m := q.code(literalLengths), q.code(offsets), q.code(matchLengths)
	var n numbers
	n.literals = literalBase[l] + take(literalWidth[l])
	n.match = matchBase[m] + take(matchWidth[m])
	n.offset = 1<<o + take(o)
	if left != 0 || q.extra != 0 {
		t.Fatalf("the codes %#x have other bits behind them", q.codes)
	}
	return n
}

// TestAdd has every length that a block can have, and offsets of every size, go through a sequence's codes.
func TestAdd(t *testing.T) {
	var b block
	check := func(want numbers) {
		t.Helper()
		b.sequencesLen = 0
		b.add(int(want.literals), int(want.match), want.offset)
		if got := decoded(t, b.sequences[0]); got != want {
			t.Fatalf("%d became %d", want, got)
		}
	}
	uses := 0
	for n := range uint32(maxBlock) {
		check(numbers{n, max(3, maxBlock-n), max(1, n*64)})
		check(numbers{maxBlock - 1 - n, min(n+3, maxBlock), maxWindow + 3 - n})
		uses += 2
	}
	for k, counts := range b.uses {
		sum := 0
		for _, n := range counts {
			sum += int(n)
		}
		if sum != uses {
			t.Errorf("of kind %d, %d codes were counted, not %d", k, sum, uses)
		}
	}
}

// A plan is a block that a test wants: sequences and all literals, those behind the last match included.
type plan struct {
	sequences []numbers
	literals  []byte
}

// replay is the slow twin of a decoder's way with sequences: it appends what they stand for to content.
// Offset 1 is the one used last; without literals before it, the one before that.
func (b plan) replay(content []byte, recent *[2]int) []byte {
	rest := b.literals
	for _, q := range b.sequences {
		content = append(content, rest[:q.literals]...)
		rest = rest[q.literals:]
		switch {
		case q.offset > 3:
			recent[0], recent[1] = int(q.offset-3), recent[0]
		case q.literals == 0:
			recent[0], recent[1] = recent[1], recent[0]
		}
		for range q.match {
			content = append(content, content[len(content)-recent[0]])
		}
	}
	return append(content, rest...)
}

// TestFind has blocks found and replayed, before anything is coded, with one block's memory for all of them.
func TestFind(t *testing.T) {
	t.Run("large", func(t *testing.T) { testFind(t, new(largeFinder)) })
	t.Run("small", func(t *testing.T) { testFind(t, new(smallFinder)) })
}

func testFind[L longTable, S shortTable](t *testing.T, f *finder[L, S]) {
	var b block
	for name, content := range contents() {
		t.Run(name, func(t *testing.T) {
			f.empty(0)
			b.recent = [2]int{1, 4}
			var got []byte
			recent := b.recent
			for start := 0; start < len(content); start += maxBlock {
				f.find(content, start, min(start+maxBlock, len(content)), &b)
				found := plan{literals: b.literals[:b.literalsLen]}
				for _, q := range b.sequences[:b.sequencesLen] {
					found.sequences = append(found.sequences, decoded(t, q))
				}
				got = found.replay(got, &recent)
				if recent != b.recent {
					t.Fatalf("behind the block at %d, the offsets used last are %d, not %d", start, recent, b.recent)
				}
			}
			if !bytes.Equal(got, content) {
				t.Fatalf("%d bytes were found to be %d others", len(content), len(got))
			}
		})
	}
}

// TestWindow has the same bytes stand twice, just within a window and just beyond it. The search finds no more than
// decoders keep.
func TestWindow(t *testing.T) {
	r := rand.New(rand.NewPCG(18, 19))
	for _, distance := range []int{maxWindow - maxBlock, maxWindow + 1, maxWindow + maxBlock/2} {
		content := make([]byte, 1000+distance+1000)
		for i := range 1000 {
			content[i] = byte(r.Uint32())
		}
		copy(content[distance:], content[:1000])
		var f largeFinder
		b := block{recent: [2]int{1, 4}}
		farthest := 0
		for start := 0; start < len(content); start += maxBlock {
			f.find(content, start, min(start+maxBlock, len(content)), &b)
			for _, q := range b.sequences[:b.sequencesLen] {
				farthest = max(farthest, int(decoded(t, q).offset)-3)
			}
		}
		if found := farthest == distance; found != (distance <= maxWindow) {
			t.Errorf("what is repeated from %d bytes back: the farthest match is of %d", distance, farthest)
		}
	}
}

// randomPlan returns a block of at most maxBlock bytes with about n sequences, whose lengths are drawn by
// length and whose matches are anywhere in the reach before.
func randomPlan(r *rand.Rand, n, reach int, length func() int) plan {
	var b plan
	size := 0
	for len(b.sequences) < n {
		q := numbers{uint32(length()), uint32(3 + length()), uint32(3 + 1 + r.IntN(reach))}
		if r.IntN(4) == 0 && len(b.sequences) > 1 {
			q.offset = 1
		}
		if q.literals >= 4096 { // Rare lengths have an offset that is rare, too: many bits come together.
			q.offset = 1<<16 + uint32(r.IntN(1<<16))
		}
		if size += int(q.literals + q.match); size > maxBlock {
			break
		}
		b.sequences = append(b.sequences, q)
		for range q.literals {
			b.literals = append(b.literals, byte(r.Uint32()))
		}
	}
	return b
}

// TestSequences has sequences of every kind written that content seldom has, and decoded by the library.
func TestSequences(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	lengths := map[string]func() int{
		"short":       func() int { return r.IntN(2) },
		"one length":  func() int { return 5 },
		"mixed":       func() int { return r.IntN(1 << r.IntN(11)) },
		"mostly one":  func() int { return max(7, r.IntN(40)*r.IntN(40)*(1-min(r.IntN(100), 1))) },
		"of any size": func() int { return r.IntN(1 << r.IntN(17)) },
		"rarely long": func() int { return r.IntN(30) + (1-min(r.IntN(800), 1))*(4096+r.IntN(4096)) },
		"longest":     func() int { return 40_000 + r.IntN(20_000) },
	}
	d := newDecoder(t)
	for _, name := range slices.Sorted(maps.Keys(lengths)) { // in order, for they draw from one source
		length := lengths[name]
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{1, 2, 10, 127, 128, 500, 5000, 0x7EFF, 0x7F00, maxSequences} {
				checkSequences(t, r, d.DecodeAll, func() plan { return randomPlan(r, n, bytesBefore, length) })
			}
		})
	}
}

// TestRareSequences has a few sequences among many of other codes, so that each of their codes takes as many bits as
// its table allows, with every number of bits behind them: all that is gathered must be written before there is more
// of it than a word holds.
func TestRareSequences(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 17))
	d := newDecoder(t)
	for width := 28; width <= 44; width++ {
		t.Run(strconv.Itoa(width), func(t *testing.T) {
			checkSequences(t, r, d.DecodeAll, func() plan { return rarePlan(r, width) })
		})
	}
}

// rarePlan returns a block in which every 500th sequence has so many bits behind its codes.
func rarePlan(r *rand.Rand, width int) plan {
	offset := min(width-15, 22)
	literals := (width - offset) / 2
	match := width - offset - literals
	var b plan
	for i := range 4000 {
		q := numbers{uint32(r.IntN(2)), uint32(3 + r.IntN(2)), uint32(4 + r.IntN(1000))}
		if i%500 == 250 {
			q = numbers{1<<literals + uint32(r.IntN(1<<literals)), 3 + 1<<match + uint32(r.IntN(1<<match)),
				1<<offset + uint32(r.IntN(1<<(offset-2)))}
		}
		b.sequences = append(b.sequences, q)
		for range q.literals {
			b.literals = append(b.literals, byte(r.Uint32()))
		}
	}
	return b
}

// bytesBefore is how many bytes stand before the blocks of checkSequences.
const bytesBefore = 6 << 20

// checkSequences writes a frame of random bytes and a few blocks of the sequences that next plans.
func checkSequences(t *testing.T, r *rand.Rand, decode func(in, dst []byte) ([]byte, error), next func() plan) {
	t.Helper()
	content := make([]byte, bytesBefore)
	for i := range content {
		content[i] = byte(r.Uint32())
	}
	var blocks []byte
	for i := 0; i < bytesBefore; i += maxBlock {
		blocks = appendTestBlock(blocks, blockRaw, maxBlock, content[i:i+maxBlock], false)
	}
	var e Encoder
	e.sequence.begin()
	recent := [2]int{1, 4}
	for i := range 4 {
		b := next()
		content = b.replay(content, &recent)
		e.block.reset()
		for _, q := range b.sequences {
			e.block.add(int(q.literals), int(q.match), q.offset)
		}
		body := e.sequence.append(appendRawLiterals(nil, b.literals), e.block.sequences[:e.block.sequencesLen], &e.block.uses)
		blocks = appendTestBlock(blocks, blockCompressed, len(body), body, i == 3)
	}
	frame := append(appendFrameHeader(nil, len(content)), blocks...)
	got, err := decode(frame, nil)
	if err != nil || !bytes.Equal(got, content) {
		t.Fatalf("%d bytes came back as %d others: %v", len(content), len(got), err)
	}
}

func appendTestBlock(dst []byte, typ, size int, body []byte, last bool) []byte {
	head := uint32(size<<3 | typ<<1)
	if last {
		head |= 1
	}
	dst = append(dst, binary.LittleEndian.AppendUint32(nil, head)[:3]...)
	return append(dst, body...)
}

// TestRawBlock has a block that becomes raw after its tables and offsets were chosen, and behind it one that would
// repeat them: decoders remember those of the block before both.
func TestRawBlock(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 13))
	random := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	// The first block gets a table for offsets of 200 and more.
	content := random(600)
	for len(content) < maxBlock {
		content = append(content, content[len(content)-200-400*r.IntN(2):][:12]...)
		content = append(content, random(3)...)
	}
	// The second has two short matches, from 116 bytes back, which take more than they save.
	content = append(content[:maxBlock], random(maxBlock)...)
	repeat := func(at, n int) {
		from := at - 116
		copy(content[at:at+n], content[from:])
		content[at-1], content[at+n] = content[from-1]^1, content[from+n]^1
	}
	repeat(maxBlock+120, 5)
	repeat(maxBlock+175, 4)
	// The third has few, of no more than 116. The first of them is as far back as those of the second block, but
	// decoders do not have that as the offset used last.
	content = append(content, random(100)...)
	repeat(2*maxBlock+50, 12)
	for i := range 10 {
		content = append(content, content[len(content)-60-5*i:][:25]...)
		content = append(content, random(30)...)
	}

	var e Encoder
	e.begin(len(content))
	frame := appendFrameHeader(nil, len(content))
	for i, want := range []int{blockCompressed, blockRaw, blockCompressed} {
		e.unsearched = 0 // Matches are looked for behind the second block too.
		header, end := len(frame), min((i+1)*maxBlock, len(content))
		frame = e.appendBlock(frame, content, i*maxBlock, end, end == len(content))
		if typ := int(frame[header] >> 1 & 3); typ != want {
			t.Fatalf("block %d is of type %d, not %d", i, typ, want)
		}
		// Both blocks behind the first take the table of offsets that it has not.
		if other := e.sequence.kind[offsets].current == predefinedTables[offsets]; other != (i > 0) {
			t.Fatalf("block %d has the predefined table of offsets: %v", i, other)
		}
	}
	got, err := newDecoder(t).DecodeAll(frame, nil)
	if err != nil || !bytes.Equal(got, content) {
		t.Fatalf("%d bytes came back as %d others: %v", len(content), len(got), err)
	}
}

// TestOffsetsBehindRawBlock has a block begin with a match as far back as the last one of a block that is compressed, and
// right behind it one as far back as the first of a block between, which became raw: decoders do not have that as the
// offset before the last.
func TestOffsetsBehindRawBlock(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	content := make([]byte, 2*maxBlock+1000)
	for i := range content {
		content[i] = byte(r.Uint32())
	}
	repeat := func(at, back, n int) { copy(content[at:at+n], content[at-back:]) }
	repeat(5000, 4000, 3000)
	repeat(maxBlock+100, 90, 5)
	repeat(maxBlock+150, 116, 5)
	repeat(2*maxBlock+100, 4000, 30)
	repeat(2*maxBlock+130, 90, 30)

	var e Encoder
	e.begin(len(content))
	frame := appendFrameHeader(nil, len(content))
	for i, want := range []struct{ typ, sequences int }{{blockCompressed, 1}, {blockRaw, 2}, {blockCompressed, 2}} {
		e.unsearched = 0
		header, end := len(frame), min((i+1)*maxBlock, len(content))
		frame = e.appendBlock(frame, content, i*maxBlock, end, end == len(content))
		if typ := int(frame[header] >> 1 & 3); typ != want.typ || e.block.sequencesLen != want.sequences {
			t.Fatalf("block %d is of type %d with %d sequences, not %d", i, typ, e.block.sequencesLen, want)
		}
	}
	got, err := newDecoder(t).DecodeAll(frame, nil)
	if err != nil || !bytes.Equal(got, content) {
		t.Fatalf("%d bytes came back as %d others: %v", len(content), len(got), err)
	}
}

func TestDistribute(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 11))
	for range 20_000 {
		var uses [maxSymbols]uint32
		codes, total := 2+r.IntN(maxSymbols-2), uint32(0)
		for c := range codes {
			if uses[c] = uint32(r.IntN(1 << r.IntN(15))); r.IntN(3) == 0 || c == codes-1 {
				uses[c] = 1 // many rare codes
			}
			total += uses[c]
		}
		if total == 1 {
			continue
		}
		log := logFor(total, codes, 9)
		d := distribute(&uses, codes, total, log)
		sum := 0
		for c, n := range d.counts {
			sum += int(n)
			if (n > 0) != (uses[c] > 0) || n < 0 {
				t.Fatalf("code %d of %v has %d states", c, uses[:codes], n)
			}
		}
		if sum != 1<<log {
			t.Fatalf("%v: %d states of %d", uses[:codes], sum, 1<<log)
		}
	}
}
