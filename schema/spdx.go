package schema

import (
	"fmt"
	"slices"
	"strings"
)

// A License is an SPDX license expression that was found to be well formed, and what it names. Each
// list is sorted and without repetition.
type License struct {
	// Text is the expression, without spaces around it.
	Text string
	// IDs are the ids of the SPDX License List, without the "+" that stands for later versions.
	IDs []string
	// Exceptions are the ids after WITH.
	Exceptions []string
	// Refs are licenses that are not on the list, as written: "LicenseRef-terms",
	// "DocumentRef-other:LicenseRef-terms".
	Refs []string
}

// A LicenseError says why a text is no SPDX license expression.
type LicenseError struct {
	// Offset is where in the text the fault begins: what stands before it is ASCII, so that it counts
	// bytes and characters alike.
	Offset  int
	Message string
	// Hint is what to write instead; it may be empty.
	Hint string
}

// Error returns the message, where it applies, and the hint.
func (e *LicenseError) Error() string {
	s := fmt.Sprintf("%s (at character %d)", e.Message, e.Offset+1)
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// The bounds of an expression: far more than a license can need, and little for a machine.
const (
	maxLicenseLength = 4096
	maxLicenseDepth  = 64
)

// ParseLicense reads an SPDX license expression as Annex D of SPDX 2.3 defines it: ids of the SPDX
// License List (deprecated ones too), an id with "+", LicenseRef- and DocumentRef- references, WITH and
// an id of the list of exceptions, AND, OR and parentheses. Operators are written in capitals, and ids
// as the list has them: an id in other letter case, which Annex D lets a reader match, is an error that
// tells the right one, so that one license is written in one way. An expression has at most 4096 bytes
// and 64 levels of parentheses. An error is a *LicenseError.
func ParseLicense(expr string) (License, error) { return parseLicense(expr, true) }

// isLicense reports whether ParseLicense takes expr, without the work of finding a hint.
func isLicense(expr string) bool {
	_, err := parseLicense(expr, false)
	return err == nil
}

func parseLicense(expr string, hints bool) (License, error) {
	if len(expr) > maxLicenseLength {
		return License{}, &LicenseError{Message: fmt.Sprintf("license expression is longer than %d bytes", maxLicenseLength)}
	}
	p := licenseParser{expr: expr, hints: hints}
	p.advance()
	if err := p.expression(); err != nil {
		return License{}, err
	}
	l := p.license
	l.Text = strings.Trim(expr, " ")
	for _, list := range []*[]string{&l.IDs, &l.Exceptions, &l.Refs} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return l, nil
}

// A licenseParser goes through an expression word by word; a parenthesis is a word.
type licenseParser struct {
	expr    string
	word    string // the word at hand; empty at the end
	start   int    // where it begins
	license License
	hints   bool
}

func (p *licenseParser) advance() {
	p.start += len(p.word)
	for p.start < len(p.expr) && p.expr[p.start] == ' ' {
		p.start++
	}
	rest := p.expr[p.start:]
	end := strings.IndexAny(rest, " ()")
	switch {
	case end < 0:
		end = len(rest)
	case end == 0:
		end = 1
	}
	p.word = rest[:end]
}

func (p *licenseParser) fail(hint, format string, args ...any) error {
	return &LicenseError{Offset: p.start, Message: fmt.Sprintf(format, args...), Hint: hint}
}

// expression reads to the end. What binds closer, AND or OR, makes no difference to whether an
// expression is well formed or what it names, so that a count of open parentheses takes the place of a
// tree.
func (p *licenseParser) expression() error {
	depth := 0
	for {
		for p.word == "(" {
			if depth++; depth > maxLicenseDepth {
				return p.fail("", "license expression has more than %d levels of parentheses", maxLicenseDepth)
			}
			p.advance()
		}
		if err := p.operand(); err != nil {
			return err
		}
		for p.word == ")" {
			if depth--; depth < 0 {
				return p.fail("", `license expression has a ")" without its "("`)
			}
			p.advance()
		}
		switch p.word {
		case "AND", "OR":
			p.advance()
		case "":
			if depth > 0 {
				return p.fail("", `license expression has a "(" without its ")"`)
			}
			return nil
		default:
			return p.unexpectedOperator()
		}
	}
}

func (p *licenseParser) unexpectedOperator() error {
	switch upper := strings.ToUpper(p.word); upper {
	case "AND", "OR", "WITH":
		if upper != p.word {
			return p.fail("write "+upper, "license operator %s is not in capitals", p.word)
		}
		return p.fail("", "WITH does not follow a license id")
	}
	return p.fail("", "license expression has %s where AND, OR or its end is expected", Quote(p.word))
}

// operand reads a license and the exception that may follow it.
func (p *licenseParser) operand() error {
	switch p.word {
	case "":
		return p.fail("", "license expression lacks a license id here")
	case "AND", "OR", "WITH", ")":
		return p.fail("", "license expression has %s where a license id is expected", p.word)
	}
	if err := p.simple(); err != nil {
		return err
	}
	p.advance()
	if p.word != "WITH" {
		return nil
	}
	p.advance()
	if p.word == "" {
		return p.fail("", "license expression lacks an exception id after WITH")
	}
	id, ok := spdxExceptions().find(p.word)
	if !ok || id != p.word {
		return p.unknown(spdxExceptions(), "exception", id)
	}
	p.license.Exceptions = append(p.license.Exceptions, id)
	p.advance()
	return nil
}

// simple takes the word at hand as a license id or a reference.
func (p *licenseParser) simple() error {
	if strings.HasPrefix(p.word, "LicenseRef-") || strings.HasPrefix(p.word, "DocumentRef-") {
		if !isLicenseRef(p.word) {
			return p.fail("write LicenseRef- and then letters, digits, dots and dashes",
				"license reference %s is malformed", Quote(p.word))
		}
		p.license.Refs = append(p.license.Refs, p.word)
		return nil
	}
	word := strings.TrimSuffix(p.word, "+")
	id, ok := spdxLicenses().find(word)
	if !ok || id != word {
		return p.unknown(spdxLicenses(), "license", id)
	}
	p.license.IDs = append(p.license.IDs, id)
	return nil
}

func isLicenseRef(word string) bool {
	if rest, ok := strings.CutPrefix(word, "DocumentRef-"); ok {
		document, license, _ := strings.Cut(rest, ":")
		if !isIDString(document) {
			return false
		}
		word = license
	}
	ref, ok := strings.CutPrefix(word, "LicenseRef-")
	return ok && isIDString(ref)
}

// isIDString reports whether s is an idstring of Annex D.
func isIDString(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isAlphanumeric(c) && c != '-' && c != '.' {
			return false
		}
	}
	return s != ""
}

// unknown says that the word at hand is no id of list; id is the one that differs in case alone, if any.
func (p *licenseParser) unknown(list *idList, kind, id string) error {
	word := strings.TrimSuffix(p.word, "+")
	if id != "" {
		return p.fail("write "+id, "%s id %s is not written as the SPDX list has it", kind, Quote(word))
	}
	hint := ""
	if p.hints {
		hint = list.suggest(p.word, p.expr)
	}
	if hint == "" && kind == "license" {
		hint = "name a license that is not on the SPDX list LicenseRef-NAME"
	}
	return p.fail(hint, "%s is no %s id of the SPDX list", Quote(word), kind)
}
