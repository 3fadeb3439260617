package card

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

// What the statistics of a card hold at most. The file statistics.json has all.
const (
	maxStatisticsRows = 100
	maxFrequentShown  = 3
)

// HasStatistics reports whether there is anything to show of a config.
func (in Input) HasStatistics(config string) bool {
	if in.Statistics == nil {
		return false
	}
	c := in.Statistics.Config(config)
	return c != nil && c.Records > 0 && len(c.Whole()) > 0
}

// StatisticsTable is the table of what the fields of a config hold, all splits together.
func (in Input) StatisticsTable(c catalog.Config) string {
	t := newTable("field", "null", "different values", "range", "most frequent")
	rows := 0
	whole := in.Statistics.Config(c.Name).Whole()
	for _, f := range c.Schema.All() {
		fs := catalog.FindField(whole, f.Path)
		if fs == nil || f.Type == schema.Struct && fs.Nulls == 0 {
			continue
		}
		if rows++; rows > maxStatisticsRows {
			continue
		}
		t.row(code(f.Path), nulls(fs), distinct(fs), valueRange(f, fs), frequent(f, fs))
	}
	if rows > maxStatisticsRows {
		return t.String() + fmt.Sprintf("\nThese are the first %d of %d rows; %s has all.\n",
			maxStatisticsRows, rows, link("`"+catalog.StatisticsName+"`", catalog.StatisticsName))
	}
	return t.String()
}

// nulls says how many of a field's places are empty.
func nulls(fs *catalog.FieldStatistics) string {
	switch {
	case fs.Count == 0:
		return "no values"
	case fs.Nulls == 0:
		return "none"
	}
	return fmt.Sprintf("%s of %s (%s)", count(fs.Nulls), count(fs.Count), share(fs.Nulls, fs.Count))
}

// distinct says how many different values there are, and how well that is known.
func distinct(fs *catalog.FieldStatistics) string {
	d := fs.Distinct
	switch {
	case d == nil:
		return ""
	case d.Exact && d.Count > 1 && d.Count == fs.Count-fs.Nulls:
		return count(d.Count) + ", all different"
	case d.Exact:
		return count(d.Count)
	}
	return fmt.Sprintf("about %s (± %s%%)", count(d.Count), strconv.FormatFloat(100*d.Error, 'f', 1, 64))
}

// valueRange says from where to where the values go, or their lengths, and where their middle is.
func valueRange(f *schema.Field, fs *catalog.FieldStatistics) string {
	switch {
	case fs.Lengths != nil:
		return spread(fs.Lengths, " "+lengthUnit(f.Type))
	case f.Type == schema.String:
		return ""
	}
	line := spread(&fs.Distribution, "")
	if not := notFinite(fs); line != "" && not != "" {
		return line + "; " + not
	} else if line == "" {
		return not
	}
	return line
}

// notFinite counts the values of a float field that are left out of its range, median and histogram.
func notFinite(fs *catalog.FieldStatistics) string {
	n := fs.NotFinite
	if n == nil {
		return ""
	}
	var parts []string
	for _, part := range []struct {
		count int64
		name  string
	}{{n.NaN, "NaN"}, {n.NegativeInfinity, "-INF"}, {n.PositiveInfinity, "INF"}} {
		if part.count > 0 {
			parts = append(parts, count(part.count)+" "+part.name)
		}
	}
	return strings.Join(parts, ", ")
}

// lengthUnit names what the lengths of values of a type count.
func lengthUnit(t schema.Type) string {
	switch t {
	case schema.List:
		return "items"
	case schema.Map:
		return "entries"
	case schema.Binary:
		return "bytes"
	}
	return "characters"
}

// spread writes a distribution as "1 to 9 items, median 4".
func spread(d *catalog.Distribution, unit string) string {
	if d.Minimum == nil || d.Maximum == nil {
		return ""
	}
	write := writer(unit)
	low, high := write(d.Minimum.Value), write(d.Maximum.Value)
	if low == high {
		return text(low + unit)
	}
	line := low + " to " + high + unit
	if m, ok := median(d, write); ok {
		line += ", median " + m
	}
	return text(line)
}

// median returns the median of a distribution, which is said to be about what it is unless it is exact.
func median(d *catalog.Distribution, write func(string) string) (string, bool) {
	for _, q := range d.Quantiles {
		if q.At == 0.5 {
			if q.Exact {
				return write(q.Value), true
			}
			return "about " + write(q.Value), true
		}
	}
	return "", false
}

// writer returns what writes the numbers of a distribution: of values, which have no unit, or of counts.
func writer(unit string) func(string) string {
	if unit == "" {
		return value
	}
	return number
}

// value is number, but for a value of four digits, which may be a year: it stays in one piece.
func value(s string) string {
	if m := numberPattern.FindStringSubmatch(s); m != nil && len(m[2]) == 4 {
		return s
	}
	return number(s)
}

// number writes a number with its thousands apart, a very long one with six digits and said to be about
// that, and whatever else, such as a date, as it is.
func number(s string) string {
	const long = 16
	if m := numberPattern.FindStringSubmatch(s); m != nil && len(s) <= long+8 && (m[3] == "" || len(s) <= long) {
		whole := m[2]
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + "," + whole[i:]
		}
		return m[1] + whole + m[3]
	}
	if v, err := strconv.ParseFloat(s, 64); err == nil && len(s) > long {
		return "≈ " + strconv.FormatFloat(v, 'g', 6, 64)
	}
	return oneLine(s)
}

var numberPattern = regexp.MustCompile(`^(-?)(\d+)(\.\d+)?$`)

// frequent lists the most frequent values and their shares.
func frequent(f *schema.Field, fs *catalog.FieldStatistics) string {
	values := fs.Count - fs.Nulls
	if fs.Bools != nil {
		return fmt.Sprintf("true %s, false %s", share(fs.Bools.True, values), share(fs.Bools.False, values))
	}
	if fs.Frequent == nil {
		return ""
	}
	if v := fs.Frequent.Values; fs.Frequent.Unlisted == 0 && len(v) > maxFrequentShown && v[0].Count > 1 && v[0].Count == v[len(v)-1].Count {
		return "each " + plural(v[0].Count, "time")
	}
	if v := fs.Frequent.Values; len(v) > 0 && 100*v[0].Count < values {
		return "" // None stands out.
	}
	var list []string
	for _, v := range fs.Frequent.Values {
		if len(list) == maxFrequentShown {
			break
		}
		if v.Count == 0 || v.Count+v.Error < 2 {
			continue // It is a value that an enum allows, or one of many that occur once.
		}
		about := ""
		if v.Error > 0 {
			about = "at least "
		}
		list = append(list, frequentValue(f, v)+" "+about+share(v.Count, values))
	}
	return strings.Join(list, ", ")
}

func frequentValue(f *schema.Field, v catalog.FrequentValue) string {
	if f.Type == schema.String || f.Type == schema.JSON {
		return quoted(v.Value, v.Cut)
	}
	if v.Cut {
		return code(v.Value + "…")
	}
	return code(v.Value)
}
