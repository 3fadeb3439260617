package shard

import "encoding/binary"

// The types of Thrift's compact protocol.
const (
	thriftStop   = 0
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

// maxThriftDepth is how deep structs and lists may lie within each other; Parquet's reach 7.
const maxThriftDepth = 32

// A thriftReader reads structs in Thrift's compact protocol, in which Parquet's footer and page headers
// are. It takes no memory for what is not there. Once something is wrong, bad stays set and all that is
// read is zero.
type thriftReader struct {
	b     []byte
	at    int
	depth int
	bad   bool
}

// fields calls read with every field of a struct; what it does not read, and says so, is skipped.
func (t *thriftReader) fields(read func(id int16, kind byte) bool) {
	if t.enter() {
		id := int16(0)
		for {
			head := t.byte()
			kind := head & 0x0f
			if kind == thriftStop || t.bad {
				break
			}
			if delta := int16(head >> 4); delta != 0 {
				id += delta
			} else {
				id = int16(t.int())
			}
			if !read(id, kind) {
				t.skip(kind, false)
			}
		}
	}
	t.depth--
}

func (t *thriftReader) enter() bool {
	t.depth++
	if t.depth > maxThriftDepth {
		t.bad = true
	}
	return !t.bad
}

// list calls read for every item of a list of the given kind. There cannot be more than bytes left.
func (t *thriftReader) list(want byte, read func()) {
	n, kind := t.listHead()
	if n > 0 && kind != want {
		t.bad = true
	}
	if t.enter() {
		for range n {
			if t.bad {
				break
			}
			read()
		}
	}
	t.depth--
}

func (t *thriftReader) listHead() (n int, kind byte) {
	head := t.byte()
	size := uint64(head >> 4)
	if size == 15 {
		size = t.varint()
	}
	if size > uint64(len(t.b)-t.at) {
		t.bad = true
		return 0, 0
	}
	return int(size), head & 0x0f
}

// skip passes over a value. Booleans have a byte of their own only within lists, sets and maps.
func (t *thriftReader) skip(kind byte, item bool) {
	switch kind {
	case thriftTrue, thriftFalse:
		if item {
			t.byte()
		}
	case thriftByte:
		t.byte()
	case thriftI16, thriftI32, thriftI64:
		t.varint()
	case thriftDouble:
		t.take(8)
	case thriftBinary:
		t.bytes()
	case thriftList, thriftSet:
		n, kind := t.listHead()
		t.skipItems(n, kind, thriftStop)
	case thriftMap:
		if n := t.varint(); n > uint64(len(t.b)-t.at) {
			t.bad = true
		} else if n > 0 {
			kinds := t.byte()
			t.skipItems(int(n), kinds>>4, kinds&0x0f)
		}
	case thriftStruct:
		t.fields(func(int16, byte) bool { return false })
	default:
		t.bad = true
	}
}

// skipItems passes over n items, or entries if there is a second kind.
func (t *thriftReader) skipItems(n int, kind, second byte) {
	if t.enter() {
		for range n {
			if t.bad {
				break
			}
			t.skip(kind, true)
			if second != thriftStop {
				t.skip(second, true)
			}
		}
	}
	t.depth--
}

// take returns the next n bytes.
func (t *thriftReader) take(n uint64) []byte {
	if t.bad || n > uint64(len(t.b)-t.at) {
		t.bad = true
		return nil
	}
	b := t.b[t.at : t.at+int(n)]
	t.at += int(n)
	return b
}

func (t *thriftReader) byte() byte {
	if b := t.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (t *thriftReader) varint() uint64 {
	if t.bad {
		return 0
	}
	v, n := binary.Uvarint(t.b[t.at:])
	if n <= 0 {
		t.bad = true
		return 0
	}
	t.at += n
	return v
}

// int reads an i16, i32 or i64.
func (t *thriftReader) int() int64 {
	v := t.varint()
	return int64(v>>1) ^ -int64(v&1)
}

func (t *thriftReader) bytes() []byte { return t.take(t.varint()) }

// readInt reads into v what is an integer, or leaves it to be skipped.
func readInt[T int8 | int16 | int32 | int64](t *thriftReader, kind byte, v *T) bool {
	switch kind {
	case thriftByte:
		*v = T(int8(t.byte()))
	case thriftI16, thriftI32, thriftI64:
		n := t.int()
		*v = T(n)
		if int64(*v) != n {
			t.bad = true
		}
	default:
		return false
	}
	return true
}

// readBool reads into v what is a boolean, which its kind says already.
func readBool(kind byte, v *bool) bool {
	*v = kind == thriftTrue
	return kind == thriftTrue || kind == thriftFalse
}
