package publish

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/bindery-data/bindery/catalog"
)

type takesAll struct{}

func (takesAll) take(context.Context, *unit, *outcome) error { return nil }

// TestProcessorsChange makes a run while the number of processors changes, as it does of itself since Go 1.25 when a
// container's limit does: the run ends.
func TestProcessorsChange(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a.jsonl": "{\"text\":\"a\"}\n", "bindery.toml": `
[dataset]
name = "d"
title = "D"
version = "1.0.0"
date = 2026-11-25
license = "CC0-1.0"
[[splits]]
name = "train"
shards = ["a.jsonl"]
[fields.text]
type = "string"
`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	d, err := catalog.Load(dir, catalog.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlan(d, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	r := newRun(d, p, Options{})
	runtime.GOMAXPROCS(2)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := r.do(ctx, takesAll{}); err != nil {
		t.Errorf("the run does not end: %v", err)
	}
}
