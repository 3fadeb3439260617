package catalog

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/bindery-data/bindery/schema/toml"
)

var (
	emailPattern  = regexp.MustCompile(`^[^\s@<>"]+@[^\s@<>".]+(\.[^\s@<>".]+)+$`)
	orcidPattern  = regexp.MustCompile(`^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$`)
	taskPattern   = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	targetPattern = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:[^\s\x00-\x1f]([^\x00-\x1f]*[^\s\x00-\x1f])?$`)
)

// text reads a string that may have lines; it must not be blank.
func (l *loader) text(t *toml.Table, key string) string {
	if l.blank(t, key, "write it, or leave the key out") {
		return ""
	}
	text, _ := t.String(key)
	return text
}

// blank reports a string without a word.
func (l *loader) blank(t *toml.Table, key, hint string) bool {
	n := t.Value(key)
	if n == nil || n.Kind != toml.String || strings.TrimSpace(n.Text) != "" {
		return false
	}
	t.Report(key, hint, "%s is empty", toml.Quote(key))
	return true
}

// line reads a string of one line.
func (l *loader) line(t *toml.Table, key string) string {
	text := l.text(t, key)
	if n := t.Value(key); text != "" {
		return l.checkLine(n, key)
	}
	return ""
}

// checkLine returns the string of n if it is a single line without control characters, and reports it
// otherwise.
func (l *loader) checkLine(n *toml.Node, key string) string {
	switch {
	case strings.TrimSpace(n.Text) == "":
		l.problems.Add(n.At, "", "%s has an empty text", toml.Quote(key))
	case strings.ContainsFunc(n.Text, unicode.IsControl):
		l.problems.Add(n.At, "write it on one line", "%s has a line end or another control character", toml.Quote(key))
	case strings.TrimSpace(n.Text) != n.Text:
		l.problems.Add(n.At, "remove it", "%s begins or ends with white space", toml.Quote(key))
	default:
		return n.Text
	}
	return ""
}

// need reads a string of one line that must be there.
func (l *loader) need(t *toml.Table, key, example string) string {
	if !t.Has(key) {
		t.Value(key)
		t.Report(key, example, "the key %s is missing", toml.Quote(key))
		return ""
	}
	if l.blank(t, key, example) {
		return ""
	}
	return l.line(t, key)
}

// words reads a list of strings of one line each, none of them twice. Check, if set, is shown each.
func (l *loader) words(t *toml.Table, key string, check func(*toml.Node)) []string {
	var words []string
	seen := make(map[string]bool)
	for _, n := range t.Strings(key) {
		word := l.checkLine(n, key)
		switch {
		case word == "":
		case seen[word]:
			l.problems.Add(n.At, "name it once", "%s has %s twice", toml.Quote(key), toml.Quote(word))
		default:
			words = append(words, word)
			seen[word] = true
			if check != nil {
				check(n)
			}
		}
	}
	return words
}

// oneOf reads a string that is one of the choices; the first, if it is not there.
func (l *loader) oneOf(t *toml.Table, key string, choices ...string) string {
	text, ok := t.String(key)
	if !ok {
		return choices[0]
	}
	if !slices.Contains(choices, text) {
		t.Report(key, toml.Suggest(text, choices), "%s cannot be %s", toml.Quote(key), toml.Quote(text))
	}
	return text
}

// url reads an absolute address on the web.
func (l *loader) url(t *toml.Table, key string) string {
	text := l.line(t, key)
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.ContainsAny(text, " <>\"") {
		t.Report(key, `write it in full: "https://example.org/udhr"`, "%s is no web address", toml.Quote(text))
	}
	return text
}
