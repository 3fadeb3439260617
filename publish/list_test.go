package publish_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
	"github.com/bindery-data/bindery/publish/target"
	"github.com/bindery-data/bindery/publish/target/targettest"
)

// What was withdrawn is not fetched, and everybody learns why.
func TestGetWithdrawn(t *testing.T) {
	from := new(targettest.Memory)
	for _, version := range []string{"1.0.0", "1.1.0", "2.0.0-rc.1"} {
		release(t, from, targettest.Small("small", version))
	}
	withdraw := func(version string) {
		t.Helper()
		if _, err := from.Withdraw(t.Context(), withdrawal(t, version)); err != nil {
			t.Fatal(err)
		}
	}
	withdraw("1.1.0")
	_, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Version: "1.1.0", Dir: t.TempDir()})
	if !errors.Is(err, target.ErrWithdrawn) || !strings.Contains(err.Error(), `"a leak of 1.1.0"`) {
		t.Errorf("error = %v", err)
	}
	for _, want := range []string{"1.0.0", "2.0.0-rc.1"} {
		got, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Dir: t.TempDir()})
		if err != nil || got.Manifest.Version != want {
			t.Fatalf("the newest is %+v, %v, want %s", got.Manifest, err, want)
		}
		withdraw(want)
	}
	if _, err := publish.Get(t.Context(), from, publish.GetOptions{Name: "small", Dir: t.TempDir()}); !errors.Is(err, target.ErrWithdrawn) || !strings.Contains(err.Error(), "1.1.0") {
		t.Errorf("all withdrawn: error = %v", err)
	}
	_, path := bundle(t)
	if _, err := publish.Send(t.Context(), path, from, publish.SendOptions{}); !errors.Is(err, target.ErrWithdrawn) {
		t.Errorf("published again: error = %v", err)
	}
}

func TestList(t *testing.T) {
	from := new(targettest.Memory)
	for _, b := range []*targettest.Bundle{targettest.Small("small", "1.0.0"), targettest.Small("small", "1.10.0"), targettest.Small("other", "2.0.0")} {
		release(t, from, b)
	}
	if _, err := from.Withdraw(t.Context(), withdrawal(t, "1.0.0")); err != nil {
		t.Fatal(err)
	}
	from.Change("other", "2.0.0", "manifest.json", []byte("{"))
	got, err := publish.List(t.Context(), from, publish.ListOptions{})
	if err != nil || len(got) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	if l := got[0]; l.Name != "other" || !errors.Is(l.Problem, target.ErrDamaged) || l.Size() != 0 {
		t.Errorf("a damaged release: %+v", l)
	}
	if l := got[1]; l.Version != "1.10.0" || l.Manifest.License != "MIT" || l.Withdrawal != nil || l.Size() < 800 {
		t.Errorf("the newest: %+v", l)
	}
	if l := got[2]; l.Version != "1.0.0" || l.Withdrawal == nil || l.Withdrawal.Reason != "a leak of 1.0.0" {
		t.Errorf("the withdrawn: %+v", l)
	}
	if got, err = publish.List(t.Context(), from, publish.ListOptions{Name: "small"}); err != nil || len(got) != 2 {
		t.Errorf("one dataset: %+v, %v", got, err)
	}
	for version, want := range map[string]int{"1.0.0": 1, "3.0.0": 0} {
		got, err = publish.List(t.Context(), from, publish.ListOptions{Name: "small", Version: version})
		if err != nil || len(got) != want || want == 1 && got[0].Version != version {
			t.Errorf("version %s: %+v, %v", version, got, err)
		}
	}
}

func withdrawal(t *testing.T, version string) catalog.Withdrawal {
	t.Helper()
	w, err := catalog.NewWithdrawal("small", version, "2026-11-25", "a leak of "+version)
	if err != nil {
		t.Fatal(err)
	}
	return w
}
