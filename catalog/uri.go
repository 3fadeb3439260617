package catalog

import (
	"fmt"
	"strings"
)

// URI returns a web address as RFC 3986 writes it: what no URI may hold is percent-encoded, such as spaces,
// letters beyond ASCII and braces. What is percent-encoded already stays as it is.
func URI(address string) string {
	const (
		unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
		reserved   = ":/?#[]@!$&'()*+,;="
	)
	scheme, rest, _ := strings.Cut(address, "://")
	authority := len(scheme) + len("://") + strings.IndexAny(rest+"/", "/?#")
	fragment := false
	var b strings.Builder
	for i := range len(address) {
		c := address[i]
		plain := strings.IndexByte(unreserved+reserved, c) >= 0
		switch {
		case c == '%':
			plain = i+2 < len(address) && hexadecimal(address[i+1]) && hexadecimal(address[i+2])
		case c == '#':
			plain, fragment = !fragment, true
		case c == '[' || c == ']':
			plain = i < authority
		}
		if plain {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func hexadecimal(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
