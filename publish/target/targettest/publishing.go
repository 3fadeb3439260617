package targettest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

func (s *suite) publishAndFetch() {
	b := s.small("1.0.0")
	s.publish(b)
	s.published(b)
	versions, err := s.target.Versions(s.ctx, "small")
	if err != nil || !slices.Equal(versions, []string{"1.0.0"}) {
		s.Errorf("Versions gives %v, %v", versions, err)
	}
}

func (s *suite) invisibleBeforeCommit() {
	b := s.small("1.0.0")
	s.invisible(b)
	d := s.draft(b)
	s.invisible(b)
	s.put(d, b, s.missing(d)...)
	s.invisible(b)
	s.close(d)
	s.invisible(b)
}

func (s *suite) incomplete() {
	b := s.small("1.0.0")
	d := s.draft(b)
	files := s.missing(d)
	s.put(d, b, files[1:]...)
	if err := d.Commit(s.ctx); !errors.Is(err, target.ErrIncomplete) {
		s.Errorf("Commit without %s gives %v, want ErrIncomplete", files[0], err)
	}
	s.invisible(b)
	s.finish(d, b)
	s.published(b)
}

func (s *suite) wrongContent() {
	b := s.small("1.0.0")
	d := s.draft(b)
	f, _ := b.File("README.md")
	right := b.Text["README.md"]
	wrong := append([]byte{right[0] ^ 1}, right[1:]...)
	for name, text := range map[string][]byte{
		"changed": wrong, "too short": right[:len(right)-1], "too long": append(slices.Clone(right), '\n'), "empty": nil,
	} {
		if err := d.Put(s.ctx, f, Bytes(text)); !errors.Is(err, target.ErrMismatch) {
			s.Errorf("Put of %s content gives %v, want ErrMismatch", name, err)
		}
	}
	if !slices.Contains(s.missing(d), "README.md") {
		s.Error("wrong content was stored")
	}
	s.finish(d, b)
	s.published(b)
}

func (s *suite) contentThatFails() {
	b := s.small("1.0.0")
	d := s.draft(b)
	f, _ := b.File("README.md")
	broken := errors.New("the disk broke")
	if err := d.Put(s.ctx, f, failing(b.Text["README.md"], broken)); !errors.Is(err, broken) {
		s.Errorf("Put of a content that fails gives %v", err)
	}
	if !slices.Contains(s.missing(d), "README.md") {
		s.Error("a content that failed was stored")
	}
	s.finish(d, b)
	s.published(b)
}

func (s *suite) fileOfNoRelease() {
	b := s.small("1.0.0")
	d := s.draft(b)
	for _, name := range []string{"other.txt", "../other.txt", ""} {
		text := []byte("text")
		if err := d.Put(s.ctx, catalog.Describe(name, catalog.RoleDocument, text), Bytes(text)); err == nil {
			s.Errorf("Put took %q, which is not of the release", name)
		}
	}
	text := []byte("other")
	if err := d.Put(s.ctx, catalog.Describe("README.md", catalog.RoleCard, text), Bytes(text)); err == nil {
		s.Error("Put took a README.md that is not the release's")
	}
	s.finish(d, b)
	s.published(b)
}

func (s *suite) carryOn() {
	b := s.small("1.0.0")
	d := s.draft(b)
	all := s.missing(d)
	if len(all) != len(b.Files) {
		s.Fatalf("a new draft lacks %v, want all files", all)
	}
	s.put(d, b, all[0], all[2])
	s.close(d)
	d = s.draft(b)
	if got, want := s.missing(d), slices.Delete(slices.Clone(all[1:]), 1, 2); !slices.Equal(got, want) {
		s.Errorf("the reopened draft lacks %v, want %v", got, want)
	}
	s.put(d, b, all[0]) // once more does no harm
	s.finish(d, b)
	s.published(b)
}

func (s *suite) publishAgain() {
	b := s.small("1.0.0")
	s.publish(b)
	if _, err := s.target.Draft(s.ctx, b.Release); !errors.Is(err, target.ErrPublished) {
		s.Errorf("Draft of what is published gives %v, want ErrPublished", err)
	}
	text := make(map[string][]byte) // the same files of the same sizes, and one letter is another
	for _, f := range b.Manifest.Files {
		text[f.Name] = bytes.ReplaceAll(b.Text[f.Name], []byte("train"), []byte("brain"))
	}
	delete(text, "README.md")
	for name, other := range map[string]*Bundle{
		"other files":           NewBundle("small", "1.0.0", map[string][]byte{"train.parquet": []byte("other")}),
		"files that are others": NewBundle("small", "1.0.0", text),
	} {
		if _, err := s.target.Draft(s.ctx, other.Release); !errors.Is(err, target.ErrExists) {
			s.Errorf("Draft of %s under a published version gives %v, want ErrExists", name, err)
		}
	}
	s.published(b)
}

func (s *suite) discard() {
	b := s.small("1.0.0")
	d := s.draft(b)
	s.put(d, b, s.missing(d)...)
	if err := d.Discard(s.ctx); err != nil {
		s.Fatalf("Discard: %v", err)
	}
	s.close(d)
	s.invisible(b)
	d = s.draft(b)
	if got := s.missing(d); len(got) != len(b.Files) {
		s.Errorf("after Discard the draft lacks %v alone", got)
	}
	s.finish(d, b)
	s.published(b)
}

// draftOfOtherContent: what somebody else left behind is replaced or refused, never mixed in.
func (s *suite) draftOfOtherContent() {
	left := NewBundle("small", "1.0.0", map[string][]byte{"train.parquet": []byte("other"), "more.parquet": []byte("more")})
	d := s.draft(left)
	s.put(d, left, s.missing(d)...)
	s.close(d)
	b := s.small("1.0.0")
	d, err := s.target.Draft(s.ctx, b.Release)
	if err != nil {
		s.Logf("the target refuses: %v", err)
		s.invisible(b)
		return
	}
	s.finish(d, b)
	s.published(b)
	s.notOpened("small", "1.0.0", "more.parquet")
}

// twoDrafts: of two publications at once, one may be sent away as busy; what is published is right.
func (s *suite) twoDrafts() {
	b := s.small("1.0.0")
	errs := make([]error, 3)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = send(s.ctx, s.target, b) })
	}
	wg.Wait()
	right := 0
	for _, err := range errs {
		switch {
		case err == nil || errors.Is(err, target.ErrPublished):
			right++
		case !errors.Is(err, target.ErrBusy):
			s.Errorf("one of several publications failed: %v", err)
		}
	}
	if right == 0 {
		s.Error("every publication was sent away as busy")
	}
	s.published(b)
}

// send publishes b without failing a test, for use in a goroutine.
func send(ctx context.Context, to target.Publisher, b *Bundle) (err error) {
	d, err := to.Draft(ctx, b.Release)
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

// twoVersions: drafts of different versions do not touch each other.
func (s *suite) twoVersions() {
	one, two := s.small("1.0.0"), s.small("2.0.0")
	first := s.draft(one)
	s.put(first, one, s.missing(first)[0])
	s.publish(two)
	s.finish(first, one)
	s.published(one)
	s.published(two)
}

func (s *suite) cancelled() {
	b := s.small("1.0.0")
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	wants := func(call string, err error) {
		s.Helper()
		if !errors.Is(err, context.Canceled) {
			s.Errorf("%s with a cancelled context gives %v, want context.Canceled", call, err)
		}
	}
	_, err := s.target.Draft(ctx, b.Release)
	wants("Draft", err)
	d := s.draft(b)
	files := s.missing(d)
	_, err = d.Missing(ctx)
	wants("Missing", err)
	f, _ := b.File(files[0])
	wants("Put", d.Put(ctx, f, b.Content(f.Name)))
	s.put(d, b, s.missing(d)...)
	wants("Commit", d.Commit(ctx))
	s.invisible(b)
	wants("Discard", d.Discard(ctx))
	s.finish(d, b)
	_, err = s.target.Manifest(ctx, "small", "1.0.0")
	wants("Manifest", err)
	_, err = s.target.Open(ctx, "small", "1.0.0", "README.md", 0)
	wants("Open", err)
	_, err = s.target.Versions(ctx, "small")
	wants("Versions", err)
	s.published(b)
}

func (s *suite) everyAllowedCharacter() {
	text := make(map[string][]byte)
	for _, name := range allowed {
		text[name] = []byte("content of " + name)
	}
	b := NewBundle("a-b_c.0", "1.0.0-rc.1-x", text)
	s.publish(b)
	s.published(b)
}

func (s *suite) brokenRelease() {
	for name, spoil := range map[string]func(*Bundle){
		"no manifest":           func(b *Bundle) { b.Manifest = nil },
		"a name that climbs":    func(b *Bundle) { b.Manifest.Name = "../small" },
		"a version that climbs": func(b *Bundle) { b.Manifest.Version = "../1.0.0" },
		"a file that climbs":    func(b *Bundle) { b.Files[0].Name = "../" + b.Files[0].Name },
		"a file too many":       func(b *Bundle) { b.Files = append(b.Files, catalog.Describe("z", catalog.RoleCard, nil)) },
		"a file too few":        func(b *Bundle) { b.Files = b.Files[1:] },
	} {
		b := s.small("1.0.0")
		spoil(b)
		if _, err := s.target.Draft(s.ctx, b.Release); err == nil {
			s.Errorf("Draft took a release with %s", name)
		}
	}
}
