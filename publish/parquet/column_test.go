package parquet

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// byteColumn is a column that has the values.
func byteColumn(t testing.TB, values [][]byte) *byteArrays {
	t.Helper()
	b := array.NewStringBuilder(memory.DefaultAllocator)
	for _, v := range values {
		b.Append(string(v))
	}
	c := new(byteArrays)
	if err := c.read(b.NewArray(), &levels{n: len(values), present: len(values)}); err != nil {
		t.Fatal(err)
	}
	return c
}

// similar returns a value of few letters, so that many of them begin alike.
func similar(r *rand.Rand) []byte {
	v := make([]byte, r.IntN(20))
	for i := range v {
		v[i] = "\x00\x00\x00\x00a\xff"[r.IntN(6)]
	}
	return v
}

func TestByteBounds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 300 {
		values := make([][]byte, n)
		for i := range values {
			values[i] = similar(r)
		}
		c := byteColumn(t, values)
		for _, how := range []encoding{lengths, dictionary} {
			c.how, c.found = how, byteBounds{}
			if how == dictionary && !c.index() {
				t.Fatal("no dictionary")
			}
			for end := r.IntN(n + 1); end < n; end += 1 + r.IntN(n) { // the pages
				look(c, end)
			}
			low, high := c.bounds()
			if n == 0 {
				if low != nil || high != nil {
					t.Errorf("no values have the bounds %q and %q", low, high)
				}
				continue
			}
			if !bytes.Equal(low, slices.MinFunc(values, bytes.Compare)) || !bytes.Equal(high, slices.MaxFunc(values, bytes.Compare)) {
				t.Fatalf("%q have the bounds %q and %q", values, low, high)
			}
		}
	}
}

func TestDistinctBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 60 {
		var values [][]byte
		for range n * n {
			v := similar(r)
			if r.IntN(10) == 0 {
				v = append(v, fmt.Sprintf("%036d", r.IntN(1+n))...)
			}
			values = append(values, v)
		}
		c := byteColumn(t, values)
		if !c.index() {
			t.Fatal("no dictionary")
		}
		seen := make(map[string]uint32)
		for k, v := range values {
			want, ok := seen[string(v)]
			if !ok {
				want = uint32(len(seen))
				seen[string(v)] = want
			}
			if c.distinct.indices[k] != want {
				t.Fatalf("value %d, %q, is %d, want %d", k, v, c.distinct.indices[k], want)
			}
		}
		if len(c.distinct.values) != len(seen) {
			t.Fatalf("%d different values of %d", len(c.distinct.values), len(seen))
		}
	}
}

func TestDistinctNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for shift := range 64 {
		values := make([]uint64, 5000)
		for i := range values {
			values[i] = r.Uint64N(1+uint64(i)) << shift
		}
		var d distinctNumbers[uint64]
		if !d.index(values, len(values)) {
			t.Fatal("no dictionary")
		}
		seen := make(map[uint64]uint32)
		for k, v := range values {
			want, ok := seen[v]
			if !ok {
				want = uint32(len(seen))
				seen[v] = want
			}
			if d.indices[k] != want {
				t.Fatalf("value %d, %d, is %d, want %d", k, v, d.indices[k], want)
			}
		}
		if d.index(values, len(seen)-1) || !d.index(values, len(seen)) {
			t.Errorf("%d different values are not what the limit is held to", len(seen))
		}
	}
}

// TestExtremes judges the turned bits by the order that Go has for the types.
func TestExtremes(t *testing.T) {
	testExtremes(t, signedOrder, func(v uint32) int32 { return int32(v) }, func(v int32) uint32 { return uint32(v) })
	testExtremes(t, signedOrder, func(v uint64) int64 { return int64(v) }, func(v int64) uint64 { return uint64(v) })
	testExtremes(t, unsignedOrder32, func(v uint32) uint32 { return v }, func(v uint32) uint32 { return v })
	testExtremes(t, unsignedOrder64, func(v uint64) uint64 { return v }, func(v uint64) uint64 { return v })
	testExtremes(t, float32Order, math.Float32frombits, math.Float32bits)
	testExtremes(t, float64Order, math.Float64frombits, math.Float64bits)
}

func testExtremes[T uint32 | uint64, V int32 | int64 | uint32 | uint64 | float32 | float64](
	t *testing.T, o order, value func(T) V, bits func(V) T) {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 8))
	top := T(1) << (8*sizeOf(T(0)) - 1)
	special := []T{0, top, top - 1, top + 1, ^T(0), 1, bits(value(top)), T(float64Order.top), T(float32Order.top), T(^float32Order.top)}
	for range 20_000 {
		values := make([]T, 1+r.IntN(4))
		var low, high V
		found := false
		for i := range values {
			values[i] = T(r.Uint64()) >> r.IntN(20)
			if r.IntN(2) == 0 {
				values[i] = special[r.IntN(len(special))]
			}
			switch v := value(values[i]); {
			case v != v:
			case !found:
				low, high, found = v, v, true
			default:
				low, high = min(low, v), max(high, v)
			}
		}
		least, greatest, ok := extremes(values, o)
		if ok != found || ok && (value(least) != low || value(greatest) != high) {
			t.Fatalf("%x: got %x to %x (%v), want %v to %v (%v)", values, least, greatest, ok, low, high, found)
		}
		if o.fold != 0 && ok && (low == 0 && least != top || high == 0 && greatest != 0) {
			t.Fatalf("%x: %x to %x do not cover both zeros", values, least, greatest)
		}
	}
}

// TestPageEnd judges pageEnd by going from entry to entry.
func TestPageEnd(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 3000 {
		l := levels{n: 1 + r.IntN(1000), max: 2}
		if r.IntN(2) == 0 {
			l.rep = make([]uint8, l.n)
			for i := range l.rep[1:] {
				l.rep[i+1] = uint8(r.IntN(2))
			}
		}
		l.present = l.n
		if r.IntN(3) > 0 {
			l.def = make([]uint8, l.n)
			l.present = 0
			for i := range l.def {
				l.def[i] = uint8(r.IntN(3))
				if l.def[i] == l.max {
					l.present++
				}
			}
		}
		values := make([][]byte, l.present)
		for i := range values {
			values[i] = []byte(strings.Repeat("x", r.IntN(30)))
		}
		c := byteColumn(t, values)
		enough := 1 + r.IntN(8000)
		for start, value := 0, 0; start < l.n; {
			end, valueEnd, size := start, value, 0
			for end < l.n && (end == start || size < enough || l.rep != nil && l.rep[end] > 0) {
				size++
				if l.def == nil || l.def[end] == l.max {
					size += 4 + len(values[valueEnd])
					valueEnd++
				}
				end++
			}
			gotEnd, gotValue := pageEnd(c, &l, enough, start, value)
			if gotEnd != end || gotValue != valueEnd {
				t.Fatalf("from entry %d and value %d: got %d and %d, want %d and %d", start, value, gotEnd, gotValue, end, valueEnd)
			}
			start, value = end, valueEnd
		}
	}
}

func BenchmarkByteBounds(b *testing.B) {
	c := benchmarkBytes(b, "u%08d", 1<<30)
	for b.Loop() {
		c.found = byteBounds{}
		c.bounds()
	}
	perValue(b, c.len())
}

func BenchmarkDistinctBytes(b *testing.B) {
	for _, format := range []string{"%d", "u%08d", "https://%d.example.org"} {
		b.Run(format, func(b *testing.B) {
			c := benchmarkBytes(b, format, 200)
			for b.Loop() {
				c.index()
			}
			perValue(b, c.len())
		})
	}
}

// benchmarkBytes has 50,000 values, so many of which are different.
func benchmarkBytes(b *testing.B, format string, different int) *byteArrays {
	r := rand.New(rand.NewPCG(11, 12))
	values := make([][]byte, 50_000)
	for i := range values {
		values[i] = fmt.Appendf(nil, format, r.IntN(different))
	}
	return byteColumn(b, values)
}

func BenchmarkDistinctNumbers(b *testing.B) {
	values := benchmarkNumbers(1000)
	var d distinctNumbers[uint64]
	for b.Loop() {
		d.index(values, len(values))
	}
	perValue(b, len(values))
}

func BenchmarkExtremes(b *testing.B) {
	values := benchmarkNumbers(1 << 62)
	for b.Loop() {
		extremes(values, float64Order)
	}
	perValue(b, len(values))
}

func benchmarkNumbers(below uint64) []uint64 {
	r := rand.New(rand.NewPCG(13, 14))
	values := make([]uint64, 50_000)
	for i := range values {
		values[i] = r.Uint64N(below)
	}
	return values
}
