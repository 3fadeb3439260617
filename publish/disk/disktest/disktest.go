// Package disktest makes the operations of a file system fail, one at a time, so that a test can show
// what remains when they do.
package disktest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/bindery-data/bindery/publish/disk"
)

// ErrFault is what a failing operation returns.
var ErrFault = errors.New("fault put in by the test")

// A Kind is a kind of operation on a disk.FS or disk.File.
type Kind string

// The kinds of operations.
const (
	Create  Kind = "create"
	Append  Kind = "append"
	Mkdir   Kind = "mkdir"
	Write   Kind = "write"
	Sync    Kind = "sync"
	Close   Kind = "close"
	Rename  Kind = "rename"
	Link    Kind = "link"
	Remove  Kind = "remove"
	SyncDir Kind = "syncdir"
)

// A Mode is a way of failing.
type Mode string

// The ways of failing.
const (
	// Refuse: the operation does nothing and fails.
	Refuse Mode = "refuse"
	// Half: a write takes half of its bytes and fails; any other operation refuses.
	Half Mode = "half"
	// Late: the operation is done, and reported as failed.
	Late Mode = "late"
	// Crash: this operation and all that come after it refuse, as if the machine had stopped.
	Crash Mode = "crash"
)

// An Operation is something done to a file or folder.
type Operation struct {
	Kind Kind
	// Name is that of the file or folder, the new one of a Rename or Link, without the folders above it.
	Name string
}

// A Fault makes one operation fail. The zero value makes none.
type Fault struct {
	// Of is the operation, whichever files are worked on at the same time.
	Of Operation
	// At says which one of these it is, from 1; 0 is none.
	At int
	// Mode is how it fails.
	Mode Mode
}

// An FS is disk.OS with a fault. The zero value has none and counts. Its Sync and SyncDir do nothing, which a
// test cannot see and would wait for. What disk.OS does of its own accord while a file is written is not
// counted. It is safe for concurrent use.
type FS struct {
	Fault Fault

	mu     sync.Mutex
	asked  []Operation
	failed Kind
}

// Operations returns the operations that were asked for, in order.
func (f *FS) Operations() []Operation {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.asked)
}

// Failed returns the kind of the operation that failed, or "" where the fault was not reached.
func (f *FS) Failed() Kind {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failed
}

// next counts an operation and returns how it is to fail; "" means not at all.
func (f *FS) next(kind Kind, name string) Mode {
	f.mu.Lock()
	defer f.mu.Unlock()
	op := Operation{kind, filepath.Base(name)}
	f.asked = append(f.asked, op)
	switch {
	case f.failed == "" && op == f.Fault.Of && count(f.asked, op) == f.Fault.At:
		f.failed = kind
		return f.Fault.Mode
	case f.failed != "" && f.Fault.Mode == Crash:
		return Crash
	}
	return ""
}

func count(operations []Operation, op Operation) (n int) {
	for _, o := range operations {
		if o == op {
			n++
		}
	}
	return n
}

func (f *FS) do(kind Kind, name string, operation func() error) error {
	mode := f.next(kind, name)
	switch mode {
	case "":
		return operation()
	case Late:
		_ = operation() // Done or not, what the caller learns is that it failed.
	}
	return fault(kind, mode, name)
}

// fault is the error of an operation that fails, as a system's.
func fault(kind Kind, mode Mode, name string) error {
	return &fs.PathError{Op: string(kind), Path: name, Err: fmt.Errorf("%w (%s)", ErrFault, mode)}
}

// Create is disk.OS.Create, or fails.
func (f *FS) Create(name string) (disk.File, error) { return f.open(Create, disk.OS.Create, name) }

// Append is disk.OS.Append, or fails.
func (f *FS) Append(name string) (disk.File, error) { return f.open(Append, disk.OS.Append, name) }

func (f *FS) open(kind Kind, open func(string) (disk.File, error), name string) (disk.File, error) {
	var opened disk.File
	err := f.do(kind, name, func() (err error) {
		opened, err = open(name)
		return err
	})
	if err == nil {
		return &file{fs: f, name: name, File: opened}, nil
	}
	if opened != nil {
		err = errors.Join(err, opened.Close())
	}
	return nil, err
}

// MkdirAll makes a folder and those above it, or fails.
func (f *FS) MkdirAll(name string) error {
	return f.do(Mkdir, name, func() error { return os.MkdirAll(name, 0o777) })
}

// Rename is disk.OS.Rename, or fails.
func (f *FS) Rename(oldName, newName string) error {
	return f.do(Rename, newName, func() error { return disk.OS.Rename(oldName, newName) })
}

// Link is disk.OS.Link, or fails.
func (f *FS) Link(oldName, newName string) error {
	return f.do(Link, newName, func() error { return disk.OS.Link(oldName, newName) })
}

// RemoveAll is disk.OS.RemoveAll, or fails.
func (f *FS) RemoveAll(name string) error {
	return f.do(Remove, name, func() error { return disk.OS.RemoveAll(name) })
}

// SyncDir does nothing with a folder that is there, or fails.
func (f *FS) SyncDir(name string) error {
	return f.do(SyncDir, name, func() error {
		_, err := os.ReadDir(name)
		return err
	})
}

type file struct {
	disk.File
	fs   *FS
	name string
}

func (w *file) Write(p []byte) (int, error) {
	mode := w.fs.next(Write, w.name)
	var n int
	var err error
	switch mode {
	case "":
		return w.File.Write(p)
	case Late:
		n, err = w.File.Write(p)
	case Half:
		n, err = w.File.Write(p[:len(p)/2])
	}
	return n, errors.Join(err, fault(Write, mode, w.name))
}

func (w *file) Sync() error { return w.fs.do(Sync, w.name, func() error { return nil }) }

// Close closes the file in any case: a descriptor must not outlive the test.
func (w *file) Close() error {
	if mode := w.fs.next(Close, w.name); mode != "" {
		return errors.Join(w.File.Close(), fault(Close, mode, w.name))
	}
	return w.File.Close()
}

// Each runs attempt once without a fault, to count the operations, and then as a subtest for each
// operation and each way of failing. Attempt makes what it needs anew every time, does its work through
// fsys, and judges what is left.
func Each(t *testing.T, attempt func(t *testing.T, fsys *FS)) {
	t.Helper()
	counting := &FS{}
	attempt(t, counting)
	operations := counting.Operations()
	for i, op := range operations {
		modes := []Mode{Refuse, Late, Crash}
		if op.Kind == Write {
			modes = append(modes, Half)
		}
		for _, mode := range modes {
			t.Run(fmt.Sprintf("%d-%s-%s-%s", i+1, op.Kind, op.Name, mode), func(t *testing.T) {
				failing := &FS{Fault: Fault{Of: op, At: count(operations[:i+1], op), Mode: mode}}
				attempt(t, failing)
				if failing.Failed() == "" {
					t.Error("the operation that was to fail was not asked for")
				}
			})
		}
	}
}
