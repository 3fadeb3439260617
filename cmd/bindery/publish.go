package main

import (
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

Targets: dir:PATH, a folder of releases on any file system or behind any web server.`,
		Example: `  bindery publish dist/udhr-1.0.0 --to dir:/srv/releases`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(to) == 0 {
				return usageError{fmt.Errorf("say where to publish with --to, such as --to dir:./releases")}
			}
			return a.publishTo(c, args[0], to, ".")
		},
	}
	c.Flags().StringArrayVar(&to, "to", nil, "a target; repeat it for several")
	return c
}

// publishTo publishes a bundle to every target. Relative paths in targets are relative to base.
func (a *app) publishTo(c *cobra.Command, bundle string, targets []string, base string) error {
	for _, text := range targets {
		if _, err := openTarget(text, base); err != nil {
			return err
		}
	}
	for _, text := range targets {
		to, err := openTarget(text, base)
		if err != nil {
			return err
		}
		show, done := a.progress()
		sent, err := publish.Send(c.Context(), bundle, to, publish.SendOptions{Progress: show})
		done()
		if err != nil {
			return fmt.Errorf("publishing to %s: %w", safe(text), err)
		}
		if err := a.printSent(text, sent); err != nil {
			return err
		}
	}
	return nil
}

// A sentResult is a publication as --json prints it.
type sentResult struct {
	Target  string `json:"target"`
	Name    string `json:"name"`
	Version string `json:"version"`
	// AlreadyPublished says that nothing was left to do.
	AlreadyPublished bool `json:"already_published"`
}

func (a *app) printSent(text string, sent publish.SendResult) error {
	m := sent.Manifest
	if a.json {
		return a.printJSON(sentResult{text, m.Name, m.Version, sent.AlreadyPublished})
	}
	verb := "published"
	if sent.AlreadyPublished {
		verb = "already published, unchanged:"
	}
	return a.printf("%s %s %s to %s\n", verb, m.Name, m.Version, safe(text))
}
