package publish

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/publish/parquet"
)

// dataFiles writes a bundle's Parquet files, split after split, each kept under the declared size. How
// many files a split has is known when it ends, and their names say it: until then they have working
// names in the stage. The next ones are made while files are brought to stable storage.
type dataFiles struct {
	fs       disk.FS
	dir      string // of the stage
	fileSize int64
	options  parquet.Options

	open   *dataFile
	closed []*dataFile
	// settling receive, each from one of the files closed last, that it is on stable storage, or why not.
	settling []<-chan error
	// uncompressed are the bytes of the splits' pages before compression, by config and split, of the
	// files that were finished.
	uncompressed map[[2]string]int64
}

// openDataFiles is how many data files are open at most: one is written, the others are on their way to stable
// storage. A disk has to be waited for once for every file, and there may be hundreds of small ones.
const openDataFiles = 8

// A dataFile is one Parquet file in the making.
type dataFile struct {
	split   *splitPlan
	path    string // working name
	name    string // in the bundle, when it is known
	file    disk.File
	sink    *disk.Hashing
	parquet *parquet.File
	records int64
}

// add appends a row group, which it releases, to the split's current file, or to a new one if it is full
// or would grow too large.
func (fs *dataFiles) add(sp *splitPlan, g *parquet.RowGroup) error {
	if f := fs.open; f != nil && (f.split != sp || f.parquet.Full() || f.parquet.Size()+g.CompressedSize > fs.fileSize) {
		if err := fs.closeFile(); err != nil {
			return err
		}
	}
	if fs.open == nil {
		if err := fs.openFile(sp); err != nil {
			return err
		}
	}
	if err := fs.open.parquet.Add(g); err != nil {
		return disk.Writing(fs.open.path, err)
	}
	fs.open.records += g.Rows()
	g.Release()
	return nil
}

func (fs *dataFiles) openFile(sp *splitPlan) error {
	path := filepath.Join(fs.dir, fmt.Sprintf(".data-%06d", len(fs.closed)))
	file, err := fs.fs.Create(path)
	if err != nil {
		return err
	}
	sink := disk.NewHashing(file)
	p, err := parquet.NewFile(sink, sp.config.Schema, fs.options)
	if err != nil {
		return errors.Join(disk.Writing(path, err), file.Close())
	}
	fs.open = &dataFile{split: sp, path: path, file: file, sink: sink, parquet: p}
	return nil
}

// closeFile ends the current file and begins to bring it to stable storage.
func (fs *dataFiles) closeFile() error {
	f := fs.open
	fs.open = nil
	if err := f.parquet.Close(); err != nil {
		return errors.Join(disk.Writing(f.path, err), f.file.Close())
	}
	file, settled := f.file, make(chan error, 1)
	go func() {
		settled <- disk.Writing(f.path, errors.Join(file.Sync(), file.Close()))
	}()
	f.parquet, f.file = nil, nil
	fs.closed, fs.settling = append(fs.closed, f), append(fs.settling, settled)
	return fs.settle(openDataFiles - 1)
}

// settle waits until no more than n files are on their way to stable storage, and returns the errors of the
// others.
func (fs *dataFiles) settle(n int) error {
	var err error
	for len(fs.settling) > n {
		err = errors.Join(err, <-fs.settling[0])
		fs.settling = fs.settling[1:]
	}
	return err
}

// finish ends the last file, reads back the footer of every one, and says what name each will have. A split
// without records gets one file without rows, so that readers find its columns. The files are in the bundle
// when place was called.
func (fs *dataFiles) finish(ctx context.Context, p *plan) ([]catalog.File, error) {
	if fs.open != nil {
		if err := fs.closeFile(); err != nil {
			return nil, err
		}
	}
	fs.uncompressed = make(map[[2]string]int64)
	bySplit := make(map[*splitPlan][]*dataFile)
	for _, f := range fs.closed {
		bySplit[f.split] = append(bySplit[f.split], f)
	}
	var files []catalog.File
	for _, sp := range p.splits {
		parts := bySplit[sp]
		if len(parts) == 0 {
			if err := errors.Join(fs.openFile(sp), fs.closeEmpty()); err != nil {
				return nil, err
			}
			parts = fs.closed[len(fs.closed)-1:]
		}
		for i, f := range parts {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			file, err := fs.describe(f, i, len(parts))
			if err != nil {
				return nil, err
			}
			files = append(files, file)
		}
	}
	return files, nil
}

func (fs *dataFiles) closeEmpty() error {
	if fs.open == nil {
		return nil
	}
	return fs.closeFile()
}

// describe checks one file against its own footer and names it.
func (fs *dataFiles) describe(f *dataFile, i, n int) (catalog.File, error) {
	f.name = catalog.DataFileName(f.split.config.Name, f.split.split.Name, i, n)
	footer, err := f.readBack()
	if err != nil {
		return catalog.File{}, fmt.Errorf("reading back %s: %w", f.name, err)
	}
	fs.uncompressed[[2]string{f.split.config.Name, f.split.split.Name}] += footer.Uncompressed
	return catalog.File{
		Name: f.name, Size: f.sink.Size(), SHA256: f.sink.SHA256(), Role: catalog.RoleData,
		Config: f.split.config.Name, Split: f.split.split.Name, Records: f.records,
	}, nil
}

// place gives the finished files their names, when all of them are on stable storage.
func (fs *dataFiles) place() error {
	if err := fs.settle(0); err != nil {
		return err
	}
	for _, f := range fs.closed {
		if err := fs.fs.Rename(f.path, filepath.Join(fs.dir, f.name)); err != nil {
			return err
		}
	}
	return nil
}

// readBack compares what lies in the file with what was meant to be written, and returns its footer.
func (f *dataFile) readBack() (footer parquet.Footer, err error) {
	r, err := os.Open(f.path)
	if err != nil {
		return footer, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	info, err := r.Stat()
	if err != nil {
		return footer, err
	}
	if info.Size() != f.sink.Size() {
		return footer, fmt.Errorf("%d bytes are on disk, %d were written: is the disk full or failing?", info.Size(), f.sink.Size())
	}
	if footer, err = parquet.ReadFooter(r, info.Size()); err != nil {
		return footer, err
	}
	if footer.Rows != f.records {
		return footer, fmt.Errorf("the footer has %d records, %d were written", footer.Rows, f.records)
	}
	return footer, nil
}

// abandon closes what is open, and waits for what is on its way to stable storage. The files are in the stage
// and go with it.
func (fs *dataFiles) abandon() error {
	err := fs.settle(0)
	if fs.open != nil {
		err = errors.Join(err, fs.open.file.Close())
	}
	fs.open, fs.closed = nil, nil
	return err
}
