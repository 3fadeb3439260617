package shard

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"github.com/bindery-data/bindery/schema"
)

// shardSchema is a schema of the fields, in order.
func shardSchema(fields ...*schema.Field) *schema.Schema {
	s := &schema.Schema{Fields: fields, NullValues: []string{""}}
	s.Number()
	return s
}

func stringField(name string) *schema.Field { return &schema.Field{Name: name, Type: schema.String} }

// writeShard writes a shard and returns the spec that reads it.
func writeShard(t testing.TB, name string, content []byte) Spec {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
	return Spec{Path: path, Name: name}
}

// pack compresses text by the ending of a file's name; bzip2, which has no writer here, is in testdata.
func pack(t testing.TB, extension string, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch extension {
	case "":
		return text
	case ".gz":
		w = gzip.NewWriter(&b)
	case ".zst":
		w, err = zstd.NewWriter(&b)
	case ".xz":
		w, err = xz.WriterConfig{DictCap: 1 << 20, BlockSize: 1 << 16}.NewWriter(&b)
	default:
		t.Fatalf("no writer of %s", extension)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rawRecord returns a record as it came.
func rawRecord(t testing.TB, d Decoder, c *Chunk, o Origin) []byte {
	t.Helper()
	raw, err := d.Raw(c, o)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// A cutShard is what became of a shard: the texts of its chunks and the error that ended it.
type cutShard struct {
	texts   []string
	skipped int64
	used    int64
	err     error
}

// cutAll cuts a shard to its end, wanting want(i) of the i-th chunk.
func cutAll(t testing.TB, s *schema.Schema, spec Spec, l limits, want func(i int) int64) cutShard {
	t.Helper()
	splitter, err := open(context.Background(), s, spec, l)
	if err != nil {
		t.Fatal(err)
	}
	var out cutShard
	for i := 0; ; i++ {
		c, err := splitter.Next(context.Background(), want(i))
		if err != nil {
			out.err = err
			break
		}
		if err := c.load(); err != nil {
			t.Fatal(err)
		}
		if int64(len(c.text)) != c.Size || c.Size == 0 {
			t.Fatalf("chunk %d of size %d has %d bytes", i, c.Size, len(c.text))
		}
		out.texts = append(out.texts, string(c.text))
		out.skipped += c.SkippedLines
		out.used += c.Consumed
		c.Release()
	}
	if _, again := splitter.Next(context.Background(), 1); again != out.err {
		t.Fatalf("after %v, Next returns %v", out.err, again)
	}
	if err := splitter.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}

func always(want int64) func(int) int64 { return func(int) int64 { return want } }

// codes returns the codes of the damage that ended a shard, or "" at its end.
func codes(t testing.TB, err error) string {
	t.Helper()
	var d *Damage
	if errors.As(err, &d) {
		var all []string
		for _, f := range d.Findings {
			all = append(all, string(f.Code))
			if f.Message == "" {
				t.Errorf("finding without a message: %+v", f)
			}
		}
		return strings.Join(all, " ")
	}
	if err != io.EOF {
		t.Fatalf("the shard ended with %v", err)
	}
	return ""
}
