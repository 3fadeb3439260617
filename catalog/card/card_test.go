package card_test

import (
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/catalog/card"
	"github.com/bindery-data/bindery/schema"
)

// declared returns a declaration in which every text is hostile.
func declared(text string) (*catalog.Declaration, *catalog.Manifest) {
	f := &schema.Field{Name: text, Type: schema.String, Description: text}
	f.Enum = []schema.Scalar{{Text: text, Bytes: text}}
	s := &schema.Schema{Fields: []*schema.Field{f}}
	s.Number()
	d := &catalog.Declaration{
		Dataset: catalog.Dataset{
			Name: "hostile", Title: text, Version: "1.0.0", Date: "2026-11-23", License: "MIT",
			Homepage: text, Keywords: []string{text}, Authors: []catalog.Author{{Name: text}},
		},
		Sources: []catalog.Source{{Name: text, URL: text, License: "MIT", Copyright: text}},
		Configs: []catalog.Config{{Name: "default", Schema: s, Splits: []catalog.Split{{Name: "train"}}}},
	}
	m := &catalog.Manifest{Splits: []catalog.Count{{Config: "default", Split: "train", Read: 1240, Written: 1234, Quarantined: 6}}}
	return d, m
}

func TestTextStaysText(t *testing.T) {
	for _, text := range []string{
		"<script>alert(1)</script>", "a | b", "line\nbreak", "--- \nlicense: other", "[link](javascript:x)",
		"`code`", "\"quoted\"", "&lt;", "# heading", "\u202e", "\x1b[31m",
	} {
		d, m := declared(text)
		out, err := card.Render(d, m)
		if err != nil {
			t.Fatal(err)
		}
		plain, _ := declared("plain")
		want, err := card.Render(plain, m)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := strings.Count(string(out), "\n"), strings.Count(string(want), "\n"); got != want {
			t.Errorf("%q changes the lines of the card from %d to %d:\n%s", text, want, got, out)
		}
		_, body, _ := strings.Cut(string(out)[4:], "\n---\n")
		for _, bad := range []string{"<script", "\x1b", "\u202e", "](javascript"} {
			if strings.Contains(strings.ReplaceAll(body, `\]`, ""), bad) {
				t.Errorf("%q is in the card as it is:\n%s", bad, body)
			}
		}
		for _, row := range strings.Split(body, "\n") {
			if strings.HasPrefix(row, "| field") || strings.HasPrefix(row, "| source") {
				continue
			}
			if cells := strings.Count(strings.ReplaceAll(row, `\|`, ""), "|"); strings.Contains(row, "script") && cells > 5 {
				t.Errorf("%q makes more cells: %s", text, row)
			}
		}
	}
}

func TestCountsAreTold(t *testing.T) {
	d, m := declared("plain")
	out, err := card.Render(d, m)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1,234", "6 of 1,240 records did not meet the declared schema", `path: "train-?????-of-?????.parquet"`, "- 1K<n<10K"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the card does not say %q:\n%s", want, out)
		}
	}
}
