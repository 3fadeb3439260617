// Package targettest is the conformance suite that every target passes, with what its tests, and those
// of the verbs that use targets, need: small bundles and a target in memory.
package targettest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

// A Target is what the suite tests.
type Target interface {
	target.Publisher
	target.Source
	target.Lister
	target.Withdrawer
	target.Planner
}

// Options say what a target cannot do. The zero value is a target that can do everything.
type Options struct {
	// NoEmptyFiles: the target refuses files of zero bytes.
	NoEmptyFiles bool
}

// Run tests the target that open returns, which must be empty, and a new one at each call.
func Run(t *testing.T, o Options, open func(t *testing.T) Target) {
	for name, test := range map[string]func(*suite){
		"publish and fetch":           (*suite).publishAndFetch,
		"invisible before commit":     (*suite).invisibleBeforeCommit,
		"incomplete":                  (*suite).incomplete,
		"wrong content":               (*suite).wrongContent,
		"content that fails":          (*suite).contentThatFails,
		"file of no release":          (*suite).fileOfNoRelease,
		"carry on":                    (*suite).carryOn,
		"publish again":               (*suite).publishAgain,
		"discard":                     (*suite).discard,
		"draft of other content":      (*suite).draftOfOtherContent,
		"two drafts":                  (*suite).twoDrafts,
		"two versions":                (*suite).twoVersions,
		"cancelled":                   (*suite).cancelled,
		"every allowed character":     (*suite).everyAllowedCharacter,
		"offsets":                     (*suite).offsets,
		"not found":                   (*suite).notFound,
		"versions":                    (*suite).versions,
		"release that breaks a rule ": (*suite).brokenRelease,
		"names":                       (*suite).names,
		"withdraw":                    (*suite).withdraw,
		"withdraw what is not there":  (*suite).withdrawNothing,
		"plan":                        (*suite).plan,
	} {
		t.Run(name, func(t *testing.T) {
			test(&suite{T: t, target: open(t), options: o, ctx: t.Context()})
		})
	}
}

type suite struct {
	*testing.T
	target  Target
	options Options
	ctx     context.Context
}

// small returns a bundle that the target can take.
func (s *suite) small(version string) *Bundle {
	if s.options.NoEmptyFiles {
		return NewBundle("small", version, map[string][]byte{
			"train.parquet": bytes.Repeat([]byte("train of "+version+"\n"), 50), "test.parquet": []byte("test"),
		})
	}
	return Small("small", version)
}

// draft begins a draft, which is closed when the test ends unless the test closes it.
func (s *suite) draft(b *Bundle) target.Draft {
	s.Helper()
	d, err := s.target.Draft(s.ctx, b.Release)
	if err != nil {
		s.Fatalf("Draft: %v", err)
	}
	return d
}

func (s *suite) close(d target.Draft) {
	s.Helper()
	if err := d.Close(); err != nil {
		s.Fatalf("Close: %v", err)
	}
}

func (s *suite) put(d target.Draft, b *Bundle, files ...string) {
	s.Helper()
	for _, name := range files {
		f, ok := b.File(name)
		if !ok {
			s.Fatalf("the test's bundle has no %s", name)
		}
		if err := d.Put(s.ctx, f, b.Content(name)); err != nil {
			s.Fatalf("Put %s: %v", name, err)
		}
	}
}

// missing returns the names of the files that a draft lacks.
func (s *suite) missing(d target.Draft) []string {
	s.Helper()
	files, err := d.Missing(s.ctx)
	if err != nil {
		s.Fatalf("Missing: %v", err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return names
}

func (s *suite) publish(b *Bundle) {
	s.Helper()
	d := s.draft(b)
	s.finish(d, b)
}

// finish puts what is missing, commits and closes.
func (s *suite) finish(d target.Draft, b *Bundle) {
	s.Helper()
	s.put(d, b, s.missing(d)...)
	if err := d.Commit(s.ctx); err != nil {
		s.Fatalf("Commit: %v", err)
	}
	s.close(d)
}

// published fails the test unless the target serves exactly the bytes of b.
func (s *suite) published(b *Bundle) {
	s.Helper()
	name, version := b.Manifest.Name, b.Manifest.Version
	text, err := s.target.Manifest(s.ctx, name, version)
	if err != nil {
		s.Fatalf("Manifest: %v", err)
	}
	if !bytes.Equal(text, b.Text[catalog.ManifestName]) {
		s.Errorf("the manifest of %s %s is\n%s\nwant\n%s", name, version, text, b.Text[catalog.ManifestName])
	}
	for _, f := range b.Files {
		if got := s.read(b, f.Name, 0); !bytes.Equal(got, b.Text[f.Name]) {
			s.Errorf("%s of %s %s has other bytes", f.Name, name, version)
		}
	}
}

func (s *suite) read(b *Bundle, file string, offset int64) []byte {
	s.Helper()
	r, err := s.target.Open(s.ctx, b.Manifest.Name, b.Manifest.Version, file, offset)
	if err != nil {
		s.Fatalf("Open %s at %d: %v", file, offset, err)
	}
	text, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		s.Fatalf("read %s from %d: %v", file, offset, err)
	}
	return text
}

// invisible fails the test if anything of b's version can be seen.
func (s *suite) invisible(b *Bundle) {
	s.Helper()
	name, version := b.Manifest.Name, b.Manifest.Version
	if _, err := s.target.Manifest(s.ctx, name, version); !errors.Is(err, target.ErrNotFound) {
		s.Errorf("Manifest of what is not published gives %v, want ErrNotFound", err)
	}
	for _, f := range b.Files {
		s.notOpened(name, version, f.Name)
	}
	versions, err := s.target.Versions(s.ctx, name)
	if err != nil && !errors.Is(err, target.ErrNotFound) || slices.Contains(versions, version) {
		s.Errorf("Versions gives %v, %v, and %s is not published", versions, err, version)
	}
}

func (s *suite) notOpened(name, version, file string) {
	s.Helper()
	r, err := s.target.Open(s.ctx, name, version, file, 0)
	if err == nil {
		err = fmt.Errorf("no error, and Close gives %v", r.Close())
	}
	if !errors.Is(err, target.ErrNotFound) {
		s.Errorf("Open of %q of %q %q gives %v, want ErrNotFound", file, name, version, err)
	}
}

// failing is a content that gives some bytes and then err.
func failing(text []byte, err error) target.Content {
	return func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(bytes.NewReader(text), errorReader{err})), nil
	}
}

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }

// allowed are all characters that names of files may have.
var allowed = []string{
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ.parquet", "abcdefghijklmnopqrstuvwxyz_0123456789.parquet",
	"-leading-dash.parquet", "_x.parquet", "a..b--c__d.parquet", "no-extension", strings.Repeat("n", catalog.MaxFileName),
}
