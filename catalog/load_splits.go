package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/bindery-data/bindery/schema/toml"
)

// maxPartName is the length of the longest name of a config or split.
const maxPartName = 64

var (
	configPattern = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	splitPattern  = regexp.MustCompile(`^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$`)
)

// ValidConfigName returns nil if name may be a config's name, and otherwise says why not.
func ValidConfigName(name string) error {
	switch {
	case !configPattern.MatchString(name), name[0] == '.', name[0] == '-':
		return fmt.Errorf("%s cannot be a config's name", toml.Quote(name))
	case windowsDevice(name):
		return fmt.Errorf("the config's name %s is a device's on Windows", toml.Quote(name))
	case len(name) > maxPartName:
		return fmt.Errorf("the config's name %s has more than %d characters", toml.Quote(name), maxPartName)
	}
	return nil
}

// ValidSplitName returns nil if name may be a split's name, and otherwise says why not. The rule is
// that of Hugging Face's datasets, with ASCII letters alone.
func ValidSplitName(name string) error {
	switch {
	case !splitPattern.MatchString(name):
		return fmt.Errorf("%s cannot be a split's name", toml.Quote(name))
	case windowsDevice(name):
		return fmt.Errorf("the split's name %s is a device's on Windows", toml.Quote(name))
	case len(name) > maxPartName:
		return fmt.Errorf("the split's name %s has more than %d characters", toml.Quote(name), maxPartName)
	}
	return nil
}

// checkFileNames reports configs whose files would have the same names where letter case is ignored.
func (l *loader) checkFileNames(t *toml.Table, configs []Config) {
	seen := make(map[string]string)
	for _, c := range configs {
		for _, s := range c.Splits {
			stem := strings.ToLower(DataFileStem(c.Name, s.Name))
			if other, ok := seen[stem]; ok && other != c.Name {
				t.Report(c.Name, "rename one of them", "the files of the configs %s and %s have the same names where letter case is ignored",
					toml.Quote(other), toml.Quote(c.Name))
				break
			}
			seen[stem] = c.Name
		}
	}
}

// splits reads the key splits of a config.
func (l *loader) splits(t *toml.Table) []Split {
	if !t.Has("splits") || t.Empty("splits") {
		t.Report("splits", "add [["+t.Path("splits")+`]] with name = "train" and shards = ["shards/*.jsonl"]`, "no splits are declared")
	}
	names := make(map[string]string)
	owners := make(map[string]string)
	var splits []Split
	for _, t := range t.Tables("splits") {
		s := l.split(t, owners)
		fold := strings.ToLower(s.Name)
		if other, ok := names[fold]; ok && s.Name != "" {
			t.Report("name", "rename one of them", "the split %s has the name of another, %s, where letter case is ignored",
				toml.Quote(s.Name), toml.Quote(other))
		}
		names[fold] = s.Name
		splits = append(splits, s)
	}
	return splits
}

// shardFormats are what a split's format can be.
var shardFormats = []string{"jsonl", "json", "csv", "tsv", "parquet", "arrow", "arrows"}

// split reads one split. Owners has the split that each shard of the config belongs to.
func (l *loader) split(t *toml.Table, owners map[string]string) Split {
	s := Split{Name: l.need(t, "name", `name = "train"`)}
	if s.Name != "" {
		if err := ValidSplitName(s.Name); err != nil {
			t.Report("name", "a split's name is made of A-Z, a-z, 0-9 and '_', with dots between", "%v", err)
		}
	}
	s.Format = l.choice(t, "format", shardFormats...)
	s.Compression = l.compression(t)
	s.Delimiter = l.delimiter(t, s.Format)
	r := shardReader{loader: l, table: t, split: &s, owners: owners}
	r.read()
	t.End()
	return s
}

// compression reads the compression of a split's shards.
func (l *loader) compression(t *toml.Table) string {
	const key = "compression"
	called := map[string]string{"gz": "gzip", "zst": "zstd", "bz2": "bzip2"}
	if n := t.Value(key); n != nil && called[n.Text] != "" {
		t.Report(key, "write "+toml.Quote(called[n.Text]), "%s cannot be %s", toml.Quote(key), toml.Quote(n.Text))
		return ""
	}
	return l.choice(t, key, "none", "gzip", "zstd", "bzip2", "xz")
}

// choice reads a string that is one of the choices; the empty one, if it is not there.
func (l *loader) choice(t *toml.Table, key string, choices ...string) string {
	if t.Value(key) == nil {
		return ""
	}
	return l.oneOf(t, key, choices...)
}

// delimiter reads the character between cells; 0, if it is not there.
func (l *loader) delimiter(t *toml.Table, format string) byte {
	text, ok := t.String("delimiter")
	if !ok {
		return 0
	}
	switch {
	case slices.Contains(shardFormats, format) && !delimited(format):
		t.Report("delimiter", "remove it", "the format %s has no delimiter", format)
	case len(text) != 1 || text[0] > '~' || strings.ContainsAny(text, "\x00\r\n\""):
		t.Report("delimiter", `delimiter = ";"`, "the delimiter must be one ASCII character, not a quote or line end")
	default:
		return text[0]
	}
	return 0
}

// delimited reports whether shards of a format have a delimiter.
func delimited(format string) bool { return format == "csv" || format == "tsv" }
