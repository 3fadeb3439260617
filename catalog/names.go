package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/semver"
)

// The longest names, in bytes. They leave room, within the 255 of common file systems, for the endings
// of hidden files that stand beside a file or folder while it is made.
const (
	MaxFileName    = 200
	MaxDatasetName = 96
	MaxVersion     = 64
)

// ValidName returns nil if name may be the name of a file in a bundle, and otherwise says why not: it
// is made of [A-Za-z0-9._-], does not begin or end with a dot, and is no device's name on Windows, so
// that it is the same name on every file system, in every URL and at every target.
func ValidName(name string) error {
	switch {
	case name == "":
		return errors.New("the name is empty")
	case len(name) > MaxFileName:
		return fmt.Errorf("the name %q has more than %d characters", name[:32]+"...", MaxFileName)
	case strings.IndexFunc(name, notInName) >= 0:
		return fmt.Errorf("the name %q has a character other than A-Z, a-z, 0-9, '.', '_' and '-'", name)
	case name[0] == '.' || name[len(name)-1] == '.':
		return fmt.Errorf("the name %q begins or ends with a dot", name)
	case windowsDevice(name):
		return fmt.Errorf("the name %q is a device's on Windows", name)
	}
	return nil
}

const nameCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

func notInName(r rune) bool { return !strings.ContainsRune(nameCharacters, r) }

// windowsDevice reports whether Windows takes name for a device, which it does with any extension.
func windowsDevice(name string) bool {
	base, _, _ := strings.Cut(strings.ToUpper(name), ".")
	switch base {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(base) == 4 && (strings.HasPrefix(base, "COM") || strings.HasPrefix(base, "LPT")) &&
		base[3] >= '0' && base[3] <= '9'
}

// ValidDatasetName returns nil if name may be a dataset's name, and otherwise says why not: it is a
// valid file name of lower-case letters, digits, '.', '_' and '-' that begins with a letter or digit.
func ValidDatasetName(name string) error {
	if err := ValidName(name); err != nil {
		return err
	}
	switch {
	case len(name) > MaxDatasetName:
		return fmt.Errorf("the name %q has more than %d characters", name[:32]+"...", MaxDatasetName)
	case strings.ToLower(name) != name:
		return fmt.Errorf("the name %q has a capital letter", name)
	case name[0] == '_' || name[0] == '-':
		return fmt.Errorf("the name %q does not begin with a letter or digit", name)
	}
	return nil
}

// ValidVersion returns nil if version may be a release's version, and otherwise says why not. It is a
// semantic version (semver.org 2.0.0) with all three numbers. Build metadata ("+...") is refused: it
// takes no part in the order of versions, and '+' is not the same in every URL.
func ValidVersion(version string) error {
	v := "v" + version
	switch {
	case !semver.IsValid(v) || semver.Canonical(v)+semver.Build(v) != v:
		return fmt.Errorf("%q is not a semantic version such as 1.0.0 or 2.1.0-beta.1", version)
	case semver.Build(v) != "":
		return fmt.Errorf("the version %q has build metadata: leave out the '+' and what follows", version)
	case len(version) > MaxVersion:
		return fmt.Errorf("the version %q has more than %d characters", version[:32]+"...", MaxVersion)
	}
	return nil
}

// CompareVersions orders valid versions, the older first, by the precedence of semver.org 2.0.0.
func CompareVersions(a, b string) int {
	return cmp.Or(semver.Compare("v"+a, "v"+b), cmp.Compare(a, b))
}

// Prerelease reports whether a valid version is one of those that come before a release: 1.0.0-rc.1.
func Prerelease(version string) bool { return semver.Prerelease("v"+version) != "" }

// FolderName returns the name of the folder that holds a version of a dataset: "udhr-1.0.0".
func FolderName(name, version string) string { return name + "-" + version }
