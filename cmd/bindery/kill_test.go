package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestKill kills build, publish and get at random moments. After every kill, what has a final name is
// whole or not there; and however often it was killed, the next run ends in the same bytes.
//
// BINDERY_TEST_KILLS sets how many times each command is killed.
func TestKill(t *testing.T) {
	kills := 12
	if testing.Short() {
		kills = 3
	}
	if n, err := strconv.Atoi(os.Getenv("BINDERY_TEST_KILLS")); err == nil {
		kills = n
	}
	const seed = 20261123
	random := rand.New(rand.NewPCG(seed, seed))
	w := killWorkspace(t)
	for _, step := range []struct {
		final string
		args  []string
	}{
		{"dist/kill-1.0.0", []string{"build", ".", "--jobs", "2"}},
		{"releases/kill/1.0.0", []string{"publish", "dist/kill-1.0.0", "--to", "dir:releases"}},
		{"got/kill-1.0.0", []string{"get", "dir:releases", "kill", "-o", "got"}},
	} {
		final := filepath.Join(w.dir, step.final)
		began := time.Now()
		w.run(step.args)
		took := time.Since(began)
		want := treeDigest(final)
		killed := 0
		for n := range kills {
			if n%3 == 0 {
				// Start from nothing; in the other rounds carry on from what the kill before left.
				w.clear(step.final)
			}
			// One moment in each equal part of the time, so that few kills too are spread over all of it.
			part := took / time.Duration(kills)
			if w.kill(step.args, time.Duration(n)*part+time.Duration(random.Int64N(int64(part)+1))) {
				killed++
			} else {
				// The machine has less else to do than when the run was timed.
				took /= 2
			}
			if _, err := os.Lstat(final); err == nil && treeDigest(final) != want {
				t.Fatalf("after kill %d of %s, %s is half done:\n%s\nwant\n%s", n, step.args[0], step.final, treeDigest(final), want)
			}
			if n%3 == 2 {
				w.run(step.args)
				if got := treeDigest(final); got != want {
					t.Fatalf("the run after kill %d of %s ended in\n%s\nwant\n%s", n, step.args[0], got, want)
				}
				w.tidy(filepath.Dir(step.final))
			}
		}
		if killed == 0 {
			t.Errorf("none of %d kills came before the end of %s", kills, step.args[0])
		}
		w.run(step.args)
	}
}

// TestInterrupt interrupts a build: it ends with 130, says so, and leaves nothing.
func TestInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no signals to send")
	}
	w := killWorkspace(t)
	c := w.command([]string{"build", ".", "--jobs", "1"})
	var stderr strings.Builder
	c.Stderr = &stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	partial := filepath.Join(w.dir, "dist", ".kill-1.0.0.partial")
	for range 2000 {
		if _, err := os.Stat(partial); err == nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	// The exit code says what there is to know.
	_ = c.Wait()
	if code := c.ProcessState.ExitCode(); code != exitInterrupted || !strings.Contains(stderr.String(), "interrupted: nothing was written") {
		t.Errorf("exit code %d, want %d; standard error:\n%s", code, exitInterrupted, stderr.String())
	}
	entries, err := os.ReadDir(filepath.Join(w.dir, "dist"))
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

type workspace struct {
	t   *testing.T
	dir string
}

// killWorkspace makes a dataset of some thousand records that takes many units and several files.
func killWorkspace(t *testing.T) workspace {
	t.Helper()
	dir := t.TempDir()
	var records strings.Builder
	for i := range 12000 {
		fmt.Fprintf(&records, "{\"id\":%d,\"text\":%q}\n", i, strings.Repeat(strconv.Itoa(i*7919)+" ", 40))
	}
	declaration := `
[dataset]
name = "kill"
title = "Killed"
version = "1.0.0"
date = 2026-11-23
license = "CC0-1.0"
[[splits]]
name = "train"
shards = ["a.jsonl"]
[schema]
primary_key = ["id"]
[fields.id]
type = "int64"
[fields.text]
type = "string"
[build]
unit_size = "64KiB"
file_size = "1MiB"
`
	for name, content := range map[string]string{"a.jsonl": records.String(), "bindery.toml": declaration} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return workspace{t, dir}
}

func (w workspace) command(args []string) *exec.Cmd {
	w.t.Helper()
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	c := exec.Command(self, args...)
	c.Dir = w.dir
	c.Env = append(os.Environ(), runMain+"=1")
	return c
}

// run runs the program to its end.
func (w workspace) run(args []string) {
	w.t.Helper()
	if out, err := w.command(args).CombinedOutput(); err != nil {
		w.t.Fatalf("bindery %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// kill runs the program and kills it after a while. It reports whether the program was still running.
func (w workspace) kill(args []string, after time.Duration) bool {
	w.t.Helper()
	c := w.command(args)
	if err := c.Start(); err != nil {
		w.t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() {
		// It may have ended by itself.
		_ = c.Process.Kill()
	})
	defer timer.Stop()
	return c.Wait() != nil
}

// clear removes what a command made, and all that it may have left on the way.
func (w workspace) clear(final string) {
	w.t.Helper()
	if err := os.RemoveAll(filepath.Join(w.dir, filepath.FromSlash(strings.SplitN(final, "/", 2)[0]))); err != nil {
		w.t.Fatal(err)
	}
}

// tidy fails if a run that succeeded left something hidden behind.
func (w workspace) tidy(dir string) {
	w.t.Helper()
	entries, err := os.ReadDir(filepath.Join(w.dir, dir))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			w.t.Errorf("%s is left behind in %s", e.Name(), dir)
		}
	}
}
