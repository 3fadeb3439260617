package github

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
	"github.com/bindery-data/bindery/publish/target/github/githubtest"
)

// recordedEnv is the address of a server that replays recorded traffic; testdata/recorded/run.sh starts one.
const recordedEnv = "BINDERY_TEST_RECORDED"

// TestRecordedConflict sends a file where GitHub has one of that name already: the requests and answers
// that GitHub was recorded with, in this order and no other, are the release by its tag, an upload that is
// refused with 422 already_exists, the list, a deletion and an upload that is taken.
func TestRecordedConflict(t *testing.T) {
	server := os.Getenv(recordedEnv)
	if server == "" {
		t.Skipf("%s is not set: run testdata/recorded/run.sh", recordedEnv)
	}
	const scenario = "release-assets-conflict"
	replay := replayed(t, server, scenario)
	to, err := New("octokit-fixture-org/"+scenario, Options{
		Token: "0000000000000000000000000000000000000001", Transport: replay, Clock: new(githubtest.Clock),
		API: replay.api, Uploads: strings.Replace(replay.api, "api.github.com", "uploads.github.com", 1),
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := to.byTag(t.Context(), "v1.0.0")
	if err != nil || r == nil || r.GetID() != 1000 {
		t.Fatalf("the release is %v, %v", r, err)
	}
	text := []byte("Hello, world!\n")
	// The release of the recording is published: whether it is a draft still is not asked.
	d := &draft{t: to, id: r.GetID(), public: true, assets: make(map[string]*asset), dropped: make(map[int64]bool)}
	f := catalog.Describe("test-upload.txt", catalog.RoleDocument, text)
	if err := d.store(t.Context(), f, target.Bytes(text)); err != nil {
		t.Fatal(err)
	}
	want := "GET 200, POST 422, GET 200, DELETE 204, POST 201"
	if got := strings.Join(replay.recorded, ", "); got != want {
		t.Errorf("the recorded requests were %s, want %s", got, want)
	}
	if a := d.assets[f.Name]; a == nil || a.GetID() != 1001 {
		t.Errorf("the asset is %v", a)
	}
}

// A replay makes the requests of this package those that were recorded: of a file with a label, of type
// text/plain, in lists of one page. The recording is older than digests, and has no downloads: those are
// answered here, the file that is in the way with other bytes.
type replay struct {
	api      string
	recorded []string
}

func replayed(t *testing.T, server, scenario string) *replay {
	body, err := json.Marshal(map[string]string{"scenario": scenario})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(server+"/fixtures", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var made struct{ URL string }
	if err := json.NewDecoder(resp.Body).Decode(&made); err != nil || made.URL == "" {
		t.Fatalf("the server gave no address: %s, %v", resp.Status, err)
	}
	return &replay{api: made.URL}
}

func (r *replay) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Header.Get("Accept") == "application/octet-stream" {
		text := "Hello, world!\n"
		if strings.HasSuffix(req.URL.Path, "/1000") {
			text = "Hello, other!\n"
		}
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(text)), Header: make(http.Header), Request: req}, nil
	}
	req = req.Clone(req.Context())
	if q := req.URL.Query(); req.Method == http.MethodPost {
		q.Set("label", "test")
		req.URL.RawQuery = q.Encode()
		req.Header.Set("Content-Type", "text/plain")
	} else {
		req.URL.RawQuery = ""
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err == nil {
		r.recorded = append(r.recorded, req.Method+" "+resp.Status[:3])
	}
	return resp, err
}
