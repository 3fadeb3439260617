package shard

import (
	"bytes"
	"fmt"
	"math"

	"github.com/bindery-data/bindery/schema"
)

// quoteHint says how to write a quote.
const quoteHint = `Put the cell in quotes, and write a quote inside it twice: "5"" disk".`

// A csvDecoder decodes chunks of CSV.
type csvDecoder struct {
	schema *schema.Schema
	nulls  [][]byte
	// nested decode the cells that hold JSON; they are nil for other fields.
	nested []*jsonCell
	reader csvReader
	// fields says which field each column holds.
	fields []int
	line   int
	// utf8 says that the whole chunk is valid UTF-8.
	utf8 bool
}

func newCSVDecoder(s *schema.Schema, delimiter byte) *csvDecoder {
	d := &csvDecoder{schema: s, reader: csvReader{delimiter: delimiter}}
	for _, null := range s.NullValues {
		d.nulls = append(d.nulls, []byte(null))
	}
	for _, f := range s.Fields {
		var cell *jsonCell
		if f.Type.Nested() || f.Type == schema.JSON {
			cell = newJSONCell(f)
		}
		d.nested = append(d.nested, cell)
	}
	return d
}

// Start begins a chunk.
func (d *csvDecoder) Start(c *Chunk) error {
	if err := c.load(); err != nil {
		return err
	}
	d.reader.text, d.reader.pos = c.text, 0
	d.fields = c.cells
	d.line = 0
	d.utf8 = validUTF8(c.text)
	return nil
}

// Decode appends records to b until the chunk is used up or b is full.
func (d *csvDecoder) Decode(b *Builder) (done bool, err error) {
	r := &d.reader
	for r.pos < len(r.text) {
		if r.blank() {
			d.line++
			continue
		}
		start := r.pos
		d.record(b)
		if b.fullAfter(r.pos - start) {
			break
		}
	}
	return r.pos == len(r.text), nil
}

// Lines returns how many lines the chunk has.
func (d *csvDecoder) Lines() int64 { return int64(d.line) }

// Raw returns a record as it came, without its line end.
func (d *csvDecoder) Raw(c *Chunk, o Origin) ([]byte, error) { return c.raw(o) }

// record appends the record that begins at the reader's place.
func (d *csvDecoder) record(b *Builder) {
	r := &d.reader
	start := r.pos
	fault := r.record()
	switch {
	case !d.utf8 && !validUTF8(r.text[start:r.lineEnd]):
		b.breakRecord(schema.Finding{Code: schema.EncodingError, Message: "the record is not UTF-8",
			Hint: "Convert the shard, with iconv for example."})
	case fault != nil:
		b.breakRecord(schema.Finding{Code: schema.FormatError, Message: "the record " + fault.Error(), Hint: quoteHint})
	case len(r.cells) != len(d.fields):
		b.breakRecord(d.wrongCount(len(r.cells)))
	default:
		for i, cell := range r.cells {
			d.appendCell(b, d.fields[i], cell)
		}
	}
	b.endRecord(d.line, start, r.lineEnd)
	d.line += 1 + bytes.Count(r.text[start:r.lineEnd], newline)
}

// wrongCount is the finding about a record of n cells.
func (d *csvDecoder) wrongCount(n int) schema.Finding {
	message := fmt.Sprintf("the record has %d cells, the header %d", n, len(d.fields))
	if n < len(d.fields) {
		return schema.Finding{Code: schema.MissingCell, Field: d.schema.Fields[d.fields[n]].Path,
			Message: "has no cell: " + message}
	}
	return schema.Finding{Code: schema.ExtraCell, Message: message,
		Hint: "Put cells that hold the delimiter in quotes."}
}

func (d *csvDecoder) isNull(cell []byte) bool {
	for _, null := range d.nulls {
		if string(null) == string(cell) {
			return true
		}
	}
	return false
}

// appendCell appends one cell to the column of its field.
func (d *csvDecoder) appendCell(b *Builder, field int, cell []byte) {
	c := b.columns[field]
	if d.isNull(cell) {
		c.appendNull()
		return
	}
	if nested := d.nested[field]; nested != nil {
		for _, f := range nested.append(c, cell) {
			b.find(f)
		}
		return
	}
	if err := appendText(c, cell); err != nil {
		b.find(schema.Finding{
			Code: schema.TypeError, Field: c.field.Path, Message: err.Error(), Value: schema.Quote(cell),
		})
		c.appendFault()
	}
}

// appendText appends the value that a cell's text stands for; on an error it appends nothing.
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

func appendBinary(c *column, text []byte) error {
	data, err := schema.ParseBinary(c.data, text)
	if err == nil {
		c.data = data
		c.endBytes()
	}
	return err
}

func appendParsed[T any](add func(T), v T, err error) error {
	if err == nil {
		add(v)
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
