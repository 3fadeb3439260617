package shard

import (
	"github.com/segmentio/asm/utf8"
	"golang.org/x/sys/cpu"
)

// validUTF8 reports whether text is UTF-8. By instructions that nearly all processors of this kind have, it takes a quarter
// of what validBlocks does: a build of text in many scripts takes 2 % less.
func validUTF8(text []byte) bool {
	if cpu.X86.HasAVX2 {
		return utf8.Valid(text)
	}
	return validBlocks(text)
}
