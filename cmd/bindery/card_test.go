package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/catalog/card"
	"github.com/bindery-data/bindery/publish"
)

var update = flag.Bool("update", false, "rewrite the golden card of the example")

// TestExampleCard holds the example's card and its plots to files that were looked at.
func TestExampleCard(t *testing.T) {
	d, err := catalog.Load("example", catalog.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	built, err := publish.Build(t.Context(), d, publish.BuildOptions{Dir: t.TempDir(), Options: publish.Options{TempDir: t.TempDir()}})
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "example-card")
	var want, got []string
	for _, f := range built.Manifest.Files {
		if f.Role == catalog.RoleCard || strings.HasSuffix(f.Name, ".svg") {
			got = append(got, f.Name)
		}
	}
	if *update {
		if err := os.RemoveAll(golden); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(golden, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range got {
		text, err := os.ReadFile(filepath.Join(built.Path, name))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(golden, name)
		if *update {
			if err := os.WriteFile(path, text, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if expected, err := os.ReadFile(path); err != nil || string(expected) != string(text) {
			t.Errorf("%s is not %s (%v); go test ./cmd/bindery -run TestExampleCard -update rewrites it", name, path, err)
		}
	}
	entries, err := os.ReadDir(golden)
	for _, e := range entries {
		want = append(want, e.Name())
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("the files are\n%q\nwant\n%q, %v", got, want, err)
	}
}

// TestBrowserStays takes a browser that does not end for one that shows the page.
func TestBrowserStays(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it has no sleep")
	}
	defer func(was time.Duration) { browserTime = was }(browserTime)
	browserTime = 50 * time.Millisecond
	stays := exec.Command("sleep", "30")
	if err := start(t.Context(), stays); err != nil {
		t.Error(err)
	}
	if err := stays.Process.Kill(); err != nil {
		t.Errorf("it was ended: %v", err)
	}
	browserTime = time.Minute
	if err := start(t.Context(), exec.Command("false")); err == nil {
		t.Error("an opener that fails is not told")
	}
}

// TestRenderLongCell shows a cell as long as a declaration may be in a moment.
func TestRenderLongCell(t *testing.T) {
	long := "| a |\n| - |\n| " + strings.Repeat("word ", 100_000) + "|\n"
	start := time.Now()
	if got := renderCard([]byte(long), 80); strings.Count(got, "word") != 100_000 {
		t.Errorf("of 100,000 words %d are shown", strings.Count(got, "word"))
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestRenderNested shows what is nested deeper than the terminal is wide.
func TestRenderNested(t *testing.T) {
	for _, markdown := range []string{
		strings.Repeat("> ", 60) + "a\n" + strings.Repeat("> ", 60) + "\n" + strings.Repeat("> ", 60) + "***\n",
		strings.Repeat("- ", 60) + "a\n\n" + strings.Repeat("  ", 60) + "***\n",
	} {
		if got := renderCard([]byte(markdown), 80); !strings.Contains(got, "a") || !strings.Contains(got, "─") {
			t.Errorf("%q is shown as %q", markdown, got)
		}
	}
}

// TestRenderCard shows Markdown on terminals of several widths: what the text says is there, in lines that
// fit, and nothing that a terminal obeys.
func TestRenderCard(t *testing.T) {
	const markdown = "---\ntitle: x\n---\n# A *title*\n\nText with `code`, a [link](https://example.org/) and **much** more of it &amp; \\*stars\\*.\n\n" +
		"- one\n- two\n  1. three\n\n> quoted\n\n```\ncode \x1b[31m\n```\n\n![a plot](plot.svg)\n\n| a | b |\n| - | -: |\n| `x\\|y` | 12 |\n| long text that is to be broken | 3 |\n\n" +
		"<b>raw</b> \u202e日本語日本語日本語日本語\n\n---\n"
	for _, columns := range []int{20, 40, 100} {
		got := renderCard([]byte(markdown), columns)
		for _, line := range strings.Split(got, "\n") {
			if cells(line) > columns+8 {
				t.Errorf("%d columns in %d: %s", cells(line), columns, line)
			}
		}
		if strings.ContainsFunc(got, func(r rune) bool { return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) }) {
			t.Errorf("a terminal might obey %q", got)
		}
		flat := strings.Join(strings.Fields(got), " ")
		for _, want := range []string{"A title", "code,", "<https://example.org/>", "& *stars*", "• one", "1. three", "│ quoted", `\x1b[31m`, "▪ a plot", "x|y"} {
			if columns > 20 && !strings.Contains(flat, want) {
				t.Errorf("%q is not in\n%s", want, got)
			}
		}
		if strings.Contains(got, "title: x") {
			t.Errorf("the header is shown:\n%s", got)
		}
	}
}

// TestCardPage makes a page of a card with what must not run.
func TestCardPage(t *testing.T) {
	p := &publish.Preview{
		Card: &card.Card{
			Text:  []byte("# T\n\n<script>alert(1)</script>\n\n[x](javascript:alert(2)) <img src=x onerror=alert(3)>\n\n![p](plot.svg) ![far](http://evil.example/x.png)\n"),
			Plots: []card.Plot{{Name: "plot.svg", SVG: []byte("<svg/>")}},
		},
		Bundle: &catalog.Bundle{Manifest: &catalog.Manifest{Name: "x</title><script>", Version: "1.0.0"}},
	}
	page, err := cardPage(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "javascript:", "onerror"} {
		if strings.Contains(string(page), bad) {
			t.Errorf("the page has %s:\n%s", bad, page)
		}
	}
	for _, want := range []string{"default-src 'none'; img-src data:", `src="data:image/svg+xml;base64,PHN2Zy8+"`} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %s:\n%s", want, page)
		}
	}
}
