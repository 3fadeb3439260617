package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// A result is what was measured of one set in one form, as it is kept until the tables are made.
type result struct {
	Set     string `json:"set"`
	Form    string `json:"form"`
	Stored  int64  `json:"stored"`  // bytes of the shards in this form
	Records int64  `json:"records"` // 0 where they were not compared
	Where   place  `json:"where"`
	// Tools are in the order of the tables. The nth samples of all are those of the nth round.
	Tools []toolResult `json:"tools"`
	// Others is the share of the machine's processor time, 0 to 1, that other programs took while tools ran.
	Others float64 `json:"others"`
}

type toolResult struct {
	Name    string   `json:"name"`
	Samples []sample `json:"samples,omitempty"`
	// Cannot is what a peer said that cannot do the job.
	Cannot string `json:"cannot,omitempty"`
}

// larger is a build of a set, plain, that is times as large.
type larger struct {
	Set    string `json:"set"`
	Times  int    `json:"times"`
	Where  place  `json:"where"`
	Sample sample `json:"sample"`
}

// measured is what tables are made of. What was not measured is not in it.
type measured struct {
	results []*result // in the order of the tables
	larger  []*larger
	startup *startup
}

// places are where all of it was measured.
func (m measured) places() []place {
	var list []place
	for _, r := range m.results {
		list = append(list, r.Where)
	}
	for _, l := range m.larger {
		list = append(list, l.Where)
	}
	if m.startup != nil {
		list = append(list, m.startup.Where)
	}
	return list
}

// build is the build of a set, plain; nil if that was not measured.
func (m measured) build(set string) *toolResult {
	for _, r := range m.results {
		if r.Set == set && r.Form == forms[0].name {
			return r.tool("build")
		}
	}
	return nil
}

// tool returns what was measured of a tool; nil if nothing was.
func (r *result) tool(name string) *toolResult {
	for i := range r.Tools {
		if t := &r.Tools[i]; t.Name == name && len(t.Samples) > 0 {
			return t
		}
	}
	return nil
}

// rounds says how often the tools were measured.
func (r *result) rounds() string {
	most := 0
	for i := range r.Tools {
		most = max(most, len(r.Tools[i].Samples))
	}
	return strconv.Itoa(most)
}

// others says which share other programs took.
func (r *result) others() string { return fmt.Sprintf("%.0f %%", r.Others*100) }

// fastest returns the one of the tools named that has the least median of wall times; nil if there is none.
func (r *result) fastest(names ...string) *toolResult {
	var best *toolResult
	for _, name := range names {
		if t := r.tool(name); t != nil && (best == nil || t.median(wall) < best.median(wall)) {
			best = t
		}
	}
	return best
}

// A measurement is one of the numbers of a sample.
type measurement func(sample) float64

func wall(s sample) float64 { return s.Wall }
func cpu(s sample) float64  { return s.CPU }
func peak(s sample) float64 { return float64(s.Peak) }
func size(s sample) float64 { return float64(s.Size) }

func (t *toolResult) median(of measurement) float64 {
	values := make([]float64, len(t.Samples))
	for i, s := range t.Samples {
		values[i] = of(s)
	}
	return median(values)
}

// ratio is the median, over the rounds, of the tool's value divided by the other's in the same round.
func (t *toolResult) ratio(to *toolResult, of measurement) float64 {
	ratios := make([]float64, min(len(t.Samples), len(to.Samples)))
	for i := range ratios {
		ratios[i] = of(t.Samples[i]) / of(to.Samples[i])
	}
	return median(ratios)
}

// median of no values is 0.
func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	if n == 0 {
		return 0
	}
	return (values[(n-1)/2] + values[n/2]) / 2
}

// startup is what short commands took.
type startup struct {
	Where place        `json:"where"`
	Tools []toolResult `json:"tools"`
}

const startupFile = "startup.json"

func resultFile(set, form string) string { return set + "-" + form + ".json" }
func largerFile(set string) string       { return set + "-larger.json" }

// keep writes v into the folder of results.
func (w *workshop) keep(name string, v any) error {
	dir := filepath.Join(w.dir, "results")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name), append(text, '\n'), 0o666)
}

// kept reads what keep wrote, and reports whether there was something.
func kept(dir, name string, v any) (bool, error) {
	path := filepath.Join(dir, "results", name)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		return false, fmt.Errorf("reading the results in %s: %w", path, err)
	}
	return true, nil
}
