package disk

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
)

// A Hashing passes on what is written and knows its length and SHA-256 at every moment.
type Hashing struct {
	to   io.Writer
	hash hash.Hash
	size int64
}

// NewHashing returns a Hashing that passes on to w.
func NewHashing(w io.Writer) *Hashing {
	return &Hashing{to: w, hash: sha256.New()}
}

// Write passes p on and counts what w took of it.
func (h *Hashing) Write(p []byte) (int, error) {
	n, err := h.to.Write(p)
	h.hash.Write(p[:n])
	h.size += int64(n)
	return n, err
}

// Size returns how many bytes were written.
func (h *Hashing) Size() int64 { return h.size }

// SHA256 returns the digest of what was written, as 64 lower-case hexadecimal digits.
func (h *Hashing) SHA256() string { return hex.EncodeToString(h.hash.Sum(nil)) }
