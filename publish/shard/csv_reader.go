package shard

import (
	"bytes"

	"github.com/bindery-data/bindery/schema"
)

// The ways in which a record is not CSV, in words that complete "the record ...".
const (
	errBareQuote     schema.TextError = "has a quote inside a cell that does not begin with one"
	errAfterQuote    schema.TextError = "has text after the quote that closes a cell"
	errUnclosedQuote schema.TextError = "has a quoted cell that is not closed"
)

// A csvReader reads CSV records.
type csvReader struct {
	text      []byte
	delimiter byte
	// pos is where the next record or cell begins.
	pos int
	// lineEnd is where the line of pos ends, before the line end itself; next is after it.
	lineEnd, next int
	// quotes says that there may be a quote before lineEnd.
	quotes bool
	// cells are those of the record that was read last.
	cells [][]byte
	// unquoted holds the text of quoted cells that are not as they stand.
	unquoted []byte
}

// blank passes over a blank line, if there is one at pos.
func (r *csvReader) blank() bool {
	n := lineEnd(r.text, r.pos)
	if n == 0 && r.pos+1 == len(r.text) && r.text[r.pos] == '\r' {
		n = 1
	}
	r.pos += n
	return n > 0
}

// record reads the record at pos into cells, which are valid until the next call. It returns the first
// thing that is wrong with the record's form; whatever that is, pos is after the record then.
func (r *csvReader) record() (fault error) {
	r.cells, r.unquoted = r.cells[:0], r.unquoted[:0]
	r.findLineEnd(r.pos)
	for last := false; !last; {
		var cell []byte
		var err error
		if r.quotes && r.pos < r.lineEnd && r.text[r.pos] == '"' {
			cell, last, err = r.quotedCell()
		} else {
			cell, last = r.rest(r.pos)
			if r.quotes && bytes.IndexByte(cell, '"') >= 0 {
				err = errBareQuote
			}
		}
		if fault == nil {
			fault = err
		}
		r.cells = append(r.cells, cell)
	}
	return fault
}

// findLineEnd finds the end of the line, which has no quoted cell before from.
func (r *csvReader) findLineEnd(from int) {
	i := bytes.IndexByte(r.text[from:], '\n')
	r.lineEnd, r.next = from+i, from+i+1
	if i < 0 {
		r.lineEnd, r.next = len(r.text), len(r.text)
	}
	if r.lineEnd > from && r.text[r.lineEnd-1] == '\r' {
		r.lineEnd--
	}
	r.quotes = bytes.IndexByte(r.text[from:r.lineEnd], '"') >= 0
}

// rest returns what is left of a cell from i on, outside quotes.
func (r *csvReader) rest(i int) (rest []byte, last bool) {
	rest = r.text[i:r.lineEnd]
	end := bytes.IndexByte(rest, r.delimiter)
	if end < 0 {
		r.pos = r.next
		return rest, true
	}
	r.pos = i + end + 1
	return rest[:end], false
}

// quotedCell reads the cell that begins with the quote at pos.
func (r *csvReader) quotedCell() (cell []byte, last bool, err error) {
	start, copied := r.pos+1, len(r.unquoted)
	for {
		i := bytes.IndexByte(r.text[start:], '"')
		if i < 0 {
			r.pos, r.lineEnd, r.next = len(r.text), len(r.text), len(r.text)
			return nil, true, errUnclosedQuote
		}
		end := start + i
		if end+1 < len(r.text) && r.text[end+1] == '"' {
			r.unquoted = append(r.unquoted, r.text[start:end+1]...)
			start = end + 2
			continue
		}
		cell = r.text[start:end]
		if copied < len(r.unquoted) {
			r.unquoted = append(r.unquoted, cell...)
			cell = r.unquoted[copied:]
		}
		if end >= r.next {
			r.findLineEnd(end + 1)
		}
		rest, last := r.rest(end + 1)
		if len(rest) > 0 {
			err = errAfterQuote
		}
		return cell, last, err
	}
}
