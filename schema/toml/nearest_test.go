package toml

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	known := []string{"MIT", "Apache-2.0", "apache-1.1", strings.Repeat("a", maxCompared+1)}
	for _, c := range []struct {
		word  string
		limit int
		want  string
	}{
		{"mit", 1, "MIT"},
		{"imt", 2, "MIT"}, // a swap is one edit
		{"mix", 1, ""},
		{"APACHE-2", 3, "Apache-2.0"},
		{"apache-1.0", 5, "Apache-2.0"}, // as near as apache-1.1
		{"apache-1.1", 5, "apache-1.1"},
		{strings.Repeat("a", maxCompared+1), 5, ""},
		{"", 3, ""},
	} {
		if got, ok := Nearest(c.word, known, c.limit); got != c.want || ok != (c.want != "") {
			t.Errorf("%s within %d: %q, %v; want %q", c.word, c.limit, got, ok, c.want)
		}
	}
}
