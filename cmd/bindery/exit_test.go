package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
	"github.com/bindery-data/bindery/publish/target"
)

func TestExit(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	full := &fs.PathError{Op: "write", Path: "a", Err: syscall.ENOSPC}
	for name, test := range map[string]struct {
		ctx  context.Context
		json bool
		err  error
		code int
		want string
	}{
		"fine":        {t.Context(), false, nil, exitOK, ""},
		"obeyed code": {t.Context(), false, errors.New("open x\x1b[31mRED.jsonl:\n\tno\u202e"), exitSystem, "bindery: open x\\x1b[31mRED.jsonl:\n\tno\\u202e\n"},
		"full": {t.Context(), false, fmt.Errorf("build: %w", full), exitSystem,
			"bindery: build: write a: no space left on device\n  = free some space, then run it again: it carries on or starts clean\n"},
		"full, twice": {t.Context(), false, errors.Join(fmt.Errorf("build: %w", full), full, errors.New("remove a: busy")), exitSystem,
			"bindery: build: write a: no space left on device\nremove a: busy\n  = free some space, then run it again: it carries on or starts clean\n"},
		"network": {t.Context(), false, fmt.Errorf("list: %w", &url.Error{Op: "Get", URL: "https://api.github.com", Err: errors.New("no such host")}), exitSystem,
			"bindery: list: Get \"https://api.github.com\": no such host\n  = check the network, then run it again\n"},
		"taken by no bundle": {t.Context(), true, fmt.Errorf("%w: %w", target.ErrExists, catalog.ErrNotABundle), exitSystem,
			`{"error":"version already published with other content: not a bundle","hint":"a published version never changes: raise version in bindery.toml and build anew","exit":3}` + "\n"},
		"told":                       {t.Context(), false, reported{errVerification}, exitVerification, ""},
		"told anyway":                {t.Context(), true, reported{errVerification}, exitVerification, `{"error":"verification failed","exit":4}` + "\n"},
		"interrupted":                {cancelled, false, fmt.Errorf("build: %w", context.Canceled), exitInterrupted, "bindery: interrupted: nothing was written\n"},
		"interrupted on the network": {cancelled, false, &url.Error{Op: "Get", URL: "x", Err: context.Canceled}, exitInterrupted, "bindery: interrupted: nothing was written\n"},
		"interrupted, carries on":    {cancelled, false, resumable{fmt.Errorf("get: %w", context.Canceled)}, exitInterrupted, "bindery: interrupted; run it again to carry on\n"},
		"interrupted, and more": {cancelled, false, fmt.Errorf("build: %w", errors.Join(context.Canceled, errors.New("remove a: busy"))), exitInterrupted,
			"bindery: interrupted: nothing was written\nremove a: busy\n"},
		"failed just before": {cancelled, false, errors.New("read a: broken"), exitSystem, "bindery: read a: broken\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var stderr strings.Builder
			a := &app{stdout: io.Discard, stderr: &stderr, json: test.json}
			if code := a.exit(test.ctx, test.err); code != test.code || stderr.String() != test.want {
				t.Errorf("exit code %d, want %d; got\n%s\nwant\n%s", code, test.code, stderr.String(), test.want)
			}
		})
	}
}

// TestFullOutputIsNoSuccess asks for help and the version where they cannot be printed.
func TestFullOutputIsNoSuccess(t *testing.T) {
	for _, args := range []string{"--help", "help check", "check --help", "--version"} {
		out, in := io.Pipe()
		if err := out.CloseWithError(syscall.ENOSPC); err != nil {
			t.Fatal(err)
		}
		if code := run(strings.Fields(args), in, io.Discard); code != exitSystem {
			t.Errorf("bindery %s: exit code %d, want %d", args, code, exitSystem)
		}
	}
}

// TestVerdict tells apart files that changed and records that are not as promised.
func TestVerdict(t *testing.T) {
	m := &catalog.Manifest{Name: "a", Version: "1.0.0"}
	found := func() *catalog.Verification {
		return &catalog.Verification{Bundle: &catalog.Bundle{Manifest: m}, Good: make([]catalog.File, 2)}
	}
	changed := found()
	changed.Missing = make([]catalog.File, 1)
	records := &publish.Report{Counts: []publish.FindingCount{{Code: "type-error", Count: 3}}}
	for want, v := range map[string]*publish.Verified{
		"a 1.0.0 is as its manifest says: 2 files good":                                    {Verification: found(), Records: &publish.Report{}},
		"a 1.0.0 is not as its manifest says: 2 files good, 1 missing, 0 changed, 0 extra": {Verification: changed},
		"a 1.0.0: the files are as the manifest says, but the records are not as promised: 3 findings, 1 split with another number of records": {
			Verification: found(), Records: records, Miscounted: make([]publish.Miscount, 1)},
	} {
		if got := verdict(v); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestShellWord(t *testing.T) {
	for in, want := range map[string]string{
		"dir:a/b-1.0": "dir:a/b-1.0",
		"dir:my data": "'dir:my data'",
		"dir:it's":    `'dir:it'\''s'`,
	} {
		if got := shellWord(in); got != want {
			t.Errorf("shellWord(%q) = %s, want %s", in, got, want)
		}
	}
}
