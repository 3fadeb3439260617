package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/bindery-data/bindery/publish"
)

func (a *app) listCommand() *cobra.Command {
	var o publish.ListOptions
	c := &cobra.Command{
		Use:   "list TARGET [NAME[@VERSION]]",
		Short: "List the releases of a target",
		Long: `List shows every release of a target, those of one dataset there, or a single one: name, version, date, size,
number of files and license, the newest version first. One that was withdrawn is shown with the
reason.

` + targetHelp + `

--json prints one object: "releases", a list of "name", "version", "date", "title", "license",
"visibility", "bytes", "files", "withdrawn" ("date" and "reason", or null) and "problem".`,
		Example: `  bindery list dir:./releases
  bindery list github:owner/repo udhr --json`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			from, err := a.openTarget(args[0], ".")
			if err != nil {
				return err
			}
			if len(args) == 2 {
				if o.Name, o.Version, err = parseRelease(args[1]); err != nil {
					return err
				}
			}
			listed, err := publish.List(c.Context(), from, o)
			if err != nil {
				return err
			}
			return a.printListed(from, o, listed)
		},
	}
	a.targetFlags(c)
	return c
}

// A listedResult is a list as --json prints it.
type listedResult struct {
	Releases []listedRelease `json:"releases"`
}

// A listedRelease is one release of it.
type listedRelease struct {
	Name       string `json:"name"`
	Version    string `json:"version"`
	Date       string `json:"date"`
	Title      string `json:"title"`
	License    string `json:"license"`
	Visibility string `json:"visibility"`
	Bytes      int64  `json:"bytes"`
	Files      int    `json:"files"`
	// Withdrawn is null for a release that can be fetched.
	Withdrawn *withdrawnResult `json:"withdrawn"`
	// Problem says why a release could not be looked at; empty if it could.
	Problem string `json:"problem"`
}

// A withdrawnResult is a withdrawal as --json prints it.
type withdrawnResult struct {
	Date   string `json:"date"`
	Reason string `json:"reason"`
}

func listing(l publish.Listed) listedRelease {
	r := listedRelease{Name: l.Name, Version: l.Version, Bytes: l.Size()}
	if m := l.Manifest; m != nil {
		r.Date, r.Title, r.License, r.Visibility, r.Files = m.Date, m.Title, m.License, m.Visibility, len(m.Files)
	}
	if l.Withdrawal != nil {
		r.Withdrawn = &withdrawnResult{l.Withdrawal.Date, l.Withdrawal.Reason}
	}
	if l.Problem != nil {
		r.Problem = l.Problem.Error()
	}
	return r
}

func (a *app) printListed(from place, o publish.ListOptions, listed []publish.Listed) error {
	result := listedResult{Releases: []listedRelease{}}
	for _, l := range listed {
		result.Releases = append(result.Releases, listing(l))
	}
	if a.json {
		return a.printJSON(result)
	}
	if len(listed) == 0 {
		what := "no releases"
		if o.Version != "" {
			what = "no release " + o.Name + "@" + o.Version
		} else if o.Name != "" {
			what += " of " + o.Name
		}
		return a.printf("%s has %s\n", safe(from.name), what)
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, r := range result.Releases {
		rest := []string{r.Date, bytesOf(r.Bytes), plural(int64(r.Files), "file"), safe(r.License)}
		switch {
		case r.Problem != "":
			rest = []string{"cannot be read: " + safe(r.Problem)}
		case r.Withdrawn != nil:
			rest = []string{r.Date, fmt.Sprintf("withdrawn on %s: %s", r.Withdrawn.Date, safe(r.Withdrawn.Reason))}
		}
		if _, err := fmt.Fprintf(w, "%s\t%s\t%s\n", r.Name, r.Version, strings.Join(rest, "\t")); err != nil {
			return err
		}
	}
	return w.Flush()
}
