package catalog

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var tagPattern = regexp.MustCompile(`^([A-Za-z0-9._-]|\{name\}|\{version\})+$`)

// maxTag is how many bytes a pattern may have: a tag is a file's name in many a repository.
const maxTag = 64

// ValidTag returns nil if pattern can be the pattern of tags, and otherwise says why not: it is made of
// letters, digits, '.', '_', '-', {name} and {version} of ASCII, has {version}, and gives a tag that Git
// takes.
func ValidTag(pattern string) error {
	switch {
	case !tagPattern.MatchString(pattern):
		return fmt.Errorf("the tag %q is not made of letters, digits, '.', '_', '-', {name} and {version}", pattern)
	case !strings.Contains(pattern, "{version}"):
		return errors.New("the tag does not have {version}, so that two versions would have the same")
	}
	tag := ExpandTag(pattern, "a", "0")
	if strings.Contains(tag, "..") || strings.HasPrefix(tag, ".") || strings.HasPrefix(tag, "-") || strings.HasSuffix(tag, ".") ||
		strings.HasSuffix(tag, ".lock") || len(pattern) > maxTag {
		return fmt.Errorf("a tag such as %q is none that Git takes, or too long", tag)
	}
	return nil
}

// ExpandTag returns the tag that a pattern gives a release.
func ExpandTag(pattern, name, version string) string {
	return strings.NewReplacer("{name}", name, "{version}", version).Replace(pattern)
}
