// Package toml reads TOML into a tree in which every key and value knows where it stands, so that
// whoever reads the tree can point at what is wrong with it.
//
// It is the fence around github.com/BurntSushi/toml, which alone judges what is valid TOML and what a
// value is, but does not tell where. A scanner finds the places first. It also refuses, before the
// parser sees them, the texts on which the parser's time and memory explode: long ones, deeply nested
// ones, and those with long dotted keys.
package toml

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// The limits of what is read.
const (
	// MaxSize is the size of the longest text, in bytes: 1 MiB.
	MaxSize = 1 << 20
	// MaxDepth is how many keys deep a value may lie, and how many brackets deep.
	MaxDepth = 80
	// maxWork bounds what the parser has to do for all keys and values together, in steps of about a
	// microsecond. A declaration of 10,000 fields takes some 500,000.
	maxWork = 600_000
)

// Parse reads a text and returns its root table, with the collector of all that is wrong with it. The
// table is nil if the text cannot be read at all, and the collector then has the reason. The name
// stands before each problem; it is the file's.
func Parse(name string, text []byte) (*Table, *Problems) {
	ps := newProblems(name, string(bytes.TrimPrefix(text, []byte("\uFEFF"))))
	if len(text) > MaxSize {
		ps.Add(Span{}, "move long texts into files of their own",
			"the file has more than 1 MiB, which is the most that is read")
		return nil, ps
	}
	if at := invalidUTF8(ps.text); at >= 0 {
		ps.Add(Span{at, at + 1}, "save the file as UTF-8", "the text is not UTF-8")
		return nil, ps
	}
	root := parse(ps)
	if root == nil {
		return nil, ps
	}
	return &Table{Node: root, Problems: ps}, ps
}

func invalidUTF8(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return i
			}
		}
	}
	return -1
}

// parse scans, judges and joins the two. It returns nil after adding the problem that stopped it.
func parse(ps *Problems) *Node {
	s := scan(ps.text)
	if s.refusal != "" {
		ps.Add(s.at, "write it flatter", "%s", s.refusal)
		return nil
	}
	values, keys, err := judge(ps.text[:s.safe()])
	switch {
	case err != nil && s.unended && !faultBefore(err, s.at.Start):
		ps.Add(s.at, `end it with its quotes; text of several lines stands between """ and """`, "not valid TOML: this string has no end")
		return nil
	case err != nil:
		addSyntaxError(ps, s, err)
		return nil
	case s.stuck:
		ps.Add(s.at, "", "this is not valid TOML")
		return nil
	}
	t := tree{keys: keys}
	root, err := t.join(s.statements, values)
	if err != nil {
		ps.Add(t.at, treeHint(err), "%v", err)
		return nil
	}
	return root
}

// judge lets the parser decide. The parser panics where it finds a fault in itself.
func judge(text string) (values map[string]any, keys []toml.Key, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("the text cannot be parsed: %v", fault)
		}
	}()
	meta, err := toml.Decode(text, &values)
	return values, meta.Keys(), err
}

// faultBefore reports whether err is about what stands before a place.
func faultBefore(err error, at int) bool {
	var pe toml.ParseError
	return errors.As(err, &pe) && pe.Position.Start < at
}

func addSyntaxError(ps *Problems, s *scanner, err error) {
	var pe toml.ParseError
	if !errors.As(err, &pe) {
		ps.Add(s.at, "", "%v", err)
		return
	}
	start := min(max(pe.Position.Start, 0), len(ps.text))
	end := min(start+max(pe.Position.Len, 1), len(ps.text))
	ps.Add(Span{start, end}, syntaxHint(pe.Message), "not valid TOML: %s", pe.Message)
}

// syntaxHints say what to do about the parser's commonest complaints.
var syntaxHints = []struct{ part, hint string }{
	{"already been defined", "write each key and each table once"},
	{"already created", "write each key and each table once"},
	{"invalid escape", `write \\ for a backslash, or put the text between ' and '`},
	{"out of range for int64", "write the number as text, between quotes"},
	{"expected value but found", "text goes between quotes"},
	{"leading zero", "text goes between quotes"},
	{"invalid datetime", "a date is written 2026-11-23; text goes between quotes"},
}

// noSuchDate is the parser's complaint about a date that is well written.
var noSuchDate = regexp.MustCompile(`invalid datetime: "\d{4}-\d\d-\d\d([Tt ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d|")`)

func syntaxHint(message string) string {
	if noSuchDate.MatchString(message) {
		return "the calendar has no such day"
	}
	for _, h := range syntaxHints {
		if strings.Contains(message, h.part) {
			return h.hint
		}
	}
	return ""
}
