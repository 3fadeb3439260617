package card_test

import (
	"strings"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

// hostile are texts that mean something to YAML, Markdown, HTML, a terminal or a reader's eye.
var hostile = []string{
	`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `</title></svg><script>alert(2)</script>`,
	`a | b \| c`, "line\nbreak", "--- \nlicense: other", "\n---\n# not a heading", `[link](javascript:alert(1))`,
	"![x](http://evil.example/x.png)", "`code` and ``more``", "```\nfence", `"quoted" 'single'`, "&lt;script&gt; &amp;",
	"# heading", "* list", "*emphasis* __strong__ ~~gone~~ $math$", "http://evil.example/ www.evil.example a@evil.example",
	"\u202eright to left\u202c", "\x1b[31mred\x1b[0m", "nul\x00 del\x7f nel\u0085 ls\u2028 bom\ufeff", "yes", "no", "null", "~", "1.5", "2026-11-23",
	"- a: b", "+ a", "1. a", "12) a", "===", "---", "    code", "\ttab", "a\\|b|", "`|`", "> quote", "{a: b}", "!!python/object", "%YAML 1.1", "&anchor *alias", "key: value # comment", "😀 \U0001f468\u200d\U0001f469", " spaces ",
	"trailing\\", "$(rm -rf)", "'; DROP TABLE x; --", "<!-- comment", "{{.Template}}", "\ufffe", "=cmd|' /C calc'!A0",
}

// all is every hostile text in one.
func all() string { return strings.Join(hostile, " ") }

// hostileInput has hostile text in every string that a declaration and data can have, also where the
// loader of declarations would refuse it.
func hostileInput(text string) (*catalog.Declaration, *catalog.Manifest, *catalog.Statistics) {
	d := &catalog.Declaration{
		Dataset: catalog.Dataset{
			Name: "hostile", Title: text, Version: "1.0.0", Date: "2026-11-23", License: "LicenseRef-Terms OR MIT",
			Description: "Written by the author, *as it is*.", Languages: []string{"no", "pt-BR"},
			Homepage: "https://example.org/" + text, Keywords: []string{text, "no"}, Tasks: []string{text, "closed-domain-qa", "named-entity-recognition"},
			Authors: []catalog.Author{{Name: text, URL: "https://example.org/" + text, Affiliation: text, ORCID: "0000-0002-1825-0097"}},
		},
		Sources: []catalog.Source{{Name: text, URL: "https://example.org/" + text, License: "MIT", Copyright: text}, {Name: "bare"}},
		Card:    []catalog.CardSection{{Name: "personal_data", Text: "None, *really*."}},
		To:      []string{"github:" + text},
	}
	f := &schema.Field{Name: text, Type: schema.String, Description: "A *field*."}
	f.Enum = []schema.Scalar{{Text: text, Bytes: text}}
	list := &schema.Field{Name: text + "[]", Type: schema.List, Items: &schema.Field{Name: "item", Type: schema.Struct, Fields: []*schema.Field{
		{Name: text, Type: schema.Timestamp, Unit: arrow.Microsecond, Zone: "Atlantic/Reykjavik"},
		{Name: "no", Type: schema.Decimal, Precision: 5, Scale: 2},
	}}}
	deep := &schema.Field{Name: "deep", Type: schema.List, Items: &schema.Field{Name: "item", Type: schema.Map, Values: &schema.Field{Name: "value", Type: schema.Binary}}}
	s := &schema.Schema{Fields: []*schema.Field{f, list, deep}}
	s.Number()
	other := &schema.Schema{Fields: []*schema.Field{{Name: "flag", Type: schema.Bool}}}
	other.Number()
	d.Configs = []catalog.Config{
		{Name: "default", Description: "The *first*.", Schema: s, Splits: []catalog.Split{{Name: "train"}, {Name: "test"}}},
		{Name: "train", Schema: other, Splits: []catalog.Split{{Name: "x"}}},
	}
	m := &catalog.Manifest{
		Name: "hostile", Version: "1.0.0", Date: "2026-11-23", Encoding: catalog.Coding{Writer: text, Compression: text},
		Splits: []catalog.Count{
			{Config: "default", Split: "train", Read: 1240, Written: 1234, Quarantined: 6},
			{Config: "default", Split: "test", Read: 2, Written: 2}, {Config: "train", Split: "x", Read: 1, Written: 1},
		},
		Files: []catalog.File{
			{Name: "LICENSE", Role: catalog.RoleLicense, Size: 9}, {Name: "LICENSE-LicenseRef-Terms.txt", Role: catalog.RoleLicense},
			{Name: "LICENSE-MIT.txt", Role: catalog.RoleLicense},
			{Name: "train-00000-of-00002.parquet", Role: catalog.RoleData, Config: "default", Split: "train", Size: 1 << 20},
			{Name: "train-00001-of-00002.parquet", Role: catalog.RoleData, Config: "default", Split: "train", Size: 1 << 20},
		},
	}
	return d, m, hostileStatistics(text, s)
}

func hostileStatistics(text string, s *schema.Schema) *catalog.Statistics {
	shown := func(v string) *catalog.Shown { return &catalog.Shown{Value: v} }
	bars := catalog.FieldStatistics{Field: s.Fields[0].Path, Type: "string", Count: 1236, Nulls: 1,
		Distinct: &catalog.Distinct{Count: 900, Error: 0.016},
		Frequent: &catalog.Frequent{Unlisted: 3, Values: []catalog.FrequentValue{
			{Shown: catalog.Shown{Value: text, Cut: true}, Count: 400}, {Shown: catalog.Shown{Value: ""}, Count: 200, Error: 2}, {Shown: catalog.Shown{Value: "<b>&\"'"}, Count: 100},
		}},
	}
	lengths := &catalog.Distribution{Minimum: shown("0"), Maximum: shown("7"),
		Quantiles: []catalog.Quantile{{At: 0.5, Value: "2", Exact: true}},
		Histogram: &catalog.Histogram{Scale: catalog.ScaleLinear, Edges: []string{"0", "4", "8"}, Counts: []int64{1000, 236}}}
	list := catalog.FieldStatistics{Field: s.Fields[1].Path, Type: "list", Count: 1236, Lengths: lengths}
	return &catalog.Statistics{
		Format: catalog.StatisticsFormat, Name: "hostile", Version: "1.0.0",
		Configs: []catalog.ConfigStatistics{
			{Config: "default", Records: 1236, Fields: []catalog.FieldStatistics{bars, list}},
			{Config: "train", Records: 1, Splits: []catalog.SplitStatistics{{Split: "x", Records: 1, Fields: []catalog.FieldStatistics{
				{Field: "flag", Type: "bool", Count: 1, Bools: &catalog.Bools{True: 1}},
			}}}},
		},
	}
}
