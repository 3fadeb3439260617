package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// A sample is what one run of a program took, as a whole process.
type sample struct {
	Wall float64 `json:"wall"` // seconds
	CPU  float64 `json:"cpu"`  // seconds, of user and system
	Peak int64   `json:"peak"` // resident memory at its highest, in bytes; 0 where the system does not tell
	Size int64   `json:"size"` // bytes of Parquet
}

// A runError is that of a program that ran and failed.
type runError struct {
	command string
	state   error
	said    string // on standard error, its end
}

func (e *runError) Error() string {
	return fmt.Sprintf("%s: %v: %s", e.command, e.state, tail(e.said, 2000))
}

func (e *runError) Unwrap() error { return e.state }

// causeLine is a line of Python's like "ValueError: ...". The first one is the cause of those that follow.
var causeLine = regexp.MustCompile(`(?m)^[\w.]+: .*$`)

// cause is what went wrong, in a line.
func (e *runError) cause() string {
	if line := causeLine.FindString(e.said); line != "" {
		return line
	}
	return fmt.Sprint(e.state, ": ", tail(e.said, 300))
}

// measure runs a command from its start to its end.
//
// The system counts as a process's memory at its highest also what its parent had when it was started. So
// whoever calls this must be small, and leaves making data to a process of its own.
func measure(ctx context.Context, dir string, argv ...string) (sample, error) {
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = dir
	cmd.Stderr = &said
	began := time.Now()
	err := cmd.Run()
	wall := time.Since(began)
	if ctx.Err() != nil {
		return sample{}, ctx.Err()
	}
	if err != nil {
		return sample{}, &runError{strings.Join(argv, " "), err, tail(said.String(), 20_000)}
	}
	state := cmd.ProcessState
	return sample{
		Wall: wall.Seconds(),
		CPU:  (state.UserTime() + state.SystemTime()).Seconds(),
		Peak: peakMemory(state),
	}, nil
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

// parquetSize adds up the Parquet files in a folder and those inside it.
func parquetSize(dir string) (size int64, err error) {
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".parquet" {
			return err
		}
		info, err := os.Stat(name)
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}

// readShards reads all shards of a set, of which it holds little at a time; see measure.
func readShards(ctx context.Context, dir string) error {
	shards, err := filepath.Glob(filepath.Join(dir, "shards", "*"))
	if err != nil {
		return err
	}
	for _, shard := range shards {
		if err := ctx.Err(); err != nil {
			return err
		}
		f, err := os.Open(shard)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, f)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}
