package parquet

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// packSlowly packs values bit by bit, as the specification draws it.
func packSlowly(values []uint64, width, size int) []byte {
	out := make([]byte, size)
	for i, v := range values {
		for bit := range width {
			at := i*width + bit
			out[at/8] |= byte(v>>bit&1) << (at % 8)
		}
	}
	return out
}

// unpackSlowly undoes packSlowly.
func unpackSlowly(packed []byte, width, n int) []uint64 {
	out := make([]uint64, n)
	for i := range out {
		for bit := range width {
			at := i*width + bit
			out[i] |= uint64(packed[at/8]>>(at%8)&1) << bit
		}
	}
	return out
}

// readHybrid reads n values of the hybrid encoding, run by run, and returns how many runs there were.
func readHybrid(t *testing.T, b []byte, width, n int) (values []uint64, runs int) {
	t.Helper()
	for len(values) < n {
		head, size := binary.Uvarint(b)
		if size <= 0 {
			t.Fatalf("no run after %d of %d values", len(values), n)
		}
		b = b[size:]
		if count := int(head >> 1); head&1 == 0 {
			value := unpackSlowly(append(slices.Clone(b[:(width+7)/8]), 0), width, 1)[0]
			values = append(values, slices.Repeat([]uint64{value}, count)...)
			b = b[(width+7)/8:]
			runs++
		} else {
			values = append(values, unpackSlowly(b[:count*width], width, 8*count)...)
			b = b[count*width:]
		}
	}
	if len(b) > 0 || len(values) >= n+8 {
		t.Fatalf("%d bytes are left after %d values of %d", len(b), len(values), n)
	}
	return values[:n], runs
}

func TestPacked(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for width := range 65 {
		for range 20 {
			values := make([]uint64, r.IntN(100))
			for i := range values {
				if width > 0 {
					values[i] = r.Uint64() >> (64 - width)
				}
			}
			size := (len(values)*width+7)/8 + r.IntN(9)
			before := []byte{1, 2, 3}
			got := appendPacked(slices.Clone(before), values, width, size)
			if want := append(before, packSlowly(values, width, size)...); !bytes.Equal(got, want) {
				t.Fatalf("%d bits of %v: got %x, want %x", width, values, got, want)
			}
		}
	}
}

func TestHybrid(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for width := range 33 {
		for range 30 {
			var values []uint32
			for len(values) < 300 {
				v := uint32(0)
				if width > 0 {
					v = r.Uint32() >> (32 - width)
				}
				values = append(values, slices.Repeat([]uint32{v}, 1+r.IntN(3)*r.IntN(60))...)
			}
			values = values[:r.IntN(len(values))]
			got, _ := readHybrid(t, appendHybrid(nil, values, width), width, len(values))
			for i, v := range values {
				if got[i] != uint64(v) {
					t.Fatalf("%d bits: value %d of %v is %d", width, i, values, got[i])
				}
			}
		}
	}
}

// What is equal is written as a run, wherever it stands.
func TestHybridRuns(t *testing.T) {
	for n := range 80 {
		values := append(slices.Repeat([]uint8{0, 1}, 4), slices.Repeat([]uint8{1}, n)...)
		_, runs := readHybrid(t, appendHybrid(nil, values, 1), 1, len(values))
		if want := n >= leastRun; (runs == 1) != want {
			t.Errorf("%d equal values gave %d runs", n, runs)
		}
	}
}

func TestBitsAndFlags(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	packed := make([]byte, 40)
	for i := range packed {
		packed[i] = byte(r.Uint32())
	}
	for offset := range 20 {
		for n := range 8*len(packed) - offset {
			var flags []uint8
			for i := offset; i < offset+n; i++ {
				flags = append(flags, packed[i/8]>>(i%8)&1)
			}
			if got := appendBits([]byte{7}, packed, offset, n); !bytes.Equal(got[1:], flags) {
				t.Fatalf("%d bits from %d: got %v, want %v", n, offset, got[1:], flags)
			}
			wide := make([]uint64, n)
			for i, f := range flags {
				wide[i] = uint64(f)
			}
			if got := appendFlags([]byte{7}, flags); !bytes.Equal(got[1:], packSlowly(wide, 1, (n+7)/8)) {
				t.Fatalf("%v became %x", flags, got[1:])
			}
		}
	}
}

func BenchmarkHybrid(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, width := range []int{1, 3, 10, 16} {
		values := make([]uint32, 50_000)
		for i := range values {
			values[i] = r.Uint32() >> (32 - width)
		}
		b.Run(fmt.Sprintf("%dbits", width), func(b *testing.B) {
			var out []byte
			for b.Loop() {
				out = appendHybrid(out[:0], values, width)
			}
			perValue(b, len(values))
		})
	}
}

// perValue reports the time of a value rather than of a loop.
func perValue(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/value")
}
