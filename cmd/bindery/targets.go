package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/bindery-data/bindery/publish/target"
	"github.com/bindery-data/bindery/publish/target/dir"
	"github.com/bindery-data/bindery/publish/target/github"
)

// An endpoint is a target that releases are published to, fetched and withdrawn from.
type endpoint interface {
	target.Publisher
	target.Source
	target.Lister
	target.Withdrawer
	target.Planner
}

// A place is an endpoint and how to name it from the current folder.
type place struct {
	endpoint
	name string
}

// targetHelp says in a command's help which targets there are.
const targetHelp = `Targets:
  dir:PATH           a folder of releases on any file system or behind any web server
  github:OWNER/REPO  the releases of a GitHub repository. What is public is fetched without a
                     token. Otherwise the token is that of GITHUB_TOKEN or GH_TOKEN (with
                     --api-url GITHUB_ENTERPRISE_TOKEN or GH_ENTERPRISE_TOKEN, unless it is
                     ghe.com or the GitHub that Actions runs on), or what gh auth login wrote
                     to gh's configuration; it is sent to the API's own hosts and to no other`

// targetFlags adds what targets can be told.
func (a *app) targetFlags(c *cobra.Command) {
	c.Flags().StringVar(&a.apiURL, "api-url", "", "the API of a GitHub Enterprise server, such as https://HOST/api/v3")
}

// openTargets returns the targets that texts name, as openTarget does.
func (a *app) openTargets(texts []string, base string) ([]place, error) {
	var places []place
	for _, text := range texts {
		p, err := a.openTarget(text, base)
		if err != nil {
			return nil, err
		}
		places = append(places, p)
	}
	return places, nil
}

// openTarget returns the target that text names, logged in. A relative path in it is relative to base.
func (a *app) openTarget(text, base string) (place, error) {
	token := ""
	if strings.HasPrefix(text, "github:") {
		var err error
		if token, err = githubToken(a.apiURL); err != nil {
			return place{}, err
		}
	}
	return a.targetAt(text, base, token)
}

// targetAt returns the target that text names, with the token to log in with, if it needs one. Nothing is
// asked of anybody yet.
func (a *app) targetAt(text, base, token string) (place, error) {
	kind, where, ok := strings.Cut(text, ":")
	if !ok || where == "" {
		return place{}, noTarget(text)
	}
	switch kind {
	case "dir":
		path := filepath.FromSlash(where)
		if !filepath.IsAbs(path) {
			path = filepath.Join(base, path)
		}
		return place{dir.New(path, dir.Options{}), "dir:" + filepath.ToSlash(path)}, nil
	case "github":
		t, err := github.New(where, github.Options{Token: token, API: a.apiURL, Waiting: a.waiting})
		if err != nil {
			return place{}, usageError{fmt.Errorf("target %q: %w", text, err)}
		}
		return place{t, text}, nil
	}
	if len(kind) == 1 || githubAddress.MatchString(text) {
		return place{}, noTarget(text)
	}
	return place{}, usageError{fmt.Errorf("target %q: there is no kind of target called %q; there are dir and github", text, kind)}
}

// waiting says that a target makes the program wait, so that nobody takes it for stuck.
func (a *app) waiting(reason string, d time.Duration) {
	const worthAWord = 5 * time.Second
	switch {
	case a.quiet || d < worthAWord:
	case a.json:
		_ = json.NewEncoder(a.stderr).Encode(map[string]any{"waiting": reason, "seconds": d.Seconds()}) // as for progress
	default:
		begin := ""
		if f, ok := a.stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
			begin = clearLine // the bar is drawn again with the next event
		}
		fmt.Fprintf(a.stderr, "%swaiting %s: %s\n", begin, d.Round(time.Second), safe(reason))
	}
}
