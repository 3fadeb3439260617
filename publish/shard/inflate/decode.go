package inflate

import (
	"encoding/binary"
	"slices"
)

const (
	// eager is how much of a match is copied before asking how long it is. Most matches are no longer, and what a
	// loop asks for each eight bytes is guessed wrong by processors: without it, source text takes a quarter more.
	eager = 32
	// slackIn is how much input a round of the fast loop may load, and slackOut how much it may write: two
	// literals and a match, with what is copied beyond its end.
	slackIn  = 8 + 8
	slackOut = 2 + maxLength + eager
)

// symbols decodes symbols of the block at hand until it ends, there is no more room, or errShort.
func (r *Reader) symbols() error {
	if err := r.fastSymbols(); err != nil {
		return err
	}
	for r.code != nil && r.room() {
		before := r.in
		if err := r.symbol(); err != nil {
			if err == errShort {
				r.in = before
			}
			return err
		}
	}
	return nil
}

// symbol decodes one symbol, a length with its distance (RFC 1951, 3.2.3). Where there are not bits enough for the end
// of the block, which is still to come, what there are is no symbol.
func (r *Reader) symbol() error {
	if r.in.fill(); r.in.bits.n < r.code.least {
		return errShort
	}
	e, v, err := r.in.next(r.code.literals[:], literalBits)
	switch {
	case err != nil:
		return err
	case e&isLiteral != 0:
		r.out[r.at] = e.literal()
		r.at++
		return nil
	case e&isEnd != 0:
		r.code = nil
		return nil
	case e&isSpecial != 0:
		return r.corrupt()
	}
	length := e.plus(v, v>>e.used())
	if e, v, err = r.in.next(r.code.distances[:], distanceBits); err != nil {
		return err
	}
	distance := e.plus(v, v>>e.used())
	if e&isSpecial != 0 || distance > r.at-r.begin {
		return r.corrupt()
	}
	for range length {
		r.out[r.at] = r.out[r.at-distance]
		r.at++
	}
	return nil
}

// fastSymbols decodes symbols while there is slack on both sides, and leaves the end of the block, and what is wrong
// but distances, to symbol. It is one long function, and keeps all it needs in variables: to copy matches in another
// one takes 6 % more. Its slices are checked, since anyone's files are read, but have a capacity that is known, as in
// out[i:j:j]: their addresses then need no mask.
//
// The entry that comes next is looked up before more input is loaded, so that the one does not wait for the other:
// that saves a tenth. The bits suffice: of the 56 at the beginning of a round, three literals leave 19 or more, and two
// with a length 14, of which a distance is looked up by eight; a distance takes 28 of 56.
func (r *Reader) fastSymbols() error {
	// What stands behind the input in its buffer is not of it, and no slice may reach there.
	in := slices.Clip(r.in.data)
	lastIn, pos, b := len(in)-slackIn, r.in.pos, r.in.bits
	if pos > lastIn {
		return nil
	}
	code, out, at := r.code, &r.out, r.at
	b, pos = b.load(in, pos)
	e := code.literals[b.v&(1<<literalBits-1)]
	for pos <= lastIn && at <= len(out)-slackOut {
		b, pos = b.load(in, pos)
		if e&isLiteral != 0 {
			b = b.skip(e.used())
			out[at] = e.literal()
			at++
			e = code.literals[b.v&(1<<literalBits-1)]
		}
		if e&isLiteral != 0 {
			b = b.skip(e.used())
			out[at] = e.literal()
			at++
			e = code.literals[b.v&(1<<literalBits-1)]
		}
		if e&isSpecial != 0 {
			if e&isLink == 0 {
				break
			}
			e = code.literals[e.link(b.v>>literalBits)]
			if e&isSpecial != 0 {
				break
			}
			b = b.skip(literalBits)
		}
		if e&isLiteral != 0 {
			b = b.skip(e.used())
			out[at] = e.literal()
			at++
			e = code.literals[b.v&(1<<literalBits-1)]
			continue
		}
		v := b.v
		b = b.skip(e.used())
		length := e.plus(v, b.v)

		e = code.distances[b.v&(1<<distanceBits-1)]
		b, pos = b.load(in, pos)
		if e&isLink != 0 {
			b = b.skip(distanceBits)
			e = code.distances[e.link(b.v)]
		}
		v = b.v
		b = b.skip(e.used())
		distance := e.plus(v, b.v)
		if e&isSpecial != 0 || distance > at-r.begin {
			r.pause(pos, b, at)
			return r.corrupt()
		}
		e = code.literals[b.v&(1<<literalBits-1)]

		from, end := at-distance, at+length
		step := distance // What is nearer than eight bytes repeats itself.
		if distance >= 8 {
			step = 8
			to, from8 := out[at:at+eager:at+eager], out[from:from+eager:from+eager]
			binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(from8))
			binary.LittleEndian.PutUint64(to[8:], binary.LittleEndian.Uint64(from8[8:]))
			binary.LittleEndian.PutUint64(to[16:], binary.LittleEndian.Uint64(from8[16:]))
			binary.LittleEndian.PutUint64(to[24:], binary.LittleEndian.Uint64(from8[24:]))
			at += eager
			from += eager
		}
		for ; at < end; at, from = at+step, from+step {
			binary.LittleEndian.PutUint64(out[at:at+8:at+8], binary.LittleEndian.Uint64(out[from:from+8:from+8]))
		}
		at = end
	}
	r.pause(pos, b, at)
	return nil
}

// pause keeps what fastSymbols has in variables.
func (r *Reader) pause(pos int, b bitBuffer, at int) {
	r.in.pos, r.in.bits, r.at = pos, b, at
	r.in.align()
}
