// Package stats measures what records hold, column by column: counts, extremes, moments, quantiles,
// histograms, and distinct and frequent values, as catalog.Statistics specifies them.
//
// Every worker measures batches by itself, and what it finds is merged with what others found. All of it but
// the frequent values of columns with many different ones, and the moments of floats, depends on the
// values alone; those depend on the batches and the order in which they are merged too. Nothing depends
// on a seed, the processor or the number of workers.
package stats

import (
	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

// Columns are the statistics of all fields of some records.
type Columns struct {
	records int64
	columns []*column // by Field.ID
}

// New returns the statistics of no record of s.
func New(s *schema.Schema) *Columns {
	c := &Columns{}
	unique := uniqueFields(s)
	for _, f := range s.All() {
		c.columns = append(c.columns, &column{field: f, unique: unique[f]})
	}
	return c
}

// uniqueFields returns the fields that have no value twice in any set of records that keep the schema.
func uniqueFields(s *schema.Schema) map[*schema.Field]bool {
	unique := make(map[*schema.Field]bool)
	for _, f := range s.All() {
		unique[f] = f.Unique
	}
	if len(s.PrimaryKey) == 1 {
		unique[s.PrimaryKey[0]] = true
	}
	return unique
}

// Records returns how many records there are.
func (c *Columns) Records() int64 { return c.records }

// Describe returns the statistics as statistics.json has them, in the order of schema.Schema.All.
func (c *Columns) Describe() []catalog.FieldStatistics {
	fields := make([]catalog.FieldStatistics, len(c.columns))
	for i, col := range c.columns {
		fields[i] = col.describe()
	}
	return fields
}

// A column is the statistics of one field.
type column struct {
	field *schema.Field
	// unique says that no two values are the same.
	unique bool
	// count is how often the field was counted, nulls how many of those were null.
	count, nulls int64

	trues    int64    // of a bool
	integers integers // of what has whole numbers as values, or as units of it
	floats   floats   // of floats, and of decimals that have too many digits for integers
	decimals decimals // the extremes of the latter
	extremes extremes // of a string
	lengths  integers
	values   values
}

// reset makes c an empty column of a field, with the memory it has.
func (c *column) reset(f *schema.Field, unique bool) {
	c.field, c.unique = f, unique
	c.count, c.nulls, c.trues = 0, 0, 0
	c.integers.reset()
	c.floats = floats{grid: c.floats.grid, octaves: c.floats.octaves[:0]}
	c.decimals, c.extremes.some = decimals{}, false
	c.lengths.reset()
	c.values.reset()
}

// A Measurer measures batches of one schema. It is for one goroutine and keeps its memory from batch to
// batch.
type Measurer struct {
	schema *schema.Schema
	unique map[*schema.Field]bool
	column column // of the field at hand
	packer packer // of the fields before it
	packed int    // the size of the part before
	parts  freeParts

	numbers []int64
	finite  []float64
	starts  []int32
	ends    []int32
	hashes  []uint64
	// prefixes are the first eight bytes of texts, as numbers in their order.
	prefixes []uint64
	slots    []slotList // by depth
	cells    [cells]uint32
	table    table
	keys     []uint64
	// octaves are those that were begun, by sign and exponent.
	octaves       [2 * negative]*octave
	begun, unused octaves
}

// sized returns memory for n values, that of s if it is enough. What is in it is not cleared.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// NewMeasurer returns a measurer of records of s.
func NewMeasurer(s *schema.Schema) *Measurer {
	return &Measurer{schema: s, unique: uniqueFields(s)}
}

// Measure returns the statistics of a batch, whose columns are those of the schema's Arrow schema and
// whose records keep the schema. It holds no memory of rec.
func (m *Measurer) Measure(rec arrow.Record) *Part {
	if m.packer.b = m.parts.take(); cap(m.packer.b) < m.packed {
		m.packer.b = make([]byte, 0, m.packed+m.packed/16)
	}
	for i, f := range m.schema.Fields {
		m.measure(f, rec.Column(i), span{hi: int(rec.NumRows())}, 0)
	}
	p := m.packer.end(rec.NumRows(), &m.parts)
	m.packed = len(p.columns)
	return p
}
