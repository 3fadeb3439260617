package github_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
	"github.com/bindery-data/bindery/publish/target/github"
	"github.com/bindery-data/bindery/publish/target/targettest"
)

// TestLive publishes a small release to a repository of GitHub itself, fetches it without the token and
// withdraws it. BINDERY_TEST_GITHUB names the repository, OWNER/REPO, which should be one for tests: a
// withdrawn pre-release stays there. BINDERY_TEST_GITHUB_TOKEN is a token that may write its contents.
func TestLive(t *testing.T) {
	place, token := os.Getenv("BINDERY_TEST_GITHUB"), os.Getenv("BINDERY_TEST_GITHUB_TOKEN")
	if place == "" || token == "" {
		t.Skip("BINDERY_TEST_GITHUB and BINDERY_TEST_GITHUB_TOKEN are not set")
	}
	to, err := github.New(place, github.Options{Token: token, Waiting: func(why string, d time.Duration) { t.Logf("waiting %s: %s", d, why) }})
	if err != nil {
		t.Fatal(err)
	}
	version := fmt.Sprintf("0.0.%d-test", time.Now().Unix())
	b := targettest.NewBundle("bindery-live-test", version, map[string][]byte{
		"train.parquet": bytes.Repeat([]byte(version+"\n"), 10_000), "test..x_y-z.parquet": []byte("test"),
	})
	if err := publish(t.Context(), to, b); err != nil {
		t.Fatal(err)
	}
	from, err := github.New(place, github.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range b.Files {
		r, err := from.Open(t.Context(), "bindery-live-test", version, f.Name, 1)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err = errors.Join(err, r.Close()); err != nil || !bytes.Equal(text, b.Text[f.Name][1:]) {
			t.Errorf("%s: %d bytes, %v", f.Name, len(text), err)
		}
	}
	w, err := catalog.NewWithdrawal("bindery-live-test", version, time.Now().UTC().Format(time.DateOnly), "it was a test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.Withdraw(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if err := publish(t.Context(), to, b); !errors.Is(err, target.ErrWithdrawn) {
		t.Errorf("published again: %v", err)
	}
}
