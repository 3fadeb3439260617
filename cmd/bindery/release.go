package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/catalog/lint"
	"github.com/bindery-data/bindery/publish"
)

func (a *app) releaseCommand() *cobra.Command {
	var out string
	var to []string
	c := &cobra.Command{
		Use:   "release [FILE|DIR]",
		Short: "Check, build and publish in one",
		Long: `Release checks the shards, builds the bundle and publishes it to the targets that the
declaration names under [publish], or that --to names instead. It is build, lint, then publish:
when the check finds anything that is not quarantined, nothing is built or published; when lint
has errors, the bundle is built and not published, since a version that is out never changes.
publish takes the bundle as it is.

A target that shows notes beside a release shows the card, and before it what CHANGELOG.md, if
it stands beside the declaration, says of the version.

--json prints one object: "bundle", as build prints it, and "published", as publish prints it.
When the check finds anything, it is the report that check prints; when lint has errors, it is
what lint prints.`,
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
			places, err := a.openTargets(to, base)
			if err != nil {
				return err
			}
			changelog, err := os.ReadFile(filepath.Join(filepath.Dir(d.Path), "CHANGELOG.md"))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			built, err := a.build(c, d, out)
			if err != nil {
				return err
			}
			if err := a.printBuilt(built); err != nil {
				return err
			}
			if err := a.holdBack(d, built); err != nil {
				return err
			}
			sent, err := a.publishTo(c, built.Path, places, publish.SendOptions{Changelog: changelog})
			if a.json {
				err = errors.Join(err, a.printJSON(releasedResult{builtJSON(built), sent}))
			}
			return err
		},
	}
	a.buildFlags(c, &out)
	c.Flags().StringArrayVar(&to, "to", nil, "a target, instead of the declared ones; repeat it for several")
	a.targetFlags(c)
	return c
}

// holdBack returns an error where lint has errors about what was built, and prints them.
func (a *app) holdBack(d *catalog.Declaration, built *publish.Built) error {
	r, err := publish.Lint(d, filepath.Dir(built.Path))
	if err != nil || r.Errors() == 0 {
		return err
	}
	r.Findings = slices.DeleteFunc(r.Findings, func(f lint.Finding) bool { return f.Severity != lint.Error })
	if err := a.printLint(r); err != nil {
		return err
	}
	return fmt.Errorf("not published: %w: mend the declaration, or publish the bundle as it is with bindery publish %s --to TARGET",
		errLint, built.Path)
}

// A releasedResult is what release did, as --json prints it.
type releasedResult struct {
	Bundle    builtResult  `json:"bundle"`
	Published []sentResult `json:"published"`
}
