package publish

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/zeebo/xxh3"

	"github.com/bindery-data/bindery/schema"
	"github.com/bindery-data/bindery/schema/toml"
)

// A repeat is what an index reports: the places of a later and of the first entry of a key.
type repeat struct{ later, first uint64 }

// repeatsIn finds repeated keys in a map.
func repeatsIn(entries []keyEntry) []repeat {
	sorted := slices.Clone(entries)
	slices.SortFunc(sorted, func(a, b keyEntry) int { return cmp.Compare(a.place(), b.place()) })
	firsts := make(map[xxh3.Uint128]uint64)
	var out []repeat
	for _, e := range sorted {
		if first, ok := firsts[e.hash]; ok {
			out = append(out, repeat{e.place(), first})
		} else {
			firsts[e.hash] = e.place()
		}
	}
	return out
}

func collect(t *testing.T, x *keyIndex) []repeat {
	t.Helper()
	var out []repeat
	err := x.duplicates(context.Background(), func(later, first keyEntry) error {
		out = append(out, repeat{later.place(), first.place()})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// randomEntries returns n entries in the order of their places, of so many different keys.
func randomEntries(r *rand.Rand, n, keys int) []keyEntry {
	entries := make([]keyEntry, n)
	for i := range entries {
		var key [8]byte
		binary.LittleEndian.PutUint64(key[:], r.Uint64N(uint64(keys)))
		entries[i] = keyEntry{xxh3.Hash128(key[:]), uint32(i / 100), uint32(i % 100)}
	}
	return entries
}

func TestKeyIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		n, keys int
		budget  int64
	}{
		{0, 1, 0}, {1, 1, 0}, {2, 1, 1 << 20}, {1000, 1 << 40, 1 << 20}, {1000, 300, 1 << 20}, {1000, 1, 1 << 20},
		{64, 40, 0}, {65, 40, 0}, {128, 40, 0}, {5000, 1 << 40, 0}, {5000, 4000, 0}, {5000, 3, 0}, {5000, 1, 0}, {20000, 10000, 5000},
	} {
		entries := randomEntries(r, c.n, c.keys)
		want := repeatsIn(entries)
		dir := t.TempDir()
		x := newKeyIndex(new(keyMemory), dir, c.budget, 1+r.IntN(3))
		for rest := entries; len(rest) > 0; {
			n := min(len(rest), 1+r.IntN(700))
			if err := x.add(x.memory.group(rest[:n])); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if spilled, must := len(x.runs) > 0, int64(c.n*entrySize) > max(c.budget, minEntries*entrySize); spilled != must {
			t.Errorf("%+v: spilled is %v", c, spilled)
		}
		if got := collect(t, x); !slices.Equal(got, want) {
			t.Errorf("%+v: %d repeats, not %d", c, len(got), len(want))
		}
		if err := x.close(); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%+v: %v is left, %v", c, left, err)
		}
	}
}

// TestKeyIndexTakesAnyOrder has entries whose places are not in order.
func TestKeyIndexTakesAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	entries := randomEntries(r, 3000, 1000)
	want := repeatsIn(entries)
	r.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	x := newKeyIndex(new(keyMemory), t.TempDir(), 0, 2)
	defer x.close()
	if err := x.add(x.memory.group(entries)); err != nil {
		t.Fatal(err)
	}
	if got := collect(t, x); !slices.Equal(got, want) {
		t.Errorf("%d repeats, not %d", len(got), len(want))
	}
}

// TestKeyIndexOfOnePart has more different keys in one part than memory holds.
func TestKeyIndexOfOnePart(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, c := range []struct {
		n      int
		hi, lo uint64 // how many different halves of hashes there are
	}{{5000, 1 << 40, 1 << 63}, {5000, 1, 2000}, {5000, 2000, 1}, {5000, 50, 50}, {5000, 1, 1}} {
		entries := make([]keyEntry, c.n)
		for i := range entries {
			entries[i] = keyEntry{xxh3.Uint128{Hi: r.Uint64N(c.hi), Lo: r.Uint64N(c.lo) * (math.MaxUint64 / c.lo)}, 0, uint32(i)}
		}
		want := repeatsIn(entries)
		for _, budget := range []int64{0, 1 << 20} {
			x := newKeyIndex(new(keyMemory), t.TempDir(), budget, 2)
			for rest := range slices.Chunk(entries, 300) {
				if err := x.add(x.memory.group(rest)); err != nil {
					t.Fatal(err)
				}
			}
			if got := collect(t, x); !slices.Equal(got, want) {
				t.Errorf("%+v in %d bytes: %d repeats, not %d", c, budget, len(got), len(want))
			}
			if err := x.close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// Memory is used again, but few keys, or none, do not hold the memory of many.
func TestKeyMemory(t *testing.T) {
	var m keyMemory
	many := m.group(make([]keyEntry, 1000))
	m.give([][]keyEntry{many})
	if again := m.group(make([]keyEntry, 990)); &again[0] != &many[0] {
		t.Error("memory that was given back is not used again")
	}
	m.give([][]keyEntry{many})
	for _, few := range []int{0, 10} {
		if got := cap(m.group(make([]keyEntry, few))); got > 2*few {
			t.Errorf("%d keys hold memory for %d", few, got)
		}
	}
}

// A spilled index leaves its memory to others.
func TestSpilledKeysLeaveTheirMemory(t *testing.T) {
	x := newKeyIndex(new(keyMemory), t.TempDir(), 0, 1)
	group := x.memory.group(make([]keyEntry, 2*minEntries))
	if err := x.add(group); err != nil {
		t.Fatal(err)
	}
	if again := x.memory.group(make([]keyEntry, 2*minEntries)); &again[0] != &group[0] {
		t.Error("it is not used again")
	}
	if err := x.close(); err != nil {
		t.Error(err)
	}
}

// The buffers of many indexes take no more than their keys.
func TestSpillBuffers(t *testing.T) {
	for sets, want := range map[int64]int{1: spillBuffer, 400: 4 << 10} {
		x := newKeyIndex(new(keyMemory), t.TempDir(), keyBudget/sets, 1)
		if err := x.add(x.memory.group(make([]keyEntry, x.limit+1))); err != nil {
			t.Fatal(err)
		}
		if got := x.file.out.Size(); got != want {
			t.Errorf("one of %d indexes has a buffer of %d bytes; want %d", sets, got, want)
		}
		if err := x.close(); err != nil {
			t.Error(err)
		}
	}
}

func TestKeyIndexErrors(t *testing.T) {
	entries := randomEntries(rand.New(rand.NewPCG(5, 6)), 1000, 10)
	none := func(keyEntry, keyEntry) error { return nil }

	x := newKeyIndex(new(keyMemory), filepath.Join(t.TempDir(), "missing"), 0, 2)
	if err := x.add(x.memory.group(entries)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	if err := x.close(); err != nil {
		t.Error(err)
	}

	spilled := func() *keyIndex {
		x := newKeyIndex(new(keyMemory), t.TempDir(), 0, 2)
		if err := x.add(x.memory.group(entries)); err != nil {
			t.Fatal(err)
		}
		return x
	}
	x = spilled()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := x.duplicates(ctx, none); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	x.close()

	x = spilled()
	defer x.close()
	stop := errors.New("stop")
	if err := x.duplicates(context.Background(), func(keyEntry, keyEntry) error { return stop }); err != stop {
		t.Errorf("an error of the caller became %v", err)
	}

	x = spilled()
	defer x.close()
	if err := x.file.file.Truncate(x.file.size / 2); err != nil {
		t.Fatal(err)
	}
	if err := x.duplicates(context.Background(), none); err == nil {
		t.Error("a spill that was cut short went unseen")
	}

	x = spilled()
	x.file.file.Close()
	if err := x.add(x.memory.group(entries)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a failed write: %v", err)
	}
	if err := x.close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a failed close: %v", err)
	}
}

func declaredSchema(t testing.TB, text string) *schema.Schema {
	t.Helper()
	table, problems := toml.Parse("bindery.toml", []byte(text))
	if s := schema.Declare(table); s != nil && problems.Err() == nil {
		return s
	}
	t.Fatal(problems.Err())
	return nil
}

func recordFrom(t testing.TB, s *schema.Schema, rows string) arrow.Record {
	t.Helper()
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, s.Arrow(), strings.NewReader(rows), array.WithUseNumber())
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// classes writes the rows that have keys, in order, each with a letter for its key.
func classes(entries []keyEntry) string {
	letters := make(map[xxh3.Uint128]byte)
	var b strings.Builder
	for _, e := range entries {
		letter, ok := letters[e.hash]
		if !ok {
			letter = byte('a' + len(letters))
			letters[e.hash] = letter
		}
		fmt.Fprintf(&b, " %d%c", e.line, letter)
	}
	return strings.TrimSpace(b.String())
}

func TestAppendKeys(t *testing.T) {
	for _, c := range []struct {
		fields, path, rows, want string
	}{
		{`x = { type = "string" }`, "x", `[{"x":"a"},{"x":"b"},{"x":null},{"x":"a"},{"x":""},{"x":null},{"x":""}]`, "0a 1b 3a 4c 6c"},
		{`x = { type = "binary" }`, "x", `[{"x":"YQ=="},{"x":"Yg=="},{"x":"YQ=="}]`, "0a 1b 2a"},
		{`x = { type = "bool" }`, "x", `[{"x":true},{"x":false},{"x":null},{"x":true}]`, "0a 1b 3a"},
		{`x = { type = "int8" }`, "x", `[{"x":-1},{"x":0},{"x":null},{"x":-1}]`, "0a 1b 3a"},
		{`x = { type = "int64" }`, "x", `[{"x":9223372036854775807},{"x":9223372036854775806},{"x":9223372036854775807}]`, "0a 1b 2a"},
		{`x = { type = "uint64" }`, "x", `[{"x":18446744073709551615},{"x":18446744073709551614},{"x":18446744073709551615}]`, "0a 1b 2a"},
		{`x = { type = "float64" }`, "x", `[{"x":0},{"x":-0.0},{"x":"NaN"},{"x":1},{"x":"NaN"},{"x":-1}]`, "0a 1a 2b 3c 4b 5d"},
		{`x = { type = "float32" }`, "x", `[{"x":0},{"x":-0.0},{"x":"NaN"},{"x":1},{"x":"NaN"}]`, "0a 1a 2b 3c 4b"},
		{`x = { type = "decimal", precision = 5, scale = 2 }`, "x", `[{"x":"1.5"},{"x":"1.50"},{"x":"-1.5"}]`, "0a 1a 2b"},
		{`x = { type = "date" }`, "x", `[{"x":"2020-01-01"},{"x":"2020-01-02"},{"x":"2020-01-01"}]`, "0a 1b 2a"},
		{`x = { type = "time", unit = "ms" }`, "x", `[{"x":"10:00:00"},{"x":"10:00:01"},{"x":"10:00:00"}]`, "0a 1b 2a"},
		{`x = { type = "timestamp" }`, "x", `[{"x":"2020-01-01T00:00:00Z"},{"x":"2020-01-01T01:00:00+01:00"}]`, "0a 1a"},

		{`x = { type = "struct", fields = { a = { type = "string" } } }`, "x.a",
			`[{"x":{"a":"k"}},{"x":null},{"x":{"a":null}},{"x":{"a":"k"}}]`, "0a 3a"},
		{`x = { type = "list", items = { type = "string" } }`, "x[]",
			`[{"x":["a","b","a"]},{"x":null},{"x":[]},{"x":[null,"b"]}]`, "0a 0b 0a 3b"},
		{`x = { type = "map", values = { type = "int8" } }`, "x{}",
			`[{"x":[{"key":"k","value":1}]},{"x":null},{"x":[{"key":"k","value":2},{"key":"l","value":1}]}]`, "0a 2b 2a"},
		{`x = { type = "list", items = { type = "struct", fields = { a = { type = "list", items = { type = "int8" } } } } }`, "x[].a[]",
			`[{"x":[]},{"x":[null,{"a":null},{"a":[1,2]}]},{"x":[{"a":[]},{"a":[2]}]}]`, "1a 1b 2b"},

		{"x = { type = \"string\" }\ny = { type = \"string\" }", "x y",
			`[{"x":"ab","y":"c"},{"x":"a","y":"bc"},{"x":"ab","y":"c"},{"x":null,"y":"c"},{"x":"","y":"abc"},{"x":"ab","y":null}]`, "0a 1b 2a 4c"},
		{"x = { type = \"int16\" }\ny = { type = \"string\" }", "y x",
			`[{"x":97,"y":"a"},{"x":97,"y":"b"},{"x":98,"y":"a"},{"x":97,"y":"a"}]`, "0a 1b 2c 3a"},
		{"x = { type = \"bool\" }\ny = { type = \"float32\" }", "x y",
			`[{"x":true,"y":0},{"x":true,"y":-0.0},{"x":false,"y":0}]`, "0a 1a 2b"},
		{`x = { type = "string" }`, "x", `[]`, ""},
		{`x = { type = "list", items = { type = "string" } }`, "x[]", `[{"x":[]},{"x":null}]`, ""},
	} {
		s := declaredSchema(t, "[fields]\n"+c.fields+"\n")
		var fields []*schema.Field
		for name := range strings.FieldsSeq(c.path) {
			i := slices.IndexFunc(s.All(), func(f *schema.Field) bool { return f.Path == name })
			fields = append(fields, s.All()[i])
		}
		h := newKeyHasher(s, fields, 7)
		at := func(row int) (uint32, uint32, bool) { return 3, uint32(row), true }
		rec := recordFrom(t, s, c.rows)
		entries := h.appendKeys(nil, rec, at)
		if got := classes(entries); got != c.want {
			t.Errorf("%s of %s: %s, not %s", c.path, c.rows, got, c.want)
		}
		for _, e := range entries {
			if e.chunk != 3 {
				t.Errorf("%s: chunk %d", c.path, e.chunk)
			}
		}
		// A slice has the same keys as the rows that it shows.
		if n := rec.NumRows(); n > 1 {
			var tail []keyEntry
			for _, e := range entries {
				if e.line >= 1 {
					tail = append(tail, keyEntry{e.hash, e.chunk, e.line - 1})
				}
			}
			if got := h.appendKeys(nil, rec.NewSlice(1, n), at); !slices.Equal(got, tail) {
				t.Errorf("%s of a slice of %s: %s, not %s", c.path, c.rows, classes(got), classes(tail))
			}
		}
	}
}

// TestAppendKeysHidden has values under a list and a struct that are null, which are none.
func TestAppendKeysHidden(t *testing.T) {
	s := declaredSchema(t, `
[fields.l]
type = "list"
items = { type = "int8" }
[fields.s]
type = "struct"
fields = { a = { type = "int8" } }
`)
	ints := array.NewInt8Builder(memory.DefaultAllocator)
	ints.AppendValues([]int8{7, 7, 7, 7}, nil)
	items := ints.NewArray()
	ints.AppendValues([]int8{7, 7}, nil)
	field := ints.NewArray()
	offsets := memory.NewBufferBytes(arrow.Int32Traits.CastToBytes([]int32{1, 2, 3}))
	firstNull := memory.NewBufferBytes([]byte{0b10})
	types := s.Arrow()
	list := array.NewData(types.Field(0).Type, 2, []*memory.Buffer{firstNull, offsets}, []arrow.ArrayData{items.Data()}, 1, 0)
	st := array.NewData(types.Field(1).Type, 2, []*memory.Buffer{firstNull}, []arrow.ArrayData{field.Data()}, 1, 0)
	rec := array.NewRecord(types, []arrow.Array{array.NewListData(list), array.NewStructData(st)}, 2)
	at := func(row int) (uint32, uint32, bool) { return 0, uint32(row), true }
	for _, f := range []*schema.Field{s.Fields[0].Items, s.Fields[1].Fields[0]} {
		if got := classes(newKeyHasher(s, []*schema.Field{f}, 0).appendKeys(nil, rec, at)); got != "1a" {
			t.Errorf("%s: %s, not 1a", f.Path, got)
		}
	}
}

func TestAppendKeysIsSeeded(t *testing.T) {
	s := declaredSchema(t, "[fields]\nx = { type = \"string\" }\n")
	rec := recordFrom(t, s, `[{"x":"a"}]`)
	at := func(row int) (uint32, uint32, bool) { return 0, uint32(row), true }
	a, b := newKeyHasher(s, s.Fields, 1).appendKeys(nil, rec, at), newKeyHasher(s, s.Fields, 2).appendKeys(nil, rec, at)
	if a[0].hash == b[0].hash {
		t.Error("the seed does not change the hash")
	}
}

func BenchmarkAppendKeys(b *testing.B) {
	s := declaredSchema(b, "[fields]\nx = { type = \"string\" }\ny = { type = \"int64\" }\n")
	var rows strings.Builder
	const n = 10000
	for i := range n {
		fmt.Fprintf(&rows, `,{"x":"isl_%d/%d","y":%d}`, i, i%100, i)
	}
	rec := recordFrom(b, s, "["+rows.String()[1:]+"]")
	at := func(row int) (uint32, uint32, bool) { return 0, uint32(row), true }
	for name, fields := range map[string][]*schema.Field{"string": s.Fields[:1], "int64": s.Fields[1:], "both": s.Fields} {
		b.Run(name, func(b *testing.B) {
			h := newKeyHasher(s, fields, 1)
			dst := make([]keyEntry, 0, n)
			for range b.N {
				dst = h.appendKeys(dst[:0], rec, at)
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "keys/s")
		})
	}
}

func BenchmarkKeyIndex(b *testing.B) {
	const n = 4 << 20
	entries := randomEntries(rand.New(rand.NewPCG(1, 1)), n, 1<<60)
	for name, budget := range map[string]int64{"memory": 1 << 30, "spilled": 16 << 20} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				x := newKeyIndex(new(keyMemory), b.TempDir(), budget, 1)
				for batch := range slices.Chunk(entries, 64<<10) {
					if err := x.add(x.memory.group(batch)); err != nil {
						b.Fatal(err)
					}
				}
				if err := x.duplicates(context.Background(), func(keyEntry, keyEntry) error { return nil }); err != nil {
					b.Fatal(err)
				}
				if err := x.close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "keys/s")
		})
	}
}
