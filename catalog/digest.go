package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
)

// Describe returns the entry of a file that holds text.
func Describe(name, role string, text []byte) File {
	return File{Name: name, Size: int64(len(text)), SHA256: Sum(text), Role: role}
}

// Sum returns the SHA-256 of text as a manifest writes it: 64 lower-case hexadecimal digits.
func Sum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// SumReader reads r to its end and returns its length and SHA-256. It stops early, with the context's
// error, when ctx is done. Progress, if not nil, is told of every piece that was read.
func SumReader(ctx context.Context, r io.Reader, progress func(bytes int64)) (size int64, sum string, err error) {
	h := sha256.New()
	buf := make([]byte, 64<<10)
	for {
		if err := ctx.Err(); err != nil {
			return size, "", err
		}
		n, err := r.Read(buf)
		h.Write(buf[:n])
		size += int64(n)
		if progress != nil {
			progress(int64(n))
		}
		if err == io.EOF {
			return size, hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return size, "", err
		}
	}
}

// validSum reports whether s is a SHA-256 as a manifest writes it.
func validSum(s string) bool {
	if len(s) != 2*sha256.Size {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
