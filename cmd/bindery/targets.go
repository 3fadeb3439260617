package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/bindery-data/bindery/publish/target"
	"github.com/bindery-data/bindery/publish/target/dir"
)

// An endpoint is a target that releases are published to and fetched from.
type endpoint interface {
	target.Publisher
	target.Source
	target.Lister
}

// openTarget returns the target that text names. A relative path in it is relative to base.
func openTarget(text, base string) (endpoint, error) {
	kind, where, ok := strings.Cut(text, ":")
	if !ok || where == "" {
		return nil, usageError{fmt.Errorf("target %q: write KIND:PLACE, such as dir:./releases", text)}
	}
	switch kind {
	case "dir":
		path := filepath.FromSlash(where)
		if !filepath.IsAbs(path) {
			path = filepath.Join(base, path)
		}
		return dir.New(path, dir.Options{}), nil
	}
	return nil, usageError{fmt.Errorf("target %q: there is no kind of target called %q; there is dir", text, kind)}
}
