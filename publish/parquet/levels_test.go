package parquet

import (
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// What levels say of nested columns is judged by TestRoundTrip, record by record.

func BenchmarkOptionalLevels(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	builder := array.NewInt64Builder(memory.DefaultAllocator)
	const rows = 50_000
	for i := range int64(rows) {
		if r.IntN(2) == 0 {
			builder.AppendNull()
		} else {
			builder.Append(i)
		}
	}
	arr := builder.NewArray()
	var buffer levelBuffer
	var page []byte
	for b.Loop() {
		l := buffer.optional(levels{n: rows, present: rows}, arr)
		page = l.appendLevels(page[:0], 0, l.n, 1, 0)
	}
	perValue(b, rows)
}

func BenchmarkListLevels(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	builder := array.NewListBuilder(memory.DefaultAllocator, array.NewInt64Builder(memory.DefaultAllocator).Type())
	const rows = 20_000
	items := 0
	for range rows {
		builder.Append(true)
		for range r.IntN(6) {
			builder.ValueBuilder().(*array.Int64Builder).Append(1)
			items++
		}
	}
	arr := builder.NewArray()
	var buffer levelBuffer
	var page []byte
	for b.Loop() {
		l := buffer.items(levels{n: rows, present: rows}, arr, 1)
		page = l.appendLevels(page[:0], 0, l.n, 1, 1)
	}
	perValue(b, items)
}
