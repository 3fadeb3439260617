package parquet

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// readDelta reads what appendDelta wrote, step by step as the specification has it.
func readDelta[T uint32 | uint64](t *testing.T, b []byte) []T {
	t.Helper()
	unsigned := func() int {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			t.Fatal("a number is cut off")
		}
		b = b[n:]
		return int(v)
	}
	zigzag := func() T {
		v, n := binary.Varint(b)
		if n <= 0 {
			t.Fatal("a number is cut off")
		}
		b = b[n:]
		return T(v)
	}
	block, minis, total, last := unsigned(), unsigned(), unsigned(), zigzag()
	if total == 0 {
		return nil
	}
	values := []T{last}
	for len(values) < total {
		least := zigzag()
		widths := slices.Clone(b[:minis])
		b = b[minis:]
		for _, width := range widths {
			if len(values) == total {
				break
			}
			if int(width) > 8*int(sizeOf(last)) {
				t.Fatalf("a difference has %d bits", width)
			}
			size := block / minis * int(width) / 8
			for _, difference := range unpackSlowly(b[:size], int(width), block/minis) {
				if len(values) < total {
					last += least + T(difference)
					values = append(values, last)
				}
			}
			b = b[size:]
		}
	}
	if len(b) > 0 {
		t.Fatalf("%d bytes are left", len(b))
	}
	return values
}

func sizeOf[T uint32 | uint64](T) uintptr { return uintptr((&numbers[T]{}).width()) }

func TestDelta(t *testing.T) {
	t.Run("32 bits", func(t *testing.T) { testDelta[uint32](t) })
	t.Run("64 bits", func(t *testing.T) { testDelta[uint64](t) })
}

func testDelta[T uint32 | uint64](t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 600 {
		values := make([]T, n)
		width, last := r.IntN(65), T(0)
		for i := range values {
			switch last += T(r.Uint64() >> width); r.IntN(1 + n) {
			case 0:
				last = T(uint64(math.MaxUint64) >> r.IntN(2)) // The extremes of both widths.
			case 1:
				last = T(1) << (8*sizeOf(last) - 1)
			}
			values[i] = last
		}
		if got := readDelta[T](t, appendDelta(nil, values)); !slices.Equal(got, values) {
			t.Fatalf("%v became %v", values, got)
		}
	}
}

func TestDeltaBits(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct {
		next      func(i int) uint64
		low, high int
	}{
		{func(i int) uint64 { return uint64(i) * 1000 }, 0, 0},
		{func(int) uint64 { return r.Uint64N(1 << 20) }, 19, 21},
		{func(int) uint64 { return r.Uint64() }, 62, 64},
	} {
		values := make([]uint64, 10_000)
		for i := range values {
			values[i] = c.next(i)
		}
		got := deltaBits(values)
		written := 8 * len(appendDelta(nil, values)) / len(values)
		if got < c.low || got > c.high || written < got || written > got+2 {
			t.Errorf("%d bits a value, of which %d were written; want %d to %d", got, written, c.low, c.high)
		}
	}
	for n := range 3 {
		if got := deltaBits(make([]uint32, n)); got != 0 {
			t.Errorf("%d zeros take %d bits", n, got)
		}
	}
}

func BenchmarkDelta(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	values := make([]uint64, 50_000)
	for i := range values {
		values[i] = r.Uint64N(1_000_000_000_000)
	}
	var out []byte
	for b.Loop() {
		out = appendDelta(out[:0], values)
	}
	perValue(b, len(values))
}
