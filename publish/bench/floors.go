package main

import "fmt"

// A floor is a number that a release of Bindery must not be above.
type floor struct {
	set, form string
	what      string
	limit     float64
	reached   float64
	// unit is " MB", or empty for a ratio.
	unit string
	// measured is false where what it needs was not measured.
	measured bool
}

func (f floor) met() bool { return f.reached <= f.limit }

// buildLimits are what a build may take: wall and CPU as shares of what the faster of DuckDB and Polars
// takes, and MB of memory.
type buildLimits struct{ wall, cpu, peak float64 }

func limitsOf(set, form string) buildLimits {
	switch {
	case form != "plain":
		return buildLimits{0.90, 1.1, 300}
	case set == "narrow":
		return buildLimits{0.70, 0.80, 250}
	}
	return buildLimits{0.80, 1.0, 250}
}

// sameMemory is how much more memory a larger set may take, since peaks differ by that much from run to run.
const sameMemory = 1.1

// floorsOf holds a result to the floors.
func floorsOf(r *result) []floor {
	limits := limitsOf(r.Set, r.Form)
	build := r.tool("build")
	rival := r.fastest("duckdb", "duckdb-tuned", "polars")
	floors := []floor{
		r.against("build: wall, to the faster of DuckDB and Polars", limits.wall, build, rival, wall),
		r.against("build: CPU, to the same", limits.cpu, build, rival, cpu),
		{r.Set, r.Form, "build: peak memory", limits.peak, 0, " MB", build != nil},
		r.against("build: wall, to datasets", 0.25, build, r.tool("datasets"), wall),
		r.against("build: output, to DuckDB's", 1.05, build, r.tool("duckdb"), size),
	}
	if build != nil {
		floors[2].reached = build.median(peak) / 1e6
	}
	if r.Form != "plain" {
		return floors
	}
	return append(floors,
		r.against("check: wall, to build", 0.5, r.tool("check"), build, wall),
		r.against("build on one core: wall, to the fastest peer on one", 1, r.tool("build-1"), r.fastest("duckdb-1", "polars-1", "pyarrow-1"), wall))
}

// floorOfLarger holds a build of a larger set to the memory of a build.
func floorOfLarger(l *larger, build *toolResult) floor {
	what := fmt.Sprintf("build of %d times the data: peak memory, to build", l.Times)
	f := floor{set: l.Set, form: forms[0].name, what: what, limit: sameMemory, measured: build != nil}
	if f.measured {
		f.reached = peak(l.Sample) / build.median(peak)
	}
	return f
}

// against is a floor for the ratio of two tools, either of which may be nil.
func (r *result) against(what string, limit float64, t, to *toolResult, of measurement) floor {
	f := floor{set: r.Set, form: r.Form, what: what, limit: limit, measured: t != nil && to != nil}
	if f.measured {
		f.reached = t.ratio(to, of)
	}
	return f
}
