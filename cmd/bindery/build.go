package main

import (
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
)

func (a *app) buildCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "build [FILE|DIR]",
		Short: "Check the shards and bind them into a bundle",
		Long: `Build checks every record and, in the same pass, binds the records into a bundle: the folder
NAME-VERSION with Parquet files, card, licences, manifest and checksums. The bundle appears
whole or not at all. The same input gives the same bytes, whatever the number of jobs.

Records that do not meet the schema stop the build, unless the declaration says
on_invalid = "quarantine": then they are kept, as they came, in NAME-VERSION.quarantine.jsonl
beside the bundle, up to the declared share.

--json prints one object: "bundle", "name", "version", "splits", "files" and, where there are
some, "quarantine" and "empty_shards". When records stop the build, it is the report that check
prints.`,
		Example: `  bindery build
  bindery build -o /data/bundles datasets/udhr`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			d, err := a.load(args)
			if err != nil {
				return err
			}
			built, err := a.build(c, d, out)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(builtJSON(built))
			}
			return a.printBuilt(built)
		},
	}
	a.buildFlags(c, &out)
	return c
}

// buildFlags adds the flags of the commands that build.
func (a *app) buildFlags(c *cobra.Command, out *string) {
	c.Flags().StringVarP(out, "output", "o", "", "the folder that will hold NAME-VERSION (default: dist beside the declaration)")
	a.jobsFlag(c)
}

// build makes the bundle of d in the folder out. What a check finds is printed: for people to standard
// error, for machines as the result.
func (a *app) build(c *cobra.Command, d *catalog.Declaration, out string) (*publish.Built, error) {
	if out == "" {
		out = filepath.Join(filepath.Dir(d.Path), "dist")
	}
	o, done := a.options()
	built, err := publish.Build(c.Context(), d, publish.BuildOptions{Options: o, Dir: out, ReturnMemory: true})
	done()
	var invalid *publish.InvalidError
	if errors.As(err, &invalid) {
		w := a.stderr
		if a.json {
			w = a.stdout
		}
		err = errors.Join(err, a.printReport(w, invalid.Report))
	}
	return built, err
}

// A builtResult is a bundle as --json prints it.
type builtResult struct {
	Bundle     string          `json:"bundle"`
	Name       string          `json:"name"`
	Version    string          `json:"version"`
	Splits     []catalog.Count `json:"splits"`
	Files      []catalog.File  `json:"files"`
	Quarantine string          `json:"quarantine,omitempty"`
	Empty      []string        `json:"empty_shards,omitempty"`
}

func builtJSON(b *publish.Built) builtResult {
	return builtResult{b.Path, b.Manifest.Name, b.Manifest.Version, b.Manifest.Splits, b.Manifest.Files, b.Quarantine, b.Report.Empty}
}

// printBuilt says for people what was built.
func (a *app) printBuilt(b *publish.Built) error {
	if a.json {
		return nil
	}
	var files, size int64
	for _, f := range b.Manifest.Files {
		if f.Role == catalog.RoleData {
			files++
			size += f.Size
		}
	}
	n := b.Report.Records()
	err := a.printf("built %s\n  %s in %s, %s\n", safe(b.Path), plural(n.Written, "record"),
		plural(files, "Parquet file"), bytesOf(size))
	if err == nil && b.Quarantine != "" {
		err = a.printf("  %s of %s quarantined in %s\n", thousands(n.Quarantined), plural(n.Read, "record"), safe(b.Quarantine))
	}
	if err == nil && len(b.Report.Empty) > 0 {
		err = a.printf("  %s\n", emptyShards(b.Report))
	}
	return err
}
