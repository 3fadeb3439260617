// Package githubtest is a GitHub in memory: one repository with its releases, the object store that
// downloads are redirected to, and the faults that GitHub is known for. Every request and answer of its API
// is held to GitHub's own description of the API (testdata/api.github.com.json, which testdata/cut.mjs cuts
// from the npm package @octokit/openapi 23.0.2).
package githubtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The repository, and the tokens that there are.
const (
	Owner = "octo-org"
	Repo  = "data"
	// Place names the repository as github.New takes it.
	Place = Owner + "/" + Repo
	// Token may write, ReadToken only read.
	Token     = "ghp_PlantedTokenThatNobodyElseMaySee0001"
	ReadToken = "ghp_PlantedTokenThatMayOnlyRead000000002"
	// Key is what the object store is asked with, in the query of its addresses. It opens a file for anybody.
	Key = "PlantedKeyOfTheObjectStore"
)

// Options are what a server is. The zero value is a public repository without releases.
type Options struct {
	Private, Archived bool
	// Internal says of a private repository that everybody of its enterprise sees it.
	Internal bool
	// NoPermissions leaves out what the token may do, as for a token of GitHub Actions.
	NoPermissions bool
	// Lag is how many lists of releases do not show yet a draft that was made just before them.
	Lag int
	// Now is the time by which limits on requests are counted; nil means the system's.
	Now func() time.Time
	// Fault, if not nil, says how a request fails. It is called by one goroutine at a time.
	Fault func(Call) Fault
}

// A Server is a GitHub that runs. Its fields may be changed between requests, under Lock.
type Server struct {
	sync.Mutex
	Options
	// API is the address of the API, which the uploads and the web pages are beside.
	API string
	// Releases are those of the repository, oldest first.
	Releases []*Release
	// Calls are the requests so far.
	Calls []Call
	// Resent are the files that were sent though they lay there already, whole; Lost those that were deleted
	// though they were whole.
	Resent, Lost []string
	// Problems are what was against the API's description, its limits, or the secrecy of the tokens.
	Problems []string

	front, store *httptest.Server
	spec         *description
	nextID       int64
	writes       []time.Time
}

// A Release is one of the repository's.
type Release struct {
	ID                int64
	Tag, Title, Body  string
	Target            string
	Draft, Prerelease bool
	Made, Published   time.Time
	Assets            []*Asset
	unlisted          int
	MakeLatest        string
}

// An Asset is a file of a release.
type Asset struct {
	ID       int64
	Name     string
	State    string // "uploaded", "starter" or "open"
	Content  []byte
	NoDigest bool
}

// Digest is the SHA-256 of the content, in hexadecimal digits.
func (a *Asset) Digest() string {
	sum := sha256.Sum256(a.Content)
	return hex.EncodeToString(sum[:])
}

// Asset returns the asset of that name; nil if there is none.
func (r *Release) Asset(name string) *Asset {
	for _, a := range r.Assets {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// A Call is one request.
type Call struct {
	// Number counts from 1.
	Number int
	// Op is what is asked for: "repository", "list", "create", "release", "tag", "edit", "delete", "assets",
	// "upload", "asset", "drop", "web" or "object".
	Op     string
	Method string
	Path   string
	// Name is the asset's, where there is one.
	Name string
	// Auth is the header of that name; Range the one of that name.
	Auth, Range string
	At          time.Time
}

// Write reports whether the request is one that changes something.
func (c Call) Write() bool { return c.Method != http.MethodGet }

// Start runs a server. Who starts it closes it.
func Start(o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	spec, err := loadDescription()
	if err != nil {
		return nil, err
	}
	s := &Server{Options: o, spec: spec, nextID: 1000}
	s.front = httptest.NewServer(http.HandlerFunc(s.serve))
	s.store = httptest.NewServer(http.HandlerFunc(s.serveObject))
	s.API = s.front.URL + "/api/v3"
	return s, nil
}

// New runs a server until the test ends, and fails the test for every problem.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		for _, p := range s.Problems {
			t.Error(p)
		}
	})
	return s
}

// Close stops the server.
func (s *Server) Close() {
	s.front.CloseClientConnections()
	s.front.Close()
	s.store.CloseClientConnections()
	s.store.Close()
}

// Store is the host of the object store.
func (s *Server) Store() string { return strings.TrimPrefix(s.store.URL, "http://") }

// Add puts a release into the repository, as somebody else would, and returns it.
func (s *Server) Add(r Release) *Release {
	s.Lock()
	defer s.Unlock()
	s.nextID++
	r.ID, r.Made = s.nextID, s.Now()
	if r.Target == "" {
		r.Target = "main"
	}
	for _, a := range r.Assets {
		s.nextID++
		a.ID = s.nextID
	}
	s.Releases = append(s.Releases, &r)
	return &r
}

// Public returns the releases that everybody can see.
func (s *Server) Public() []*Release {
	s.Lock()
	defer s.Unlock()
	return slices.DeleteFunc(slices.Clone(s.Releases), func(r *Release) bool { return r.Draft })
}

// Count returns how many requests of a kind there were.
func (s *Server) Count(op string) int {
	s.Lock()
	defer s.Unlock()
	n := 0
	for _, c := range s.Calls {
		if c.Op == op {
			n++
		}
	}
	return n
}

func (s *Server) problem(format string, args ...any) {
	s.Problems = append(s.Problems, fmt.Sprintf(format, args...))
}

// call notes a request.
func (s *Server) call(op string, req *http.Request, name string) Call {
	c := Call{Number: len(s.Calls) + 1, Op: op, Method: req.Method, Path: req.URL.Path, Name: name,
		Auth: req.Header.Get("Authorization"), Range: req.Header.Get("Range"), At: s.Now()}
	s.Calls = append(s.Calls, c)
	return c
}

func (s *Server) fault(c Call) Fault {
	if s.Fault == nil {
		return None
	}
	return s.Options.Fault(c)
}

// serve answers on the host that has the API, the uploads and the web pages.
func (s *Server) serve(w http.ResponseWriter, req *http.Request) {
	path, api := strings.CutPrefix(req.URL.Path, "/api/v3")
	uploads := false
	if !api {
		path, uploads = strings.CutPrefix(req.URL.Path, "/api/uploads")
	}
	if !api && !uploads {
		s.serveWeb(w, req)
		return
	}
	r := s.spec.route(req.Method, path)
	c, f := s.begin(r, req, uploads)
	if r == nil {
		http.Error(w, `{"message":"Not Found"}`, http.StatusNotFound)
		return
	}
	if f == Cut {
		_, _ = io.CopyN(io.Discard, req.Body, req.ContentLength/2) // the client may cut it off too
		(&answer{cut: true}).send(w)
		return
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return // the client cut it off
	}
	if f == Stall {
		<-req.Context().Done()
		return
	}
	s.Lock()
	defer s.Unlock()
	if err := s.spec.checkRequest(r, req, body); err != nil {
		s.problem("%s %s: the request is against the API's description: %v", req.Method, req.URL, err)
	}
	answer := s.answer(r, c, f, req, body)
	if err := s.spec.checkAnswer(r, req, answer); err != nil {
		s.problem("%s %s: the answer %d is against the API's description: %v\n%s", req.Method, req.URL, answer.status, err, answer.body)
	}
	answer.send(w)
}

// begin notes a request and decides how it fails, before its body is read.
func (s *Server) begin(r *route, req *http.Request, uploads bool) (Call, Fault) {
	s.Lock()
	defer s.Unlock()
	if r == nil {
		s.problem("%s %s is not in the API's description, as far as it is known here", req.Method, req.URL.Path)
		return Call{}, None
	}
	if uploads != (r.op == "upload") {
		s.problem("%s %s was sent to the wrong host", req.Method, req.URL.Path)
	}
	c := s.call(r.op, req, req.URL.Query().Get("name"))
	s.countWrites(c)
	return c, s.fault(c)
}

// countWrites holds those who ask to the limits on requests that write.
func (s *Server) countWrites(c Call) {
	if !c.Write() {
		return
	}
	s.writes = append(s.writes, c.At)
	within := func(span time.Duration) int {
		n := 0
		for i := len(s.writes) - 1; i >= 0 && c.At.Sub(s.writes[i]) < span; i-- {
			n++
		}
		return n
	}
	if n := within(time.Minute); n > 80 {
		s.problem("%d requests that write within a minute", n)
	}
	if n := within(time.Hour); n > 500 {
		s.problem("%d requests that write within an hour", n)
	}
}
