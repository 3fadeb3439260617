package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	gh "github.com/google/go-github/v62/github"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

// A release is one of the repository's, as the API describes it.
type release struct {
	gh.RepositoryRelease
	Assets []*asset `json:"assets"`
}

// An asset is a file of a release, as the API describes it. The library does not know its digest.
type asset struct {
	gh.ReleaseAsset
	Digest *string `json:"digest"` // "sha256:...", or null
}

// A marker is the last line of a release's text: what the release is, for programs.
type marker struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	Manifest string `json:"manifest"` // the SHA-256 of manifest.json
}

const (
	markerStart = "<!-- bindery: "
	markerEnd   = " -->"
)

var markerPattern = regexp.MustCompile(`(?m)^` + markerStart + `(\{.*\})` + markerEnd + `\r?$`)

func (m marker) String() string {
	text, err := json.Marshal(m) // which escapes '<' and '>', so that nothing ends the comment early
	if err != nil {
		return "" // strings can always be marshalled
	}
	return markerStart + string(text) + markerEnd
}

// readMarker returns the last marker in a release's text, if there is one that names a release.
func readMarker(text string) (marker, bool) {
	all := markerPattern.FindAllStringSubmatch(text, -1)
	if len(all) == 0 {
		return marker{}, false
	}
	var m marker
	err := json.Unmarshal([]byte(all[len(all)-1][1]), &m)
	return m, err == nil && validRelease(m.Name, m.Version) == nil
}

func validRelease(name, version string) error {
	return errors.Join(catalog.ValidDatasetName(name), catalog.ValidVersion(version))
}

// is reports whether r, by its marker or its tag, is a release of the version.
func (r *release) is(name, version, tag string) bool {
	if m, ok := readMarker(r.GetBody()); ok {
		return m.Name == name && m.Version == version
	}
	return r.GetTagName() == tag
}

// identity returns which dataset and version r is a release of, if it is one: what its marker says, or
// else what a tag of the default form says.
func (r *release) identity() (name, version string, ok bool) {
	if m, ok := readMarker(r.GetBody()); ok {
		return m.Name, m.Version, true
	}
	tag := r.GetTagName()
	at := strings.LastIndex(tag, "-v")
	if at < 0 || r.asset(catalog.ManifestName) == nil {
		return "", "", false
	}
	return tag[:at], tag[at+2:], validRelease(tag[:at], tag[at+2:]) == nil
}

func (r *release) asset(name string) *asset {
	for _, a := range r.Assets {
		if a.GetName() == name {
			return a
		}
	}
	return nil
}

// describe names a release for whoever has to look at it.
func (r *release) describe() string {
	kind := "release"
	if r.GetDraft() {
		kind = "draft"
	}
	return fmt.Sprintf("%s %d (%s)", kind, r.GetID(), r.GetHTMLURL())
}

const perPage = 100

// releases returns all releases of the repository, drafts included where the token may see them.
func (t *Target) releases(ctx context.Context) ([]*release, error) {
	all, err := pages[*release](ctx, t, t.path("/releases"))
	if status(err) == http.StatusNotFound {
		return nil, t.noRepository()
	}
	return all, err
}

// assets returns all assets of a release.
func (t *Target) assets(ctx context.Context, id int64) ([]*asset, error) {
	return pages[*asset](ctx, t, t.path("/releases/%d/assets", id))
}

// pages returns what all pages of a list hold.
func pages[T any](ctx context.Context, t *Target, path string) ([]T, error) {
	const most = 1000
	var all []T
	for page := 1; page <= most; {
		var some []T
		resp, err := t.call(ctx, http.MethodGet, fmt.Sprintf("%s?per_page=%d&page=%d", path, perPage, page), nil, &some)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if resp.NextPage <= page {
			return all, nil
		}
		page = resp.NextPage
	}
	return nil, fmt.Errorf("GET %s: the list has more than %d pages", path, most)
}

// release returns a release by its id, and nil where there is none.
func (t *Target) release(ctx context.Context, id int64) (*release, error) {
	return t.one(ctx, t.path("/releases/%d", id))
}

// byTag returns the published release of a tag, and nil where there is none.
func (t *Target) byTag(ctx context.Context, tag string) (*release, error) {
	return t.one(ctx, t.path("/releases/tags/%s", tag))
}

func (t *Target) one(ctx context.Context, path string) (*release, error) {
	r := new(release)
	err := t.get(ctx, path, r)
	if status(err) == http.StatusNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// repository asks for the repository.
func (t *Target) repository(ctx context.Context) (*gh.Repository, error) {
	r := new(gh.Repository)
	err := t.get(ctx, t.path(""), r)
	if status(err) == http.StatusNotFound {
		return nil, t.noRepository()
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (t *Target) noRepository() error {
	if t.o.Token == "" {
		return fmt.Errorf("%w: there is no public repository %s on %s; a private one takes a token", target.ErrNotFound, t, t.web.Host)
	}
	return fmt.Errorf("%w: there is no repository %s on %s, or the token may not see it", target.ErrNotFound, t, t.web.Host)
}
