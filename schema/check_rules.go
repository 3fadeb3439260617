package schema

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow/bitutil"
)

// rulesOf returns the rules that the constraints of f amount to.
func rulesOf(f *Field) []rule {
	var rules []rule
	if f.Required {
		rules = append(rules, rule{text: "required = true", message: "is null", nulls: true, compile: compiled(scanNulls)})
	}
	rules = append(rules, sizeRules(f)...)
	rules = append(rules, boundRules(f)...)
	if len(f.Enum) > 0 && single(f.Type) {
		rules = append(rules, rule{text: enumText(f), message: "is not one of the values allowed",
			compile: func(*tableBudget) scanFunc { return scanEnum(f) }})
	}
	if f.Type == String && f.Pattern != nil {
		rules = append(rules, rule{
			text:    "pattern = " + quotePattern(f.Pattern.String()),
			message: "does not match the pattern",
			compile: func(tables *tableBudget) scanFunc { return scanTexts(newMatcher(f.Pattern, tables).match) },
		})
	}
	if format := newFormat(f.Format); f.Type == String && format != nil {
		rules = append(rules, rule{text: fmt.Sprintf("format = %q", f.Format), explain: format.explain,
			compile: func(*tableBudget) scanFunc {
				if format.slow {
					return scanTexts(remember(format.valid))
				}
				return scanTexts(format.valid)
			}})
	}
	return rules
}

// compiled is the compile of a rule whose scan takes no work to make.
func compiled(scan scanFunc) func(*tableBudget) scanFunc {
	return func(*tableBudget) scanFunc { return scan }
}

// scanNulls hits the nulls, most of the time by seeing that there are none.
func scanNulls(n *node, slots []int32) []int32 {
	validity, first := n.validity()
	if validity == nil {
		return slots
	}
	for i := n.lo; i < n.hi; i++ {
		if bitutil.BitIsNotSet(validity, first+i) {
			slots = append(slots, int32(i))
		}
	}
	return slots
}

// validity returns the validity bitmap of the array and which bit is that of slot 0; nil if there are no nulls.
func (n *node) validity() (bitmap []byte, first int) {
	if n.arr.NullN() == 0 {
		return nil, 0
	}
	return n.arr.NullBitmapBytes(), n.arr.Data().Offset()
}

// sizeRules returns the rules of lengths and numbers of items.
func sizeRules(f *Field) []rule {
	var rules []rule
	unit, items := "characters", "items"
	if f.Type == Binary {
		unit = "bytes"
	}
	if f.Type == Map {
		items = "entries"
	}
	add := func(name string, limit *int64, fits bool, scan func(int64) scanFunc, what, unit string) {
		if limit != nil && fits {
			rules = append(rules, rule{text: fmt.Sprintf("%s = %d", name, *limit),
				message: fmt.Sprintf("%s %s", what, count(*limit, unit)), compile: compiled(scan(*limit))})
		}
	}
	shortest, longest := scanShorter, scanLonger
	if f.Type == Binary {
		shortest, longest = scanFewer, scanMore // offsets are of bytes
	}
	measured := f.Type == String || f.Type == Binary
	repeated := f.Type == List || f.Type == Map
	add("min_length", f.MinLength, measured, shortest, "is shorter than", unit)
	add("max_length", f.MaxLength, measured, longest, "is longer than", unit)
	add("min_items", f.MinItems, repeated, scanFewer, "has fewer than", items)
	add("max_items", f.MaxItems, repeated, scanMore, "has more than", items)
	return rules
}

// count writes a number and what is counted, in the plural unless there is one.
func count(n int64, plural string) string {
	if n == 1 {
		if stem, ok := strings.CutSuffix(plural, "ies"); ok {
			return "1 " + stem + "y"
		}
		return "1 " + strings.TrimSuffix(plural, "s")
	}
	return fmt.Sprintf("%d %s", n, plural)
}

// scanFewer and scanMore hold the extent of each slot, as the offsets have it, against a limit.
func scanFewer(limit int64) scanFunc {
	return func(n *node, slots []int32) []int32 {
		offsets := n.extents()
		for i := 1; i < len(offsets); i++ {
			if int64(offsets[i]-offsets[i-1]) < limit {
				slots = append(slots, int32(n.lo+i-1))
			}
		}
		return slots
	}
}

func scanMore(limit int64) scanFunc {
	return func(n *node, slots []int32) []int32 {
		offsets := n.extents()
		for i := 1; i < len(offsets); i++ {
			if int64(offsets[i]-offsets[i-1]) > limit {
				slots = append(slots, int32(n.lo+i-1))
			}
		}
		return slots
	}
}

// extents returns the offsets of the slots to look at, and one more.
func (n *node) extents() []int32 { return offsetsOf(n.arr)[n.lo : n.hi+1] }

// scanShorter and scanLonger hold the number of each slot's characters against a limit. They count them
// only where the number of bytes leaves it open: a character has one to four.
func scanShorter(limit int64) scanFunc {
	return func(n *node, slots []int32) []int32 {
		offsets, data := n.extents(), textsOf(n.arr).data
		for i := 1; i < len(offsets); i++ {
			size := int64(offsets[i] - offsets[i-1])
			if size < limit || size/utf8.UTFMax < limit &&
				int64(utf8.RuneCountInString(data[offsets[i-1]:offsets[i]])) < limit {
				slots = append(slots, int32(n.lo+i-1))
			}
		}
		return slots
	}
}

func scanLonger(limit int64) scanFunc {
	return func(n *node, slots []int32) []int32 {
		offsets, data := n.extents(), textsOf(n.arr).data
		for i := 1; i < len(offsets); i++ {
			size := int64(offsets[i] - offsets[i-1])
			if size > limit && int64(utf8.RuneCountInString(data[offsets[i-1]:offsets[i]])) > limit {
				slots = append(slots, int32(n.lo+i-1))
			}
		}
		return slots
	}
}

// boundRules returns the rules of least and greatest values.
func boundRules(f *Field) []rule {
	var rules []rule
	for _, b := range []struct {
		name, message string
		bound         *Scalar
		op            op
	}{
		{"minimum", "is not at least", f.Minimum, atLeast},
		{"exclusive_minimum", "is not greater than", f.ExclusiveMinimum, greater},
		{"maximum", "is not at most", f.Maximum, atMost},
		{"exclusive_maximum", "is not less than", f.ExclusiveMaximum, less},
	} {
		if b.bound == nil {
			continue
		}
		if scan := scanBound(f, b.op, *b.bound); scan != nil {
			text := scalarText(f, *b.bound)
			rules = append(rules, rule{text: b.name + " = " + text, message: b.message + " " + b.bound.Text, compile: compiled(scan)})
		}
	}
	return rules
}

// enumShown is how many values of an enum a finding lists.
const enumShown = 8

func enumText(f *Field) string {
	var texts []string
	for i, s := range f.Enum {
		if i == enumShown {
			texts = append(texts, fmt.Sprintf("... %d more", len(f.Enum)-i))
			break
		}
		texts = append(texts, scalarText(f, s))
	}
	return "enum = [" + strings.Join(texts, ", ") + "]"
}

// scalarText writes a scalar as a declaration has it.
func scalarText(f *Field, s Scalar) string {
	if f.Type == String || f.Type == Binary {
		return strconv.Quote(s.Text)
	}
	return s.Text
}

// quotePattern quotes a pattern as a TOML literal where it can be one, so that backslashes stay single.
func quotePattern(p string) string {
	if strings.ContainsRune(p, '\'') || strings.ContainsFunc(p, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.Quote(p)
	}
	return "'" + p + "'"
}

// scanTexts hits the strings that valid rejects. Nulls are not shown to it.
func scanTexts(valid func(string) bool) scanFunc {
	return func(n *node, slots []int32) []int32 {
		offsets, data := n.extents(), textsOf(n.arr).data
		validity, first := n.validity()
		for i := 1; i < len(offsets); i++ {
			slot := n.lo + i - 1
			if validity != nil && bitutil.BitIsNotSet(validity, first+slot) {
				continue
			}
			if !valid(data[offsets[i-1]:offsets[i]]) {
				slots = append(slots, int32(slot))
			}
		}
		return slots
	}
}
