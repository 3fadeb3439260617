package publish

import (
	"fmt"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/stats"
)

// statistics are those of the records that a build wrote so far, by split.
type statistics map[*splitPlan]*stats.Columns

// add takes the statistics of a row group of a split, in the order of the plan.
func (s *statistics) add(sp *splitPlan, of *stats.Columns) {
	if *s == nil {
		*s = make(statistics)
	}
	if known := (*s)[sp]; known != nil {
		known.Merge(of)
		return
	}
	(*s)[sp] = of
}

// describe returns what statistics.json says.
func (s statistics) describe(d *catalog.Declaration, p *plan) (*catalog.Statistics, error) {
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
func (s statistics) ofConfig(config *catalog.Config, p *plan) catalog.ConfigStatistics {
	out := catalog.ConfigStatistics{Config: config.Name}
	whole := stats.New(config.Schema)
	for _, sp := range p.splits {
		if sp.config != config {
			continue
		}
		of := s[sp]
		if of == nil {
			of = stats.New(config.Schema)
		}
		out.Splits = append(out.Splits, catalog.SplitStatistics{Split: sp.split.Name, Records: of.Records(), Fields: of.Describe()})
		whole.Merge(of)
	}
	out.Records = whole.Records()
	if len(out.Splits) > 1 {
		out.Fields = whole.Describe()
	}
	return out
}
