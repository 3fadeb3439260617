package schema

import (
	"cmp"
	_ "embed"
	"regexp"
	"strings"
	"sync"

	"github.com/bindery-data/bindery/schema/toml"
)

//go:embed spdx_licenses.txt
var licenseText string

//go:embed spdx_exceptions.txt
var exceptionText string

var (
	spdxLicenses   = sync.OnceValue(func() *idList { return newIDList(licenseText) })
	spdxExceptions = sync.OnceValue(func() *idList { return newIDList(exceptionText) })
)

// An idList is a list of ids, found in any letter case.
type idList struct {
	ids   []string
	lower map[string]string // lower-cased id to id
}

func newIDList(text string) *idList {
	l := &idList{lower: make(map[string]string)}
	for line := range strings.Lines(text) {
		if id := strings.TrimSpace(line); !strings.HasPrefix(id, "#") {
			l.ids = append(l.ids, id)
			l.lower[strings.ToLower(id)] = id
		}
	}
	return l
}

func (l *idList) find(id string) (string, bool) {
	found, ok := l.lower[strings.ToLower(id)]
	return found, ok
}

// suggest returns a hint for a word of expr that is no id: the id that expr is with its spaces written
// as dashes ("CC BY 4.0"), or else the one that expr or the word is short for, or else the id nearest to the
// word, if one is near.
func (l *idList) suggest(word, expr string) string {
	if id, ok := l.find(strings.ReplaceAll(strings.Trim(expr, " "), " ", "-")); ok {
		return "write " + id
	}
	for _, short := range []string{expr, word} {
		if id := l.complete(short); id != "" {
			return "did you mean " + id + "?"
		}
	}
	word = strings.TrimSuffix(word, "+")
	if id, ok := toml.Nearest(word, l.ids, len(word)/3+1); ok {
		return "did you mean " + id + "?"
	}
	return ""
}

// complete returns the id that text is short for: letters and digits are compared alone, without regard to
// letter case, and of the version as many digits as text has ("CC-BY-SA 4", "GPLv3", "odbl"). The newest
// version wins. It is empty where there is none.
func (l *idList) complete(text string) string {
	folded := foldID(text)
	best, newest := "", ""
	for _, id := range l.ids {
		if foldID(id) == folded && folded != "" {
			best = id
			break
		}
		stem, version := cutVersion(id)
		digits, ok := strings.CutPrefix(folded, foldID(stem))
		version = foldID(version)
		if !ok || folded == "" || !strings.HasPrefix(version, strings.TrimPrefix(digits, "v")) {
			continue
		}
		if best == "" || cmp.Or(cmp.Compare(len(version), len(newest)), cmp.Compare(version, newest)) > 0 {
			best, newest = id, version
		}
	}
	return l.undeprecated(best, strings.HasSuffix(strings.TrimRight(text, " "), "+"))
}

// undeprecated returns the id that SPDX has now for one of the GNU licenses, which say whether later
// versions may take their place.
func (l *idList) undeprecated(id string, later bool) string {
	ending := "-only"
	if later {
		ending = "-or-later"
	}
	if now, ok := l.find(id + ending); ok {
		return now
	}
	return id
}

var versionPattern = regexp.MustCompile(`-\d+(\.\d+)*$`)

// cutVersion splits an id such as CC-BY-4.0 before the version that it ends in.
func cutVersion(id string) (stem, version string) {
	if at := versionPattern.FindStringIndex(id); at != nil {
		return id[:at[0]], id[at[0]+1:]
	}
	return id, ""
}

// foldID returns the letters and digits of text, in lower case.
func foldID(text string) string {
	return strings.Map(func(r rune) rune {
		if r > '~' || !isAlphanumeric(byte(r)) {
			return -1
		}
		return r
	}, strings.ToLower(text))
}
