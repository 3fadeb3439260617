package shard

import (
	"math/rand/v2"
	"testing"

	"github.com/bindery-data/bindery/schema"
)

// TestColumnValidity holds what a column says of its nulls, and its array, against a list of them, through
// appending and truncating.
func TestColumnValidity(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		c := newColumn(&schema.Field{Name: "v", Type: schema.Int16})
		var null []bool
		nulls := []int{0, 2, 40, 1000}[r.IntN(4)] // one in so many
		for range r.IntN(6) {
			for range r.IntN(100) {
				if nulls > 0 && r.IntN(nulls) == 0 {
					c.appendNull()
					null = append(null, true)
				} else {
					c.appendInt(int64(len(null)))
					null = append(null, false)
				}
			}
			if r.IntN(2) == 0 {
				null = null[:r.IntN(len(null)+1)]
				c.truncate(len(null))
			}
			compareValidity(t, c, null)
		}
	}
}

func compareValidity(t *testing.T, c *column, null []bool) {
	t.Helper()
	arr := c.array()
	defer arr.Release()
	want := 0
	for i, isNull := range null {
		if c.isNull(i) != isNull || arr.IsNull(i) != isNull {
			t.Fatalf("slot %d of %v: null is %t in the column, %t in the array", i, null, c.isNull(i), arr.IsNull(i))
		}
		if isNull {
			want++
		}
	}
	if c.nulls != want || arr.NullN() != want || arr.Len() != len(null) {
		t.Fatalf("%v: %d nulls in the column, %d in the array of %d", null, c.nulls, arr.NullN(), arr.Len())
	}
	if bitmap := arr.NullBitmapBytes(); want > 0 && len(bitmap) != (len(null)+7)/8 {
		t.Fatalf("%d slots have %d bytes of bitmap", len(null), len(bitmap))
	}
}
