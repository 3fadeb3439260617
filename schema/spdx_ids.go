package schema

import (
	_ "embed"
	"strings"
	"sync"
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
	best, distance := "", len(word)/3+1
	word = strings.ToLower(word)
	for _, id := range l.ids {
		if d := editDistance(word, strings.ToLower(id), distance); d < distance {
			best, distance = id, d
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean " + best + "?"
}

// editDistance returns how many bytes must be inserted, removed or replaced to make b of a; limit if
// that is not less.
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return min(row[len(b)], limit)
}
