package schema

import (
	"errors"
	"strings"

	"golang.org/x/text/language"
)

// maxTagLength bounds what is given to the parser of language tags; RFC 5646 asks for 35 at least.
const maxTagLength = 256

var (
	errLongTag          = errors.New("it is longer than 256 bytes")
	errGrandfatheredTag = errors.New("it is a grandfathered tag that no other replaces")
)

// CanonicalLanguage returns the one form that a BCP 47 language tag (RFC 5646) is written in here: with
// dashes, the customary letter case, the shortest code of the language ("is" for "isl", "yue" for
// "zh-yue"), and what replaces a deprecated tag or subtag ("he" for "iw", "tlh" for "i-klingon"). Text
// is such a tag if that is the text itself. The error says why there is no such form: text is not well
// formed, has subtags that are not registered, has more than 256 bytes, or is a grandfathered tag that
// no other tag replaces ("i-default").
func CanonicalLanguage(text string) (string, error) {
	if len(text) > maxTagLength {
		return "", errLongTag
	}
	tag, err := language.Raw.Parse(text)
	if err != nil {
		return "", errors.New(strings.TrimPrefix(err.Error(), "language: "))
	}
	if current, err := language.Deprecated.Canonicalize(tag); err == nil {
		tag = current
	}
	canonical := tag.String()
	// The parser makes a tag for private use of a grandfathered one that it has no other form of.
	if strings.Contains(canonical, "-x-") && !strings.Contains(strings.ToLower(text), "x-") {
		return "", errGrandfatheredTag
	}
	return canonical, nil
}

func isLanguageTag(s string) bool {
	canonical, err := CanonicalLanguage(s)
	return err == nil && strings.EqualFold(canonical, s)
}

func explainLanguageTag(s string) (message, hint string) {
	canonical, err := CanonicalLanguage(s)
	switch {
	case err == errGrandfatheredTag:
		return "is a grandfathered BCP 47 tag, which is not taken", ""
	case err != nil:
		return "is not a BCP 47 language tag", ""
	case strings.Contains(s, "_"):
		return "is not a BCP 47 language tag", "write " + canonical
	}
	return "is not the canonical form of its BCP 47 language tag", "write " + canonical
}

func isLanguageCode(s string) bool {
	_, err := language.ParseBase(s)
	return err == nil && s == strings.ToLower(s)
}

func explainLanguageCode(s string) (message, hint string) {
	const what = "is not an ISO 639 language code"
	if lower := strings.ToLower(s); lower != s && isLanguageCode(lower) {
		return what, "write " + lower
	}
	return what, ""
}
