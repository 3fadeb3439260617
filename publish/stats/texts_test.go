package stats

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Wherever a text begins and ends among others, and wherever characters of every length fall in it.
func TestCharacters(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("a", 200),
		strings.Repeat("þ", 100),
		strings.Repeat("ก", 70),
		strings.Repeat("😀", 50),
		strings.Repeat("a", 70) + "é" + strings.Repeat("a", 130),
		strings.Repeat("aþ€😀, ", 17),
	} {
		data := []byte(text)
		for start := range text {
			for end := start; end <= len(text); end++ {
				if end < len(text) && !utf8.RuneStart(text[end]) {
					continue
				}
				if got, want := characters(data, int32(start), int32(end)), utf8.RuneCountInString(text[start:end]); got != want {
					t.Fatalf("%q, which ends %d bytes before the data: %d characters, want %d", text[start:end], len(text)-end, got, want)
				}
			}
		}
	}
}
