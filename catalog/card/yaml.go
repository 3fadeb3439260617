package card

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// plainYAML are words that a YAML parser of any version takes for strings without quotes, reserved words
// aside: they begin with a letter and have none of the characters that mean something in YAML.
var plainYAML = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_./+-]*( [A-Za-z0-9_./+-]+)*$`)

// reservedYAML are words that YAML 1.1 or 1.2 takes for a boolean or null: "no" is Norwegian.
var reservedYAML = map[string]bool{
	"y": true, "n": true, "yes": true, "no": true, "on": true, "off": true, "true": true, "false": true, "null": true,
}

// yaml returns s as a YAML scalar on one line that every parser reads as the string s: plain where that is
// safe, else in double quotes with all escaped that is not printable (YAML 1.2, section 5.7). A byte that
// is not UTF-8 becomes U+FFFD.
func yaml(s string) string {
	if len(s) <= 100 && plainYAML.MatchString(s) && !reservedYAML[strings.ToLower(s)] {
		return s
	}
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
		case strconv.IsPrint(r):
			b.WriteRune(r)
		case r <= 0xff:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
