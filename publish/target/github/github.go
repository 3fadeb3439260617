// Package github publishes datasets to the releases of a GitHub repository and fetches them from there.
//
// A dataset's release is a release of the repository, and the bundle's files are its assets. While it is
// being published it is a draft, which only those see who may write to the repository; one request, sent
// when every asset was compared with the manifest, makes it public.
//
// # Tags
//
// The release's tag is NAME-vVERSION, or what the declaration says under [publish]. The last line of the
// release's text is a comment that names the dataset, the version and the SHA-256 of manifest.json. It is
// what a draft is recognised by when a publication is carried on with, and how a release is found whose
// tag was declared: the default tag is tried first, and then the list of releases is searched.
//
// # Tokens
//
// A token is sent to the API's own hosts and to no other. Downloads are redirected to an object store,
// which never sees it. Without a token, what is public is fetched from the web addresses of the
// releases, which have no rate limit; the API is asked only for the list of releases.
//
// # Limits
//
// An asset has at least one byte and less than 2 GiB, a release at most 1000 assets and a text of at most
// 125,000 characters. Requests that write are a second apart, at most 80 a minute and 500 an hour, and
// all requests together stay under 900 points a minute, a request that writes counting five. See
// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api.
package github

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	gh "github.com/google/go-github/v62/github"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

// What GitHub takes.
const (
	// MaxAssetSize is how many bytes an asset may have.
	MaxAssetSize = 2<<30 - 1
	// MaxAssets is how many assets a release may have.
	MaxAssets = 1000
	// MaxText is how many characters, as UTF-16 counts them, a release's text may have.
	MaxText = 125_000
)

// DefaultAPI is the API of github.com.
const DefaultAPI = "https://api.github.com/"

// Options are what New takes beside the repository. The zero value publishes nothing, for lack of a
// token, and fetches what is public on github.com.
type Options struct {
	// Token is a personal access token, or one of GitHub Actions; empty means that nobody is logged in.
	Token string
	// API is the address of the API: empty for github.com, https://HOST/api/v3 for GitHub Enterprise. It is
	// https, except on the machine itself.
	API string
	// Uploads and Web are the addresses that assets are sent to and that pages are at. Empty means those
	// that belong to the API.
	Uploads, Web string
	// Transport carries the requests; nil means one like http.DefaultTransport.
	Transport http.RoundTripper
	// Clock is what waits are measured with; nil means the system's.
	Clock Clock
	// Stall is how long a connection may move no byte; 0 means two minutes.
	Stall time.Duration
	// Attempts is how often one step is tried before its error is returned; 0 means 8. Waits that GitHub
	// asks for are obeyed and counted too.
	Attempts int
	// Waiting, if not nil, is told of every wait: why, and for how long.
	Waiting func(reason string, d time.Duration)
}

// A Target is a repository. It is a target.Publisher, Source, Lister, Withdrawer and Planner, and safe for
// concurrent use.
type Target struct {
	owner, repo string
	o           Options
	// api speaks to the API, with the token; plain fetches everything else and never has it.
	api   *gh.Client
	plain *http.Client
	web   *url.URL
	pace  *pace

	mu sync.Mutex
	// busy are the versions that are being published or withdrawn, and found those whose files were looked
	// for, by name and version.
	busy  map[[2]string]bool
	found map[[2]string]*found
}

var (
	ownerPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$`)
	repoPattern  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
)

// New returns the target that keeps its releases in the repository that place names, OWNER/REPO. The
// error says what is wrong with place or the options; nothing is sent.
func New(place string, o Options) (*Target, error) {
	owner, repo, ok := strings.Cut(place, "/")
	if !ok || !ownerPattern.MatchString(owner) || !repoPattern.MatchString(repo) || repo == "." || repo == ".." {
		return nil, fmt.Errorf("%q is no repository: write OWNER/REPO", place)
	}
	if strings.ContainsFunc(o.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("the token has a space or another character that no token has")
	}
	if o.Clock == nil {
		o.Clock = systemClock{}
	}
	if o.Stall <= 0 {
		o.Stall = 2 * time.Minute
	}
	if o.Attempts <= 0 {
		o.Attempts = 8
	}
	if o.Transport == nil {
		o.Transport = http.DefaultTransport.(*http.Transport).Clone()
	}
	t := &Target{owner: owner, repo: repo, o: o, pace: newPace(o.Clock),
		busy: make(map[[2]string]bool), found: make(map[[2]string]*found)}
	return t, t.connect()
}

// connect makes the two clients.
func (t *Target) connect() error {
	api, uploads, web, err := addresses(t.o)
	if err != nil {
		return err
	}
	own := &gate{next: t.o.Transport, token: t.o.Token, hosts: map[string]bool{origin(api): true, origin(uploads): true}}
	t.api = gh.NewClient(&http.Client{Transport: own, CheckRedirect: checkRedirect})
	t.api.BaseURL, t.api.UploadURL, t.api.UserAgent = api, uploads, userAgent
	t.plain = &http.Client{Transport: &gate{next: t.o.Transport}, CheckRedirect: checkRedirect}
	t.web = web
	return nil
}

const userAgent = "bindery (https://github.com/bindery-data/bindery)"

// addresses returns where the API, the uploads and the web pages are.
func addresses(o Options) (api, uploads, web *url.URL, err error) {
	if o.API == "" {
		o.API = DefaultAPI
	}
	if api, err = parseAddress(o.API); err != nil {
		return nil, nil, nil, err
	}
	if o.Uploads == "" {
		o.Uploads = beside(api, "uploads", "/api/uploads/").String()
	}
	if o.Web == "" {
		o.Web = beside(api, "", "/").String()
	}
	if uploads, err = parseAddress(o.Uploads); err != nil {
		return nil, nil, nil, err
	}
	if web, err = parseAddress(o.Web); err != nil {
		return nil, nil, nil, err
	}
	return api, uploads, web, nil
}

// beside returns the address that belongs to an API's: at another sub-domain for github.com and ghe.com, at
// another path of the same host for a server of one's own.
func beside(api *url.URL, sub, path string) *url.URL {
	u := *api
	if host, ok := strings.CutPrefix(api.Host, "api."); ok {
		u.Host, u.Path = host, "/"
		if sub != "" {
			u.Host = sub + "." + host
		}
		return &u
	}
	if before, ok := strings.CutSuffix(api.Path, "/api/v3/"); ok {
		u.Path = before + path
	}
	return &u
}

// parseAddress reads a base address. A token must not travel in the clear, so it is https, or on this
// machine.
func parseAddress(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.User != nil { // which may have a password, and is not repeated
		return nil, errors.New("the address of the API is none, or has a user's name: write it as https://HOST/api/v3")
	}
	if u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%q is no address of an API: write it as https://HOST/api/v3", text)
	}
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return nil, fmt.Errorf("the address %q is not https", text)
	}
	if !strings.HasSuffix(u.Path, "/") {
		u.Path += "/"
	}
	return u, nil
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// checkRedirect follows redirects as http.Client does, but never from https to http.
func checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) >= 10 {
		return errors.New("redirected more than 10 times")
	}
	if via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return errors.New("redirected from https to an address without it")
	}
	return nil
}

// String names the repository as a person does.
func (t *Target) String() string { return t.owner + "/" + t.repo }

// path returns the path below the API of something in the repository.
func (t *Target) path(format string, args ...any) string {
	return fmt.Sprintf("repos/%s/%s", t.owner, t.repo) + fmt.Sprintf(format, args...)
}

// occupy keeps a second draft of the same version away, as long as the first is not closed.
func (t *Target) occupy(key [2]string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.busy[key] {
		return false
	}
	t.busy[key] = true
	return true
}

func (t *Target) leave(key [2]string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.busy, key)
	delete(t.found, key)
}

// tagOf returns the tag of a release: the declared pattern's, or the default.
func tagOf(r target.Release) string {
	if r.Tag == "" {
		return defaultTag(r.Manifest.Name, r.Manifest.Version)
	}
	return catalog.ExpandTag(r.Tag, r.Manifest.Name, r.Manifest.Version)
}

func defaultTag(name, version string) string { return name + "-v" + version }

// A Clock tells the time and waits.
type Clock interface {
	Now() time.Time
	// Sleep waits for d, or returns the context's error as soon as ctx is done.
	Sleep(ctx context.Context, d time.Duration) error
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// jitter returns a duration between half of d and d.
func jitter(d time.Duration) time.Duration {
	return d/2 + time.Duration(rand.Int64N(int64(d/2)+1))
}
