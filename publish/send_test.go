package publish_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
	"github.com/bindery-data/bindery/publish/disk/disktest"
	"github.com/bindery-data/bindery/publish/target"
	"github.com/bindery-data/bindery/publish/target/dir"
	"github.com/bindery-data/bindery/publish/target/targettest"
)

// bundle writes a small bundle to a folder and returns both.
func bundle(t *testing.T) (*targettest.Bundle, string) {
	t.Helper()
	b := targettest.Small("small", "1.0.0")
	path := filepath.Join(t.TempDir(), "small-1.0.0")
	b.Write(t, path)
	return b, path
}

func TestSend(t *testing.T) {
	b, path := bundle(t)
	var to targettest.Memory
	var last publish.Event
	o := publish.SendOptions{Progress: func(e publish.Event) { last = e }}
	sent, err := publish.Send(t.Context(), path, &to, o)
	if err != nil {
		t.Fatal(err)
	}
	if sent.AlreadyPublished || sent.Files != len(b.Files) || sent.Manifest.Version != "1.0.0" || sent.Bytes == 0 {
		t.Errorf("result: %+v", sent)
	}
	if last.Phase != publish.PhasePublish || last.Done != last.Total || last.Total != sent.Bytes {
		t.Errorf("last event: %+v, and %d bytes were sent", last, sent.Bytes)
	}
	for _, f := range b.Files {
		r, err := to.Open(t.Context(), "small", "1.0.0", f.Name, 0)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(r); err != nil || string(text) != string(b.Text[f.Name]) {
			t.Errorf("%s was published as %q, %v", f.Name, text, err)
		}
	}
	sent, err = publish.Send(t.Context(), path, &to, o)
	if err != nil || !sent.AlreadyPublished || sent.Files != 0 {
		t.Errorf("publishing again: %+v, %v", sent, err)
	}
}

func TestSendRefusesWhatIsNotWhole(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, path string){
		"changed": func(t *testing.T, path string) { writeFile(t, path, "README.md", "#") },
		"missing": func(t *testing.T, path string) { removeFile(t, path, "test.parquet") },
		"extra":   func(t *testing.T, path string) { writeFile(t, path, "notes.txt", "") },
	} {
		t.Run(name, func(t *testing.T) {
			_, path := bundle(t)
			spoil(t, path)
			var to targettest.Memory
			_, err := publish.Send(t.Context(), path, &to, publish.SendOptions{})
			var verification *publish.VerificationError
			if !errors.As(err, &verification) || verification.Verification.OK() || !strings.Contains(err.Error(), "1 ") {
				t.Errorf("error = %v, want a VerificationError", err)
			}
			if _, err := to.Manifest(t.Context(), "small", "1.0.0"); !errors.Is(err, target.ErrNotFound) {
				t.Errorf("it was published: %v", err)
			}
		})
	}
	if _, err := publish.Send(t.Context(), t.TempDir(), new(targettest.Memory), publish.SendOptions{}); !errors.Is(err, catalog.ErrNotABundle) {
		t.Errorf("an empty folder: error = %v", err)
	}
}

func TestSendRefusesAPart(t *testing.T) {
	from := published(t)
	part := t.TempDir()
	got, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Splits: []string{"test"}, Dir: part})
	if err != nil {
		t.Fatal(err)
	}
	_, err = publish.Send(t.Context(), got.Path, new(targettest.Memory), publish.SendOptions{})
	var verification *publish.VerificationError
	if !errors.As(err, &verification) || !strings.Contains(err.Error(), "2 never fetched (train-00000-of-00002.parquet, ") {
		t.Errorf("error = %v", err)
	}
}

func TestSendOtherContent(t *testing.T) {
	_, path := bundle(t)
	var to targettest.Memory
	if _, err := publish.Send(t.Context(), path, &to, publish.SendOptions{}); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "other")
	targettest.NewBundle("small", "1.0.0", map[string][]byte{"train.parquet": []byte("other")}).Write(t, other)
	if _, err := publish.Send(t.Context(), other, &to, publish.SendOptions{}); !errors.Is(err, target.ErrExists) {
		t.Errorf("error = %v, want ErrExists", err)
	}
}

// What was changed at the target is neither "already published" nor a reason for a new version.
func TestSendToADamagedRelease(t *testing.T) {
	b, path := bundle(t)
	for name, text := range map[string][]byte{"changed": bytes.ToUpper(b.Text[big]), "gone": nil} {
		to := published(t)
		to.Change("small", "1.0.0", big, text)
		_, err := publish.Send(t.Context(), path, to, publish.SendOptions{})
		if !errors.Is(err, target.ErrDamaged) || !errors.Is(err, target.ErrMismatch) || errors.Is(err, target.ErrExists) {
			t.Errorf("%s: error = %v, want ErrDamaged", name, err)
		}
	}
}

// A target that does not serve what it took is found out.
func TestSendReadsBack(t *testing.T) {
	_, path := bundle(t)
	var to targettest.Memory
	_, err := publish.Send(t.Context(), path, forgetful{&to}, publish.SendOptions{})
	if !errors.Is(err, target.ErrMismatch) {
		t.Errorf("error = %v, want ErrMismatch", err)
	}
}

type forgetful struct{ *targettest.Memory }

func (forgetful) Manifest(context.Context, string, string) ([]byte, error) { return []byte("{}"), nil }

// A publication that is cancelled at any file leaves a draft that the next one carries on with.
func TestSendCarriesOn(t *testing.T) {
	b, path := bundle(t)
	for after := range len(b.Files) {
		var to targettest.Memory
		ctx, cancel := context.WithCancel(t.Context())
		_, err := publish.Send(ctx, path, &cancelling{Memory: &to, after: after, cancel: cancel}, publish.SendOptions{})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("cancelled after %d files: error = %v", after, err)
		}
		if _, err := to.Manifest(t.Context(), "small", "1.0.0"); !errors.Is(err, target.ErrNotFound) {
			t.Errorf("cancelled after %d files, it is visible: %v", after, err)
		}
		sent, err := publish.Send(t.Context(), path, &to, publish.SendOptions{})
		if err != nil || sent.Files != len(b.Files)-after {
			t.Errorf("after %d of %d files the next run sent %d, %v", after, len(b.Files), sent.Files, err)
		}
	}
}

// A cancelling target cancels a context when it has taken a number of files.
type cancelling struct {
	*targettest.Memory
	after  int
	cancel func()
}

func (c *cancelling) Draft(ctx context.Context, r target.Release) (target.Draft, error) {
	d, err := c.Memory.Draft(ctx, r)
	return &cancellingDraft{d, c}, err
}

type cancellingDraft struct {
	target.Draft
	target *cancelling
}

func (d *cancellingDraft) Put(ctx context.Context, f catalog.File, content target.Content) error {
	if d.target.after == 0 {
		d.target.cancel()
	}
	d.target.after--
	return d.Draft.Put(ctx, f, content)
}

// A target that reads a file twice does not make the progress exceed the whole.
func TestSendProgressOfASecondTry(t *testing.T) {
	_, path := bundle(t)
	var last publish.Event
	_, err := publish.Send(t.Context(), path, retrying{new(targettest.Memory)}, publish.SendOptions{Progress: func(e publish.Event) {
		if e.Done > e.Total {
			t.Errorf("%d of %d bytes are done", e.Done, e.Total)
		}
		last = e
	}})
	if err != nil || last.Done != last.Total {
		t.Errorf("last event: %+v, error %v", last, err)
	}
}

type retrying struct{ *targettest.Memory }

func (r retrying) Draft(ctx context.Context, release target.Release) (target.Draft, error) {
	d, err := r.Memory.Draft(ctx, release)
	return retryingDraft{d}, err
}

type retryingDraft struct{ target.Draft }

func (d retryingDraft) Put(ctx context.Context, f catalog.File, content target.Content) error {
	if err := target.Copy(ctx, io.Discard, f, content); err != nil {
		return err
	}
	return d.Draft.Put(ctx, f, content)
}

func TestSendWithEveryFault(t *testing.T) {
	b, path := bundle(t)
	disktest.Each(t, func(t *testing.T, fsys *disktest.FS) {
		releases := t.TempDir()
		release := filepath.Join(releases, "small", "1.0.0")
		_, err := publish.Send(t.Context(), path, dir.New(releases, dir.Options{FS: fsys}), publish.SendOptions{})
		_, statErr := os.Lstat(release)
		if err == nil && statErr != nil {
			t.Errorf("success without a release: %v", statErr)
		}
		if statErr == nil {
			if err := targettest.Compare(release, b.Text); err != nil {
				t.Errorf("half a release is visible: %v", err)
			}
		}
		if _, err := publish.Send(t.Context(), path, dir.New(releases, dir.Options{FS: new(disktest.FS)}), publish.SendOptions{}); err != nil {
			t.Fatalf("the next run: %v", err)
		}
		if err := targettest.Compare(release, b.Text); err != nil {
			t.Error(err)
		}
	})
}

func writeFile(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func removeFile(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}
