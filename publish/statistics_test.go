package publish_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/bindery-data/bindery/catalog"
)

// TestStatistics reads the statistics of a bundle: they are of the records that were written, not of the
// quarantined ones, some of which a second pass alone can tell.
func TestStatistics(t *testing.T) {
	bad := `{"id":7,"text":"seven again","tags":null}` + "\n" + `{"id":"x"}` + "\n"
	p := newProject(t, header+`
[[splits]]
name = "train"
shards = ["a.jsonl", "b.jsonl"]
[[splits]]
name = "test"
shards = ["c.jsonl"]
[[splits]]
name = "none"
shards = ["d.jsonl"]
[build]
on_invalid = "quarantine"
max_invalid = 0.5
`, map[string]string{"a.jsonl": records(0, 10) + bad, "b.jsonl": records(10, 2000), "c.jsonl": records(5000, 5), "d.jsonl": ""})
	built := p.build(0)
	text, err := os.ReadFile(filepath.Join(built.Path, catalog.StatisticsName))
	if err != nil {
		t.Fatal(err)
	}
	s, err := catalog.ParseStatistics(text)
	if err != nil {
		t.Fatal(err)
	}
	f, listed := catalog.FindFile(built.Manifest.Files, catalog.StatisticsName)
	if !listed || f.Role != catalog.RoleDocument || s.Name != "small" || s.Version != "1.0.0" {
		t.Errorf("listed as %+v, of %s %s", f, s.Name, s.Version)
	}
	config := s.Config("default")
	for i, want := range built.Manifest.Splits {
		if got := config.Splits[i]; got.Split != want.Split || got.Records != want.Written {
			t.Errorf("split %s of %d records, the manifest has %+v", got.Split, got.Records, want)
		}
	}
	id := catalog.FindField(config.Split("train").Fields, "id")
	if id.Count != 2010 || id.Minimum.Value != "0" || id.Maximum.Value != "2009" || *id.Mean != 1004.5 || !id.Distinct.Exact {
		t.Errorf("ids of train: %+v", id)
	}
	if empty := config.Split("none"); empty.Records != 0 || len(empty.Fields) != 4 || empty.Fields[0].Distinct != nil {
		t.Errorf("empty split: %+v", empty)
	}
	tags := catalog.FindField(config.Whole(), "tags[]")
	if config.Records != 2015 || tags.Count != 4030 || tags.Nulls != 2015 || tags.Distinct.Count != 7 || tags.Frequent.Values[0].Value != "a0" {
		t.Errorf("tags of all splits: %+v", tags)
	}
}
