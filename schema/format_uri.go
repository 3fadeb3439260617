package schema

import (
	"net/netip"
	"strings"
)

// A charSet is a set of ASCII characters.
type charSet [128]bool

func newCharSet(others string) *charSet {
	var set charSet
	for c := range set {
		set[c] = isAlphanumeric(byte(c)) || strings.IndexByte(others, byte(c)) >= 0
	}
	return &set
}

// The characters that may stand unescaped in each part of a URI, and in an atom of a mailbox.
var (
	uriUserinfo = newCharSet("-._~!$&'()*+,;=:")
	uriName     = newCharSet("-._~!$&'()*+,;=")
	uriPath     = newCharSet("-._~!$&'()*+,;=:@/")
	uriQuery    = newCharSet("-._~!$&'()*+,;=:@/?")
	mailAtom    = newCharSet("!#$%&'*+-/=?^_`{|}~")
)

func allIn(s string, set *charSet) bool {
	for i := range len(s) {
		if s[i] >= 0x80 || !set[s[i]] {
			return false
		}
	}
	return true
}

// escapedIn reports whether s has characters of the set alone, and others percent-encoded.
func escapedIn(s string, set *charSet) bool {
	for i := 0; i < len(s); i++ {
		if s[i] == '%' {
			if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
				return false
			}
			i += 2
		} else if s[i] >= 0x80 || !set[s[i]] {
			return false
		}
	}
	return true
}

// isURI checks the rule URI of RFC 3986, appendix A: a scheme, and what follows it.
func isURI(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || !isScheme(scheme) {
		return false
	}
	rest, fragment, _ := strings.Cut(rest, "#")
	rest, query, _ := strings.Cut(rest, "?")
	if !escapedIn(fragment, uriQuery) || !escapedIn(query, uriQuery) {
		return false
	}
	path := rest
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		authority := after
		path = ""
		if slash := strings.IndexByte(after, '/'); slash >= 0 {
			authority, path = after[:slash], after[slash:]
		}
		if !isAuthority(authority) {
			return false
		}
	}
	return escapedIn(path, uriPath)
}

func isScheme(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case isAlphanumeric(c) && (i > 0 || c > '9'):
		case i > 0 && (c == '+' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return s != ""
}

func isAuthority(s string) bool {
	userinfo, host, ok := strings.Cut(s, "@")
	if !ok {
		userinfo, host = "", s
	}
	if !escapedIn(userinfo, uriUserinfo) {
		return false
	}
	end := strings.IndexByte(host, ']') + 1
	port := ""
	if colon := strings.IndexByte(host[end:], ':'); colon >= 0 {
		host, port = host[:end+colon], host[end+colon+1:]
	}
	for i := range len(port) {
		if port[i] < '0' || port[i] > '9' {
			return false
		}
	}
	if literal, ok := strings.CutPrefix(host, "["); ok {
		literal, ok = strings.CutSuffix(literal, "]")
		return ok && isIPLiteral(literal)
	}
	return escapedIn(host, uriName)
}

// isIPLiteral checks what may stand in brackets as a host: an IPv6 address, or "v", a version in
// hexadecimal digits, a dot, and an address of that version.
func isIPLiteral(s string) bool {
	if s != "" && (s[0] == 'v' || s[0] == 'V') {
		version, address, ok := strings.Cut(s[1:], ".")
		for i := range len(version) {
			ok = ok && isHex(version[i])
		}
		return ok && version != "" && address != "" && allIn(address, uriUserinfo)
	}
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is6() && a.Zone() == ""
}

func isAlphanumeric(c byte) bool {
	return c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'z'
}

func isHex(c byte) bool {
	return c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'f'
}
