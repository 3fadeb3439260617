package schema

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/bindery-data/bindery/schema/toml"
)

// A fieldReader reads the table of one field.
type fieldReader struct {
	declarer *Declarer
	table    *toml.Table
	field    *Field
}

// keyTypes says which types a field's keys are for, where that is not all of them.
var keyTypes = map[string]struct {
	words string
	fits  func(Type) bool
}{
	"precision": {"decimal", is(Decimal)},
	"scale":     {"decimal", is(Decimal)},
	"unit":      {"time and timestamp", is(Time, Timestamp)},
	"zone":      {"timestamp", is(Timestamp)},
	"items":     {"list", is(List)},
	"values":    {"map", is(Map)},
	"fields":    {"struct", is(Struct)},

	"unique":     {"types that are not nested, nor json", single},
	"enum":       {"types that are not nested, nor json", single},
	"pattern":    {"string", is(String)},
	"format":     {"string", is(String)},
	"min_length": {"string and binary", is(String, Binary)},
	"max_length": {"string and binary", is(String, Binary)},
	"min_items":  {"list and map", is(List, Map)},
	"max_items":  {"list and map", is(List, Map)},

	"minimum":           {"numbers, date, time and timestamp", ordered},
	"maximum":           {"numbers, date, time and timestamp", ordered},
	"exclusive_minimum": {"numbers, date, time and timestamp", ordered},
	"exclusive_maximum": {"numbers, date, time and timestamp", ordered},
}

func is(types ...Type) func(Type) bool {
	return func(t Type) bool { return slices.Contains(types, t) }
}

// single reports whether values of t are single values, which can be compared.
func single(t Type) bool { return !t.Nested() && t != JSON }

// ordered reports whether values of t can have bounds.
func ordered(t Type) bool {
	return t.Signed() || t.Unsigned() || t.Float() || is(Decimal, Date, Time, Timestamp)(t)
}

// fits reports whether key is for the field's type, and reports it where it stands without being so.
func (r fieldReader) fits(key string) bool {
	rule := keyTypes[key]
	if rule.fits(r.field.Type) {
		return true
	}
	switch {
	case r.field.Type == Invalid:
		r.table.Value(key) // which the right type may have
	case r.table.Has(key):
		r.table.Misplaced(key, key+" is for "+rule.words, "%s does not fit the type %s", key, r.field.Type)
	}
	return false
}

// has is fits for a key that need not be there.
func (r fieldReader) has(key string) bool { return r.fits(key) && r.table.Value(key) != nil }

// needs is fits for a key that the type must have.
func (r fieldReader) needs(key, hint string) bool {
	if !r.fits(key) {
		return false
	}
	if r.table.Value(key) == nil {
		r.table.Report(key, hint, "the type %s needs the key %s", r.field.Type, toml.Quote(key))
		return false
	}
	return true
}

// holds reports whether there are fields at key to be read: those that the type must have, and those of
// another type too, so that a wrong type hides no mistake in them.
func (r fieldReader) holds(key, hint string) bool {
	return r.needs(key, hint) || r.table.Has(key)
}

func (r fieldReader) constraints() {
	f := r.field
	f.Required = r.table.Bool("required")
	if r.has("unique") {
		f.Unique = r.table.Bool("unique")
	}
	r.pattern()
	r.format()
	f.MinLength, f.MaxLength = r.counts("min_length", "max_length")
	f.MinItems, f.MaxItems = r.counts("min_items", "max_items")
	f.Minimum, f.Maximum = r.bound("minimum"), r.bound("maximum")
	f.ExclusiveMinimum, f.ExclusiveMaximum = r.bound("exclusive_minimum"), r.bound("exclusive_maximum")
	r.checkBounds()
	r.enum()
}

func (r fieldReader) pattern() {
	if !r.has("pattern") {
		return
	}
	expr, ok := r.table.String("pattern")
	if !ok {
		return
	}
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err == nil {
		steps := patternSteps(parsed)
		if r.declarer.patterns+steps > maxPatterns {
			r.table.Report("pattern", "repeat less: {n,m} counts m times", "with this pattern, the patterns are too large together")
			return
		}
		r.declarer.patterns += steps
		r.field.Pattern, err = regexp.Compile(expr)
	}
	if err != nil {
		r.table.Report("pattern", "the syntax is RE2's: https://github.com/google/re2/wiki/Syntax",
			"the pattern does not compile: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
}

// patternSteps estimates the length of the program that a pattern is compiled to. The parser bounds how
// deep a pattern is nested, and its length by some millions.
func patternSteps(re *syntax.Regexp) int {
	if re.Op == syntax.OpLiteral {
		return len(re.Rune)
	}
	steps := 1
	for _, sub := range re.Sub {
		steps += patternSteps(sub)
	}
	if re.Op == syntax.OpRepeat {
		steps *= max(re.Min, re.Max, 1)
	}
	return steps
}

// formatNames are what the constraint "format" can be.
var formatNames = []string{"uri", "email", "uuid", "bcp47", "iso639", "spdx"}

func (r fieldReader) format() {
	if !r.has("format") {
		return
	}
	name, ok := r.table.String("format")
	if ok && !slices.Contains(formatNames, name) {
		r.table.Report("format", toml.Suggest(name, formatNames), "there is no format %s", toml.Quote(name))
		return
	}
	r.field.Format = name
}

// counts reads a pair of bounds of a length or number.
func (r fieldReader) counts(minKey, maxKey string) (least, most *int64) {
	least, most = r.count(minKey), r.count(maxKey)
	if least != nil && most != nil && *least > *most {
		r.table.Report(maxKey, "", "%s = %d is greater than %s = %d, so that no value fits", minKey, *least, maxKey, *most)
	}
	return least, most
}

func (r fieldReader) count(key string) *int64 {
	if !r.has(key) {
		return nil
	}
	n, ok := r.table.Int(key)
	if !ok {
		return nil
	}
	if n < 0 {
		r.table.Report(key, "", "%s must not be negative", key)
		return nil
	}
	return &n
}
