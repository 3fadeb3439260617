package datapackage

import (
	"regexp"
	"strings"
	"testing"
)

// TestWholePattern holds patterns to finding the same texts as the expressions that they are made from.
func TestWholePattern(t *testing.T) {
	texts := []string{"", "a", "b", "ab", "ba", "aab", "xaby", "abc", "A", "1", "12", "123", "a-b", "a$b", "a.b", "a\nb", "\n", "a\n",
		"ß", "ſ", "K", "é", "日本", "x^y", "[a]", "a]", `\`, "a_b", "٣", "😀", "\t", "{1}", "a|b", "/", "(", "-", "Z9_"}
	for _, re := range []string{
		``, `a`, `^a`, `a$`, `^a$`, `^a|b$`, `^(a|b)$`, `a|b|^c`, `(?i)^k$`, `(?i)s`, `^[a-z]+$`, `^[^a]*$`, `\d`, `^\d+$`, `^\w+$`, `\W`,
		`^.$`, `(?s)^.$`, `^a.b$`, `(?s)^a.b$`, `^a{2}b$`, `a{2,}`, `^(ab?){1,2}$`, `\$`, `-`, `^[\-\]\\^]$`, `\.`, `\|`, `\pL`, `^\p{Nd}$`, `[[:punct:]]`,
		`a*?`, `^(?:)$`, `()`, `^(a)(b)$`, `[{}]`, `/`, `\(`, `\n`, `\t`, `a|`, `(^a)`, `((^a$))`,
	} {
		whole := wholePattern(re)
		if whole == "" && re != `^(?:)$` {
			t.Errorf("%q has no pattern", re)
			continue
		}
		want, got := regexp.MustCompile(re), regexp.MustCompile(`\A(?:`+whole+`)\z`)
		for _, text := range texts {
			if got.MatchString(text) != want.MatchString(text) {
				t.Errorf("%q became %q, which differs for %q", re, whole, text)
			}
		}
	}
}

func TestWholePatternIsPlain(t *testing.T) {
	for re, want := range map[string]string{
		`^[0-9A-Za-z_]+/[0-3][0-9]$`: `([0-9A-Z_a-z])+/[0-3][0-9]`,
		`a`:                          `[\s\S]*a[\s\S]*`,
		`^a|b$`:                      `(a[\s\S]*|[\s\S]*b)`,
		`^a-\$$`:                     `a-[$]`,
		`(?i)^k$`:                    "[Kk\u212a]",
		`\bword\b`:                   ``, // No language agrees with another on words.
		`a^b`:                        ``,
		`(?:a|^b)?`:                  ``,
		`(?m)^a$`:                    ``,
		`^\C$`:                       ``,
		`(`:                          ``,
	} {
		if got := wholePattern(re); got != want {
			t.Errorf("%q became %q, want %q", re, got, want)
		}
	}
	if got := wholePattern(`^` + strings.Repeat(`\pL`, 200) + `$`); got != "" {
		t.Errorf("a pattern of %d bytes is written out", len(got))
	}
}
