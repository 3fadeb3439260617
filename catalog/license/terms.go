package license

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/bindery-data/bindery/schema"
)

// Terms are what a license asks of those who pass the content on.
type Terms uint8

// The terms that decide whether content may be passed on under another license.
const (
	Attribution Terms = 1 << iota
	ShareAlike
	NonCommercial
	NoDerivatives
)

// free are licenses and dedications that ask for nothing.
var free = []string{
	"0BSD", "CC-PDDC", "CC-PDM-1.0", "CC0-1.0", "DL-DE-ZERO-2.0", "MIT-0", "PDDL-1.0", "Unlicense", "WTFPL",
}

// crediting are licenses that ask for attribution, or that their notice be kept, and for nothing that
// another license with those terms does not give.
var crediting = []string{
	"AFL-3.0", "Apache-2.0", "Artistic-2.0", "BSD-2-Clause", "BSD-2-Clause-Patent", "BSD-3-Clause",
	"BSD-3-Clause-Clear", "BSD-4-Clause", "BSL-1.0", "CC-BY-1.0", "CC-BY-2.0", "CC-BY-2.5", "CC-BY-3.0",
	"CC-BY-3.0-IGO", "CC-BY-4.0", "CDLA-Permissive-1.0", "CDLA-Permissive-2.0", "DL-DE-BY-2.0", "ECL-2.0",
	"ISC", "MIT", "NLOD-1.0", "NLOD-2.0", "O-UDA-1.0", "ODC-By-1.0", "OGDL-Taiwan-1.0", "OGL-Canada-2.0",
	"OGL-UK-1.0", "OGL-UK-2.0", "OGL-UK-3.0", "Unicode-3.0", "Unicode-DFS-2016", "Zlib", "etalab-2.0",
}

// sharing are licenses that ask for what is made of the content to be under the same one.
var sharing = []string{
	"AGPL-3.0", "CDLA-Sharing-1.0", "EUPL-1.1", "EUPL-1.2", "GFDL-1.2", "GFDL-1.3", "GPL-2.0", "GPL-3.0", "ODbL-1.0",
}

// TermsOf returns the terms of a license; not ok means that they are not known here.
func TermsOf(id string) (terms Terms, ok bool) {
	base := sameText(strings.TrimSuffix(id, "+"))
	switch {
	case slices.Contains(free, base):
		return 0, true
	case slices.Contains(crediting, base):
		return Attribution, true
	case slices.Contains(sharing, base):
		return Attribution | ShareAlike, true
	}
	rest, ok := strings.CutPrefix(base, "CC-BY-")
	if !ok {
		return 0, false
	}
	terms = Attribution
	for _, part := range strings.Split(rest, "-") {
		switch part {
		case "NC":
			terms |= NonCommercial
		case "SA":
			terms |= ShareAlike
		case "ND":
			terms |= NoDerivatives
		}
	}
	return terms, true
}

// A Conflict is a way in which a dataset's license does not fit that of a source.
type Conflict struct {
	// Kind is what is wrong.
	Kind ConflictKind
	// License is the source's that is not met.
	License string
	// Lost are the terms of it that the dataset's license does not ask for, where Kind is Looser.
	Lost Terms
}

// A ConflictKind says how two licenses do not fit.
type ConflictKind uint8

// The kinds of conflicts.
const (
	// Looser says that the dataset's license allows what the source's does not.
	Looser ConflictKind = iota + 1
	// NotAlike says that the source's license asks for the same license, or one that it names, for what
	// is made of the content, and the dataset's is another.
	NotAlike
	// Unknown says that the terms of one of the two are not known here.
	Unknown
)

// Conflicts compares the license of a source with the license of the dataset that its content is in;
// both are SPDX expressions. A source under A OR B may be taken under either; whoever uses a dataset
// under A OR B may choose the looser; and under A AND B the terms of both hold. A license that the
// dataset's expression names itself never conflicts. It is no legal advice: it sees licenses' terms and
// not what became of the content.
func Conflicts(source, dataset string) ([]Conflict, error) {
	s, err := parse(source)
	if err != nil {
		return nil, fmt.Errorf("license of the source: %w", err)
	}
	d, err := parse(dataset)
	if err != nil {
		return nil, fmt.Errorf("license of the dataset: %w", err)
	}
	return conflicts(s, d), nil
}

// conflicts takes the alternative that leaves the fewest.
func conflicts(source, dataset *node) []Conflict {
	switch source.operator {
	case "AND":
		return append(conflicts(source.left, dataset), conflicts(source.right, dataset)...)
	case "OR":
		left, right := conflicts(source.left, dataset), conflicts(source.right, dataset)
		if weight(right) < weight(left) {
			return right
		}
		return left
	}
	return conflictsOf(source.id, dataset)
}

// weight orders the alternatives of a source: what is known to be wrong weighs more than what is not known.
func weight(found []Conflict) int {
	w := 0
	for _, c := range found {
		if w++; c.Kind != Unknown {
			w += 1000
		}
	}
	return w
}

func conflictsOf(id string, dataset *node) []Conflict {
	if dataset.always(func(other string) bool { return other == id }) {
		return nil
	}
	terms, known := TermsOf(id)
	if known && terms == 0 {
		return nil // It asks for nothing, whatever the dataset's says.
	}
	offered, allKnown := dataset.terms()
	lost := terms &^ offered &^ ShareAlike
	if !known || !allKnown && lost == 0 {
		return []Conflict{{Kind: Unknown, License: id}}
	}
	var found []Conflict
	if lost != 0 {
		found = append(found, Conflict{Kind: Looser, License: id, Lost: lost})
	}
	if terms&ShareAlike != 0 && !dataset.always(func(other string) bool { return accepts(id, other) }) {
		found = append(found, Conflict{Kind: NotAlike, License: id})
	}
	return found
}

// compatible are the licenses that a license which asks for the same one takes too, as its publisher
// declared, beside later versions of itself.
var compatible = map[string][]string{
	"CC-BY-SA-4.0": {"GPL-3.0"},
	"EUPL-1.1":     {"EUPL-1.2", "GPL-2.0", "GPL-3.0", "AGPL-3.0", "CC-BY-SA-3.0"},
	"EUPL-1.2":     {"EUPL-1.1", "GPL-2.0", "GPL-3.0", "AGPL-3.0", "CC-BY-SA-3.0"},
	"GPL-3.0":      {"AGPL-3.0"},
}

// accepts reports whether what is made of content under one license may be under the other. What asks for
// one version alone does not take a license that leaves the choice of a later one.
func accepts(id, other string) bool {
	base, otherBase := sameText(strings.TrimSuffix(id, "+")), sameText(strings.TrimSuffix(other, "+"))
	if base == otherBase {
		return orLater(id) || !orLater(other)
	}
	if slices.Contains(compatible[base], otherBase) || laterCC(base, otherBase) {
		return true
	}
	name, version, _ := cutVersion(base)
	otherName, otherVersion, _ := cutVersion(otherBase)
	if !orLater(id) {
		return false
	}
	return name == otherName && otherVersion > version || name == "GPL" && slices.Contains(compatible["GPL-3.0"], otherBase)
}

// orLater reports whether an id leaves the choice of a later version.
func orLater(id string) bool { return strings.HasSuffix(id, "+") || strings.HasSuffix(id, "-or-later") }

// sharingCC matches the Creative Commons licenses that ask for the same one: their elements, version, and
// the jurisdiction that they were ported to.
var sharingCC = regexp.MustCompile(`^CC-(BY(?:-NC)?-SA)-([0-9]\.[0-9])(?:-[A-Z]+)?$`)

// laterCC reports whether two licenses are of Creative Commons with the same elements, and the other one of
// the same version for whatever jurisdiction, or of a later one. Each but version 1.0 takes those (2.0 to
// 3.0, section 4b; 4.0, section 3b).
func laterCC(id, other string) bool {
	a, b := sharingCC.FindStringSubmatch(id), sharingCC.FindStringSubmatch(other)
	return a != nil && b != nil && a[1] == b[1] && a[2] >= "2.0" && b[2] >= a[2]
}

// cutVersion takes a GNU license's id apart: "GPL", "2.0".
func cutVersion(id string) (name, version string, ok bool) {
	at := strings.LastIndexByte(id, '-')
	if at < 0 {
		return id, "", false
	}
	return id[:at], id[at+1:], true
}

// A node is a license, or two expressions joined by AND or OR.
type node struct {
	operator    string
	left, right *node
	id          string
}

// always reports whether, whichever alternative of an expression somebody takes, one of its licenses is
// as asked.
func (n *node) always(is func(id string) bool) bool {
	switch n.operator {
	case "AND":
		return n.left.always(is) || n.right.always(is)
	case "OR":
		return n.left.always(is) && n.right.always(is)
	}
	return is(n.id)
}

// terms returns what an expression asks at most of those who take the loosest of its alternatives, and
// whether all of it is known: a license that is not may ask for anything.
func (n *node) terms() (terms Terms, known bool) {
	if n.operator == "" {
		if terms, known = TermsOf(n.id); !known {
			terms = ^Terms(0)
		}
		return terms, known
	}
	left, leftKnown := n.left.terms()
	right, rightKnown := n.right.terms()
	if n.operator == "AND" {
		return left | right, leftKnown && rightKnown
	}
	return left & right, leftKnown && rightKnown
}

// parse returns the tree of an expression, of which ParseLicense says that it is well formed and not too
// deep.
func parse(expression string) (*node, error) {
	if _, err := schema.ParseLicense(expression); err != nil {
		return nil, err
	}
	p := &parser{words: strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(expression))}
	return p.or(), nil
}

type parser struct{ words []string }

func (p *parser) next() string {
	if len(p.words) == 0 {
		return ""
	}
	w := p.words[0]
	p.words = p.words[1:]
	return w
}

func (p *parser) at(word string) bool { return len(p.words) > 0 && p.words[0] == word }

func (p *parser) or() *node {
	n := p.and()
	for p.at("OR") {
		p.next()
		n = &node{operator: "OR", left: n, right: p.and()}
	}
	return n
}

func (p *parser) and() *node {
	n := p.simple()
	for p.at("AND") {
		p.next()
		n = &node{operator: "AND", left: n, right: p.simple()}
	}
	return n
}

// simple reads a license, whose exception allows more and never less, or what stands in parentheses.
func (p *parser) simple() *node {
	if p.at("(") {
		p.next()
		n := p.or()
		p.next()
		return n
	}
	n := &node{id: p.next()}
	if p.at("WITH") {
		p.next()
		p.next()
	}
	return n
}

// String names the terms, to follow "without".
func (t Terms) String() string {
	var names []string
	for _, n := range []struct {
		term Terms
		name string
	}{
		{Attribution, "attribution"}, {ShareAlike, "the same license"},
		{NonCommercial, "a ban on commercial use"}, {NoDerivatives, "a ban on adaptations"},
	} {
		if t&n.term != 0 {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, " and ")
}
