package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

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
checks every record against the bundle's own declaration.

--json prints one object: "ok", the lists "good", "missing", "changed", "extra" and
"not_fetched" and, with --records, "records", the report that check prints, and "miscounted".`,
		Example: `  bindery verify udhr-1.0.0
  bindery verify --records udhr-1.0.0`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := mustBeFolder(args[0]); err != nil {
				return err
			}
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
				return reported{fmt.Errorf("%w: %s", errVerification, verdict(v))}
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
	return a.printf("%s\n", verdict(v))
}

// verdict says in one line how a verification ended.
func verdict(v *publish.Verified) string {
	release := v.Bundle.Manifest.Name + " " + v.Bundle.Manifest.Version
	files := plural(int64(len(v.Good)), "file")
	switch {
	case !v.Verification.OK():
		return fmt.Sprintf("%s is not as its manifest says: %s good, %d missing, %d changed, %d extra",
			release, files, len(v.Missing), len(v.Changed), len(v.Extra))
	case !v.OK():
		var wrong []string
		if n := v.Records.Total(); n > 0 {
			wrong = append(wrong, plural(n, "finding"))
		}
		if n := int64(len(v.Miscounted)); n > 0 {
			wrong = append(wrong, plural(n, "split")+" with another number of records")
		}
		return fmt.Sprintf("%s: the files are as the manifest says, but the records are not as promised: %s",
			release, strings.Join(wrong, ", "))
	case len(v.NotFetched) > 0:
		return fmt.Sprintf("%s is as its manifest says: %s good, %d not fetched", release, files, len(v.NotFetched))
	}
	return fmt.Sprintf("%s is as its manifest says: %s good", release, files)
}

// mustBeFolder returns an error of usage unless path names a folder.
func mustBeFolder(path string) error {
	const next = "name the folder that `bindery build` or `bindery get` made, such as dist/NAME-VERSION"
	info, err := os.Stat(path)
	switch {
	case path == "" || errors.Is(err, fs.ErrNotExist):
		return usageError{fmt.Errorf("there is no folder %q: %s", path, next)}
	case err == nil && !info.IsDir():
		return usageError{fmt.Errorf("%q is no folder: %s", path, next)}
	}
	return err
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
