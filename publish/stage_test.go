package publish_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/publish/disk/disktest"
)

// A syncedFS says which file is synced, and how many data files are open. What synced returns is the Sync's error.
type syncedFS struct {
	disktest.FS
	synced     func(name string) error
	open, most atomic.Int64
}

type syncedFile struct {
	disk.File
	fs   *syncedFS
	name string
}

func isData(name string) bool { return strings.HasPrefix(name, ".data-") }

func (s *syncedFS) Create(name string) (disk.File, error) {
	f, err := s.FS.Create(name)
	if err != nil {
		return nil, err
	}
	file := &syncedFile{f, s, filepath.Base(name)}
	if isData(file.name) {
		if open := s.open.Add(1); open > s.most.Load() {
			s.most.Store(open)
		}
	}
	return file, nil
}

func (f *syncedFile) Sync() error { return errors.Join(f.fs.synced(f.name), f.File.Sync()) }

func (f *syncedFile) Close() error {
	if isData(f.name) {
		f.fs.open.Add(-1)
	}
	return f.File.Close()
}

// manySplits is a project of n splits with a record each.
func manySplits(t *testing.T, n int) project {
	declaration, shards := header, map[string]string{}
	for i := range n {
		shard := fmt.Sprintf("s%02d.jsonl", i)
		declaration += fmt.Sprintf("[[splits]]\nname = \"s%02d\"\nshards = [%q]\n", i, shard)
		shards[shard] = records(i, 1)
	}
	return newProject(t, declaration, shards)
}

// The documents are made while the last data file gets to the disk, and an error of that is the build's: a
// bundle whose data may be lost gets no name.
func TestBuildWaitsForItsData(t *testing.T) {
	for _, broken := range []error{nil, errDisk} {
		t.Run(fmt.Sprint(broken), func(t *testing.T) {
			d, dir := manySplits(t, 1).load(), t.TempDir()
			described := make(chan struct{})
			fsys := &syncedFS{synced: func(name string) error {
				switch {
				case name == catalog.ChecksumsName:
					close(described)
				case isData(name):
					select {
					case <-described:
					case <-time.After(30 * time.Second):
						return errors.New("the documents wait for the data")
					}
					time.Sleep(50 * time.Millisecond) // Whoever does not wait is done by then.
					return broken
				}
				return nil
			}}
			built, err := publish.Build(context.Background(), d, publish.BuildOptions{Dir: dir, FS: fsys})
			if broken == nil {
				if err != nil {
					t.Fatal(err)
				}
				checkOrder(t, fsys.Operations(), filepath.Base(built.Path))
				return
			}
			if !errors.Is(err, broken) || !strings.Contains(err.Error(), ".data-000000") || strings.Count(err.Error(), broken.Error()) != 1 {
				t.Errorf("error = %v, want %v, once, with the file's name", err, broken)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
				t.Errorf("the build left %v, %v", left, err)
			}
		})
	}
}

// Every file is on stable storage before it, or the bundle that it is in, gets its name.
func TestBuildOrderOfSteps(t *testing.T) {
	fsys := new(disktest.FS)
	built, err := publish.Build(context.Background(), manySplits(t, 12).load(), publish.BuildOptions{Dir: t.TempDir(), FS: fsys})
	if err != nil {
		t.Fatal(err)
	}
	checkOrder(t, fsys.Operations(), filepath.Base(built.Path))
}

// checkOrder holds the operations of a build that made a new bundle to their order.
func checkOrder(t *testing.T, operations []disktest.Operation, bundle string) {
	t.Helper()
	last := make(map[string]disktest.Kind) // by file
	synced := make(map[string]bool)
	stable := func(before disktest.Operation, only func(string) bool) {
		for name, kind := range last {
			if only(name) && (kind != disktest.Close || !synced[name]) {
				t.Errorf("before %s of %s, %s was not on stable storage", before.Kind, before.Name, name)
			}
		}
	}
	var folder, named bool
	for _, op := range operations {
		switch op.Kind {
		case disktest.Create, disktest.Write, disktest.Close:
			synced[op.Name] = synced[op.Name] && op.Kind == disktest.Close
			last[op.Name] = op.Kind
		case disktest.Sync:
			synced[op.Name] = true
		case disktest.SyncDir:
			folder = folder || op.Name == "."+bundle+".partial"
		case disktest.Rename:
			if strings.HasSuffix(op.Name, ".parquet") {
				stable(op, isData)
			}
			if op.Name == bundle {
				stable(op, func(string) bool { return true })
				named = true
				if !folder {
					t.Error("the bundle got its name before its folder was on stable storage")
				}
			}
		}
	}
	if !named || len(last) < 8 {
		t.Errorf("the bundle has its name: %v; %d files were written", named, len(last))
	}
}

// However many splits there are, a few data files are open at once; and what became of the first of them is
// known before more are made.
func TestBuildOpensFewFiles(t *testing.T) {
	const splits, most = 40, 8
	d := manySplits(t, splits).load()
	for _, broken := range []error{nil, errDisk} {
		t.Run(fmt.Sprint(broken), func(t *testing.T) {
			fsys, end := new(syncedFS), time.Now().Add(10*time.Second)
			fsys.synced = func(name string) error {
				for isData(name) && fsys.most.Load() < most && time.Now().Before(end) {
					time.Sleep(time.Millisecond)
				}
				if name == ".data-000000" {
					return broken
				}
				return nil
			}
			_, err := publish.Build(context.Background(), d, publish.BuildOptions{Dir: t.TempDir(), FS: fsys})
			if !errors.Is(err, broken) {
				t.Errorf("error = %v, want %v", err, broken)
			}
			if got := fsys.most.Load(); got != most {
				t.Errorf("%d data files were open at once, want %d", got, most)
			}
			if open := fsys.open.Load(); open != 0 {
				t.Errorf("%d data files are still open", open)
			}
			ninth := disktest.Operation{Kind: disktest.Create, Name: ".data-000008"}
			if made := slices.Contains(fsys.Operations(), ninth); made != (broken == nil) {
				t.Errorf("a ninth file was made: %v", made)
			}
		})
	}
}
