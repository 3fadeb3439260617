package shard

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// checkUTF8 compares what we say of text, in either way, with what the standard library does.
func checkUTF8(t *testing.T, text []byte) {
	want := utf8.Valid(text)
	if got := validUTF8(text); got != want {
		t.Fatalf("%x: %v", text, got)
	}
	if got := validBlocks(text); got != want {
		t.Fatalf("%x in blocks: %v", text, got)
	}
}

func TestValidUTF8(t *testing.T) {
	interesting := []byte{0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
		0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff}
	r := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		text := []byte(strings.Repeat("a", r.IntN(140)))
		for range 3 {
			for range r.IntN(4) {
				text = append(text, interesting[r.IntN(len(interesting))])
			}
			text = append(text, strings.Repeat("a", r.IntN(18))...)
		}
		text = append(text, strings.Repeat("é", r.IntN(20))...)
		checkUTF8(t, text)
	}
}

// A character whose bytes are apart is none, wherever the words of the text fall.
func TestCharacterInPieces(t *testing.T) {
	run := func(n int) string { return strings.Repeat("a", n) }
	for before := range blockSize {
		for _, apart := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 23, blockSize - 1, blockSize, blockSize + 1, 2 * blockSize} {
			for after := 0; after < 100; after += 9 {
				checkUTF8(t, []byte(run(before)+"\xc3"+run(apart)+"\xa9"+run(after)))
			}
		}
	}
}

// Every pair of bytes, with what may follow it, at the beginning of a text and about the end of a block of it.
func TestEverySequence(t *testing.T) {
	third := []byte{0x7f, 0x80, 0xbf, 0xc2}
	for _, before := range []int{0, blockSize - 3, blockSize - 2, blockSize - 1, 2*blockSize - 4} {
		text := bytes.Repeat([]byte("a"), before+6)
		for i := range 1 << 19 {
			sequence := text[before:]
			sequence[0], sequence[1] = byte(0x80|i>>8), byte(i)
			sequence[2], sequence[3] = third[i>>15&3], third[i>>17&3]
			for end := before + 1; end <= len(text); end++ {
				checkUTF8(t, text[:end])
			}
		}
	}
}

func TestEveryCharacterIsUTF8(t *testing.T) {
	var text []byte
	for r := range rune(utf8.MaxRune + 1) {
		text = utf8.AppendRune(text, r)
	}
	checkUTF8(t, text)
	checkUTF8(t, bytes.Repeat([]byte{0x80}, 100))
}

func FuzzValidUTF8(f *testing.F) {
	f.Add([]byte("Hver maður er borinn frjáls, 人人生而自由, 😀"))
	f.Add([]byte("\xed\xa0\x80\xf4\x90\x80\x80"))
	f.Fuzz(func(t *testing.T, text []byte) {
		checkUTF8(t, text)
	})
}

func BenchmarkValidUTF8(b *testing.B) {
	text := []byte(strings.Repeat("Все люди рождаются свободными, सभी मनुष्यों को गौरव, 人人生而自由 free and equal ", 40))
	for _, c := range []struct {
		name  string
		valid func([]byte) bool
	}{{"here", validUTF8}, {"blocks", validBlocks}, {"library", utf8.Valid}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if !c.valid(text) {
					b.Fatal("it is not taken")
				}
			}
		})
	}
}
