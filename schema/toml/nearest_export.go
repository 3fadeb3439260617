package toml

import "strings"

// Nearest returns the one of known that word becomes with the fewest edits, if there is one that takes
// fewer than limit; the first of those that take as many. An edit inserts, removes or replaces a byte,
// or swaps two that are neighbours. Letter case makes no difference. Names of more than 64 bytes are
// not found.
func Nearest(word string, known []string, limit int) (string, bool) {
	best := ""
	word = strings.ToLower(word)
	for _, k := range known {
		if d := editDistance(word, strings.ToLower(k), limit); d < limit {
			best, limit = k, d
		}
	}
	return best, best != ""
}
