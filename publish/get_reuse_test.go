package publish_test

import (
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/publish"
	"github.com/bindery-data/bindery/publish/target/targettest"
)

// Files that another version's folder has are not fetched, whatever they are called; those that were changed
// there are.
func TestGetReuses(t *testing.T) {
	same := strings.Repeat("the same in both\n", 1000)
	one := targettest.NewBundle("small", "1.0.0", map[string][]byte{"train-a": []byte(same), "train-b": []byte("one"), "test-a": []byte("changed by a person")})
	two := targettest.NewBundle("small", "2.0.0", map[string][]byte{"train-c": []byte(same), "train-b": []byte("two"), "test-a": []byte("changed by a person")})
	from, dir := &source{Memory: new(targettest.Memory)}, t.TempDir()
	release(t, from.Memory, one)
	release(t, from.Memory, two)
	if _, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Version: "1.0.0", Dir: dir}); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "small-1.0.0"), "test-a", "CHANGED by a person")
	writeFile(t, dir, "small-0.5.0", "no folder")
	if err := targettest.Compare(filepath.Join(dir, "small-1.0.0"), one.Text); err == nil {
		t.Fatal("nothing was changed")
	}
	from.opened = nil
	var last publish.Event
	got, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Dir: dir, Progress: func(e publish.Event) { last = e }})
	if err != nil {
		t.Fatal(err)
	}
	if err := targettest.Compare(got.Path, two.Text); err != nil {
		t.Error(err)
	}
	for _, file := range from.opened {
		if file == "train-c" {
			t.Error("what was there was fetched")
		}
	}
	if got.Reused != int64(len(same)) || got.Bytes != int64(len("two")+len("changed by a person")+len(two.Text["README.md"])) {
		t.Errorf("%d bytes were reused, %d fetched", got.Reused, got.Bytes)
	}
	if last.Done != last.Total {
		t.Errorf("the last event is %+v", last)
	}
	// They are files of their own: what a person does to one folder does not change the other.
	writeFile(t, filepath.Join(dir, "small-1.0.0"), "train-a", "mine")
	if err := targettest.Compare(got.Path, two.Text); err != nil {
		t.Error(err)
	}
}

// A file of another version that was changed there takes nothing away of what an interrupted run fetched.
func TestGetResumesBesideAChangedFile(t *testing.T) {
	text := map[string][]byte{"train-a": []byte(strings.Repeat("the same in both\n", 100))}
	one, two := targettest.NewBundle("small", "1.0.0", text), targettest.NewBundle("small", "2.0.0", text)
	from, dir := &source{Memory: new(targettest.Memory)}, t.TempDir()
	release(t, from.Memory, one)
	release(t, from.Memory, two)
	if _, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Version: "1.0.0", Dir: dir}); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "small-1.0.0"), "train-a", strings.Repeat("x", len(text["train-a"])))
	from.serve = only("train-a", func(_ int64, r io.Reader) io.Reader { return io.MultiReader(io.LimitReader(r, 100), broken{}) })
	if _, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Dir: dir}); !errors.Is(err, errBroken) {
		t.Fatalf("error = %v", err)
	}
	begun := int64(-1)
	from.serve = only("train-a", func(offset int64, r io.Reader) io.Reader {
		begun = offset
		return r
	})
	got, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if begun != 100 {
		t.Errorf("the file was carried on with at byte %d", begun)
	}
	if err := targettest.Compare(got.Path, two.Text); err != nil {
		t.Error(err)
	}
}
