package catalog

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
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
	case !configPattern.MatchString(name), name[0] == '.', name[0] == '-', windowsDevice(name):
		return fmt.Errorf("%s cannot be a config's name", toml.Quote(name))
	case len(name) > maxPartName:
		return fmt.Errorf("the config's name %s has more than %d characters", toml.Quote(name), maxPartName)
	}
	return nil
}

// ValidSplitName returns nil if name may be a split's name, and otherwise says why not. The rule is
// that of Hugging Face's datasets, with ASCII letters alone.
func ValidSplitName(name string) error {
	switch {
	case !splitPattern.MatchString(name), windowsDevice(name):
		return fmt.Errorf("%s cannot be a split's name", toml.Quote(name))
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
	const example = `add [[splits]] with name = "train" and shards = ["shards/*.jsonl"]`
	if !t.Has("splits") || t.Empty("splits") {
		t.Report("splits", example, "no splits are declared")
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

// split reads one split. Owners has the split that each shard of the config belongs to.
func (l *loader) split(t *toml.Table, owners map[string]string) Split {
	s := Split{Name: l.need(t, "name", `name = "train"`)}
	if s.Name != "" {
		if err := ValidSplitName(s.Name); err != nil {
			t.Report("name", "a split's name is made of A-Z, a-z, 0-9 and '_', with dots between", "%v", err)
		}
	}
	s.Format = l.choice(t, "format", "jsonl", "json", "csv", "tsv", "parquet", "arrow", "arrows")
	s.Compression = l.choice(t, "compression", "none", "gzip", "zstd", "bzip2", "xz")
	s.Delimiter = l.delimiter(t, s.Format)
	if !t.Has("shards") || t.Empty("shards") {
		t.Report("shards", `shards = ["shards/*.jsonl"]`, "the split has no shards")
	}
	for _, n := range t.Strings("shards") {
		s.Shards = append(s.Shards, l.shards(n, s, owners)...)
	}
	t.End()
	return s
}

// choice reads a string that is one of the choices; the empty one, if it is not there.
func (l *loader) choice(t *toml.Table, key string, choices ...string) string {
	if t.Value(key) == nil {
		return ""
	}
	return l.oneOf(t, key, choices...)
}

func (l *loader) delimiter(t *toml.Table, format string) byte {
	text, ok := t.String("delimiter")
	if !ok {
		return 0
	}
	switch {
	case slices.Contains([]string{"jsonl", "json", "parquet", "arrow", "arrows"}, format):
		t.Report("delimiter", "remove it", "the format %s has no delimiter", format)
	case len(text) != 1 || text[0] > '~' || strings.ContainsAny(text, "\x00\r\n\""):
		t.Report("delimiter", `delimiter = ";"`, "the delimiter must be one ASCII character, not a quote or line end")
	default:
		return text[0]
	}
	return 0
}

// path returns where a file of the declaration is.
func (l *loader) path(name string) string {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(l.dir, name)
}

// shards returns the files that one item of a split's shards names: a file, or a glob. Those that the
// split has already are left out.
func (l *loader) shards(n *toml.Node, s Split, owners map[string]string) []string {
	if strings.TrimSpace(n.Text) == "" || strings.ContainsRune(n.Text, 0) {
		l.problems.Add(n.At, "name a file or a glob", "%s is no name of a file", toml.Quote(n.Text))
		return nil
	}
	names, err := l.expand(n.Text)
	if err != nil {
		l.problems.Add(n.At, "names are relative to the declaration's folder, with forward slashes",
			"%s %v", toml.Quote(n.Text), err)
		return nil
	}
	var shards []string
	for _, name := range names {
		key := filepath.Clean(l.path(name))
		owner, owned := owners[key]
		owners[key] = s.Name
		switch {
		case owned && owner != s.Name:
			owners[key] = owner
			l.problems.Add(n.At, "give each shard to one split", "the shard %s is in the split %s too",
				toml.Quote(name), toml.Quote(owner))
		case owned:
		case l.unreadable(n, name, s):
			return nil
		default:
			shards = append(shards, name)
		}
	}
	return shards
}

// unreadable reports a shard whose format neither its name nor the declaration says.
func (l *loader) unreadable(n *toml.Node, name string, s Split) bool {
	if l.readable == nil || s.Format != "" {
		return false
	}
	err := l.readable(name)
	if err != nil {
		l.problems.Add(n.At, `declare format = "jsonl", "json", "csv", "tsv", "parquet", "arrow" or "arrows"`,
			"the shard %s: %v", toml.Quote(name), err)
	}
	return err != nil
}

// expand returns the files that a pattern matches, by the bytes of their names. Without a special
// character it is the name of a file.
func (l *loader) expand(pattern string) ([]string, error) {
	base, glob := splitPatternBase(pattern)
	if glob == "" {
		return []string{path.Clean(pattern)}, l.files.regular(l.path(pattern))
	}
	found, folders, err := l.files.glob(l.path(base), glob)
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0 && folders > 0:
		return nil, errors.New("matches folders alone: add /* for the files in them")
	case len(found) == 0:
		return nil, errors.New("matches no file")
	}
	for i, name := range found {
		found[i] = path.Join(base, name)
	}
	slices.Sort(found)
	return found, nil
}

// splitPatternBase splits a pattern before its first element with a special character. The base has no
// such character; it is "." where nothing comes before.
func splitPatternBase(pattern string) (base, glob string) {
	at := strings.IndexAny(pattern, `*?[\`)
	if at < 0 {
		return pattern, ""
	}
	slash := strings.LastIndexByte(pattern[:at], '/')
	switch {
	case slash < 0:
		return ".", pattern
	case slash == 0:
		return "/", pattern[1:]
	}
	return pattern[:slash], pattern[slash+1:]
}
