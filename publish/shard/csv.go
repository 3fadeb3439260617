package shard

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/bindery-data/bindery/schema"
)

// csvFormat is CSV by RFC 4180 with a header, its cells separated by the declared delimiter. The
// package comment says what cells hold.
//
// A chunk is a run of whole records, blank lines among them, without the header.
var csvFormat = Format{
	Name:       "csv",
	Extensions: []string{".csv"},
	Lines:      true,
	split:      func(in *input, s *schema.Schema) (Splitter, error) { return splitCSV(in, s, ',') },
	decoder:    func(s *schema.Schema, spec Spec) Decoder { return newCSVDecoder(s, delimiter(spec, ',')) },
}

// tsvFormat is CSV whose delimiter is a tab.
var tsvFormat = Format{
	Name:       "tsv",
	Extensions: []string{".tsv", ".tab"},
	Lines:      true,
	split:      func(in *input, s *schema.Schema) (Splitter, error) { return splitCSV(in, s, '\t') },
	decoder:    func(s *schema.Schema, spec Spec) Decoder { return newCSVDecoder(s, delimiter(spec, '\t')) },
}

func delimiter(spec Spec, otherwise byte) byte {
	if spec.Delimiter != 0 {
		return spec.Delimiter
	}
	return otherwise
}

func splitCSV(in *input, s *schema.Schema, otherwise byte) (Splitter, error) {
	d := delimiter(in.spec, otherwise)
	if d == '"' || d == '\n' || d == '\r' || d >= utf8.RuneSelf {
		return nil, fmt.Errorf("the delimiter %q cannot separate cells: declare another ASCII character", d)
	}
	return newTextSplitter(in, &csvCutter{schema: s, delimiter: d}), nil
}

// A csvCutter finds the ends of CSV records: line ends outside quotes. A quote opens a quoted cell
// only where a cell begins; after the quote that closes it, others are part of the text. So a record
// with a stray quote ends with its line, and the fault stays where it is.
type csvCutter struct {
	schema    *schema.Schema
	delimiter byte
	// cells says which field each column holds; -1 is none.
	cells []int

	scanned int
	quoted  bool
}

func (c *csvCutter) begin(chunk *Chunk) {
	c.scanned, c.quoted = 0, false
	chunk.cells = c.cells
}

func (c *csvCutter) cut(text []byte, want int) (n int, found, last bool) {
	for more := true; more; {
		var from, to int
		from, to, more = c.unquoted(text)
		if from = max(from, want-1); from < to {
			if i := bytes.IndexByte(text[from:to], '\n'); i >= 0 {
				return from + i + 1, true, false
			}
		}
	}
	return 0, false, false
}

func (c *csvCutter) whole(text []byte) int {
	again := csvCutter{delimiter: c.delimiter}
	whole := 0
	for more := true; more; {
		var from, to int
		from, to, more = again.unquoted(text)
		if i := bytes.LastIndexByte(text[from:to], '\n'); i >= 0 {
			whole = from + i + 1
		}
	}
	return whole
}

// unquoted returns the next run of text that is outside quoted cells and has no quote, and whether
// there may be another.
func (c *csvCutter) unquoted(text []byte) (from, to int, more bool) {
	if c.quoted && !c.closeCell(text) {
		return c.scanned, c.scanned, false
	}
	from = c.scanned
	i := bytes.IndexByte(text[from:], '"')
	if i < 0 {
		c.scanned = len(text)
		return from, len(text), false
	}
	to = from + i
	c.scanned = to + 1
	c.quoted = to == 0 || text[to-1] == c.delimiter || text[to-1] == '\n'
	return from, to, true
}

// closeCell goes on to after the quote that closes a quoted cell, if text has it and what follows.
func (c *csvCutter) closeCell(text []byte) bool {
	for {
		i := bytes.IndexByte(text[c.scanned:], '"')
		if i < 0 {
			c.scanned = len(text)
			return false
		}
		quote := c.scanned + i
		if quote+1 == len(text) {
			c.scanned = quote // The next byte says whether this one closes the cell.
			return false
		}
		c.scanned = quote + 1
		if text[quote+1] != '"' {
			c.quoted = false
			return true
		}
		c.scanned++
	}
}

func (c *csvCutter) end() error        { return io.EOF }
func (c *csvCutter) tail([]byte) error { return nil }

// head reads the header: the first line that is not blank.
func (c *csvCutter) head(text []byte, end bool) (int, bool, error) {
	start := 0
	for start < len(text) {
		blank := lineEnd(text, start)
		if blank == 0 {
			break
		}
		start += blank
	}
	var cutter = csvCutter{delimiter: c.delimiter}
	n, found, _ := cutter.cut(text[start:], 1)
	if !found {
		if !end || start == len(text) || string(text[start:]) == "\r" {
			return 0, false, nil
		}
		n = len(text) - start
	}
	line := 1 + int64(bytes.Count(text[:start], newline))
	if err := c.readHeader(text[start:start+n], line); err != nil {
		return 0, false, err
	}
	return start + n, true, nil
}

// lineEnd returns the length of the line end at i, or 0 if there is none.
func lineEnd(text []byte, i int) int {
	switch {
	case i < len(text) && text[i] == '\n':
		return 1
	case i+1 < len(text) && text[i] == '\r' && text[i+1] == '\n':
		return 2
	}
	return 0
}

// readHeader learns which field each column holds.
func (c *csvCutter) readHeader(text []byte, line int64) error {
	at := schema.Place{Line: line}
	if !utf8.Valid(text) {
		d := damage(schema.EncodingError, "the header is not UTF-8", "Convert the shard, with iconv for example.")
		d.Findings[0].Place = at
		return d
	}
	r := csvReader{text: text, delimiter: c.delimiter}
	if err := r.record(); err != nil {
		d := damage(schema.FormatError, "the header "+err.Error(), quoteHint)
		d.Findings[0].Place = at
		return d
	}
	findings := c.matchLabels(r.cells)
	if len(findings) == 0 {
		return nil
	}
	for i := range findings {
		findings[i].Place = at
	}
	return &Damage{findings}
}

// matchLabels finds the field of each label, and what is wrong with the labels.
func (c *csvCutter) matchLabels(labels [][]byte) []schema.Finding {
	fields := make(map[string]int, len(c.schema.Fields))
	for i, f := range c.schema.Fields {
		fields[f.Name] = i
	}
	var findings []schema.Finding
	seen := make(map[string]int, len(labels))
	for i, cell := range labels {
		label := string(cell)
		field, declared := fields[label]
		first, repeated := seen[label]
		switch {
		case strings.TrimSpace(label) == "":
			findings = append(findings, schema.Finding{Code: schema.BlankLabel,
				Message: fmt.Sprintf("column %d of the header has no label", i+1),
				Hint:    "Name the column after a declared field, or remove it."})
		case repeated:
			findings = append(findings, schema.Finding{Code: schema.DuplicateLabel, Field: label,
				Message: fmt.Sprintf("is the label of columns %d and %d", first+1, i+1),
				Value:   schema.Quote(label),
				Hint:    "Remove one of the columns, or name it after another field."})
		case !declared:
			findings = append(findings, schema.Finding{Code: schema.ExtraLabel,
				Message: fmt.Sprintf("column %d of the header is not a declared field", i+1),
				Value:   schema.Quote(label),
				Hint:    c.nearLabel(label)})
		}
		if !declared {
			field = -1
		}
		if !repeated {
			seen[label] = i
		}
		c.cells = append(c.cells, field)
	}
	for _, f := range c.schema.Fields {
		if _, ok := seen[f.Name]; !ok {
			hint := "Add the column (its cells may be null), or remove the field from the declaration."
			if f.Required {
				hint = "Add the column, or remove the field from the declaration."
			}
			findings = append(findings, schema.Finding{Code: schema.MissingLabel, Field: f.Name,
				Message: "is declared but is no column of the header", Hint: hint})
		}
	}
	return findings
}

// nearLabel says what to do about a label that is no field's name.
func (c *csvCutter) nearLabel(label string) string {
	for _, f := range c.schema.Fields {
		if strings.EqualFold(strings.TrimSpace(label), f.Name) {
			return fmt.Sprintf("Name it %q: labels are compared exactly, white space and letter case included.", f.Name)
		}
	}
	return "Declare the field or remove the column; if the header is not split into columns, declare the delimiter."
}
