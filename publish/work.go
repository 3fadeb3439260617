package publish

import (
	"context"
	"fmt"

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
	statistics        *stats.Columns // of the row group's records
	quarantined       []rejectedRecord
}

// A located finding is about the record at line of the unit's piece; both count from 0.
type located struct {
	piece int
	line  int32
	schema.Finding
}

// A rejectedRecord is a record that goes to quarantine. It is text already, but for its place: a batch in
// which every record is wrong has more findings than memory should hold.
type rejectedRecord struct {
	piece int
	line  int32
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
	checker  *schema.Checker
	encoder  *parquet.Encoder
	measurer *stats.Measurer
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
	w.builder = shard.NewBuilder(config.Schema, batchBytes)
	w.builder.Findings.Keep = w.run.keepPerBatch
	w.checker = schema.NewChecker(config.Schema)
	if !w.run.encode {
		return nil
	}
	w.measurer = stats.NewMeasurer(config.Schema)
	var err error
	w.encoder, err = parquet.NewEncoder(config.Schema, w.run.parquet)
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

// do works on one unit. The pieces' memory is given back whatever happens.
func (w *worker) do(ctx context.Context, u *unit) (out *outcome) {
	out = &outcome{pieces: make([]pieceOutcome, len(u.pieces))}
	defer u.release()
	if out.err = w.use(u.split.config); out.err != nil {
		return out
	}
	for i := range u.pieces {
		if err := w.decode(ctx, u, i, out); err != nil {
			out.err = fmt.Errorf("reading shard %s: %w", u.pieces[i].shard.spec.Name, err)
			return out
		}
	}
	out.err = w.flush(u, out)
	return out
}

// decode appends the records of one piece, taking a batch whenever the builder is full.
func (w *worker) decode(ctx context.Context, u *unit, i int, out *outcome) error {
	p := &u.pieces[i]
	d, err := w.decoder(p.shard)
	if err != nil {
		return err
	}
	if err := d.Start(&p.chunk); err != nil {
		return err
	}
	w.builder.BeginChunk(i)
	for done := false; !done; {
		if err := ctx.Err(); err != nil {
			return err
		}
		before := w.builder.Rows()
		if done, err = d.Decode(w.builder); err != nil {
			return err
		}
		out.pieces[i].records += int64(w.builder.Rows() - before)
		if w.builder.Full() {
			if err := w.flush(u, out); err != nil {
				return err
			}
		}
	}
	out.pieces[i].lines = d.Lines()
	return nil
}

// flush turns the builder's records into a batch of the outcome and empties the builder.
func (w *worker) flush(u *unit, out *outcome) error {
	defer w.builder.Reset()
	if w.builder.Rows() == 0 {
		return nil
	}
	batch := w.builder.Batch()
	defer batch.Record.Release()
	found := &w.builder.Findings
	w.checker.Check(batch, found)
	w.run.duplicates.reject(u, w.builder.Origins, found)

	b := batchOutcome{records: int64(w.builder.Rows()), counts: found.Counts}
	kept := keptRows(w.builder.Rows(), found.Rejected)
	b.keys = w.keys(u, batch.Record, kept)
	if kept != nil {
		b.findings = w.locate(found.List)
		if err := w.reject(u, &b, kept); err != nil {
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

// keys returns the keys of a batch, by key set. Where records with findings are left out of a bundle,
// their keys are free for others.
func (w *worker) keys(u *unit, rec arrow.Record, kept []bool) [][]keyEntry {
	at := func(row int) (chunk, line uint32, ok bool) {
		o := w.builder.Origins[row]
		return u.pieces[o.Chunk].number, uint32(o.Line), kept == nil || kept[row] || !w.run.quarantine
	}
	var keys [][]keyEntry
	for _, h := range w.hashers {
		keys = append(keys, h.appendKeys(make([]keyEntry, 0, w.builder.Rows()), rec, at))
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
		findings = append(findings, located{int(o.Chunk), o.Line, f.Finding})
	}
	return findings
}

// reject counts the rows that are not kept and, in a build that quarantines, makes their records ready
// for it.
func (w *worker) reject(u *unit, b *batchOutcome, kept []bool) error {
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
		p := &u.pieces[o.Chunk]
		d, err := w.decoder(p.shard)
		if err != nil {
			return err
		}
		body, err := quarantineBody(d.Raw(&p.chunk, o), byRow[row])
		if err != nil {
			return err
		}
		b.quarantined = append(b.quarantined, rejectedRecord{int(o.Chunk), o.Line, body})
	}
	return nil
}
