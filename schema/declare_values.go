package schema

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bindery-data/bindery/schema/toml"
)

// bound reads one of the four bounds of values.
func (r fieldReader) bound(key string) *Scalar {
	if !r.has(key) {
		return nil
	}
	s, ok := r.scalar(key, r.table.Value(key))
	if !ok {
		return nil
	}
	return &s
}

// scalar reads a value that the declaration has for the field. The text that it was written as is what
// counts, so that no digit is lost on the way.
func (r fieldReader) scalar(key string, n *toml.Node) (Scalar, bool) {
	f := r.field
	if f.Type == Invalid || f.Type == Decimal && f.Precision == 0 {
		return Scalar{}, false // a mistake in the type, or in the digits, was reported
	}
	text, ok := scalarSource(f.Type, n)
	if !ok {
		r.table.Problems.Add(n.At, valueHint(f.Type), "%s of the type %s cannot be %s", key, f.Type, n.Kind)
		return Scalar{}, false
	}
	s, err := ParseScalar(f, text)
	if err != nil {
		r.table.Problems.Add(n.At, valueHint(f.Type), "%s: the value %v", key, err)
		return Scalar{}, false
	}
	return s, true
}

// valueHint says how a declaration writes a value of type t.
func valueHint(t Type) string {
	example := "text between quotes"
	switch {
	case t.Signed() || t.Unsigned():
		example = "an integer such as 12"
	case t.Float():
		example = "a number such as 0.5, without quotes"
	case t == Bool:
		example = "true or false, without quotes"
	case t == Decimal:
		example = "a number such as 0.25, within precision and scale"
	case t == Date:
		example = "2026-11-23, without quotes"
	case t == Time:
		example = "12:30:00, without quotes"
	case t == Timestamp:
		example = "2026-11-23T12:30:00Z, without the Z where zone is none"
	case t == Binary:
		example = "base64 between quotes"
	}
	return "write " + example
}

// scalarSource returns the text form of a value of type t that a declaration may write as n. Integers
// and decimals may be written as strings too, for what TOML's numbers do not reach, and so may dates
// and times.
func scalarSource(t Type, n *toml.Node) (string, bool) {
	switch n.Kind {
	case toml.String:
		return n.Text, !t.Float() && t != Bool
	case toml.Boolean:
		return strconv.FormatBool(n.Bool), t == Bool
	case toml.Integer:
		return strconv.FormatInt(n.Int, 10), t.Signed() || t.Unsigned() || t.Float() || t == Decimal
	case toml.Float:
		number := strings.ReplaceAll(strings.TrimPrefix(n.Raw, "+"), "_", "")
		return number, t.Signed() || t.Unsigned() || t.Float() || t == Decimal
	case toml.LocalDate:
		return n.Raw, t == Date
	case toml.LocalTime:
		return n.Raw, t == Time
	case toml.LocalDateTime, toml.OffsetDateTime:
		return n.Raw, t == Timestamp
	}
	return "", false
}

// enum reads the values allowed, each of which must satisfy the other constraints.
func (r fieldReader) enum() {
	if !r.has("enum") {
		return
	}
	n := r.table.Value("enum")
	if n.Kind != toml.Array {
		r.table.Report("enum", "put it between [ and ]", "enum must be an array, not %s", n.Kind)
		return
	}
	if len(n.Items) == 0 {
		r.table.Report("enum", "list the values that are allowed", "enum has no values")
	}
	seen := make(map[Scalar]bool)
	for _, item := range n.Items {
		s, ok := r.scalar("enum", item)
		if !ok {
			continue
		}
		value := s
		value.Text = ""
		if seen[value] {
			r.table.Problems.Add(item.At, "", "enum has the value %s twice", toml.Quote(s.Text))
		}
		seen[value] = true
		if broken := brokenBy(r.field, s); broken != "" {
			r.table.Problems.Add(item.At, "", "the value %s of enum breaks %s", toml.Quote(s.Text), broken)
		}
		r.field.Enum = append(r.field.Enum, s)
	}
}

// brokenBy returns the constraint of f that s breaks, as declared, or nothing.
func brokenBy(f *Field, s Scalar) string {
	for _, b := range []struct {
		key   string
		bound *Scalar
		holds func(order int) bool
	}{
		{"minimum", f.Minimum, func(order int) bool { return order >= 0 }},
		{"exclusive_minimum", f.ExclusiveMinimum, func(order int) bool { return order > 0 }},
		{"maximum", f.Maximum, func(order int) bool { return order <= 0 }},
		{"exclusive_maximum", f.ExclusiveMaximum, func(order int) bool { return order < 0 }},
	} {
		if b.bound != nil && !b.holds(compareScalars(f.Type, s, *b.bound)) {
			return b.key + " = " + b.bound.Text
		}
	}
	length := int64(len(s.Bytes))
	if f.Type == String {
		length = int64(utf8.RuneCountInString(s.Bytes))
	}
	switch {
	case f.MinLength != nil && length < *f.MinLength:
		return fmt.Sprintf("min_length = %d", *f.MinLength)
	case f.MaxLength != nil && length > *f.MaxLength:
		return fmt.Sprintf("max_length = %d", *f.MaxLength)
	case f.Pattern != nil && !f.Pattern.MatchString(s.Bytes):
		return "the pattern"
	}
	if format := newFormat(f.Format); format != nil && !format.valid(s.Bytes) {
		return fmt.Sprintf("format = %q", f.Format)
	}
	return ""
}
