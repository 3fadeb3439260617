package shard

import (
	"context"
	"io"
	"strings"

	"github.com/bindery-data/bindery/schema"
)

// A Spec says how to read one shard. The zero value takes format and compression from the name.
type Spec struct {
	// Path is the file.
	Path string
	// Name is the file as findings name it.
	Name string
	// Format is a name from Formats, or empty.
	Format string
	// Compression is "none", "gzip", "zstd", "bzip2", "xz", or empty.
	Compression string
	// Delimiter separates the cells of a CSV shard; 0 means comma, or tab for TSV.
	Delimiter byte
	// TempDir is where a compressed shard of a format that needs random access is laid out; empty means
	// the system's folder for temporary files.
	TempDir string
}

// A Format is one kind of shard. Each is declared in a file of its own and listed in formats.go.
type Format struct {
	// Name is what declarations write: "jsonl".
	Name string
	// Extensions are the endings of file names, with the dot, before that of a compression.
	Extensions []string
	// Lines says that the format is text and that a line number means something to its author.
	Lines bool
	// RandomAccess says that a shard is read at offsets, so that a compressed one is decoded first.
	RandomAccess bool
	// split begins to cut a shard into chunks.
	split func(in *input, s *schema.Schema) (Splitter, error)
	// decoder returns a decoder of such chunks for one worker.
	decoder func(s *schema.Schema, spec Spec) Decoder
}

// A Splitter cuts one shard into chunks of whole records, in order. It is used by one goroutine and
// does as little as finding the cuts takes: decoding is the workers' part.
//
// Where the cuts fall depends on the decoded bytes and on what is wanted alone, so that a plain and a
// compressed shard of the same records are cut alike.
type Splitter interface {
	// Next returns the shortest chunk of at least want bytes, or what is left; then io.EOF. A chunk has
	// at least one byte, and of want no more than 1 GiB counts. An error that is a *Damage says that
	// the shard ends here as far as it can be read; any other is the system's.
	Next(ctx context.Context, want int64) (Chunk, error)
	// Close frees what the splitter holds. Chunks that were returned stay valid.
	Close() error
}

// A Chunk is a run of whole records of one shard, still in the shard's own form.
type Chunk struct {
	// Size is the chunk's length in decoded bytes.
	Size int64
	// Consumed is how many bytes of the file, as it lies on disk, were used up since the chunk before.
	Consumed int64
	// SkippedLines lie between the chunk before and this one: a header, an opening bracket.
	SkippedLines int64

	// cells says, for a format with a header, which of the schema's fields each column holds.
	cells []int
	// text is the chunk's text, or nil when source has it at [offset, offset+Size).
	text   []byte
	source io.ReaderAt
	offset int64
	// rows holds a chunk of a columnar format.
	rows columns
	// unload gives back the memory of text that was read from source.
	unload func()
	// release gives back whatever else the chunk holds; it may be nil.
	release func()
}

// HasText reports whether the chunk's text is in memory before a decoder has started it.
func (c *Chunk) HasText() bool { return c.text != nil }

// Unload gives back the chunk's text, if it can be read once more, which Raw does.
func (c *Chunk) Unload() {
	if c.source != nil && c.unload != nil {
		c.unload()
		c.text, c.unload = nil, nil
	}
}

// Release gives the chunk's memory back. The chunk must not be used afterwards.
func (c *Chunk) Release() {
	c.Unload()
	if c.release != nil {
		c.release()
	}
	*c = Chunk{}
}

// A Decoder turns chunks of one format into records. It belongs to one worker.
type Decoder interface {
	// Start begins a chunk, reading its text where the splitter left that to the worker; the one before
	// was decoded to its end. The error is the system's. What Start reads lives until c is released.
	Start(c *Chunk) error
	// Decode appends records to b until the chunk is used up (done is true) or b is full. Whatever is
	// wrong with a record becomes a finding in b; an error is the system's.
	Decode(b *Builder) (done bool, err error)
	// Lines returns how many lines the chunk has; 0 for formats without lines. It is asked when the
	// chunk is done.
	Lines() int64
	// Raw returns a record of c as it came, byte for byte in text formats, and as a JSON object in
	// others. c was started by this decoder and not released since. The error is the system's.
	Raw(c *Chunk, o Origin) ([]byte, error)
}

// A Damage is a fault of a whole shard: from here on it cannot be read.
type Damage struct {
	// Findings say why. There is at least one; a header or file schema can have several faults.
	Findings []schema.Finding
}

// Error returns the findings' codes and messages.
func (d *Damage) Error() string {
	var b strings.Builder
	for i, f := range d.Findings {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(string(f.Code) + ": ")
		if f.Field != "" {
			b.WriteString(f.Field + " ")
		}
		b.WriteString(f.Message)
	}
	return b.String()
}

// damage returns a Damage with one finding.
func damage(code schema.Code, message, hint string) *Damage {
	return &Damage{[]schema.Finding{{Code: code, Message: message, Hint: hint}}}
}
