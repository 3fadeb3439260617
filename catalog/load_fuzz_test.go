package catalog

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/bindery-data/bindery/schema/toml"
)

// memoryFiles has the same few files wherever it is asked.
type memoryFiles struct{ fstest.MapFS }

func (m memoryFiles) regular(name string) error {
	if strings.Contains(name, "missing") {
		return errors.New("does not exist")
	}
	return nil
}

func (m memoryFiles) read(string, int64) ([]byte, error) { return []byte("Words.\n"), nil }

func (m memoryFiles) glob(_, pattern string) ([]string, int, error) {
	return globFiles(m.MapFS, pattern)
}

func (m memoryFiles) identity(name string) (string, error) { return name, nil }

// FuzzDeclaration reads any bytes as a declaration: it ends in mistakes that lie inside the text, or in
// a declaration that is the same when it is read again.
func FuzzDeclaration(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte(least))
	for _, file := range []string{"testdata/mistakes.txtar", "../schema/testdata/mistakes.txtar"} {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range archive.Files {
			if strings.HasSuffix(part.Name, ".toml") {
				f.Add(part.Data)
			}
		}
	}
	if example, err := os.ReadFile("../cmd/bindery/example/bindery.toml"); err == nil {
		f.Add(example)
	}
	files := memoryFiles{fstest.MapFS{"data/a.jsonl": {}, "data/b.jsonl": {}, "data/sub/c.csv": {}, "more/e.parquet": {}}}
	load := func(text []byte) (*Declaration, error) {
		l := loader{dir: "/dataset", readable: readable, files: files}
		return l.load("bindery.toml", text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := load(text)
		again, errAgain := load(text)
		if !reflect.DeepEqual(d, again) || fmt.Sprint(err) != fmt.Sprint(errAgain) {
			t.Fatalf("read twice, it is\n%+v, %v\nand\n%+v, %v", d, err, again, errAgain)
		}
		if err != nil {
			checkPlaces(t, string(text), err)
			return
		}
		checkWhole(t, d)
	})
}

func checkPlaces(t *testing.T, text string, err error) {
	var mistakes *toml.Error
	if !errors.As(err, &mistakes) || len(mistakes.List) == 0 {
		t.Fatalf("the error is none of mistakes: %v", err)
	}
	lines := strings.Split(strings.TrimPrefix(text, "\uFEFF"), "\n")
	line, column := 1, 1
	for _, p := range mistakes.List {
		if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > len(lines[p.Line-1])+1 {
			t.Errorf("%d:%d is outside the text: %s", p.Line, p.Column, p.Message)
		}
		if p.Line < line || p.Line == line && p.Column < column {
			t.Errorf("%d:%d comes after %d:%d", p.Line, p.Column, line, column)
		}
		line, column = p.Line, p.Column
	}
}

// checkWhole holds a declaration without mistakes to what its readers rely on.
func checkWhole(t *testing.T, d *Declaration) {
	if len(d.Configs) == 0 {
		t.Error("there is no config")
	}
	for _, c := range d.Configs {
		if len(c.Schema.Fields) == 0 || len(c.Splits) == 0 {
			t.Errorf("the config %s is empty", c.Name)
		}
		c.Schema.Arrow()
		for id, field := range c.Schema.All() {
			if field.ID != id {
				t.Errorf("the field %s has the ID %d, not %d", field.Path, field.ID, id)
			}
		}
		for _, s := range c.Splits {
			if err := ValidName(DataFileName(c.Name, s.Name, 0, 1)); err != nil {
				t.Error(err)
			}
			if len(s.Shards) == 0 {
				t.Errorf("the split %s has no shards", s.Name)
			}
		}
	}
	if err := ValidName(FolderName(d.Dataset.Name, d.Dataset.Version)); err != nil {
		t.Error(err)
	}
}
