package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
)

func (a *app) getCommand() *cobra.Command {
	var o publish.GetOptions
	c := &cobra.Command{
		Use:   "get TARGET NAME[@VERSION]",
		Short: "Fetch a release, verified",
		Long: `Get fetches a release into the folder NAME-VERSION, which appears when every byte was
compared with the release's manifest, and not before. Without a version it takes the newest.
What was cut short is resumed by the next run. Files that a folder of another version of the
dataset beside it has already are taken from there, and do not travel. A release that was
withdrawn is not fetched.

With --split or --config only those data files are fetched, beside the documents. The folder
then holds PARTIAL.json, which says what was left out; another get adds to it.

` + targetHelp + `

--json prints one object: "folder", "name", "version", "bytes", "reused_bytes", "already_there"
and "not_fetched".`,
		Example: `  bindery get dir:./releases udhr
  bindery get dir:./releases udhr@1.0.0 --split train -o data
  bindery get github:owner/repo udhr`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			from, err := a.openTarget(args[0], ".")
			if err != nil {
				return err
			}
			if o.Name, o.Version, err = parseRelease(args[1]); err != nil {
				return err
			}
			show, done := a.progress()
			o.Progress = show
			got, err := publish.Get(c.Context(), from, o)
			done()
			if err != nil {
				return resumable{err}
			}
			return a.printGot(got)
		},
	}
	c.Flags().StringArrayVar(&o.Splits, "split", nil, "fetch this split alone; repeat it for several")
	c.Flags().StringArrayVar(&o.Configs, "config", nil, "fetch this config alone; repeat it for several")
	c.Flags().StringVarP(&o.Dir, "output", "o", ".", "the folder that will hold NAME-VERSION")
	a.targetFlags(c)
	return c
}

// parseRelease splits NAME[@VERSION], and refuses what cannot be the name or version of a release.
func parseRelease(text string) (name, version string, err error) {
	name, version, versioned := strings.Cut(text, "@")
	err = catalog.ValidDatasetName(name)
	if err == nil && versioned {
		err = catalog.ValidVersion(version)
	}
	if err != nil {
		meant := "NAME or NAME@VERSION, such as udhr or udhr@1.0.0"
		if plain := strings.TrimPrefix(version, "v"); catalog.ValidDatasetName(name) == nil && catalog.ValidVersion(plain) == nil {
			meant = name + "@" + plain
		}
		err = usageError{fmt.Errorf("release %q: %w: write %s", text, err, meant)}
	}
	return name, version, err
}

// A gotResult is a download as --json prints it.
type gotResult struct {
	Folder  string `json:"folder"`
	Name    string `json:"name"`
	Version string `json:"version"`
	// Bytes travelled, ReusedBytes were taken from another version's folder; AlreadyThere says that
	// neither had to.
	Bytes        int64 `json:"bytes"`
	ReusedBytes  int64 `json:"reused_bytes"`
	AlreadyThere bool  `json:"already_there"`
	// NotFetched are the files that were left out.
	NotFetched []string `json:"not_fetched"`
}

func (a *app) printGot(got publish.GetResult) error {
	m := got.Manifest
	if a.json {
		return a.printJSON(gotResult{got.Path, m.Name, m.Version, got.Bytes, got.Reused, got.AlreadyThere, names(got.LeftOut)})
	}
	verb := "fetched and verified"
	if got.AlreadyThere {
		verb = "already there, verified:"
	}
	err := a.printf("%s %s %s in %s\n  license %s\n", verb, m.Name, m.Version, safe(got.Path), safe(m.License))
	if err == nil && got.Reused > 0 {
		err = a.printf("  %s fetched, %s taken from another version's folder\n", bytesOf(got.Bytes), bytesOf(got.Reused))
	}
	if n := len(got.LeftOut); err == nil && n > 0 {
		err = a.printf("  %s left out, as asked; %s says which\n", plural(int64(n), "file"), catalog.PartialName)
	}
	return err
}
