package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// made is a result of three rounds, in the second of which the machine was busy.
func made(set, form string) *result {
	samples := func(times float64, walls ...float64) (list []sample) {
		for _, wall := range walls {
			list = append(list, sample{Wall: wall, CPU: 3 * times, Peak: int64(400e6 * times), Size: 90_000_000})
		}
		return list
	}
	return &result{
		Set: set, Form: form, Stored: 450_000_000, Records: 1_234_567,
		Where: place{
			Date: "2026-11-25", Bindery: "0123456789ab, go1.26.0", System: "linux/amd64", CPU: "Test CPU", Cores: 2, Size: 450,
			Peers: map[string]string{"Python": "3.12.1", "duckdb": "1.2.3"},
		},
		Tools: []toolResult{
			{Name: "build", Samples: samples(0.5, 1, 3.3, 1.2)},
			{Name: "check", Samples: []sample{{Wall: 0.6, CPU: 0.9, Peak: 100_000_000}}},
			{Name: "duckdb", Samples: samples(1, 2, 5, 2.1)},
			{Name: "duckdb-tuned", Samples: samples(0.8, 1.6, 4.8, 1.5)},
			{Name: "datasets", Cannot: "Error: a | b `c`\nd"},
			{Name: "build-1", Samples: samples(0.9, 2, 2, 2)},
			{Name: "polars-1", Samples: samples(1.6, 4, 4, 4)},
		},
	}
}

func TestTables(t *testing.T) {
	text, wide, compressed := made("text", "plain"), made("wide", "plain"), made("text", "gz")
	more := &larger{Set: "text", Times: 10, Sample: sample{Wall: 10, CPU: 15, Peak: 210_000_000, Size: 900_000_000}}
	alone := &larger{Set: "nested", Times: 2, Sample: sample{Wall: 2, CPU: 3, Peak: 220_000_000, Size: 180_000_000}}
	text.Others = 0.123
	more.Where, alone.Where = text.Where, text.Where
	alone.Where.Peers, alone.Where.Date = nil, "2026-11-26"
	wide.Tools = wide.Tools[:2]
	wide.Records = 0
	begin := &startup{Where: text.Where, Tools: []toolResult{{Name: "`bindery --help`", Samples: []sample{{Wall: 0.012, CPU: 0.01, Peak: 20_000_000}}}}}
	golden(t, "tables.md", tables(measured{[]*result{text, compressed, wide}, []*larger{more, alone}, begin}))
}

// golden compares with a file of testdata, which UPDATE_GOLDEN=1 rewrites.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", path, got, want)
	}
}

func TestReport(t *testing.T) {
	w := &workshop{dir: t.TempDir()}
	document := filepath.Join(w.dir, "README.md")
	if err := report(io.Discard, w.dir, ""); err == nil {
		t.Error("nothing was measured, and no error")
	}
	if err := w.keep(resultFile("text", "plain"), made("text", "plain")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(document, []byte("before\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := report(io.Discard, w.dir, document); err == nil {
		t.Error("a document without marks, and no error")
	}
	if err := os.WriteFile(document, []byte("before\n"+beginMark+"old\n"+endMark+"after\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := report(io.Discard, w.dir, document); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	want := "before\n" + beginMark + "\n" + tables(measured{results: []*result{made("text", "plain")}}) + "\n" + endMark + "after\n"
	if string(text) != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}

// TestReportOfOneKind holds a report to results that can be compared.
func TestReportOfOneKind(t *testing.T) {
	w := &workshop{dir: t.TempDir()}
	other := made("text", "gz")
	other.Where.Program = "another"
	alone := &larger{Set: "text", Times: 10, Where: made("text", "plain").Where}
	alone.Where.Peers = nil
	keep := func(name string, v any) {
		if err := w.keep(name, v); err != nil {
			t.Fatal(err)
		}
	}
	keep(resultFile("text", "plain"), made("text", "plain"))
	keep(largerFile("text"), alone)
	if err := report(io.Discard, w.dir, ""); err != nil {
		t.Error(err)
	}
	keep(resultFile("text", "gz"), other)
	if err := report(io.Discard, w.dir, ""); err == nil || !strings.Contains(err.Error(), "another") {
		t.Errorf("got %v", err)
	}
}

func TestMeasure(t *testing.T) {
	dir := t.TempDir()
	s, err := measure(t.Context(), dir, "go", "version")
	if err != nil || s.Wall <= 0 || s.CPU < 0 {
		t.Errorf("got %+v, %v", s, err)
	}
	_, err = measure(t.Context(), dir, "go", "no-such-command")
	var failed *runError
	if !errors.As(err, &failed) || !strings.Contains(failed.Error(), "no-such-command") || failed.cause() == "" {
		t.Errorf("got %v", err)
	}
}

func TestPlan(t *testing.T) {
	o := options{size: 1, rounds: 1, times: 1, sets: "wide,text", forms: "gz", tools: "check,polars-1"}
	p, err := o.plan()
	if err != nil || p.sets[0].name != "text" || len(p.sets) != 2 || len(p.forms) != 1 || len(p.tools) != 2 {
		t.Errorf("got %+v, %v", p, err)
	}
	if left := p.toolsFor(p.forms[0]); len(left) != 1 || left[0].name != "check" {
		t.Errorf("of gz, got %+v", left)
	}
	o.tools = "bindery"
	if _, err := o.plan(); err == nil || !strings.Contains(err.Error(), "duckdb-tuned") {
		t.Errorf("got %v", err)
	}
}

func TestLoad(t *testing.T) {
	var l load
	if l.share() != 0 {
		t.Errorf("of nothing, got %v", l.share())
	}
	l.add(processors{busy: 300, idle: 100}, 2) // 4 s in all, 3 s busy, 2 s of them our own
	l.add(processors{busy: 100, idle: 300}, 1.01)
	if got := l.share(); got != 0.125 {
		t.Errorf("got %v", got)
	}
}
