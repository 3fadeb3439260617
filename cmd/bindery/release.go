package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"
)

func (a *app) releaseCommand() *cobra.Command {
	var out string
	var to []string
	c := &cobra.Command{
		Use:   "release [FILE|DIR]",
		Short: "Check, build and publish in one",
		Long: `Release checks the shards, builds the bundle and publishes it to the targets that the
declaration names under [publish], or that --to names instead. It is build, then publish:
when the check finds anything, nothing is built and nothing is published.`,
		Example: `  bindery release
  bindery release --to dir:/srv/releases datasets/udhr`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			d, err := a.load(args)
			if err != nil {
				return err
			}
			base := "."
			if len(to) == 0 {
				to, base = d.To, filepath.Dir(d.Path)
			}
			if len(to) == 0 {
				return usageError{fmt.Errorf(`nowhere to publish: declare to = ["dir:./releases"] under [publish], or use --to`)}
			}
			for _, text := range to {
				if _, err := openTarget(text, base); err != nil {
					return err
				}
			}
			built, err := a.build(c, d, out)
			if err != nil {
				return err
			}
			if err := a.printBuilt(built); err != nil {
				return err
			}
			return a.publishTo(c, built.Path, to, base)
		},
	}
	a.buildFlags(c, &out)
	c.Flags().StringArrayVar(&to, "to", nil, "a target, instead of the declared ones; repeat it for several")
	return c
}
