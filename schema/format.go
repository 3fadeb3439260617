package schema

import (
	"strings"
)

// A format is what the constraint of that name demands of a string.
type format struct {
	valid func(string) bool
	// slow says that a verdict takes so long that it is worth remembering.
	slow bool
	// explain says what is wrong with a value that is not valid.
	explain func(string) (message, hint string)
}

// newFormat returns the format of a name; nil if there is none.
//
//   - uri: a URI of RFC 3986, with its scheme; not a relative reference, and in ASCII, as the RFC has it.
//   - email: one mailbox of RFC 5321, user@host, in ASCII; without a display name or comments.
//   - uuid: 32 hexadecimal digits of either case, dashed as 8-4-4-4-12 (RFC 9562).
//   - bcp47: a language tag that is, but for letter case, what CanonicalLanguage returns.
//   - iso639: a language code of two letters (ISO 639-1) or three (ISO 639-2, 639-3), in lower case.
//   - spdx: a license expression that ParseLicense takes.
func newFormat(name string) *format {
	says := func(message string) func(string) (string, string) {
		return func(string) (string, string) { return message, "" }
	}
	switch name {
	case "uri":
		return &format{valid: isURI, explain: says("is not an absolute URI (RFC 3986)")}
	case "email":
		return &format{valid: isEmail, explain: says("is not an e-mail address (RFC 5321)")}
	case "uuid":
		return &format{valid: isUUID, explain: says("is not a UUID (8-4-4-4-12 hexadecimal digits)")}
	case "bcp47":
		return &format{isLanguageTag, true, explainLanguageTag}
	case "iso639":
		return &format{isLanguageCode, true, explainLanguageCode}
	case "spdx":
		return &format{isLicense, true, explainLicense}
	}
	return nil
}

// The verdicts that remember keeps, and the longest value that it keeps one of, in bytes.
const (
	maxRemembered = 4096
	maxKeyLength  = 128
)

// remember returns valid with a memory for values that come again and again.
func remember(valid func(string) bool) func(string) bool {
	verdicts := make(map[string]bool)
	return func(value string) bool {
		if len(value) > maxKeyLength {
			return valid(value)
		}
		verdict, known := verdicts[value]
		if !known {
			if len(verdicts) == maxRemembered {
				clear(verdicts)
			}
			verdict = valid(value)
			verdicts[strings.Clone(value)] = verdict
		}
		return verdict
	}
}

func explainLicense(s string) (message, hint string) {
	const what = "is not an SPDX license expression"
	if _, err := ParseLicense(s); err != nil {
		return what, err.Error()
	}
	return what, ""
}

// isUUID looks at all digits whatever comes, without a branch for each, which takes a third of the time.
func isUUID(s string) bool {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	others := byte(0)
	for i := range 36 {
		others += notHex[s[i]]
	}
	return others == 4 // the dashes
}

// notHex has a 1 for every byte that is no hexadecimal digit.
var notHex = func() (table [256]byte) {
	for c := range table {
		if !isHex(byte(c)) {
			table[c] = 1
		}
	}
	return table
}()
