package stats_test

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

// A plainField is everything that a field holds, by the slow and obvious way.
type plainField struct {
	field        *schema.Field
	count, nulls int64
	values       []plainValue
	lengths      []plainValue
}

// A plainValue is a value's text, and its number if it has one that is finite.
type plainValue struct {
	text   string
	number *big.Rat
}

// plainFields collects what the fields of s hold in records, by path.
func plainFields(s *schema.Schema, records []arrow.Record) map[string]*plainField {
	fields := make(map[string]*plainField)
	for _, f := range s.All() {
		fields[f.Path] = &plainField{field: f}
	}
	var add func(f *schema.Field, arr arrow.Array, slot int)
	add = func(f *schema.Field, arr arrow.Array, slot int) {
		p := fields[f.Path]
		p.count++
		if arr.IsNull(slot) {
			p.nulls++
			return
		}
		switch a := arr.(type) {
		case *array.Struct:
			for i, child := range f.Fields {
				add(child, a.Field(i), slot)
			}
		case *array.Map:
			start, end := a.ValueOffsets(slot)
			p.lengths = append(p.lengths, plainLength(end-start))
			for i := start; i < end; i++ {
				add(f.Values, a.Items(), int(i))
			}
		case *array.List:
			start, end := a.ValueOffsets(slot)
			p.lengths = append(p.lengths, plainLength(end-start))
			for i := start; i < end; i++ {
				add(f.Items, a.ListValues(), int(i))
			}
		case *array.String:
			p.values = append(p.values, plainValue{text: a.Value(slot)})
			p.lengths = append(p.lengths, plainLength(int64(utf8.RuneCountInString(a.Value(slot)))))
		case *array.Binary:
			p.values = append(p.values, plainValue{text: string(a.Value(slot))})
			p.lengths = append(p.lengths, plainLength(int64(len(a.Value(slot)))))
		default:
			text := strings.Trim(string(schema.AppendValue(nil, f, arr, slot)), `"`)
			switch text {
			case "-0":
				text = "0"
			case "+Inf":
				text = "INF"
			case "-Inf":
				text = "-INF"
			}
			p.values = append(p.values, plainValue{text, numberOf(f, text)})
		}
	}
	for _, rec := range records {
		for row := range int(rec.NumRows()) {
			for i, f := range s.Fields {
				add(f, rec.Column(i), row)
			}
		}
	}
	return fields
}

func plainLength(n int64) plainValue { return plainValue{fmt.Sprint(n), new(big.Rat).SetInt64(n)} }

// numberOf returns the number that a text stands for, or nil: points in time in their units.
func numberOf(f *schema.Field, text string) *big.Rat {
	var v int64
	var err error
	switch f.Type {
	case schema.Bool:
		return nil
	case schema.Date:
		v, err = schema.ParseDate([]byte(text))
	case schema.Time:
		v, err = schema.ParseTime([]byte(text), f.Unit)
	case schema.Timestamp:
		v, err = schema.ParseTimestamp([]byte(text), f.Unit, f.Zone)
	case schema.Float32, schema.Float64:
		v, err := strconv.ParseFloat(text, map[schema.Type]int{schema.Float32: 32, schema.Float64: 64}[f.Type])
		if err != nil {
			panic(fmt.Sprintf("%s: %q: %v", f.Path, text, err))
		}
		return new(big.Rat).SetFloat64(v) // nil if it is not finite
	default:
		n, _ := new(big.Rat).SetString(text)
		return n
	}
	if err != nil {
		panic(fmt.Sprintf("%s: %q: %v", f.Path, text, err))
	}
	return new(big.Rat).SetInt64(v)
}

// checkPlain compares statistics with what the twin knows.
func checkPlain(t *testing.T, got []catalog.FieldStatistics, fields map[string]*plainField) {
	t.Helper()
	if len(got) != len(fields) {
		t.Fatalf("%d fields, want %d", len(got), len(fields))
	}
	for i := range got {
		g := &got[i]
		c := &checking{t, g.Field, fields[g.Field]}
		c.check(g)
	}
}

type checking struct {
	t    *testing.T
	path string
	want *plainField
}

func (c *checking) errorf(format string, args ...any) {
	c.t.Helper()
	c.t.Errorf("%s: %s", c.path, fmt.Sprintf(format, args...))
}

func (c *checking) check(g *catalog.FieldStatistics) {
	w := c.want
	if g.Count != w.count || g.Nulls != w.nulls || g.Type != w.field.Type.String() {
		c.errorf("%s, %d with %d nulls, want %s, %d with %d", g.Type, g.Count, g.Nulls, w.field.Type, w.count, w.nulls)
	}
	values := w.count - w.nulls
	typ := w.field.Type
	some := func(have bool, what string, types bool) {
		if have != (types && values > 0) {
			c.errorf("has %s: %t; type %s, %d values", what, have, typ, values)
		}
	}
	scalar := !typ.Nested() && typ != schema.Bool
	some(g.Bools != nil, "bools", typ == schema.Bool)
	some(g.Distinct != nil, "distinct", scalar)
	some(g.Lengths != nil, "lengths", typ.Bytes() || typ == schema.List || typ == schema.Map)
	if values == 0 {
		if g.Minimum != nil || g.Mean != nil || g.Quantiles != nil || g.Histogram != nil || g.Frequent != nil {
			c.errorf("has statistics of no value: %+v", g)
		}
		return
	}
	if g.Bools != nil {
		trues := int64(0)
		for _, v := range w.values {
			if v.text == "true" {
				trues++
			}
		}
		if *g.Bools != (catalog.Bools{True: trues, False: values - trues}) {
			c.errorf("bools %+v, want %d true of %d", g.Bools, trues, values)
		}
	}
	if scalar {
		c.distinct(g)
		c.frequent(g)
		if typ.Bytes() {
			c.textExtremes(g)
		} else {
			c.notFinite(g)
			c.distribution(&g.Distribution, w.field, w.values)
		}
	}
	if g.Lengths != nil {
		was := c.path
		c.path += " (lengths)"
		c.distribution(g.Lengths, &schema.Field{Type: schema.Int64}, w.lengths)
		c.path = was
	}
}

func (c *checking) counts() map[string]int64 {
	counts := make(map[string]int64)
	for _, v := range c.want.values {
		counts[v.text]++
	}
	return counts
}

func (c *checking) distinct(g *catalog.FieldStatistics) {
	want := int64(len(c.counts()))
	exact := want <= 1024 || c.want.field.Unique
	if g.Distinct.Exact != exact || exact && g.Distinct.Count != want {
		c.errorf("distinct %+v, want %d, exact: %t", g.Distinct, want, exact)
	}
	if off := math.Abs(float64(g.Distinct.Count-want)) / float64(want); !exact && off > 4*g.Distinct.Error {
		c.errorf("distinct %+v, want %d: %.1f standard errors", g.Distinct, want, off/g.Distinct.Error)
	}
}

func (c *checking) frequent(g *catalog.FieldStatistics) {
	counts := c.counts()
	distinct := len(counts)
	f := g.Frequent
	if c.want.field.Type == schema.Binary || c.want.field.Unique {
		if f != nil {
			c.errorf("has frequent values: %+v", f)
		}
		return
	}
	most := int64(0)
	for _, n := range counts {
		most = max(most, n)
	}
	enum := len(c.want.field.Enum) > 0
	if f == nil {
		if distinct <= 1024 && (most > 1 || enum) {
			c.errorf("has no frequent values; one occurs %d times", most)
		}
		return
	}
	for _, v := range f.Values {
		key := v.Value
		if v.Cut { // The whole text is one of those that begin so.
			for text, n := range counts {
				if strings.HasPrefix(text, v.Value) && len(text) > len(v.Value) && n >= v.Count && n <= v.Count+v.Error {
					key = text
				}
			}
		}
		n := counts[key]
		delete(counts, key)
		if n < v.Count || n > v.Count+v.Error || distinct <= 1024 && v.Error != 0 {
			c.errorf("%q occurs %d times, not %d to %d", v.Value, n, v.Count, v.Count+v.Error)
		}
		if v.Count < 2 && !enum {
			c.errorf("%q is listed and occurs once", v.Value)
		}
	}
	left := int64(0)
	for _, n := range counts {
		left = max(left, n)
	}
	if left > f.Unlisted || distinct <= 1024 && left != f.Unlisted {
		c.errorf("a value that is not listed occurs %d times, and unlisted is %d", left, f.Unlisted)
	}
	if distinct <= 1024 && len(f.Values) < catalog.MaxFrequent && (left > 1 || enum && left > 0) {
		c.errorf("%d values are listed, and one that occurs %d times is not", len(f.Values), left)
	}
}

func (c *checking) textExtremes(g *catalog.FieldStatistics) {
	if c.want.field.Type != schema.String {
		if g.Minimum != nil || g.Maximum != nil {
			c.errorf("has extremes: %+v", g)
		}
		return
	}
	var texts []string
	for _, v := range c.want.values {
		texts = append(texts, v.text)
	}
	for text, s := range map[string]*catalog.Shown{slices.Min(texts): g.Minimum, slices.Max(texts): g.Maximum} {
		runes := []rune(text)
		want := catalog.Shown{Value: string(runes[:min(len(runes), 64)]), Cut: len(runes) > 64}
		if s == nil || *s != want {
			c.errorf("extreme %+v, want %+v", s, want)
		}
	}
}

func (c *checking) notFinite(g *catalog.FieldStatistics) {
	counts := c.counts()
	want := catalog.NotFinite{NaN: counts["NaN"], PositiveInfinity: counts["INF"], NegativeInfinity: counts["-INF"]}
	if want == (catalog.NotFinite{}) {
		if g.NotFinite != nil {
			c.errorf("not finite: %+v", g.NotFinite)
		}
	} else if g.NotFinite == nil || *g.NotFinite != want {
		c.errorf("not finite %+v, want %+v", g.NotFinite, want)
	}
}

func (c *checking) distribution(d *catalog.Distribution, f *schema.Field, all []plainValue) {
	var values []plainValue
	for _, v := range all {
		if v.number != nil {
			values = append(values, v)
		}
	}
	n := len(values)
	if n == 0 {
		if d.Minimum != nil || d.Quantiles != nil || d.Histogram != nil {
			c.errorf("has a distribution of no finite value")
		}
		return
	}
	slices.SortStableFunc(values, func(a, b plainValue) int { return a.number.Cmp(b.number) })
	low, high := values[0], values[n-1]
	if d.Minimum.Value != low.text || d.Maximum.Value != high.text {
		c.errorf("from %s to %s, want %s to %s", d.Minimum.Value, d.Maximum.Value, low.text, high.text)
	}
	c.moments(d, f, values)
	c.quantiles(d, f, values)
	c.histogram(d, f, values)
}

func (c *checking) moments(d *catalog.Distribution, f *schema.Field, values []plainValue) {
	if f.Type == schema.Date || f.Type == schema.Time || f.Type == schema.Timestamp {
		if d.Mean != nil || d.StandardDeviation != nil {
			c.errorf("points in time have a mean")
		}
		return
	}
	n := int64(len(values))
	mean := new(big.Rat)
	for _, v := range values {
		mean.Add(mean, v.number)
	}
	mean.Quo(mean, new(big.Rat).SetInt64(n))
	variance := new(big.Rat)
	for _, v := range values {
		distance := new(big.Rat).Sub(v.number, mean)
		variance.Add(variance, distance.Mul(distance, distance))
	}
	size := new(big.Rat).Abs(values[0].number)
	if last := new(big.Rat).Abs(values[n-1].number); last.Cmp(size) > 0 {
		size = last
	}
	exact := !f.Type.Float() && (f.Type != schema.Decimal || f.Precision <= 18)
	within := func(what string, got *float64, want float64, tolerance float64) {
		switch {
		case got == nil:
			if largest, _ := size.Float64(); largest < 1e150 {
				c.errorf("has no %s", what)
			}
		case exact && math.Abs(*got-want) > math.Abs(want)*3e-16, math.Abs(*got-want) > tolerance:
			c.errorf("%s %v, want %v within %g", what, *got, want, tolerance)
		}
	}
	want, _ := mean.Float64()
	largest, _ := size.Float64()
	within("mean", d.Mean, want, 1e-12*largest+1e-320)
	if n == 1 {
		if d.StandardDeviation != nil {
			c.errorf("the deviation of one value is %v", *d.StandardDeviation)
		}
		return
	}
	variance.Quo(variance, new(big.Rat).SetInt64(n-1))
	deviation, _ := new(big.Float).SetPrec(200).Sqrt(new(big.Float).SetPrec(200).SetRat(variance)).Float64()
	within("deviation", d.StandardDeviation, deviation, 1e-9*deviation+1e-12*largest+1e-150)
}

func (c *checking) quantiles(d *catalog.Distribution, f *schema.Field, values []plainValue) {
	n := len(values)
	spread := new(big.Rat).Sub(values[n-1].number, values[0].number)
	if len(d.Quantiles) != len(catalog.QuantileLevels) {
		c.errorf("%d quantiles", len(d.Quantiles))
		return
	}
	for i, q := range d.Quantiles {
		if q.At != catalog.QuantileLevels[i] {
			c.errorf("quantile at %v", q.At)
		}
		want := values[max(int(math.Ceil(q.At*float64(n))), 1)-1]
		got := numberOf(f, q.Value)
		off := new(big.Rat).Sub(got, want.number)
		off.Abs(off)
		ofValue := new(big.Rat).Mul(new(big.Rat).Abs(want.number), new(big.Rat).SetFloat64(catalog.QuantileError))
		ofRange := new(big.Rat).Mul(spread, new(big.Rat).SetFloat64(catalog.QuantileRangeError))
		if f.Type.Float() {
			ofValue.Add(ofValue, new(big.Rat).SetFloat64(1e-300))
		}
		if f.Type == schema.Decimal && f.Precision > 18 { // a rounding of the last digit, or of a float64
			slack := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(f.Scale)), nil))
			slack.Add(slack, new(big.Rat).Mul(new(big.Rat).Abs(want.number), new(big.Rat).SetFloat64(1e-15)))
			ofValue.Add(ofValue, slack)
			ofRange.Add(ofRange, slack)
		}
		if off.Cmp(ofValue) > 0 || off.Cmp(ofRange) > 0 || q.Exact && off.Sign() != 0 {
			c.errorf("quantile %v is %s (exact: %t), want %s; range %s", q.At, q.Value, q.Exact, want.text, spread.FloatString(9))
		}
	}
}

func (c *checking) histogram(d *catalog.Distribution, f *schema.Field, values []plainValue) {
	h := d.Histogram
	n := len(values)
	if values[0].number.Cmp(values[n-1].number) == 0 {
		if h != nil {
			c.errorf("has a histogram of one value")
		}
		return
	}
	if h == nil || len(h.Edges) != len(h.Counts)+1 {
		c.errorf("histogram %+v", h)
		return
	}
	edges := make([]*big.Rat, len(h.Edges))
	for i, edge := range h.Edges {
		edges[i] = numberOf(f, edge)
		if i > 0 && edges[i].Cmp(edges[i-1]) <= 0 {
			c.errorf("edge %s comes after %s", edge, h.Edges[i-1])
		}
	}
	counts := make([]int64, len(h.Counts))
	for _, v := range values {
		at, found := slices.BinarySearchFunc(edges, v.number, func(a, b *big.Rat) int { return a.Cmp(b) })
		if !found || at == len(counts) {
			at-- // A value that is the last edge is in the bin before it.
		}
		if at < 0 || at >= len(counts) {
			c.errorf("%s is in no bin of %v", v.text, h.Edges)
			return
		}
		counts[at]++
	}
	if !slices.Equal(counts, h.Counts) {
		c.errorf("histogram counts %v in bins of %v, want %v", h.Counts, h.Edges, counts)
	}
}
