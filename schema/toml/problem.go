package toml

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// A Problem is one mistake in a text.
type Problem struct {
	// Line and Column count from 1; columns are characters.
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
	// Hint is what to do; it may be empty.
	Hint string `json:"hint,omitempty"`

	at Span
}

// Problems gathers the mistakes of one text, in any order.
type Problems struct {
	name string
	text string
	list []Problem
}

func newProblems(name, text string) *Problems { return &Problems{name: name, text: text} }

// Add notes a mistake at a place. The hint, which may be empty, says what to do.
func (ps *Problems) Add(at Span, hint, format string, args ...any) {
	ps.list = append(ps.list, Problem{Message: safe(fmt.Sprintf(format, args...)), Hint: safe(hint), at: at})
}

// Count returns how many mistakes there are so far.
func (ps *Problems) Count() int { return len(ps.list) }

// One returns an error about one mistake alone, which does not become one of ps.
func (ps *Problems) One(at Span, hint, format string, args ...any) *Error {
	single := newProblems(ps.name, ps.text)
	single.Add(at, hint, format, args...)
	return single.err()
}

// Err returns an *Error with all mistakes in the order of the text, or nil if there are none.
func (ps *Problems) Err() error {
	if len(ps.list) == 0 {
		return nil
	}
	return ps.err()
}

func (ps *Problems) err() *Error {
	list := slices.Clone(ps.list)
	sort.SliceStable(list, func(i, j int) bool { return list[i].at.Start < list[j].at.Start })
	line, column, from := 1, 1, 0
	for i := range list {
		between := ps.text[from:list[i].at.Start]
		if n := strings.Count(between, "\n"); n > 0 {
			line, column = line+n, 1
			between = between[strings.LastIndexByte(between, '\n')+1:]
		}
		column += utf8.RuneCountInString(between)
		list[i].Line, list[i].Column, from = line, column, list[i].at.Start
	}
	return &Error{Name: ps.name, List: list, text: ps.text}
}

// An Error is all that is wrong with one text.
type Error struct {
	// Name is the file's.
	Name string
	// List is never empty; it has the order of the text.
	List []Problem

	text string
}

// maxShown is how many problems an error's text shows.
const maxShown = 100

// Error shows each problem with its place, its line and what to do:
//
//	bindery.toml:12:1: unknown key "requird"
//	   12 | requird = true
//	      | ^^^^^^^
//	      = did you mean "required"?
//
// What is not printable in the file is escaped. A long list is cut, and the number of problems said.
func (e *Error) Error() string {
	var b strings.Builder
	for i, p := range e.List {
		if i == maxShown {
			fmt.Fprintf(&b, "\n%s: %d problems, of which the first %d are shown", safe(e.Name), len(e.List), maxShown)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s:%d:%d: %s", safe(e.Name), p.Line, p.Column, p.Message)
		line, caret := excerpt(e.text, p.at)
		fmt.Fprintf(&b, "\n%5d | %s\n      | %s", p.Line, line, caret)
		if p.Hint != "" {
			fmt.Fprintf(&b, "\n      = %s", p.Hint)
		}
	}
	return b.String()
}
