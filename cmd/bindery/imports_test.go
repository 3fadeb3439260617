package main

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/bindery-data/bindery"

// mayImport says, for every package of the module, which other packages of it its code may import: the
// direction that CONTRIBUTING.md draws. A package that is not listed may not exist.
var mayImport = map[string][]string{
	"schema/toml":                      {},
	"schema":                           {"schema/toml"},
	"catalog":                          {"schema", "schema/toml", "catalog/license", "catalog/hub"},
	"catalog/card":                     {"catalog", "catalog/citation", "catalog/hub", "catalog/yaml", "schema"},
	"catalog/citation":                 {"catalog", "catalog/yaml", "schema"},
	"catalog/croissant":                {"catalog", "catalog/citation", "schema"},
	"catalog/datapackage":              {"catalog", "schema"},
	"catalog/hub":                      {},
	"catalog/license":                  {"schema"},
	"catalog/yaml":                     {},
	"catalog/lint":                     {"catalog", "catalog/hub", "catalog/license", "schema", "schema/toml"},
	"publish/disk":                     {},
	"publish/disk/disktest":            {"publish/disk"},
	"publish/shard":                    {"schema", "publish/shard/inflate"},
	"publish/shard/inflate":            {},
	"publish/parquet":                  {"schema", "publish/parquet/zstd"},
	"publish/parquet/zstd":             {},
	"publish/stats":                    {"schema", "catalog"},
	"publish/target":                   {"catalog"},
	"publish/target/targettest":        {"catalog", "publish/target"},
	"publish/target/dir":               {"catalog", "publish/target", "publish/disk"},
	"publish/target/github":            {"catalog", "publish/target"},
	"publish/target/github/githubtest": {},
	"publish/bench":                    {"schema", "catalog"},
	"publish": {"schema", "schema/toml", "catalog", "catalog/card", "catalog/citation", "catalog/croissant",
		"catalog/datapackage", "catalog/license", "catalog/lint",
		"publish/disk", "publish/shard", "publish/parquet", "publish/stats", "publish/target"},
	"cmd/bindery": {"schema", "schema/toml", "catalog", "catalog/lint", "publish", "publish/disk", "publish/shard",
		"publish/target", "publish/target/dir", "publish/target/github"},
}

// fenced libraries are known to the package that is named alone, or to those that are.
var fenced = map[string]string{
	"github.com/BurntSushi/toml":                     "schema/toml",
	"github.com/spf13/cobra":                         "cmd/bindery",
	"github.com/gofrs/flock":                         "publish/disk",
	"github.com/apache/arrow/go/v17/parquet":         "publish/parquet",
	"github.com/apache/arrow/go/v17/parquet/pqarrow": "none: it brings grpc",
	"github.com/apache/arrow/go/v17/arrow/compute":   "none: it converts what the schema must refuse",
	"github.com/ulikunitz/xz":                        "publish/shard",
	"github.com/pierrec/lz4":                         "publish/shard",
	"github.com/andybalholm/brotli":                  "publish/shard",
	"github.com/zeebo/xxh3":                          "publish publish/stats",
	"golang.org/x/term":                              "cmd/bindery",
	"github.com/google/go-github/v62":                "publish/target/github",
	"github.com/getkin/kin-openapi":                  "publish/target/github/githubtest",
}

func TestImportsGoOneWay(t *testing.T) {
	seen := make(map[string]bool)
	eachImport(t, func(pkg, file, imported string) {
		seen[pkg] = true
		allowed, known := mayImport[pkg]
		if !known {
			t.Errorf("%s: package %s is in no room of the plan", file, pkg)
			return
		}
		if own, ok := strings.CutPrefix(imported, module+"/"); ok && !slices.Contains(allowed, own) {
			t.Errorf("%s: %s may not import %s", file, pkg, own)
		}
		for library, only := range fenced {
			if (imported == library || strings.HasPrefix(imported, library+"/")) && !slices.Contains(strings.Fields(only), pkg) {
				t.Errorf("%s: %s may not import %s, which is for %s", file, pkg, imported, only)
			}
		}
	})
	if len(seen) < 8 {
		t.Errorf("only %d packages were looked at: is the walk broken?", len(seen))
	}
}

// TestLibraryIsQuiet holds the library to printing nothing, leaving the process alone, and knowing of
// its surroundings only what it is told. Programs for those who work on it are no part of it.
func TestLibraryIsQuiet(t *testing.T) {
	eachFile(t, func(name string, file *ast.File) {
		if file.Name.Name != "main" {
			for _, use := range loudUses(file) {
				t.Errorf("%s: the library may not use %s", name, use)
			}
		}
	})
}

// TestLoudUsesAreSeen holds the test above to what it promises.
func TestLoudUsesAreSeen(t *testing.T) {
	for source, want := range map[string][]string{
		`import "os"; func f() { os.Exit(1) }`:                         {"os.Exit"},
		`import "os"; var home = os.Getenv("HOME")`:                    {"os.Getenv"},
		`import system "os"; var w = system.Stderr`:                    {"os.Stderr"},
		`import "fmt"; func f() { fmt.Println(fmt.Sprint(1)) }`:        {"fmt.Println"},
		`import "log/slog"; func f() { slog.Info("") }`:                {"log/slog"},
		`import . "fmt"; func f() { Println() }`:                       {"every name of fmt"},
		`import "os"; func f(os struct{ Exit func() }) { os.Exit() }`:  {"os.Exit"},
		`import "os"; func f() error { return os.Remove("a") }`:        nil,
		`func f(log interface{ Print() }) { log.Print(); println(1) }`: {"println"},
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "a.go", "package a; "+source, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := loudUses(file); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", source, got, want)
		}
	}
}

// loudNames are what the library may not use of a package; an empty list means the whole package.
var loudNames = map[string][]string{
	"fmt": {"Print", "Printf", "Println", "Scan", "Scanf", "Scanln"},
	"os": {"Exit", "Getenv", "Environ", "LookupEnv", "ExpandEnv", "Setenv", "Unsetenv", "Clearenv",
		"Stdin", "Stdout", "Stderr", "Args", "TempDir", "UserHomeDir", "UserCacheDir", "UserConfigDir"},
	"log": {}, "log/slog": {}, "flag": {}, "os/signal": {}, "os/exec": {},
}

// loudUses lists what a file uses of loudNames.
func loudUses(file *ast.File) []string {
	var uses []string
	forbidden := make(map[string]string)
	for _, spec := range file.Imports {
		imported := strings.Trim(spec.Path.Value, "`\"")
		names, loud := loudNames[imported]
		local := path.Base(imported)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		switch {
		case loud && len(names) == 0:
			uses = append(uses, imported)
		case loud && local == ".":
			uses = append(uses, "every name of "+imported)
		case loud:
			for _, name := range names {
				forbidden[local+"."+name] = imported + "." + name
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if of, ok := n.X.(*ast.Ident); ok && forbidden[of.Name+"."+n.Sel.Name] != "" {
				uses = append(uses, forbidden[of.Name+"."+n.Sel.Name])
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "print" || f.Name == "println") {
				uses = append(uses, f.Name)
			}
		}
		return true
	})
	return uses
}

// TestLibrariesAreListed compares CONTRIBUTING's table of libraries with what go.mod requires directly.
func TestLibrariesAreListed(t *testing.T) {
	read := func(name string, line *regexp.Regexp) []string {
		text, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, match := range line.FindAllStringSubmatch(string(text), -1) {
			found = append(found, strings.TrimPrefix(match[1], "github.com/"))
		}
		slices.Sort(found)
		return found
	}
	required := read("go.mod", regexp.MustCompile(`(?m)^\t(\S+) v\S+$`))
	listed := read("CONTRIBUTING.md", regexp.MustCompile(`(?m)^\| ([\w.-]+/[\w./-]+) \|`))
	if len(required) == 0 || !slices.Equal(required, listed) {
		t.Errorf("go.mod requires\n%q\nCONTRIBUTING.md lists\n%q", required, listed)
	}
}

// eachImport calls f for every import of every file of the module that is not a test's.
func eachImport(t *testing.T, f func(pkg, file, imported string)) {
	t.Helper()
	eachFile(t, func(name string, file *ast.File) {
		for _, spec := range file.Imports {
			f(path.Dir(name), name, strings.Trim(spec.Path.Value, "`\""))
		}
	})
}

// eachFile calls f for every file of the module that is not a test's.
func eachFile(t *testing.T, f func(name string, file *ast.File)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && name != root):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		if built, err := build.Default.MatchFile(filepath.Split(name)); err != nil || !built {
			return err // It is a generator's, or another system's.
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		f(filepath.ToSlash(rel), parsed)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
