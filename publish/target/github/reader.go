package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/bindery-data/bindery/publish/target"
)

// A reader is a file's bytes from the web. Where the connection breaks, it asks for the rest.
type reader struct {
	t       *Target
	ctx     context.Context
	client  *http.Client
	request func() (*http.Request, error)

	at int64 // the next byte
	p  *patience

	mu     sync.Mutex
	body   io.ReadCloser
	closed bool
}

// open asks for the bytes from offset on, as often as it takes.
func (t *Target) open(ctx context.Context, client *http.Client, request func() (*http.Request, error), offset int64) (io.ReadCloser, error) {
	r := &reader{t: t, ctx: ctx, client: client, request: request, at: offset, p: t.patience()}
	if err := r.reopen(nil); err != nil {
		return nil, err
	}
	r.p = t.patience()
	return r, nil
}

// reopen asks for the bytes from r.at on, after what failed did.
func (r *reader) reopen(failed error) error {
	for {
		if failed != nil {
			if err := r.p.again(r.ctx, failed); err != nil {
				return err
			}
		}
		if failed = r.attempt(); failed == nil {
			return nil
		}
	}
}

// attempt sends one request and takes the body of its answer.
func (r *reader) attempt() error {
	resp, err := r.send(r.at)
	if err != nil {
		return err
	}
	switch {
	case r.t.login(resp):
		err = &failure{request: "GET " + resp.Request.URL.Path, status: http.StatusUnauthorized, message: "it takes a login"}
	case resp.StatusCode == http.StatusPartialContent:
		if begin, ok := rangeStart(resp.Header.Get("Content-Range")); !ok || begin != r.at-1 {
			err = fmt.Errorf("asked for the bytes from %d on and got %q", r.at-1, resp.Header.Get("Content-Range"))
		} else {
			err = r.skip(resp.Body, 1)
		}
	case r.at > 0: // the whole file, from its beginning
		err = r.skip(resp.Body, r.at)
	}
	if err != nil {
		return errors.Join(err, resp.Body.Close())
	}
	return r.take(resp.Body)
}

// take makes body what is read from, unless somebody closed the reader meanwhile.
func (r *reader) take(body io.ReadCloser) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return errors.Join(fs.ErrClosed, body.Close())
	}
	r.body = body
	return nil
}

// leave gives back what was read from, which is read from no more.
func (r *reader) leave(closed bool) io.ReadCloser {
	r.mu.Lock()
	defer r.mu.Unlock()
	body := r.body
	r.body, r.closed = nil, r.closed || closed
	return body
}

func (r *reader) current() io.ReadCloser {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.body
}

// skip passes over the bytes before r.at.
func (r *reader) skip(body io.Reader, n int64) error {
	_, err := io.CopyN(io.Discard, body, n)
	switch err {
	case nil:
		return nil
	case io.EOF:
		return fmt.Errorf("%w: it ends before byte %d", target.ErrMismatch, r.at)
	}
	return r.broken(err)
}

// send asks for the bytes from offset on, and for the one before them: a server says nothing about the end
// of a file, which is no byte, that others would say in the same way. An answer that is neither of success nor a redirect is a failure.
func (r *reader) send(offset int64) (*http.Response, error) {
	if err := r.t.turn(r.ctx, false); err != nil {
		return nil, err
	}
	req, err := r.request()
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Encoding", "identity") // the bytes, and no other form of them
	if offset > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset-1))
	}
	watched, w := watching(r.ctx, r.t.o.Stall, 0)
	resp, err := r.client.Do(req.WithContext(watched))
	if err == nil && resp.StatusCode < 400 {
		resp.Body = &endingBody{resp.Body, w}
		return resp, nil
	}
	defer w.end()
	switch {
	case r.ctx.Err() != nil:
		err = r.ctx.Err()
	case errors.Is(context.Cause(watched), errStalled):
		err = r.t.failed(req, w, errStalled)
	case err != nil:
		err = r.t.failed(req, w, err)
	default:
		err = r.refused(req, resp, w, offset)
	}
	if resp != nil {
		_ = resp.Body.Close() // there is an error already
	}
	return nil, err
}

// refused describes an answer that says no.
func (r *reader) refused(req *http.Request, resp *http.Response, w *watch, offset int64) error {
	f := &failure{request: "GET " + req.URL.Path, status: resp.StatusCode}
	var answer struct {
		Message string `json:"message"`
	}
	if text, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10)); err == nil && json.Unmarshal(text, &answer) == nil {
		f.message = r.t.clean(answer.Message)
	}
	switch resp.StatusCode {
	case http.StatusNotFound:
		f.err = target.ErrNotFound
	case http.StatusRequestedRangeNotSatisfiable:
		f.err = fmt.Errorf("%w: it ends before byte %d", target.ErrMismatch, offset)
	default:
		r.t.judge(f, w)
	}
	return f
}

// rangeStart returns the first byte of a Content-Range: "bytes 100-199/200".
func rangeStart(text string) (int64, bool) {
	span, ok := strings.CutPrefix(text, "bytes ")
	first, _, dash := strings.Cut(span, "-")
	begin, err := strconv.ParseInt(first, 10, 64)
	return begin, ok && dash && err == nil
}

// broken describes a connection that ended before the file did.
func (r *reader) broken(err error) error {
	return &failure{request: "read", err: r.t.withoutKeys(err), temporary: true}
}

func (r *reader) Read(p []byte) (int, error) {
	for {
		body := r.current()
		if body == nil {
			return 0, fs.ErrClosed
		}
		n, err := body.Read(p)
		r.at += int64(n)
		if n > 0 {
			r.p.failures = 0
		}
		switch {
		case n > 0 && err != io.EOF:
			return n, nil // what else there is to say comes with the next call
		case err == nil || err == io.EOF:
			return n, err
		case r.ctx.Err() != nil:
			return n, r.ctx.Err()
		}
		_ = body.Close() // it is broken already
		r.leave(false)
		if err := r.reopen(r.broken(err)); err != nil {
			return 0, err
		}
	}
}

// Close ends a Read that is under way too.
func (r *reader) Close() error {
	if body := r.leave(true); body != nil {
		return body.Close()
	}
	return nil
}

// An endingBody ends the watch over its request when it is closed.
type endingBody struct {
	io.ReadCloser
	watch *watch
}

func (b *endingBody) Close() error {
	b.watch.end()
	return b.ReadCloser.Close()
}
