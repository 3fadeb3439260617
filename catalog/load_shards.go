package catalog

import (
	"errors"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bindery-data/bindery/schema/toml"
)

// The limits of what a declaration names as shards.
const (
	maxShardItems = 10_000    // files and globs of one split
	maxShards     = 1_000_000 // files of all splits together, as often as they are named
)

// A shardReader reads the shards of one split.
type shardReader struct {
	*loader
	table *toml.Table
	split *Split
	// owners has the split that each shard of the config belongs to, by the file's identity.
	owners map[string]string
	// undelimited says that a shard was reported for having no delimiter.
	undelimited bool
}

func (r *shardReader) read() {
	const key = "shards"
	if !r.table.Has(key) || r.table.Empty(key) {
		r.table.Report(key, `shards = ["shards/*.jsonl"]`, "the split has no shards")
	}
	nodes := r.table.Strings(key)
	if len(nodes) > maxShardItems {
		r.table.Report(key, `use globs: "shards/*.jsonl"`, "the split names more than %d files and globs", maxShardItems)
		return
	}
	given := make(map[string]bool)
	for _, n := range nodes {
		if !given[n.Text] {
			r.item(n)
		}
		given[n.Text] = true
	}
}

// item takes the files that one item of shards names: a file, or a glob. Those that the split has
// already are left out. No more than one mistake is reported of an item.
func (r *shardReader) item(n *toml.Node) {
	if strings.TrimSpace(n.Text) == "" || strings.ContainsRune(n.Text, 0) {
		r.problems.Add(n.At, "name a file or a glob", "%s is no name of a file", toml.Quote(n.Text))
		return
	}
	files, err := r.expand(n.Text)
	switch {
	case errors.Is(err, errAnyDepth):
		r.problems.Add(n.At, "name each level, as in a/*/x, or list the globs", "%s %v", toml.Quote(n.Text), err)
		return
	case err != nil:
		r.problems.Add(n.At, "names are relative to the declaration's folder, with forward slashes",
			"%s %v", toml.Quote(n.Text), err)
		return
	}
	if r.shardCount += len(files); r.shardCount > maxShards {
		if r.shardCount-len(files) <= maxShards {
			r.problems.Add(n.At, "write fewer and larger shards", "up to here, more than %d shards are named", maxShards)
		}
		return
	}
	for _, f := range files {
		if !r.take(n, f) {
			return
		}
	}
}

// take adds a file to the split's shards, or reports why it cannot be one of them.
func (r *shardReader) take(n *toml.Node, f shardFile) bool {
	owner, owned := r.owners[f.identity]
	switch {
	case owned && owner != r.split.Name:
		r.problems.Add(n.At, "give each shard to one split", "the shard %s is in the split %s too",
			toml.Quote(f.name), toml.Quote(owner))
		return false
	case owned:
		return true
	}
	r.owners[f.identity] = r.split.Name
	if !r.checkFormat(n, f.name) {
		return false
	}
	r.split.Shards = append(r.split.Shards, f.name)
	return true
}

// checkFormat reports a shard whose format neither its name nor the declaration says, and one that a
// delimiter is declared for in vain.
func (r *shardReader) checkFormat(n *toml.Node, name string) bool {
	if r.readable == nil || r.split.Format != "" {
		return true
	}
	format, err := r.readable(name)
	if err != nil {
		r.problems.Add(n.At, r.unreadableHint(n.Text),
			"the shard %s: %v", toml.Quote(name), err)
		return false
	}
	if r.split.Delimiter != 0 && !delimited(format) && !r.undelimited {
		r.undelimited = true
		r.table.Report("delimiter", `remove it, or declare format = "csv"`,
			"the shard %s is of the format %s, which has no delimiter", toml.Quote(name), format)
	}
	return true
}

// unreadableHint says what to do about an item that names a file whose name says no format.
func (r *shardReader) unreadableHint(item string) string {
	const export = `export it as CSV or JSON lines, or declare format = "jsonl", "json", "csv", "tsv", "parquet", "arrow" or "arrows"`
	if _, glob := splitPatternBase(item); glob != "" {
		return `narrow the glob, as in "*.jsonl", where the file is no shard; else ` + export
	}
	return export
}

// A shardFile is a file that a declaration names.
type shardFile struct {
	name string // relative to the declaration
	// identity is the same for every name of the file.
	identity string
}

// An expansion is what an item of shards stands for.
type expansion struct {
	files []shardFile
	err   error
}

// expand returns the files that a pattern stands for. It looks once for each pattern of a declaration.
func (l *loader) expand(pattern string) ([]shardFile, error) {
	e, known := l.expansions[pattern]
	if !known {
		var names []string
		if names, e.err = l.match(pattern); e.err == nil {
			e.files, e.err = l.identify(names)
		}
		if l.expansions == nil {
			l.expansions = make(map[string]expansion)
		}
		l.expansions[pattern] = e
	}
	return e.files, e.err
}

func (l *loader) identify(names []string) ([]shardFile, error) {
	files := make([]shardFile, len(names))
	for i, name := range names {
		identity, err := l.files.identity(l.path(name))
		if err != nil {
			return nil, err
		}
		files[i] = shardFile{name, identity}
	}
	return files, nil
}

var errAnyDepth = errors.New("has **, which is not supported")

// match returns the files that a pattern matches, by the bytes of their names. Without a special
// character it is the name of a file.
func (l *loader) match(pattern string) ([]string, error) {
	base, glob := splitPatternBase(pattern)
	if glob == "" {
		return []string{path.Clean(pattern)}, l.files.regular(l.path(pattern))
	}
	if strings.Contains(glob, "**") {
		return nil, errAnyDepth
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

// path returns where a file of the declaration is.
func (l *loader) path(name string) string {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(l.dir, name)
}

// specialCharacters are those of path.Match.
const specialCharacters = `*?[\`

// splitPatternBase splits a pattern before its first element with a special character. The base has no
// such character; it is "." where nothing comes before.
func splitPatternBase(pattern string) (base, glob string) {
	at := strings.IndexAny(pattern, specialCharacters)
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
