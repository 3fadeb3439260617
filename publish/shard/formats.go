package shard

import (
	"fmt"
	"path"
	"strings"
)

// formats are the formats a shard can have. A new one is a file of its own and a line here.
var formats = []*Format{
	&jsonlFormat, &jsonFormat, &csvFormat, &tsvFormat,
	&parquetFormat, &arrowFormat, &arrowsFormat,
}

// Formats returns the formats a shard can have.
func Formats() []*Format { return append([]*Format(nil), formats...) }

// FormatNamed returns the format that a declaration writes as name.
func FormatNamed(name string) (*Format, error) {
	var names []string
	for _, f := range formats {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return nil, fmt.Errorf("unknown format %q: declare one of %s", name, strings.Join(names, ", "))
}

// Detect returns the format and the compression that a file's name says: a format's ending, then none
// or one of a compression.
func Detect(name string) (format, compression string, err error) {
	base := strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
	stem, compression := cutCompression(base)
	for _, f := range formats {
		for _, ext := range f.Extensions {
			if strings.HasSuffix(stem, ext) && len(stem) > len(ext) {
				return f.Name, compression, nil
			}
		}
	}
	return "", "", fmt.Errorf("the name %q does not say a format: rename it to end in one of %s (then optionally %s), "+
		"or declare the format", name, strings.Join(endings(), " "), strings.Join(compressionEndings(), " "))
}

func endings() []string {
	var all []string
	for _, f := range formats {
		all = append(all, f.Extensions...)
	}
	return all
}

// resolve fills in what the spec leaves to the file's name.
func (spec Spec) resolve() (*Format, Spec, error) {
	if spec.Compression == "" {
		_, spec.Compression = cutCompression(strings.ToLower(spec.Path))
	}
	if err := knownCompression(spec.Compression); err != nil {
		return nil, spec, err
	}
	if spec.Format == "" {
		var err error
		if spec.Format, _, err = Detect(spec.Path); err != nil {
			return nil, spec, err
		}
	}
	f, err := FormatNamed(spec.Format)
	return f, spec, err
}
