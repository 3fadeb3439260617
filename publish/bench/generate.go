package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"
)

// shardCount is how many shards a set of one time the size has.
const shardCount = 8

// A form is one way in which the shards of a set are stored.
type form struct {
	name        string // in flags, tables and the names of declarations
	ending      string
	declaration string // the file in the set's folder
}

// forms are all forms, in the order of the tables.
var forms = []form{
	{"plain", ".jsonl", "bindery.toml"},
	{"zst", ".jsonl.zst", "bindery-zst.toml"},
	{"gz", ".jsonl.gz", "bindery-gz.toml"},
}

func formNames() []string {
	names := make([]string, len(forms))
	for i, f := range forms {
		names[i] = f.name
	}
	return names
}

// A recipe is what the data of a set is made from. The same recipe gives the same bytes, with one version
// of Go for text, which is Go's own source.
type recipe struct {
	Set    string `json:"set"`
	Bytes  int64  `json:"bytes"` // of JSON lines, in all shards together
	Shards int    `json:"shards"`
	Forms  string `json:"forms"` // with commas between
	Seed   uint64 `json:"seed"`
	Go     string `json:"go"`
	// Begin tells recipes apart whose generator or declaration differs: a digest of both's output.
	Begin string `json:"begin"`
}

// newRecipe is that of a set of so many bytes; or of a larger one that is plain alone, times as large in as
// many more shards.
func newRecipe(s set, c *corpus, bytes int64, times int, seed uint64) (recipe, error) {
	names := formNames()
	if times > 1 {
		names = names[:1]
	}
	r := recipe{s.name, bytes * int64(times), shardCount * times, strings.Join(names, ","), seed, runtime.Version(), ""}
	next, err := r.open(s, c, 0)
	if err != nil {
		return r, err
	}
	hash := sha256.New()
	hash.Write(declaration(s, forms[0]))
	var l line
	for range 100 {
		if err := next(&l); err != nil {
			return r, err
		}
	}
	hash.Write(l.b)
	r.Begin = hex.EncodeToString(hash.Sum(nil)[:8])
	return r, nil
}

// open begins a shard.
func (r recipe) open(s set, c *corpus, shard int) (source, error) {
	return s.open(opening{rand.New(rand.NewPCG(r.Seed, uint64(shard))), uint64(shard), c})
}

// recipeFile is the file of a set's folder that says what it was made from. It is written last.
const recipeFile = "recipe.json"

// makeSet fills the folder with the shards and declarations of a set, unless they are there.
func makeSet(ctx context.Context, dir string, s set, c *corpus, r recipe) error {
	if r.made(dir) {
		return nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "shards"), 0o777); err != nil {
		return err
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for shard := range r.Shards {
		group.Go(func() error { return makeShard(ctx, dir, s, c, r, shard) })
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("making the data of %s: %w", s.name, err)
	}
	for _, f := range r.forms() {
		if err := os.WriteFile(filepath.Join(dir, f.declaration), declaration(s, f), 0o666); err != nil {
			return err
		}
	}
	return r.write(dir)
}

func makeShard(ctx context.Context, dir string, s set, c *corpus, r recipe, shard int) error {
	next, err := r.open(s, c, shard)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "shards", fmt.Sprintf("%s-%05d-of-%05d", s.name, shard, r.Shards))
	return writeShard(ctx, path, r.forms(), next, r.Bytes/int64(r.Shards))
}

func (r recipe) forms() []form {
	var made []form
	for _, f := range forms {
		if slices.Contains(strings.Split(r.Forms, ","), f.name) {
			made = append(made, f)
		}
	}
	return made
}

// made reports whether the folder was filled by this recipe.
func (r recipe) made(dir string) bool {
	var other recipe
	text, err := os.ReadFile(filepath.Join(dir, recipeFile))
	return err == nil && json.Unmarshal(text, &other) == nil && other == r
}

func (r recipe) write(dir string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, recipeFile), append(text, '\n'), 0o666)
}

// writeShard writes records in each form until there are as many bytes of JSON lines.
func writeShard(ctx context.Context, path string, forms []form, next source, bytes int64) (err error) {
	out, err := openOutputs(path, forms)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	var l line
	for written := int64(0); written < bytes; written += int64(len(l.b)) {
		l.b = l.b[:0]
		if err := next(&l); err != nil {
			return err
		}
		l.b = append(l.b, '\n')
		if _, err := out.Write(l.b); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// outputs are the files of one shard in all forms. Close closes the last opened first.
type outputs struct {
	io.Writer
	closers []func() error
}

func openOutputs(path string, forms []form) (*outputs, error) {
	o := &outputs{}
	var to []io.Writer
	for _, f := range forms {
		w, err := o.open(path+f.ending, f.name)
		if err != nil {
			return nil, errors.Join(err, o.Close())
		}
		to = append(to, w)
	}
	o.Writer = io.MultiWriter(to...)
	return o, nil
}

func (o *outputs) open(path, form string) (io.Writer, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	buffered := bufio.NewWriterSize(file, 1<<20)
	o.closers = append(o.closers, file.Close, buffered.Flush)
	var w io.WriteCloser
	switch form {
	case "zst":
		w, err = zstd.NewWriter(buffered, zstd.WithEncoderConcurrency(1))
	case "gz":
		w, err = gzip.NewWriterLevel(buffered, gzip.DefaultCompression)
	default:
		return buffered, nil
	}
	if err != nil {
		return nil, err
	}
	// Compressors take records in larger pieces.
	pieces := bufio.NewWriterSize(w, 1<<16)
	o.closers = append(o.closers, w.Close, pieces.Flush)
	return pieces, nil
}

func (o *outputs) Close() error {
	var errs []error
	for i := len(o.closers) - 1; i >= 0; i-- {
		errs = append(errs, o.closers[i]())
	}
	o.closers = nil
	return errors.Join(errs...)
}
