package toml

import (
	"strings"
)

// Suggest returns a hint for a word that is not one of the known ones: the nearest of them, if it is
// near, or else all of them, if they are few.
func Suggest(word string, known []string) string {
	if near, ok := Nearest(word, known, len(word)/3+2); ok {
		return "did you mean " + Quote(near) + "?"
	}
	const few = 24
	if len(known) == 0 || len(known) > few {
		return ""
	}
	return "possible here: " + strings.Join(known, ", ")
}

// Nearest returns the one of known that word becomes with the fewest edits, if there is one that takes
// fewer than limit and than it has bytes; the first of those that take as many. An edit inserts, removes
// or replaces a byte, or swaps two that are neighbours. Letter case makes no difference. Names of more
// than 64 bytes are not found.
func Nearest(word string, known []string, limit int) (string, bool) {
	best := ""
	word = strings.ToLower(word)
	for _, k := range known {
		if d := editDistance(word, strings.ToLower(k), limit); d < limit && d < len(k) {
			best, limit = k, d
		}
	}
	return best, best != ""
}

// maxCompared is the length of the longest name that is suggested.
const maxCompared = 64

// editDistance returns how many bytes must be inserted, removed, replaced or swapped with the next to
// make b of a; limit, if it is not less.
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	if len(b) > maxCompared {
		return limit
	}
	var rows [3][maxCompared + 1]int
	before, last, row := rows[0][:], rows[1][:], rows[2][:]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit)
}
