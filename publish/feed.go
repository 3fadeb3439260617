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
// one row group. Its worker has it before it is complete, and decodes its chunks as they come.
type unit struct {
	split *splitPlan
	// pieces and damages are whole when chunks is closed.
	pieces  []piece
	damages []damage
	size    int64 // decoded bytes of the chunks
	chunks  chan fedChunk
	// done receives the unit's outcome, once.
	done chan *outcome
}

// A piece is what a unit has of one shard: a run of chunks.
type piece struct {
	shard  *shardPlan
	number uint32 // counts the pieces of a run
	// consumed and skipped are those of its chunks.
	consumed, skipped int64
}

// A fedChunk is a chunk of the unit's piece at index piece.
type fedChunk struct {
	chunk  shard.Chunk
	shard  *shardPlan
	piece  int
	number uint32 // the piece's
	// ahead says that the chunk's text counts as decoded ahead until it was made into records.
	ahead bool
}

// A damage is what ends a shard early. It follows the unit's first after pieces.
type damage struct {
	shard    *shardPlan
	after    int
	findings []schema.Finding
}

const (
	// chunkBytes is how much text is decoded at a time: all the text that a worker holds, and so little that
	// it stays in a core's own cache from when it is read until it is parsed. Whole units of 16 MiB took 100
	// MB more at the peak of a check with two workers.
	chunkBytes = 256 << 10
	// chunksQueued is how many chunks a unit has room for, at most, that its worker has not taken.
	chunksQueued = 128
	// chunksAhead is how many chunks of compressed shards are decoded before a worker takes them: about a
	// unit's, so that there is text for the next worker while the others compress pages.
	chunksAhead = 48
)

// A feeder cuts the shards of a plan into units. Where they are cut depends on the shards' decoded bytes
// and on unitSize alone.
type feeder struct {
	plan     *plan
	unitSize int64
	emit     func(*unit) error
	// ahead holds a token for every chunk that is decoded ahead.
	ahead  chan struct{}
	unit   *unit
	opened bool // the unit was emitted
	pieces uint32
}

// run emits every unit of the plan, in order.
func (f *feeder) run(ctx context.Context) error {
	for _, sp := range f.plan.splits {
		f.begin(sp)
		for _, sh := range sp.shards {
			if err := f.feedShard(ctx, sp, sh); err != nil {
				return err
			}
		}
		f.end()
	}
	return nil
}

func (f *feeder) begin(sp *splitPlan) {
	f.opened = false
	queued := min(f.unitSize/chunkBytes+1, chunksQueued)
	f.unit = &unit{split: sp, chunks: make(chan fedChunk, queued), done: make(chan *outcome, 1)}
}

// open emits the unit when there is something in it.
func (f *feeder) open() error {
	if f.opened {
		return nil
	}
	f.opened = true
	return f.emit(f.unit)
}

// end completes the unit.
func (f *feeder) end() { close(f.unit.chunks) }

// release gives back the memory and files of chunks that no worker took.
func (u *unit) release() {
	for {
		select {
		case c, ok := <-u.chunks:
			if !ok {
				return
			}
			c.chunk.Release()
		default:
			return
		}
	}
}

func (f *feeder) feedShard(ctx context.Context, sp *splitPlan, sh *shardPlan) (err error) {
	s, err := shard.Open(ctx, sp.config.Schema, sh.spec)
	if err != nil {
		return f.noteDamage(sh, err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for first := true; ; first = false {
		want := f.unitSize - f.unit.size
		if sh.lines {
			want = min(want, chunkBytes)
		}
		c, err := s.Next(ctx, want)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return f.noteDamage(sh, err)
		}
		size := c.Size
		if err := f.feed(ctx, sh, c, first || len(f.unit.pieces) == 0); err != nil {
			return err
		}
		if f.unit.size += size; f.unit.size >= f.unitSize {
			f.end()
			f.begin(sp)
		}
	}
}

// feed adds a chunk to the unit, in a piece of its own or in that of the chunk before.
func (f *feeder) feed(ctx context.Context, sh *shardPlan, c shard.Chunk, begins bool) (err error) {
	defer func() {
		if err != nil {
			c.Release()
		}
	}()
	u := f.unit
	if begins {
		u.pieces = append(u.pieces, piece{shard: sh, number: f.pieces})
		f.pieces++
	}
	last := len(u.pieces) - 1
	p := &u.pieces[last]
	p.consumed += c.Consumed
	p.skipped += c.SkippedLines
	fed := fedChunk{c, sh, last, p.number, c.HasText()}
	if err := f.open(); err != nil {
		return err
	}
	if fed.ahead {
		if err := send(ctx, f.ahead, struct{}{}); err != nil {
			return err
		}
	}
	return send(ctx, u.chunks, fed)
}

// noteDamage keeps an error that is about the shard's content for the report, and returns any other.
func (f *feeder) noteDamage(sh *shardPlan, err error) error {
	var d *shard.Damage
	if !errors.As(err, &d) {
		return fmt.Errorf("reading shard %s: %w", sh.spec.Name, err)
	}
	f.unit.damages = append(f.unit.damages, damage{sh, len(f.unit.pieces), d.Findings})
	return f.open()
}
