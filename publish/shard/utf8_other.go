//go:build !amd64

package shard

// validUTF8 reports whether text is UTF-8.
func validUTF8(text []byte) bool { return validBlocks(text) }
