package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
)

func (a *app) cardCommand() *cobra.Command {
	var (
		out  string
		open bool
	)
	c := &cobra.Command{
		Use:   "card [FILE|DIR|BUNDLE]",
		Short: "Show the card of a release before it is published",
		Long: `Card shows README.md as a build would write it now: the words are those of bindery.toml as it
stands, the counts, sizes and statistics those of the bundle NAME-VERSION that was built before.
Nothing is built or written. Of a bundle, it shows the card as it is.

On a terminal the card is shown as text, elsewhere as the Markdown that it is. --open shows it in
a web browser, from a temporary file in which nothing runs and which refers to nothing; HTML that
the author wrote is left out there.

--json prints one object: "card", the Markdown, "plots", the names of its pictures, "bundle",
"stale", whether the declaration changed since, and with --open "page", the temporary file.`,
		Example: `  bindery card
  bindery card --open datasets/udhr
  bindery card dist/udhr-1.0.0`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			p, err := a.preview(args, out)
			if err != nil {
				return err
			}
			var page string
			if open {
				if page, err = openPage(c.Context(), p); err != nil {
					return err
				}
			}
			return a.printCard(p, page)
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "the folder that holds the bundle NAME-VERSION (default: dist beside the declaration)")
	c.Flags().BoolVar(&open, "open", false, "show it in a web browser")
	return c
}

// preview returns the card that a command's optional argument asks for.
func (a *app) preview(args []string, out string) (*publish.Preview, error) {
	if len(args) > 0 && isBundle(args[0]) {
		return publish.BundleCard(args[0])
	}
	d, err := a.load(args)
	if err != nil {
		return nil, err
	}
	if out == "" {
		out = filepath.Join(filepath.Dir(d.Path), "dist")
	}
	p, err := publish.PreviewCard(d, out)
	if errors.Is(err, publish.ErrNotBuilt) {
		err = usageError{err}
	}
	return p, err
}

// isBundle reports whether path is a folder with a manifest.
func isBundle(path string) bool {
	info, err := os.Lstat(filepath.Join(path, catalog.ManifestName))
	return err == nil && info.Mode().IsRegular()
}

// A cardResult is a card as --json prints it.
type cardResult struct {
	Card   string   `json:"card"`
	Plots  []string `json:"plots"`
	Bundle string   `json:"bundle"`
	Stale  bool     `json:"stale"`
	Page   string   `json:"page,omitempty"`
}

func (a *app) printCard(p *publish.Preview, page string) error {
	if a.json {
		r := cardResult{string(p.Text), []string{}, p.Bundle.Dir, p.Stale, page}
		for _, plot := range p.Plots {
			r.Plots = append(r.Plots, plot.Name)
		}
		return a.printJSON(r)
	}
	if p.Stale {
		fmt.Fprintf(a.stderr, "bindery.toml changed since %s was built: counts and statistics are that bundle's\n", safe(p.Bundle.Dir))
	}
	if page != "" {
		return a.printf("the card is in %s\n", page)
	}
	if columns, ok := terminalColumns(a.stdout); ok {
		return a.printf("%s", renderCard(p.Text, min(columns, 100)))
	}
	return a.printf("%s", p.Text)
}

// terminalColumns returns how wide the terminal is that w writes to; not ok if it is none.
func terminalColumns(w io.Writer) (columns int, ok bool) {
	if keeping, is := w.(*keepingWriter); is {
		w = keeping.Writer
	}
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
		return columns, true
	}
	return 80, true
}
