package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bindery-data/bindery/schema/toml"
)

// An advised error is one that says what to do.
type advised struct {
	error
	advice string
}

func (e advised) Unwrap() error { return e.error }

// usageArgs makes what check says about a command's arguments an error of usage, which says what the
// command takes and shows an example.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch err := check(c, args); {
		case err == nil:
			return nil
		case !c.HasParent():
			return unknownCommand(c, args[0])
		}
		_, takes, _ := strings.Cut(c.Use, " ")
		example, _, _ := strings.Cut(strings.TrimSpace(c.Example), "\n")
		return usageError{advised{
			fmt.Errorf("bindery %s takes %s, and was given %s", c.Name(), takes, plural(int64(len(args)), "argument")),
			"for example: " + example,
		}}
	}
}

// unknownCommand says that root has no command of that name, and which is nearest to it.
func unknownCommand(root *cobra.Command, name string) error {
	var known []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			known = append(known, c.Name())
		}
	}
	return usageError{advised{fmt.Errorf("unknown command %q", name), toml.Suggest(name, known)}}
}

// flagError says what is wrong with a flag of c, and what to write.
func flagError(c *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "":
		var known []string
		c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
		return usageError{advised{err, toml.Suggest("--"+unknown.GetSpecifiedName(), known)}}
	case errors.As(err, &invalid):
		f := invalid.GetFlag()
		takes := map[string]string{"int": "a whole number, such as 4", "bool": "true or false"}[f.Value.Type()]
		return usageError{fmt.Errorf("--%s takes %s, not %q", f.Name, takes, invalid.GetValue())}
	}
	return usageError{err}
}

var githubAddress = regexp.MustCompile(`^(?:https?://|ssh://git@|git@)?(?:www\.)?github\.com[/:]([\w.-]+/[\w.-]+?)(?:\.git)?(?:[/?#].*)?$`)

// noTarget says that text is no target, and which one was probably meant.
func noTarget(text string) error {
	meant := "dir:" + text
	if m := githubAddress.FindStringSubmatch(text); m != nil {
		meant = "github:" + m[1]
	} else if kind, _, ok := strings.Cut(text, ":"); text == "" || ok && len(kind) != 1 { // which is no drive
		meant = "dir:./releases"
	}
	return usageError{fmt.Errorf("target %q: write KIND:PLACE, such as %s", text, meant)}
}
