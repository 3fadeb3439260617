package schema

import (
	_ "embed"
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
// as dashes ("CC BY 4.0"), or else the id nearest to the word, if one is near.
func (l *idList) suggest(word, expr string) string {
	if id, ok := l.find(strings.ReplaceAll(strings.Trim(expr, " "), " ", "-")); ok {
		return "write " + id
	}
	if id, ok := toml.Nearest(word, l.ids, len(word)/3+1); ok {
		return "did you mean " + id + "?"
	}
	return ""
}
