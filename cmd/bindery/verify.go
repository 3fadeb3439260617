package main

import (
	"github.com/spf13/cobra"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
)

func (a *app) verifyCommand() *cobra.Command {
	var records bool
	c := &cobra.Command{
		Use:   "verify DIR",
		Short: "Compare a bundle or download with its manifest",
		Long: `Verify hashes every file of a bundle, or of what get fetched, and lists all that are missing,
changed, or not part of the release. With --records it also reads the Parquet files back and
checks every record against the bundle's own declaration.`,
		Example: `  bindery verify udhr-1.0.0
  bindery verify --records udhr-1.0.0`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			o, done := a.options()
			v, err := publish.Verify(c.Context(), args[0], publish.VerifyOptions{Options: o, Records: records})
			done()
			if err != nil {
				return err
			}
			if err := a.printVerified(v); err != nil {
				return err
			}
			if !v.OK() {
				return reported(errVerification)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&records, "records", false, "read the Parquet files back and check every record")
	a.jobsFlag(c)
	return c
}

// A verifiedResult is a verification as --json prints it.
type verifiedResult struct {
	OK         bool               `json:"ok"`
	Good       []string           `json:"good"`
	Missing    []string           `json:"missing"`
	Changed    []changedFile      `json:"changed"`
	Extra      []string           `json:"extra"`
	NotFetched []string           `json:"not_fetched"`
	Records    *jsonReport        `json:"records,omitempty"`
	Miscounted []publish.Miscount `json:"miscounted,omitempty"`
}

type changedFile struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

func (a *app) printVerified(v *publish.Verified) error {
	if a.json {
		return a.printJSON(verifiedJSON(v))
	}
	for _, f := range v.Missing {
		if err := a.printf("missing  %s\n", safe(f.Name)); err != nil {
			return err
		}
	}
	for _, f := range v.Changed {
		if err := a.printf("changed  %s: %s\n", safe(f.File.Name), safe(f.Reason)); err != nil {
			return err
		}
	}
	for _, name := range v.Extra {
		if err := a.printf("extra    %s\n", safe(name)); err != nil {
			return err
		}
	}
	for _, m := range v.Miscounted {
		if err := a.printf("miscount %s %s: has %d records, should have %d\n", m.Config, m.Split, m.Got, m.Want); err != nil {
			return err
		}
	}
	if v.Records != nil {
		if err := a.printReport(a.stdout, v.Records); err != nil {
			return err
		}
	}
	return a.printVerdict(v)
}

// printVerdict ends a verification with one line.
func (a *app) printVerdict(v *publish.Verified) error {
	m := v.Bundle.Manifest
	files := plural(int64(len(v.Good)), "file")
	if !v.OK() {
		return a.printf("%s %s is not as published: %s good, %d missing, %d changed, %d extra\n",
			m.Name, m.Version, files, len(v.Missing), len(v.Changed), len(v.Extra))
	}
	if n := len(v.NotFetched); n > 0 {
		return a.printf("%s %s is as published: %s good, %d not fetched\n", m.Name, m.Version, files, n)
	}
	return a.printf("%s %s is as published: %s good\n", m.Name, m.Version, files)
}

func verifiedJSON(v *publish.Verified) verifiedResult {
	r := verifiedResult{OK: v.OK(), Extra: append([]string{}, v.Extra...), Miscounted: v.Miscounted,
		Good: names(v.Good), Missing: names(v.Missing), NotFetched: names(v.NotFetched), Changed: []changedFile{}}
	for _, c := range v.Changed {
		r.Changed = append(r.Changed, changedFile{c.File.Name, c.Reason})
	}
	if v.Records != nil {
		records := newJSONReport(v.Records)
		r.Records = &records
	}
	return r
}

func names(files []catalog.File) []string {
	list := []string{}
	for _, f := range files {
		list = append(list, f.Name)
	}
	return list
}
