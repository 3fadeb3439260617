package github_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
	"github.com/bindery-data/bindery/publish/target/github"
	"github.com/bindery-data/bindery/publish/target/github/githubtest"
	"github.com/bindery-data/bindery/publish/target/targettest"
)

// told collects what is told of waits.
func told(to *[]string) func(*github.Options) {
	return func(o *github.Options) {
		o.Waiting = func(reason string, _ time.Duration) { *to = append(*to, reason) }
	}
}

// TestSecretsStay publishes and fetches with a planted token, through every fault of every host: the object
// store and the web never see it, and no message has it, nor the key that the object store is asked with.
// That no other host sees it, the server itself holds.
func TestSecretsStay(t *testing.T) {
	b := bundle("1.0.0")
	for _, private := range []bool{false, true} {
		s, clock := start(t, githubtest.Options{Private: private, Fault: failing(5, 0.4)})
		var said []string
		to := open(t, s, clock, told(&said))
		err := publish(t.Context(), to, b)
		for range 20 {
			if err == nil {
				break
			}
			said = append(said, err.Error())
			err = publish(t.Context(), to, b)
		}
		if err != nil {
			t.Fatal(err)
		}
		s.Fault = func(c githubtest.Call) githubtest.Fault {
			if c.Op == "object" {
				return []githubtest.Fault{githubtest.BadGateway, githubtest.Cut, githubtest.RetryAfter}[c.Number%3]
			}
			return githubtest.None
		}
		for range 3 {
			_, err := to.Open(t.Context(), "small", "1.0.0", "train.parquet", 0)
			if err == nil {
				t.Fatal("a broken object store is no error")
			}
			said = append(said, err.Error())
		}
		if s.Count("object") < 10 || len(said) < 10 {
			t.Errorf("%d messages, and %d requests to the object store", len(said), s.Count("object"))
		}
		quiet(t, said)
	}
}

func quiet(t *testing.T, said []string) {
	t.Helper()
	for _, text := range said {
		if strings.Contains(text, githubtest.Token) || strings.Contains(text, githubtest.Key) {
			t.Errorf("a message has a secret: %s", text)
		}
	}
}

// A server that sends the token back, and one that sends those who ask to another host.
func TestTokenIsNotRepeated(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		for name, values := range req.Header {
			if strings.Contains(strings.Join(values, ""), "ghp_") {
				t.Errorf("another host got %s: %s", name, values)
			}
		}
		http.Error(w, `{"message":"no"}`, http.StatusNotFound)
	}))
	defer other.Close()
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if strings.HasSuffix(req.URL.Path, "/releases") {
			http.Redirect(w, req, other.URL+"/elsewhere?key="+githubtest.Key, http.StatusTemporaryRedirect)
			return
		}
		http.Error(w, fmt.Sprintf(`{"message":"no such token: %s"}`, req.Header.Get("Authorization")), http.StatusForbidden)
	}))
	defer echo.Close()
	to, err := github.New("o/r", github.Options{Token: githubtest.Token, API: echo.URL, Attempts: 2, Clock: new(githubtest.Clock)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = to.Draft(t.Context(), bundle("1.0.0").Release)
	if err == nil || !strings.Contains(err.Error(), "no such token: token [token]") {
		t.Errorf("error = %v", err)
	}
	_, listErr := to.Versions(t.Context(), "small")
	if listErr == nil {
		t.Error("a redirect to nowhere is no error")
	}
	quiet(t, []string{err.Error(), listErr.Error()})
}

// Where a connection breaks, what is read from carries on at the same byte.
func TestDownloadCarriesOn(t *testing.T) {
	b := bundle("1.0.0")
	for name, change := range map[string]func(*github.Options){"through the web": anonymous, "through the API": nil} {
		t.Run(name, func(t *testing.T) {
			s, clock := start(t, githubtest.Options{})
			if err := publish(t.Context(), open(t, s, clock, nil), b); err != nil {
				t.Fatal(err)
			}
			s.Fault = func(c githubtest.Call) githubtest.Fault {
				if c.Op == "object" && c.Name == "train.parquet" && c.Range == "" {
					return githubtest.CutAnswer
				}
				return githubtest.None
			}
			f, err := open(t, s, clock, change).Open(t.Context(), "small", "1.0.0", "train.parquet", 0)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(f)
			if err != nil || !bytes.Equal(text, b.Text["train.parquet"]) {
				t.Errorf("read %d bytes, %v", len(text), err)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
			last := s.Calls[len(s.Calls)-1]
			if want := fmt.Sprintf("bytes=%d-", len(text)/2-1); last.Range != want {
				t.Errorf("the rest was asked for with %q, want %q", last.Range, want)
			}
		})
	}
}

// Those without a token are not made to wait for an hour, and learn what a token would do.
func TestLimitWithoutAToken(t *testing.T) {
	clock := new(githubtest.Clock)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset", fmt.Sprint(clock.Now().Add(50*time.Minute).Unix()))
		http.Error(w, `{"message":"API rate limit exceeded for 203.0.113.1."}`, http.StatusForbidden)
	}))
	defer s.Close()
	for token, says := range map[string]string{"": "a token lifts it", githubtest.Token: "tried 2 times"} {
		from, err := github.New("o/r", github.Options{Token: token, API: s.URL, Clock: clock, Attempts: 2})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := from.Versions(t.Context(), "small"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error = %v, want one that says %q", err, says)
		}
	}
	if waited := clock.Passed(); waited < 50*time.Minute || waited > 52*time.Minute {
		t.Errorf("waited %s", waited)
	}
}

// A declared tag is used, and found by those who do not know it.
func TestDeclaredTag(t *testing.T) {
	b := bundle("1.0.0")
	b.Tag = "v{version}"
	b.Notes = "# Small\n\n<!-- bindery: {\"name\":\"other\",\"version\":\"9.0.0\",\"manifest\":\"\"} -->\n"
	for name, change := range map[string]func(*github.Options){"no token": anonymous, "token": nil} {
		t.Run(name, func(t *testing.T) {
			s, clock := start(t, githubtest.Options{})
			if err := publish(t.Context(), open(t, s, clock, nil), b); err != nil {
				t.Fatal(err)
			}
			if got := s.Public()[0]; got.Tag != "v1.0.0" || got.MakeLatest != "legacy" || got.Prerelease {
				t.Errorf("the release is %+v", got)
			}
			from := open(t, s, clock, change)
			text, err := from.Manifest(t.Context(), "small", "1.0.0")
			if err != nil || !bytes.Equal(text, b.Text[catalog.ManifestName]) {
				t.Errorf("Manifest gives %d bytes, %v", len(text), err)
			}
			if versions, err := from.Versions(t.Context(), "small"); err != nil || !slices.Equal(versions, []string{"1.0.0"}) {
				t.Errorf("Versions gives %v, %v", versions, err)
			}
			if names, err := from.Names(t.Context()); err != nil || !slices.Equal(names, []string{"small"}) {
				t.Errorf("Names gives %v, %v", names, err)
			}
			again := bundle("1.0.0") // under the default tag
			if _, err := open(t, s, clock, nil).Draft(t.Context(), again.Release); !errors.Is(err, target.ErrPublished) {
				t.Errorf("the same version under another tag: %v", err)
			}
		})
	}
}

// A pre-release is one for GitHub too.
func TestPrerelease(t *testing.T) {
	s, clock := start(t, githubtest.Options{})
	if err := publish(t.Context(), open(t, s, clock, nil), bundle("1.0.0-rc.1")); err != nil {
		t.Fatal(err)
	}
	if got := s.Public()[0]; !got.Prerelease || got.MakeLatest != "false" {
		t.Errorf("the release is %+v", got)
	}
}

// What is fetched without a token asks the API for nothing, where the version and tag are known.
func TestFetchingWithoutTheAPI(t *testing.T) {
	b := bundle("1.0.0")
	s, clock := start(t, githubtest.Options{})
	if err := publish(t.Context(), open(t, s, clock, nil), b); err != nil {
		t.Fatal(err)
	}
	before := len(s.Calls)
	from := open(t, s, clock, anonymous)
	if _, err := from.Manifest(t.Context(), "small", "1.0.0"); err != nil {
		t.Fatal(err)
	}
	for _, c := range s.Calls[before:] {
		if c.Op != "web" && c.Op != "object" || c.Auth != "" {
			t.Errorf("%s %s was asked for", c.Method, c.Path)
		}
	}
}

// The text of a release keeps within GitHub's limit, and the marker stays.
func TestLongNotes(t *testing.T) {
	for _, line := range []string{"a line of ASCII\n", "línea\n", "行行行行行\n", "🙂🙂\n", strings.Repeat("x", 200_000), "```\ncode\n"} {
		b := bundle("1.0.0")
		b.Notes = strings.Repeat(line, 200_000/len([]rune(line))+1)
		s, clock := start(t, githubtest.Options{})
		if err := publish(t.Context(), open(t, s, clock, nil), b); err != nil {
			t.Fatal(err)
		}
		body := s.Public()[0].Body
		if n := len([]rune(body)); n > github.MaxText || n < 60_000 || !strings.Contains(body, "cut short") {
			t.Errorf("%.10q: the text has %d characters", line, n)
		}
		if names, err := open(t, s, clock, nil).Names(t.Context()); err != nil || len(names) != 1 {
			t.Errorf("%.10q: Names gives %v, %v", line, names, err)
		}
	}
}

func TestNew(t *testing.T) {
	for _, place := range []string{"", "o", "o/", "/r", "o/r/x", "o/..", "o r/x", "-o/r", "o/r?x"} {
		if _, err := github.New(place, github.Options{}); err == nil {
			t.Errorf("%q was accepted", place)
		}
	}
	for _, api := range []string{"http://github.example.org/api/v3", "github.example.org", "https://u:pass@h/", "https://u:pass@h:port/", "ftp://h/", "https://h/?a=b", ":"} {
		if _, err := github.New("o/r", github.Options{API: api}); err == nil || strings.Contains(err.Error(), "pass") {
			t.Errorf("the API %q: %v", api, err)
		}
	}
	if _, err := github.New("o/r", github.Options{Token: "a\nb"}); err == nil || strings.Contains(err.Error(), "a\nb") {
		t.Errorf("a token of two lines: %v", err)
	}
}

// A context that is done while GitHub makes one wait ends the wait.
func TestCancelledWhileWaiting(t *testing.T) {
	s, _ := start(t, githubtest.Options{Fault: func(githubtest.Call) githubtest.Fault { return githubtest.Used }})
	ctx, cancel := context.WithCancel(t.Context())
	to, err := github.New(githubtest.Place, github.Options{Token: githubtest.Token, API: s.API, Waiting: func(string, time.Duration) { cancel() }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.Versions(ctx, "small"); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
}

// A reader may be closed while it is read from: that is how a download ends that somebody interrupts.
func TestClosedWhileRead(t *testing.T) {
	b := targettest.NewBundle("small", "1.0.0", map[string][]byte{"train.parquet": bytes.Repeat([]byte("0123456789abcdef"), 1<<16)})
	s, clock := start(t, githubtest.Options{})
	if err := publish(t.Context(), open(t, s, clock, nil), b); err != nil {
		t.Fatal(err)
	}
	f, err := open(t, s, clock, anonymous).Open(t.Context(), "small", "1.0.0", "train.parquet", 0)
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan error, 1)
	begun := make(chan struct{})
	go func() {
		_, err := f.Read(make([]byte, 1))
		close(begun)
		for err == nil {
			_, err = f.Read(make([]byte, 1))
		}
		read <- err
	}()
	<-begun
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if err := <-read; err == io.EOF {
		t.Error("a reader that was closed was read to its end")
	}
	if _, err := f.Read(make([]byte, 1)); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("read after Close: %v", err)
	}
}

// A repository that was renamed is found under its old name, from which the web and the API send on.
func TestRenamedRepository(t *testing.T) {
	s, clock := start(t, githubtest.Options{})
	b := bundle("1.0.0")
	b.Tag = "v{version}"
	if err := publish(t.Context(), open(t, s, clock, nil), b); err != nil {
		t.Fatal(err)
	}
	renamed := roundTrip(func(req *http.Request) (*http.Response, error) {
		if !strings.Contains(req.URL.Path, "octo-org/old") {
			return http.DefaultTransport.RoundTrip(req)
		}
		to := strings.Replace(req.URL.String(), "octo-org/old", githubtest.Place, 1)
		return &http.Response{StatusCode: http.StatusMovedPermanently, Header: http.Header{"Location": {to}}, Body: http.NoBody, Request: req}, nil
	})
	for _, token := range []string{"", githubtest.Token} {
		from, err := github.New("octo-org/old", github.Options{Token: token, API: s.API, Clock: clock, Transport: renamed})
		if err != nil {
			t.Fatal(err)
		}
		if text, err := from.Manifest(t.Context(), "small", "1.0.0"); err != nil || !bytes.Equal(text, b.Text[catalog.ManifestName]) {
			t.Errorf("Manifest gives %d bytes, %v", len(text), err)
		}
	}
}
