package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
	"github.com/bindery-data/bindery/publish/shard"
	"github.com/bindery-data/bindery/schema/toml"
)

// An app is what the commands share: where they print, and the flags that every one has.
type app struct {
	stdout, stderr io.Writer
	quiet, json    bool
	jobs           int
	apiURL         string // of GitHub's API; empty for github.com
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "bindery",
		Short: "Turn cleaned shards into a published dataset release",
		Long: `Bindery checks every record of a dataset against the schema declared in bindery.toml,
binds the records into Parquet files with a card, licences and checksums, and publishes that
bundle whole or not at all. Researchers fetch it back, verified.

A maintainer's whole job is one file, bindery.toml, and one command, bindery release.
A researcher's whole job is one command, bindery get.`,
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetHelpCommand(helpCommand())
	root.SetFlagErrorFunc(flagError)
	root.SetUsageTemplate(root.UsageTemplate() + exitCodes)
	flags := root.PersistentFlags()
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "show no progress")
	flags.BoolVar(&a.json, "json", false, "print the result as one JSON object; progress, and {\"error\", \"hint\", \"exit\"} on failure, as JSON lines on standard error")
	root.AddCommand(a.checkCommand(), a.lintCommand(), a.buildCommand(), a.cardCommand(), a.verifyCommand(), a.publishCommand(),
		a.releaseCommand(), a.getCommand(), a.listCommand(), a.withdrawCommand())
	for _, c := range root.Commands() {
		c.Args = usageArgs(c.Args)
	}
	root.Args = usageArgs(root.Args)
	return root
}

// helpCommand is cobra's own, but for an unknown command being an error of usage.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show what a command does",
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(c.Root(), strings.Join(args, " "))
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// jobsFlag adds --jobs to a command that reads shards.
func (a *app) jobsFlag(c *cobra.Command) {
	c.PreRunE = func(*cobra.Command, []string) error {
		if a.jobs < 0 {
			return usageError{fmt.Errorf("--jobs %d: it is 1 or more, or 0 for one per processor", a.jobs)}
		}
		return nil
	}
	c.Flags().IntVarP(&a.jobs, "jobs", "j", 0, "how many units to work on at once (default: one per processor)")
}

// load reads the declaration that a command's optional argument names.
func (a *app) load(args []string) (*catalog.Declaration, error) {
	path := "."
	if len(args) > 0 {
		path = args[0]
	}
	d, err := catalog.Load(path, catalog.LoadOptions{
		Readable: func(name string) (string, error) {
			format, _, err := shard.Detect(name)
			return format, err
		},
		Target: func(text string) error {
			_, err := a.targetAt(text, ".", "")
			return err
		},
	})
	var mistakes *toml.Error
	if errors.Is(err, fs.ErrNotExist) {
		err = usageError{err}
	}
	if _, _, noShard := shard.Detect(path); noShard == nil && errors.As(err, &mistakes) {
		err = usageError{advised{fmt.Errorf("%q is taken for a declaration, and its name is that of a shard", path),
			"name a bindery.toml, or a folder that has one; it names the shards"}}
	}
	return d, err
}

// options returns the options of a pass over the shards, with progress shown as the flags say.
func (a *app) options() (publish.Options, func()) {
	show, done := a.progress()
	return publish.Options{Jobs: a.jobs, TempDir: os.TempDir(), Progress: show}, done
}

// printJSON prints a result for machines.
func (a *app) printJSON(v any) error { return printJSON(a.stdout, v) }

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// printf prints a result for people. What comes from data or from a declaration is passed through safe
// first.
func (a *app) printf(format string, args ...any) error {
	_, err := fmt.Fprintf(a.stdout, format, args...)
	return err
}

// plural returns "1 record", "2 records".
func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(n) + " " + noun + "s"
}

// thousands writes 16308 as 16,308.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	var b strings.Builder
	for i, digit := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	return b.String()
}

// bytesOf writes a number of bytes as people read it: 14.3 MB.
func bytesOf(n int64) string {
	const unit = 1000
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	v, suffix := float64(n)/unit, "kB"
	for _, next := range []string{"MB", "GB", "TB", "PB"} {
		if v < unit {
			break
		}
		v, suffix = v/unit, next
	}
	return fmt.Sprintf("%.1f %s", v, suffix)
}
