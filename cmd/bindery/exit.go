package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strings"
	"syscall"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/publish/target"
	"github.com/bindery-data/bindery/schema/toml"
)

// The exit codes of every command.
const (
	exitOK           = 0
	exitFindings     = 1
	exitUsage        = 2
	exitSystem       = 3
	exitVerification = 4
	exitWithdrawn    = 5
	exitInterrupted  = 130
)

// exitCodes stands at the end of every command's help.
const exitCodes = `
Exit codes:
  0    fine
  1    the data has findings, or lint has errors
  2    the declaration or the command line is wrong
  3    the system or a target failed
  4    verification failed
  5    the release was withdrawn
  130  interrupted
`

// A usageError is a command line that makes no sense.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// A reported error is one whose story was told already, by a report.
type reported struct{ error }

func (e reported) Unwrap() error { return e.error }

// A resumable error ended work that the next run of the command carries on with.
type resumable struct{ error }

func (e resumable) Unwrap() error { return e.error }

// errVerification says that verify found something wrong.
var errVerification = errors.New("verification failed")

// A failure is an error as --json prints it, on one line of standard error.
type failure struct {
	Error string `json:"error"`
	// Hint is what to do, where the error itself does not say.
	Hint string `json:"hint,omitempty"`
	Exit int    `json:"exit"`
}

// exit says what went wrong, if anything, and returns the exit code. It is the only place that does.
func (a *app) exit(ctx context.Context, err error) int {
	if err == nil {
		return exitOK
	}
	var mistakes *toml.Error
	f := failure{err.Error(), hintFor(err), codeOf(ctx, err)}
	if f.Exit == exitInterrupted {
		f.Error, f.Hint = interruption(err), ""
	}
	if !errors.As(err, &mistakes) { // whose lines show the declaration
		f.Error = once(f.Error)
	}
	a.printFailure(f, err)
	return f.Exit
}

// once returns text without lines that one before says already, alone or behind what was being done: an error of a
// disk fails all that is done with a file after it, its closing too, and joined they say the same.
func once(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		said := func(before string) bool { return before == line || strings.HasSuffix(before, ": "+line) }
		if !slices.ContainsFunc(lines, said) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// printFailure prints f, which was made of err. There is nobody left to tell when that fails.
func (a *app) printFailure(f failure, err error) {
	var (
		told     reported
		mistakes *toml.Error
	)
	switch {
	case a.json:
		e := json.NewEncoder(a.stderr)
		e.SetEscapeHTML(false)
		_ = e.Encode(f)
	case errors.As(err, &told):
	case errors.As(err, &mistakes):
		fmt.Fprintln(a.stderr, safeLines(mistakes.Error()))
	default:
		fmt.Fprintln(a.stderr, "bindery:", safeLines(f.Error))
		if f.Hint != "" {
			fmt.Fprintln(a.stderr, "  =", safeLines(f.Hint))
		}
	}
}

// interruption says that the work was interrupted, and whatever else went wrong on the way out.
func interruption(err error) string {
	lines := []string{"interrupted: nothing was written"}
	var resumes resumable
	if errors.As(err, &resumes) {
		lines[0] = "interrupted; run it again to carry on"
	}
	for _, other := range uncancelled(err) {
		lines = append(lines, other.Error())
	}
	return strings.Join(lines, "\n")
}

// uncancelled returns the errors that were joined to one that says that the context was cancelled.
func uncancelled(err error) []error {
	if !errors.Is(err, context.Canceled) {
		return []error{err}
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return uncancelled(e.Unwrap())
	case interface{ Unwrap() []error }:
		var others []error
		for _, joined := range e.Unwrap() {
			others = append(others, uncancelled(joined)...)
		}
		return others
	}
	return nil
}

func codeOf(ctx context.Context, err error) int {
	var (
		invalid  *publish.InvalidError
		mistakes *toml.Error
		usage    usageError
		choice   *publish.SelectionError
		verify   *publish.VerificationError
	)
	switch {
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &invalid), errors.Is(err, errLint):
		return exitFindings
	case errors.As(err, &mistakes), errors.As(err, &usage), errors.As(err, &choice):
		return exitUsage
	case errors.Is(err, target.ErrWithdrawn):
		return exitWithdrawn
	case errors.Is(err, target.ErrExists):
		// Its cause may be that what stands in the way is no bundle, which says nothing of the one that
		// was to be published.
		return exitSystem
	case errors.As(err, &verify), errors.Is(err, errVerification), errors.Is(err, target.ErrMismatch),
		errors.Is(err, catalog.ErrNotABundle), errors.Is(err, catalog.ErrDamaged):
		return exitVerification
	}
	return exitSystem
}

// hintFor returns what to do about an error, where the error itself does not say.
func hintFor(err error) string {
	var (
		usage usageError
		told  advised
		// network is what net/http makes of a request without an answer.
		network *url.Error
	)
	switch {
	case errors.As(err, &told) && told.advice != "":
		return told.advice
	case errors.As(err, &usage):
		return "bindery --help lists the commands, bindery COMMAND --help a command's flags"
	case errors.Is(err, target.ErrWithdrawn):
		return "bindery list TARGET shows which releases there are; a withdrawn version is never published again"
	case errors.Is(err, target.ErrDenied):
		return "set GITHUB_TOKEN or GH_TOKEN (with --api-url GH_ENTERPRISE_TOKEN) to a token that may write the repository's contents, or run gh auth login"
	case errors.Is(err, target.ErrExists):
		return "a published version never changes: raise version in bindery.toml and build anew"
	case errors.Is(err, target.ErrNotFound):
		return "check the target's place, and the name and version; bindery get --help shows how they are written"
	case errors.As(err, &network):
		return "check the network, then run it again"
	case errors.Is(err, syscall.ENOSPC):
		return "free some space, then run it again: it carries on or starts clean"
	case errors.Is(err, disk.ErrLocked), errors.Is(err, target.ErrBusy):
		return "wait for the other process to end, then run the command again"
	case errors.Is(err, fs.ErrPermission):
		return "check who owns the file or folder, and its permissions"
	}
	return ""
}
