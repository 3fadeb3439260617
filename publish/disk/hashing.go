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

// Absorb counts and hashes what r yields without passing it on: the beginning, written by an earlier
// run, of a file that is carried on with.
func (h *Hashing) Absorb(r io.Reader) error {
	n, err := io.Copy(h.hash, r)
	h.size += n
	return err
}

// Size returns how many bytes were written or absorbed.
func (h *Hashing) Size() int64 { return h.size }

// SHA256 returns the digest of all of them, as 64 lower-case hexadecimal digits.
func (h *Hashing) SHA256() string { return hex.EncodeToString(h.hash.Sum(nil)) }
