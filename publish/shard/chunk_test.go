package shard

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestChunkLoads(t *testing.T) {
	released := 0
	c := Chunk{Size: 5, source: strings.NewReader("0123456789"), offset: 5, release: func() { released++ }}
	if err := c.load(); err != nil || string(c.text) != "56789" {
		t.Fatalf("load: %q, %v", c.text, err)
	}
	if err := c.load(); err != nil || string(c.text) != "56789" {
		t.Fatalf("second load: %q, %v", c.text, err)
	}
	c.Release()
	if released != 1 || c.text != nil {
		t.Errorf("released %d times, text %q", released, c.text)
	}
}

func TestChunkUnloads(t *testing.T) {
	c := Chunk{Size: 5, source: strings.NewReader("0123456789"), offset: 5}
	if err := c.load(); err != nil {
		t.Fatal(err)
	}
	c.Unload()
	if c.text != nil {
		t.Errorf("text %q stays", c.text)
	}
	if raw, err := c.raw(Origin{Start: 1, End: 3}); err != nil || string(raw) != "67" {
		t.Errorf("raw: %q, %v", raw, err)
	}
	if _, err := c.raw(Origin{Start: 1, End: 6}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("raw behind the end: %v", err)
	}
	c = Chunk{Size: 2, text: []byte("ab")}
	c.Unload()
	if raw, err := c.raw(Origin{Start: 0, End: 2}); err != nil || string(raw) != "ab" {
		t.Errorf("raw of text that nothing else has: %q, %v", raw, err)
	}
}

func TestChunkOfAFileThatBecameShorter(t *testing.T) {
	c := Chunk{Size: 6, source: bytes.NewReader([]byte("0123456789")), offset: 5}
	if err := c.load(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("load: %v", err)
	}
	if c.text != nil {
		t.Errorf("text %q", c.text)
	}
}

func TestChunkThatHasItsText(t *testing.T) {
	c := Chunk{Size: 2, text: []byte("ab"), source: strings.NewReader("xx")}
	if err := c.load(); err != nil || string(c.text) != "ab" {
		t.Errorf("load: %q, %v", c.text, err)
	}
}
