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
	target.Withdrawer
	target.Planner
}

// A place is an endpoint and how to name it from the current folder.
type place struct {
	endpoint
	name string
}

// openTargets returns the targets that texts name, as openTarget does.
func openTargets(texts []string, base string) ([]place, error) {
	var places []place
	for _, text := range texts {
		p, err := openTarget(text, base)
		if err != nil {
			return nil, err
		}
		places = append(places, p)
	}
	return places, nil
}

// openTarget returns the target that text names. A relative path in it is relative to base.
func openTarget(text, base string) (place, error) {
	kind, where, ok := strings.Cut(text, ":")
	if !ok || where == "" {
		return place{}, usageError{fmt.Errorf("target %q: write KIND:PLACE, such as dir:./releases", text)}
	}
	switch kind {
	case "dir":
		path := filepath.FromSlash(where)
		if !filepath.IsAbs(path) {
			path = filepath.Join(base, path)
		}
		return place{dir.New(path, dir.Options{}), "dir:" + filepath.ToSlash(path)}, nil
	}
	return place{}, usageError{fmt.Errorf("target %q: there is no kind of target called %q; there is dir", text, kind)}
}
