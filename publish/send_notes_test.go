package publish_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
	"github.com/bindery-data/bindery/publish/target"
	"github.com/bindery-data/bindery/publish/target/targettest"
)

// A noting target keeps what it is told of a release.
type noting struct {
	*targettest.Memory
	told *target.Release
}

func (n noting) Draft(ctx context.Context, r target.Release) (target.Draft, error) {
	*n.told = r
	return n.Memory.Draft(ctx, r)
}

// A release's notes are its card without the header for programs, and before it what the changelog says of
// just this version.
func TestSendNotes(t *testing.T) {
	for name, c := range map[string]struct{ changelog, want string }{
		"no changelog":   {"", ""},
		"linked":         {"# Changelog\n\n## [Unreleased]\n\nsoon\n\n## [1.0.0] - 2026-11-25\n\n- First.\n\n### Fixed\n\n- More.\n\n## [0.9.0]\n\nold\n", "- First.\n\n### Fixed\n\n- More."},
		"with a v":       {"# v1.0.0 (today)\r\nFirst.\r\n# v0.9.0\r\nold\r\n", "First."},
		"other versions": {"## 11.0.0\n\na\n\n## 1.0.0-rc.1\n\nb\n\n## 1.0.01\n\nc\n\n## 1x0x0\n\nd\n", ""},
		"in a fence":     {"## 1.0.0\n\n```\n## 0.9.0\n```\n\nFirst.\n", "```\n## 0.9.0\n```\n\nFirst."},
		"empty":          {"## 1.0.0\n\n## 0.9.0\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			b, path := bundle(t)
			writeFile(t, path, "README.md", string(b.Text["README.md"]))
			var told target.Release
			_, err := publish.Send(t.Context(), path, noting{new(targettest.Memory), &told}, publish.SendOptions{Changelog: []byte(c.changelog)})
			if err != nil {
				t.Fatal(err)
			}
			want := "# small 1.0.0\n"
			if c.want != "" {
				want = "## Changes\n\n" + c.want + "\n\n" + want
			}
			if told.Notes != want {
				t.Errorf("the notes are\n%s\nwant\n%s", told.Notes, want)
			}
		})
	}
}

// With Draft everything is sent and nothing is visible, and the next run has nothing left to send.
func TestSendDraft(t *testing.T) {
	b, path := bundle(t)
	to := new(targettest.Memory)
	sent, err := publish.Send(t.Context(), path, to, publish.SendOptions{Draft: true})
	if err != nil || !sent.Draft || sent.Files != len(b.Files) {
		t.Fatalf("%+v, %v", sent, err)
	}
	if _, err := to.Manifest(t.Context(), "small", "1.0.0"); !errors.Is(err, target.ErrNotFound) {
		t.Errorf("it is visible: %v", err)
	}
	plan, m, err := publish.Plan(t.Context(), path, to, publish.SendOptions{})
	if err != nil || m.Version != "1.0.0" || len(plan.Send) > 0 || plan.Resumes == "" {
		t.Errorf("Plan gives %+v, %v", plan, err)
	}
	if sent, err = publish.Send(t.Context(), path, to, publish.SendOptions{}); err != nil || sent.Draft || sent.Files != 0 {
		t.Fatalf("%+v, %v", sent, err)
	}
	if _, _, err := publish.Plan(t.Context(), path, to, publish.SendOptions{}); !errors.Is(err, target.ErrPublished) {
		t.Errorf("Plan of what is published: %v", err)
	}
	writeFile(t, path, "README.md", "changed")
	var changed *publish.VerificationError
	if _, _, err := publish.Plan(t.Context(), path, to, publish.SendOptions{}); !errors.As(err, &changed) {
		t.Errorf("Plan of a bundle that was changed: %v", err)
	}
}

// A draft that forgets what it was given is no draft to be left.
func TestSendDraftIsCompared(t *testing.T) {
	_, path := bundle(t)
	_, err := publish.Send(t.Context(), path, losing{new(targettest.Memory)}, publish.SendOptions{Draft: true})
	if !errors.Is(err, target.ErrIncomplete) || !strings.Contains(err.Error(), "README.md") {
		t.Errorf("error = %v", err)
	}
}

type losing struct{ *targettest.Memory }

func (l losing) Draft(ctx context.Context, r target.Release) (target.Draft, error) {
	d, err := l.Memory.Draft(ctx, r)
	return losingDraft{d}, err
}

type losingDraft struct{ target.Draft }

func (d losingDraft) Put(ctx context.Context, f catalog.File, content target.Content) error {
	if f.Name == "README.md" {
		return nil
	}
	return d.Draft.Put(ctx, f, content)
}
