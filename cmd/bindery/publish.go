package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bindery-data/bindery/publish"
	"github.com/bindery-data/bindery/publish/target"
)

func (a *app) publishCommand() *cobra.Command {
	var to []string
	var o publish.SendOptions
	var dryRun bool
	c := &cobra.Command{
		Use:   "publish BUNDLE --to TARGET",
		Short: "Publish a bundle, whole or not at all",
		Long: `Publish verifies a bundle and publishes it to a target, where it becomes visible all at once.
A published version never changes: publishing the same bundle again does nothing, and another
one under the same version is refused. A publication that was cut short is carried on with by
the next one, which sends only what is missing.

--dry-run says what would happen and does none of it; it takes read access alone. --draft
sends and compares everything, and stops before anything is visible.

` + targetHelp + `

--json prints one object: "published", a list of "target", "name", "version",
"already_published" and "draft"; with --dry-run "planned", a list of "target", "name", "version",
"already_published", "place", "resumes", "send", "bytes" and "remarks".`,
		Example: `  bindery publish dist/udhr-1.0.0 --to dir:/srv/releases
  bindery publish dist/udhr-1.0.0 --to github:owner/repo --dry-run`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(to) == 0 {
				return usageError{fmt.Errorf("say where to publish with --to, such as --to dir:./releases")}
			}
			places, err := a.openTargets(to, ".")
			if err != nil {
				return err
			}
			if err := mustBeFolder(args[0]); err != nil {
				return err
			}
			if dryRun {
				return a.planTo(c, args[0], places, o)
			}
			sent, err := a.publishTo(c, args[0], places, o)
			if a.json {
				err = errors.Join(err, a.printJSON(publishedResult{sent}))
			}
			return err
		},
	}
	c.Flags().StringArrayVar(&to, "to", nil, "a target; repeat it for several")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would happen, and do none of it")
	c.Flags().BoolVar(&o.Draft, "draft", false, "stop before the release is visible")
	c.MarkFlagsMutuallyExclusive("dry-run", "draft")
	a.targetFlags(c)
	return c
}

// publishTo publishes a bundle to every target, one after another, and returns what it did so far.
// Each publication is printed for people when it is done.
func (a *app) publishTo(c *cobra.Command, bundle string, places []place, o publish.SendOptions) ([]sentResult, error) {
	results := []sentResult{}
	for _, to := range places {
		show, done := a.progress()
		o.Progress = show
		sent, err := publish.Send(c.Context(), bundle, to, o)
		done()
		if err != nil {
			return results, resumable{publishError(err)}
		}
		result := sentResult{to.name, sent.Manifest.Name, sent.Manifest.Version, sent.AlreadyPublished, sent.Draft}
		results = append(results, result)
		if err := a.printSent(result); err != nil {
			return results, err
		}
	}
	return results, nil
}

// publishError adds what to do where a version was withdrawn, which is another thing than for who fetches it.
func publishError(err error) error {
	if errors.Is(err, target.ErrWithdrawn) {
		return advised{err, "a withdrawn version is never published again: raise version in bindery.toml and build anew"}
	}
	return err
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
	// Draft says that nobody sees it yet.
	Draft bool `json:"draft"`
}

// printSent says for people what was published, and how it is fetched.
func (a *app) printSent(sent sentResult) error {
	if a.json {
		return nil
	}
	if sent.Draft {
		return a.printf("%s %s is at %s as a draft: all of it, compared, and nobody sees it\n  publish it with the same command without --draft\n",
			sent.Name, sent.Version, safe(sent.Target))
	}
	verb := "published"
	if sent.AlreadyPublished {
		verb = "already published, unchanged:"
	}
	server := ""
	if a.apiURL != "" && strings.HasPrefix(sent.Target, "github:") {
		server = " --api-url " + shellWord(a.apiURL)
	}
	return a.printf("%s %s %s to %s\n  fetch it with: bindery get %s %s@%s%s\n", verb, sent.Name, sent.Version,
		safe(sent.Target), shellWord(sent.Target), sent.Name, sent.Version, server)
}
