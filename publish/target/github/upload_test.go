package github

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

// closable is content of which nothing can be read once it was closed, as of a file.
type closable struct{ closed bool }

func (c *closable) Read(p []byte) (int, error) {
	if c.closed {
		return 0, fs.ErrClosed
	}
	return len(p), nil
}

func (c *closable) Close() error { c.closed = true; return nil }

// A server that answers before it has the whole body, and a transport that still reads on after it closed the
// body, as that of HTTP/2 may: that is no error of the content, and the answer is what counts.
func TestAnswerBeforeTheBody(t *testing.T) {
	early := func(req *http.Request) (*http.Response, error) {
		_, first := req.Body.Read(make([]byte, 10))
		closed := req.Body.Close()
		if _, err := io.ReadAll(req.Body); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("reading after Close: %v", err)
		}
		return &http.Response{StatusCode: http.StatusBadGateway, Request: req, Body: http.NoBody}, errors.Join(first, closed)
	}
	to, err := New("o/r", Options{Token: "token", Transport: roundTripper(early)})
	if err != nil {
		t.Fatal(err)
	}
	f := catalog.File{Name: "train.parquet", Size: 1 << 20}
	_, err = to.upload(context.Background(), 1, f, target.Content(func() (io.ReadCloser, error) { return new(closable), nil }))
	var failed *failure
	if !errors.As(err, &failed) || failed.status != http.StatusBadGateway || !failed.temporary {
		t.Errorf("error = %v, want the 502, which passes", err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
