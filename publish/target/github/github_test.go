package github_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/bindery-data/bindery/publish/target"
	"github.com/bindery-data/bindery/publish/target/github"
	"github.com/bindery-data/bindery/publish/target/github/githubtest"
	"github.com/bindery-data/bindery/publish/target/targettest"
)

// start runs a server with a clock of its own.
func start(t *testing.T, o githubtest.Options) (*githubtest.Server, *githubtest.Clock) {
	t.Helper()
	clock := new(githubtest.Clock)
	o.Now = clock.Now
	return githubtest.New(t, o), clock
}

// open returns the server's repository as a target.
func open(t *testing.T, s *githubtest.Server, clock *githubtest.Clock, change func(*github.Options)) *github.Target {
	t.Helper()
	o := github.Options{Token: githubtest.Token, API: s.API, Clock: clock}
	if change != nil {
		change(&o)
	}
	to, err := github.New(githubtest.Place, o)
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func anonymous(o *github.Options) { o.Token = "" }

// A pair publishes as one who may write, and fetches as the other target.
type pair struct {
	*github.Target
	from *github.Target
}

func (p pair) Manifest(ctx context.Context, name, version string) ([]byte, error) {
	return p.from.Manifest(ctx, name, version)
}

func (p pair) Open(ctx context.Context, name, version, file string, offset int64) (io.ReadCloser, error) {
	return p.from.Open(ctx, name, version, file, offset)
}

func (p pair) Versions(ctx context.Context, name string) ([]string, error) {
	return p.from.Versions(ctx, name)
}

func (p pair) Names(ctx context.Context) ([]string, error) { return p.from.Names(ctx) }

// TestConformance holds the target to the suite: published with a token, and fetched through the API with
// the same one, through the web without, and from a private repository; and from lists that lag behind.
func TestConformance(t *testing.T) {
	for name, c := range map[string]struct {
		o      githubtest.Options
		change func(*github.Options)
	}{
		"public, no token":     {githubtest.Options{}, anonymous},
		"public, with a token": {githubtest.Options{}, nil},
		"private":              {githubtest.Options{Private: true}, nil},
		"lagging lists":        {githubtest.Options{Lag: 2}, anonymous},
	} {
		t.Run(name, func(t *testing.T) {
			targettest.Run(t, targettest.Options{NoEmptyFiles: true}, func(t *testing.T) targettest.Target {
				s, clock := start(t, c.o)
				to := open(t, s, clock, nil)
				return pair{to, open(t, s, clock, c.change)}
			})
		})
	}
}

// bundle is a small release that GitHub can take.
func bundle(version string) *targettest.Bundle {
	return targettest.NewBundle("small", version, map[string][]byte{
		"train.parquet": bytes.Repeat([]byte("train of "+version+"\n"), 50), "test.parquet": []byte("test"),
	})
}

// publish publishes b, and returns the error.
func publish(ctx context.Context, to target.Publisher, b *targettest.Bundle) (err error) {
	d, err := to.Draft(ctx, b.Release)
	if errors.Is(err, target.ErrPublished) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	missing, err := d.Missing(ctx)
	if err != nil {
		return err
	}
	for _, f := range missing {
		if err := d.Put(ctx, f, b.Content(f.Name)); err != nil {
			return err
		}
	}
	return d.Commit(ctx)
}

// whole returns an error unless the repository shows exactly b, once, and nothing else.
func whole(s *githubtest.Server, b *targettest.Bundle) error {
	public := s.Public()
	if len(public) != 1 {
		return fmt.Errorf("%d releases are public", len(public))
	}
	return holds(public[0], b)
}

// holds returns an error unless r is exactly b.
func holds(r *githubtest.Release, b *targettest.Bundle) error {
	if want := "small-v" + b.Manifest.Version; r.Tag != want && b.Tag == "" {
		return fmt.Errorf("its tag is %s, want %s", r.Tag, want)
	}
	for _, a := range r.Assets {
		if f, ok := b.File(a.Name); !ok || f.SHA256 != a.Digest() || a.State != "uploaded" {
			return fmt.Errorf("%s is public, %d bytes, %s", a.Name, len(a.Content), a.State)
		}
	}
	if len(r.Assets) != len(b.Files) {
		return fmt.Errorf("%d files are public, want %d", len(r.Assets), len(b.Files))
	}
	return nil
}
