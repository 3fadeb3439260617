package catalog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Declaration returns the declaration that the bundle was built from, with the bundle's Parquet files
// for shards: those of its splits that were fetched.
func (b *Bundle) Declaration() (*Declaration, error) {
	root, err := os.OpenRoot(b.Dir)
	if err != nil {
		return nil, fmt.Errorf("read the bundle's declaration: %w", err)
	}
	text, err := readRegular(root, DeclarationName)
	if err = errors.Join(err, root.Close()); err != nil {
		return nil, fmt.Errorf("read the bundle's declaration: %w", err)
	}
	// The shards and license files that it names stayed where the bundle was built.
	l := loader{dir: b.Dir, files: elsewhere{}}
	d, err := l.load(filepath.Join(b.Dir, DeclarationName), text)
	if err != nil {
		return nil, err
	}
	for i := range d.Configs {
		c := &d.Configs[i]
		for j := range c.Splits {
			c.Splits[j] = Split{Name: c.Splits[j].Name, Shards: b.dataFiles(c.Name, c.Splits[j].Name), Format: "parquet", Compression: "none"}
		}
	}
	return d, nil
}

// dataFiles returns the names of a split's files that should be there.
func (b *Bundle) dataFiles(config, split string) []string {
	var names []string
	for _, f := range b.Files() {
		if f.Role == RoleData && f.Config == config && f.Split == split {
			names = append(names, f.Name)
		}
	}
	return names
}

// elsewhere are files that are not here to be looked at: each is taken to be there.
type elsewhere struct{}

func (elsewhere) regular(string) error { return nil }

func (elsewhere) read(string, int64) ([]byte, error) { return nil, nil }

func (elsewhere) glob(_, pattern string) (names []string, folders int, err error) {
	return []string{pattern}, 0, nil
}

func (elsewhere) identity(name string) (string, error) { return filepath.Clean(name), nil }
