package publish

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/shard"
	"github.com/bindery-data/bindery/schema"
)

// A plan is what a run reads, in order. It depends on the declaration and the shards alone.
type plan struct {
	splits []*splitPlan
	size   int64 // bytes of all shards, as they lie on disk
}

type splitPlan struct {
	config *catalog.Config
	split  *catalog.Split
	shards []*shardPlan
	index  int // among the splits of the plan
}

type shardPlan struct {
	spec   shard.Spec
	format string
	lines  bool // whether its lines mean something
	info   os.FileInfo
}

// newPlan looks at every shard's size, so that a shard that is gone is found before work begins.
func newPlan(d *catalog.Declaration, tempDir string) (*plan, error) {
	p := &plan{}
	for ci := range d.Configs {
		config := &d.Configs[ci]
		for si := range config.Splits {
			sp := &splitPlan{config: config, split: &config.Splits[si], index: len(p.splits)}
			for _, name := range sp.split.Shards {
				sh, size, err := planShard(d, sp.split, name)
				if err != nil {
					return nil, err
				}
				sh.spec.TempDir = tempDir
				sp.shards = append(sp.shards, sh)
				p.size += size
			}
			p.splits = append(p.splits, sp)
		}
	}
	return p, nil
}

func planShard(d *catalog.Declaration, split *catalog.Split, name string) (*shardPlan, int64, error) {
	path := filepath.FromSlash(name)
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(d.Path), path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, fmt.Errorf("reading shard %s: %w", name, err)
	}
	spec := shard.Spec{
		Path: path, Name: name,
		Format: split.Format, Compression: split.Compression, Delimiter: split.Delimiter,
	}
	format, err := spec.ResolveFormat()
	if err != nil {
		return nil, 0, fmt.Errorf("reading shard %s: %w", name, err)
	}
	return &shardPlan{spec: spec, format: format.Name, lines: format.Lines, info: info}, info.Size(), nil
}

// unchanged returns an error if a shard is another file than it was when the plan was made. What was read
// of it would be neither the old records nor the new.
func (p *plan) unchanged() error {
	for _, sp := range p.splits {
		for _, sh := range sp.shards {
			info, err := os.Stat(sh.spec.Path)
			if err != nil {
				return fmt.Errorf("looking at shard %s again: %w", sh.spec.Name, err)
			}
			if !os.SameFile(info, sh.info) || info.Size() != sh.info.Size() || !info.ModTime().Equal(sh.info.ModTime()) {
				return fmt.Errorf("%w: %s; run the command again when nothing writes to it", ErrChanged, sh.spec.Name)
			}
		}
	}
	return nil
}

// ErrChanged says that a shard changed while it was read.
var ErrChanged = errors.New("a shard changed while it was read")

// keysOf returns the sets of fields whose values may not repeat in a config: its primary key, if it
// has one, then each unique field.
func keysOf(s *schema.Schema) []keySet {
	var sets []keySet
	if len(s.PrimaryKey) > 0 {
		sets = append(sets, keySet{code: schema.PrimaryKeyError, fields: s.PrimaryKey})
	}
	for _, f := range s.All() {
		if f.Unique {
			sets = append(sets, keySet{code: schema.UniqueError, fields: []*schema.Field{f}})
		}
	}
	return sets
}

// A keySet is fields whose values, taken together, stand for one record.
type keySet struct {
	code   schema.Code
	fields []*schema.Field
}

// name joins the paths of the fields, as findings name them.
func (k keySet) name() string {
	name := k.fields[0].Path
	for _, f := range k.fields[1:] {
		name += ", " + f.Path
	}
	return name
}

// rule returns the constraint as the declaration has it.
func (k keySet) rule() string {
	if k.code == schema.UniqueError {
		return "unique = true"
	}
	return "primary_key"
}
