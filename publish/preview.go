package publish

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/catalog/card"
	"github.com/bindery-data/bindery/publish/parquet"
)

// A Preview is a card as it would be, or is.
type Preview struct {
	*card.Card
	// Bundle is where its counts, sizes and statistics come from.
	Bundle *catalog.Bundle
	// Stale says that the declaration is not the one that the bundle was built from.
	Stale bool
}

// ErrNotBuilt says that there is no bundle to take counts and statistics from.
var ErrNotBuilt = errors.New("not built yet")

// PreviewCard returns the card that d gives the bundle in the folder dir, which was built before: the
// words are those of d, and what a build counts is the bundle's. The error is ErrNotBuilt where there is
// no bundle of that name and version, or it lacks a split of d.
func PreviewCard(d *catalog.Declaration, dir string) (*Preview, error) {
	path := bundlePath(d, dir)
	b, err := catalog.OpenBundle(path)
	if errors.Is(err, catalog.ErrNotABundle) || errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the card of %s %s: %w: a card has counts and statistics, which `bindery build` makes; no bundle is at %s",
			d.Dataset.Name, d.Dataset.Version, ErrNotBuilt, path)
	}
	if err != nil {
		return nil, fmt.Errorf("the card of %s: %w", path, err)
	}
	if err := holdsSplits(d, b.Manifest); err != nil {
		return nil, fmt.Errorf("the card of %s: %w", path, err)
	}
	in := card.Input{Declaration: d, Manifest: b.Manifest}
	if in.Statistics, err = bundleStatistics(b); err != nil {
		return nil, fmt.Errorf("the card of %s: %w", path, err)
	}
	footers, err := bundleFooters(b)
	if err != nil {
		return nil, fmt.Errorf("the card of %s: %w", path, err)
	}
	in.Bytes = make(map[[2]string]int64)
	for _, f := range footers {
		in.Bytes[[2]string{f.Config, f.Split}] += f.Footer.Uncompressed
	}
	p := &Preview{Bundle: b}
	if p.Card, err = card.Make(in); err != nil {
		return nil, err
	}
	built, err := bundledDeclaration(b)
	if err != nil {
		return nil, fmt.Errorf("the card of %s: %w", path, err)
	}
	p.Stale = built != string(d.Text)
	return p, nil
}

// holdsSplits returns an error unless a bundle has the splits of a declaration.
func holdsSplits(d *catalog.Declaration, m *catalog.Manifest) error {
	counted := make(map[[2]string]bool)
	for _, c := range m.Splits {
		counted[[2]string{c.Config, c.Split}] = true
	}
	for _, c := range d.Configs {
		for _, s := range c.Splits {
			if !counted[[2]string{c.Name, s.Name}] {
				return fmt.Errorf("%w: the bundle has no split %s of the config %s; `bindery build` makes it", ErrNotBuilt, s.Name, c.Name)
			}
		}
	}
	return nil
}

// BundleCard returns the card of a bundle as it stands.
func BundleCard(dir string) (*Preview, error) {
	b, err := catalog.OpenBundle(dir)
	if err != nil {
		return nil, err
	}
	p := &Preview{Bundle: b, Card: new(card.Card)}
	for _, f := range b.Manifest.Files {
		plot := f.Role == catalog.RoleDocument && filepath.Ext(f.Name) == ".svg"
		if f.Role != catalog.RoleCard && !plot {
			continue
		}
		text, err := readBundled(b, f)
		if err != nil {
			return nil, fmt.Errorf("the card of %s: %w", dir, err)
		}
		if plot {
			p.Plots = append(p.Plots, card.Plot{Name: f.Name, SVG: text})
		} else {
			p.Text = text
		}
	}
	return p, nil
}

// readBundled reads a document of a bundle, which must be what its manifest says.
func readBundled(b *catalog.Bundle, f catalog.File) ([]byte, error) {
	r, err := os.Open(b.Path(f.Name))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(r, f.Size+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	if int64(len(text)) != f.Size || catalog.Sum(text) != f.SHA256 {
		return nil, fmt.Errorf("%s is not what %s says: see `bindery verify`", f.Name, catalog.ManifestName)
	}
	return text, nil
}

// bundleStatistics returns the statistics of a bundle, or nil where it has none.
func bundleStatistics(b *catalog.Bundle) (*catalog.Statistics, error) {
	f, ok := catalog.FindFile(b.Manifest.Files, catalog.StatisticsName)
	if !ok {
		return nil, nil
	}
	text, err := readBundled(b, f)
	if err != nil {
		return nil, err
	}
	return catalog.ParseStatistics(text)
}

// A dataFooter is a data file of a bundle and its footer.
type dataFooter struct {
	catalog.File
	Footer parquet.Footer
}

// bundleFooters returns the footers of the data files that are there.
func bundleFooters(b *catalog.Bundle) ([]dataFooter, error) {
	var footers []dataFooter
	for _, f := range b.Files() {
		if f.Role != catalog.RoleData {
			continue
		}
		r, err := os.Open(b.Path(f.Name))
		if err != nil {
			return nil, err
		}
		footer, err := parquet.ReadFooter(r, f.Size)
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		footers = append(footers, dataFooter{f, footer})
	}
	return footers, nil
}
