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

// A csvReader reads the cells of CSV records.
type csvReader struct {
	text      []byte
	delimiter byte
	// pos is where the next cell or record begins.
	pos int
	// lineEnd is where the line of pos ends, before the line end itself; next is after it.
	lineEnd, next int
	// quotes says that there may be a quote before lineEnd.
	quotes bool
	// unquoted holds a quoted cell's text if it is not as it stands.
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

// begin begins the record at pos.
func (r *csvReader) begin() { r.findLineEnd(r.pos) }

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

// cell returns the text of the record's next cell, valid until the next call, and whether it is the
// last. After an error the cells that follow can be read still.
func (r *csvReader) cell() (cell []byte, last bool, err error) {
	if r.quotes && r.pos < r.lineEnd && r.text[r.pos] == '"' {
		return r.quotedCell()
	}
	cell, last = r.rest(r.pos)
	if r.quotes && bytes.IndexByte(cell, '"') >= 0 {
		err = errBareQuote
	}
	return cell, last, err
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

func (r *csvReader) quotedCell() (cell []byte, last bool, err error) {
	start := r.pos + 1
	r.unquoted = r.unquoted[:0]
	copied := false
	for {
		i := bytes.IndexByte(r.text[start:], '"')
		if i < 0 {
			r.pos, r.lineEnd, r.next = len(r.text), len(r.text), len(r.text)
			return nil, true, errUnclosedQuote
		}
		end := start + i
		if end+1 == len(r.text) || r.text[end+1] != '"' {
			cell = r.text[start:end]
			if copied {
				r.unquoted = append(r.unquoted, cell...)
				cell = r.unquoted
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
		r.unquoted = append(r.unquoted, r.text[start:end+1]...)
		copied = true
		start = end + 2
	}
}
