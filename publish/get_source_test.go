package publish_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
	"github.com/bindery-data/bindery/publish/target"
	"github.com/bindery-data/bindery/publish/target/targettest"
)

// A source stands between Get and a target, and lets a test change what is served.
type source struct {
	*targettest.Memory
	mu       sync.Mutex
	opened   []string
	serve    func(file string, offset int64, r io.ReadCloser) (io.ReadCloser, error)
	manifest func([]byte) []byte
}

func (s *source) Open(ctx context.Context, name, version, file string, offset int64) (io.ReadCloser, error) {
	r, err := s.Memory.Open(ctx, name, version, file, offset)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened = append(s.opened, file)
	if err != nil || s.serve == nil {
		return r, err
	}
	return s.serve(file, offset, r)
}

func (s *source) Manifest(ctx context.Context, name, version string) ([]byte, error) {
	text, err := s.Memory.Manifest(ctx, name, version)
	if s.manifest != nil {
		text = s.manifest(text)
	}
	return text, err
}

// The largest file of the small bundle, and what it is called while it is not whole.
const (
	big     = "train-00000-of-00002.parquet"
	bigPart = "." + big + ".part"
)

// only changes what is served of one file.
func only(name string, change func(offset int64, r io.Reader) io.Reader) func(string, int64, io.ReadCloser) (io.ReadCloser, error) {
	return func(file string, offset int64, r io.ReadCloser) (io.ReadCloser, error) {
		if file != name {
			return r, nil
		}
		return io.NopCloser(change(offset, r)), nil
	}
}

func TestGetFromABadSource(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(s *source)
		want  error
	}{
		"wrong bytes": {func(s *source) {
			s.serve = only(big, func(int64, io.Reader) io.Reader { return bytes.NewReader(make([]byte, len(small.Text[big]))) })
		}, target.ErrMismatch},
		"endless bytes": {func(s *source) {
			s.serve = only(big, func(int64, io.Reader) io.Reader { return zeros{} })
		}, target.ErrMismatch},
		"one byte more": {func(s *source) {
			s.serve = only(big, func(_ int64, r io.Reader) io.Reader { return io.MultiReader(r, strings.NewReader("!")) })
		}, target.ErrMismatch},
		"too few bytes": {func(s *source) {
			s.serve = only(big, func(_ int64, r io.Reader) io.Reader { return io.LimitReader(r, 100) })
		}, io.ErrUnexpectedEOF},
		"a file is gone":      {func(s *source) { s.Change("small", "1.0.0", big, nil) }, target.ErrDamaged},
		"checksums are gone":  {func(s *source) { s.Change("small", "1.0.0", catalog.ChecksumsName, nil) }, target.ErrDamaged},
		"a file is cut short": {func(s *source) { s.Change("small", "1.0.0", big, small.Text[big][:100]) }, target.ErrDamaged},
		"a file is empty":     {func(s *source) { s.Change("small", "1.0.0", big, []byte{}) }, target.ErrDamaged},
		"half a manifest":     {func(s *source) { s.manifest = func([]byte) []byte { return []byte("{") } }, target.ErrDamaged},
		"a manifest that breaks a rule": {func(s *source) {
			s.manifest = func(text []byte) []byte { return bytes.Replace(text, []byte("2026-11-23"), []byte("tomorrow"), 1) }
		}, target.ErrDamaged},
		"a connection that breaks": {func(s *source) {
			s.serve = only(big, func(_ int64, r io.Reader) io.Reader {
				return io.MultiReader(io.LimitReader(r, 100), broken{})
			})
		}, errBroken},
		"another release's manifest": {func(s *source) {
			s.manifest = func([]byte) []byte { return targettest.Small("small", "1.0.1").Text[catalog.ManifestName] }
		}, target.ErrMismatch},
		"a manifest that was changed": {func(s *source) {
			s.manifest = func(text []byte) []byte {
				return bytes.Replace(text, []byte(`"title": "small"`), []byte(`"title": "Small"`), 1)
			}
		}, target.ErrMismatch},
		"checksums that were changed": {func(s *source) {
			text := bytes.Replace(small.Text[catalog.ChecksumsName], []byte("README"), []byte("README2"), 1)
			s.Change("small", "1.0.0", catalog.ChecksumsName, text)
		}, target.ErrMismatch},
		"endless checksums": {func(s *source) {
			s.serve = only(catalog.ChecksumsName, func(int64, io.Reader) io.Reader { return zeros{} })
		}, target.ErrMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			from, dir := &source{Memory: published(t)}, t.TempDir()
			c.spoil(from)
			_, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Version: "1.0.0", Dir: dir})
			if !errors.Is(err, c.want) || errors.Is(err, target.ErrNotFound) {
				t.Errorf("error = %v, want %v", err, c.want)
			}
			if _, err := os.Lstat(filepath.Join(dir, "small-1.0.0")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the folder is there: %v", err)
			}
			if _, err := publish.Get(t.Context(), published(t), publish.GetOptions{Name: "small", Dir: dir}); err != nil {
				t.Fatalf("from a good source afterwards: %v", err)
			}
			whole(t, dir)
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

var errBroken = errors.New("connection reset")

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }

// A file that ends too early at the target is found out, however much of it an earlier run left.
func TestGetOfATruncatedFile(t *testing.T) {
	for name, left := range map[string]int{"nothing": 0, "less": 50, "as much": 100, "more": 200} {
		t.Run(name, func(t *testing.T) {
			from, dir := published(t), t.TempDir()
			from.Change("small", "1.0.0", big, small.Text[big][:100])
			if err := os.Mkdir(filepath.Join(dir, ".small-1.0.0.partial"), 0o777); err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(dir, ".small-1.0.0.partial"), bigPart, string(small.Text[big][:left]))
			_, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Dir: dir})
			if !errors.Is(err, target.ErrMismatch) || !strings.Contains(err.Error(), "it ends after 100 of 850 bytes") {
				t.Errorf("error = %v", err)
			}
		})
	}
}

// A file that is cut off on the way is carried on with at once.
func TestGetAsksOnceMore(t *testing.T) {
	from, dir := &source{Memory: published(t)}, t.TempDir()
	from.serve = only(big, func(_ int64, r io.Reader) io.Reader { return io.LimitReader(r, 500) })
	var last publish.Event
	o := publish.GetOptions{Name: "small", Dir: dir, Progress: func(e publish.Event) { last = e }}
	if _, err := publish.Get(t.Context(), from, o); err != nil {
		t.Fatal(err)
	}
	whole(t, dir)
	if last.Done != last.Total {
		t.Errorf("last event: %+v", last)
	}
}

// A manifest that names a file outside of the folder is refused before anything is written.
func TestGetWritesNowhereElse(t *testing.T) {
	from, dir := &source{Memory: published(t)}, t.TempDir()
	from.manifest = func(text []byte) []byte { return bytes.ReplaceAll(text, []byte("README.md"), []byte("../README.md")) }
	if _, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Dir: dir}); err == nil || !strings.Contains(err.Error(), "character") {
		t.Errorf("error = %v", err)
	}
	alone(t, dir)
}

func TestGetStopsWhereTheSourceStalls(t *testing.T) {
	from, dir := &source{Memory: published(t)}, t.TempDir()
	stalled := make(chan struct{})
	from.serve = func(file string, _ int64, r io.ReadCloser) (io.ReadCloser, error) {
		if file != big {
			return r, nil
		}
		return &stalling{stalled: stalled, closed: make(chan struct{})}, nil
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := publish.Get(ctx, from, publish.GetOptions{Name: "small", Dir: dir})
		done <- err
	}()
	<-stalled
	cancel()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Get does not stop")
	}
	from.serve = nil
	if _, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Dir: dir}); err != nil {
		t.Fatal(err)
	}
	whole(t, dir)
}

// A stalling body gives nothing until it is closed.
type stalling struct {
	stalled, closed chan struct{}
}

func (s *stalling) Read([]byte) (int, error) {
	close(s.stalled)
	<-s.closed
	return 0, os.ErrClosed
}

func (s *stalling) Close() error {
	close(s.closed)
	return nil
}
