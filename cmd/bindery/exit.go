package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

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
	exitInterrupted  = 130
)

// exitCodes stands at the end of every command's help.
const exitCodes = `
Exit codes:
  0    fine
  1    the data has findings
  2    the declaration or the command line is wrong
  3    the system or a target failed
  4    verification failed
  130  interrupted
`

// A usageError is a command line that makes no sense.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// exit says what went wrong, if anything, and returns the exit code. It is the only place that does.
func (a *app) exit(ctx context.Context, err error) int {
	if err == nil {
		return exitOK
	}
	code := codeOf(ctx, err)
	var mistakes *toml.Error
	switch {
	case errors.Is(err, errReported):
	case errors.As(err, &mistakes):
		fmt.Fprintln(a.stderr, mistakes)
	case code == exitInterrupted:
		fmt.Fprintln(a.stderr, "bindery: interrupted; nothing was left half done")
	default:
		fmt.Fprintln(a.stderr, "bindery:", err)
		if hint := hintFor(err); hint != "" {
			fmt.Fprintln(a.stderr, "  =", hint)
		}
	}
	return code
}

// errReported marks an error whose story was told already, by a report.
var errReported = errors.New("reported")

// errVerification says that verify found something wrong.
var errVerification = errors.New("verification failed")

// reported returns err marked as told.
func reported(err error) error { return errors.Join(errReported, err) }

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
	case errors.As(err, &invalid):
		return exitFindings
	case errors.As(err, &mistakes), errors.As(err, &usage), errors.As(err, &choice):
		return exitUsage
	case errors.As(err, &verify), errors.Is(err, errVerification), errors.Is(err, target.ErrMismatch),
		errors.Is(err, catalog.ErrNotABundle), errors.Is(err, catalog.ErrDamaged):
		return exitVerification
	}
	return exitSystem
}

// hintFor returns what to do about an error, where the error itself does not say.
func hintFor(err error) string {
	var usage usageError
	switch {
	case errors.As(err, &usage):
		return "bindery --help lists the commands, bindery COMMAND --help a command's flags"
	case errors.Is(err, target.ErrExists):
		return "a published version never changes: give the release a new version in bindery.toml"
	case errors.Is(err, disk.ErrLocked), errors.Is(err, target.ErrBusy):
		return "wait for the other process to end, then run the command again"
	case errors.Is(err, fs.ErrPermission):
		return "check who owns the file or folder, and its permissions"
	}
	return ""
}
