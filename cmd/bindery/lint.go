package main

import (
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/bindery-data/bindery/catalog/lint"
	"github.com/bindery-data/bindery/publish"
)

// errLint says that a release lacks what it should not go out without.
var errLint = errors.New("the release lacks what it should not go out without")

func (a *app) lintCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "lint [FILE|DIR|BUNDLE]",
		Short: "Say what a release lacks that its readers expect",
		Long: `Lint says what a release lacks: a description, authors, sources and by what right they are used,
sections of the datasheet, and what Hugging Face, Google Dataset Search and NeurIPS expect. Where
the bundle NAME-VERSION was built from the declaration as it stands, lint looks at that too: at
splits without records, and row groups and rows too large for the Hub's viewer. It reads no shard.

A finding is printed with its place in the declaration as

    FILE:LINE:COLUMN: CODE: MESSAGE

Findings that are errors give the exit code 1. Advice, which is marked so, does not. The codes are
listed in the package comment of catalog/lint.

--json prints one object: "findings", each with "code", "severity", "file", "line", "column",
"message" and "hint", the counts "errors" and "advice", and "bundle", the bundle that was looked
at, or "".`,
		Example: `  bindery lint
  bindery lint --json datasets/udhr | jq '.findings[].code'
  bindery lint dist/udhr-1.0.0`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r, err := a.lint(args, out)
			if err != nil {
				return err
			}
			if err := a.printLint(r); err != nil {
				return err
			}
			if r.Errors() > 0 {
				return reported{errLint}
			}
			return nil
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "the folder that holds the bundle NAME-VERSION (default: dist beside the declaration)")
	return c
}

func (a *app) lint(args []string, out string) (*publish.LintReport, error) {
	if len(args) > 0 && isBundle(args[0]) {
		return publish.LintBundle(args[0])
	}
	d, err := a.load(args)
	if err != nil {
		return nil, err
	}
	if out == "" {
		out = filepath.Join(filepath.Dir(d.Path), "dist")
	}
	return publish.Lint(d, out)
}

// A lintResult is a lint report as --json prints it.
type lintResult struct {
	Findings []lint.Finding `json:"findings"`
	Errors   int            `json:"errors"`
	Advice   int            `json:"advice"`
	Bundle   string         `json:"bundle"`
}

func (a *app) printLint(r *publish.LintReport) error {
	errs := r.Errors()
	advice := len(r.Findings) - errs
	if a.json {
		out := lintResult{Findings: append([]lint.Finding{}, r.Findings...), Errors: errs, Advice: advice}
		if r.Bundle != nil {
			out.Bundle = r.Bundle.Dir
		}
		return a.printJSON(out)
	}
	for _, f := range r.Findings {
		if err := a.printf("%s\n", safeLines(f.Excerpt())); err != nil {
			return err
		}
	}
	verdict := "nothing is lacking"
	switch {
	case errs > 0 && advice > 0:
		verdict = plural(int64(errs), "error") + ", and advice on " + plural(int64(advice), "matter")
	case errs > 0:
		verdict = plural(int64(errs), "error")
	case advice > 0:
		verdict = "no errors, and advice on " + plural(int64(advice), "matter")
	}
	if r.Bundle == nil {
		verdict += "; splits and row groups were not looked at, since no bundle is built from this declaration"
	}
	return a.printf("%s\n", verdict)
}
