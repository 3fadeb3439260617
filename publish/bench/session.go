package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// measure makes the data, measures all that the plan has, and keeps the results.
func (p plan) measure(ctx context.Context, o options) (m measured, err error) {
	peers := o.times == 1 && slices.ContainsFunc(p.tools, tool.peer)
	w, err := openWorkshop(ctx, o.dir, o.bindery, peers)
	if err != nil {
		return m, err
	}
	where, err := w.place(ctx, o.size)
	if err != nil {
		return m, err
	}
	if o.times > 1 {
		return p.measureLarger(ctx, w, where, o)
	}
	if w.taskset == "" {
		fmt.Fprintln(os.Stderr, "the program taskset is not here: no rows of one core")
		p.tools = slices.DeleteFunc(p.tools, func(t tool) bool { return t.oneCore })
	}
	if m.startup, err = w.measureStartup(ctx, where, o.rounds); err != nil {
		return m, err
	}
	for _, s := range p.sets {
		if err := w.makeData(ctx, o, s.name); err != nil {
			return m, err
		}
		for _, f := range p.forms {
			c := comparison{workshop: w, set: s, form: f, tools: p.toolsFor(f), rounds: o.rounds, log: os.Stderr}
			r, err := c.run(ctx)
			if err != nil {
				return m, err
			}
			r.Where = where
			if err := w.keep(resultFile(s.name, f.name), r); err != nil {
				return m, err
			}
			m.results = append(m.results, r)
		}
	}
	return m, nil
}

// toolsFor leaves out what is measured on plain shards alone: one core, which the other forms say nothing
// new of.
func (p plan) toolsFor(f form) []tool {
	var some []tool
	for _, t := range p.tools {
		if f.name == forms[0].name || !t.oneCore {
			some = append(some, t)
		}
	}
	return some
}

// measureLarger builds each larger set once, and removes it. The build finds what those of one time find after their
// first round: shards in the page cache, as far as it holds them, and a disk that has nothing else to write.
func (p plan) measureLarger(ctx context.Context, w *workshop, where place, o options) (m measured, err error) {
	for _, s := range p.sets {
		if err := w.makeData(ctx, o, s.name); err != nil {
			return m, err
		}
		dir := setDir(w.dir, s.name, o.times)
		out := filepath.Join(dir, "out")
		if err := readShards(ctx, dir); err != nil {
			return m, err
		}
		settle()
		l := &larger{Set: s.name, Times: o.times, Where: where}
		if l.Sample, err = measure(ctx, dir, w.bindery, "build", "--quiet", dir, "--output", out); err != nil {
			return m, err
		}
		if l.Sample.Size, err = parquetSize(out); err != nil {
			return m, err
		}
		if err := os.RemoveAll(dir); err != nil {
			return m, err
		}
		if err := w.keep(largerFile(s.name), l); err != nil {
			return m, err
		}
		m.larger = append(m.larger, l)
	}
	return m, nil
}

// A command is one that takes little more than its start.
type command struct {
	label     string
	arguments []string
}

// startupCommands are Bindery's that should feel instant, and what the peers' rows have in them of the
// interpreter's start and of reading the peer's own code.
func (w *workshop) startupCommands(example string) []command {
	commands := []command{
		{"`bindery --help`", []string{w.bindery, "--help"}},
		{"`bindery release` of the example", []string{w.bindery, "release", "--quiet", example}},
	}
	if w.python == "" {
		return commands
	}
	for _, module := range []string{"duckdb", "polars", "pyarrow.json, pyarrow.parquet", "datasets"} {
		commands = append(commands, command{"Python: `import " + module + "`", []string{w.python, "-c", "import " + module}})
	}
	return commands
}

// measureStartup measures what a person waits for who has little data.
func (w *workshop) measureStartup(ctx context.Context, where place, rounds int) (*startup, error) {
	example := filepath.Join(w.dir, "example")
	commands := w.startupCommands(example)
	s := &startup{Where: where}
	for _, c := range commands {
		s.Tools = append(s.Tools, toolResult{Name: c.label})
	}
	for n := range rounds + 1 {
		if err := copyExample(example, filepath.Join(w.module, "cmd", "bindery", "example")); err != nil {
			return nil, err
		}
		settle()
		for i, c := range commands {
			measured, err := measure(ctx, w.dir, c.arguments...)
			if err != nil {
				return nil, err
			}
			if n > 0 { // The first round warms up.
				s.Tools[i].Samples = append(s.Tools[i].Samples, measured)
			}
		}
	}
	if err := os.RemoveAll(example); err != nil {
		return nil, err
	}
	return s, w.keep(startupFile, s)
}

// copyExample copies the declaration and the shards, and nothing that was built from them, in place of what
// is there.
func copyExample(to, from string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := os.CopyFS(filepath.Join(to, "shards"), os.DirFS(filepath.Join(from, "shards"))); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(from, "bindery.toml"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, "bindery.toml"), text, 0o666)
}
