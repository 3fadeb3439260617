package shard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/bindery-data/bindery/schema"
)

// Open opens a shard to be cut into chunks. Whatever is wrong with the shard itself is a *Damage that
// Next returns; an error of Open is the system's, or says that the spec is wrong. When ctx ends,
// whatever reads ahead ends; Close must be called all the same.
func Open(ctx context.Context, s *schema.Schema, spec Spec) (Splitter, error) {
	return open(ctx, s, spec, defaultLimits)
}

func open(ctx context.Context, s *schema.Schema, spec Spec, l limits) (Splitter, error) {
	format, spec, err := spec.resolve()
	if err != nil {
		return nil, fmt.Errorf("open shard %s: %w", spec.Path, err)
	}
	in, err := openInput(ctx, format, spec, l)
	if err != nil {
		return orDamaged(fmt.Errorf("open shard %s: %w", spec.Path, err))
	}
	splitter, err := format.split(in, s)
	if err != nil {
		return orDamaged(errors.Join(fmt.Errorf("open shard %s: %w", spec.Path, err), in.close()))
	}
	return splitter, nil
}

// NewDecoder returns a decoder of the chunks of such shards, for one worker. Shards that differ only
// in Path, Name and Compression can share it.
func NewDecoder(s *schema.Schema, spec Spec) (Decoder, error) {
	format, spec, err := spec.resolve()
	if err != nil {
		return nil, fmt.Errorf("read shard %s: %w", spec.Path, err)
	}
	return format.decoder(s, spec), nil
}

// ResolveFormat returns the format of such a shard, declared or taken from its name.
func (spec Spec) ResolveFormat() (*Format, error) {
	format, _, err := spec.resolve()
	return format, err
}

// orDamaged returns a splitter of a shard that is damaged from its beginning on, or the error.
func orDamaged(err error) (Splitter, error) {
	var d *Damage
	if errors.As(err, &d) {
		return damaged{d}, nil
	}
	return nil, err
}

// damaged is the splitter of a shard that cannot be read at all.
type damaged struct{ damage *Damage }

func (d damaged) Next(context.Context, int64) (Chunk, error) { return Chunk{}, d.damage }
func (d damaged) Close() error                               { return nil }

func openInput(ctx context.Context, format *Format, spec Spec, l limits) (*input, error) {
	info, err := os.Stat(spec.Path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file: a shard is read more than once, and in pieces; write it to a file first")
	}
	f, err := os.Open(spec.Path)
	if err != nil {
		return nil, err
	}
	held := &heldFile{file: f, holders: 1}
	in := &input{
		spec: spec, format: format, limits: l, canceled: ctx.Done(),
		hold: held.hold, close: held.close,
	}
	if spec.Compression == "none" {
		in.at, in.size = f, info.Size()
		return in, nil
	}
	e := newExpander(f, compressionNamed(spec.Compression), l)
	if format.RandomAccess {
		err := in.layOut(ctx, e)
		e.free()
		if closed := held.close(); err == nil && closed != nil {
			err = errors.Join(closed, in.close())
		}
		return in, err
	}
	in.stream, in.consumed = e, e.consumed
	in.close = func() error {
		e.free()
		return held.close()
	}
	return in, nil
}

// layOut decodes the whole shard into a temporary file.
func (in *input) layOut(ctx context.Context, e *expander) error {
	f, err := os.CreateTemp(in.spec.TempDir, "bindery-shard-*")
	if err != nil {
		return fmt.Errorf("make a temporary file to decode it into: %w", err)
	}
	// Where the system lets an open file be removed, a killed process leaves nothing behind.
	remove := func() error { return os.Remove(f.Name()) }
	if remove() == nil {
		remove = func() error { return nil }
	}
	held := &heldFile{file: f, holders: 1, closed: remove}
	in.hold, in.close = held.hold, held.close
	in.at = f
	in.size, err = io.Copy(f, contextReader{ctx, e})
	if err != nil {
		err = errors.Join(err, held.close())
		return fmt.Errorf("decode it into a temporary file in %s: %w", filepath.Dir(f.Name()), err)
	}
	return nil
}

// A contextReader fails when its context has ended.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := context.Cause(c.ctx); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// A heldFile is open until its last holder lets go of it.
type heldFile struct {
	file   *os.File
	closed func() error // called after the file was closed; may be nil

	mu      sync.Mutex
	holders int
}

// hold keeps the file open until the function it returns is called.
func (h *heldFile) hold() func() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.holders++
	return func() {
		// The file was only read: there is nothing that a failed close could have lost.
		_ = h.close()
	}
}

func (h *heldFile) close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.holders--
	if h.holders > 0 {
		return nil
	}
	err := h.file.Close()
	if h.closed != nil {
		err = errors.Join(err, h.closed())
	}
	return err
}
