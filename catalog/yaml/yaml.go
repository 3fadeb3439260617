// Package yaml writes strings as YAML scalars, for the documents whose other parts are written by hand.
package yaml

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// plain are words that a YAML parser of any version takes for strings without quotes, reserved words aside: they
// begin with a letter and have none of the characters that mean something in YAML.
var plain = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_./+-]*( [A-Za-z0-9_./+-]+)*$`)

// longestPlain is how many bytes a string without quotes has at the most.
const longestPlain = 100

// reserved are words that YAML 1.1 or 1.2 takes for a boolean or null: "no" is Norwegian.
var reserved = map[string]bool{
	"y": true, "n": true, "yes": true, "no": true, "on": true, "off": true, "true": true, "false": true, "null": true,
}

// number matches what some parsers take for a number without digits before its exponent.
var number = regexp.MustCompile(`^[eE][+-]?[0-9]+$`)

// Scalar returns s as a scalar on one line that every parser reads as the string s: without quotes where that is
// safe, and else as Quote does.
func Scalar(s string) string {
	if len(s) <= longestPlain && plain.MatchString(s) && !reserved[strings.ToLower(s)] && !number.MatchString(s) {
		return s
	}
	return Quote(s)
}

// Quote returns s as a double-quoted scalar on one line (YAML 1.2.2, 7.3.1). What is no letter, mark, number,
// punctuation, symbol or plain space is escaped (5.7): YAML forbids some of it, and the rest could make the
// document look other than it is. A byte that is not UTF-8 becomes U+FFFD.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r) && r != unicode.ReplacementChar:
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02X`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			fmt.Fprintf(&b, `\U%08X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
