package main

import (
	"context"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

const textFields = `
[schema]
primary_key = ["id"]

[fields.id]
type    = "string"
pattern = '^[0-9a-f]{16}$'

[fields.url]
type       = "string"
required   = true
format     = "uri"
max_length = 300

[fields.text]
type       = "string"
required   = true
min_length = 1
max_length = 1000000

[fields.license]
type     = "string"
required = true
enum     = ["BSD-3-Clause", "MIT", "Apache-2.0", "CC-BY-4.0", "CC0-1.0"]

[fields.language]
type     = "string"
required = true
enum     = ["assembly", "c", "go", "html", "markdown", "text"]

[fields.timestamp]
type     = "timestamp"
required = true
minimum  = 2010-01-01T00:00:00Z
maximum  = 2030-01-01T00:00:00Z

[fields.score]
type     = "float64"
required = true
minimum  = 0
maximum  = 1

[fields.tags]
type      = "list"
required  = true
max_items = 16
[fields.tags.items]
type       = "string"
required   = true
min_length = 1
max_length = 60

[fields.place]
type     = "struct"
required = true
[fields.place.fields.path]
type     = "string"
required = true
pattern  = '^(doc|src)/[^ ]+\.[a-z]+$'
[fields.place.fields.first_line]
type     = "int32"
required = true
minimum  = 1
[fields.place.fields.lines]
type     = "int32"
required = true
minimum  = 1
[fields.place.fields.draft]
type = "bool"
`

// languages are the files that documents are made of, by the endings of their names.
var languages = map[string]string{
	".s": "assembly", ".c": "c", ".h": "c", ".go": "go", ".html": "html", ".md": "markdown", ".txt": "text",
}

// A corpus is the source and documentation text that every machine with Go has: Go's own.
type corpus struct {
	root  string
	files []string // relative to root, in the order of their names
}

// openCorpus lists the files of the Go installation that text is made of.
func openCorpus(ctx context.Context) (*corpus, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("asking where Go's own source is: go env GOROOT: %w", err)
	}
	c := &corpus{root: strings.TrimSpace(string(out))}
	for _, folder := range []string{"doc", "src"} {
		if err := c.list(folder); err != nil {
			return nil, err
		}
	}
	if len(c.files) == 0 {
		return nil, fmt.Errorf("%s: no source text is there", c.root)
	}
	return c, nil
}

func (c *corpus) list(folder string) error {
	return filepath.WalkDir(filepath.Join(c.root, folder), func(name string, d fs.DirEntry, err error) error {
		switch {
		case os.IsNotExist(err):
			return nil // Packages of Go leave out doc.
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "testdata":
			return filepath.SkipDir
		case d.Type().IsRegular() && languages[filepath.Ext(name)] != "":
			return c.add(name, d)
		}
		return nil
	})
}

// add adds a file that is long, and not so long that it is a table.
func (c *corpus) add(name string, d fs.DirEntry) error {
	info, err := d.Info()
	if err != nil || info.Size() < 1<<10 || info.Size() > 1<<20 {
		return err
	}
	rel, err := filepath.Rel(c.root, name)
	c.files = append(c.files, filepath.ToSlash(rel))
	return err
}

// read returns a file's text; empty where it is not UTF-8.
func (c *corpus) read(name string) (string, error) {
	b, err := os.ReadFile(filepath.Join(c.root, filepath.FromSlash(name)))
	if err != nil || !utf8.Valid(b) {
		return "", err
	}
	return string(b), nil
}

// documents cuts the files of a corpus, in an order of its own, into runs of whole lines.
type documents struct {
	opening
	order []int  // the files still to come
	name  string // the file at hand
	rest  string
	line  int
	n     uint64
}

func openText(o opening) (source, error) {
	d := &documents{opening: o}
	return d.record, nil
}

// record writes a document. Its place is a fact; licence, time and score are drawn.
func (d *documents) record(l *line) error {
	text, first, err := d.cut()
	if err != nil {
		return err
	}
	lines := d.line - first
	d.n++
	l.open('{')
	l.key("id")
	l.digits("", scramble(recordNumber(d.shard, d.n)), 16, 16)
	l.key("url")
	l.text((&url.URL{Scheme: "https", Host: "example.org", Path: "/go/" + d.name, Fragment: fmt.Sprint("L", first)}).String())
	l.key("text")
	l.text(text)
	l.key("license")
	l.text(pick(d.random, []string{"BSD-3-Clause", "BSD-3-Clause", "MIT", "Apache-2.0", "CC-BY-4.0", "CC0-1.0"}))
	l.key("language")
	l.text(languages[filepath.Ext(d.name)])
	l.key("timestamp")
	l.instant(1_300_000_000 + d.random.Int64N(450_000_000))
	l.key("score")
	l.float(d.random.Float64())
	l.key("tags")
	l.open('[')
	elements := strings.Split(d.name, "/")
	for _, element := range elements[:len(elements)-1] {
		l.item()
		l.text(element)
	}
	l.close(']')
	l.key("place")
	d.place(l, first, lines)
	l.close('}')
	return nil
}

func (d *documents) place(l *line, first, lines int) {
	l.open('{')
	l.key("path")
	l.text(d.name)
	l.key("first_line")
	l.int(int64(first))
	l.key("lines")
	l.int(int64(lines))
	l.key("draft")
	if d.random.IntN(4) == 0 {
		l.null()
	} else {
		l.bool(d.random.IntN(2) == 0)
	}
	l.close('}')
}

// cut returns the next document and the number of its first line: most files are one document, and long
// ones are cut at lengths that are drawn.
func (d *documents) cut() (text string, first int, err error) {
	for d.rest == "" {
		if err := d.next(); err != nil {
			return "", 0, err
		}
	}
	first = d.line
	return d.take(200 + int(d.random.ExpFloat64()*100_000)), first, nil
}

// next begins the next file at a line that is drawn, so that hardly any two shards have the same document:
// published text is rid of those, and a dictionary of whole documents would make it small.
func (d *documents) next() (err error) {
	if len(d.order) == 0 {
		d.order = d.random.Perm(len(d.corpus.files))
	}
	d.name, d.line = d.corpus.files[d.order[0]], 1
	d.order = d.order[1:]
	if d.rest, err = d.corpus.read(d.name); err == nil {
		d.take(d.random.IntN(len(d.rest)/3 + 1))
	}
	return err
}

// take cuts n bytes off the rest, and what is needed to end with a line; but not much over 500,000.
func (d *documents) take(n int) string {
	end := min(n, 500_000, len(d.rest))
	if eol := strings.IndexByte(d.rest[end:], '\n'); eol >= 0 {
		end += eol + 1
	} else {
		end = len(d.rest)
	}
	text := d.rest[:end]
	d.rest = d.rest[end:]
	d.line += strings.Count(text, "\n")
	if !strings.HasSuffix(text, "\n") {
		d.line++
	}
	return text
}
