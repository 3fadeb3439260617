package github_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
	"github.com/bindery-data/bindery/publish/target/github"
	"github.com/bindery-data/bindery/publish/target/github/githubtest"
)

func withdrawal(t *testing.T, reason string) catalog.Withdrawal {
	t.Helper()
	w, err := catalog.NewWithdrawal("small", "1.0.0", "2026-11-25", reason)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// A withdrawal that is killed anywhere, on a bad day, leaves a release that is whole or marked; and the next
// one ends with the manifest and the reason alone.
func TestWithdrawalKilledAnywhere(t *testing.T) {
	b := bundle("1.0.0")
	kills := 0
	for seed := range uint64(40) {
		s, clock := start(t, githubtest.Options{})
		if err := publish(t.Context(), open(t, s, clock, nil), b); err != nil {
			t.Fatal(err)
		}
		s.Fault = failing(seed, 0.1)
		err := errors.New("not begun")
		for tries := uint64(0); err != nil; tries++ {
			ctx, cancel := context.WithCancel(t.Context())
			k := &killer{random: rand.New(rand.NewPCG(seed, tries)), left: 1 + int((seed+tries)%20), kill: cancel}
			_, err = open(t, s, clock, func(o *github.Options) { o.Transport = k }).Withdraw(ctx, withdrawal(t, "a leak"))
			cancel()
			if err != nil && !errors.Is(err, context.Canceled) || tries > 100 {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if err != nil {
				kills++
			}
			if r := s.Public()[0]; r.Asset(catalog.WithdrawalName) == nil && holds(r, b) != nil {
				t.Fatalf("seed %d: files are gone, and nothing says why: %v", seed, holds(r, b))
			}
		}
		gone(t, s, "a leak")
	}
	if kills < 40 {
		t.Errorf("only %d kills", kills)
	}
}

// gone fails the test unless the release has its manifest and the reason, and nothing else.
func gone(t *testing.T, s *githubtest.Server, reason string) {
	t.Helper()
	r := s.Public()[0]
	var names []string
	for _, a := range r.Assets {
		names = append(names, a.Name)
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{catalog.WithdrawalName, catalog.ManifestName}) {
		t.Errorf("the release has %v", names)
	}
	if r.Tag != "small-v1.0.0" || r.Draft || !strings.Contains(r.Body, reason) || !strings.Contains(r.Body, `"version":"1.0.0"`) {
		t.Errorf("the release is %s, and says\n%s", r.Tag, r.Body)
	}
}

// Whatever the reason is, it is shown as it is written, and is no Markdown.
func TestWithdrawnText(t *testing.T) {
	s, clock := start(t, githubtest.Options{})
	to := open(t, s, clock, nil)
	if err := publish(t.Context(), to, bundle("1.0.0")); err != nil {
		t.Fatal(err)
	}
	const reason = "```` @everybody <img src=x> --> [a](b)"
	if _, err := to.Withdraw(t.Context(), withdrawal(t, reason)); err != nil {
		t.Fatal(err)
	}
	gone(t, s, "\n`````text\n"+reason+"\n`````\n")
	if names, err := open(t, s, clock, anonymous).Names(t.Context()); err != nil || !slices.Equal(names, []string{"small"}) {
		t.Errorf("Names gives %v, %v", names, err)
	}
}

// A withdrawal takes the right to write, and a repository that there is.
func TestWithdrawIsRefused(t *testing.T) {
	s, clock := start(t, githubtest.Options{})
	b := bundle("1.0.0")
	if err := publish(t.Context(), open(t, s, clock, nil), b); err != nil {
		t.Fatal(err)
	}
	for _, change := range []func(*github.Options){anonymous, func(o *github.Options) { o.Token = githubtest.ReadToken }} {
		if _, err := open(t, s, clock, change).Withdraw(t.Context(), withdrawal(t, "a leak")); !errors.Is(err, target.ErrDenied) {
			t.Errorf("error = %v, want ErrDenied", err)
		}
	}
	unblemished(t, s, b)
}

// A release whose text somebody rewrote is still one, by its tag and its manifest.
func TestRewrittenText(t *testing.T) {
	b := bundle("1.0.0")
	s, clock := start(t, githubtest.Options{})
	if err := publish(t.Context(), open(t, s, clock, nil), b); err != nil {
		t.Fatal(err)
	}
	s.Releases[0].Body = "Written by hand."
	s.Add(githubtest.Release{Tag: "program-v1.0.0", Assets: []*githubtest.Asset{{Name: "program.zip", State: "uploaded", Content: []byte("zip")}}})
	for _, change := range []func(*github.Options){anonymous, nil} {
		from := open(t, s, clock, change)
		if names, err := from.Names(t.Context()); err != nil || !slices.Equal(names, []string{"small"}) {
			t.Errorf("Names gives %v, %v", names, err)
		}
		if text, err := from.Manifest(t.Context(), "small", "1.0.0"); err != nil || !bytes.Equal(text, b.Text[catalog.ManifestName]) {
			t.Errorf("Manifest gives %d bytes, %v", len(text), err)
		}
	}
	if _, err := open(t, s, clock, nil).Draft(t.Context(), b.Release); !errors.Is(err, target.ErrPublished) {
		t.Errorf("published again: %v", err)
	}
}
