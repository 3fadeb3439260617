package publish

import (
	"context"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/parquet"
	"github.com/bindery-data/bindery/publish/shard"
	"github.com/bindery-data/bindery/publish/stats"
	"github.com/bindery-data/bindery/schema"
)

// batchBytes is when a batch is full. A unit of text seldom fills one; it is there for input that grows
// when decoded, such as records that leave most of their fields out, so that neither memory nor a row
// group does.
const batchBytes = 64 << 20

// reserveAfter is after how many chunks of a config's first unit room is made for a whole unit's records.
const reserveAfter = 2

// An outcome is what a worker made of a unit.
type outcome struct {
	err     error
	pieces  []pieceOutcome
	batches []batchOutcome
}

// A pieceOutcome counts what a piece held.
type pieceOutcome struct {
	lines   int64 // 0 in formats without lines
	records int64
}

// A batchOutcome is one batch of a unit, checked and, in a build, encoded.
type batchOutcome struct {
	records, rejected int64
	findings          []located
	counts            map[schema.CountKey]int64
	keys              [][]keyEntry // by key set of the config
	rowGroup          *parquet.RowGroup
	statistics        *stats.Part // of the row group's records
	quarantined       []rejectedRecord
}

// A located finding is about the record at line of the unit's piece; both count from 0.
type located struct {
	piece int
	line  uint32
	schema.Finding
}

// A rejectedRecord is a record that goes to quarantine. It is text already, but for its place: a batch in
// which every record is wrong has more findings than memory should hold.
type rejectedRecord struct {
	piece int
	line  uint32
	body  []byte
}

// A worker decodes, checks and encodes units. What it allocates for a config it keeps for the next
// unit of that config.
type worker struct {
	run      *run
	config   *catalog.Config
	hashers  []*keyHasher // by key set
	decoders map[decoderKey]shard.Decoder
	builder  *shard.Builder
	reserved bool // the builder has room for a unit
	checker  *schema.Checker
	encoder  *parquet.Encoder
	// ahead has a token for every chunk that was decoded ahead.
	ahead <-chan struct{}
	// chunks are those that the builder's records are from.
	chunks []takenChunk
	// entries is memory for the keys of a batch before they are grouped.
	entries []keyEntry
	// measurer measures the records that are written.
	measurer *stats.Measurer
}

// A takenChunk is a chunk and the line or record, from 0, at which it begins in its piece. It is kept until
// no record of it can be asked for.
type takenChunk struct {
	fedChunk
	first int64
}

// A decoderKey is what shards that share a decoder have in common.
type decoderKey struct {
	format    string
	delimiter byte
}

// use makes the worker ready for units of a config.
func (w *worker) use(config *catalog.Config) error {
	if w.config == config {
		return nil
	}
	w.config, w.hashers = config, nil
	if w.run.duplicates == nil { // A second pass knows the keys that repeat already.
		for _, set := range keysOf(config.Schema) {
			w.hashers = append(w.hashers, newKeyHasher(config.Schema, set.fields, w.run.seed))
		}
	}
	w.decoders = make(map[decoderKey]shard.Decoder)
	w.builder, w.reserved = shard.NewBuilder(config.Schema, batchBytes), false
	w.builder.Findings.Keep = w.run.keepPerBatch
	w.checker = schema.NewChecker(config.Schema)
	if !w.run.encode {
		return nil
	}
	w.measurer = stats.NewMeasurer(config.Schema)
	var err error
	o := w.run.parquet
	o.Spare, o.Memory = w.run.shared.offer, &w.run.pages
	w.encoder, err = parquet.NewEncoder(config.Schema, o)
	return err
}

// decoder returns the worker's decoder for shards like sh.
func (w *worker) decoder(sh *shardPlan) (shard.Decoder, error) {
	key := decoderKey{sh.format, sh.spec.Delimiter}
	if d := w.decoders[key]; d != nil {
		return d, nil
	}
	d, err := shard.NewDecoder(w.config.Schema, sh.spec)
	if err == nil {
		w.decoders[key] = d
	}
	return d, err
}

// work works on units until there are no more.
func (w *worker) work(ctx context.Context, units <-chan *unit) error {
	for {
		u, ok, err := next(ctx, units, w.run.shared)
		if err != nil {
			return err
		}
		if !ok {
			return w.run.shared.finish(ctx)
		}
		out := w.do(ctx, u)
		u.done <- out
		if out.err != nil {
			return out.err
		}
	}
}

// do works on one unit. What it took of the unit is given back whatever happens.
func (w *worker) do(ctx context.Context, u *unit) (out *outcome) {
	out = &outcome{}
	defer w.release(0)
	if out.err = w.use(u.split.config); out.err != nil {
		return out
	}
	for {
		c, ok, err := next(ctx, u.chunks, w.run.shared)
		if err != nil {
			out.err = err
			return out
		}
		if !ok {
			break
		}
		if err := w.decode(ctx, u, c, out); err != nil {
			out.err = fmt.Errorf("reading shard %s: %w", c.shard.spec.Name, err)
			return out
		}
	}
	out.err = w.flush(u, out)
	return out
}

// decode appends the records of one chunk, taking a batch whenever the builder is full.
func (w *worker) decode(ctx context.Context, u *unit, c fedChunk, out *outcome) error {
	taken := w.take(c, out)
	d, err := w.decoder(c.shard)
	if err != nil {
		return err
	}
	if err := d.Start(&taken.chunk); err != nil {
		return err
	}
	piece := &out.pieces[c.piece]
	for done := false; !done; {
		if err := ctx.Err(); err != nil {
			return err
		}
		before := w.builder.Rows()
		if done, err = d.Decode(w.builder); err != nil {
			return err
		}
		piece.records += int64(w.builder.Rows() - before)
		if w.builder.Full() {
			if err := w.flush(u, out); err != nil {
				return err
			}
		}
	}
	piece.lines += d.Lines()
	if !w.reserved && len(w.chunks) == reserveAfter {
		w.builder.Reserve(reserveAfter*chunkBytes, w.run.unitSize)
		w.reserved = true
	}
	w.decoded()
	return nil
}

// take makes a chunk the one that the records which follow are from.
func (w *worker) take(c fedChunk, out *outcome) *takenChunk {
	if c.piece == len(out.pieces) {
		out.pieces = append(out.pieces, pieceOutcome{})
	}
	first := out.pieces[c.piece].records
	if c.shard.lines {
		first = out.pieces[c.piece].lines
	}
	w.builder.BeginChunk(len(w.chunks))
	w.chunks = append(w.chunks, takenChunk{c, first})
	return &w.chunks[len(w.chunks)-1]
}

// decoded gives back what the chunk that was taken last has no use for, now that its records are made:
// its memory, unless a quarantine may ask for their text and nothing else has it.
func (w *worker) decoded() {
	c := &w.chunks[len(w.chunks)-1]
	if w.run.quarantine {
		c.chunk.Unload()
	} else {
		c.chunk.Release()
	}
	if c.ahead {
		c.ahead = false
		<-w.ahead
	}
}

// release lets go of all chunks but the last so many.
func (w *worker) release(but int) {
	end := max(len(w.chunks)-but, 0)
	for i := range w.chunks[:end] {
		w.chunks[i].chunk.Release()
	}
	w.chunks = slices.Delete(w.chunks, 0, end)
}

// flush turns the builder's records into a batch of the outcome and empties the builder.
func (w *worker) flush(u *unit, out *outcome) error {
	defer w.empty()
	if w.builder.Rows() == 0 {
		return nil
	}
	batch := w.builder.Batch()
	defer batch.Record.Release()
	found := &w.builder.Findings
	w.checker.Check(batch, found)
	w.run.duplicates.reject(w.builder.Origins, w.recordAt, found)

	b := batchOutcome{records: int64(w.builder.Rows()), counts: found.Counts}
	kept := keptRows(w.builder.Rows(), found.Rejected)
	b.keys = w.keys(batch.Record, kept)
	if kept != nil {
		b.findings = w.locate(found.List)
		if err := w.reject(&b, kept); err != nil {
			return err
		}
		w.run.found(b.rejected)
	}
	if w.run.encode && w.run.wanted() {
		rec := batch.Record
		if kept != nil {
			rec = parquet.Keep(rec, kept)
			defer rec.Release()
		}
		b.statistics = w.measurer.Measure(rec)
		var err error
		if b.rowGroup, err = w.encoder.Encode(rec); err != nil {
			return fmt.Errorf("encoding records of split %s: %w", u.split.split.Name, err)
		}
	}
	out.batches = append(out.batches, b)
	return nil
}

// empty empties the builder, and lets go of the chunks that its records were from, but for the one that is
// being decoded.
func (w *worker) empty() {
	w.builder.Reset()
	w.release(1)
	w.builder.BeginChunk(0)
}

// recordAt returns where a record of the builder is.
func (w *worker) recordAt(o shard.Origin) recordAt {
	c := &w.chunks[o.Chunk]
	return recordAt{c.number, uint32(c.first + int64(o.Line))}
}

// keys returns the keys of a batch, by key set. Where records with findings are left out of a bundle,
// their keys are free for others.
func (w *worker) keys(rec arrow.Record, kept []bool) [][]keyEntry {
	at := func(row int) (chunk, line uint32, ok bool) {
		r := w.recordAt(w.builder.Origins[row])
		return r.piece, r.line, kept == nil || kept[row] || !w.run.quarantine
	}
	var keys [][]keyEntry
	for _, h := range w.hashers {
		w.entries = h.appendKeys(w.entries[:0], rec, at)
		keys = append(keys, w.run.keys.group(w.entries))
	}
	return keys
}

// keptRows marks the rows that no finding is about; nil means all of them.
func keptRows(rows int, rejected []int32) []bool {
	if len(rejected) == 0 {
		return nil
	}
	kept := make([]bool, rows)
	for i := range kept {
		kept[i] = true
	}
	for _, row := range rejected {
		kept[row] = false
	}
	return kept
}

// locate returns as many findings of each kind as a report can list, with the pieces that they are in.
func (w *worker) locate(list []schema.RowFinding) []located {
	var findings []located
	taken := make(map[schema.CountKey]int)
	for _, f := range list {
		key := schema.CountKey{Code: f.Code, Field: f.Field}
		if taken[key]++; taken[key] > w.run.options.keep() {
			continue
		}
		o := w.builder.Origins[f.Row]
		findings = append(findings, located{w.chunks[o.Chunk].piece, w.recordAt(o).line, f.Finding})
	}
	return findings
}

// reject counts the rows that are not kept and, in a build that quarantines, makes their records ready
// for it.
func (w *worker) reject(b *batchOutcome, kept []bool) error {
	byRow := make(map[int][]schema.Finding)
	if w.run.quarantine {
		for _, f := range w.builder.Findings.List {
			byRow[f.Row] = append(byRow[f.Row], f.Finding)
		}
	}
	for row, keep := range kept {
		if keep {
			continue
		}
		b.rejected++
		if !w.run.quarantine {
			continue
		}
		o := w.builder.Origins[row]
		c := &w.chunks[o.Chunk]
		d, err := w.decoder(c.shard)
		if err != nil {
			return err
		}
		raw, err := d.Raw(&c.chunk, o)
		if err != nil {
			return fmt.Errorf("reading shard %s: %w", c.shard.spec.Name, err)
		}
		body, err := quarantineBody(raw, byRow[row])
		if err != nil {
			return err
		}
		b.quarantined = append(b.quarantined, rejectedRecord{c.piece, w.recordAt(o).line, body})
	}
	return nil
}
