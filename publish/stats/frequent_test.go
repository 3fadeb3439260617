package stats

import (
	"cmp"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

// TestMostFrequent compares with sorting all entries, many of which were counted as often.
func TestMostFrequent(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 20))
	for range 5000 {
		c := &column{field: &schema.Field{Name: "a", Type: schema.Int64}}
		c.values.missed = r.Uint64N(4)
		for _, i := range r.Perm(r.IntN(4 * catalog.MaxFrequent)) {
			e := entry{hash: mix(uint64(i)), value: uint64(int64(i - 20)), count: 1 + r.Uint64N(1+r.Uint64N(5)), seen: r.Uint64N(c.values.missed + 1)}
			c.values.entries = append(c.values.entries, e)
		}
		sorted := slices.Clone(c.values.entries)
		slices.SortFunc(sorted, func(a, b entry) int {
			return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(int64(a.value), int64(b.value)))
		})
		n := min(len(sorted), catalog.MaxFrequent)
		want := make([]uint64, n+1)
		for i := range want {
			want[i] = c.values.missed
			for j := i; j < len(sorted); j++ {
				want[i] = max(want[i], c.values.most(&sorted[j]))
			}
		}
		first, most := c.mostFrequent()
		if !slices.Equal(first, sorted[:n]) || !reflect.DeepEqual(most, want) {
			t.Fatalf("of %d entries:\ngot  %v %v\nwant %v %v", len(sorted), first, most, sorted[:n], want)
		}
	}
}

// TestLongestTexts adds up texts whose shown part is as many bytes as it can be: 256 of them.
func TestLongestTexts(t *testing.T) {
	f := &schema.Field{Name: "a", Type: schema.String}
	var part, got values
	var texts []string
	for i := range 40 {
		text := strings.Repeat(string(rune(0x1F600+i)), catalog.MaxShownText)
		texts = append(texts, text)
		part.entries = append(part.entries, entry{hash: mix(uint64(i)), value: part.addText([]byte(text), i%2 == 0), count: 1})
	}
	var p packer
	p.values(&part, f)
	u := unpacker{b: p.end(0, nil).columns}
	got.add(&u, f, new(adder), false)
	for i := range got.entries {
		if s := got.shown(&got.entries[i]); string(s.text) != texts[i] || s.cut != (i%2 == 0) {
			t.Errorf("text %d is %q, %v", i, s.text, s.cut)
		}
	}
}
