package publish_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
	"github.com/bindery-data/bindery/publish/disk/disktest"
)

// A project is a folder with a declaration and shards.
type project struct {
	t   *testing.T
	dir string
}

func newProject(t *testing.T, declaration string, shards map[string]string) project {
	t.Helper()
	p := project{t, t.TempDir()}
	p.write("bindery.toml", declaration)
	for name, content := range shards {
		p.write(name, content)
	}
	return p
}

func (p project) write(name, content string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		p.t.Fatal(err)
	}
}

func (p project) load() *catalog.Declaration {
	p.t.Helper()
	d, err := catalog.Load(p.dir, catalog.LoadOptions{})
	if err != nil {
		p.t.Fatal(err)
	}
	return d
}

// build builds into a new folder and returns it.
func (p project) build(jobs int) *publish.Built {
	p.t.Helper()
	built, err := publish.Build(context.Background(), p.load(), publish.BuildOptions{
		Options: publish.Options{Jobs: jobs}, Dir: p.t.TempDir(),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return built
}

const header = `
[dataset]
name = "small"
title = "Small"
version = "1.0.0"
date = 2026-11-23
license = "CC0-1.0"
[schema]
primary_key = ["id"]
[fields.id]
type = "int64"
[fields.text]
type = "string"
max_length = 4000
[fields.tags]
type = "list"
[fields.tags.items]
type = "string"
`

// records returns n lines of JSON with ids from first on.
func records(first, n int) string {
	var b strings.Builder
	for i := first; i < first+n; i++ {
		fmt.Fprintf(&b, `{"id":%d,"text":%q,"tags":["a%d",null]}`+"\n", i, strings.Repeat(fmt.Sprint(i*7919)+" ", i%50), i%7)
	}
	return b.String()
}

func gzipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		panic(err)
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

func zstded(text string) string {
	e, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err)
	}
	return string(e.EncodeAll([]byte(text), nil))
}

// digests returns the data files of a bundle with their digests.
func digests(m *catalog.Manifest) string {
	var b strings.Builder
	for _, f := range m.Files {
		if f.Role == catalog.RoleData {
			fmt.Fprintf(&b, "%s %d %s\n", f.Name, f.Records, f.SHA256)
		}
	}
	return b.String()
}

// TestSameBytes holds a build to promise 2: the number of jobs and the compression of the shards change
// nothing.
func TestSameBytes(t *testing.T) {
	one, two, small := records(0, 3000), records(3000, 2000), records(5000, 3)
	declare := func(ending string) string {
		return header + `
[[splits]]
name = "train"
shards = ["a.jsonl` + ending + `", "b.jsonl` + ending + `", "c.jsonl` + ending + `"]
[build]
unit_size = "64KiB"
file_size = "1MiB"
`
	}
	plain := newProject(t, declare(""), map[string]string{"a.jsonl": one, "b.jsonl": two, "c.jsonl": small})
	gz := newProject(t, declare(".gz"), map[string]string{"a.jsonl.gz": gzipped(one), "b.jsonl.gz": gzipped(two), "c.jsonl.gz": gzipped(small)})
	zst := newProject(t, declare(".zst"), map[string]string{"a.jsonl.zst": zstded(one), "b.jsonl.zst": zstded(two), "c.jsonl.zst": zstded(small)})
	want := digests(plain.build(1).Manifest)
	if strings.Count(want, "\n") == 0 {
		t.Fatal("no data files")
	}
	for _, p := range []project{plain, gz, zst} {
		for _, jobs := range []int{1, 2, 8} {
			if got := digests(p.build(jobs).Manifest); got != want {
				t.Errorf("jobs %d of %s gave\n%swant\n%s", jobs, p.load().Configs[0].Splits[0].Shards[0], got, want)
			}
		}
	}
}

// TestBuildFailsWhole holds a build to promise 1: whichever write, sync, close or rename fails, there
// is an error and no bundle, or the bundle of before; and the next build succeeds.
func TestBuildFailsWhole(t *testing.T) {
	p := newProject(t, header+`
[[splits]]
name = "train"
shards = ["a.jsonl"]
[build]
unit_size = "64KiB"
file_size = "1MiB"
on_invalid = "quarantine"
max_invalid = 0.5
`, map[string]string{"a.jsonl": records(0, 250) + "{\n" + records(0, 1)})
	want := p.build(2)
	for _, before := range []bool{false, true} {
		t.Run(fmt.Sprintf("before=%t", before), func(t *testing.T) {
			disktest.Each(t, func(t *testing.T, fsys *disktest.FS) {
				dir := t.TempDir()
				o := publish.BuildOptions{Dir: dir, Options: publish.Options{Jobs: 2}}
				if before {
					o.FS = &disktest.FS{}
					if _, err := publish.Build(context.Background(), p.load(), o); err != nil {
						t.Fatal(err)
					}
				}
				o.FS = fsys
				_, err := publish.Build(context.Background(), p.load(), o)
				if (err != nil) != (fsys.Failed() != "") {
					t.Errorf("a failing %q gave the error %v", fsys.Failed(), err)
				}
				bundle := filepath.Join(dir, "small-1.0.0")
				if _, statErr := os.Lstat(bundle); statErr == nil {
					v, err := catalog.Verify(context.Background(), bundle, catalog.VerifyOptions{})
					if err != nil || !v.Whole() {
						t.Errorf("after a failing %q the bundle is not whole: %v", fsys.Failed(), err)
					}
				} else if before && fsys.Failed() == "" {
					t.Error(statErr)
				}
				o.FS = &disktest.FS{}
				built, err := publish.Build(context.Background(), p.load(), o)
				if err != nil {
					t.Fatalf("the build after a failing %q: %v", fsys.Failed(), err)
				}
				if got := digests(built.Manifest); got != digests(want.Manifest) {
					t.Errorf("the build after a failing %q made other bytes:\n%s", fsys.Failed(), got)
				}
			})
		})
	}
}

// TestFindingsStopABuild holds a build without quarantine to writing nothing when anything is wrong.
func TestFindingsStopABuild(t *testing.T) {
	p := newProject(t, header+`
[[splits]]
name = "train"
shards = ["a.jsonl"]
`, map[string]string{"a.jsonl": records(0, 10) + records(3, 1)})
	dir := t.TempDir()
	_, err := publish.Build(context.Background(), p.load(), publish.BuildOptions{Dir: dir})
	var invalid *publish.InvalidError
	if !errors.As(err, &invalid) {
		t.Fatalf("error = %v, want an InvalidError", err)
	}
	if f := invalid.Report.Findings; len(f) != 1 || f[0].Line != 11 || f[0].First.Line != 4 {
		t.Errorf("findings = %+v", f)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// TestQuarantine holds a quarantining build to losing nothing: read = written + quarantined, and the
// records are kept byte for byte.
func TestQuarantine(t *testing.T) {
	bad := "{\"id\": 7,\t\"text\":\"seven again\",\"tags\":null}"
	broken := "{\"id\":\xff"
	p := newProject(t, header+`
[[splits]]
name = "train"
shards = ["a.jsonl"]
[build]
on_invalid = "quarantine"
max_invalid = 0.5
`, map[string]string{"a.jsonl": records(0, 10) + bad + "\n" + broken + "\n" + records(10, 1)})
	built := p.build(0)
	c := built.Manifest.Splits[0]
	if c.Read != 13 || c.Written != 11 || c.Quarantined != 2 {
		t.Errorf("counts = %+v", c)
	}
	text, err := os.ReadFile(built.Quarantine)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(lines) != 2 {
		t.Fatalf("quarantine file:\n%s", text)
	}
	for i, want := range []publish.Quarantined{{Record: bad}, {RecordBase64: []byte(broken)}} {
		got := decodeQuarantined(t, lines[i])
		if got.Record != want.Record || !bytes.Equal(got.RecordBase64, want.RecordBase64) || got.Line != int64(11+i) || len(got.Findings) == 0 {
			t.Errorf("record %d = %+v", i, got)
		}
	}
}

func decodeQuarantined(t *testing.T, line string) publish.Quarantined {
	t.Helper()
	var q publish.Quarantined
	if err := json.Unmarshal([]byte(line), &q); err != nil {
		t.Fatalf("%v in %s", err, line)
	}
	return q
}
