package github

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// A gate is what every request passes on its way out. It gives the token to the API's own hosts and to
// no other, wherever a redirect leads. It notes what the answer says of limits, and takes that away from
// the library, which would refuse to send requests by a clock of its own.
type gate struct {
	next  http.RoundTripper
	token string
	hosts map[string]bool // scheme://host:port
}

func (g *gate) RoundTrip(req *http.Request) (*http.Response, error) {
	if g.token != "" && g.hosts[origin(req.URL)] {
		req = req.Clone(req.Context())
		req.Header.Set("Authorization", "token "+g.token)
	}
	resp, err := g.next.RoundTrip(req)
	w, watched := req.Context().Value(watchKey{}).(*watch)
	if err != nil || !watched {
		return resp, err
	}
	w.touch()
	w.note(resp)
	resp.Body = &watchedBody{body: resp.Body, watch: w, left: w.limit}
	return resp, nil
}

// maxJSON is how many bytes of an answer of the API are read.
const maxJSON = 64 << 20

var errStalled = errors.New("the connection moved no byte for too long")

type watchKey struct{}

// A watch ends a request whose connection moves no byte for a while, and keeps what the answer's headers
// say of limits.
type watch struct {
	stall  time.Duration
	cancel context.CancelCauseFunc
	// limit is how many bytes of the answer may be read; 0 means any number.
	limit int64

	mu    sync.Mutex
	timer *time.Timer

	retryAfter time.Duration // 0: the answer does not say
	reset      time.Time     // when the rate limit begins anew; zero unless it is used up
}

// watching returns a context for one request. The caller ends the watch when the request is over.
func watching(ctx context.Context, stall time.Duration, limit int64) (context.Context, *watch) {
	w := &watch{stall: stall, limit: limit}
	ctx, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(stall, func() { w.cancel(errStalled) })
	return context.WithValue(ctx, watchKey{}, w), w
}

func (w *watch) touch() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer.Stop() {
		w.timer.Reset(w.stall)
	}
}

func (w *watch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer.Stop()
	w.cancel(nil)
}

// note reads what an answer says of limits, and removes it.
func (w *watch) note(resp *http.Response) {
	h := resp.Header
	w.retryAfter = retryAfter(h.Get("Retry-After"), h.Get("Date"))
	if reset, err := strconv.ParseInt(h.Get("X-Ratelimit-Reset"), 10, 64); err == nil && h.Get("X-Ratelimit-Remaining") == "0" {
		w.reset = time.Unix(reset, 0)
	}
	for _, name := range []string{"Retry-After", "X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset"} {
		h.Del(name)
	}
}

// retryAfter reads a header that is a number of seconds, or a time after that of the answer. It is 0 where it
// is neither, at least a second, and at most a day, which is longer than anybody waits.
func retryAfter(text, date string) time.Duration {
	const day = 24 * 60 * 60
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		until, err := http.ParseTime(text)
		now, dateErr := http.ParseTime(date)
		if err != nil || dateErr != nil {
			return 0
		}
		seconds = int64(until.Sub(now) / time.Second)
	}
	return time.Duration(min(max(seconds, 1), day)) * time.Second
}

// A watchedBody is an answer's body, of which no more than a limit is read.
type watchedBody struct {
	body  io.ReadCloser
	watch *watch
	left  int64
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	if n > 0 {
		b.watch.touch()
	}
	if b.watch.limit > 0 {
		if b.left -= int64(n); b.left < 0 {
			return 0, fmt.Errorf("the answer has more than %d bytes", b.watch.limit)
		}
	}
	return n, err
}

func (b *watchedBody) Close() error { return b.body.Close() }
