package catalog

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Checksums returns the content of SHA256SUMS for files: what `sha256sum` and its kin write and
// `sha256sum -c` reads, one line a file, by name, in the form for texts (two spaces), which is read the
// same as that for binary files on every system that has but one kind.
func Checksums(files []File) []byte {
	sorted := slices.SortedFunc(slices.Values(files), func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	var out bytes.Buffer
	for _, f := range sorted {
		fmt.Fprintf(&out, "%s  %s\n", f.SHA256, f.Name)
	}
	return out.Bytes()
}

// ParseChecksums returns the digest of each file that the content of a SHA256SUMS names. It takes the
// format of Checksums alone: lower-case digits, two spaces (or a space and a star) and a valid name.
func ParseChecksums(text []byte) (map[string]string, error) {
	sums := make(map[string]string)
	number := 0
	for line := range bytes.Lines(text) {
		number++
		sum, name, err := parseChecksum(line)
		if err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", ChecksumsName, number, err)
		}
		if _, twice := sums[name]; twice {
			return nil, fmt.Errorf("%s: line %d: %s is there twice", ChecksumsName, number, name)
		}
		sums[name] = sum
	}
	return sums, nil
}

func parseChecksum(line []byte) (sum, name string, err error) {
	const sumEnd, nameStart = 64, 66
	text, ended := strings.CutSuffix(string(line), "\n")
	if !ended || len(text) <= nameStart || !validSum(text[:sumEnd]) ||
		(text[sumEnd:nameStart] != "  " && text[sumEnd:nameStart] != " *") {
		return "", "", fmt.Errorf("not a SHA-256, two spaces, a file's name and a line end")
	}
	name = text[nameStart:]
	return text[:sumEnd], name, ValidName(name)
}
