package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
)

// A job is what every tool is given: peers/job.py reads it.
type job struct {
	Fields   []field  `json:"fields"`
	Inputs   []string `json:"inputs"`
	Output   string   `json:"output"`
	Threads  int      `json:"threads"`
	Settings settings `json:"settings"`
}

// A comparison is one set in one form, and the tools that take turns with it.
type comparison struct {
	*workshop
	set    set
	form   form
	tools  []tool
	rounds int
	log    io.Writer

	fields []field
	inputs []string
	others load
}

func (c *comparison) declaration() string {
	return filepath.Join(c.dir, c.set.name, c.form.declaration)
}

// outputDir is where a tool writes. Its job is beside it.
func (c *comparison) outputDir(t tool) string { return filepath.Join(c.dir, "out", t.name) }

// run warms up, sees that all tools write the same records, and measures them in turn.
func (c *comparison) run(ctx context.Context) (_ *result, err error) {
	if c.fields, c.inputs, err = declared(c.declaration()); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(filepath.Join(c.dir, "out"))) }()
	r := &result{Set: c.set.name, Form: c.form.name, Tools: make([]toolResult, len(c.tools))}
	for i, t := range c.tools {
		r.Tools[i].Name = t.name
	}
	if r.Stored, err = sizeOf(c.inputs); err != nil {
		return nil, err
	}
	if err := c.round(ctx, r, false); err != nil {
		return nil, err
	}
	if c.python != "" {
		if r.Records, err = c.sameRecords(ctx, r); err != nil {
			return nil, err
		}
	}
	c.others = load{}
	for n := range c.rounds {
		fmt.Fprintf(c.log, "%s, %s: round %d of %d\n", c.set.name, c.form.name, n+1, c.rounds)
		if err := c.round(ctx, r, true); err != nil {
			return nil, err
		}
	}
	r.Others = c.others.share()
	return r, nil
}

// round runs each tool once. A peer that fails cannot do this job; so the table says, and it is not asked
// again.
func (c *comparison) round(ctx context.Context, r *result, counts bool) error {
	for i, t := range c.tools {
		if r.Tools[i].Cannot != "" {
			continue
		}
		s, err := c.once(ctx, t)
		var failed *runError
		switch {
		case t.peer() && errors.As(err, &failed):
			r.Tools[i] = toolResult{Name: t.name, Cannot: failed.cause()}
			fmt.Fprintf(c.log, "%s, %s: %s cannot: %s\n", c.set.name, c.form.name, t.name, failed.cause())
		case err != nil:
			return err
		case counts:
			r.Tools[i].Samples = append(r.Tools[i].Samples, s)
		}
	}
	return nil
}

// once measures a tool, from an empty folder.
func (c *comparison) once(ctx context.Context, t tool) (sample, error) {
	out := c.outputDir(t)
	if err := os.RemoveAll(out); err != nil {
		return sample{}, err
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return sample{}, err
	}
	argv, err := c.command(t)
	if err != nil {
		return sample{}, err
	}
	settle()
	before := processorTime()
	s, err := measure(ctx, out, argv...)
	if err != nil {
		return sample{}, err
	}
	c.others.add(processorTime().since(before), s.CPU)
	s.Size, err = parquetSize(out)
	return s, err
}

// command is the tool's whole command line.
func (c *comparison) command(t tool) ([]string, error) {
	var argv []string
	threads := 0
	if t.oneCore {
		argv, threads = []string{c.taskset, "--cpu-list", "0"}, 1
	}
	if !t.peer() {
		argv = append(append(append(argv, c.bindery), t.arguments...), c.declaration())
		if t.writes() {
			argv = append(argv, "--output", c.outputDir(t))
		}
		return argv, nil
	}
	output := filepath.Join(c.outputDir(t), "data.parquet")
	path, err := c.writeJob(t.name, job{c.fields, c.inputs, output, threads, t.settingsFor(c.set.name)})
	return append(argv, c.python, filepath.Join(c.dir, "peers", t.script), path), err
}

func (c *comparison) writeJob(name string, j job) (path string, err error) {
	text, err := json.Marshal(j)
	if err != nil {
		return "", err
	}
	path = filepath.Join(c.dir, "out", name+".json")
	return path, os.WriteFile(path, text, 0o666)
}

// sameRecords compares what the tools wrote and returns how many records it is.
func (c *comparison) sameRecords(ctx context.Context, r *result) (int64, error) {
	var folders []string
	for i, t := range c.tools {
		if t.writes() && r.Tools[i].Cannot == "" {
			folders = append(folders, c.outputDir(t))
		}
	}
	if len(folders) == 0 {
		return 0, nil
	}
	path, err := c.writeJob("same_records", job{Fields: c.fields, Inputs: folders})
	if err != nil {
		return 0, err
	}
	text, err := output(ctx, c.python, filepath.Join(c.dir, "peers", "same_records.py"), path)
	if err != nil {
		return 0, fmt.Errorf("%s, %s: the tools did not write the same records: %w", c.set.name, c.form.name, err)
	}
	return strconv.ParseInt(text, 10, 64)
}

func sizeOf(files []string) (size int64, err error) {
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			return 0, err
		}
		size += info.Size()
	}
	return size, nil
}
