package shard

import (
	"hash/maphash"
)

// A keySet knows which keys the current slot of a map column has. Few keys are compared one by one;
// from linearKeys on there is a table of their slots, open addressed and at most half full.
type keySet struct {
	keys  *column
	first int // the slot of the current map's first key
	table []int32
	mask  uint64
	used  int
	seed  maphash.Seed
}

const linearKeys = 8

// begin empties the set, for a map whose keys are appended to keys from now on.
func (s *keySet) begin(keys *column) {
	s.keys, s.first, s.used = keys, keys.n, 0
}

// add adds the key at slot, the column's last, and reports whether it is new.
func (s *keySet) add(slot int) bool {
	if slot-s.first < linearKeys {
		return s.addToFew(slot)
	}
	if s.used == 0 {
		s.rebuild(slot, 8*linearKeys)
	} else if 2*s.used >= len(s.table) {
		s.rebuild(slot, 4*len(s.table))
	}
	return s.insert(slot)
}

func (s *keySet) addToFew(slot int) bool {
	key := s.keys.bytesAt(slot)
	for other := s.first; other < slot; other++ {
		if string(s.keys.bytesAt(other)) == string(key) {
			return false
		}
	}
	return true
}

// rebuild makes a table of the given size, a power of two, with the keys before slot.
func (s *keySet) rebuild(slot, size int) {
	if s.seed == (maphash.Seed{}) {
		s.seed = maphash.MakeSeed()
	}
	if cap(s.table) < size {
		s.table = make([]int32, size)
	}
	s.table = s.table[:size]
	clear(s.table)
	s.mask, s.used = uint64(size-1), 0
	for other := s.first; other < slot; other++ {
		s.insert(other)
	}
}

// insert puts a slot into the table unless one with the same key is there. The table holds slots from
// 1, counted from the map's first.
func (s *keySet) insert(slot int) bool {
	key := s.keys.bytesAt(slot)
	for h := maphash.Bytes(s.seed, key) & s.mask; ; h = (h + 1) & s.mask {
		at := s.table[h]
		if at == 0 {
			s.table[h] = int32(slot - s.first + 1)
			s.used++
			return true
		}
		if string(s.keys.bytesAt(s.first+int(at)-1)) == string(key) {
			return false
		}
	}
}
