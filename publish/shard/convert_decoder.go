package shard

import (
	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bindery-data/bindery/schema"
)

// convertRows is how many rows are converted between two looks at whether the builder is full.
const convertRows = 256

// A columnDecoder converts the chunks of columnar formats.
type columnDecoder struct {
	schema *schema.Schema
	// file is the schema that converter is for.
	file      *arrow.Schema
	converter *converter
	// records are what is left of the chunk, from row next of the first on, which is the chunk's row
	// first.
	records     []arrow.Record
	next, first int
}

func newColumnDecoder(s *schema.Schema, _ Spec) Decoder { return &columnDecoder{schema: s} }

// Start begins a chunk.
func (d *columnDecoder) Start(c *Chunk) error {
	d.records, d.next, d.first = c.rows.records, 0, 0
	if file := d.records[0].Schema(); file != d.file {
		converter, findings := newConverter(file, d.schema)
		if len(findings) > 0 {
			return &Damage{findings}
		}
		d.file, d.converter = file, converter
	}
	return nil
}

// Decode converts rows until the chunk is used up or b is full.
func (d *columnDecoder) Decode(b *Builder) (done bool, err error) {
	for len(d.records) > 0 && !b.Full() {
		record := d.records[0]
		rows := int(record.NumRows())
		end := min(d.next+convertRows, rows)
		d.converter.append(b, record, d.next, end, d.first)
		d.next = end
		if end == rows {
			d.records = d.records[1:]
			d.first, d.next = d.first+rows, 0
		}
	}
	return len(d.records) == 0, nil
}

// Lines returns 0: there are no lines.
func (d *columnDecoder) Lines() int64 { return 0 }

// Raw returns a row as a JSON object of the file's columns, in the file's order and of its own types.
func (d *columnDecoder) Raw(c *Chunk, o Origin) ([]byte, error) {
	row := int(o.Start)
	for _, record := range c.rows.records {
		if row < int(record.NumRows()) {
			return appendRow(nil, record, row), nil
		}
		row -= int(record.NumRows())
	}
	return nil, nil
}

func appendRow(dst []byte, record arrow.Record, row int) []byte {
	dst = append(dst, '{')
	for i, column := range record.Columns() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = schema.AppendJSONString(dst, record.ColumnName(i))
		dst = append(dst, ':')
		if column.DataType().ID() == arrow.NULL {
			dst = append(dst, "null"...) // Arrays of the null type deny that a slot is null.
			continue
		}
		dst = schema.AppendValue(dst, nil, column, row)
	}
	return append(dst, '}')
}
