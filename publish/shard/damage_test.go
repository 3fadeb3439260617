package shard

import (
	"bytes"
	"context"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

var packed = []string{".gz", ".zst", ".bz2", ".xz"}

func readTestdata(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCompressedCutShort cuts compressed shards all over: what comes before the damage is whole
// lines from the beginning of the shard, and the damage is said.
func TestCompressedCutShort(t *testing.T) {
	text := string(readTestdata(t, "lines.jsonl"))
	for _, ending := range packed {
		whole := readTestdata(t, "lines.jsonl"+ending)
		complete := 0
		spec := writeShard(t, "x.jsonl"+ending, nil)
		for n := 0; n < len(whole); n += 5 { // Not at every byte, for time's sake.
			if err := os.WriteFile(spec.Path, whole[:n], 0o666); err != nil {
				t.Fatal(err)
			}
			got := cutAll(t, ab, spec, defaultLimits, always(100))
			body := strings.Join(got.texts, "")
			if !strings.HasPrefix(text, body) || body != "" && !strings.HasSuffix(body, "\n") {
				t.Fatalf("%s cut at %d: chunks hold %q", ending, n, body)
			}
			if got.err == io.EOF { // Between two streams, nothing shows that there was another.
				complete++
				continue
			}
			if c := codes(t, got.err); c != "compression-error" {
				t.Fatalf("%s cut at %d: %v", ending, n, got.err)
			}
		}
		if complete > 1 {
			t.Errorf("%s: %d cuts were not noticed", ending, complete)
		}
	}
}

// TestCompressedAndChanged changes one byte after another: a change is noticed, or it changed nothing.
func TestCompressedAndChanged(t *testing.T) {
	text := string(readTestdata(t, "lines.jsonl"))
	for _, ending := range packed {
		whole := readTestdata(t, "lines.jsonl"+ending)
		spec := writeShard(t, "x.jsonl"+ending, nil)
		for n := 0; n < len(whole); n += 5 {
			changed := bytes.Clone(whole)
			changed[n] ^= 0x10
			if err := os.WriteFile(spec.Path, changed, 0o666); err != nil {
				t.Fatal(err)
			}
			got := cutAll(t, ab, spec, defaultLimits, always(1<<20))
			body := strings.Join(got.texts, "")
			if c := codes(t, got.err); c == "" && body != text {
				t.Errorf("%s with byte %d changed: not noticed", ending, n)
			} else if c != "" && c != "compression-error" && c != "encoding-error" {
				t.Errorf("%s with byte %d changed: %v", ending, n, got.err)
			}
		}
	}
}

func TestTextAfterCompressed(t *testing.T) {
	text := string(readTestdata(t, "lines.jsonl"))
	for _, ending := range packed {
		for _, tail := range []string{"x", "garbage\n", strings.Repeat("{}\n", 100)} {
			content := append(readTestdata(t, "lines.jsonl"+ending), tail...)
			got := cutAll(t, ab, writeShard(t, "x.jsonl"+ending, content), defaultLimits, always(1<<20))
			if body := strings.Join(got.texts, ""); body != text || codes(t, got.err) != "compression-error" {
				t.Errorf("%s with %q after it: %d of %d bytes, %v", ending, tail, len(body), len(text), got.err)
			}
		}
	}
}

// TestDamageInEveryFormat breaks the data after some records: those that are complete come out, and
// the one that is not is no fault of its own.
func TestDamageInEveryFormat(t *testing.T) {
	tests := []struct{ file, in, texts string }{
		{"x.jsonl", "{}\n{}\n{\"a\":", "{}\n{}\n"},
		{"x.json", `[{"a":"]"},{"a":2},{"a":`, `{"a":"]"},{"a":2},`},
		{"x.json", `[{"a":"]"},{"a":2}`, `{"a":"]"},{"a":2}`},
		{"x.csv", "a,b\n1,2\n\"3\n", "1,2\n"},
		{"x.csv", "a,b\n1,2\n3,", "1,2\n"},
		{"x.csv", "a,", ""},
		{"x.jsonl", "{}\n", "{}\n"},
	}
	for _, tt := range tests {
		// A member that ends without its checksum: all of its text decodes before the damage shows.
		whole := pack(t, ".gz", []byte(tt.in))
		spec := writeShard(t, tt.file+".gz", whole[:len(whole)-6])
		for want := int64(1); want < 20; want++ {
			got := cutAll(t, ab, spec, defaultLimits, always(want))
			if body := strings.Join(got.texts, ""); body != tt.texts || codes(t, got.err) != "compression-error" {
				t.Errorf("%s %q wanting %d: %q, %v", tt.file, tt.in, want, body, got.err)
			}
		}
	}
}

func TestEmptyCompressedFile(t *testing.T) {
	for _, ending := range packed {
		got := cutAll(t, ab, writeShard(t, "x.jsonl"+ending, nil), defaultLimits, always(1))
		if codes(t, got.err) != "compression-error" {
			t.Errorf("%s: %v", ending, got.err)
		}
	}
}

func TestExpansionIsBounded(t *testing.T) {
	l := limits{record: maxRecord, expandFree: 1 << 20, expandRatio: 100}
	lines := bytes.Repeat([]byte("{}\n"), 1<<20)
	for _, ending := range []string{".gz", ".zst", ".xz"} {
		spec := writeShard(t, "x.jsonl"+ending, pack(t, ending, lines))
		got := cutAll(t, ab, spec, l, always(1<<18))
		if codes(t, got.err) != "compression-error" || !strings.Contains(got.err.Error(), "expands") {
			t.Errorf("%s: %v", ending, got.err)
		}
		if got := cutAll(t, ab, spec, defaultLimits, always(1<<18)); got.err != io.EOF {
			t.Errorf("%s under the limits of every day: %v", ending, got.err)
		}
	}
}

// TestRecordThatIsTooLong holds plain and compressed shards to the same limit, and expects the records
// before it.
func TestRecordThatIsTooLong(t *testing.T) {
	l := limits{record: 1000, expandFree: 1 << 30, expandRatio: 2000}
	long := strings.Repeat("x", 2000)
	tests := []struct{ file, in, texts string }{
		{"x.jsonl", "1\n2\n" + long + "\n3\n", "1\n2\n"},
		{"x.jsonl", "1\n2\n" + long, "1\n2\n"},
		{"x.json", `[{},{"a":"` + long + `"},{}]`, `{},`},
		{"x.csv", "a,b\n1,2\n\"" + long + "\",2\n", "1,2\n"},
	}
	for _, tt := range tests {
		var plain cutShard
		for _, ending := range []string{"", ".gz"} {
			spec := writeShard(t, tt.file+ending, pack(t, ending, []byte(tt.in)))
			for _, want := range []int64{1, 2, 3, 5, 100} {
				got := cutAll(t, ab, spec, l, always(want))
				if body := strings.Join(got.texts, ""); body != tt.texts || codes(t, got.err) != "format-error" {
					t.Errorf("%s%s wanting %d: %q, %v", tt.file, ending, want, body, got.err)
				}
				plain = got
			}
		}
		if !strings.Contains(plain.err.Error(), "longer") {
			t.Errorf("%s: %v", tt.file, plain.err)
		}
	}
}

// TestSystemErrors tells the faults of the system from those of a shard.
func TestSystemErrors(t *testing.T) {
	dir := t.TempDir()
	for _, spec := range []Spec{
		{Path: filepath.Join(dir, "none.jsonl")},
		{Path: filepath.Join(dir, "none.csv.gz")},
		{Path: dir, Format: "jsonl"},
	} {
		_, err := Open(context.Background(), ab, spec)
		var d *Damage
		if err == nil || errors.As(err, &d) || !strings.Contains(err.Error(), spec.Path) {
			t.Errorf("%s: %v", spec.Path, err)
		}
	}
	for _, how := range compressions {
		e := newExpander(brokenFile{}, &how, defaultLimits)
		_, err := io.ReadAll(e)
		var p *fs.PathError
		if !errors.As(err, &p) {
			t.Errorf("%s on a file that cannot be read: %v", how.name, err)
		}
	}
}

type brokenFile struct{}

func (brokenFile) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: "x", Err: errors.New("input/output error")}
}

func TestShardThatBecomesShorter(t *testing.T) {
	spec := writeShard(t, "x.jsonl", bytes.Repeat([]byte("{}\n"), 100))
	s, err := Open(context.Background(), ab, spec)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := os.Truncate(spec.Path, 10); err != nil {
		t.Fatal(err)
	}
	var d *Damage
	if _, err := s.Next(context.Background(), 20); err == nil || errors.As(err, &d) {
		t.Errorf("Next: %v", err)
	}
}

// TestNothingIsLeftRunning ends splitters early, in every way.
func TestNothingIsLeftRunning(t *testing.T) {
	text := bytes.Repeat([]byte("{}\n"), 5<<20)
	before := runtime.NumGoroutine()
	for _, ending := range []string{"", ".gz", ".zst"} {
		spec := writeShard(t, "x.jsonl"+ending, pack(t, ending, text))
		for _, cancelFirst := range []bool{false, true} {
			ctx, cancel := context.WithCancel(context.Background())
			s, err := Open(ctx, ab, spec)
			if err != nil {
				t.Fatal(err)
			}
			c, err := s.Next(ctx, 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			if cancelFirst {
				cancel()
				for err == nil {
					_, err = s.Next(ctx, 1<<20)
				}
				if !errors.Is(err, context.Canceled) {
					t.Errorf("Next of a canceled context: %v", err)
				}
				if text, ok := s.(*textSplitter); ok {
					<-text.ahead.ended // without Close
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			cancel()
			if err := c.load(); err != nil || len(c.text) < 1<<20 {
				t.Errorf("%q: a chunk after Close: %d bytes, %v", ending, len(c.text), err)
			}
			c.Release()
		}
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

func TestRandomAccessShardsAreLaidOut(t *testing.T) {
	text := readTestdata(t, "lines.jsonl")
	format := &Format{Name: "test", RandomAccess: true}
	for _, ending := range []string{".gz", ".zst", ".xz"} {
		spec := writeShard(t, "x"+ending, pack(t, ending, text))
		spec.TempDir = t.TempDir()
		_, spec.Compression = cutCompression(spec.Path)
		in, err := openInput(context.Background(), format, spec, defaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(io.NewSectionReader(in.at, 0, in.size))
		if err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: %d bytes, %v", ending, len(got), err)
		}
		if err := in.close(); err != nil {
			t.Error(err)
		}
		cut, err := os.ReadFile(spec.Path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(spec.Path, cut[:len(cut)/2], 0o666); err != nil {
			t.Fatal(err)
		}
		_, err = openInput(context.Background(), format, spec, defaultLimits)
		if s, _ := orDamaged(err); s == nil {
			t.Errorf("%s cut short: %v", ending, err)
		} else if _, err := s.Next(context.Background(), 1); codes(t, err) != "compression-error" {
			t.Errorf("%s cut short: %v", ending, err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := openInput(ctx, format, spec, defaultLimits); !errors.Is(err, context.Canceled) {
			t.Errorf("%s canceled: %v", ending, err)
		}
		if left, err := os.ReadDir(spec.TempDir); err != nil || len(left) != 0 {
			t.Errorf("%s left %v (%v)", ending, left, err)
		}
	}
}

// TestWindowsAreBounded gives headers that claim more memory than a shard may take.
func TestWindowsAreBounded(t *testing.T) {
	header := []byte{2, 0, lzma2Filter, 1, 40, 0, 0, 0}
	sum := crc32.ChecksumIEEE(header)
	shard := append([]byte("\xfd7zXZ\x00\x00\x01\x69\x22\xde\x36"), header...)
	shard = append(shard, byte(sum), byte(sum>>8), byte(sum>>16), byte(sum>>24), 0)
	got := cutAll(t, ab, writeShard(t, "x.jsonl.xz", shard), defaultLimits, always(1))
	if codes(t, got.err) != "compression-error" || !strings.Contains(got.err.Error(), "dictionary") {
		t.Errorf("xz: %v", got.err)
	}

	// A frame with a window of 256 MiB that holds one raw block of three bytes.
	shard = []byte("\x28\xb5\x2f\xfd\x00\x90\x19\x00\x00{}\n")
	got = cutAll(t, ab, writeShard(t, "x.jsonl.zst", shard), defaultLimits, always(1))
	if codes(t, got.err) != "compression-error" || !strings.Contains(got.err.Error(), "window") {
		t.Errorf("zstd: %v", got.err)
	}
}
