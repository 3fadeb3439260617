package github

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

// upload sends a file to a release as an asset, once, and returns the asset that GitHub made of it.
func (t *Target) upload(ctx context.Context, releaseID int64, f catalog.File, content target.Content) (*asset, error) {
	s := &sending{file: f, content: content}
	body, err := s.open()
	if err != nil {
		return nil, err
	}
	path := t.path("/releases/%d/assets?name=%s", releaseID, url.QueryEscape(f.Name))
	req, err := t.api.NewUploadRequest(path, body, f.Size, "application/octet-stream")
	if err != nil {
		return nil, errors.Join(err, body.Close())
	}
	req.GetBody = func() (io.ReadCloser, error) { return s.open() }
	a := new(asset)
	_, err = t.send(ctx, req, a)
	if bad := s.failed(); bad != nil && ctx.Err() == nil {
		return nil, bad // whatever the server made of a body that ended early
	}
	if err != nil {
		return nil, err
	}
	return a, nil
}

// A contentError is an error of what is to be sent, not of sending it.
type contentError struct{ error }

func (e *contentError) Unwrap() error { return e.error }

// A sending is one file on its way, of which the request's body may be asked for several times.
type sending struct {
	file    catalog.File
	content target.Content

	mu    sync.Mutex
	watch *watch
	err   error
}

func (s *sending) open() (*upload, error) {
	r, err := s.content()
	if err != nil {
		return nil, s.fail(err)
	}
	return &upload{of: s, r: r, hash: sha256.New()}, nil
}

// fail notes that the content is not what it should be.
func (s *sending) fail(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = &contentError{err}
	return s.err
}

func (s *sending) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func (s *sending) setWatch(w *watch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch = w
}

func (s *sending) touch() {
	s.mu.Lock()
	w := s.watch
	s.mu.Unlock()
	if w != nil {
		w.touch()
	}
}

// An upload is the body of a request. It compares the bytes with what the manifest says of the file, and
// gives the last of them only when all are right: wrong ones never arrive whole.
type upload struct {
	of    *sending
	r     io.ReadCloser
	hash  hash.Hash
	read  int64
	ready []byte
	// closed says that nobody wants the rest: the answer came before the body was sent.
	closed atomic.Bool
}

func (u *upload) Read(p []byte) (int, error) {
	u.of.touch()
	if len(u.ready) == 0 {
		if u.read == u.of.file.Size {
			return 0, io.EOF
		}
		if err := u.fill(); err != nil {
			if u.closed.Load() {
				return 0, err // of a file that was closed, which says nothing of its content
			}
			return 0, u.of.fail(err)
		}
	}
	n := copy(p, u.ready)
	u.ready = u.ready[n:]
	return n, nil
}

// fill reads the next piece, and the end, where this is the last.
func (u *upload) fill() error {
	const piece = 64 << 10
	f := u.of.file
	u.ready = make([]byte, min(piece, f.Size-u.read))
	n, err := io.ReadFull(u.r, u.ready)
	u.hash.Write(u.ready[:n])
	u.read += int64(n)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%s: %w: it ends after %d of %d bytes", f.Name, target.ErrMismatch, u.read, f.Size)
	}
	if err != nil || u.read < f.Size {
		return err
	}
	if n, err := u.r.Read(make([]byte, 1)); n > 0 {
		return fmt.Errorf("%s: %w: it has more than %d bytes", f.Name, target.ErrMismatch, f.Size)
	} else if err != nil && err != io.EOF {
		return err
	}
	if sum := hex.EncodeToString(u.hash.Sum(nil)); sum != f.SHA256 {
		return fmt.Errorf("%s: %w: its SHA-256 is %s, not %s", f.Name, target.ErrMismatch, sum, f.SHA256)
	}
	return nil
}

// Close may be called while a Read is under way: as soon as the server answers, nobody waits for the rest.
func (u *upload) Close() error {
	u.closed.Store(true)
	return u.r.Close()
}

// octets asks for an asset's bytes rather than its description.
func octets(req *http.Request) { req.Header.Set("Accept", "application/octet-stream") }
