package publish

import (
	"context"
	"math"

	"github.com/zeebo/xxh3"
)

// A keyFinder finds the repeats in one part of an index after the other. It belongs to one goroutine.
//
// A part's different keys are put into a table, each with the place of the first record that has it; then,
// if any was there before, the part is gone through once more to tell the others. So neither the order
// of entries matters nor how often one key is there. Where a part has more different keys than memory
// should hold, it is gone through several times, each time for the keys in a narrower range.
type keyFinder struct {
	index  *keyIndex
	limit  int // different keys in memory
	memory keyGroups
	buffer *keyBuffer // made when first needed

	// lo and hi bound the second half of the hashes that are looked at.
	lo, hi uint64
	keys   []firstKey
	// slots has, for every place that a hash can lead to, the number of a key from 1, or 0. At least half
	// of them are 0.
	slots []uint32
	again bool // a key was there before
	found []triple
}

// A firstKey is a key and the place of the first entry that has it.
type firstKey struct {
	hash  xxh3.Uint128
	place uint64
	told  bool // that entry was passed by when repeats were told
}

// find looks for repeats in a part.
func (f *keyFinder) find(ctx context.Context, part int) error {
	segments := f.memory.next(part)
	width := uint64(math.MaxUint64)
	for f.lo = 0; ; f.lo = f.hi + 1 {
		if err := ctx.Err(); err != nil {
			return err
		}
		if f.hi = f.lo + width; f.hi < f.lo {
			f.hi = math.MaxUint64
		}
		wanted := f.hi
		f.reset()
		if err := f.each(ctx, part, segments, f.learn); err != nil {
			return err
		}
		if f.again {
			if err := f.each(ctx, part, segments, f.tell); err != nil {
				return err
			}
		}
		if f.hi == math.MaxUint64 {
			return f.flush()
		}
		if width = f.hi - f.lo; f.hi == wanted {
			width = max(width, 2*width+1) // The range was narrower than memory asked for.
		}
	}
}

// each calls visit with all entries of a part.
func (f *keyFinder) each(ctx context.Context, part int, segments [][]keyEntry, visit func([]keyEntry) error) error {
	for _, segment := range segments {
		if err := visit(segment); err != nil {
			return err
		}
	}
	if len(f.index.runs) > 0 && f.buffer == nil {
		f.buffer = new(keyBuffer)
	}
	for i := range f.index.runs {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f.index.runs[i].read(&f.index.file, part, f.buffer, visit); err != nil {
			return err
		}
	}
	return nil
}

// reset empties the table.
func (f *keyFinder) reset() {
	f.keys, f.again = f.keys[:0], false
	if f.slots == nil {
		f.slots = make([]uint32, 256)
	}
	clear(f.slots)
}

// slot returns where the key with that hash is in slots, or would be.
func (f *keyFinder) slot(hash *xxh3.Uint128) *uint32 {
	mask := uint64(len(f.slots) - 1)
	for i := hash.Hi & mask; ; i = (i + 1) & mask {
		if n := f.slots[i]; n == 0 || f.keys[n-1].hash == *hash {
			return &f.slots[i]
		}
	}
}

// learn puts the keys of entries into the table.
func (f *keyFinder) learn(entries []keyEntry) error {
	for i := range entries {
		e := &entries[i]
		if e.hash.Lo < f.lo || e.hash.Lo > f.hi {
			continue
		}
		slot := f.slot(&e.hash)
		if *slot != 0 {
			key := &f.keys[*slot-1]
			key.place = min(key.place, e.place())
			f.again = true
			continue
		}
		f.keys = append(f.keys, firstKey{hash: e.hash, place: e.place()})
		*slot = uint32(len(f.keys))
		if len(f.keys) > f.limit {
			f.narrow()
		}
		if 2*len(f.keys) > len(f.slots) {
			f.slots = make([]uint32, 2*len(f.slots))
			f.fill()
		}
	}
	return nil
}

// narrow leaves the upper half of the range for later, as often as it takes to make room.
func (f *keyFinder) narrow() {
	for len(f.keys) > f.limit && f.hi > f.lo {
		f.hi = f.lo + (f.hi-f.lo)/2
		kept := f.keys[:0]
		for _, key := range f.keys {
			if key.hash.Lo <= f.hi {
				kept = append(kept, key)
			}
		}
		f.keys = kept
	}
	clear(f.slots)
	f.fill()
}

// fill puts all keys into the slots, which are empty.
func (f *keyFinder) fill() {
	for i := range f.keys {
		*f.slot(&f.keys[i].hash) = uint32(i + 1)
	}
}

// tell notes the entries whose key another one has first.
func (f *keyFinder) tell(entries []keyEntry) error {
	for i := range entries {
		e := &entries[i]
		if e.hash.Lo < f.lo || e.hash.Lo > f.hi {
			continue
		}
		key := &f.keys[*f.slot(&e.hash)-1]
		if e.place() == key.place && !key.told {
			key.told = true
			continue
		}
		const together = 512
		if f.found = append(f.found, triple{e.place(), key.place}); len(f.found) == together {
			if err := f.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush hands over what was found.
func (f *keyFinder) flush() error {
	if len(f.found) == 0 {
		return nil
	}
	err := f.index.repeat(f.found)
	f.found = f.found[:0]
	return err
}
