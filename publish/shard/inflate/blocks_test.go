package inflate

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"strings"
	"testing"
)

// A bitWriter writes DEFLATE data by hand.
type bitWriter struct {
	data []byte
	n    int // bits
}

// bits writes the n lowest bits of v, the lowest first.
func (w *bitWriter) bits(v, n int) *bitWriter {
	for i := range n {
		if w.n%8 == 0 {
			w.data = append(w.data, 0)
		}
		w.data[len(w.data)-1] |= byte(v>>i&1) << (w.n % 8)
		w.n++
	}
	return w
}

// code writes a code of n bits, the highest first.
func (w *bitWriter) code(v, n int) *bitWriter {
	return w.bits(int(bits.Reverse16(uint16(v))>>(16-n)), n)
}

// fixed writes symbols of the fixed code.
func (w *bitWriter) fixed(symbols ...int) *bitWriter {
	for _, s := range symbols {
		switch {
		case s < 144:
			w.code(0x30+s, 8)
		case s < 256:
			w.code(0x190+s-144, 9)
		case s < 280:
			w.code(s-256, 7)
		default:
			w.code(0xc0+s-280, 8)
		}
	}
	return w
}

// dynamic writes the head of a block whose codes have such lengths. All lengths from 0 to 15 have a code of four
// bits, the length itself; it has no repetitions.
func (w *bitWriter) dynamic(literals, distances []int) *bitWriter {
	w.bits(len(literals)-257, 5).bits(len(distances)-1, 5).bits(19-4, 4)
	for _, symbol := range lengthOrder {
		w.bits(map[bool]int{true: 4}[symbol < 16], 3)
	}
	for _, n := range slices.Concat(literals, distances) {
		w.code(n, 4)
	}
	return w
}

// lengths returns n lengths of codes, all 0 but those of pairs of symbol and length.
func lengths(n int, pairs ...int) []int {
	all := make([]int, n)
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = pairs[i+1]
	}
	return all
}

// one and two begin a last block of fixed codes, and of its own.
func one() *bitWriter { return new(bitWriter).bits(1, 1).bits(blockFixed, 2) }
func two() *bitWriter { return new(bitWriter).bits(1, 1).bits(blockDynamic, 2) }

// A lengthCode begins a last block of its own codes, of which the lengths are coded by what given says of the
// symbols in lengthOrder.
func lengthCode(literals, distances int, given ...int) *bitWriter {
	w := two().bits(literals-257, 5).bits(distances-1, 5).bits(len(given)-4, 4)
	for _, n := range given {
		w.bits(n, 3)
	}
	return w
}

// growing are lengths of codes of all lengths: 1, 2, 3 and so on, and the longest twice.
func growing(symbols ...int) []int {
	var pairs []int
	for i, s := range symbols {
		pairs = append(pairs, s, min(i+1, len(symbols)-1))
	}
	return lengths(maxLiterals, pairs...)
}

// blocks are DEFLATE data by hand: what they decode to, or that they do not.
var blocks = []struct {
	name string
	w    *bitWriter
	want string // "corrupt" and "short" are for those that do not
}{
	{"nothing", new(bitWriter), "short"},
	{"the reserved type", new(bitWriter).bits(1, 1).bits(3, 2), "corrupt"},
	{"stored", new(bitWriter).bits(1, 8).bits(2, 16).bits(^2, 16).bits('h', 8).bits('i', 8), "hi"},
	{"stored, of another length", new(bitWriter).bits(1, 8).bits(2, 16).bits(^3, 16).bits('h', 8).bits('i', 8), "corrupt"},
	{"stored, nothing", new(bitWriter).bits(1, 8).bits(0, 16).bits(^0, 16), ""},
	{"stored, cut", new(bitWriter).bits(1, 8).bits(3, 16).bits(^3, 16).bits('h', 8).bits('i', 8), "short"},
	{"stored behind fixed", new(bitWriter).bits(0, 1).bits(1, 2).fixed('a', 256).bits(1, 8-2).bits(1, 16).bits(^1, 16).bits('b', 8), "ab"},

	{"fixed", one().fixed('h', 0xe4, 256), "h\xe4"},
	{"fixed, a match", one().fixed('a', 257).code(0, 5).fixed(256), "aaaa"},
	{"fixed, the longest match", one().fixed('a', 285).code(0, 5).fixed(256), strings.Repeat("a", 259)},
	{"fixed, the longest match in other words", one().fixed('a', 284).bits(31, 5).code(0, 5).fixed(256), strings.Repeat("a", 259)},
	{"fixed, length 286", one().fixed('a', 286).code(0, 5).fixed(256), "corrupt"},
	{"fixed, length 287", one().fixed('a', 287).code(0, 5).fixed(256), "corrupt"},
	{"fixed, distance 30", one().fixed('a', 257).code(30, 5).fixed(256), "corrupt"},
	{"fixed, distance 31", one().fixed('a', 257).code(31, 5).fixed(256), "corrupt"},
	{"fixed, too far", one().fixed('a', 'b', 257).code(2, 5).fixed(256), "corrupt"},
	{"fixed, as far as there is", one().fixed('a', 'b', 257).code(1, 5).fixed(256), "ababa"},
	{"fixed, a distance at the beginning", one().fixed(257).code(0, 5).fixed(256), "corrupt"},
	{"fixed, without an end", one().fixed('a'), "short"},

	{"dynamic", two().dynamic(lengths(257, 'a', 1, 256, 1), lengths(1)).code(0, 1).code(1, 1), "a"},
	{"dynamic, codes of all lengths", two().dynamic(growing('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 256), lengths(1)).
		code(0x7ffe, 15).code(0, 1).code(0x1ffe, 13).code(2, 2).code(0xffe, 12).code(0x7fe, 11).code(0x7fff, 15), "oamblk"},
	{"dynamic, one distance", two().dynamic(lengths(258, 'a', 2, 256, 2, 257, 1), lengths(1, 0, 1)).code(2, 2).code(0, 1).code(0, 1).code(3, 2), "aaaa"},
	{"dynamic, not the one distance", two().dynamic(lengths(258, 'a', 2, 256, 2, 257, 1), lengths(1, 0, 1)).code(2, 2).code(0, 1).code(1, 1).code(3, 2), "corrupt"},
	{"dynamic, no distances", two().dynamic(lengths(258, 'a', 2, 256, 2, 257, 1), lengths(1)).code(2, 2).code(0, 1).code(0, 1).code(3, 2), "corrupt"},
	{"dynamic, the end alone", two().dynamic(lengths(257, 256, 1), lengths(1)).code(0, 1), ""},
	{"dynamic, not the end", two().dynamic(lengths(257, 256, 1), lengths(1)).code(1, 1), "corrupt"},
	{"dynamic, no codes", two().dynamic(lengths(257), lengths(1)), "corrupt"},
	{"dynamic, without an end", two().dynamic(lengths(257, 'a', 1, 'b', 1), lengths(1)).code(0, 1).code(1, 1), "short"},
	{"dynamic, one code of two bits", two().dynamic(lengths(257, 256, 2), lengths(1)).code(0, 2), "corrupt"},
	{"dynamic, too few codes", two().dynamic(lengths(257, 'a', 1, 256, 2), lengths(1)).code(0, 1).code(2, 2), "corrupt"},
	{"dynamic, too many codes", two().dynamic(lengths(257, 'a', 1, 'b', 1, 256, 1), lengths(1)).code(0, 1), "corrupt"},
	{"dynamic, too many long codes", two().dynamic(lengths(257, 'a', 1, 'b', 15, 256, 1), lengths(1)).code(0, 1), "corrupt"},
	{"dynamic, one distance of two bits", two().dynamic(lengths(257, 'a', 1, 256, 1), lengths(1, 0, 2)).code(1, 1), "corrupt"},
	{"dynamic, too few distances", two().dynamic(lengths(257, 'a', 1, 256, 1), lengths(3, 0, 2, 1, 2, 2, 2)).code(1, 1), "corrupt"},
	{"dynamic, too many distances", two().dynamic(lengths(257, 'a', 1, 256, 1), lengths(3, 0, 1, 1, 1, 2, 1)).code(1, 1), "corrupt"},
	{"dynamic, all literals there are", two().dynamic(lengths(286, 'a', 1, 256, 1), lengths(30)).code(0, 1).code(1, 1), "a"},
	{"dynamic, 287 literals", two().dynamic(lengths(287, 'a', 1, 256, 1), lengths(1)).code(1, 1), "corrupt"},
	{"dynamic, 31 distances", two().dynamic(lengths(257, 'a', 1, 256, 1), lengths(31)).code(1, 1), "corrupt"},

	{"lengths, none", lengthCode(257, 1, 0, 0, 0, 0), "corrupt"},
	{"lengths, too many", lengthCode(257, 1, 1, 1, 1, 0), "corrupt"},
	{"lengths, too few", lengthCode(257, 1, 1, 2, 0, 0), "corrupt"},
	{"lengths, one of two bits", lengthCode(257, 1, 0, 0, 2, 0), "corrupt"},
	{"lengths, one that is not there", lengthCode(257, 1, 0, 0, 1, 0).bits(1, 1), "corrupt"},
	{"lengths, zeros alone", lengthCode(257, 1, 0, 0, 1, 0).bits(0, 1).bits(127, 7).bits(0, 1).bits(258-138-11, 7), "corrupt"},
	{"lengths, a repetition of nothing", lengthCode(257, 1, 1, 0, 1, 0).code(0, 1).bits(0, 2), "corrupt"},
	{"lengths, too many zeros", lengthCode(257, 1, 0, 0, 1, 0).bits(0, 1).bits(127, 7).bits(0, 1).bits(127, 7), "corrupt"},
	{"lengths, cut", lengthCode(257, 1, 0, 0, 1, 0).bits(0, 1), "short"},
	// Codes of one bit for 18, and of two for 0 and 1: 97 zeros, the "a", 158 zeros, the end, a distance.
	{"lengths, zeros repeated", lengthCode(257, 1, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2).
		code(0, 1).bits(97-11, 7).code(3, 2).code(0, 1).bits(127, 7).code(0, 1).bits(158-138-11, 7).code(3, 2).code(3, 2).
		code(0, 1).code(1, 1), "a"},
	// Of one bit for 18, and of two for 3 and 16: 97 zeros, the "a" and six more, 152 zeros, the end, eleven zeros.
	{"lengths, others repeated", lengthCode(257, 11, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2).
		code(0, 1).bits(97-11, 7).code(2, 2).code(3, 2).bits(3, 2).code(0, 1).bits(127, 7).code(0, 1).bits(152-138-11, 7).
		code(2, 2).code(0, 1).bits(0, 7).
		code(0, 3).code(6, 3).code(7, 3), "ag"},
}

// TestBlocks decodes data that was written by hand, alone, and before so much more that the fast loop meets it.
func TestBlocks(t *testing.T) {
	for _, tt := range blocks {
		got, err := check(t, tt.name, wrapped(tt.w.data))
		var corrupt flate.CorruptInputError
		switch {
		case tt.want == "corrupt" && !errors.As(err, &corrupt),
			tt.want == "short" && err != io.ErrUnexpectedEOF,
			tt.want != "corrupt" && tt.want != "short" && (err != io.EOF || string(got) != tt.want):
			t.Errorf("%s: %q, %v; want %q", tt.name, got, err, tt.want)
		}
		padded := append(bytes.Clone(tt.w.data), make([]byte, 100)...)
		check(t, tt.name+", and zeros", append(header(0), padded...))
	}
}

// stored writes a block that is stored.
func (w *bitWriter) stored(data []byte) *bitWriter {
	w.bits(0, 3).bits(0, -w.n&7).bits(len(data), 16).bits(^len(data), 16)
	w.data = append(w.data, data...)
	w.n += 8 * len(data)
	return w
}

// TestWindow decodes matches of the longest distance, and those that reach into the member before, when what was
// decoded before has been read already.
func TestWindow(t *testing.T) {
	random := contents()["random"]
	farthest := new(bitWriter).stored(random[:window]).bits(1, 1).bits(blockFixed, 2)
	for range 2 * chunk / maxLength {
		farthest.fixed(285).code(29, 5).bits(1<<13-1, 13)
	}
	if got, err := check(t, "the longest distance", wrapped(farthest.fixed(256).data)); err != io.EOF || len(got) < 2*chunk {
		t.Errorf("the longest distance: %d bytes, %v", len(got), err)
	}
	for _, size := range []int{10_000, 19_999, 20_000} {
		reaching := new(bitWriter).stored(random[:size]).bits(1, 1).bits(blockFixed, 2).
			fixed(257).code(28, 5).bits(20_000-16_385, 13).fixed(256)
		for _, more := range []int{0, 100} { // The one is decoded near the end of the file, the other far from it.
			before := compressed(t, make([]byte, window+chunk-2000), 6)[0]
			file := append(append(before, wrapped(reaching.data)...), make([]byte, more)...)
			_, err := check(t, fmt.Sprintf("a distance of 20000 after %d bytes", size), file)
			var corrupt flate.CorruptInputError
			if errors.As(err, &corrupt) != (size < 20_000) {
				t.Errorf("a distance of 20000 after %d bytes: %v", size, err)
			}
		}
	}
}

// TestCutInLongCode ends data where zeros behind its end would make it a code of twelve bits, of which there are five.
func TestCutInLongCode(t *testing.T) {
	literals := lengths(257, 'a', 1, 'b', 3, 'c', 4, 'd', 5, 256, 2)
	for symbol := 128; symbol < 256; symbol++ {
		literals[symbol] = 12
	}
	for n := range 8 {
		w := two().dynamic(literals, lengths(1)).bits(0, n).bits(0x1f, 5)
		got, err := check(t, fmt.Sprintf("behind %d literals", n), wrapped(w.data))
		if err != io.ErrUnexpectedEOF || len(got) < n {
			t.Errorf("behind %d literals: %d bytes, %v", n, len(got), err)
		}
	}
}
