package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bindery-data/bindery/publish"
)

func (a *app) publishCommand() *cobra.Command {
	var to []string
	c := &cobra.Command{
		Use:   "publish BUNDLE --to TARGET",
		Short: "Publish a bundle, whole or not at all",
		Long: `Publish verifies a bundle and publishes it to a target, where it becomes visible all at once.
A published version never changes: publishing the same bundle again does nothing, and another
one under the same version is refused. A publication that was cut short is carried on with by
the next one.

Targets: dir:PATH, a folder of releases on any file system or behind any web server.

--json prints one object: "published", a list of "target", "name", "version" and
"already_published".`,
		Example: `  bindery publish dist/udhr-1.0.0 --to dir:/srv/releases`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(to) == 0 {
				return usageError{fmt.Errorf("say where to publish with --to, such as --to dir:./releases")}
			}
			places, err := openTargets(to, ".")
			if err != nil {
				return err
			}
			if err := mustBeFolder(args[0]); err != nil {
				return err
			}
			sent, err := a.publishTo(c, args[0], places)
			if a.json {
				err = errors.Join(err, a.printJSON(publishedResult{sent}))
			}
			return err
		},
	}
	c.Flags().StringArrayVar(&to, "to", nil, "a target; repeat it for several")
	return c
}

// publishTo publishes a bundle to every target, one after another, and returns what it did so far.
// Each publication is printed for people when it is done.
func (a *app) publishTo(c *cobra.Command, bundle string, places []place) ([]sentResult, error) {
	results := []sentResult{}
	for _, to := range places {
		show, done := a.progress()
		sent, err := publish.Send(c.Context(), bundle, to, publish.SendOptions{Progress: show})
		done()
		if err != nil {
			return results, fmt.Errorf("publishing to %s: %w", to.name, err)
		}
		result := sentResult{to.name, sent.Manifest.Name, sent.Manifest.Version, sent.AlreadyPublished}
		results = append(results, result)
		if err := a.printSent(result); err != nil {
			return results, err
		}
	}
	return results, nil
}

// A publishedResult is what publish did, as --json prints it.
type publishedResult struct {
	Published []sentResult `json:"published"`
}

// A sentResult is a publication as --json prints it.
type sentResult struct {
	// Target can be given to get, from the current folder.
	Target  string `json:"target"`
	Name    string `json:"name"`
	Version string `json:"version"`
	// AlreadyPublished says that nothing was left to do.
	AlreadyPublished bool `json:"already_published"`
}

// printSent says for people what was published, and how it is fetched.
func (a *app) printSent(sent sentResult) error {
	if a.json {
		return nil
	}
	verb := "published"
	if sent.AlreadyPublished {
		verb = "already published, unchanged:"
	}
	return a.printf("%s %s %s to %s\n  fetch it with: bindery get %s %s@%s\n", verb, sent.Name, sent.Version,
		safe(sent.Target), shellWord(sent.Target), sent.Name, sent.Version)
}
