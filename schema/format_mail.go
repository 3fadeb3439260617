package schema

import (
	"net/netip"
	"strings"
)

// isEmail checks the Mailbox of RFC 5321, section 4.1.2, with the lengths of section 4.5.3.1.
func isEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > 64 || len(s)-at-1 > 255 {
		return false
	}
	local, domain := s[:at], s[at+1:]
	if local[0] == '"' {
		return isQuotedString(local) && isMailDomain(domain)
	}
	return mailLocal.takes(local) && isMailDomain(domain)
}

func isQuotedString(s string) bool {
	if len(s) < 2 || s[len(s)-1] != '"' {
		return false
	}
	for i := 1; i < len(s)-1; i++ {
		if s[i] == '\\' {
			i++
			if i == len(s)-1 {
				return false
			}
		} else if s[i] == '"' {
			return false
		}
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// isMailDomain checks a domain of LDH labels, or an address in brackets.
func isMailDomain(s string) bool {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		return isMailAddress(inner)
	}
	return mailDomain.takes(s) && (len(s) <= 63 || labelsFit(s))
}

// isMailAddress checks an address and the bracket after it.
func isMailAddress(s string) bool {
	inner, ok := strings.CutSuffix(s, "]")
	if six, is6 := strings.CutPrefix(inner, "IPv6:"); is6 {
		a, err := netip.ParseAddr(six)
		return ok && err == nil && a.Is6() && a.Zone() == ""
	}
	a, err := netip.ParseAddr(inner)
	return ok && err == nil && a.Is4()
}

func labelsFit(domain string) bool {
	for label := range strings.SplitSeq(domain, ".") {
		if len(label) > 63 {
			return false
		}
	}
	return true
}

// A dottedSteps is a machine that reads names with dots between them byte by byte. It has an entry for every
// byte; the six bits at a state's place are the state after the byte. So a step is one look-up and one shift,
// and takes as long whatever the text. To look for the dots instead takes 3 % more of the whole check of narrow records.
type dottedSteps [256]uint64

// The states of the machine, each as the place of its bits in an entry.
const (
	dottedBegin = 6 * iota // where a name has to begin
	dottedInside
	dottedHyphen // where a name may not end, if hyphens are only for the inside of names
	dottedWrong
)

var (
	mailLocal  = newDottedSteps(mailAtom)
	mailDomain = newDottedSteps(newCharSet(""))
)

// newDottedSteps returns the machine of names of a set of characters. If hyphens are not of the set, they are
// for the inside of names alone.
func newDottedSteps(names *charSet) *dottedSteps {
	var d dottedSteps
	set := func(c byte, begin, inside, afterHyphen uint64) {
		d[c] = begin<<dottedBegin | inside<<dottedInside | afterHyphen<<dottedHyphen | dottedWrong<<dottedWrong
	}
	for c := range 256 {
		if c < 0x80 && names[c] {
			set(byte(c), dottedInside, dottedInside, dottedInside)
		} else {
			set(byte(c), dottedWrong, dottedWrong, dottedWrong)
		}
	}
	set('.', dottedWrong, dottedBegin, dottedWrong)
	if !names['-'] {
		set('-', dottedWrong, dottedHyphen, dottedHyphen)
	}
	return &d
}

func (d *dottedSteps) takes(s string) bool {
	state := uint64(dottedBegin)
	for i := range len(s) {
		state = d[s[i]] >> (state & 63)
	}
	return state&63 == dottedInside
}
