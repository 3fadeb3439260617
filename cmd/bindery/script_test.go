package main

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bindery-data/bindery/publish/target/github/githubtest"
)

// runMain makes the test binary behave as the program, for tests that start and kill it.
const runMain = "BINDERY_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"bindery": main})
}

// TestScripts runs the program as a user would: each script names what it guards.
func TestScripts(t *testing.T) {
	example, err := filepath.Abs("example")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			s, err := githubtest.Start(githubtest.Options{})
			if err != nil {
				return err
			}
			e.Defer(func() {
				s.Close()
				for _, p := range s.Problems {
					t.Error(p)
				}
			})
			e.Setenv("GITHUB", s.API)
			e.Setenv("TOKEN", githubtest.Token)
			e.Setenv("READ_TOKEN", githubtest.ReadToken)
			return os.CopyFS(filepath.Join(e.WorkDir, "example"), exampleFiles{os.DirFS(example)})
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"gzip":      gzipFile,
			"checksums": checkSums,
			"same":      sameFiles,
			"bytes":     writeBytes,
			"cut":       cutFile,
			"code":      exitsWith,
			"oneobject": hasOneObject,
			"hosts":     writeHosts,
		},
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
	})
}

// gzipFile compresses a file: gzip FILE makes FILE.gz and removes FILE.
func gzipFile(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		content := ts.ReadFile(name)
		f, err := os.Create(ts.MkAbs(name + ".gz"))
		ts.Check(err)
		z := gzip.NewWriter(f)
		_, err = z.Write([]byte(content))
		ts.Check(err)
		ts.Check(z.Close())
		ts.Check(f.Close())
		ts.Check(os.Remove(ts.MkAbs(name)))
	}
}

// writeBytes writes a file whose content cannot stand in a script: bytes FILE TEXT, where \n is a line
// feed, \r a carriage return and \xHH a byte.
func writeBytes(ts *testscript.TestScript, _ bool, args []string) {
	content := regexp.MustCompile(`\\(n|r|x[0-9a-f]{2})`).ReplaceAllStringFunc(args[1], func(escape string) string {
		text, err := strconv.Unquote(`"` + escape + `"`)
		ts.Check(err)
		return text
	})
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(content), 0o666))
}

// exitsWith runs the program and compares its exit code: code N bindery ARG...
func exitsWith(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s: %v", code, args[0], err)
	}
}

// writeHosts writes what gh auth login does, for the GitHub in memory: hosts FILE.
func writeHosts(ts *testscript.TestScript, _ bool, args []string) {
	at, err := url.Parse(ts.Getenv("GITHUB"))
	ts.Check(err)
	text := fmt.Sprintf("github.com:\n    user: octocat\n%s:\n    git_protocol: https\n    oauth_token: %s\n    user: octocat\n", at.Host, ts.Getenv("TOKEN"))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// hasOneObject fails unless a file is one JSON object with just these keys: oneobject FILE KEY...
func hasOneObject(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		ts.Fatalf("%s: %v:\n%s", args[0], err, text)
	}
	if got, want := slices.Sorted(maps.Keys(object)), slices.Sorted(slices.Values(args[1:])); !slices.Equal(got, want) {
		ts.Fatalf("%s has the keys %q, want %q", args[0], got, want)
	}
}

// cutFile keeps the first bytes of a file: cut FILE N.
func cutFile(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

// checkSums does what sha256sum -c does, in a folder: every line of SHA256SUMS holds, and every file
// is in it.
func checkSums(ts *testscript.TestScript, neg bool, args []string) {
	err := checkSumsIn(ts.MkAbs(args[0]))
	if neg == (err == nil) {
		ts.Fatalf("checksums of %s: %v", args[0], err)
	}
}

func checkSumsIn(dir string) error {
	f, err := os.Open(filepath.Join(dir, "SHA256SUMS"))
	if err != nil {
		return err
	}
	defer f.Close()
	listed := map[string]bool{"SHA256SUMS": true}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		want, name, ok := strings.Cut(lines.Text(), "  ")
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if sum := sha256.Sum256(content); !ok || hex.EncodeToString(sum[:]) != want {
			return fmt.Errorf("%s differs", name)
		}
		listed[name] = true
	}
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if !listed[e.Name()] {
			return fmt.Errorf("%s is not listed", e.Name())
		}
	}
	return err
}

// sameFiles compares two folders, every file.
func sameFiles(ts *testscript.TestScript, neg bool, args []string) {
	a, b := treeDigest(ts.MkAbs(args[0])), treeDigest(ts.MkAbs(args[1]))
	if (a == b) == neg {
		ts.Fatalf("%s:\n%s\n%s:\n%s", args[0], a, args[1], b)
	}
}

// treeDigest lists every file of a folder with its digest.
func treeDigest(dir string) string {
	var b strings.Builder
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(content), filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		return err.Error()
	}
	return b.String()
}
