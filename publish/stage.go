package publish

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/publish/parquet"
	"github.com/bindery-data/bindery/publish/stats"
	"github.com/bindery-data/bindery/schema"
)

// A stage is the hidden folder in which a bundle is made, beside the place where it will appear. A
// build that was killed leaves it behind; the next one empties it.
type stage struct {
	fs     disk.FS
	unlock func() error
	// final is the bundle's path; dir the stage's, scratch that of files which never are in the bundle,
	// aside that of an older bundle while it is replaced.
	final, dir, scratch, aside string
	// sealed says that the bundle has its name.
	sealed bool
	// made is the folder for bundles if it was not there before.
	made        string
	data        *dataFiles
	statistics  statistics
	quarantined *quarantineFile
}

func newStage(d *catalog.Declaration, o BuildOptions) (*stage, error) {
	final := bundlePath(d, o.Dir)
	hidden := filepath.Join(o.Dir, "."+filepath.Base(final))
	st := &stage{fs: o.FS, final: final, dir: hidden + ".partial", scratch: hidden + ".scratch", aside: hidden + ".replaced"}
	if _, err := os.Lstat(o.Dir); errors.Is(err, fs.ErrNotExist) {
		st.made = o.Dir
	}
	if err := st.fs.MkdirAll(o.Dir); err != nil {
		return nil, fmt.Errorf("making the folder for the bundle: %w", err)
	}
	unlock, err := disk.Lock(hidden + ".lock")
	if err != nil {
		return nil, fmt.Errorf("building %s: %w", final, err)
	}
	st.unlock = unlock
	if err := disk.Recover(st.fs, final, st.aside); err != nil {
		return nil, errors.Join(fmt.Errorf("building %s: %w", final, err), unlock())
	}
	if err := replaceable(d, final); err != nil {
		return nil, errors.Join(err, unlock())
	}
	st.data = &dataFiles{fs: st.fs, dir: st.dir, fileSize: d.Build.FileSize, options: parquetOptions(d)}
	st.quarantined = &quarantineFile{fs: st.fs, staged: hidden + ".quarantine.partial",
		final: final + ".quarantine.jsonl", aside: hidden + ".quarantine.replaced"}
	// A stage that is still there is one that was not sealed.
	_, err = os.Lstat(st.dir)
	if err := st.quarantined.recover(errors.Is(err, fs.ErrNotExist)); err != nil {
		return nil, errors.Join(fmt.Errorf("building %s: %w", final, err), unlock())
	}
	if err := st.empty(); err != nil {
		return nil, errors.Join(err, st.close())
	}
	return st, nil
}

// replaceable returns an error unless what has the bundle's name, if anything, is a bundle of the same
// dataset and version, and holds nothing else.
func replaceable(d *catalog.Declaration, final string) error {
	if _, err := os.Lstat(final); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	b, err := catalog.OpenBundle(final)
	if err != nil || b.Manifest.Name != d.Dataset.Name || b.Manifest.Version != d.Dataset.Version {
		return fmt.Errorf("building %s: something that is not a bundle of %s %s has that name: move it away or choose another folder with -o",
			final, d.Dataset.Name, d.Dataset.Version)
	}
	own := map[string]bool{catalog.ManifestName: true, catalog.ChecksumsName: true, catalog.PartialName: b.Partial != nil}
	for _, f := range b.Manifest.Files {
		own[f.Name] = true
	}
	entries, err := os.ReadDir(final)
	if err != nil {
		return fmt.Errorf("building %s: %w", final, err)
	}
	for _, e := range entries {
		if !own[e.Name()] {
			return fmt.Errorf("building %s: the bundle that is there would be replaced, but it holds %q, which is not part of it: move that away",
				final, e.Name())
		}
	}
	return nil
}

// empty makes the stage as if nothing had been written.
func (st *stage) empty() error {
	st.statistics = statistics{}
	err := errors.Join(st.data.abandon(), st.quarantined.abandon())
	for _, dir := range []string{st.dir, st.scratch} {
		if err == nil {
			err = st.fs.RemoveAll(dir)
		}
		if err == nil {
			err = st.fs.MkdirAll(dir)
		}
	}
	if err != nil {
		return fmt.Errorf("preparing the build: %w", err)
	}
	return nil
}

// rowGroup implements sink.
func (st *stage) rowGroup(sp *splitPlan, g *parquet.RowGroup, of *stats.Part) error {
	st.statistics.add(sp, of)
	return st.data.add(sp, g)
}

// quarantine implements sink.
func (st *stage) quarantine(sp *splitPlan, at schema.Place, body []byte) error {
	return st.quarantined.add(sp, at, body)
}

// seal completes the bundle and gives it its name.
func (st *stage) seal(ctx context.Context, d *catalog.Declaration, p *plan, rep *Report, documents []document) (*Built, error) {
	data, err := st.data.finish(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("building %s: %w", st.final, err)
	}
	m := newManifest(d, rep, data)
	measured, err := st.statistics.describe(d, p)
	if err != nil {
		return nil, fmt.Errorf("building %s: %w", st.final, err)
	}
	documents = append(documents, document{"bindery.toml", catalog.RoleDocument, d.Text},
		document{catalog.StatisticsName, catalog.RoleDocument, measured.Marshal()})
	if documents, err = describeRelease(d, m, documents); err != nil {
		return nil, fmt.Errorf("building %s: %w", st.final, err)
	}
	cards, err := cardFiles(d, m, documents, measured, st.data.uncompressed)
	if err != nil {
		return nil, fmt.Errorf("building %s: %w", st.final, err)
	}
	documents = append(documents, cards...)
	// Croissant comes last: it has the digest of every other document.
	if documents, err = describeFiles(d, m, measured, documents); err != nil {
		return nil, fmt.Errorf("building %s: %w", st.final, err)
	}
	if err := st.writeDocuments(m, documents); err != nil {
		return nil, fmt.Errorf("building %s: %w", st.final, err)
	}
	if err := st.data.place(); err != nil {
		return nil, fmt.Errorf("building %s: %w", st.final, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := st.place(); err != nil {
		return nil, fmt.Errorf("building %s: %w", st.final, err)
	}
	return &Built{Path: st.final, Manifest: m, Report: rep, Quarantine: st.quarantined.path()}, nil
}

// place gives the bundle and the quarantined records their names, or neither.
func (st *stage) place() error {
	err := st.quarantined.place()
	if err == nil {
		err = disk.Replace(st.fs, st.dir, st.final, st.aside)
	}
	if err == nil || errors.Is(err, disk.ErrLeftover) {
		st.sealed = true
		return errors.Join(err, st.leftover(st.quarantined.done()))
	}
	if _, gone := os.Lstat(st.dir); gone != nil {
		return err // The bundle could not be taken back: its quarantined records stay with it.
	}
	return errors.Join(err, st.quarantined.recover(false))
}

// leftover marks an error that came when the bundle had its name already.
func (st *stage) leftover(err error) error {
	if err == nil || !st.sealed {
		return err
	}
	return fmt.Errorf("%w: %w", disk.ErrLeftover, err)
}

// writeDocuments writes what is not data, with the manifest and the checksums that cover everything. In which
// order they get to the disk is the same to everybody: a stage is never carried on with.
func (st *stage) writeDocuments(m *catalog.Manifest, documents []document) error {
	files := make([]disk.Content, 0, len(documents)+2)
	for _, doc := range documents {
		files = append(files, disk.Content{Name: doc.name, Text: doc.text})
		m.Files = append(m.Files, catalog.Describe(doc.name, doc.role, doc.text))
	}
	slices.SortFunc(m.Files, func(a, b catalog.File) int { return strings.Compare(a.Name, b.Name) })
	text := m.Marshal()
	if _, err := catalog.ParseManifest(text); err != nil {
		return fmt.Errorf("the manifest does not follow its own rules: %w", err)
	}
	all := append(slices.Clone(m.Files), catalog.Describe(catalog.ManifestName, catalog.RoleDocument, text))
	files = append(files, disk.Content{Name: catalog.ManifestName, Text: text},
		disk.Content{Name: catalog.ChecksumsName, Text: catalog.Checksums(all)})
	return disk.WriteFiles(st.fs, st.dir, files)
}

// close removes what the build has no use for any more. A sealed bundle is not touched by it. The stage
// stays where it has to tell the next build that quarantined records belong to the bundle of before.
func (st *stage) close() error {
	err := errors.Join(st.data.abandon(), st.quarantined.abandon())
	if st.sealed || !st.quarantined.unsettled() {
		err = errors.Join(err, st.fs.RemoveAll(st.dir))
	}
	err = errors.Join(err, st.fs.RemoveAll(st.scratch))
	err = errors.Join(err, st.unlock())
	if st.made != "" {
		_ = os.Remove(st.made) // Where it holds anything, it stays.
	}
	return err
}

// newManifest returns the manifest of a bundle that has its data files alone so far.
func newManifest(d *catalog.Declaration, rep *Report, data []catalog.File) *catalog.Manifest {
	return &catalog.Manifest{
		Format: catalog.ManifestFormat,
		Name:   d.Dataset.Name, Version: d.Dataset.Version, Date: d.Dataset.Date,
		Title: d.Dataset.Title, License: d.Dataset.License, Visibility: d.Dataset.Visibility,
		Encoding: catalog.Coding{
			Writer: parquet.Library(), Compression: parquet.CodecVersion(d.Build.Compression),
			UnitSize: d.Build.UnitSize, FileSize: d.Build.FileSize,
		},
		Splits: rep.Splits,
		Files:  data,
	}
}
