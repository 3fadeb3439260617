package shard

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/bindery-data/bindery/schema"
)

// A jsonDecoder decodes chunks of JSON objects; those of JSON lines and of an array differ in how the
// next one is found.
type jsonDecoder struct {
	root   *jsonNode
	parser jsonParser
	bound  *Builder
	// next decodes the record that begins at pos, or passes over what is none.
	next func(d *jsonDecoder, b *Builder)

	text  []byte
	pos   int
	lines int // before pos
}

func newJSONLDecoder(s *schema.Schema, _ Spec) Decoder {
	return newJSONObjects(s, (*jsonDecoder).nextLine)
}

func newJSONDecoder(s *schema.Schema, _ Spec) Decoder {
	return newJSONObjects(s, (*jsonDecoder).nextElement)
}

func newJSONObjects(s *schema.Schema, next func(*jsonDecoder, *Builder)) *jsonDecoder {
	return &jsonDecoder{root: newJSONRoot(s), parser: newJSONParser("record"), next: next}
}

// Start begins a chunk.
func (d *jsonDecoder) Start(c *Chunk) error {
	if err := c.load(); err != nil {
		return err
	}
	d.text, d.pos, d.lines = c.text, 0, 0
	return nil
}

// Decode appends records to b until the chunk is used up or b is full.
func (d *jsonDecoder) Decode(b *Builder) (done bool, err error) {
	if d.bound != b {
		d.root.bind(b.columns)
		d.bound = b
	}
	for d.pos < len(d.text) {
		before := d.pos
		d.next(d, b)
		if b.fullAfter(d.pos - before) {
			return d.pos == len(d.text), nil
		}
	}
	return true, nil
}

// Lines returns how many lines the chunk has.
func (d *jsonDecoder) Lines() int64 { return int64(d.lines) }

// Raw returns a record's text.
func (d *jsonDecoder) Raw(c *Chunk, o Origin) ([]byte, error) { return c.raw(o) }

// nextLine decodes the line at pos.
func (d *jsonDecoder) nextLine(b *Builder) {
	start, end := d.pos, len(d.text)
	d.pos = end
	if i := bytes.IndexByte(d.text[start:], '\n'); i >= 0 {
		end = start + i
		d.pos = end + 1
	}
	if end > start && d.text[end-1] == '\r' {
		end--
	}
	p := &d.parser
	p.begin(d.text[start:end])
	if first := p.space(0); first < len(p.text) {
		after := p.record(d.root, first)
		if after >= 0 && after < len(p.text) {
			if after = p.space(after); after < len(p.text) {
				after = p.expected(after, "the end of the record")
			}
		}
		p.end(b, after >= 0)
		b.endRecord(d.lines, start, end)
	}
	d.lines++
}

// record decodes the object at i into a row.
func (p *jsonParser) record(root *jsonNode, i int) int {
	if p.at(i) != '{' {
		return p.expected(i, "{, since a record is an object")
	}
	return p.object(root, i)
}

// end hands over what was found about a record whose text is p.text; if it is not JSON, its row breaks.
func (p *jsonParser) end(b *Builder, ok bool) {
	switch {
	case !validUTF8(p.text):
		b.breakRecord(schema.Finding{Code: schema.EncodingError, Message: p.invalidUTF8()})
	case !ok:
		b.breakRecord(p.fault)
	case len(p.findings.list) > 0:
		for _, f := range p.findings.take() {
			b.find(f)
		}
	}
}

// invalidUTF8 says where p.text is not UTF-8.
func (p *jsonParser) invalidUTF8() string {
	i := 0
	for i < len(p.text) {
		if r, size := utf8.DecodeRune(p.text[i:]); r != utf8.RuneError || size != 1 {
			i += size
			continue
		}
		return fmt.Sprintf("is not UTF-8: byte %d of the %s is %#02x", i+1, p.what, p.text[i])
	}
	return fmt.Sprintf("is not UTF-8: the %s of %d bytes", p.what, i) // Only if two checks do not agree.
}

// nextElement decodes the array element at pos and passes over the comma after it.
func (d *jsonDecoder) nextElement(b *Builder) {
	p := &d.parser
	p.begin(d.text[d.pos:])
	first := p.space(0)
	d.pass(first)
	if first == len(p.text) {
		return
	}
	start, line := d.pos, d.lines
	p.begin(d.text[start:])
	end := p.record(d.root, 0)
	after := 0
	if end >= 0 {
		if after = p.space(end); after < len(p.text) && p.text[after] != ',' {
			end = p.expected(after, "a comma or ]")
		}
	}
	ok := end >= 0
	if !ok {
		after = elementEnd(p.text)
		end = len(bytes.TrimRight(p.text[:after], " \t\r\n"))
	}
	p.text = p.text[:end]
	p.end(b, ok)
	b.endRecord(line, start, start+end)
	d.pass(min(after+1, len(d.text)-start))
}

// pass moves pos on by n bytes, counting lines.
func (d *jsonDecoder) pass(n int) {
	d.lines += bytes.Count(d.text[d.pos:d.pos+n], newline)
	d.pos += n
}

// elementEnd returns the place of the comma after the array element that text begins with, however it
// is made inside, or the end of text.
func elementEnd(text []byte) int {
	var a arrayCutter
	for i := 0; i < len(text); {
		if a.inString {
			i = a.skipString(text, i)
			continue
		}
		if text[i] == ',' && a.depth == 0 {
			return i
		}
		a.step(text[i])
		i++
	}
	return len(text)
}
