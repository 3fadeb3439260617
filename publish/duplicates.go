package publish

import (
	"cmp"
	"slices"

	"github.com/bindery-data/bindery/publish/shard"
	"github.com/bindery-data/bindery/schema"
)

// duplicates are records that repeat the key of an earlier one, in the plan's order. Which records
// those are is known only when every key was seen: by then the row groups are made. A build that
// quarantines therefore makes a second pass that leaves them out; pieces and lines are the same in
// every pass over the same shards.
type duplicates struct {
	list  []duplicate
	bases []pieceBase // of the pass that found them
}

type duplicate struct {
	at, first recordAt
	set       *keySet
}

// recordAt is a record: its line, or number, within a piece.
type recordAt struct {
	piece, line uint32
}

func (a recordAt) compare(b recordAt) int {
	return cmp.Or(cmp.Compare(a.piece, b.piece), cmp.Compare(a.line, b.line))
}

// sort puts the duplicates into the plan's order.
func (ds *duplicates) sort() {
	slices.SortStableFunc(ds.list, func(a, b duplicate) int { return a.at.compare(b.at) })
}

// count moves the records from those that rep says were written to those quarantined, once each.
func (ds *duplicates) count(rep *Report) {
	for i, d := range ds.list {
		if i == 0 || ds.list[i-1].at != d.at {
			count := &rep.Splits[ds.bases[d.at.piece].split.index]
			count.Written--
			count.Quarantined++
		}
	}
}

// finding returns what there is to say about a duplicate: where both records are, but not the value, nor
// its place in a list or map. The index keeps 128 bits of a value and its record's number, so that it
// takes 24 bytes whatever the value; to show the value, the shards would have to be read once more.
func (d duplicate) finding(bases []pieceBase) schema.Finding {
	first := bases[d.first.piece].place(d.first.line)
	f := schema.Finding{
		Code: d.set.code, Field: d.set.name(), Place: bases[d.at.piece].place(d.at.line),
		Message: "repeats the value of an earlier record", Rule: d.set.rule(), First: &first,
	}
	if d.at == d.first {
		f.Message = "has the same value twice" // In a list, within one record.
	}
	return f
}

// reject adds the findings that an earlier pass made about the records of a batch, of which recordAt says
// where they are.
func (ds *duplicates) reject(origins []shard.Origin, recordAt func(shard.Origin) recordAt, found *schema.Findings) {
	if ds == nil {
		return
	}
	for row, o := range origins {
		at := recordAt(o)
		i, _ := slices.BinarySearchFunc(ds.list, duplicate{at: at}, func(d, e duplicate) int { return d.at.compare(e.at) })
		for ; i < len(ds.list) && ds.list[i].at == at; i++ {
			found.Add(row, ds.list[i].finding(ds.bases))
		}
	}
}
