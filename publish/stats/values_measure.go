package stats

// cells is how many counters the values of a batch are spread over, to find out which can be frequent.
const cells = 1 << sketchBits

// addValues sets v to the values whose hashes are m.hashes; at returns the value of one of them.
func (m *Measurer) addValues(v *values, at func(i int32) uint64) {
	if m.fewValues() {
		v.take(m.table.items, 0, at)
		return
	}
	v.begin()
	clear(m.cells[:])
	cells, all := &m.cells, v.sketch
	for _, h := range m.hashes {
		cells[h>>(64-sketchBits)]++
		all.add(h)
	}
	used := 0
	for _, n := range m.cells {
		if n > 0 {
			used++
		}
	}
	m.table.reset()
	if used <= maxEntries && m.table.addAll(m.hashes, 0, maxEntries) {
		v.sketch, v.spare = nil, v.sketch
		v.take(m.table.items, 0, at)
		return
	}
	m.heavyValues(v, at)
}

// fewValues counts the values in m.table, unless the first of them show that there are many.
func (m *Measurer) fewValues() bool {
	sample := min(maxEntries, len(m.hashes))
	m.table.reset()
	m.table.addAll(m.hashes[:sample], 0, sample)
	if len(m.table.items) > maxEntries/2 {
		return sample == len(m.hashes)
	}
	return m.table.addAll(m.hashes, sample, maxEntries)
}

// heavyValues makes entries of the values that occur often enough in the batch.
func (m *Measurer) heavyValues(v *values, at func(i int32) uint64) {
	// No more than 512 values can occur as often as that.
	enough := uint32(max(2, (len(m.hashes)+511)/512))
	var light uint32
	heavy := false
	for _, n := range m.cells {
		if n >= enough {
			heavy = true
		} else {
			light = max(light, n)
		}
	}
	v.missed = uint64(light)
	if !heavy {
		return
	}
	m.table.reset()
	for i, h := range m.hashes {
		if m.cells[h>>(64-sketchBits)] >= enough {
			m.table.add(h, int32(i))
		}
	}
	kept := m.table.items[:0]
	for _, item := range m.table.items {
		if item.count >= enough {
			kept = append(kept, item)
		} else {
			v.missed = max(v.missed, uint64(item.count))
		}
	}
	v.take(kept, v.missed, at)
}

// take makes entries of items.
func (v *values) take(items []item, seen uint64, at func(i int32) uint64) {
	v.entries = sized(v.entries, len(items))
	for i := range items {
		item := &items[i]
		v.entries[i] = entry{item.hash, at(item.first), uint64(item.count), seen}
	}
}

// addCountedValues sets v to values of which there are counts[i] of the one that value returns.
func (m *Measurer) addCountedValues(v *values, counts []uint64, value func(i int) uint64) {
	for i, n := range counts {
		if n > 0 {
			v.entries = append(v.entries, entry{hash: mix(value(i)), value: value(i), count: n})
		}
	}
	v.bound(nil, &m.keys)
}

// addOne adds n of one value, which is no entry.
func (m *Measurer) addOne(v *values, value, n uint64) {
	if n == 0 {
		return
	}
	e := entry{hash: mix(value), value: value, count: n, seen: v.missed}
	if v.sketch != nil {
		v.sketch.add(e.hash)
	}
	v.entries = append(v.entries, e)
	v.bound(nil, &m.keys)
}
