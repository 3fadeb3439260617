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
