package publish

import (
	"cmp"
	"slices"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

// A Report is what a check found.
type Report struct {
	// Splits counts the records of every split, in the declaration's order.
	Splits []catalog.Count
	// Counts are the findings by config, split, code and field; they are complete.
	Counts []FindingCount
	// Findings are in the order of the shards' records, those about repeated keys after the records of
	// their config. Of every config, split, code and field there are at most Options.Keep.
	Findings []schema.Finding
	// Damaged says that a shard could not be read to its end: records are missing from the counts.
	Damaged bool
	// Empty are the shards without records, in the declaration's order. That is no fault of theirs, but may be one of
	// what wrote them.
	Empty []string
}

// A FindingCount says how often a field of a split had a kind of fault.
type FindingCount struct {
	Config string      `json:"config"`
	Split  string      `json:"split"`
	Code   schema.Code `json:"code"`
	Field  string      `json:"field,omitempty"`
	Count  int64       `json:"count"`
	// Listed is how many of them are among the report's findings.
	Listed int64 `json:"listed"`
}

// Total returns how many findings there are, listed or not.
func (r *Report) Total() int64 {
	var n int64
	for _, c := range r.Counts {
		n += c.Count
	}
	return n
}

// Records returns the counts of all splits together.
func (r *Report) Records() catalog.Count {
	var sum catalog.Count
	for _, c := range r.Splits {
		sum.Read += c.Read
		sum.Written += c.Written
		sum.Quarantined += c.Quarantined
	}
	return sum
}

// A reporter gathers a Report.
type reporter struct {
	keep     int64
	splits   []catalog.Count
	findings []schema.Finding
	counts   map[countKey]*FindingCount
	damaged  bool
	plan     *plan
	// full are the shards that have records, or are damaged.
	full map[*shardPlan]bool
}

type countKey struct {
	split int
	schema.CountKey
}

func newReporter(p *plan, keep int) *reporter {
	r := &reporter{keep: int64(keep), counts: make(map[countKey]*FindingCount), plan: p, full: make(map[*shardPlan]bool)}
	for _, sp := range p.splits {
		r.splits = append(r.splits, catalog.Count{Config: sp.config.Name, Split: sp.split.Name})
	}
	return r
}

// count adds n findings of one kind.
func (r *reporter) count(sp *splitPlan, key schema.CountKey, n int64) {
	r.counter(sp, key).Count += n
}

func (r *reporter) counter(sp *splitPlan, key schema.CountKey) *FindingCount {
	c := r.counts[countKey{sp.index, key}]
	if c == nil {
		c = &FindingCount{Config: sp.config.Name, Split: sp.split.Name, Code: key.Code, Field: key.Field}
		r.counts[countKey{sp.index, key}] = c
	}
	return c
}

// list keeps a finding that is counted already, unless enough of its kind are.
func (r *reporter) list(sp *splitPlan, f schema.Finding) {
	c := r.counter(sp, schema.CountKey{Code: f.Code, Field: f.Field})
	if c.Listed >= r.keep {
		return
	}
	c.Listed++
	f.Config, f.Split = sp.config.Name, sp.split.Name
	r.findings = append(r.findings, f)
}

// add counts a finding and lists it.
func (r *reporter) add(sp *splitPlan, f schema.Finding) {
	r.count(sp, schema.CountKey{Code: f.Code, Field: f.Field}, 1)
	r.list(sp, f)
}

// report returns what was gathered, the counts in the order of splits, codes and fields.
func (r *reporter) report() *Report {
	keys := make([]countKey, 0, len(r.counts))
	for k := range r.counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b countKey) int {
		return cmp.Or(cmp.Compare(a.split, b.split), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Field, b.Field))
	})
	rep := &Report{Splits: r.splits, Findings: r.findings, Damaged: r.damaged}
	for _, k := range keys {
		rep.Counts = append(rep.Counts, *r.counts[k])
	}
	for _, sp := range r.plan.splits {
		for _, sh := range sp.shards {
			if !r.full[sh] {
				rep.Empty = append(rep.Empty, sh.spec.Name)
			}
		}
	}
	return rep
}
