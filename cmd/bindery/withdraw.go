package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/bindery-data/bindery/catalog"
)

func (a *app) withdrawCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:   "withdraw TARGET NAME@VERSION --reason REASON",
		Short: "Withdraw a release that must go, such as after a leak",
		Long: `Withdraw marks a published release as withdrawn and deletes its files. Its manifest.json, which
names the files, and WITHDRAWN.json, which has the date and the reason, stay: get refuses the
release and says why, list shows it, and its version is never published again. Everybody can
read the reason. What was fetched before is not recalled.

A withdrawal that was cut short is carried on with by the same command; a release is withdrawn
from the moment it is marked. What was said first stays, whatever a later withdrawal says.

` + targetHelp + `

--json prints one object: "target", "name", "version", "date" and "reason", as they stay, and
"already_withdrawn", whether another withdrawal said them.`,
		Example: `  bindery withdraw github:owner/repo udhr@1.0.0 --reason "it held names of private persons"`,
		Args:    cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			name, version, err := parseRelease(args[1])
			if err != nil {
				return err
			}
			if version == "" {
				return usageError{errors.New("say which version is to be withdrawn: NAME@VERSION")}
			}
			if reason == "" {
				return usageError{errors.New("say why with --reason, in a line that everybody can read")}
			}
			w, err := catalog.NewWithdrawal(name, version, time.Now().UTC().Format(time.DateOnly), reason)
			if err != nil {
				return usageError{err}
			}
			from, err := a.openTarget(args[0], ".")
			if err != nil {
				return err
			}
			stays, err := from.Withdraw(c.Context(), w)
			if err != nil {
				return resumable{err}
			}
			return a.printWithdrawn(withdrawResult{from.name, name, version, stays.Date, stays.Reason, stays != w})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, in a line that everybody can read; required")
	a.targetFlags(c)
	return c
}

// A withdrawResult is a withdrawal that was done, as --json prints it.
type withdrawResult struct {
	Target  string `json:"target"`
	Name    string `json:"name"`
	Version string `json:"version"`
	// Date and Reason are those that stay.
	Date   string `json:"date"`
	Reason string `json:"reason"`
	// AlreadyWithdrawn says that an earlier withdrawal, of another day or reason, said them.
	AlreadyWithdrawn bool `json:"already_withdrawn"`
}

// printWithdrawn says for people, or for machines, what a withdrawal did.
func (a *app) printWithdrawn(r withdrawResult) error {
	switch {
	case a.json:
		return a.printJSON(r)
	case r.AlreadyWithdrawn:
		return a.printf("%s %s was withdrawn from %s already, on %s; the reason that was given then stays:\n  %s\n",
			r.Name, r.Version, safe(r.Target), r.Date, safe(r.Reason))
	}
	return a.printf("withdrew %s %s from %s: its files are gone, its manifest and the reason stay\n", r.Name, r.Version, safe(r.Target))
}
