package publish

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/bindery-data/bindery/publish/shard"
	"github.com/bindery-data/bindery/schema"
)

// A unit is what one worker takes at a time: pieces of shards of one split that together make about
// one row group.
type unit struct {
	split   *splitPlan
	pieces  []piece
	damages []damage
	size    int64 // decoded bytes of the pieces
	// done receives the unit's outcome, once.
	done chan *outcome
}

// A piece is a chunk and where it is from.
type piece struct {
	shard  *shardPlan
	number uint32 // counts the pieces of a run
	chunk  shard.Chunk
	// consumed and skipped are the chunk's, which is gone when the collector wants them.
	consumed, skipped int64
}

// A damage is what ends a shard early. It follows the unit's first after pieces.
type damage struct {
	shard    *shardPlan
	after    int
	findings []schema.Finding
}

// A feeder cuts the shards of a plan into units.
type feeder struct {
	plan     *plan
	unitSize int64
	emit     func(*unit) error
	unit     *unit
	pieces   uint32
}

// run emits every unit of the plan, in order.
func (f *feeder) run(ctx context.Context) (err error) {
	defer func() {
		if err != nil && f.unit != nil {
			f.unit.release()
		}
	}()
	for _, sp := range f.plan.splits {
		f.unit = newUnit(sp)
		for _, sh := range sp.shards {
			if err := f.feedShard(ctx, sp, sh); err != nil {
				return err
			}
		}
		if len(f.unit.pieces) > 0 || len(f.unit.damages) > 0 {
			if err := f.emit(f.unit); err != nil {
				return err
			}
		}
	}
	return nil
}

// release gives the memory and files of the unit's chunks back.
func (u *unit) release() {
	for i := range u.pieces {
		u.pieces[i].chunk.Release()
	}
}

func newUnit(sp *splitPlan) *unit { return &unit{split: sp, done: make(chan *outcome, 1)} }

func (f *feeder) feedShard(ctx context.Context, sp *splitPlan, sh *shardPlan) (err error) {
	s, err := shard.Open(ctx, sp.config.Schema, sh.spec)
	if err != nil {
		return f.noteDamage(sh, err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for {
		c, err := s.Next(ctx, f.unitSize-f.unit.size)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return f.noteDamage(sh, err)
		}
		f.unit.pieces = append(f.unit.pieces, piece{sh, f.pieces, c, c.Consumed, c.SkippedLines})
		f.unit.size += c.Size
		f.pieces++
		if f.unit.size >= f.unitSize {
			if err := f.emit(f.unit); err != nil {
				return err
			}
			f.unit = newUnit(sp)
		}
	}
}

// noteDamage keeps an error that is about the shard's content for the report, and returns any other.
func (f *feeder) noteDamage(sh *shardPlan, err error) error {
	var d *shard.Damage
	if !errors.As(err, &d) {
		return fmt.Errorf("reading shard %s: %w", sh.spec.Name, err)
	}
	f.unit.damages = append(f.unit.damages, damage{sh, len(f.unit.pieces), d.Findings})
	return nil
}
