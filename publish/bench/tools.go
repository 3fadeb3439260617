package main

import "slices"

// settings are what a peer's script is told beside its job.
type settings map[string]any

// A tool is one row of the tables: a program that does the work, in one way of using it.
type tool struct {
	name  string
	label string
	// arguments are those of bindery, before the declaration. Empty for a peer.
	arguments []string
	// script is a peer's, in the folder peers.
	script string
	// settings are by set; those of "" are for every other one.
	settings map[string]settings
	// oneCore says that it is held to one core, and threads.
	oneCore bool
}

// rowGroups are sizes of row groups, in rows, that were the fastest of 2048, 8192, 32768 and the default.
func rowGroups(more settings, sizes map[string]int) map[string]settings {
	all := map[string]settings{"": more}
	for set, rows := range sizes {
		s := settings{"row_group_size": rows}
		for key, value := range more {
			s[key] = value
		}
		all[set] = s
	}
	return all
}

var (
	duckdbTuned = rowGroups(settings{"preserve_insertion_order": false},
		map[string]int{"text": 8192, "narrow": 32768, "nested": 8192, "wide": 32768})
	polarsTuned = rowGroups(settings{}, map[string]int{"text": 8192, "nested": 8192})
	// A block is what one thread of pyarrow's reader takes, and must hold a whole record.
	pyarrowTuned = map[string]settings{"": {"block_size": 16 << 20}}
)

// tools are all tools, in the order of the tables. Each compared with "build" or "build-1" does the same
// work on as many cores.
var tools = []tool{
	{name: "build", label: "**Bindery build**", arguments: []string{"build", "--quiet"}},
	{name: "check", label: "**Bindery check**", arguments: []string{"check", "--quiet"}},
	{name: "duckdb", label: "DuckDB, defaults", script: "with_duckdb.py"},
	{name: "duckdb-tuned", label: "DuckDB, tuned", script: "with_duckdb.py", settings: duckdbTuned},
	{name: "polars", label: "Polars", script: "with_polars.py", settings: polarsTuned},
	{name: "pyarrow", label: "pyarrow", script: "with_pyarrow.py", settings: pyarrowTuned},
	{name: "datasets", label: "datasets", script: "with_datasets.py"},
	{name: "build-1", label: "**Bindery build**, one core", arguments: []string{"build", "--quiet", "--jobs", "1"}, oneCore: true},
	{name: "duckdb-1", label: "DuckDB, tuned, one core", script: "with_duckdb.py", settings: duckdbTuned, oneCore: true},
	{name: "polars-1", label: "Polars, one core", script: "with_polars.py", settings: polarsTuned, oneCore: true},
	{name: "pyarrow-1", label: "pyarrow, one core", script: "with_pyarrow.py", settings: pyarrowTuned, oneCore: true},
}

func toolNames() []string {
	names := make([]string, len(tools))
	for i, t := range tools {
		names[i] = t.name
	}
	return names
}

func toolNamed(name string) (tool, bool) {
	i := slices.Index(toolNames(), name)
	if i < 0 {
		return tool{}, false
	}
	return tools[i], true
}

func (t tool) peer() bool { return t.script != "" }

// writes reports whether the tool writes Parquet.
func (t tool) writes() bool { return t.name != "check" }

func (t tool) settingsFor(set string) settings {
	if s, ok := t.settings[set]; ok {
		return s
	}
	if s, ok := t.settings[""]; ok {
		return s
	}
	return settings{}
}
