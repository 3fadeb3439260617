package shard

import (
	"bytes"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/bindery-data/bindery/schema"
)

// A csvDecoder decodes chunks of CSV.
type csvDecoder struct {
	schema *schema.Schema
	nulls  [][]byte
	reader csvReader
	cells  []int
	line   int
	// utf8 says that the whole chunk is valid UTF-8.
	utf8 bool
	// pending are findings about the cells of the record at hand, which count only if it is one.
	pending []schema.Finding
}

func newCSVDecoder(s *schema.Schema, delimiter byte) *csvDecoder {
	d := &csvDecoder{schema: s, reader: csvReader{delimiter: delimiter}}
	for _, null := range s.NullValues {
		d.nulls = append(d.nulls, []byte(null))
	}
	return d
}

// Start begins a chunk.
func (d *csvDecoder) Start(c *Chunk) error {
	if err := c.load(); err != nil {
		return err
	}
	d.reader.text, d.reader.pos = c.text, 0
	d.cells = c.cells
	d.line = 0
	d.utf8 = utf8.Valid(c.text)
	return nil
}

// Decode appends records to b until the chunk is used up or b is full.
func (d *csvDecoder) Decode(b *Builder) (done bool, err error) {
	const often = 64 << 10 // Asking whether the builder is full takes as long as a few cells.
	checked := d.reader.pos
	for d.reader.pos < len(d.reader.text) {
		if d.reader.blank() {
			d.line++
			continue
		}
		d.record(b)
		if d.reader.pos-checked >= often {
			checked = d.reader.pos
			if b.Full() {
				break
			}
		}
	}
	return d.reader.pos == len(d.reader.text), nil
}

// Lines returns how many lines the chunk had.
func (d *csvDecoder) Lines() int64 { return int64(d.line) }

// Raw returns a record as it came, without its line end.
func (d *csvDecoder) Raw(c *Chunk, o Origin) []byte { return c.text[o.Start:o.End] }

// record appends the record that begins at the reader's place.
func (d *csvDecoder) record(b *Builder) {
	start := d.reader.pos
	d.pending = d.pending[:0]
	d.reader.begin()
	n, fault := d.readCells(b)
	end := d.reader.lineEnd
	if !d.utf8 && !utf8.Valid(d.reader.text[start:end]) {
		b.breakRecord(schema.Finding{Code: schema.EncodingError, Message: "the record is not UTF-8",
			Hint: "Convert the shard, with iconv for example."})
	} else if fault != nil {
		b.breakRecord(schema.Finding{Code: schema.FormatError, Message: "the record " + fault.Error(),
			Hint: `Put the cell in quotes, and write a quote inside it twice: "5"" disk".`})
	} else if n != len(d.cells) {
		b.breakRecord(d.wrongCount(n))
	} else {
		for _, f := range d.pending {
			b.find(f)
		}
	}
	b.endRecord(d.line, start, end)
	d.line += max(1, bytes.Count(d.reader.text[start:d.reader.pos], newline))
}

// readCells appends the record's cells to their columns, and returns how many there are and the first
// thing that is wrong with their form.
func (d *csvDecoder) readCells(b *Builder) (n int, fault error) {
	for last := false; !last; n++ {
		var cell []byte
		var err error
		cell, last, err = d.reader.cell()
		if fault == nil {
			fault = err
		}
		if fault == nil && n < len(d.cells) {
			d.appendCell(b.columns[d.cells[n]], cell)
		}
	}
	return n, fault
}

// wrongCount is the finding about a record of n cells.
func (d *csvDecoder) wrongCount(n int) schema.Finding {
	if n < len(d.cells) {
		return schema.Finding{Code: schema.MissingCell, Field: d.schema.Fields[d.cells[n]].Path,
			Message: fmt.Sprintf("has no cell: the record has %d cells, the header %d", n, len(d.cells))}
	}
	return schema.Finding{Code: schema.ExtraCell,
		Message: fmt.Sprintf("the record has %d cells, the header %d", n, len(d.cells)),
		Hint:    "Put cells that hold the delimiter in quotes."}
}

func (d *csvDecoder) isNull(cell []byte) bool {
	for _, null := range d.nulls {
		if string(null) == string(cell) {
			return true
		}
	}
	return false
}

// appendCell appends one cell to its column; what is wrong with it becomes a pending finding.
func (d *csvDecoder) appendCell(c *column, cell []byte) {
	if d.isNull(cell) {
		c.appendNull()
		return
	}
	if err := appendText(c, cell); err != nil {
		d.pending = append(d.pending, schema.Finding{
			Code: schema.TypeError, Field: c.field.Path, Message: err.Error(), Value: schema.Quote(cell),
		})
		c.appendFault()
	}
}

// appendText appends the value that a text stands for; on an error it appends nothing.
func appendText(c *column, text []byte) error {
	f := c.field
	switch t := f.Type; {
	case t == schema.String:
		c.appendBytes(text)
		return nil
	case t.Signed():
		v, err := schema.ParseInt(text, t)
		return appendParsed(c.appendInt, v, err)
	case t.Unsigned():
		v, err := schema.ParseUint(text, t)
		return appendParsed(c.appendUint, v, err)
	case t.Float():
		v, err := parseFloatCell(text, t)
		return appendParsed(c.appendFloat, v, err)
	case t == schema.Bool:
		v, err := schema.ParseBool(text)
		return appendParsed(c.appendBool, v, err)
	case t == schema.Decimal:
		v, err := schema.ParseDecimal(text, f.Precision, f.Scale)
		return appendParsed(c.appendDecimal, v, err)
	case t == schema.Date:
		v, err := schema.ParseDate(text)
		return appendParsed(c.appendInt, v, err)
	case t == schema.Time:
		v, err := schema.ParseTime(text, f.Unit)
		return appendParsed(c.appendInt, v, err)
	case t == schema.Timestamp:
		v, err := schema.ParseTimestamp(text, f.Unit, f.Zone)
		return appendParsed(c.appendInt, v, err)
	}
	return appendBinary(c, text)
}

func appendParsed[T any](add func(T), v T, err error) error {
	if err == nil {
		add(v)
	}
	return err
}

func appendBinary(c *column, text []byte) error {
	data, err := schema.ParseBinary(c.data, text)
	if err == nil {
		c.data = data
		c.endBytes()
	}
	return err
}

// parseFloatCell reads a number, or one of the texts that the Data Package standard has for the
// values that are none.
func parseFloatCell(text []byte, t schema.Type) (float64, error) {
	switch string(text) {
	case "NaN":
		return math.NaN(), nil
	case "INF":
		return math.Inf(1), nil
	case "-INF":
		return math.Inf(-1), nil
	}
	return schema.ParseFloat(text, t)
}
