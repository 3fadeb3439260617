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

// Words that some parser of YAML 1.1 or 1.2 reads as something else than a string are quoted, in every letter case.
func TestReserved(t *testing.T) {
	for _, word := range []string{
		"y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", ".inf", "-.inf", ".NaN", "=", "<<", "0o7", "0x1F",
		"1_000", "190:20:30", "1e3", "e5", "E-9", "e+1", "2026-11-26",
	} {
		for _, s := range []string{word, strings.ToUpper(word), strings.ToUpper(word[:1]) + word[1:]} {
			if got := Scalar(s); got != Quote(s) {
				t.Errorf("%s stands without quotes", got)
			}
		}
	}
}

// Another's parser reads every string back, on one line, wherever it stands.
func FuzzScalar(f *testing.F) {
	for _, s := range []string{"", "no", "true", "null", ".inf", "~", "1e3", "0x1", "a #b", "- a", "a:", "\u2028", "\ufeff", "\x00", "y", "null ", "é"} {
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
