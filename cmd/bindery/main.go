// Command bindery turns cleaned shards into published dataset releases, and fetches them back.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

func main() {
	if os.Getenv("GOGC") == "" {
		limitGarbage()
	}
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is main with its surroundings as arguments. The first signal cancels the work, which then leaves
// nothing half done; a second one kills the process.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	out := &keepingWriter{Writer: stdout}
	a := &app{stdout: out, stderr: stderr}
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(stderr)
	// A command line that cannot be parsed is told to machines as JSON too.
	a.json = slices.Contains(args, "--json")
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = out.err
	}
	return a.exit(ctx, err)
}

// A keepingWriter keeps the last error of writing, which help drops.
type keepingWriter struct {
	io.Writer
	err error
}

func (w *keepingWriter) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if err != nil {
		w.err = err
	}
	return n, err
}
