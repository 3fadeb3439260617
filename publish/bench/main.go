// Command bench measures Bindery beside what a maintainer would use instead. See README.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

// options are the command line. Lists are names with commas between.
type options struct {
	dir      string
	size     int64
	seed     uint64
	sets     string
	forms    string
	tools    string
	rounds   int
	times    int
	bindery  string
	onlyData bool
	report   bool
	write    string
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", "", "the folder for data, programs and results (default: bindery-bench in the user's cache)")
	flag.Int64Var(&o.size, "size", 450, "the size of each set in MB of JSON lines")
	flag.Uint64Var(&o.seed, "seed", 1, "what the data is drawn from")
	flag.StringVar(&o.sets, "sets", strings.Join(setNames(), ","), "the sets to measure")
	flag.StringVar(&o.forms, "forms", strings.Join(formNames(), ","), "the forms to measure them in")
	flag.StringVar(&o.tools, "tools", strings.Join(toolNames(), ","), "the tools to measure")
	flag.IntVar(&o.rounds, "rounds", 5, "how often each tool is measured")
	flag.IntVar(&o.times, "times", 1, "build sets so many times as large, plain, once, and measure nothing else")
	flag.StringVar(&o.bindery, "bindery", "", "measure this program, and build none")
	flag.BoolVar(&o.onlyData, "only-data", false, "make the data (with -times that of the larger sets), and measure nothing")
	flag.BoolVar(&o.report, "report", false, "measure nothing, and print all that earlier runs in the folder measured")
	flag.StringVar(&o.write, "write", "", "write the tables of all that was measured in the folder into this file too, between its marks")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if o.dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return fmt.Errorf("finding a folder (name one with -dir): %w", err)
		}
		o.dir = filepath.Join(cache, "bindery-bench")
	}
	p, err := o.plan()
	if err != nil {
		return err
	}
	if o.onlyData {
		return makeData(ctx, o, p.sets)
	}
	if !o.report {
		m, err := p.measure(ctx, o)
		if err != nil {
			return err
		}
		if _, err := os.Stdout.WriteString(tables(m)); err != nil || o.write == "" {
			return err
		}
	}
	return report(os.Stdout, o.dir, o.write)
}

// A plan is what a command line asks for.
type plan struct {
	sets  []set
	forms []form
	tools []tool
}

func (o options) plan() (p plan, err error) {
	if o.size < 1 || o.rounds < 1 || o.times < 1 {
		return p, fmt.Errorf("-size, -rounds and -times are at least 1")
	}
	if p.sets, err = chosen("-sets", o.sets, sets, func(s set) string { return s.name }); err != nil {
		return p, err
	}
	if p.forms, err = chosen("-forms", o.forms, forms, func(f form) string { return f.name }); err != nil {
		return p, err
	}
	p.tools, err = chosen("-tools", o.tools, tools, func(t tool) string { return t.name })
	return p, err
}

// chosen returns those of all that a flag names, in the order of all.
func chosen[T any](flag, list string, all []T, name func(T) string) ([]T, error) {
	wanted := strings.Split(list, ",")
	var names []string
	var some []T
	for _, one := range all {
		names = append(names, name(one))
		if slices.Contains(wanted, name(one)) {
			some = append(some, one)
		}
	}
	for _, w := range wanted {
		if !slices.Contains(names, w) {
			return nil, fmt.Errorf("%s: there is no %q; there are %s", flag, w, strings.Join(names, ", "))
		}
	}
	return some, nil
}

func makeData(ctx context.Context, o options, sets []set) error {
	c, err := openCorpus(ctx)
	if err != nil {
		return err
	}
	for _, s := range sets {
		r, err := newRecipe(s, c, o.size*1_000_000, o.times, o.seed)
		if err != nil {
			return err
		}
		dir := setDir(o.dir, s.name, o.times)
		if err := makeSet(ctx, dir, s, c, r); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s: the data is in %s\n", s.name, dir)
	}
	return nil
}

// setDir is the folder of a set, or of a larger one.
func setDir(dir, set string, times int) string {
	if times > 1 {
		set = fmt.Sprintf("%s-x%d", set, times)
	}
	return filepath.Join(dir, set)
}
