package targettest

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

func (s *suite) names() {
	if names, err := s.target.Names(s.ctx); err != nil && !errors.Is(err, target.ErrNotFound) || len(names) > 0 {
		s.Errorf("Names of an empty target gives %v, %v", names, err)
	}
	for _, name := range []string{"small", "other", "a-v1.0.0"} {
		s.publish(NewBundle(name, "1.0.0", map[string][]byte{"train.parquet": []byte("text of " + name)}))
	}
	s.publish(s.small("2.0.0"))
	d := s.draft(NewBundle("unpublished", "1.0.0", map[string][]byte{"train.parquet": []byte("text")}))
	s.close(d)
	want := []string{"a-v1.0.0", "other", "small"}
	if names, err := s.target.Names(s.ctx); err != nil || !slices.Equal(names, want) {
		s.Errorf("Names gives %v, %v, want %v", names, err, want)
	}
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	if _, err := s.target.Names(ctx); !errors.Is(err, context.Canceled) {
		s.Errorf("Names with a cancelled context gives %v", err)
	}
}

// withdraw: of what was withdrawn, the manifest and the reason stay, and nothing else ever comes there.
func (s *suite) withdraw() {
	b, other := s.small("1.0.0"), s.small("2.0.0")
	s.publish(b)
	s.publish(other)
	s.withdrawal(b, "")
	const reason = `it holds <b>names</b> of "people", ` + "`all`" + ` of them -->`
	w := s.newWithdrawal("1.0.0", reason)
	if stays, err := s.target.Withdraw(s.ctx, w); err != nil || stays != w {
		s.Fatalf("Withdraw gives %+v, %v", stays, err)
	}
	again := s.newWithdrawal("1.0.0", "another reason")
	for range 2 {
		s.withdrawal(b, reason)
		for _, f := range b.Manifest.Files {
			s.notOpened("small", "1.0.0", f.Name)
		}
		if text, err := s.target.Manifest(s.ctx, "small", "1.0.0"); err != nil || string(text) != string(b.Text[catalog.ManifestName]) {
			s.Errorf("Manifest of a withdrawn release gives %d bytes, %v", len(text), err)
		}
		if stays, err := s.target.Withdraw(s.ctx, again); err != nil || stays != w {
			s.Errorf("Withdraw again gives %+v, %v, want what was said first", stays, err)
		}
	}
	if versions, err := s.target.Versions(s.ctx, "small"); err != nil || !slices.Equal(versions, []string{"1.0.0", "2.0.0"}) {
		s.Errorf("Versions gives %v, %v", versions, err)
	}
	for what, r := range map[string]target.Release{
		"the withdrawn release": b.Release, "another under its version": NewBundle("small", "1.0.0", map[string][]byte{"train.parquet": []byte("new")}).Release,
	} {
		if _, err := s.target.Draft(s.ctx, r); !errors.Is(err, target.ErrWithdrawn) || !strings.Contains(err.Error(), "names") {
			s.Errorf("Draft of %s gives %v, want ErrWithdrawn and the reason", what, err)
		}
		if _, err := s.target.Plan(s.ctx, r); !errors.Is(err, target.ErrWithdrawn) {
			s.Errorf("Plan of %s gives %v, want ErrWithdrawn", what, err)
		}
	}
	s.withdrawal(other, "")
	s.published(other)
}

func (s *suite) newWithdrawal(version, reason string) catalog.Withdrawal {
	s.Helper()
	w, err := catalog.NewWithdrawal("small", version, "2026-11-25", reason)
	if err != nil {
		s.Fatal(err)
	}
	return w
}

// withdrawal fails the test unless the release was withdrawn for that reason; for none where it is empty.
func (s *suite) withdrawal(b *Bundle, reason string) {
	s.Helper()
	w, err := s.target.Withdrawal(s.ctx, b.Manifest.Name, b.Manifest.Version)
	switch {
	case err != nil:
		s.Errorf("Withdrawal gives %v", err)
	case reason == "" && w != nil:
		s.Errorf("Withdrawal of what was not withdrawn gives %+v", *w)
	case reason != "" && (w == nil || w.Reason != reason || w.Version != b.Manifest.Version):
		s.Errorf("Withdrawal gives %+v, want the reason %q", w, reason)
	}
}

func (s *suite) withdrawNothing() {
	s.publish(s.small("1.0.0"))
	for _, version := range []string{"1.0.1", "2.0.0-rc.1"} {
		if _, err := s.target.Withdraw(s.ctx, s.newWithdrawal(version, "a leak")); !errors.Is(err, target.ErrNotFound) {
			s.Errorf("Withdraw of %s gives %v, want ErrNotFound", version, err)
		}
		if _, err := s.target.Withdrawal(s.ctx, "small", version); !errors.Is(err, target.ErrNotFound) {
			s.Errorf("Withdrawal of %s gives %v, want ErrNotFound", version, err)
		}
	}
	if _, err := s.target.Withdraw(s.ctx, catalog.Withdrawal{Name: "small", Version: "1.0.0"}); err == nil {
		s.Error("Withdraw takes a withdrawal without a reason")
	}
	s.published(s.small("1.0.0"))
}

// plan: what is said to be sent is what a draft misses, and saying it changes nothing.
func (s *suite) plan() {
	b := s.small("1.0.0")
	planned := func(resumes bool, want int) {
		s.Helper()
		p, err := s.target.Plan(s.ctx, b.Release)
		if err != nil || len(p.Send) != want || (p.Resumes != "") != resumes || p.Place == "" || len(p.Remarks) > 0 {
			s.Errorf("Plan gives %+v, %v, want %d files, resumed %v", p, err, want, resumes)
		}
	}
	planned(false, len(b.Files))
	s.invisible(b)
	d := s.draft(b)
	s.put(d, b, s.missing(d)[0])
	s.close(d)
	planned(true, len(b.Files)-1)
	s.publish(b)
	if _, err := s.target.Plan(s.ctx, b.Release); !errors.Is(err, target.ErrPublished) {
		s.Errorf("Plan of what is published gives %v", err)
	}
	other := NewBundle("small", "1.0.0", map[string][]byte{"train.parquet": []byte("other")})
	if _, err := s.target.Plan(s.ctx, other.Release); !errors.Is(err, target.ErrExists) {
		s.Errorf("Plan of other content gives %v", err)
	}
	s.published(b)
}
