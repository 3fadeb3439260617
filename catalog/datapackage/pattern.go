package datapackage

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode"
)

// wholePattern returns an expression that matches the whole of exactly those texts in which the RE2
// expression re is found, as the standard's patterns do, in the syntax that XML Schema, ECMAScript
// and Python agree on: literals, classes of characters, groups, alternatives and repetitions. It is empty
// where there is none: for \b and \B, and for ^ and $ that stand within an expression, or are those of lines.
//
// Classes are written out, since the languages differ in what \d, \w and a dot are.
func wholePattern(re string) string {
	parsed, err := syntax.Parse(re, syntax.Perl)
	if err != nil {
		return ""
	}
	alternatives := []*syntax.Regexp{parsed}
	if parsed.Op == syntax.OpAlternate {
		alternatives = parsed.Sub
	}
	var texts []string
	for _, a := range alternatives {
		w := patternWriter{}
		w.anchored(a)
		if w.failed || w.Len() > maxPattern {
			return ""
		}
		texts = append(texts, w.String())
	}
	if len(texts) == 1 {
		return texts[0]
	}
	return "(" + strings.Join(texts, "|") + ")"
}

// maxPattern bounds the length of an alternative, which classes of many characters make long.
const maxPattern = 1 << 16

// anyText matches every text.
const anyText = `[\s\S]*`

// A patternWriter writes an expression in the common syntax.
type patternWriter struct {
	strings.Builder
	failed bool
}

// anchored writes an alternative so that it matches a whole text.
func (w *patternWriter) anchored(re *syntax.Regexp) {
	parts := []*syntax.Regexp{re}
	for len(parts) == 1 && (parts[0].Op == syntax.OpConcat || parts[0].Op == syntax.OpCapture) {
		parts = parts[0].Sub
	}
	begins := len(parts) > 0 && parts[0].Op == syntax.OpBeginText
	if begins {
		parts = parts[1:]
	} else {
		w.WriteString(anyText)
	}
	ends := len(parts) > 0 && parts[len(parts)-1].Op == syntax.OpEndText
	if ends {
		parts = parts[:len(parts)-1]
	}
	for _, p := range parts {
		w.write(p)
	}
	if !ends {
		w.WriteString(anyText)
	}
}

func (w *patternWriter) write(re *syntax.Regexp) {
	if w.Len() > maxPattern {
		w.failed = true
		return
	}
	switch re.Op {
	case syntax.OpEmptyMatch:
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			w.literal(r, re.Flags&syntax.FoldCase != 0)
		}
	case syntax.OpCharClass:
		w.class(re.Rune)
	case syntax.OpAnyCharNotNL:
		w.WriteString(`[^\n]`)
	case syntax.OpAnyChar:
		w.WriteString(`[\s\S]`)
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			w.write(sub)
		}
	case syntax.OpAlternate:
		w.alternate(re.Sub)
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		w.group(re.Sub[0])
		w.WriteString(repetition(re))
	default:
		w.failed = true // It asks for what is beside a place, or matches nothing.
	}
}

func (w *patternWriter) alternate(subs []*syntax.Regexp) {
	w.WriteByte('(')
	for i, sub := range subs {
		if i > 0 {
			w.WriteByte('|')
		}
		w.write(sub)
	}
	w.WriteByte(')')
}

func (w *patternWriter) group(re *syntax.Regexp) {
	w.WriteByte('(')
	w.write(re)
	w.WriteByte(')')
}

func repetition(re *syntax.Regexp) string {
	switch {
	case re.Op == syntax.OpStar:
		return "*"
	case re.Op == syntax.OpPlus:
		return "+"
	case re.Op == syntax.OpQuest:
		return "?"
	case re.Max < 0:
		return fmt.Sprintf("{%d,}", re.Min)
	case re.Min == re.Max:
		return fmt.Sprintf("{%d}", re.Min)
	}
	return fmt.Sprintf("{%d,%d}", re.Min, re.Max)
}

func (w *patternWriter) literal(r rune, fold bool) {
	if fold {
		w.WriteByte('[')
		w.character(r)
		for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
			w.character(o)
		}
		w.WriteByte(']')
		return
	}
	switch r {
	case '-':
		w.WriteByte('-') // Escaped, it is an error to ECMAScript.
	case '$':
		w.WriteString("[$]") // Escaped, it is an error to XML Schema.
	default:
		w.character(r)
	}
}

// class writes a class of characters, which are given as pairs of the first and the last of a range.
func (w *patternWriter) class(pairs []rune) {
	w.WriteByte('[')
	for i := 0; i+1 < len(pairs); i += 2 {
		w.character(pairs[i])
		if pairs[i+1] > pairs[i] {
			w.WriteByte('-')
			w.character(pairs[i+1])
		}
	}
	w.WriteByte(']')
}

// character writes one character as it stands in a class, escaped where it has a meaning in one of the
// languages.
func (w *patternWriter) character(r rune) {
	switch r {
	case '\n':
		w.WriteString(`\n`)
	case '\r':
		w.WriteString(`\r`)
	case '\t':
		w.WriteString(`\t`)
	case '\\', '.', '?', '*', '+', '(', ')', '{', '}', '[', ']', '|', '-', '^':
		w.WriteByte('\\')
		w.WriteRune(r)
	default:
		w.WriteRune(r)
	}
}
