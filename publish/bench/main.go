// Command bench measures Bindery beside what a maintainer would use instead. See README.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

type options struct {
	dir      string
	size     int64
	seed     uint64
	sets     string
	onlyData bool
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", "", "the folder for data, programs and outputs (default: bindery-bench in the user's cache)")
	flag.Int64Var(&o.size, "size", 450, "the size of each set in MB of JSON lines")
	flag.Uint64Var(&o.seed, "seed", 1, "what the data is drawn from")
	flag.StringVar(&o.sets, "sets", strings.Join(setNames(), ","), "the sets to measure")
	flag.BoolVar(&o.onlyData, "only-data", false, "make the data, and measure nothing")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	for _, name := range strings.Split(o.sets, ",") {
		s, ok := setNamed(name)
		if !ok {
			return fmt.Errorf("-sets: there is no set %q; there are %s", name, strings.Join(setNames(), ", "))
		}
		began := time.Now()
		if err := makeSet(ctx, filepath.Join(o.dir, name), s, o.size*1_000_000, o.seed); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s: data is in %s (%.0f s)\n", name, filepath.Join(o.dir, name), time.Since(began).Seconds())
	}
	return nil
}
