package stats

// A table counts hashes.
type table struct {
	slots []int32 // 1 + the index of an item
	items []item
}

type item struct {
	hash  uint64
	count uint32
	first int32 // the first index it was added at
}

func (t *table) reset() {
	const smallest = 4 * maxEntries
	if len(t.slots) != smallest {
		t.slots = make([]int32, smallest)
	} else {
		clear(t.slots)
	}
	t.items = t.items[:0]
}

// add counts a hash at an index.
func (t *table) add(hash uint64, at int32) {
	mask := uint64(len(t.slots) - 1)
	for slot := hash & mask; ; slot = (slot + 1) & mask {
		i := t.slots[slot]
		if i == 0 {
			t.items = append(t.items, item{hash, 1, at})
			t.slots[slot] = int32(len(t.items))
			if 2*len(t.items) > len(t.slots) {
				t.grow()
			}
			return
		}
		if found := &t.items[i-1]; found.hash == hash {
			found.count++
			return
		}
	}
}

func (t *table) grow() {
	t.slots = make([]int32, 2*len(t.slots))
	mask := uint64(len(t.slots) - 1)
	for i := range t.items {
		slot := t.items[i].hash & mask
		for t.slots[slot] != 0 {
			slot = (slot + 1) & mask
		}
		t.slots[slot] = int32(i + 1)
	}
}

// addAll adds hashes from index from on, until there are more than limit different ones.
func (t *table) addAll(hashes []uint64, from, limit int) bool {
	for i := from; i < len(hashes); i++ {
		t.add(hashes[i], int32(i))
		if len(t.items) > limit {
			return false
		}
	}
	return true
}

// mix spreads 64 bits over 64 bits, one to one. (The finalizer of MurmurHash3, with Stafford's numbers.)
func mix(v uint64) uint64 {
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31
}
