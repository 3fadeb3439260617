package yaml

import (
	"strings"
	"testing"
	"unicode/utf8"

	reader "go.yaml.in/yaml/v4"
)

func TestScalar(t *testing.T) {
	for s, want := range map[string]string{
		"":                       `""`,
		"Plain words/v1.0+x":     `Plain words/v1.0+x`,
		"no":                     `"no"`,
		"On":                     `"On"`,
		"1.0":                    `"1.0"`,
		"2026-11-23":             `"2026-11-23"`,
		"a: b":                   `"a: b"`,
		" a":                     `" a"`,
		"a  b":                   `"a  b"`,
		"say \"hi\" \\ bye":      `"say \"hi\" \\ bye"`,
		"line\nand\ttab\r":       `"line\nand\ttab\x0D"`,
		"íslenska ไทย":           `"íslenska ไทย"`,
		"left\u202eright\u00a0x": `"left\u202Eright\xA0x"`,
		"tag\U000e0041":          `"tag\U000E0041"`,
		"half\xff":               `"half\uFFFD"`,
		strings.Repeat("x", 100): strings.Repeat("x", 100),
		strings.Repeat("x", 101): `"` + strings.Repeat("x", 101) + `"`,
	} {
		if got := Scalar(s); got != want {
			t.Errorf("%q became %s, want %s", s, got, want)
		}
	}
}

// Another's parser reads every string back, on one line, wherever it stands.
func FuzzScalar(f *testing.F) {
	for _, s := range []string{"", "no", "~", "1e3", "0x1", "a #b", "- a", "a:", "\u2028", "\ufeff", "\x00", "y", "null ", "é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, text := range []string{Scalar(s), Quote(s)} {
			if strings.ContainsAny(text, "\n\r") || !utf8.ValidString(text) {
				t.Fatalf("%q became %q", s, text)
			}
			var got struct{ Key any }
			if err := reader.Unmarshal([]byte("key: "+text+"\n"), &got); err != nil {
				t.Fatalf("%q became %s: %v", s, text, err)
			}
			if want := string([]rune(s)); got.Key != want {
				t.Fatalf("%q became %s, read as %#v", s, text, got.Key)
			}
		}
	})
}
