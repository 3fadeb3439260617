package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// measure makes the data, measures all that the plan has, and keeps the results.
func (p plan) measure(ctx context.Context, o options) (results []*result, begin *startup, err error) {
	peers := slices.ContainsFunc(p.tools, tool.peer)
	w, err := openWorkshop(ctx, o.dir, o.bindery, peers)
	if err != nil {
		return nil, nil, err
	}
	if w.taskset == "" {
		fmt.Fprintln(os.Stderr, "the program taskset is not here: no rows of one core")
		p.tools = slices.DeleteFunc(p.tools, func(t tool) bool { return t.oneCore })
	}
	where, err := w.place(ctx, o.size)
	if err != nil {
		return nil, nil, err
	}
	if begin, err = w.measureStartup(ctx, where, o.rounds); err != nil {
		return nil, nil, err
	}
	for _, s := range p.sets {
		if err := w.makeData(ctx, o, s.name, 1); err != nil {
			return nil, nil, err
		}
		for _, f := range p.forms {
			c := comparison{set: s, form: f, tools: p.toolsFor(f), rounds: o.rounds}
			r, err := w.measureSet(ctx, c, where, o)
			if err != nil {
				return nil, nil, err
			}
			results = append(results, r)
		}
	}
	return results, begin, nil
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

func (w *workshop) measureSet(ctx context.Context, c comparison, where place, o options) (*result, error) {
	c.workshop, c.log = w, os.Stderr
	r, err := c.run(ctx)
	if err != nil {
		return nil, err
	}
	r.Where = where
	if o.times > 1 && c.form.name == forms[0].name {
		if r.Larger, err = w.measureLarger(ctx, c.set, o); err != nil {
			return nil, err
		}
	}
	return r, w.keep(resultFile(c.set.name, c.form.name), r)
}

// measureLarger builds a larger set once, and removes it.
func (w *workshop) measureLarger(ctx context.Context, s set, o options) (*larger, error) {
	dir := setDir(w.dir, s.name, o.times)
	if err := w.makeData(ctx, o, s.name, o.times); err != nil {
		return nil, err
	}
	out := filepath.Join(dir, "out")
	measured, err := measure(ctx, dir, w.bindery, "build", "--quiet", dir, "--output", out)
	if err != nil {
		return nil, err
	}
	if measured.Size, err = parquetSize(out); err != nil {
		return nil, err
	}
	return &larger{o.times, measured}, os.RemoveAll(dir)
}

// The commands that should feel instant.
var startupLabels = []string{"bindery --help", "bindery release of the example"}

// measureStartup measures what a person waits for who has little data.
func (w *workshop) measureStartup(ctx context.Context, where place, rounds int) (*startup, error) {
	example := filepath.Join(w.dir, "example")
	s := &startup{Where: where}
	for _, label := range startupLabels {
		s.Tools = append(s.Tools, toolResult{Name: label})
	}
	for n := range rounds + 1 {
		if err := os.RemoveAll(example); err != nil {
			return nil, err
		}
		from := filepath.Join(w.module, "cmd", "bindery", "example")
		if err := copyExample(example, from); err != nil {
			return nil, err
		}
		for i, arguments := range [][]string{{"--help"}, {"release", "--quiet", example}} {
			settle()
			measured, err := measure(ctx, w.dir, append([]string{w.bindery}, arguments...)...)
			if err != nil {
				return nil, err
			}
			if n > 0 {
				s.Tools[i].Samples = append(s.Tools[i].Samples, measured)
			}
		}
	}
	if err := os.RemoveAll(example); err != nil {
		return nil, err
	}
	return s, w.keep(startupFile, s)
}

// copyExample copies the declaration and the shards, and nothing that was built from them.
func copyExample(to, from string) error {
	if err := os.CopyFS(filepath.Join(to, "shards"), os.DirFS(filepath.Join(from, "shards"))); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(from, "bindery.toml"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, "bindery.toml"), text, 0o666)
}
