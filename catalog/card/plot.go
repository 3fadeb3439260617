package card

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

// How many plots there are at most. A page with hundreds of pictures is read by nobody.
const (
	maxConfigPlots = 12
	maxPlots       = 48
)

// A Plot is a picture of what one field of a config holds, all splits together.
type Plot struct {
	// Name is the file's.
	Name string
	// Config and Field say what it shows.
	Config, Field string
	// Caption says in words what it shows. It comes from data in part.
	Caption string
	// SVG is the picture. It has no script, no style sheet, and refers to nothing.
	SVG []byte
}

// Image is the plot as Markdown shows it.
func (p Plot) Image() string { return "!" + link(text(p.Caption), p.Name) }

// PlotsOf returns the plots of a config.
func (v view) PlotsOf(config string) []Plot {
	var of []Plot
	for _, p := range v.Plots {
		if p.Config == config {
			of = append(of, p)
		}
	}
	return of
}

// NotDrawn says which fields of a config with values have no plot; it may be nothing.
func (v view) NotDrawn(config string) string {
	left := v.notDrawn[config]
	var parts []string
	if len(left.even) > 0 {
		parts = append(parts, fmt.Sprintf("Not drawn, since there is nothing to see: %s.", someNames(left.even)))
	}
	if len(left.more) > 0 {
		parts = append(parts, fmt.Sprintf("Not drawn, to keep this page short, are the fields that the declaration has behind these: %s.", someNames(left.more)))
	}
	return strings.Join(parts, " ")
}

// someNames lists names, the first of many.
func someNames(names []string) string {
	const shown = 8
	var list []string
	for _, n := range names[:min(shown, len(names))] {
		list = append(list, code(n))
	}
	if len(names) > shown {
		return fmt.Sprintf("%s and %d more", strings.Join(list, ", "), len(names)-shown)
	}
	return strings.Join(list, ", ")
}

// undrawn are fields without a plot.
type undrawn struct {
	even []string // all values are the same, or each is as frequent as any other
	more []string // there are enough plots
}

// plots draws the fields whose values are worth a look, in the order of the declaration.
func plots(in Input) (drawn []Plot, left map[string]undrawn) {
	left = make(map[string]undrawn)
	names := make(map[string]bool)
	for _, c := range in.Declaration.Configs {
		if !in.HasStatistics(c.Name) {
			continue
		}
		whole := in.Statistics.Config(c.Name).Whole()
		n := 0
		for _, f := range c.Schema.All() {
			fs := catalog.FindField(whole, f.Path)
			if fs == nil || f.Type == schema.Struct {
				continue
			}
			ch, ok := chartOf(f, fs)
			if keys := c.Schema.PrimaryKey; len(keys) == 1 && keys[0] == f {
				ok = false // No record has another's value.
			}
			not := left[c.Name]
			switch {
			case !ok && fs.Count > fs.Nulls:
				not.even = append(not.even, f.Path)
				left[c.Name] = not
			case !ok:
			case n == maxConfigPlots || len(drawn) == maxPlots:
				not.more = append(not.more, f.Path)
				left[c.Name] = not
			default:
				n++
				drawn = append(drawn, Plot{Name: plotName(c.Name, f.Path, names), Config: c.Name, Field: f.Path,
					Caption: ch.caption(), SVG: ch.draw()})
			}
		}
	}
	return drawn, left
}

// plotName returns a name for the plot of a field that no other in names has.
func plotName(config, field string, names map[string]bool) string {
	slug := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, strings.NewReplacer("[]", ".items", "{}", ".values").Replace(field)), "-")
	slug = strings.Trim(slug[:min(len(slug), 64)], "-")
	stem := "plot-" + config
	if slug != "" {
		stem += "-" + slug
	}
	name := stem
	for i := 2; names[strings.ToLower(name)]; i++ {
		name = fmt.Sprintf("%s-%d", stem, i)
	}
	names[strings.ToLower(name)] = true
	return name + ".svg"
}

// A chart is what a plot shows, before it is drawn: bars, each with a label, or a histogram.
type chart struct {
	field    string
	subtitle string
	bars     []bar
	rest     string // what the bars leave out
	// The histogram.
	counts       []int64
	low, high    string // its outer edges
	logarithmic  bool
	middle       float64 // where the median is, as a share of the width; negative if it is not known
	horizontal   bool
	words        string // the whole of it in words
	highestLabel string
}

type bar struct {
	label string
	count int64
	share string
}

func (c chart) caption() string { return c.words }

const (
	maxBars      = 6  // of a plot
	minHistogram = 10 // values: the shape of fewer says nothing
)

// chartOf decides how a field is drawn, and whether there is anything to see: not where there are fewer
// than two different values or lengths, and not where every text is there once, as an id is, or as often
// as any other.
func chartOf(f *schema.Field, fs *catalog.FieldStatistics) (chart, bool) {
	values := fs.Count - fs.Nulls
	if values < 2 {
		return chart{}, false
	}
	if bars, ok := barsOf(f, fs); ok {
		return barChart(f, fs, bars), true
	}
	if even(f, fs) {
		return chart{}, false
	}
	d, unit := &fs.Distribution, ""
	if fs.Lengths != nil {
		d, unit = fs.Lengths, lengthUnit(f.Type)
	}
	if values < minHistogram || d.Histogram == nil || d.Minimum == nil || d.Maximum == nil || d.Minimum.Value == d.Maximum.Value {
		return chart{}, false
	}
	c := histogramChart(f, d, unit)
	if not := notFinite(fs); not != "" {
		c.subtitle += "; " + not
		c.words += "; " + not
	}
	return c, true
}

// even reports whether a field has texts that are all as frequent, and few for what there is: names and
// codes rather than prose, whose lengths would say something.
func even(f *schema.Field, fs *catalog.FieldStatistics) bool {
	if f.Type != schema.String && f.Type != schema.Binary {
		return false
	}
	if f.Unique || f.Format == "uuid" {
		return true
	}
	fr := fs.Frequent
	return fr != nil && fr.Unlisted == 0 && len(fr.Values) > 0 && evenCounts(fr.Values)
}

// evenCounts reports whether all values occur about as often.
func evenCounts(values []catalog.FrequentValue) bool {
	return 10*(values[0].Count-values[len(values)-1].Count) <= values[0].Count
}

// barsOf returns the bars of a field that has few values, or some that stand out.
func barsOf(f *schema.Field, fs *catalog.FieldStatistics) ([]bar, bool) {
	values := fs.Count - fs.Nulls
	if fs.Bools != nil {
		return []bar{
			{"true", fs.Bools.True, share(fs.Bools.True, values)},
			{"false", fs.Bools.False, share(fs.Bools.False, values)},
		}, fs.Bools.True > 0 && fs.Bools.False > 0
	}
	if fs.Frequent == nil || len(fs.Frequent.Values) < 2 {
		return nil, false
	}
	ordered := f.Type != schema.String && f.Type != schema.JSON && f.Type != schema.Binary
	list := slices.Clone(fs.Frequent.Values)
	few := fs.Frequent.Unlisted == 0 && len(list) <= maxBars
	if !few && evenCounts(list) {
		return nil, false
	}
	if ordered && !few {
		return nil, false // Its histogram says more.
	}
	if ordered {
		slices.SortStableFunc(list, func(a, b catalog.FrequentValue) int { return compareNumbers(a.Value, b.Value) })
	}
	var bars []bar
	var shown int64
	for _, v := range list[:min(len(list), maxBars)] {
		label := oneLine(v.Value)
		if v.Cut {
			label += "…"
		}
		bars = append(bars, bar{label, v.Count, share(v.Count, values)})
		shown += v.Count
	}
	// A few of many values say less than how long the values are.
	return bars, few || fs.Lengths == nil || 5*shown >= values
}

// compareNumbers orders values by what they are, if they are numbers, and else by their text, which
// orders dates.
func compareNumbers(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX == nil && errY == nil {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(a, b)
}

func barChart(f *schema.Field, fs *catalog.FieldStatistics, bars []bar) chart {
	values := fs.Count - fs.Nulls
	c := chart{field: f.Path, bars: bars, horizontal: true, subtitle: plural(values, "value")}
	var shown int64
	var words []string
	for _, b := range bars {
		shown += b.count
		words = append(words, b.label+" "+b.share)
	}
	if d := fs.Distinct; d != nil && d.Count > int64(len(bars)) {
		about := ""
		if !d.Exact {
			about = "about "
		}
		c.subtitle += ", " + about + count(d.Count) + " different"
		c.rest = "all others " + share(values-shown, values)
		words = append(words, c.rest)
	}
	c.words = fmt.Sprintf("%s: %s: %s", f.Path, c.subtitle, strings.Join(words, ", "))
	return c
}

func histogramChart(f *schema.Field, d *catalog.Distribution, unit string) chart {
	h, write := d.Histogram, writer(unit)
	c := chart{field: f.Path, counts: h.Counts, logarithmic: h.Scale == catalog.ScaleLog, middle: -1,
		low: write(h.Edges[0]), high: write(h.Edges[len(h.Edges)-1])}
	c.subtitle = write(d.Minimum.Value) + " to " + write(d.Maximum.Value)
	if unit != "" {
		c.subtitle += " " + unit
	}
	c.highestLabel = "highest bar: " + plural(slices.Max(h.Counts), "value")
	c.words = f.Path + ": " + c.subtitle
	for _, q := range d.Quantiles {
		if q.At == 0.5 {
			c.middle = position(q.Value, h)
		}
	}
	if m, ok := median(d, write); ok {
		c.words += ", median " + m
		c.rest = "median " + m
	}
	return c
}

// position returns where a value lies among the bins of a histogram, which are drawn equally wide, as a
// share of their whole width; negative if that cannot be told.
func position(value string, h *catalog.Histogram) float64 {
	v, err := strconv.ParseFloat(value, 64)
	for i := range h.Counts {
		low, errLow := strconv.ParseFloat(h.Edges[i], 64)
		high, errHigh := strconv.ParseFloat(h.Edges[i+1], 64)
		if err != nil || errLow != nil || errHigh != nil {
			// Moments are ordered as their texts are.
			if h.Edges[i] <= value && value < h.Edges[i+1] {
				return (float64(i) + 0.5) / float64(len(h.Counts))
			}
			continue
		}
		if low <= v && v < high && high > low {
			within := (v - low) / (high - low)
			if whole := math.Trunc(low) == low && math.Trunc(high) == high && math.Trunc(v) == v; whole && h.Scale == catalog.ScaleLinear {
				within = (v + 0.5 - low) / (high - low) // A whole number is drawn as wide as it is far to the next.
			}
			if math.IsNaN(within) || math.IsInf(within, 0) {
				within = 0.5
			}
			return (float64(i) + within) / float64(len(h.Counts))
		}
	}
	return -1
}
