package publish

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

// releaseOf returns what a target needs to know of a bundle.
func releaseOf(b *catalog.Bundle, changelog []byte) (target.Release, error) {
	r := target.Release{Manifest: b.Manifest, Files: b.Files()}
	if _, declared := r.File(catalog.DeclarationName); declared {
		d, err := b.Declaration()
		if err != nil {
			return r, fmt.Errorf("the bundle's %s, which says how its tag is made: %w", catalog.DeclarationName, err)
		}
		r.Tag = d.Tag
	}
	for _, f := range b.Manifest.Files {
		if f.Role != catalog.RoleCard {
			continue
		}
		text, err := os.ReadFile(b.Path(f.Name))
		if err != nil {
			return r, err
		}
		r.Notes = withoutHeader(string(text))
	}
	if entry := changelogEntry(string(changelog), b.Manifest.Version); entry != "" {
		r.Notes = "## Changes\n\n" + entry + "\n\n" + r.Notes
	}
	return r, nil
}

// withoutHeader removes the YAML before a card, which is for programs.
func withoutHeader(card string) string {
	rest, ok := strings.CutPrefix(card, "---\n")
	if !ok {
		return card
	}
	_, body, ok := strings.Cut(rest, "\n---\n")
	if !ok {
		return card
	}
	return strings.TrimLeft(body, "\n")
}

var heading = regexp.MustCompile(`^(#{1,6})[ \t]+(.*)$`)

// changelogEntry returns what a changelog says of a version: what stands between its heading, such as
// "## [1.0.0] - 2026-11-23" or "## v1.0.0", and the next of the same level or above.
func changelogEntry(text, version string) string {
	this := regexp.MustCompile(`^\[?v?` + regexp.QuoteMeta(version) + `\]?($|[\s:(,])`)
	var entry []string
	level, fence := 0, false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fence = !fence
		}
		if m := heading.FindStringSubmatch(line); m != nil && !fence {
			if level > 0 && len(m[1]) <= level {
				break
			}
			if level == 0 && this.MatchString(m[2]) {
				level = len(m[1])
				continue
			}
		}
		if level > 0 {
			entry = append(entry, line)
		}
	}
	return strings.TrimSpace(strings.Join(entry, "\n"))
}
