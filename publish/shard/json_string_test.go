package shard

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// unescapeSlowly is what unescape does, byte by byte.
func unescapeSlowly(text []byte, i int) ([]byte, int) {
	var out []byte
	for i < len(text) {
		switch c := text[i]; {
		case c == '"' || c < ' ':
			return out, i
		case c != '\\':
			out = append(out, c)
			i++
		default:
			letter := ""
			if i+1 < len(text) {
				letter = string(text[i+1])
			}
			at := strings.Index(`"\/bfnrt`, letter)
			if letter == "" || at < 0 {
				return out, i
			}
			out = append(out, "\"\\/\b\f\n\r\t"[at])
			i += 2
		}
	}
	return out, i
}

func TestUnescape(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	parts := []string{`\n`, `\"`, `\\`, `\/`, `\t`, `\b`, `\f`, `\r`, `\u00e9`, `\x`, `"`, "\t", "\x00", "a", "ð", "€", " and so on ",
		"\x7f", "\xff", "!", "#", "[", "]", "longer than a word of eight bytes", `\`}
	for range 20000 {
		var b strings.Builder
		for range r.IntN(80) {
			b.WriteString(parts[r.IntN(len(parts))])
			if r.IntN(4) > 0 {
				b.WriteString("plain text "[:r.IntN(11)])
			}
		}
		text := []byte(b.String())
		start := min(r.IntN(4), len(text))
		before := []byte("before")[:r.IntN(7)]
		got, at := unescape(bytes.Clone(before), text, start)
		want, end := unescapeSlowly(text, start)
		if string(got) != string(before)+string(want) || at != end {
			t.Fatalf("%q from %d: %q up to %d; want %q up to %d", text, start, got, at, want, end)
		}
	}
}

func TestCopyShort(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20000 {
		text := []byte(strings.Repeat("þetta er langt ", 20))[:r.IntN(200)]
		for range r.IntN(4) {
			if len(text) > 0 {
				text[r.IntN(len(text))] = "\"\\\x00\n\x1f !\x7f\xff"[r.IntN(9)]
			}
		}
		start := min(r.IntN(20), len(text))
		before := []byte("before")[:r.IntN(7)]
		got, at := copyShort(bytes.Clone(before), text, start)
		if string(got) != string(before)+string(text[start:at]) {
			t.Fatalf("%q from %d to %d behind %q: %q", text, start, at, before, got)
		}
		stop := start
		for stop < len(text) && text[stop] >= ' ' && text[stop] != '"' && text[stop] != '\\' {
			stop++
		}
		if want := min(stop, start+maxShort); at != want {
			t.Fatalf("%q from %d: stopped at %d, not at %d", text, start, at, want)
		}
	}
}

func BenchmarkUnescape(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"code", `if err := json.Unmarshal(data, &v); err != nil {\n\t\treturn fmt.Errorf(\"reading: %w\", err)\n\t}\n`},
		{"prose", "Hver maður er borinn frjáls og jafn öðrum að virðingu og réttindum. "},
		{"few-hex", `Tous les \u00eatres humains naissent libres et \u00e9gaux en dignit\u00e9 et en droits. `},
		{"all-hex", `\u0412\u0441\u0435 \u043b\u044e\u0434\u0438 \u0440\u043e\u0436\u0434\u0430\u044e\u0442\u0441\u044f `},
		{"short", `a "`},
	} {
		b.Run(c.name, func(b *testing.B) {
			text := []byte(strings.Repeat(c.text, 1000))
			p := newJSONParser("record")
			p.begin(append(text, '"'))
			b.SetBytes(int64(len(text)))
			var dst []byte
			for b.Loop() {
				for i := 0; i < len(text); {
					dst, i, _ = p.appendString(dst[:0], i)
				}
			}
		})
	}
}
