package lint

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

// What the Hub's viewer and repositories take.
const (
	maxRowGroup = 300_000_000 // bytes before compression
	maxRow      = 2_000_000   // bytes
	maxColumns  = 1000
	maxFiles    = 10_000
)

// bundle looks at what was built.
func (l *linter) bundle() {
	if l.Manifest == nil {
		return
	}
	if !slices.ContainsFunc(l.Manifest.Files, func(f catalog.File) bool { return f.Role == catalog.RoleLicense }) {
		l.bundled(NoLicenseText, catalog.ManifestName, "build the bundle again", "the bundle has no text of a license")
	}
	for _, c := range l.Manifest.Splits {
		if c.Written == 0 {
			l.bundled(EmptySplit, catalog.DataFileStem(c.Config, c.Split), "check the shards, or leave the split out",
				"the split %s of the config %s has no records", c.Split, c.Config)
		}
	}
	if n := len(l.Manifest.Files); n > maxFiles {
		l.bundled(FileCount, catalog.ManifestName, "raise file_size in [build]", "the bundle has %d files; a folder on the Hub takes %d", n, maxFiles)
	}
	l.rowGroups()
	l.statistics()
}

func (l *linter) rowGroups() {
	groups := slices.Clone(l.RowGroups)
	slices.SortStableFunc(groups, func(a, b RowGroup) int { return cmp.Compare(a.File, b.File) })
	for _, g := range groups {
		if g.Bytes > maxRowGroup {
			l.bundled(RowGroupSize, g.File, "lower unit_size in [build]",
				"a row group has %d bytes before compression; the Hub's viewer takes %d", g.Bytes, int64(maxRowGroup))
		}
		if g.Rows > 0 && g.Bytes/g.Rows > maxRow {
			l.bundled(RowSize, g.File, "keep large values in files of their own, or in parts",
				"a row has %d bytes on average; the Hub's viewer takes about %d", g.Bytes/g.Rows, int64(maxRow))
		}
	}
}

// statistics looks at what the records hold.
func (l *linter) statistics() {
	if l.Statistics == nil {
		return
	}
	for _, c := range l.Declaration.Configs {
		of := l.Statistics.Config(c.Name)
		if of == nil {
			continue
		}
		for _, f := range c.Schema.All() {
			fs := catalog.FindField(of.Whole(), f.Path)
			if fs == nil {
				continue
			}
			if fs.Count > 0 && fs.Count == fs.Nulls {
				l.bundled(EmptyField, catalog.StatisticsName, "leave the field out, or check what fills it", "the field %s of the config %s is null throughout", f.Path, c.Name)
			}
			if n, long := longest(f, fs); long {
				l.bundled(RowSize, catalog.StatisticsName, "keep large values in files of their own, or in parts",
					"a value of the field %s of the config %s has %d %s; the Hub's viewer takes rows of about %d bytes", f.Path, c.Name, n, unit(f), int64(maxRow))
			}
		}
	}
}

// longest returns the length of the longest value of a field, and whether it makes a row too large.
func longest(f *schema.Field, fs *catalog.FieldStatistics) (int64, bool) {
	if !f.Type.Bytes() || fs.Lengths == nil || fs.Lengths.Maximum == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(fs.Lengths.Maximum.Value, 10, 64)
	return n, err == nil && n > maxRow
}

func unit(f *schema.Field) string {
	if f.Type == schema.Binary {
		return "bytes"
	}
	return "characters"
}
