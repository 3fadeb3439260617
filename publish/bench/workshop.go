package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

//go:embed peers
var peerFiles embed.FS

// A workshop is the folder that everything is in, and the programs that are measured.
type workshop struct {
	dir     string
	module  string // Bindery's source
	bindery string // the program
	given   bool   // it is not built here
	python  string // the interpreter of the pinned environment; empty where no peer is measured
	taskset string // the program that holds another to one core; empty where there is none
	peers   map[string]string
}

// openWorkshop builds Bindery, unless it is given a program, and the peers' environment, if there are peers.
func openWorkshop(ctx context.Context, dir, program string, withPeers bool) (*workshop, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	w := &workshop{dir: dir}
	w.taskset, _ = exec.LookPath("taskset") // A system without it has no rows of one core.
	if w.module, err = output(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/bindery-data/bindery"); err != nil {
		return nil, fmt.Errorf("finding Bindery's source: run this inside a clone: %w", err)
	}
	if err := w.build(ctx, program); err != nil {
		return nil, err
	}
	if withPeers {
		err = w.openPeers(ctx)
	}
	return w, err
}

// build builds Bindery, or takes the program.
func (w *workshop) build(ctx context.Context, program string) (err error) {
	if program != "" {
		w.given = true
		w.bindery, err = filepath.Abs(program)
		return err
	}
	w.bindery = filepath.Join(w.dir, "bin", "bindery")
	if runtime.GOOS == "windows" {
		w.bindery += ".exe"
	}
	// Without the commit in it, the same code gives the same program; see place.differs.
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-o", w.bindery, "./cmd/bindery")
	cmd.Dir = w.module
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // as releases of Bindery are built
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building Bindery: %w: %s", err, said)
	}
	return nil
}

// revision says which Bindery is measured: the commit of the clone that it was built in, or what the program
// that was given says of itself.
func (w *workshop) revision(ctx context.Context) (string, error) {
	info, err := buildinfo.ReadFile(w.bindery)
	if err != nil {
		return "", fmt.Errorf("reading what %s was built from: %w", w.bindery, err)
	}
	var revision string
	var changed bool
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value
		case "vcs.modified":
			changed = s.Value == "true"
		}
	}
	if !w.given {
		if revision, changed, err = w.head(ctx); err != nil {
			return "", err
		}
	}
	switch {
	case revision == "":
		return "of no known commit, " + info.GoVersion, nil
	case changed:
		return revision[:12] + " with changes, " + info.GoVersion, nil
	}
	return revision[:12] + ", " + info.GoVersion, nil
}

// digest tells programs apart. It holds little of the program at a time; see measure.
func (w *workshop) digest() (string, error) {
	program, err := os.Open(w.bindery)
	if err != nil {
		return "", err
	}
	defer program.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, program); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)[:8]), nil
}

// head is the commit that the clone is at, and whether the code that the program is made of differs from
// that.
func (w *workshop) head(ctx context.Context) (revision string, changed bool, err error) {
	if revision, err = output(ctx, "git", "-C", w.module, "rev-parse", "HEAD"); err != nil {
		return "", false, err
	}
	differing, err := output(ctx, "git", "-C", w.module, "status", "--porcelain", "--", "*.go", "go.mod", ":!publish/bench", ":!*_test.go")
	return revision, differing != "", err
}

// openPeers puts the peers' scripts in place and makes their environment, unless it is there.
func (w *workshop) openPeers(ctx context.Context) error {
	if err := w.writePeers(); err != nil {
		return err
	}
	requirements := filepath.Join(w.dir, "peers", "requirements.txt")
	text, err := os.ReadFile(requirements)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	venv := filepath.Join(w.dir, "python-"+hex.EncodeToString(sum[:4]))
	w.python = filepath.Join(venv, "bin", "python")
	if runtime.GOOS == "windows" {
		w.python = filepath.Join(venv, "Scripts", "python.exe")
	}
	ready := filepath.Join(venv, "ready")
	if _, err := os.Stat(ready); errors.Is(err, fs.ErrNotExist) {
		if err := w.install(ctx, venv, requirements); err != nil {
			return err
		}
		if err := os.WriteFile(ready, nil, 0o666); err != nil {
			return err
		}
	}
	return w.askVersions(ctx, string(text))
}

func (w *workshop) writePeers() error {
	to := filepath.Join(w.dir, "peers")
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	return os.CopyFS(w.dir, peerFiles)
}

// install makes the environment anew.
func (w *workshop) install(ctx context.Context, venv, requirements string) error {
	fmt.Fprintln(os.Stderr, "installing the peers into", venv)
	if err := os.RemoveAll(venv); err != nil {
		return err
	}
	for _, argv := range [][]string{
		{"python3", "-m", "venv", venv},
		{w.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements},
	} {
		if said, err := exec.CommandContext(ctx, argv[0], argv[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("installing the peers (-tools build,check does without): %s: %w: %s", strings.Join(argv, " "), err, tail(string(said), 2000))
		}
	}
	return nil
}

// askVersions notes the version of Python and those of the peers, which are the first requirements.
func (w *workshop) askVersions(ctx context.Context, requirements string) error {
	python, err := output(ctx, w.python, "-c", "import platform; print(platform.python_version())")
	if err != nil {
		return err
	}
	w.peers = map[string]string{"Python": python}
	for _, match := range regexp.MustCompile(`(?m)^(datasets|duckdb|polars|pyarrow)==(.+)$`).FindAllStringSubmatch(requirements, -1) {
		w.peers[match[1]] = match[2]
	}
	return nil
}

// output runs a command and returns the line that it prints.
func output(ctx context.Context, argv ...string) (string, error) {
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(argv, " "), err, tail(said.String(), 2000))
	}
	return strings.TrimSpace(string(out)), nil
}

// makeData has a process of its own make data, since this one must stay small; see measure.
func (w *workshop) makeData(ctx context.Context, o options, set string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self, "-dir", w.dir, "-only-data", "-sets", set,
		fmt.Sprint("-size=", o.size), fmt.Sprint("-seed=", o.seed), fmt.Sprint("-times=", o.times))
	cmd.Stderr = os.Stderr
	return cmd.Run()
}
