package stats

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/decimal128"

	"github.com/bindery-data/bindery/schema"
)

// A plainEntry is an entry that has its text.
type plainEntry struct {
	entry
	text string
	cut  bool
}

// plainValues are values that are added up by the slow and obvious way.
type plainValues struct {
	entries map[uint64]plainEntry
	missed  uint64
}

func plainOf(v *values, texts bool) *plainValues {
	p := &plainValues{entries: make(map[uint64]plainEntry), missed: v.missed}
	for _, e := range v.entries {
		plain := plainEntry{entry: e}
		if texts {
			shown := v.shown(&e)
			plain.text, plain.cut, plain.value = string(shown.text), shown.cut, 0
		}
		p.entries[e.hash] = plain
	}
	return p
}

func (p *plainValues) add(o *plainValues) {
	p.missed += o.missed
	for hash, e := range o.entries {
		if have, ok := p.entries[hash]; ok {
			e.count += have.count
			e.seen += have.seen
		}
		p.entries[hash] = e
	}
	if len(p.entries) <= maxEntries {
		return
	}
	most := func(e plainEntry) uint64 { return e.count + p.missed - e.seen }
	sorted := slices.SortedFunc(maps.Values(p.entries), func(a, b plainEntry) int {
		return cmp.Or(cmp.Compare(most(b), most(a)), cmp.Compare(a.hash, b.hash))
	})
	dropped := most(sorted[maxEntries/2])
	more := max(dropped, p.missed) - p.missed
	p.missed += more
	clear(p.entries)
	for _, e := range sorted[:maxEntries/2] {
		e.seen += more
		p.entries[e.hash] = e
	}
}

// TestAddedValues adds parts of many values up, some of which come back, and compares with sorting them.
func TestAddedValues(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, f := range []*schema.Field{
		{Name: "a", Type: schema.Int64}, {Name: "a", Type: schema.Uint64}, {Name: "a", Type: schema.Float64},
		{Name: "a", Type: schema.String}, {Name: "a", Type: schema.Binary}, {Name: "a", Type: schema.Decimal, Precision: 30},
	} {
		for run := range 8 {
			var got values
			want := plainOf(&got, hasText(f))
			var all sketch
			var a adder
			for part := range 12 {
				o := drawValues(r, f, 1+r.IntN(maxEntries), 1<<(4+2*run))
				all.addEntries(o.entries)
				var p packer
				p.values(&o, f)
				whole := p.end(0, nil)
				u := unpacker{b: whole.columns}
				got.add(&u, f, &a, false)
				want.add(plainOf(&o, hasText(f)))
				if u.at != len(whole.columns)-margin {
					t.Fatalf("%s: %d of %d bytes were read", f.Type, u.at, len(whole.columns)-margin)
				}
				if plain := plainOf(&got, hasText(f)); plain.missed != want.missed || !maps.Equal(plain.entries, want.entries) {
					t.Fatalf("%s, part %d of run %d: not what sorting gives: %d entries, %d missed; want %d, %d",
						f.Type, part, run, len(plain.entries), plain.missed, len(want.entries), want.missed)
				}
				if got.sketch != nil && *got.sketch != all {
					t.Fatalf("%s, part %d of run %d: the sketch is not that of all values", f.Type, part, run)
				}
			}
		}
	}
}

// drawValues draws n different values of f or somewhat fewer, of so many.
func drawValues(r *rand.Rand, f *schema.Field, n, of int) (v values) {
	drawn := make(map[uint64]bool)
	for range n {
		number := uint64(r.ExpFloat64() * float64(of))
		if drawn[number] {
			continue
		}
		drawn[number] = true
		e := entry{hash: mix(number), value: number, count: 1}
		switch {
		case f.Type == schema.Int64:
			e.value = uint64(int64(number) - int64(of))
			e.hash = mix(e.value)
		case f.Type == schema.Binary:
			e.value = 0
		case f.Type.Bytes():
			e.value = v.addText([]byte(strings.Repeat(fmt.Sprint(number), int(number%4))), number%7 == 0)
		case isWide(f):
			d := decimal128.New(int64(number%3), number)
			e.value, e.hash = v.addDecimal(d), hashDecimal(d)
		}
		if r.IntN(4) == 0 {
			e.count += r.Uint64N(1 << r.UintN(40))
		}
		v.entries = append(v.entries, e)
	}
	if r.IntN(2) == 0 {
		v.missed = r.Uint64N(5)
		for i := range v.entries {
			v.entries[i].seen = r.Uint64N(v.missed + 1)
		}
	}
	return v
}
