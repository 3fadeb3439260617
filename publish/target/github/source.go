package github

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

// A found release is where the files of a published version are.
type found struct {
	tag string
	// assets are the files, by name, where they are fetched through the API; nil where the web has them.
	assets map[string]*asset
}

// Manifest returns the bytes of a release's manifest.json.
func (t *Target) Manifest(ctx context.Context, name, version string) ([]byte, error) {
	return t.read(ctx, name, version, catalog.ManifestName, catalog.MaxManifestSize)
}

// read returns all bytes of a small file of a release.
func (t *Target) read(ctx context.Context, name, version, file string, most int64) ([]byte, error) {
	f, err := t.Open(ctx, name, version, file, 0)
	if err != nil {
		return nil, err
	}
	text, err := readAll(f, file, most)
	if err != nil {
		return nil, fmt.Errorf("%s %s in %s: %w", name, version, t, err)
	}
	return text, nil
}

// readAll reads a body to its end and closes it. One of more than most bytes is target.ErrDamaged.
func readAll(body io.ReadCloser, file string, most int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(body, most+1))
	if err = errors.Join(err, body.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if int64(len(text)) > most {
		return nil, fmt.Errorf("%w: %s has more than %d bytes", target.ErrDamaged, file, most)
	}
	return text, nil
}

// Open returns a file of a release from offset on. Where the connection breaks, what is read from carries
// on at the same byte.
func (t *Target) Open(ctx context.Context, name, version, file string, offset int64) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := errors.Join(validRelease(name, version), catalog.ValidName(file)); err != nil {
		return nil, fmt.Errorf("%w: %w", target.ErrNotFound, err)
	}
	body, err := t.openFile(ctx, name, version, file, offset)
	if err != nil {
		return nil, fmt.Errorf("open %s of %s %s in %s: %w", file, name, version, t, t.explain(err))
	}
	return body, nil
}

func (t *Target) openFile(ctx context.Context, name, version, file string, offset int64) (io.ReadCloser, error) {
	if offset < 0 {
		return nil, fmt.Errorf("the offset %d is negative", offset)
	}
	where, err := t.resolve(ctx, name, version)
	if err != nil {
		return nil, err
	}
	if where.assets == nil {
		return t.openWeb(ctx, where.tag, file, offset)
	}
	a := where.assets[file]
	if a == nil {
		return nil, target.ErrNotFound
	}
	return t.openAsset(ctx, a, offset)
}

// resolve finds a published release. What everybody can see is fetched from the web. On a server of one's
// own that may show nothing to those who are not logged in, so a token goes to the API first.
func (t *Target) resolve(ctx context.Context, name, version string) (*found, error) {
	key := [2]string{name, version}
	t.mu.Lock()
	known := t.found[key]
	t.mu.Unlock()
	if known != nil {
		return known, nil
	}
	where, err := t.search(ctx, name, version)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.found[key] = where
	return where, nil
}

// webFirst reports whether what is public is looked for on the web before the API is asked.
func (t *Target) webFirst() bool { return t.o.Token == "" || t.api.BaseURL.Host == "api.github.com" }

func (t *Target) search(ctx context.Context, name, version string) (*found, error) {
	tag := defaultTag(name, version)
	if t.webFirst() {
		if there, err := t.onWeb(ctx, tag); there || err != nil {
			return &found{tag: tag}, err
		}
	}
	r, err := t.published(ctx, name, version)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, target.ErrNotFound
	}
	if t.webFirst() {
		there, err := t.onWeb(ctx, r.GetTagName())
		if there || err != nil || t.o.Token == "" {
			return &found{tag: r.GetTagName()}, err
		}
	}
	return t.throughAPI(ctx, r)
}

func (t *Target) throughAPI(ctx context.Context, r *release) (*found, error) {
	assets, err := t.assets(ctx, r.GetID())
	if err != nil {
		return nil, err
	}
	where := &found{tag: r.GetTagName(), assets: make(map[string]*asset)}
	for _, a := range assets {
		where.assets[a.GetName()] = a
	}
	return where, nil
}

// published returns the published release of a version, and nil where there is none: the one of the default
// tag, or else the one whose text says that it is.
func (t *Target) published(ctx context.Context, name, version string) (*release, error) {
	tag := defaultTag(name, version)
	r, err := t.byTag(ctx, tag)
	if err != nil || r != nil && r.is(name, version, tag) {
		return r, err
	}
	all, err := t.releases(ctx)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(all, func(r *release) bool { return !r.GetDraft() && r.is(name, version, tag) })
	if at < 0 {
		return nil, nil
	}
	return all[at], nil
}

// Versions returns the published versions of a dataset, oldest first. The error is ErrNotFound where there
// is no such repository, or it does not show itself.
func (t *Target) Versions(ctx context.Context, name string) ([]string, error) {
	if catalog.ValidDatasetName(name) != nil {
		return nil, ctx.Err()
	}
	var versions []string
	err := t.each(ctx, func(dataset, version string) {
		if dataset == name {
			versions = append(versions, version)
		}
	})
	slices.SortFunc(versions, catalog.CompareVersions)
	return slices.Compact(versions), err
}

// Names returns the names of the datasets that the repository has releases of.
func (t *Target) Names(ctx context.Context) ([]string, error) {
	var names []string
	err := t.each(ctx, func(dataset, _ string) { names = append(names, dataset) })
	slices.Sort(names)
	return slices.Compact(names), err
}

// each tells f of every published release that is one of a dataset.
func (t *Target) each(ctx context.Context, f func(name, version string)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	all, err := t.releases(ctx)
	if err != nil {
		return fmt.Errorf("list the releases of %s: %w", t, t.explain(err))
	}
	for _, r := range all {
		if name, version, ok := r.identity(); ok && !r.GetDraft() {
			f(name, version)
		}
	}
	return nil
}

// webAddress is where the web has a file of a release.
func (t *Target) webAddress(tag, file string) string {
	return t.web.JoinPath(t.owner, t.repo, "releases", "download", url.PathEscape(tag), url.PathEscape(file)).String()
}

// onWeb reports whether everybody can see the release of a tag. It follows redirects of the web itself, as
// from a repository's old name to its new one; one that leads away, to the object store, says that it is there.
func (t *Target) onWeb(ctx context.Context, tag string) (bool, error) {
	client := *t.plain
	client.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if req.URL.Host != t.web.Host {
			return http.ErrUseLastResponse
		}
		return checkRedirect(req, via)
	}
	r := &reader{t: t, ctx: ctx, client: &client, request: t.webRequest(tag, catalog.ManifestName)}
	for p := t.patience(); ; {
		resp, err := r.send(0)
		if err == nil {
			there := resp.StatusCode < 400 && !t.login(resp)
			return there, resp.Body.Close()
		}
		if status(err) == http.StatusNotFound {
			return false, nil
		}
		if err := p.again(ctx, err); err != nil {
			return false, err
		}
	}
}

// login reports whether an answer is, or leads to, the page that asks those in who are not logged in.
func (t *Target) login(resp *http.Response) bool {
	at := resp.Request.URL
	if to, err := resp.Location(); err == nil {
		at = to
	}
	return at.Host == t.web.Host && strings.HasPrefix(at.Path, t.web.Path+"login")
}

func (t *Target) webRequest(tag, file string) func() (*http.Request, error) {
	return func() (*http.Request, error) {
		req, err := http.NewRequest(http.MethodGet, t.webAddress(tag, file), nil)
		if err == nil {
			req.Header.Set("User-Agent", userAgent)
		}
		return req, err
	}
}

func (t *Target) openWeb(ctx context.Context, tag, file string, offset int64) (io.ReadCloser, error) {
	return t.open(ctx, t.plain, t.webRequest(tag, file), offset)
}

// openAsset asks the API for an asset's bytes, and is sent to the object store for them.
func (t *Target) openAsset(ctx context.Context, a *asset, offset int64) (io.ReadCloser, error) {
	return t.open(ctx, t.api.Client(), func() (*http.Request, error) {
		return t.api.NewRequest(http.MethodGet, t.path("/releases/assets/%d", a.GetID()), nil, octets)
	}, offset)
}

// readBack compares the manifest that the repository serves now with the one that was published: as the
// public sees it, where the repository is public.
func (t *Target) readBack(ctx context.Context, r target.Release, private bool) error {
	for wait, tries := writeEvery, 0; ; wait, tries = 2*wait, tries+1 {
		text, err := t.manifestOf(ctx, r, private)
		if status(err) == http.StatusUnauthorized && !private {
			private = true // the server shows nothing to those who are not logged in
			continue
		}
		if err == nil && catalog.Sum(text) != r.Digest() {
			err = fmt.Errorf("%w: its SHA-256 is %s, not %s", target.ErrMismatch, catalog.Sum(text), r.Digest())
		}
		if err == nil || tries == 6 || !errors.Is(err, target.ErrNotFound) {
			return err
		}
		if err := t.o.Clock.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

func (t *Target) manifestOf(ctx context.Context, r target.Release, private bool) ([]byte, error) {
	var body io.ReadCloser
	var err error
	if private {
		var p *release
		if p, err = t.byTag(ctx, tagOf(r)); err != nil {
			return nil, err
		}
		if p == nil || p.asset(catalog.ManifestName) == nil {
			return nil, target.ErrNotFound
		}
		body, err = t.openAsset(ctx, p.asset(catalog.ManifestName), 0)
	} else {
		body, err = t.openWeb(ctx, tagOf(r), catalog.ManifestName, 0)
	}
	if err != nil {
		return nil, err
	}
	return readAll(body, catalog.ManifestName, catalog.MaxManifestSize)
}
