package shard

import (
	"bytes"
	"fmt"

	"github.com/bindery-data/bindery/schema"
)

var newline = []byte{'\n'}

// longestMark is the length of the longest byte order mark.
const longestMark = 4

// The byte order marks of Unicode 16, section 23.8; those of UTF-32 before those of UTF-16, which
// UTF-32's little-endian one begins with.
var byteOrderMarks = []struct {
	mark     string
	encoding string
}{
	{"\x00\x00\xfe\xff", "UTF-32BE"},
	{"\xff\xfe\x00\x00", "UTF-32LE"},
	{"\xfe\xff", "UTF-16BE"},
	{"\xff\xfe", "UTF-16LE"},
}

// byteOrderMark returns the length of UTF-8's byte order mark at the beginning of text, or a *Damage
// if there is another one.
func byteOrderMark(text []byte) (int, error) {
	if bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
		return 3, nil
	}
	for _, m := range byteOrderMarks {
		if bytes.HasPrefix(text, []byte(m.mark)) {
			return 0, damage(schema.EncodingError, "is in "+m.encoding+", not in UTF-8",
				fmt.Sprintf("Convert it: iconv -f %s -t UTF-8 SHARD > CONVERTED", m.encoding))
		}
	}
	return 0, nil
}

// tooLong is the damage of a shard with a record that is over the limit.
func tooLong(l limits) error {
	return damage(schema.FormatError, fmt.Sprintf("a record is longer than %d MiB", l.record>>20),
		"Check that the shard is of the format it is declared or named to be.")
}
