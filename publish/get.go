package publish

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/publish/target"
)

// GetOptions say what to fetch and where to. Name is required.
type GetOptions struct {
	// Name is the dataset's.
	Name string
	// Version is the release's; empty means the newest that is not a pre-release, or the newest
	// pre-release where there is nothing else. What was withdrawn is passed over.
	Version string
	// Configs and Splits choose data files, as in catalog.Selection. Documents are always fetched.
	Configs, Splits []string
	// Dir is the folder that will hold NAME-VERSION; empty means the current one.
	Dir string
	// FS is what is written through; nil means disk.OS.
	FS       disk.FS
	Progress Progress
	// Parallel is how many files are fetched at once; 0 means 4.
	Parallel int
}

// A GetResult says what was fetched.
type GetResult struct {
	// Path is the folder that holds the release, or the part that was asked for.
	Path     string
	Manifest *catalog.Manifest
	// LeftOut are the data files of the release that are not there, because nobody asked for them.
	LeftOut []catalog.File
	// Bytes came from the target in this run, and Reused from other versions of the dataset beside it.
	Bytes, Reused int64
	// AlreadyThere says that the folder had everything, and was verified and left as it is.
	AlreadyThere bool
}

// Get fetches a release, or the part of it that o asks for, into the folder NAME-VERSION, which appears
// when all of it was compared with the manifest, and not before.
//
// What Get fetches lies in a hidden folder beside it until then. When Get fails or ctx is cancelled,
// that folder stays, and the next Get carries on with it. A folder NAME-VERSION that is there is
// verified first. Where it has everything, nothing is done; where it has a part of the same release,
// it is replaced by one that has what is asked for now in addition. Where it has anything else, or a
// file was changed, the error names that, and the folder is not touched.
//
// What a folder NAME-VERSION of another version beside it has already, by its digest, is copied from there
// and does not travel.
//
// Where nothing can be written, a folder that has everything already is verified all the same.
//
// The error is a SelectionError for a config or split that the release has not, and for a name or
// version that none can have; target.ErrNotFound for a dataset or version that is not there,
// target.ErrWithdrawn, with the reason, for one that was withdrawn (a version that is left open is the
// newest that was not),
// target.ErrMismatch where the target serves other bytes than the manifest promises, or none, or a
// manifest that breaks its own rules; disk.ErrLocked while another Get fetches the same release to the
// same place.
func Get(ctx context.Context, from target.Source, o GetOptions) (GetResult, error) {
	if o.FS == nil {
		o.FS = disk.OS
	}
	if o.Parallel <= 0 {
		o.Parallel = 4
	}
	if o.Dir == "" {
		o.Dir = "."
	}
	d, err := describe(ctx, from, o)
	if err != nil {
		return GetResult{}, fmt.Errorf("get %s: %w", o.Name, err)
	}
	if err := o.FS.MkdirAll(o.Dir); err != nil {
		return GetResult{}, fmt.Errorf("get %s: %w", o.Name, err)
	}
	result, err := d.locked(ctx)
	if err != nil {
		return GetResult{}, fmt.Errorf("get %s %s: %w", o.Name, d.manifest.Version, err)
	}
	return result, nil
}

// A download is one run of Get.
type download struct {
	from target.Source
	o    GetOptions

	manifest     *catalog.Manifest
	manifestText []byte
	// part says what the folder will hold; nil when it is the whole release.
	part *catalog.Partial
	// files are those of the release that the folder will hold, beside the three that describe it.
	files []catalog.File
	// others says where files of other versions lie, by digest.
	others map[string]string
	meter  *meter
}

// path is the folder that appears last.
func (d *download) path() string {
	return filepath.Join(d.o.Dir, catalog.FolderName(d.manifest.Name, d.manifest.Version))
}

// hidden is a file or folder beside it that only an unfinished run leaves.
func (d *download) hidden(kind string) string {
	return filepath.Join(d.o.Dir, "."+catalog.FolderName(d.manifest.Name, d.manifest.Version)+"."+kind)
}

// locked runs the download while no other Get of the same release to the same place does. Where no lock
// can be made, as in a folder that must not be written to, it does what needs none.
func (d *download) locked(ctx context.Context) (_ GetResult, err error) {
	unlock, err := disk.Lock(d.hidden("lock"))
	if errors.Is(err, disk.ErrLocked) {
		return GetResult{}, err
	}
	if err != nil {
		return d.look(ctx, err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	return d.run(ctx)
}

// look writes nothing: it succeeds where the folder has everything already, and else the error is
// lockErr, or what is wrong with the folder.
func (d *download) look(ctx context.Context, lockErr error) (GetResult, error) {
	there, err := d.there(ctx)
	if err != nil {
		return GetResult{}, err
	}
	d.plan(there)
	if result := d.result(there); result.AlreadyThere {
		return result, nil
	}
	return GetResult{}, lockErr
}

func (d *download) run(ctx context.Context) (GetResult, error) {
	if err := disk.Recover(d.o.FS, d.path(), d.hidden("replaced")); err != nil {
		return GetResult{}, err
	}
	there, err := d.there(ctx)
	if err != nil {
		return GetResult{}, err
	}
	d.plan(there)
	result := d.result(there)
	if result.AlreadyThere {
		return result, d.o.FS.RemoveAll(d.hidden("partial"))
	}
	if err := d.stage(ctx, there); err != nil {
		return GetResult{}, err
	}
	if err := disk.Replace(d.o.FS, d.hidden("partial"), d.path(), d.hidden("replaced")); err != nil {
		return GetResult{}, err
	}
	result.Bytes, result.Reused = d.meter.fetched, d.meter.reused
	return result, nil
}

// result is what Get says when the folder holds what is planned.
func (d *download) result(there *catalog.Verification) GetResult {
	left := d.leftOut()
	already := there != nil && there.OK() && len(left) == len(there.NotFetched)
	return GetResult{Path: d.path(), Manifest: d.manifest, LeftOut: left, AlreadyThere: already}
}

// plan decides what the folder will hold: what is asked for, and what was asked for before.
func (d *download) plan(there *catalog.Verification) {
	asked := []catalog.Selection{catalog.Selection{Configs: d.o.Configs, Splits: d.o.Splits}.Normal()}
	if there != nil {
		asked = append(before(there.Bundle), asked...)
	}
	last := asked[len(asked)-1]
	if slices.ContainsFunc(asked[:len(asked)-1], last.Equal) {
		asked = asked[:len(asked)-1]
	}
	var left []string
	for _, f := range d.manifest.Files {
		if slices.ContainsFunc(asked, func(s catalog.Selection) bool { return s.Takes(f) }) {
			d.files = append(d.files, f)
		} else {
			left = append(left, f.Name)
		}
	}
	if len(left) == 0 {
		return
	}
	d.part = &catalog.Partial{
		Format: catalog.PartialFormat, Name: d.manifest.Name, Version: d.manifest.Version,
		Manifest: catalog.Sum(d.manifestText), Asked: asked, LeftOut: left,
	}
}

// before returns what was asked for when b was fetched: everything, where it is whole.
func before(b *catalog.Bundle) []catalog.Selection {
	if b.Partial == nil {
		return []catalog.Selection{{}}
	}
	return slices.Clone(b.Partial.Asked)
}

// leftOut returns the files of the release that the folder will not hold.
func (d *download) leftOut() []catalog.File {
	whole := catalog.Bundle{Manifest: d.manifest, ManifestText: d.manifestText, Partial: d.part}
	return whole.LeftOut()
}
