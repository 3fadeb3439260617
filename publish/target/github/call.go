package github

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	gh "github.com/google/go-github/v62/github"

	"github.com/bindery-data/bindery/publish/target"
)

// A failure is a request that did not succeed. Its text has no token and no query of an address, which at
// an object store is a key.
type failure struct {
	request string // "POST repos/o/r/releases"
	status  int    // 0 where there was no answer
	message string // the answer's
	codes   []string
	err     error // why there was no answer
	// temporary says that the same request may succeed later, and wait when: 0 where nobody says.
	temporary bool
	wait      time.Duration
	// limited says that a limit on requests was hit.
	limited bool
}

func (f *failure) Unwrap() error { return f.err }

func (f *failure) Error() string {
	switch {
	case f.err != nil:
		return fmt.Sprintf("%s: %v", f.request, f.err)
	case f.message == "":
		return fmt.Sprintf("%s: %d %s", f.request, f.status, http.StatusText(f.status))
	}
	return fmt.Sprintf("%s: %d %s: %q", f.request, f.status, http.StatusText(f.status), f.message)
}

// status returns the status that a request failed with; 0 where it had no answer, or did not fail.
func status(err error) int {
	var f *failure
	if errors.As(err, &f) {
		return f.status
	}
	return 0
}

// hasCode reports whether GitHub refused a request for a reason of its list: "already_exists".
func hasCode(err error, code string) bool {
	var f *failure
	if !errors.As(err, &f) || f.status != http.StatusUnprocessableEntity {
		return false
	}
	for _, c := range f.codes {
		if c == code {
			return true
		}
	}
	return false
}

// send sends one request to the API, once, and decodes the answer into v.
func (t *Target) send(ctx context.Context, req *http.Request, v any) (*gh.Response, error) {
	if err := t.turn(ctx, req.Method != http.MethodGet); err != nil {
		return nil, err
	}
	return t.sendNow(ctx, req, v)
}

// turn waits until a request may be sent.
func (t *Target) turn(ctx context.Context, write bool) error {
	return t.pace.take(ctx, write, func(d time.Duration) { t.tell("keeping within GitHub's limits on requests", d) })
}

// sendNow is send for those who waited for their turn already, so that what they asked since still holds.
func (t *Target) sendNow(ctx context.Context, req *http.Request, v any) (*gh.Response, error) {
	watched, w := watching(ctx, t.o.Stall, maxJSON)
	defer w.end()
	if body, ok := req.Body.(*upload); ok {
		body.of.setWatch(w)
	}
	resp, err := t.api.Do(watched, req, v)
	if err == nil {
		return resp, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if errors.Is(context.Cause(watched), errStalled) {
		err = errStalled
	}
	return nil, t.failed(req, w, err)
}

// failed describes why a request failed.
func (t *Target) failed(req *http.Request, w *watch, err error) error {
	f := &failure{request: req.Method + " " + req.URL.Path}
	var answer *gh.ErrorResponse
	var abuse *gh.AbuseRateLimitError
	switch {
	case errors.As(err, &answer):
		f.status, f.message = answer.Response.StatusCode, t.clean(answer.Message)
		for _, e := range answer.Errors {
			f.codes = append(f.codes, e.Code)
			if e.Message != "" {
				f.message += ": " + t.clean(e.Message)
			}
		}
	case errors.As(err, &abuse):
		f.status, f.message, f.limited = abuse.Response.StatusCode, t.clean(abuse.Message), true
	default:
		f.err = t.withoutKeys(err)
		f.temporary = !final(err)
		return f
	}
	t.judge(f, w)
	return f
}

// judge decides whether an answer is worth another attempt, and when.
func (t *Target) judge(f *failure, w *watch) {
	now := t.o.Clock.Now()
	if strings.Contains(strings.ToLower(f.message), "rate limit") || f.status == http.StatusTooManyRequests {
		f.limited = true
	}
	switch {
	case f.status >= 500, f.status == http.StatusRequestTimeout:
		f.temporary, f.wait = true, w.retryAfter
	case f.status != http.StatusForbidden && f.status != http.StatusTooManyRequests:
	case w.retryAfter > 0:
		f.temporary, f.limited, f.wait = true, true, w.retryAfter
	case !w.reset.IsZero():
		f.temporary, f.limited, f.wait = true, true, max(w.reset.Sub(now), 0)+time.Second
	case f.limited: // "wait for at least one minute before retrying"
		f.temporary, f.wait = true, time.Minute
	}
}

// final reports whether an error of the network will not pass by itself.
func final(err error) bool {
	var (
		name        *net.DNSError
		unknown     x509.UnknownAuthorityError
		host        x509.HostnameError
		certificate *tls.CertificateVerificationError
		content     *contentError
	)
	return errors.As(err, &name) && name.IsNotFound || errors.As(err, &unknown) || errors.As(err, &host) ||
		errors.As(err, &certificate) || errors.As(err, &content)
}

// clean makes an answer's message fit to be shown: it is short, and whatever it is, it has no token.
func (t *Target) clean(message string) string {
	const longest = 300
	if t.o.Token != "" {
		message = strings.ReplaceAll(message, t.o.Token, "[token]")
	}
	if len(message) > longest {
		message = strings.ToValidUTF8(message[:longest], "") + "..."
	}
	return message
}

// withoutKeys removes addresses from an error of the network, but for their hosts: what an object store is
// asked for stands in the query, and is a key.
func (t *Target) withoutKeys(err error) error {
	var at *url.Error
	if !errors.As(err, &at) {
		return err
	}
	if u, parseErr := url.Parse(at.URL); parseErr == nil && u.Host != t.api.BaseURL.Host {
		return fmt.Errorf("%s: %w", u.Host, at.Err)
	}
	return at.Err
}

// A patience counts the attempts at one step.
type patience struct {
	t        *Target
	failures int
}

// longestWait is longer than any of GitHub's limits lasts, which are by the hour.
const longestWait = 90 * time.Minute

func (t *Target) patience() *patience { return &patience{t: t} }

// again waits until the step that failed with err may be tried anew. It returns an error where there is
// nothing to wait for: err itself.
func (p *patience) again(ctx context.Context, err error) error {
	var f *failure
	if !errors.As(err, &f) || !f.temporary {
		return err
	}
	if p.failures++; p.failures >= p.t.o.Attempts {
		return fmt.Errorf("%w (tried %d times)", err, p.failures)
	}
	wait := f.wait
	if wait == 0 {
		wait = jitter(min(time.Second<<p.failures, time.Minute))
	} else {
		wait += jitter(time.Second)
	}
	const longWait = 2 * time.Minute
	if f.limited && p.t.o.Token == "" && wait > longWait {
		return fmt.Errorf("%w: the limit for those without a token ends in %s: a token lifts it", err, wait.Round(time.Second))
	}
	if wait > longestWait {
		return fmt.Errorf("%w: GitHub asks to wait for %s: try again then", err, wait.Round(time.Minute))
	}
	p.t.tell(err.Error(), wait)
	return p.t.o.Clock.Sleep(ctx, wait)
}

func (t *Target) tell(reason string, d time.Duration) {
	if t.o.Waiting != nil {
		t.o.Waiting(reason, d)
	}
}

// call sends a request that may be sent more than once, until it succeeds or patience ends.
func (t *Target) call(ctx context.Context, method, path string, body, v any) (*gh.Response, error) {
	for p := t.patience(); ; {
		req, err := t.api.NewRequest(method, path, body)
		if err != nil {
			return nil, err
		}
		resp, err := t.send(ctx, req, v)
		if err == nil {
			return resp, nil
		}
		if err := p.again(ctx, err); err != nil {
			return nil, err
		}
	}
}

func (t *Target) get(ctx context.Context, path string, v any) error {
	_, err := t.call(ctx, http.MethodGet, path, nil, v)
	return err
}

// remove deletes what is at path. That it is gone already is no error.
func (t *Target) remove(ctx context.Context, path string) error {
	_, err := t.call(ctx, http.MethodDelete, path, nil, nil)
	if status(err) == http.StatusNotFound {
		return nil
	}
	return err
}

// removeOfDraft deletes what is at path, which is the draft of an id or belongs to it. Whether it is a draft
// still is asked right before every attempt, however long each had to wait: what another publication made
// public meanwhile never changes. The error is target.ErrBusy then.
func (t *Target) removeOfDraft(ctx context.Context, id int64, path string) error {
	for p := t.patience(); ; {
		if err := t.turn(ctx, true); err != nil {
			return err
		}
		now, err := t.release(ctx, id)
		if now == nil || err != nil {
			return err
		}
		if !now.GetDraft() {
			return fmt.Errorf("%w: it published %s just now: publish again", target.ErrBusy, now.describe())
		}
		req, err := t.api.NewRequest(http.MethodDelete, path, nil)
		if err != nil {
			return err
		}
		_, err = t.sendNow(ctx, req, nil)
		if err == nil || status(err) == http.StatusNotFound {
			return nil
		}
		if err := p.again(ctx, err); err != nil {
			return err
		}
	}
}
