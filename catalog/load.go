package catalog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bindery-data/bindery/schema"
	"github.com/bindery-data/bindery/schema/toml"
)

// DeclarationName is the file that a folder's declaration is in.
const DeclarationName = "bindery.toml"

// LoadOptions adjust how a declaration is loaded.
type LoadOptions struct {
	// Readable, if set, returns the format that a shard's name says, or an error in words that follow
	// "the shard NAME: ". It is asked where the declaration gives no format.
	Readable func(name string) (format string, err error)
	// Target, if set, returns an error that says what is wrong with a target of [publish].
	Target func(text string) error
}

// Load reads the declaration at path, which is the file or the folder that holds bindery.toml. The
// package comment specifies the format.
//
// All mistakes in the declaration are reported at once, by a *toml.Error. Other errors are the
// system's.
func Load(path string, opts LoadOptions) (*Declaration, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, DeclarationName)
	}
	text, err := readDeclaration(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no declaration: %w: name a %s, or a folder that has one", err, DeclarationName)
	}
	if err != nil {
		return nil, fmt.Errorf("read the declaration: %w", err)
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("find the declaration's folder: %w", err)
	}
	l := loader{dir: dir, readable: opts.Readable, target: opts.Target, files: newDiskFiles()}
	return l.load(path, text)
}

// readDeclaration reads no more of a file than it takes to see that it is too long.
func readDeclaration(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, toml.MaxSize+1))
}

// A loader reads one declaration.
type loader struct {
	// dir is the folder that files are relative to.
	dir      string
	target   func(text string) error // LoadOptions.Target
	readable func(name string) (format string, err error)
	files    files

	problems *toml.Problems
	declarer schema.Declarer
	// expansions has what the shards' patterns stand for, and shardCount how many shards there are.
	expansions map[string]expansion
	shardCount int
	named      namedLicenses
}

func (l *loader) load(path string, text []byte) (*Declaration, error) {
	var root *toml.Table
	root, l.problems = toml.Parse(path, text)
	if root == nil {
		return nil, l.problems.Err()
	}
	d := &Declaration{Path: path, Text: text}
	dataset := section(root, "dataset", "say what the dataset is: name, title, version, date and license")
	if dataset != nil {
		l.dataset(dataset, &d.Dataset)
	}
	d.Sources = l.sources(root)
	if dataset != nil {
		l.licenseFiles(dataset, &d.Dataset)
		dataset.End()
	}
	l.card(root, d)
	d.Configs = l.configs(root)
	d.Build = l.build(root)
	l.publish(root, d)
	root.End()
	if err := l.problems.Err(); err != nil {
		return nil, err
	}
	return d, nil
}

// section returns a table of the root; nil if it is not there or no table.
func section(root *toml.Table, name, example string) *toml.Table {
	if t := root.Table(name); t != nil || root.Has(name) {
		return t
	}
	root.Report(name, example, "there is no [%s]", name)
	return nil
}

// sources reads [[sources]].
func (l *loader) sources(root *toml.Table) []Source {
	var sources []Source
	for _, t := range root.Tables("sources") {
		s := Source{Name: l.need(t, "name", `name = "Icelandic Gigaword Corpus 2022"`)}
		s.URL = l.url(t, "url")
		s.License = l.license(t, "license")
		s.Copyright = l.line(t, "copyright")
		t.End()
		sources = append(sources, s)
	}
	return sources
}

// configs reads [configs.NAME], or what stands for it at the top level.
func (l *loader) configs(root *toml.Table) []Config {
	if !root.Has("configs") {
		return []Config{l.config(root, DefaultConfig)}
	}
	for _, key := range []string{"fields", "schema", "splits"} {
		if root.Has(key) {
			root.Misplaced(key, "move it under [configs.NAME]", "%s stands beside [configs]", toml.Quote(key))
		}
	}
	t := root.Table("configs")
	if t == nil {
		return nil
	}
	if root.Empty("configs") {
		root.Report("configs", "declare each config under [configs.NAME]", "there are no configs")
	}
	var configs []Config
	for _, e := range t.Each() {
		if err := ValidConfigName(e.Name); err != nil {
			l.problems.Add(e.At, "a config's name is made of A-Z, a-z, 0-9, '.', '_' and '-'", "%v", err)
		}
		if e.Table == nil {
			continue
		}
		c := l.config(e.Table, e.Name)
		c.Description = l.text(e.Table, "description")
		e.Table.End()
		configs = append(configs, c)
	}
	l.checkFileNames(t, configs)
	return configs
}

func (l *loader) config(t *toml.Table, name string) Config {
	return Config{Name: name, Schema: l.declarer.Declare(t), Splits: l.splits(t)}
}

// publish reads [publish].
func (l *loader) publish(root *toml.Table, d *Declaration) {
	t := root.Table("publish")
	if t == nil {
		return
	}
	if d.Tag = l.line(t, "tag"); d.Tag != "" {
		if err := ValidTag(d.Tag); err != nil {
			t.Report("tag", `tag = "v{version}"`, "%v", err)
		}
	}
	seen := make(map[string]bool)
	for _, n := range t.Strings("to") {
		switch {
		case !targetPattern.MatchString(n.Text):
			l.problems.Add(n.At, `a target is written KIND:PLACE, such as "dir:./releases"`,
				"%s is no target", toml.Quote(n.Text))
		case l.target != nil && l.target(n.Text) != nil:
			l.problems.Add(n.At, "", "%v", l.target(n.Text))
		case seen[n.Text]:
			l.problems.Add(n.At, "name it once", "the target %s is named twice", toml.Quote(n.Text))
		default:
			d.To = append(d.To, n.Text)
		}
		seen[n.Text] = true
	}
	t.End()
}
