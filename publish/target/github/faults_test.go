package github_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bindery-data/bindery/publish/target"
	"github.com/bindery-data/bindery/publish/target/github"
	"github.com/bindery-data/bindery/publish/target/github/githubtest"
	"github.com/bindery-data/bindery/publish/target/targettest"
)

// once lets the nth request of a kind fail.
func once(op string, nth int, f githubtest.Fault) func(githubtest.Call) githubtest.Fault {
	seen := 0
	return func(c githubtest.Call) githubtest.Fault {
		if c.Op == op {
			if seen++; seen == nth {
				return f
			}
		}
		return githubtest.None
	}
}

// both lets a request fail as the first says, or else as the second does.
func both(first, second func(githubtest.Call) githubtest.Fault) func(githubtest.Call) githubtest.Fault {
	return func(c githubtest.Call) githubtest.Fault {
		if f := first(c); f != githubtest.None {
			return f
		}
		return second(c)
	}
}

// unblemished fails the test unless the server shows exactly b, with nothing beside it, and no file was
// sent or deleted that was whole.
func unblemished(t *testing.T, s *githubtest.Server, b *targettest.Bundle) {
	t.Helper()
	if err := whole(s, b); err != nil {
		t.Error(err)
	}
	if len(s.Releases) != 1 {
		t.Errorf("%d releases and drafts are there", len(s.Releases))
	}
	if len(s.Resent)+len(s.Lost) > 0 {
		t.Errorf("sent again though whole: %v; deleted though whole: %v", s.Resent, s.Lost)
	}
}

// Every fault that passes, in the first and second request of each kind: the publication ends right, by
// itself, and sends and deletes nothing that is whole.
func TestEveryFaultOnce(t *testing.T) {
	b := bundle("1.0.0")
	for _, op := range []string{"repository", "tag", "list", "create", "release", "assets", "upload", "edit", "web", "object", "asset", "drop"} {
		for _, f := range githubtest.Temporary() {
			most := 2
			if slices.Contains([]string{"tag", "create", "release", "edit", "web"}, op) {
				most = 1 // there is but one
			}
			for nth := 1; nth <= most; nth++ {
				t.Run(fmt.Sprintf("%s %d/%s", op, nth, f), func(t *testing.T) {
					s, clock := start(t, githubtest.Options{Fault: once(op, nth, f)})
					switch op { // which are asked for only after another fault
					case "asset", "object":
						s.Fault = both(once("upload", 1, githubtest.NullDigest), s.Fault)
					case "drop":
						s.Fault = both(once("upload", 1, githubtest.Truncated), both(once("upload", 3, githubtest.Truncated), s.Fault))
					}
					if err := publish(t.Context(), open(t, s, clock, nil), b); err != nil {
						t.Fatal(err)
					}
					unblemished(t, s, b)
					if s.Count(op) < nth {
						t.Errorf("there were %d requests of the kind", s.Count(op))
					}
				})
			}
		}
	}
}

// The faults by their names, and how each is dealt with.
func TestFaults(t *testing.T) {
	b := bundle("1.0.0")
	for name, c := range map[string]struct {
		op    string
		fault githubtest.Fault
		// uploads is how often a file is sent: once each, or more.
		uploads, drops int
		waited         time.Duration
	}{
		"502 after the bytes arrived":         {"upload", githubtest.BadGatewayAfter, 5, 0, time.Second},
		"no answer after the bytes arrived":   {"upload", githubtest.Unanswered, 5, 0, time.Second},
		"502, and nothing arrived":            {"upload", githubtest.BadGateway, 6, 0, time.Second},
		"starter wreckage":                    {"upload", githubtest.Starter, 6, 1, time.Second},
		"truncated asset with its own digest": {"upload", githubtest.Truncated, 6, 1, time.Second},
		"other bytes with their own digest":   {"upload", githubtest.Corrupted, 6, 1, time.Second},
		"other bytes and a null digest":       {"upload", githubtest.CorruptedNull, 6, 1, time.Second},
		"null digest":                         {"upload", githubtest.NullDigest, 5, 0, 0},
		"422 conflict":                        {"upload", githubtest.Conflict, 6, 1, time.Second},
		"connection cut mid-body":             {"upload", githubtest.Cut, 6, 0, time.Second},
		"403 with Retry-After":                {"upload", githubtest.RetryAfter, 6, 0, githubtest.Wait},
		"403, the limit is used up":           {"upload", githubtest.Used, 6, 0, githubtest.Wait},
		"403, a secondary rate limit":         {"upload", githubtest.Secondary, 6, 0, time.Minute},
		"429":                                 {"upload", githubtest.TooMany, 6, 0, time.Minute},
		"no answer to the publication":        {"edit", githubtest.Unanswered, 5, 0, 0},
		"502 after the publication":           {"edit", githubtest.BadGatewayAfter, 5, 0, 0},
		"a tag that the publication drops":    {"edit", githubtest.TagDropped, 5, 0, time.Second},
		"no answer to the creation":           {"create", githubtest.Unanswered, 5, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, clock := start(t, githubtest.Options{Fault: once(c.op, 1, c.fault)})
			to := open(t, s, clock, nil)
			if err := publish(t.Context(), to, b); err != nil {
				t.Fatal(err)
			}
			unblemished(t, s, b)
			if n := s.Count("upload"); n != c.uploads {
				t.Errorf("%d files were sent, want %d", n, c.uploads)
			}
			if n := s.Count("drop"); n != c.drops {
				t.Errorf("%d assets were deleted, want %d", n, c.drops)
			}
			if n := s.Count("create"); n != 1 {
				t.Errorf("%d drafts were created", n)
			}
			// The requests that write are a second apart; a longer wait takes the place of one of these.
			want := 6*time.Second + max(c.waited-time.Second, 0)
			if waited := clock.Passed(); waited < want {
				t.Errorf("waited %s, want more than %s", waited, want)
			}
		})
	}
}

// A list of releases that lags behind creation makes no second draft that holds anything, and a list of
// assets that does is waited for.
func TestLaggingList(t *testing.T) {
	b := bundle("1.0.0")
	for lag := range 6 {
		s, clock := start(t, githubtest.Options{Lag: lag, Fault: once("create", 1, githubtest.BadGatewayAfter)})
		if err := publish(t.Context(), open(t, s, clock, nil), b); err != nil {
			t.Fatal(err)
		}
		unblemished(t, s, b)
	}
	s, clock := start(t, githubtest.Options{})
	s.Fault = func(c githubtest.Call) githubtest.Fault {
		if c.Op == "assets" && c.Number > 12 && clock.Passed() < 20*time.Second {
			return githubtest.Lag
		}
		return githubtest.None
	}
	if err := publish(t.Context(), open(t, s, clock, nil), b); err != nil {
		t.Fatal(err)
	}
	unblemished(t, s, b)
}

// A name that the server changes is refused, and what it made of the file is deleted.
func TestNameThatTheServerChanges(t *testing.T) {
	s, clock := start(t, githubtest.Options{Fault: once("upload", 2, githubtest.Renamed)})
	b := bundle("1.0.0")
	err := publish(t.Context(), open(t, s, clock, nil), b)
	if !errors.Is(err, target.ErrRefused) || !strings.Contains(err.Error(), "renamed-") {
		t.Errorf("error = %v", err)
	}
	if len(s.Public()) > 0 || len(s.Releases[0].Assets) != 1 {
		t.Errorf("the draft has %d assets", len(s.Releases[0].Assets))
	}
	if err := publish(t.Context(), open(t, s, clock, nil), b); err != nil {
		t.Fatal(err)
	}
	unblemished(t, s, b)
}

// A server that never keeps the bytes is given up on, with a draft and nothing else.
func TestServerThatNeverKeepsTheBytes(t *testing.T) {
	for fault, want := range map[githubtest.Fault]error{githubtest.Truncated: target.ErrMismatch, githubtest.Starter: nil, githubtest.Used: nil} {
		s, clock := start(t, githubtest.Options{Fault: func(c githubtest.Call) githubtest.Fault {
			if c.Name == "train.parquet" && c.Op == "upload" {
				return fault
			}
			return githubtest.None
		}})
		err := publish(t.Context(), open(t, s, clock, nil), bundle("1.0.0"))
		if err == nil || want != nil && !errors.Is(err, want) || !strings.Contains(err.Error(), "tried 8 times") || !strings.Contains(err.Error(), "train.parquet") {
			t.Errorf("%s: error = %v", fault, err)
		}
		if len(s.Public()) > 0 {
			t.Errorf("%s: it is public", fault)
		}
	}
}

// Several drafts that hold files are a person's to choose from; empty ones are not.
func TestDuplicateDrafts(t *testing.T) {
	b := bundle("1.0.0")
	s, clock := start(t, githubtest.Options{})
	d, err := open(t, s, clock, nil).Draft(t.Context(), b.Release)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := b.File("train.parquet")
	if err := d.Put(t.Context(), f, b.Content(f.Name)); err != nil {
		t.Fatal(err)
	}
	first := *s.Releases[0]
	empty := first
	empty.Assets = nil
	s.Add(empty)
	s.Add(empty)
	if err := publish(t.Context(), open(t, s, clock, nil), b); err != nil {
		t.Errorf("with two empty drafts beside it: %v", err)
	}
	unblemished(t, s, b)

	s, clock = start(t, githubtest.Options{})
	for _, name := range []string{"train.parquet", "test.parquet"} {
		again := first
		again.Assets = []*githubtest.Asset{{Name: name, State: "uploaded", Content: b.Text[name]}}
		s.Add(again)
	}
	err = publish(t.Context(), open(t, s, clock, nil), b)
	if !errors.Is(err, target.ErrTaken) || !strings.Contains(err.Error(), fmt.Sprint(s.Releases[0].ID)) || !strings.Contains(err.Error(), fmt.Sprint(s.Releases[1].ID)) {
		t.Errorf("with two drafts that hold files: %v", err)
	}
	if len(s.Releases) != 2 || s.Count("upload")+s.Count("drop")+s.Count("delete") > 0 {
		t.Error("something was changed")
	}
}

// What has the place of a release and is not it, is named and not touched.
func TestPlaceIsTaken(t *testing.T) {
	b := bundle("1.0.0")
	file := func(name, text string) []*githubtest.Asset {
		return []*githubtest.Asset{{Name: name, State: "uploaded", Content: []byte(text)}}
	}
	marked := func(name, version, manifest string) string {
		return fmt.Sprintf("text\n\n<!-- bindery: {\"name\":%q,\"version\":%q,\"manifest\":%q} -->\r\n", name, version, manifest)
	}
	for name, c := range map[string]struct {
		there githubtest.Release
		want  error
		says  string
	}{
		"somebody's draft":             {githubtest.Release{Tag: "small-v1.0.0", Draft: true}, target.ErrTaken, "draft 1001"},
		"a draft of other content":     {githubtest.Release{Tag: "untagged-1", Draft: true, Body: marked("small", "1.0.0", "00")}, target.ErrTaken, "draft 1001"},
		"somebody's release":           {githubtest.Release{Tag: "small-v1.0.0", Assets: file("program.zip", "zip")}, target.ErrTaken, "declare another tag"},
		"another dataset's tag":        {githubtest.Release{Tag: "small-v1.0.0", Body: marked("other", "1.0.0", "00")}, target.ErrTaken, "other 1.0.0"},
		"other content":                {githubtest.Release{Tag: "small-v1.0.0", Body: marked("small", "1.0.0", "00")}, target.ErrExists, "releases/tag"},
		"other content, another tag":   {githubtest.Release{Tag: "v1.0.0", Body: marked("small", "1.0.0", "00")}, target.ErrExists, "releases/tag"},
		"the manifest alone":           {githubtest.Release{Tag: "small-v1.0.0", Assets: file("manifest.json", string(b.Text["manifest.json"]))}, target.ErrDamaged, "is not there"},
		"files that were changed":      {githubtest.Release{Tag: "small-v1.0.0", Body: marked("small", "1.0.0", b.Digest()), Assets: file("README.md", "#")}, target.ErrDamaged, "README.md"},
		"a stranger's file in a draft": {githubtest.Release{Tag: "small-v1.0.0", Draft: true, Body: marked("small", "1.0.0", b.Digest()), Assets: file("notes.txt", "#")}, target.ErrMismatch, "notes.txt"},
	} {
		t.Run(name, func(t *testing.T) {
			s, clock := start(t, githubtest.Options{})
			s.Add(c.there)
			for _, do := range []func() error{
				func() error { return publish(t.Context(), open(t, s, clock, nil), b) },
				func() error { _, err := open(t, s, clock, nil).Plan(t.Context(), b.Release); return err },
			} {
				if err := do(); (!errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says)) && name != "a stranger's file in a draft" {
					t.Errorf("error = %v, want %v that says %q", err, c.want, c.says)
				}
			}
			if slices.ContainsFunc(s.Calls, githubtest.Call.Write) {
				t.Error("something was written")
			}
		})
	}
}

// What must not or cannot be published is refused before anything is written, and before anything at all is
// asked where the bundle alone tells.
func TestRefusedBeforeAnythingIsSent(t *testing.T) {
	private := func(b *targettest.Bundle) { b.Manifest.Visibility = "private"; b.Describe() }
	for name, c := range map[string]struct {
		server githubtest.Options
		spoil  func(*targettest.Bundle)
		change func(*github.Options)
		says   string
	}{
		"a private dataset, a public repository":    {githubtest.Options{}, private, nil, "not known to be private"},
		"a private dataset, an internal repository": {githubtest.Options{Private: true, Internal: true}, private, nil, "not known to be private"},
		"no token":                  {githubtest.Options{}, nil, anonymous, "takes a token"},
		"a token that only reads":   {githubtest.Options{}, nil, func(o *github.Options) { o.Token = githubtest.ReadToken }, "may not write"},
		"a token that there is not": {githubtest.Options{}, nil, func(o *github.Options) { o.Token = "ghp_expired" }, "Bad credentials"},
		"an archived repository":    {githubtest.Options{Archived: true}, nil, nil, "archived"},
		"an empty file": {githubtest.Options{}, func(b *targettest.Bundle) {
			*b = *targettest.NewBundle("small", "1.0.0", map[string][]byte{"train.parquet": {}})
		}, nil, "train.parquet is empty"},
		"a file of 2 GiB": {githubtest.Options{}, func(b *targettest.Bundle) { b.Manifest.Files[1].Size = 2 << 30; b.Describe() }, nil, "less than 2 GiB"},
		"1001 files": {githubtest.Options{}, func(b *targettest.Bundle) {
			text := make(map[string][]byte)
			for i := range 998 {
				text[fmt.Sprintf("train-%d", i)] = []byte("text")
			}
			*b = *targettest.NewBundle("small", "1.0.0", text)
		}, nil, "at most 1000"},
	} {
		t.Run(name, func(t *testing.T) {
			s, clock := start(t, c.server)
			b := bundle("1.0.0")
			if c.spoil != nil {
				c.spoil(b)
			}
			to := open(t, s, clock, c.change)
			err := publish(t.Context(), to, b)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error = %v, want one that says %q", err, c.says)
			}
			if slices.ContainsFunc(s.Calls, githubtest.Call.Write) || c.spoil != nil && len(s.Calls) > 1 {
				t.Errorf("%d requests were sent", len(s.Calls))
			}
		})
	}
	s, clock := start(t, githubtest.Options{Private: true})
	b := bundle("1.0.0")
	private(b)
	if err := publish(t.Context(), open(t, s, clock, nil), b); err != nil {
		t.Errorf("a private dataset to a private repository: %v", err)
	}
}

// A repository that becomes public while a private dataset is being sent does not show it.
func TestVisibilityIsAskedAgain(t *testing.T) {
	s, clock := start(t, githubtest.Options{Private: true})
	s.Fault = func(c githubtest.Call) githubtest.Fault {
		s.Private = s.Private && c.Op != "upload"
		return githubtest.None
	}
	b := bundle("1.0.0")
	b.Manifest.Visibility = "private"
	b.Describe()
	if err := publish(t.Context(), open(t, s, clock, nil), b); !errors.Is(err, target.ErrRefused) {
		t.Errorf("error = %v, want ErrRefused", err)
	}
	if len(s.Public()) > 0 {
		t.Error("the private dataset is public")
	}
}

// One that becomes public while the last request waits for a limit does not show it either.
func TestVisibilityIsAskedAfterTheWait(t *testing.T) {
	for _, f := range []githubtest.Fault{githubtest.RetryAfter, githubtest.BadGateway, githubtest.Unanswered} {
		s, clock := start(t, githubtest.Options{Private: true})
		fail := once("edit", 1, f)
		s.Fault = func(c githubtest.Call) githubtest.Fault {
			if c.Op == "edit" && f != githubtest.Unanswered {
				s.Private = false
			}
			return fail(c)
		}
		b := bundle("1.0.0")
		b.Manifest.Visibility = "private"
		b.Describe()
		err := publish(t.Context(), open(t, s, clock, nil), b)
		if f == githubtest.Unanswered { // it was published, to a private repository
			if err != nil {
				t.Errorf("%s: %v", f, err)
			}
		} else if !errors.Is(err, target.ErrRefused) || len(s.Public()) > 0 {
			t.Errorf("%s: %v, and %d releases are public", f, err, len(s.Public()))
		}
	}
}

// What another process publishes while this one waits to delete it, or a part of it, stays as it is.
func TestPublishedWhileWaitingToDelete(t *testing.T) {
	b := bundle("1.0.0")
	for name, do := range map[string]func(to *github.Target, d target.Draft) error{
		"wreckage that the other one was still sending": func(_ *github.Target, d target.Draft) error {
			f, _ := b.File("train.parquet")
			return d.Put(t.Context(), f, b.Content(f.Name))
		},
		"a draft that is discarded": func(_ *github.Target, d target.Draft) error { return d.Discard(t.Context()) },
		"a spare draft": func(to *github.Target, d target.Draft) error {
			if err := d.Close(); err != nil {
				return err
			}
			return publish(t.Context(), to, b)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, clock := start(t, githubtest.Options{})
			to := open(t, s, clock, nil)
			if name == "a spare draft" {
				if _, err := open(t, s, clock, nil).Draft(t.Context(), b.Release); err != nil {
					t.Fatal(err)
				}
			}
			d, err := to.Draft(t.Context(), b.Release)
			if err != nil {
				t.Fatal(err)
			}
			if name == "a spare draft" {
				s.Add(*s.Releases[0])
			} else {
				s.Releases[0].Assets = []*githubtest.Asset{{ID: 1, Name: "train.parquet", State: "starter"}}
				if _, err := d.Missing(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			theirs := s.Releases[len(s.Releases)-1:]
			s.Fault = func(c githubtest.Call) githubtest.Fault {
				if c.Op != "drop" && c.Op != "delete" || !theirs[0].Draft {
					return githubtest.None
				}
				theirs[0].Draft, theirs[0].Assets = false, nil
				for i, f := range b.Files {
					theirs[0].Assets = append(theirs[0].Assets, &githubtest.Asset{ID: int64(i + 1), Name: f.Name, State: "uploaded", Content: b.Text[f.Name]})
				}
				return githubtest.RetryAfter
			}
			if err := do(to, d); !errors.Is(err, target.ErrBusy) {
				t.Errorf("error = %v, want ErrBusy", err)
			}
			if err := whole(s, b); err != nil || s.Public()[0].ID != theirs[0].ID {
				t.Errorf("what was published is gone, or another: %v", err)
			}
		})
	}
}

// A token of GitHub Actions is not told what it may do.
func TestTokenWithoutAWordOnRights(t *testing.T) {
	s, clock := start(t, githubtest.Options{NoPermissions: true})
	b := bundle("1.0.0")
	if err := publish(t.Context(), open(t, s, clock, nil), b); err != nil {
		t.Fatal(err)
	}
	unblemished(t, s, b)
}

// A repository with hundreds of releases and drafts with hundreds of assets: all pages are read.
func TestPages(t *testing.T) {
	text := make(map[string][]byte)
	for i := range 230 {
		text[fmt.Sprintf("train-%03d", i)] = []byte(fmt.Sprint("text ", i))
	}
	b := targettest.NewBundle("small", "1.0.0", text)
	s, clock := start(t, githubtest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	s.Fault = func(c githubtest.Call) githubtest.Fault {
		if c.Op == "upload" && c.Number > 220 {
			cancel()
		}
		return githubtest.None
	}
	if err := publish(ctx, open(t, s, clock, nil), b); !errors.Is(err, context.Canceled) {
		t.Fatalf("error = %v", err)
	}
	for i := range 250 {
		s.Add(githubtest.Release{Tag: fmt.Sprintf("v0.%d", i), Body: "code"})
	}
	if err := publish(t.Context(), open(t, s, clock, nil), b); err != nil {
		t.Fatal(err)
	}
	for _, r := range s.Public() {
		if r.Tag == "small-v1.0.0" {
			if err := holds(r, b); err != nil {
				t.Error(err)
			}
		}
	}
	if len(s.Releases) != 251 || len(s.Resent) > 0 {
		t.Errorf("%d releases; sent again: %v", len(s.Releases), s.Resent)
	}
}

// Two processes that publish the same at the same time end with one release.
func TestTwoProcesses(t *testing.T) {
	for lag := range 3 {
		b := bundle("1.0.0")
		s, clock := start(t, githubtest.Options{Lag: lag})
		errs := make(chan error)
		for range 3 {
			go func() { errs <- publish(t.Context(), open(t, s, clock, nil), b) }()
		}
		right := 0
		for range 3 {
			if err := <-errs; err == nil {
				right++
			} else {
				t.Logf("one of three failed: %v", err)
			}
		}
		if right == 0 {
			t.Error("all three failed")
		}
		if err := whole(s, b); err != nil {
			t.Error(err)
		}
	}
}

// A connection that moves no byte is ended, and the request sent again.
func TestStall(t *testing.T) {
	b := bundle("1.0.0")
	for _, op := range []string{"repository", "upload", "edit", "web", "object"} {
		s, clock := start(t, githubtest.Options{Fault: once(op, 1, githubtest.Stall)})
		to := open(t, s, clock, func(o *github.Options) { o.Stall = 200 * time.Millisecond })
		if err := publish(t.Context(), to, b); err != nil {
			t.Errorf("%s: %v", op, err)
		}
		unblemished(t, s, b)
	}
}

// A server that talks without end is not listened to.
func TestEndlessAnswer(t *testing.T) {
	s, clock := start(t, githubtest.Options{})
	to := open(t, s, clock, func(o *github.Options) {
		o.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Body: endless{}, Header: make(http.Header), Request: req}, nil
		})
		o.Attempts = 2
	})
	if _, err := to.Versions(t.Context(), "small"); err == nil || !strings.Contains(err.Error(), "more than 67108864 bytes") {
		t.Errorf("error = %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func (endless) Close() error { return nil }

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
