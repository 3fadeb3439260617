package croissant

import (
	"encoding/json"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

// An annotation is a statistic of a record set or a field. Its dataType is the statistic's term in the
// vocabulary of the DDI Alliance (SummaryStatisticType 2.1.2) or in Wikidata, as the specification has it.
type annotation struct {
	Type       string `json:"@type"`
	ID         string `json:"@id"`
	Name       string `json:"name"`
	DataType   string `json:"dataType"`
	Equivalent string `json:"equivalentProperty,omitempty"`
	Value      any    `json:"value"`
}

// The terms of statistics.
const (
	termCount   = "wd:Q4049983"       // cardinality
	termValid   = "ddi-stats:c646dd8" // ValidCases
	termInvalid = "ddi-stats:6459c62" // InvalidCases
	termMinimum = "ddi-stats:a1d0ec6" // Minimum
	termMaximum = "ddi-stats:8321e79" // Maximum
	termMean    = "ddi-stats:7975ed0" // ArithmeticMean
	termSpread  = "ddi-stats:690ab50" // StandardDeviation
	termMedian  = "ddi-stats:66851a3" // Median
)

func configStatistics(s *catalog.Statistics, name string) *catalog.ConfigStatistics {
	for i := range s.Configs {
		if s.Configs[i].Config == name {
			return &s.Configs[i]
		}
	}
	return nil
}

// annotate returns an annotation of the node with the @id of.
func annotate(of, name, term string, value any) annotation {
	a := annotation{Type: "cr:Field", ID: of + "#" + name, Name: name, DataType: term, Value: value}
	switch term {
	case termMinimum:
		a.Equivalent = "sc:minValue"
	case termMaximum:
		a.Equivalent = "sc:maxValue"
	case termMedian:
		a.Equivalent = "sc:median"
	}
	return a
}

// counted says how many records there are.
func (b *records) counted() []annotation {
	return []annotation{annotate(b.id, "count", termCount, b.written)}
}

// annotations returns the statistics of a field over all splits. Of texts there are counts alone: their
// order says little. A median is given where it is exact.
func (b *records) annotations(f *schema.Field, id string) []annotation {
	if b.statistics == nil || f.Path == "" {
		return nil
	}
	s := catalog.FindField(b.statistics.Whole(), f.Path)
	if s == nil {
		return nil
	}
	list := []annotation{
		annotate(id, "values", termValid, s.Count-s.Nulls),
		annotate(id, "nulls", termInvalid, s.Nulls),
	}
	if f.Type == schema.String {
		return list
	}
	if s.Minimum != nil && s.Maximum != nil {
		list = append(list,
			annotate(id, "minimum", termMinimum, number(s.Minimum.Value)),
			annotate(id, "maximum", termMaximum, number(s.Maximum.Value)))
	}
	if s.Mean != nil {
		list = append(list, annotate(id, "mean", termMean, *s.Mean))
	}
	if s.StandardDeviation != nil {
		list = append(list, annotate(id, "standard-deviation", termSpread, *s.StandardDeviation))
	}
	for _, q := range s.Quantiles {
		if q.At == 0.5 && q.Exact {
			list = append(list, annotate(id, "median", termMedian, number(q.Value)))
		}
	}
	return list
}

// number returns a value's text as the number that it is, or as text.
func number(text string) any {
	if n := json.Number(text); json.Valid([]byte(text)) {
		return n
	}
	return text
}
