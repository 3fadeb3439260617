package dir_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/disk/disktest"
	"github.com/bindery-data/bindery/publish/target"
	"github.com/bindery-data/bindery/publish/target/dir"
	"github.com/bindery-data/bindery/publish/target/targettest"
)

// Whatever step of a withdrawal fails: no file goes before WITHDRAWN.json is there, whole, and the next run
// ends with the manifest and the reason alone.
func TestWithdrawWithEveryFault(t *testing.T) {
	b := targettest.Small("small", "1.0.0")
	w, err := catalog.NewWithdrawal("small", "1.0.0", "2026-11-25", "a leak")
	if err != nil {
		t.Fatal(err)
	}
	left := map[string][]byte{catalog.ManifestName: b.Text[catalog.ManifestName], catalog.WithdrawalName: w.Marshal()}
	disktest.Each(t, func(t *testing.T, fsys *disktest.FS) {
		releases := t.TempDir()
		folder := filepath.Join(releases, "small", "1.0.0")
		b.Write(t, folder)
		if _, err := dir.New(releases, dir.Options{FS: fsys}).Withdraw(t.Context(), w); (err != nil) != (fsys.Failed() != "") {
			t.Errorf("a failing %q gave the error %v", fsys.Failed(), err)
		}
		text, err := os.ReadFile(filepath.Join(folder, catalog.WithdrawalName))
		if err == nil && string(text) != string(w.Marshal()) {
			t.Errorf("half a mark is there: %q", text)
		}
		for name := range b.Text {
			if _, gone := os.Stat(filepath.Join(folder, name)); gone != nil && err != nil {
				t.Errorf("%s is gone, and nothing says why", name)
			}
		}
		to := dir.New(releases, dir.Options{FS: new(disktest.FS)})
		if _, err := to.Withdraw(t.Context(), w); err != nil {
			t.Fatalf("the next run: %v", err)
		}
		if err := targettest.Compare(folder, left); err != nil {
			t.Error(err)
		}
		if _, err := to.Draft(t.Context(), b.Release); !errors.Is(err, target.ErrWithdrawn) {
			t.Errorf("published again: %v", err)
		}
	})
}

// A mark that cannot be read keeps the release back, and a new one takes its place.
func TestWithdrawnIsDamaged(t *testing.T) {
	b := targettest.Small("small", "1.0.0")
	releases := t.TempDir()
	folder := filepath.Join(releases, "small", "1.0.0")
	b.Write(t, folder)
	if err := os.WriteFile(filepath.Join(folder, catalog.WithdrawalName), []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	to := dir.New(releases, dir.Options{FS: new(disktest.FS)})
	if _, err := to.Withdrawal(t.Context(), "small", "1.0.0"); !errors.Is(err, target.ErrDamaged) {
		t.Errorf("error = %v, want ErrDamaged", err)
	}
	if _, err := to.Draft(t.Context(), b.Release); !errors.Is(err, target.ErrDamaged) {
		t.Errorf("Draft: error = %v, want ErrDamaged", err)
	}
	w, err := catalog.NewWithdrawal("small", "1.0.0", "2026-11-25", "a leak")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.Withdraw(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if got, err := to.Withdrawal(t.Context(), "small", "1.0.0"); err != nil || got.Reason != "a leak" {
		t.Errorf("%+v, %v", got, err)
	}
}
