package publish

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/debug"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/publish/parquet"
)

// BuildOptions are what a build can be told. Dir alone is needed.
type BuildOptions struct {
	Options
	// Dir is the folder that will hold the bundle NAME-VERSION. It is made if need be.
	Dir string
	// FS is what the bundle is written through; nil means disk.OS.
	FS disk.FS
	// ReturnMemory gives the memory that reading took back to the system when all shards are read, beside what is left to
	// do: an upload that follows does not hold it for hours, and a process has less of it to end with. It takes a
	// collection of all garbage, which may go on when Build has returned, and so is for programs that have nothing else to
	// do.
	ReturnMemory bool
}

// A Built is a sealed bundle.
type Built struct {
	// Path is the bundle's folder.
	Path     string
	Manifest *catalog.Manifest
	Report   *Report
	// Quarantine is the file of quarantined records beside the bundle; empty where there are none.
	Quarantine string
}

// An InvalidError says that a bundle was not made because of what the check found.
type InvalidError struct {
	Report *Report
	// Limit is the share of records that may be quarantined, where that is what was exceeded.
	Limit float64
}

// Error counts what was found.
func (e *InvalidError) Error() string {
	n := e.Report.Records()
	if e.Limit > 0 {
		return fmt.Sprintf("%d of %d records would be quarantined, more than max_invalid = %g allows; nothing was written",
			n.Quarantined, n.Read, e.Limit)
	}
	return fmt.Sprintf("the check has findings, %d in all; nothing was written", e.Report.Total())
}

// Build checks the declaration's shards and binds them into a bundle, in one pass. The bundle appears
// under its name whole, or not at all: when anything fails, or the check finds something that is not
// quarantined (an *InvalidError), what was there before stays as it is. Only where the error is
// disk.ErrLeftover is the new bundle in place. A bundle of the same name and version that is there
// already is replaced, unless it holds what is not part of it.
//
// The bundle's bytes follow from the declaration and the records alone.
func Build(ctx context.Context, d *catalog.Declaration, o BuildOptions) (_ *Built, err error) {
	if o.FS == nil {
		o.FS = disk.OS
	}
	documents, err := licenseFiles(d)
	if err != nil {
		return nil, err
	}
	st, err := newStage(d, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.leftover(st.close())) }()
	o.TempDir = st.scratch
	p, err := newPlan(d, o.TempDir)
	if err != nil {
		return nil, err
	}
	rep, err := st.fill(ctx, d, p, o)
	if err != nil {
		return nil, err
	}
	if err := verdict(d, rep); err != nil {
		return nil, err
	}
	if o.ReturnMemory {
		// The end of a process with 115 MB took 8 ms, and takes 2 when this was done while the disk was waited for.
		go func() {
			runtime.GC() // What is in a sync.Pool, such as the text of shards, is garbage in the second collection only.
			debug.FreeOSMemory()
		}()
	}
	return st.seal(ctx, d, p, rep, documents)
}

// fill makes the bundle's data files. Records that repeat a key are known only after a first pass; where
// they are to be quarantined, a second one leaves them out.
func (st *stage) fill(ctx context.Context, d *catalog.Declaration, p *plan, o BuildOptions) (*Report, error) {
	rep, again, err := st.pass(ctx, d, p, o, nil)
	if err != nil || len(again.list) == 0 {
		return rep, err
	}
	again.count(rep)
	if verdict(d, rep) != nil {
		return rep, nil
	}
	if err := st.empty(); err != nil {
		return nil, err
	}
	rep, _, err = st.pass(ctx, d, p, o, again)
	return rep, err
}

func (st *stage) pass(ctx context.Context, d *catalog.Declaration, p *plan, o BuildOptions, known *duplicates) (_ *Report, again *duplicates, err error) {
	r := newRun(d, p, o.Options)
	r.phase, r.encode, r.duplicates = PhaseBuild, true, known
	if known != nil {
		r.phase = PhaseRebuild
	}
	r.quarantine = d.Build.OnInvalid == catalog.OnInvalidQuarantine
	if r.quarantine {
		r.keepPerBatch = 0 // Quarantined records keep all of their findings.
	}
	r.parquet = parquetOptions(d)
	st.statistics.merger.Spare = r.shared.offer
	c := newCollector(r, st)
	defer func() { err = errors.Join(err, c.close()) }()
	if err := r.do(ctx, c); err != nil {
		return nil, nil, err
	}
	if again, err = c.finish(ctx); err != nil {
		return nil, nil, err
	}
	return c.reporter.report(), again, nil
}

func parquetOptions(d *catalog.Declaration) parquet.Options {
	return parquet.Options{Compression: d.Build.Compression}
}

// verdict returns an *InvalidError where the report does not allow a bundle.
func verdict(d *catalog.Declaration, rep *Report) error {
	if rep.Total() == 0 {
		return nil
	}
	n := rep.Records()
	limit := d.Build.MaxInvalid
	switch {
	case d.Build.OnInvalid != catalog.OnInvalidQuarantine || rep.Damaged:
		limit = 0
	case float64(n.Quarantined) <= limit*float64(n.Read):
		return nil
	}
	// How far the writing came before it was given up is no part of the story.
	for i := range rep.Splits {
		rep.Splits[i].Written = 0
	}
	return &InvalidError{Report: rep, Limit: limit}
}

// bundlePath returns where the bundle of d goes.
func bundlePath(d *catalog.Declaration, dir string) string {
	return filepath.Join(dir, catalog.FolderName(d.Dataset.Name, d.Dataset.Version))
}
