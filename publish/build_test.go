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
	"runtime"
	"strings"
	"testing"
	"time"

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

// digests returns the data files of a bundle, and what is measured of them, with their digests.
func digests(m *catalog.Manifest) string {
	var b strings.Builder
	for _, f := range m.Files {
		if f.Role == catalog.RoleData || f.Name == catalog.StatisticsName {
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

// TestSameBytesOfOneUnit has a single unit, whose pages all workers compress.
func TestSameBytesOfOneUnit(t *testing.T) {
	p := newProject(t, header+`
[[splits]]
name = "train"
shards = ["a.jsonl"]
`, map[string]string{"a.jsonl": records(0, 30_000)})
	want := digests(p.build(1).Manifest)
	for _, jobs := range []int{2, 8} {
		if got := digests(p.build(jobs).Manifest); got != want {
			t.Errorf("jobs %d gave\n%swant\n%s", jobs, got, want)
		}
	}
}

// TestReturnMemory waits for the two collections of garbage by which a build gives memory back, and which come of nothing else.
func TestReturnMemory(t *testing.T) {
	p := newProject(t, header+`
[[splits]]
name = "train"
shards = ["a.jsonl"]
`, map[string]string{"a.jsonl": records(0, 3000)})
	forced := func() uint32 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.NumForcedGC
	}
	before := forced()
	p.build(0)
	if forced() != before {
		t.Error("a build gave memory back that was not told to")
	}
	if _, err := publish.Build(context.Background(), p.load(), publish.BuildOptions{Dir: t.TempDir(), ReturnMemory: true}); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); forced() < before+2; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no memory was given back")
		}
	}
}

// TestSameBatches holds the cuts within a unit that grows when decoded to the unit alone: records that
// leave most fields out fill several batches, and which worker took them must not show.
func TestSameBatches(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some hundred megabytes of columns")
	}
	var declaration, shard strings.Builder
	declaration.WriteString(header)
	for i := range 60 {
		fmt.Fprintf(&declaration, "[fields.f%d]\ntype = \"int64\"\n", i)
	}
	declaration.WriteString("[[splits]]\nname = \"train\"\nshards = [\"a.jsonl\"]\n[build]\nunit_size = \"3MiB\"\n")
	for i := range 700_000 {
		fmt.Fprintf(&shard, "{\"id\":%d}\n", i)
	}
	p := newProject(t, declaration.String(), map[string]string{"a.jsonl": shard.String()})
	want := digests(p.build(1).Manifest)
	for _, jobs := range []int{2, 4} {
		if got := digests(p.build(jobs).Manifest); got != want {
			t.Errorf("jobs %d gave\n%swant\n%s", jobs, got, want)
		}
	}
}

// TestBuildFailsWhole holds a build to promise 1: whichever write, sync, close or rename fails, there is
// an error, and what stands under the bundle's name is what stood there before; and the next build
// succeeds.
func TestBuildFailsWhole(t *testing.T) {
	declaration := header + `
[[splits]]
name = "train"
shards = ["a.jsonl"]
[build]
unit_size = "64KiB"
file_size = "1MiB"
on_invalid = "quarantine"
max_invalid = 0.5
`
	older := newProject(t, declaration, map[string]string{"a.jsonl": records(7, 100) + "[\n"}).load()
	newer := newProject(t, declaration, map[string]string{"a.jsonl": records(0, 250) + "{\n" + records(0, 1)}).load()
	for _, before := range []bool{false, true} {
		t.Run(fmt.Sprintf("before=%t", before), func(t *testing.T) {
			disktest.Each(t, func(t *testing.T, fsys *disktest.FS) {
				failWhole(t, older, newer, before, fsys)
			})
		})
	}
}

func failWhole(t *testing.T, older, newer *catalog.Declaration, before bool, fsys *disktest.FS) {
	dir := t.TempDir()
	build := func(d *catalog.Declaration, fsys *disktest.FS) error {
		_, err := publish.Build(context.Background(), d, publish.BuildOptions{Dir: dir, FS: fsys, Options: publish.Options{Jobs: 2}})
		return err
	}
	old, want := "", whatBuildMakes(t, newer)
	if before {
		if err := build(older, &disktest.FS{}); err != nil {
			t.Fatal(err)
		}
		old = visible(t, dir)
	}
	err := build(newer, fsys)
	if (err != nil) != (fsys.Failed() != "") {
		t.Errorf("a failing %q gave the error %v", fsys.Failed(), err)
	}
	got := visible(t, dir)
	switch {
	case err == nil && got != want:
		t.Errorf("the build made\n%swant\n%s", got, want)
	case fsys.Fault.Mode == disktest.Crash:
		// As after a kill, the bundle may be there, whole, or not at all.
		if bundles := strings.ReplaceAll(got, quarantineLines(got), ""); bundles != "" &&
			!strings.Contains(old, bundles) && !strings.Contains(want, bundles) {
			t.Errorf("a crash at %q left\n%s", fsys.Failed(), got)
		}
	case err != nil && fsys.Failed() == disktest.Remove:
		if got != old && got != want {
			t.Errorf("a failing %q left\n%s", fsys.Failed(), got)
		}
	case err != nil && got != old:
		t.Errorf("a failing %q gave %v and left\n%swant\n%s", fsys.Failed(), err, got, old)
	}
	if err := build(newer, &disktest.FS{}); err != nil {
		t.Fatalf("the build after a failing %q: %v", fsys.Failed(), err)
	}
	if got := visible(t, dir); got != want {
		t.Errorf("the build after a failing %q made\n%swant\n%s", fsys.Failed(), got, want)
	}
}

// whatBuildMakes lists what a build of d makes.
func whatBuildMakes(t *testing.T, d *catalog.Declaration) string {
	t.Helper()
	dir := t.TempDir()
	o := publish.BuildOptions{Dir: dir, FS: &disktest.FS{}}
	if _, err := publish.Build(context.Background(), d, o); err != nil {
		t.Fatal(err)
	}
	return visible(t, dir)
}

// visible lists the files of a folder that are not in a hidden one, with their digests.
func visible(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(d.Name(), ".") && d.IsDir():
			return filepath.SkipDir
		case strings.HasPrefix(d.Name(), ".") || d.IsDir():
			return nil
		}
		text, err := os.ReadFile(name)
		fmt.Fprintf(&b, "%s %s\n", d.Name(), catalog.Sum(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// quarantineLines returns the lines of a listing that are not of a bundle.
func quarantineLines(listing string) string {
	var b strings.Builder
	for line := range strings.Lines(listing) {
		if strings.Contains(line, "quarantine") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// TestShardChanges holds a pass to reading one state of the shards.
func TestShardChanges(t *testing.T) {
	p := newProject(t, header+`
[[splits]]
name = "train"
shards = ["a.jsonl"]
[build]
unit_size = "64KiB"
`, map[string]string{"a.jsonl": records(0, 2000)})
	d, changed := p.load(), false
	_, err := publish.Check(context.Background(), d, publish.Options{Jobs: 1, Progress: func(publish.Event) {
		if !changed {
			changed = true
			p.write("a.jsonl", records(1, 2000))
		}
	}})
	if !errors.Is(err, publish.ErrChanged) {
		t.Errorf("error = %v, want ErrChanged", err)
	}
}

// TestRejectedRecordsHaveNoKeys holds quarantine to keeping a valid record whose key a rejected one has.
func TestRejectedRecordsHaveNoKeys(t *testing.T) {
	p := newProject(t, header+`
[[splits]]
name = "train"
shards = ["a.jsonl"]
[build]
on_invalid = "quarantine"
max_invalid = 0.5
`, map[string]string{"a.jsonl": `{"id":1,"text":7}` + "\n" + `{"id":1}` + "\n" + `{"id":2}` + "\n" + `{"id":2}` + "\n"})
	c := p.build(0).Manifest.Splits[0]
	if c.Read != 4 || c.Written != 2 || c.Quarantined != 2 {
		t.Errorf("counts = %+v", c)
	}
}

// TestEmptyShards names the shards without records. Records that are no good are records, and a shard that is cut short
// has a finding of its own.
func TestEmptyShards(t *testing.T) {
	p := newProject(t, header+`
[build]
on_invalid = "quarantine"
max_invalid = 0.9
[[splits]]
name = "train"
shards = ["*.jsonl", "*.jsonl.gz"]
`, map[string]string{
		"a.jsonl": "", "b.jsonl": records(0, 3), "c.jsonl": "\n\n", "d.jsonl": `{"id":"x"}` + "\n", "e.jsonl": "{\n",
		"f.jsonl.gz": gzipped(""),
	})
	const want = "[a.jsonl c.jsonl f.jsonl.gz]"
	for _, jobs := range []int{1, 3} {
		if got := fmt.Sprint(p.build(jobs).Report.Empty); got != want {
			t.Errorf("a build with %d jobs names %s, want %s", jobs, got, want)
		}
	}
	p.write("a.jsonl.gz", gzipped(records(3, 1))[:12])
	rep, err := publish.Check(context.Background(), p.load(), publish.Options{})
	if err != nil || !rep.Damaged || fmt.Sprint(rep.Empty) != want {
		t.Errorf("a check names %s, want %s; damaged: %t; %v", rep.Empty, want, rep.Damaged, err)
	}
}

// TestTooManyInvalid holds the share that may be quarantined to counting repeated keys too.
func TestTooManyInvalid(t *testing.T) {
	p := newProject(t, header+`
[[splits]]
name = "train"
shards = ["a.jsonl"]
[build]
on_invalid = "quarantine"
max_invalid = 0.2
`, map[string]string{"a.jsonl": records(0, 8) + records(3, 1) + "{\n"})
	if c := p.build(0).Manifest.Splits[0]; c.Quarantined != 2 || c.Written != 8 {
		t.Errorf("counts = %+v", c)
	}
	p.write("a.jsonl", records(0, 7)+records(3, 2)+"{\n")
	_, err := publish.Build(context.Background(), p.load(), publish.BuildOptions{Dir: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "3 of 10 records would be quarantined, more than max_invalid = 0.2") {
		t.Errorf("error = %v", err)
	}
}

// TestBundleWithForeignFiles holds a build to removing nothing that it did not make.
func TestBundleWithForeignFiles(t *testing.T) {
	p := newProject(t, header+`
[[splits]]
name = "train"
shards = ["a.jsonl"]
`, map[string]string{"a.jsonl": records(0, 3)})
	built := p.build(0)
	notes := filepath.Join(built.Path, "NOTES.txt")
	if err := os.WriteFile(notes, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := publish.Build(context.Background(), p.load(), publish.BuildOptions{Dir: filepath.Dir(built.Path)})
	if err == nil || !strings.Contains(err.Error(), `"NOTES.txt"`) {
		t.Errorf("error = %v", err)
	}
	if _, err := os.Stat(notes); err != nil {
		t.Error(err)
	}
}

// TestFindingsStopABuild holds a build without quarantine to writing nothing when anything is wrong.
func TestFindingsStopABuild(t *testing.T) {
	p := newProject(t, header+`
[[splits]]
name = "train"
shards = ["a.jsonl"]
`, map[string]string{"a.jsonl": records(0, 10) + records(3, 1)})
	dir := filepath.Join(t.TempDir(), "dist")
	_, err := publish.Build(context.Background(), p.load(), publish.BuildOptions{Dir: dir})
	var invalid *publish.InvalidError
	if !errors.As(err, &invalid) {
		t.Fatalf("error = %v, want an InvalidError", err)
	}
	if f := invalid.Report.Findings; len(f) != 1 || f[0].Line != 11 || f[0].First.Line != 4 {
		t.Errorf("findings = %+v", f)
	}
	if entries, err := os.ReadDir(dir); !errors.Is(err, os.ErrNotExist) {
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
	for i, want := range []struct {
		text  string
		bytes []byte
	}{{text: bad}, {bytes: []byte(broken)}} {
		got := decodeQuarantined(t, lines[i])
		if got.Raw != want.text || !bytes.Equal(got.RawBase64, want.bytes) || got.Shard != "a.jsonl" || got.Line != int64(11+i) || len(got.Findings) == 0 {
			t.Errorf("record %d = %+v", i, got)
		}
	}
}

// TestQuarantineOfLongShards has rejected records far apart in units that are decoded in many chunks, a
// record longer than a chunk, and a key that repeats: each must have its own line and text.
func TestQuarantineOfLongShards(t *testing.T) {
	lines := strings.SplitAfter(strings.TrimSuffix(records(0, 9000), "\n"), "\n")
	want := make(map[int64]string)
	for _, at := range []int{0, 1, 2500, 2501, 6000, len(lines) - 2} {
		bad := fmt.Sprintf(`{"id":%d,"text":"number %d","other":1}`, at, at)
		lines[at], want[int64(at+1)] = bad+"\n", bad
	}
	long := fmt.Sprintf(`{"id":3000,"text":"%s"}`, strings.Repeat("x", 700<<10))
	lines[3000], want[3001] = long+"\n", long
	repeated := `{"id":4,"text":"again"}`
	lines[8000], want[8001] = repeated+"\n", repeated
	text := strings.Join(lines, "")
	var first string
	for ending, content := range map[string]string{"": text, ".gz": gzipped(text), ".zst": zstded(text)} {
		p := newProject(t, header+`
[[splits]]
name = "train"
shards = ["a.jsonl`+ending+`", "b.jsonl"]
[build]
on_invalid = "quarantine"
max_invalid = 0.5
unit_size = "1MiB"
`, map[string]string{"a.jsonl" + ending: content, "b.jsonl": records(9000, 10)})
		built := p.build(2)
		if d := digests(built.Manifest); first == "" {
			first = d
		} else if d != first {
			t.Errorf("%q: other bytes:\n%s\n%s", ending, d, first)
		}
		quarantined, err := os.ReadFile(built.Quarantine)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(quarantined)) {
			got := decodeQuarantined(t, line)
			if got.Raw != want[got.Line] {
				t.Errorf("%q: line %d: %.80q, want %.80q", ending, got.Line, got.Raw, want[got.Line])
			}
			n++
		}
		if n != len(want) {
			t.Errorf("%q: %d records, want %d", ending, n, len(want))
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
