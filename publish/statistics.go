package publish

import (
	"fmt"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/stats"
)

// statistics are those of the records that a build wrote so far, by split. Those of the split at hand are
// there to be added to; those of the others, of which there may be many, are packed.
type statistics struct {
	merger  stats.Merger
	split   *splitPlan
	columns *stats.Columns
	others  map[*splitPlan]*stats.Part
}

// add takes the statistics of a row group of a split, in the order of the plan, and releases them.
func (s *statistics) add(sp *splitPlan, of *stats.Part) {
	if s.split != sp {
		s.pack()
		s.split, s.columns = sp, s.of(sp)
	}
	s.merger.Add(s.columns, of)
	of.Release()
}

// pack packs the statistics of the split at hand.
func (s *statistics) pack() {
	if s.split == nil {
		return
	}
	if s.others == nil {
		s.others = make(map[*splitPlan]*stats.Part)
	}
	s.others[s.split] = s.columns.Part()
}

// of returns the statistics of a split.
func (s *statistics) of(sp *splitPlan) *stats.Columns {
	if s.split == sp {
		return s.columns
	}
	c := stats.New(sp.config.Schema)
	if part := s.others[sp]; part != nil {
		s.merger.Add(c, part)
	}
	return c
}

// describe returns what statistics.json says.
func (s *statistics) describe(d *catalog.Declaration, p *plan) (*catalog.Statistics, error) {
	all := &catalog.Statistics{Format: catalog.StatisticsFormat, Name: d.Dataset.Name, Version: d.Dataset.Version}
	for i := range d.Configs {
		all.Configs = append(all.Configs, s.ofConfig(&d.Configs[i], p))
	}
	if err := all.Check(); err != nil {
		return nil, fmt.Errorf("the statistics do not follow their own rules: %w", err)
	}
	return all, nil
}

// ofConfig describes the splits of a config and, where there are several, all of them together.
func (s *statistics) ofConfig(config *catalog.Config, p *plan) catalog.ConfigStatistics {
	out := catalog.ConfigStatistics{Config: config.Name}
	whole := stats.New(config.Schema)
	for _, sp := range p.splits {
		if sp.config != config {
			continue
		}
		of := s.of(sp)
		out.Splits = append(out.Splits, catalog.SplitStatistics{Split: sp.split.Name, Records: of.Records(), Fields: of.Describe()})
		out.Records += of.Records()
		if len(config.Splits) > 1 {
			s.merger.Add(whole, of.Part())
		}
	}
	if len(out.Splits) > 1 {
		out.Fields = whole.Describe()
	}
	return out
}
