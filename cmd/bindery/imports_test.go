package main

import (
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/bindery-data/bindery"

// mayImport says, for every package of the module, which other packages of it its code may import: the
// direction that CONTRIBUTING.md draws. A package that is not listed may not exist.
var mayImport = map[string][]string{
	"schema/toml":               {},
	"schema":                    {"schema/toml"},
	"catalog":                   {"schema", "schema/toml", "catalog/license"},
	"catalog/card":              {"catalog", "schema"},
	"catalog/license":           {},
	"publish/disk":              {},
	"publish/disk/disktest":     {"publish/disk"},
	"publish/shard":             {"schema"},
	"publish/parquet":           {"schema"},
	"publish/target":            {"catalog"},
	"publish/target/targettest": {"catalog", "publish/target"},
	"publish/target/dir":        {"catalog", "publish/target", "publish/disk"},
	"publish": {"schema", "schema/toml", "catalog", "catalog/card", "catalog/license",
		"publish/disk", "publish/shard", "publish/parquet", "publish/target"},
	"cmd/bindery": {"schema", "schema/toml", "catalog", "publish", "publish/disk", "publish/shard",
		"publish/target", "publish/target/dir"},
}

// fenced libraries are known to one package alone.
var fenced = map[string]string{
	"github.com/BurntSushi/toml":                            "schema/toml",
	"github.com/spf13/cobra":                                "cmd/bindery",
	"github.com/gofrs/flock":                                "publish/disk",
	"github.com/apache/arrow/go/v17/parquet/pqarrow":        "none: it brings grpc",
	"github.com/apache/arrow/go/v17/parquet/internal/utils": "none",
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
			if (imported == library || strings.HasPrefix(imported, library+"/")) && pkg != only {
				t.Errorf("%s: %s may not import %s, which is for %s", file, pkg, imported, only)
			}
		}
	})
	if len(seen) < 8 {
		t.Errorf("only %d packages were looked at: is the walk broken?", len(seen))
	}
}

// TestLibraryIsQuiet holds the library to printing nothing and leaving the process alone.
func TestLibraryIsQuiet(t *testing.T) {
	forbidden := []string{"log", "log/slog", "flag", "os/signal"}
	eachImport(t, func(pkg, file, imported string) {
		if pkg != "cmd/bindery" && slices.Contains(forbidden, imported) {
			t.Errorf("%s: the library may not import %s", file, imported)
		}
	})
}

// eachImport calls f for every import of every file of the module that is not a test's.
func eachImport(t *testing.T, f func(pkg, file, imported string)) {
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
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			f(path.Dir(rel), rel, imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
