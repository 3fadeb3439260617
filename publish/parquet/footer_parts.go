package parquet

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/apache/arrow/go/v17/parquet/metadata"
)

// The fields of a footer between which row groups are put (parquet.thrift, FileMetaData). They stand one
// behind the other, so that what is before and after them does not depend on them.
const (
	fieldRows   = 3
	fieldGroups = 4
)

// footerParts are a footer without row groups, as Arrow writes it, in parts.
type footerParts struct {
	head []byte // up to the number of rows
	tail []byte // what is behind the row groups
	size int64  // of the whole
}

// newFooterParts makes a footer and takes it apart.
func newFooterParts(b *metadata.FileMetaDataBuilder) (p footerParts, err error) {
	footer, err := marshalFooter(b)
	if err != nil {
		return p, err
	}
	p.size = int64(len(footer))
	c := compact{rest: footer}
	at := func() int { return len(footer) - len(c.rest) }
	c.fields(func(id int64, typ byte) {
		switch id {
		case fieldRows:
			p.head = footer[:at():at()]
		case fieldGroups:
			c.skip(typ)
			p.tail = footer[at():]
			return
		}
		c.skip(typ)
	})
	if c.err != nil || p.head == nil || p.tail == nil {
		return p, fmt.Errorf("making the footer: %w", errCompact)
	}
	return p, nil
}

// marshalFooter returns a footer as it is in a file.
func marshalFooter(b *metadata.FileMetaDataBuilder) (footer []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			footer, err = nil, fmt.Errorf("making the footer: %v", r)
		}
	}()
	var out bytes.Buffer
	meta, err := b.Snapshot()
	if err == nil {
		_, err = meta.WriteTo(&out, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("making the footer: %w", err)
	}
	return out.Bytes(), nil
}

// begin returns the footer up to its row groups, if there are so many of so many rows.
func (p *footerParts) begin(rows int64, groups int) []byte {
	b := bytes.Clone(p.head)
	b = binary.AppendVarint(b, rows)
	return appendListHead(append(b, (fieldGroups-fieldRows)*nextField|compactList), groups, compactStruct)
}
