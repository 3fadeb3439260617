package parquet

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
)

// secret makes the hashes of a process its own, so that no data can be made in which all values collide.
// Nothing that is written depends on it: values are numbered in the order in which they first appear.
var (
	secret = [2]uint64{rand.Uint64(), rand.Uint64()}
	seed   = maphash.MakeSeed()
)

// A hashTable finds the numbers of values by their hashes. Its cells hold a number and 1, or 0. It is what
// distinctNumbers and distinctBytes have in common; the search is theirs, since it compares values.
type hashTable struct {
	cells []uint32
	shift uint // of a hash, to get a cell
}

// reset makes the table empty, with room for n values.
func (t *hashTable) reset(n int) {
	size := 1 << bits.Len(uint(2*n))
	t.shift = uint(64 - bits.Len(uint(2*n)))
	t.cells = grown(t.cells, size)
	clear(t.cells)
}

// free returns the first free cell for a hash.
func (t *hashTable) free(hash uint64) int {
	i := int(hash >> t.shift)
	for t.cells[i] != 0 {
		i = (i + 1) & (len(t.cells) - 1)
	}
	return i
}

// full reports whether n values are too many for the table.
func (t *hashTable) full(n int) bool { return 2*n > len(t.cells) }

// firstRoom is for how many values a table has room before it grows.
const firstRoom = 1 << 10

// distinctNumbers are the different values of a chunk, in the order in which they first appear, and what
// their numbers are. It takes 2 ns a value.
type distinctNumbers[T uint32 | uint64] struct {
	hashTable
	values  []T
	indices []uint32 // the numbers of the chunk's values
}

func (d *distinctNumbers[T]) reset(room int) {
	d.hashTable.reset(room)
	d.values = d.values[:0]
}

// index finds the number of every value. It reports false where the different ones are too many.
func (d *distinctNumbers[T]) index(values []T, most int) bool {
	d.reset(firstRoom)
	d.indices = grown(d.indices, len(values))
	for i, v := range values {
		// That the first cell has the value is nearly always so, and decided here without a call.
		if n := d.cells[hashNumber(v)>>d.shift]; n != 0 && d.values[n-1] == v {
			d.indices[i] = n - 1
			continue
		}
		d.indices[i] = d.add(v)
		if len(d.values) > most {
			return false
		}
	}
	return true
}

// add returns the number of v.
func (d *distinctNumbers[T]) add(v T) uint32 {
	i := int(hashNumber(v) >> d.shift)
	for d.cells[i] != 0 {
		if n := d.cells[i] - 1; d.values[n] == v {
			return n
		}
		i = (i + 1) & (len(d.cells) - 1)
	}
	return d.insert(i, v)
}

func (d *distinctNumbers[T]) insert(cell int, v T) uint32 {
	n := uint32(len(d.values))
	d.values = append(d.values, v)
	d.cells[cell] = n + 1
	if d.full(len(d.values)) {
		d.hashTable.reset(2 * len(d.values))
		for n, v := range d.values {
			d.cells[d.free(hashNumber(v))] = uint32(n) + 1
		}
	}
	return n
}

func hashNumber[T uint32 | uint64](v T) uint64 {
	high, low := bits.Mul64(uint64(v)^secret[0], golden)
	return high ^ low
}

// golden is 2 to the 64th over the golden ratio: multiples of it lie evenly, which those of a number drawn
// by lot may not.
const golden = 0x9e37_79b9_7f4a_7c15

// distinctBytes are the different values of a chunk of byte arrays, as distinctNumbers are those of numbers.
type distinctBytes struct {
	hashTable
	values  []distinctValue
	size    int // of the values as PLAIN
	indices []uint32
}

// A distinctValue is value k of a column. Up to 16 bytes are the first and the last eight of them and the
// length, so that no bytes have to be compared: they take 8 ns each, and longer ones 20. Of longer ones, last
// is a hash.
type distinctValue struct {
	prefix, last uint64
	length, k    int32
}

func (c *byteArrays) distinctValue(k int) distinctValue {
	v := distinctValue{prefix: c.prefix(k), length: c.offsets[k+1] - c.offsets[k], k: int32(k)}
	switch {
	case v.length > 16:
		v.last = maphash.Bytes(seed, c.value(k))
	case v.length > 8:
		v.last = binary.LittleEndian.Uint64(c.data[c.offsets[k+1]-8:])
	}
	return v
}

func (v *distinctValue) hash() uint64 {
	high, low := bits.Mul64(v.prefix^secret[0], (v.last+uint64(v.length))^secret[1])
	return high ^ low
}

func (d *distinctBytes) reset(room int) {
	d.hashTable.reset(room)
	d.values, d.size = d.values[:0], 0
}

// add returns the number of value k of c.
func (d *distinctBytes) add(c *byteArrays, k int) uint32 {
	v := c.distinctValue(k)
	i := int(v.hash() >> d.shift)
	for d.cells[i] != 0 {
		n := d.cells[i] - 1
		w := &d.values[n]
		if w.last == v.last && w.prefix == v.prefix && w.length == v.length &&
			(v.length <= 16 || bytes.Equal(c.value(int(w.k)), c.value(k))) {
			return n
		}
		i = (i + 1) & (len(d.cells) - 1)
	}
	return d.insert(i, v)
}

func (d *distinctBytes) insert(cell int, v distinctValue) uint32 {
	n := uint32(len(d.values))
	d.values = append(d.values, v)
	d.size += 4 + int(v.length)
	d.cells[cell] = n + 1
	if d.full(len(d.values)) {
		d.hashTable.reset(2 * len(d.values))
		for n := range d.values {
			d.cells[d.free(d.values[n].hash())] = uint32(n) + 1
		}
	}
	return n
}

// prefix returns the first eight bytes of value k, or fewer and zeros, so that a lesser prefix is that of a
// lesser value.
func (c *byteArrays) prefix(k int) uint64 {
	start := int(c.offsets[k])
	missing := uint(max(0, 64-8*(int(c.offsets[k+1])-start)))
	if start+8 > len(c.data) {
		return c.lastPrefix(start) >> missing << missing
	}
	return binary.BigEndian.Uint64(c.data[start:]) >> missing << missing
}

// lastPrefix returns the last bytes of the data from start on, and zeros.
func (c *byteArrays) lastPrefix(start int) uint64 {
	var last [8]byte
	copy(last[:], c.data[start:])
	return binary.BigEndian.Uint64(last[:])
}

// appendIndices appends numbers of values of a dictionary that has so many, as they are in a page.
func appendIndices(b []byte, indices []uint32, values int) []byte {
	width := max(1, bits.Len(uint(values-1)))
	return appendHybrid(append(b, byte(width)), indices, width)
}
