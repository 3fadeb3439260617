package catalog_test

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
)

func float(v float64) *float64 { return &v }

// statistics returns statistics that keep every rule and have every member.
func statistics() *catalog.Statistics {
	fields := func() []catalog.FieldStatistics {
		return []catalog.FieldStatistics{
			{
				Field: "score", Type: "float64", Count: 10, Nulls: 1,
				NotFinite: &catalog.NotFinite{NaN: 1, PositiveInfinity: 2},
				Distinct:  &catalog.Distinct{Count: 7, Error: 0.01625},
				Distribution: catalog.Distribution{
					Minimum: &catalog.Shown{Value: "-1.5"}, Maximum: &catalog.Shown{Value: "7"},
					Mean: float(2.25), StandardDeviation: float(1e-9),
					Quantiles: []catalog.Quantile{{At: 0.5, Value: "2", Exact: true}, {At: 0.9, Value: "6.9"}},
					Histogram: &catalog.Histogram{Scale: catalog.ScaleLinear, Edges: []string{"-2", "2", "6", "10"}, Counts: []int64{1, 4, 1}},
				},
				Frequent: &catalog.Frequent{Unlisted: 1, Values: []catalog.FrequentValue{
					{Shown: catalog.Shown{Value: "2"}, Count: 2, Error: 1}, {Shown: catalog.Shown{Value: "NaN"}, Count: 1},
				}},
			},
			{
				Field: "tags[]", Type: "string", Count: 3,
				Distinct: &catalog.Distinct{Count: 2, Exact: true},
				Distribution: catalog.Distribution{
					Minimum: &catalog.Shown{Value: "<a> \"& [{,:\\"}, Maximum: &catalog.Shown{Value: strings.Repeat("é", 64), Cut: true},
				},
				Lengths: &catalog.Distribution{Histogram: &catalog.Histogram{Scale: catalog.ScaleLog, Edges: []string{"0", "1", "2"}, Counts: []int64{0, 3}}},
			},
			{Field: "ok", Type: "bool", Count: 3, Bools: &catalog.Bools{True: 2, False: 1}},
			{Field: "meta", Type: "struct"},
		}
	}
	return &catalog.Statistics{
		Format: catalog.StatisticsFormat, Name: "udhr", Version: "1.0.0",
		Configs: []catalog.ConfigStatistics{
			{Config: "default", Records: 10, Splits: []catalog.SplitStatistics{{Split: "train", Records: 10, Fields: fields()}}},
			{Config: "two", Records: 30, Fields: fields(), Splits: []catalog.SplitStatistics{
				{Split: "train", Records: 10, Fields: fields()}, {Split: "test", Records: 20, Fields: fields()},
			}},
		},
	}
}

func TestStatisticsRoundTrip(t *testing.T) {
	for name, change := range map[string]func(*catalog.Statistics){
		"whole":      func(*catalog.Statistics) {},
		"minor":      func(s *catalog.Statistics) { s.Format += ".3" },
		"no configs": func(s *catalog.Statistics) { s.Configs = []catalog.ConfigStatistics{} },
	} {
		t.Run(name, func(t *testing.T) {
			s := statistics()
			change(s)
			text := s.Marshal()
			got, err := catalog.ParseStatistics(text)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, s) {
				t.Errorf("read back %+v, want %+v", got, s)
			}
			if again := got.Marshal(); string(again) != string(text) {
				t.Errorf("marshalled again:\n%s\nwant:\n%s", again, text)
			}
		})
	}
}

func TestStatisticsMarshalIsReadable(t *testing.T) {
	text := string(statistics().Marshal())
	for _, want := range []string{
		"{\n  \"format\": \"https://bindery-data.github.io/statistics/1\",\n  \"name\": \"udhr\",\n",
		"\n                \"counts\": [1, 4, 1]\n              },\n",
		"\n              \"minimum\": {\"value\": \"<a> \\\"& [{,:\\\\\"},\n",
		"\n                  {\"value\": \"2\", \"count\": 2, \"error\": 1},\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	if !strings.HasSuffix(text, "\n}\n") {
		t.Errorf("does not end in one line end: %q", text[len(text)-5:])
	}
}

func TestStatisticsFound(t *testing.T) {
	s := statistics()
	if got := s.Config("default").Whole(); catalog.FindField(got, "ok").Bools.True != 2 {
		t.Errorf("the only split of a config is not the whole of it: %+v", got)
	}
	two := s.Config("two")
	if got := two.Whole(); &got[0] != &two.Fields[0] {
		t.Error("several splits have no whole")
	}
	if got := two.Split("test").Records; got != 20 {
		t.Errorf("the split has %d records", got)
	}
	if s.Config("none") != nil || two.Split("none") != nil || catalog.FindField(two.Fields, "none") != nil {
		t.Error("found what is not there")
	}
}

func TestStatisticsRules(t *testing.T) {
	type field = catalog.FieldStatistics
	first := func(change func(*field)) func(*catalog.Statistics) {
		return func(s *catalog.Statistics) { change(&s.Configs[0].Splits[0].Fields[0]) }
	}
	for name, c := range map[string]struct {
		change func(*catalog.Statistics)
		want   string
	}{
		"another format":        {func(s *catalog.Statistics) { s.Format = catalog.ManifestFormat }, "a newer one may read it"},
		"name":                  {func(s *catalog.Statistics) { s.Name = "A" }, "name:"},
		"version":               {func(s *catalog.Statistics) { s.Version = "1" }, "version:"},
		"config twice":          {func(s *catalog.Statistics) { s.Configs[1].Config = "default" }, "twice"},
		"config without a name": {func(s *catalog.Statistics) { s.Configs[1].Config = "" }, "empty"},
		"split twice":           {func(s *catalog.Statistics) { s.Configs[1].Splits[1].Split = "train" }, "twice"},
		"records do not add up": {func(s *catalog.Statistics) { s.Configs[1].Records++ }, "31 records"},
		"records below zero": {func(s *catalog.Statistics) {
			s.Configs[1].Splits[0].Records, s.Configs[1].Splits[1].Records = -1, 31
		}, "-1 records"},
		"whole of one split":    {func(s *catalog.Statistics) { s.Configs[0].Fields = s.Configs[1].Fields }, "several splits"},
		"no whole":              {func(s *catalog.Statistics) { s.Configs[1].Fields = nil }, "0 fields"},
		"other fields":          {func(s *catalog.Statistics) { s.Configs[1].Fields[1].Field = "b" }, "elsewhere"},
		"other type":            {func(s *catalog.Statistics) { s.Configs[1].Fields[1].Type = "json" }, "elsewhere"},
		"field twice":           {first(func(f *field) { f.Field = "ok" }), "twice"},
		"field without a path":  {first(func(f *field) { f.Field = "" }), "path"},
		"type":                  {first(func(f *field) { f.Type = "int128" }), "int128"},
		"nulls":                 {first(func(f *field) { f.Nulls = 11 }), "11 nulls of 10"},
		"not finite":            {first(func(f *field) { f.NotFinite.NaN = 9 }), "not_finite"},
		"not finite below zero": {first(func(f *field) { f.NotFinite.NaN = -1 }), "not_finite"},
		"bools":                 {first(func(f *field) { f.Bools = &catalog.Bools{True: 1} }), "bools"},
		"distinct":              {first(func(f *field) { f.Distinct.Count = 10 }), "distinct"},
		"exact with an error":   {first(func(f *field) { f.Distinct.Exact = true }), "distinct"},
		"neither":               {first(func(f *field) { f.Distinct.Error = 0 }), "distinct"},
		"minimum alone":         {first(func(f *field) { f.Maximum = nil }), "one of"},
		"deviation":             {first(func(f *field) { f.StandardDeviation = float(-1) }), "standard_deviation"},
		"levels":                {first(func(f *field) { f.Quantiles[1].At = 0.5 }), "quantiles"},
		"level of 1":            {first(func(f *field) { f.Quantiles[1].At = 1 }), "quantiles"},
		"scale":                 {first(func(f *field) { f.Histogram.Scale = "root" }), "root"},
		"edges":                 {first(func(f *field) { f.Histogram.Edges = f.Histogram.Edges[1:] }), "3 bins and 3 edges"},
		"bins below zero":       {first(func(f *field) { f.Histogram.Counts = []int64{-1, 6, 1} }), "histogram"},
		"bins leave out":        {first(func(f *field) { f.Histogram.Counts[1] = 3 }), "leaves out 1 of 6"},
		"bins have too many":    {first(func(f *field) { f.Histogram.Counts[1] = 5 }), "histogram"},
		"frequent order":        {first(func(f *field) { f.Frequent.Values[0].Count = 0 }), "frequent"},
		"frequent too often":    {first(func(f *field) { f.Frequent.Values[0].Count = 10 }), "frequent"},
		"frequent and unlisted": {first(func(f *field) { f.Frequent.Unlisted = 2 }), "may not be"},
		"unlisted":              {first(func(f *field) { f.Frequent.Unlisted = -1 }), "unlisted"},
		"long value":            {first(func(f *field) { f.Minimum.Value = strings.Repeat("a", 65) }), "65 characters"},
		"cut too early":         {first(func(f *field) { f.Minimum.Cut = true }), "4 characters"},
		"lengths":               {func(s *catalog.Statistics) { s.Configs[0].Splits[0].Fields[1].Lengths.Histogram.Counts[1] = 2 }, "lengths: histogram"},
	} {
		t.Run(name, func(t *testing.T) {
			s := statistics()
			c.change(s)
			_, err := catalog.ParseStatistics(s.Marshal())
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "statistics.json: ") {
				t.Errorf("error = %v, want one about %q", err, c.want)
			}
		})
	}
}

func TestStatisticsThatJSONCannotHold(t *testing.T) {
	s := statistics()
	s.Configs[0].Splits[0].Fields[0].Mean = float(math.Inf(1))
	if err := s.Check(); err == nil || !strings.Contains(err.Error(), "finite") {
		t.Errorf("error = %v, want one about a mean", err)
	}
	s = statistics()
	s.Configs[0].Splits[0].Fields[0].Field = "\xff"
	if err := s.Check(); err == nil || !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("error = %v, want one about UTF-8", err)
	}
}

// What is read can be written and read again as the same.
func FuzzStatistics(f *testing.F) {
	f.Add(statistics().Marshal())
	f.Add([]byte(`{"format":"https://bindery-data.github.io/statistics/1.1","name":"a","version":"0.0.1","more":{"a":[1]},"configs":[` +
		`{"config":"c","records":1,"splits":[{"split":"s","records":1,"fields":[{"field":"[{\",\\","type":"int8","count":1,"nulls":0,` +
		`"minimum":{"value":"-128"},"maximum":{"value":"-128"},"mean":-1.28e2}]}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := catalog.ParseStatistics(text)
		if err != nil {
			return
		}
		written := s.Marshal()
		again, err := catalog.ParseStatistics(written)
		if err != nil {
			t.Fatalf("cannot be read back: %v", err)
		}
		// Empty lists and none are the same.
		if one, other := again.Marshal(), written; string(one) != string(other) {
			t.Fatalf("written again:\n%s\nwant:\n%s", one, other)
		}
	})
}
