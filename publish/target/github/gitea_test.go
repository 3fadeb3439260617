package github_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
	"github.com/bindery-data/bindery/publish/target/github"
	"github.com/bindery-data/bindery/publish/target/github/githubtest"
	"github.com/bindery-data/bindery/publish/target/targettest"
)

// TestGitea publishes to Gitea and fetches from it with nobody logged in: a server of others, which keeps
// real bytes. testdata/gitea/run.sh builds and starts one. Where Gitea's API differs from GitHub's, a gitea
// transport stands between.
func TestGitea(t *testing.T) {
	server, token := os.Getenv("BINDERY_TEST_GITEA"), os.Getenv("BINDERY_TEST_GITEA_TOKEN")
	if server == "" {
		t.Skip("BINDERY_TEST_GITEA is not set: run testdata/gitea/run.sh")
	}
	clock := new(githubtest.Clock)
	connect := func(token string) *github.Target {
		to, err := github.New("octo/data", github.Options{Token: token, Clock: clock, Transport: gitea{server, token},
			API: server + "/api/v1", Web: server})
		if err != nil {
			t.Fatal(err)
		}
		return to
	}
	b := targettest.NewBundle("small", "1.0.0", map[string][]byte{
		"train.parquet": bytes.Repeat([]byte("real bytes\n"), 1_000_000), "test..x_y-z.parquet": []byte("test"),
	})
	if err := publish(t.Context(), connect(token), b); err != nil {
		t.Fatal(err)
	}
	if _, err := connect(token).Draft(t.Context(), b.Release); !errors.Is(err, target.ErrPublished) {
		t.Errorf("publishing again: %v", err)
	}
	from := connect("")
	text, err := from.Manifest(t.Context(), "small", "1.0.0")
	if err != nil || !bytes.Equal(text, b.Text[catalog.ManifestName]) {
		t.Errorf("the manifest has %d bytes, %v", len(text), err)
	}
	for _, offset := range []int64{0, 1, 10_999_999, 11_000_000} {
		r, err := from.Open(t.Context(), "small", "1.0.0", "train.parquet", offset)
		if err != nil {
			t.Fatalf("from %d on: %v", offset, err)
		}
		text, err := io.ReadAll(r)
		if err = errors.Join(err, r.Close()); err != nil || !bytes.Equal(text, b.Text["train.parquet"][offset:]) {
			t.Errorf("from %d on there are %d bytes, %v", offset, len(text), err)
		}
	}
	if _, err := from.Open(t.Context(), "small", "1.0.0", "train.parquet", 11_000_001); !errors.Is(err, target.ErrMismatch) {
		t.Errorf("beyond the end: %v", err)
	}
	if versions, err := from.Versions(t.Context(), "small"); err != nil || !slices.Equal(versions, []string{"1.0.0"}) {
		t.Errorf("Versions gives %v, %v", versions, err)
	}
}

// A gitea transport adds what Gitea's descriptions of assets lack, their state and their digest, which it
// takes from the bytes that the server keeps; and it takes a draft for no answer where it is asked for by
// its tag, as GitHub does.
type gitea struct{ server, token string }

var (
	byTag   = regexp.MustCompile(`/releases/tags/[^/]+$`)
	ofAsset = regexp.MustCompile(`/releases(/[0-9]+)?(/assets)?$`)
)

func (g gitea) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil || resp.StatusCode >= 300 || !strings.Contains(req.URL.Path, "/api/v1/") || !byTag.MatchString(req.URL.Path) && !ofAsset.MatchString(req.URL.Path) {
		return resp, err
	}
	text, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return nil, err
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	if r, ok := v.(map[string]any); ok && r["draft"] == true && byTag.MatchString(req.URL.Path) {
		resp.StatusCode, resp.Status, v = http.StatusNotFound, "404 Not Found", map[string]string{"message": "Not Found"}
	}
	if err := g.complete(v); err != nil {
		return nil, err
	}
	if text, err = json.Marshal(v); err != nil {
		return nil, err
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	return resp, nil
}

// complete adds state and digest to every asset in v.
func (g gitea) complete(v any) error {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if err := g.complete(e); err != nil {
				return err
			}
		}
	case map[string]any:
		if at, ok := v["browser_download_url"].(string); ok {
			digest, err := g.digest(at)
			v["state"], v["digest"] = "uploaded", digest
			return err
		}
		return g.complete(v["assets"])
	}
	return nil
}

func (g gitea) digest(at string) (string, error) {
	req, err := http.NewRequest(http.MethodGet, at, nil)
	if err != nil {
		return "", err
	}
	if g.token != "" {
		req.Header.Set("Authorization", "token "+g.token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(resp.Body)
	return "sha256:" + catalog.Sum(text), errors.Join(err, resp.Body.Close())
}
