package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bindery-data/bindery/publish"
)

func (a *app) checkCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "check [FILE|DIR]",
		Short: "Check every record against the declaration, writing nothing",
		Long: `Check reads every shard that bindery.toml declares and reports what is wrong with its
records. It writes nothing. The argument is the declaration or its folder; without one, it
is bindery.toml in the current folder.

A finding is printed as

    SHARD:LINE: FIELD: CODE: MESSAGE (RULE), got VALUE

with the record's number in place of the line where a format has no lines. Of each code and
field the first 10 are printed, and the counts of all. Shards without records are named: they
are no fault, but may be what is left of one. --format json prints one object with "records",
"counts", "findings" (the first 1,000 of each code and field) and, where there are some,
"empty_shards".`,
		Example: `  bindery check
  bindery check --format json datasets/udhr | jq .counts`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return usageError{fmt.Errorf("--format is text or json, not %q", format)}
			}
			a.json = a.json || format == "json"
			d, err := a.load(args)
			if err != nil {
				return err
			}
			o, done := a.options()
			rep, err := publish.Check(c.Context(), d, o)
			done()
			if err != nil {
				return err
			}
			if err := a.printReport(a.stdout, rep); err != nil {
				return err
			}
			if rep.Total() > 0 {
				return reported{&publish.InvalidError{Report: rep}}
			}
			return nil
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text or json")
	a.jobsFlag(c)
	return c
}
