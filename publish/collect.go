package publish

import (
	"context"
	"errors"
	"fmt"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/parquet"
	"github.com/bindery-data/bindery/publish/stats"
	"github.com/bindery-data/bindery/schema"
)

// A collector takes the outcomes of a run in the plan's order: it gives every finding its place,
// counts, indexes keys, and hands row groups and quarantined records on.
type collector struct {
	run      *run
	reporter *reporter
	progress Event
	// next is the number of the next line or record of the shard that is being taken.
	next  int64
	shard *shardPlan
	// bases says of every piece where it begins, so that a key's place can be told at the end.
	bases []pieceBase
	// keys are those of the config that is being taken; again are the records that repeat one.
	keys  configKeys
	again *duplicates

	// sink receives what a build makes; nil in a check.
	sink sink
}

// A sink is where a build's row groups, with their statistics, and quarantined records go, in order.
type sink interface {
	rowGroup(sp *splitPlan, g *parquet.RowGroup, of *stats.Part) error
	quarantine(sp *splitPlan, at schema.Place, body []byte) error
}

// A pieceBase is the shard of a piece and the number of the line, or record, it begins with, from 1.
type pieceBase struct {
	shard *shardPlan
	split *splitPlan
	first int64
}

// configKeys are the key indexes of one config.
type configKeys struct {
	config  *catalog.Config
	sets    []keySet
	indexes []*keyIndex
}

func newCollector(r *run, s sink) *collector {
	c := &collector{run: r, reporter: newReporter(r.plan, r.options.keep()), again: &duplicates{}, sink: s}
	c.progress = Event{Phase: r.phase, Total: r.plan.size}
	return c
}

// take implements taker.
func (c *collector) take(ctx context.Context, u *unit, out *outcome) error {
	if err := c.beginConfig(ctx, u.split.config); err != nil {
		return err
	}
	firstPiece := len(c.bases)
	c.placePieces(u, out)
	places := c.bases[firstPiece:]
	count := &c.reporter.splits[u.split.index]
	for i := range out.batches {
		b := &out.batches[i]
		count.Read += b.records
		c.progress.Records += b.records
		for key, n := range b.counts {
			c.reporter.count(u.split, key, n)
		}
		for _, f := range b.findings {
			f.Place = places[f.piece].place(f.line)
			c.reporter.list(u.split, f.Finding)
		}
		if err := c.index(b.keys); err != nil {
			return err
		}
		if err := c.write(u, places, b, count); err != nil {
			return err
		}
	}
	c.run.options.Progress.report(c.progress)
	return nil
}

// placePieces notes where every piece of the unit begins, and reports the damages between them at the
// line or record where each shard breaks off.
func (c *collector) placePieces(u *unit, out *outcome) {
	damages := u.damages
	for i := 0; ; i++ {
		for len(damages) > 0 && damages[0].after == i {
			c.reportDamage(u.split, damages[0])
			damages = damages[1:]
		}
		if i == len(u.pieces) {
			return
		}
		p := &u.pieces[i]
		c.begin(p.shard)
		if out.pieces[i].records > 0 {
			c.reporter.full[p.shard] = true
		}
		c.next += p.skipped
		c.bases = append(c.bases, pieceBase{p.shard, u.split, c.next + 1})
		if p.shard.lines {
			c.next += out.pieces[i].lines
		} else {
			c.next += out.pieces[i].records
		}
		c.progress.Done += p.consumed
		c.progress.Item = p.shard.spec.Name
	}
}

// begin starts counting anew when the shard changes.
func (c *collector) begin(sh *shardPlan) {
	if c.shard != sh {
		c.shard, c.next = sh, 0
	}
}

func (c *collector) reportDamage(sp *splitPlan, d damage) {
	c.begin(d.shard)
	at := pieceBase{d.shard, sp, c.next + 1}.place(0)
	for _, f := range d.findings {
		if f.Line == 0 && f.Record == 0 {
			f.Line, f.Record = at.Line, at.Record
		}
		f.Shard = at.Shard
		c.reporter.add(sp, f)
	}
	c.reporter.damaged, c.reporter.full[d.shard] = true, true
	c.run.damaged.Store(true)
	c.run.found(1)
}

// place returns where the record at offset line, or record, of the piece stands.
func (p pieceBase) place(offset uint32) schema.Place {
	at := schema.Place{Shard: p.shard.spec.Name}
	if p.shard.lines {
		at.Line = p.first + int64(offset)
	} else {
		at.Record = p.first + int64(offset)
	}
	return at
}

// beginConfig makes ready for units of a config. The keys of the one before are all there: what repeats
// among them is reported, and their memory is freed.
func (c *collector) beginConfig(ctx context.Context, config *catalog.Config) error {
	if c.keys.config == config {
		return nil
	}
	if err := c.endConfig(ctx); err != nil {
		return err
	}
	sets := keysOf(config.Schema)
	c.keys = configKeys{config: config, sets: sets}
	for range sets {
		c.keys.indexes = append(c.keys.indexes, newKeyIndex(&c.run.keys, c.run.options.TempDir, keyBudget/int64(len(sets)), c.run.jobs))
	}
	return nil
}

// index adds a batch's keys, by key set, to the indexes of its config.
func (c *collector) index(keys [][]keyEntry) error {
	for i, entries := range keys {
		if err := c.keys.indexes[i].add(entries); err != nil {
			return fmt.Errorf("indexing keys of %s: %w", c.keys.sets[i].name(), err)
		}
	}
	return nil
}

// keyBudget is how many bytes of keys a config's indexes hold in memory before they spill to disk. With twice as
// many, to spill 1.6 million keys took 0.02 s more than to hold them.
const keyBudget = 2 << 20

// write hands a batch's row group and its quarantined records to the sink.
func (c *collector) write(u *unit, places []pieceBase, b *batchOutcome, count *catalog.Count) error {
	if c.sink == nil {
		return nil
	}
	for _, q := range b.quarantined {
		if err := c.sink.quarantine(u.split, places[q.piece].place(q.line), q.body); err != nil {
			return err
		}
	}
	count.Quarantined += b.rejected
	if b.rowGroup == nil || b.rowGroup.Rows() == 0 {
		return nil
	}
	count.Written += b.rowGroup.Rows()
	return c.sink.rowGroup(u.split, b.rowGroup, b.statistics)
}

// finish ends the last config. It returns the records that repeat a key, where another pass can leave
// them out.
func (c *collector) finish(ctx context.Context) (*duplicates, error) {
	if err := c.endConfig(ctx); err != nil {
		return nil, err
	}
	c.again.bases = c.bases
	c.again.sort()
	return c.again, nil
}

// endConfig looks for keys that repeat within the config that was taken, and reports each.
func (c *collector) endConfig(ctx context.Context) error {
	for i, x := range c.keys.indexes {
		set := &c.keys.sets[i]
		err := x.duplicates(ctx, func(later, first keyEntry) error {
			d := duplicate{recordAt{later.chunk, later.line}, recordAt{first.chunk, first.line}, set}
			c.reporter.add(c.bases[later.chunk].split, d.finding(c.bases))
			c.run.found(1)
			if c.run.quarantine {
				c.again.list = append(c.again.list, d)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("looking for repeated keys of %s: %w", set.name(), err)
		}
	}
	return c.close()
}

// close frees the key indexes and what they spilled.
func (c *collector) close() error {
	var err error
	for _, x := range c.keys.indexes {
		err = errors.Join(err, x.close())
	}
	c.keys.indexes = nil
	return err
}
