package shard

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
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

// Chunks of a compressed shard share memory. It is nobody else's before all of them were released, in any order.
func TestChunksShareMemory(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	text, _ := randomText(r, "jsonl", 6*aheadBlock)
	spec := writeShard(t, "x.jsonl.gz", pack(t, ".gz", []byte(text)))
	splitter, err := Open(context.Background(), ab, spec)
	if err != nil {
		t.Fatal(err)
	}
	type held struct {
		chunk Chunk
		want  string
	}
	var all []held
	at, within := 0, 0
	letGo := func(i int) {
		if h := &all[i]; string(h.chunk.text) != h.want {
			t.Fatalf("a chunk of %d bytes has others by now", len(h.want))
		}
		all[i].chunk.Release()
		all = slices.Delete(all, i, i+1)
	}
	for {
		c, err := splitter.Next(context.Background(), r.Int64N(aheadBlock/3))
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, held{c, text[at : at+int(c.Size)]})
		at += int(c.Size)
		if cap(c.text) == len(c.text) {
			within++
		}
		for len(all) > 10 || len(all) > 0 && r.IntN(3) == 0 {
			letGo(r.IntN(len(all)))
		}
	}
	for len(all) > 0 {
		letGo(0)
	}
	if at != len(text) || within == 0 {
		t.Errorf("%d bytes of %d came, %d chunks within a block", at, len(text), within)
	}
	if err := splitter.Close(); err != nil {
		t.Fatal(err)
	}
}
