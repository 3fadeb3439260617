package shard

// A jsonNesting remembers which of the arrays and objects that a value is in are objects.
type jsonNesting struct {
	objects [maxJSONDepth / 64]uint64
	depth   int
}

func (n *jsonNesting) push(object bool) {
	bit := uint64(1) << (n.depth % 64)
	if n.objects[n.depth/64] &^= bit; object {
		n.objects[n.depth/64] |= bit
	}
	n.depth++
}

func (n *jsonNesting) inObject() bool {
	top := n.depth - 1
	return n.objects[top/64]>>(top%64)&1 == 1
}

// skip passes over a value of any kind that begins at i, having seen that it is one.
func (p *jsonParser) skip(i int) int {
	var open jsonNesting
	for more := true; more; {
		switch c := p.at(i); c {
		case '{', '[':
			if i = p.skipOpening(&open, i); i < 0 {
				return -1
			}
			if p.at(i) != c+2 { // The closing ones are two after the opening ones in ASCII.
				if i, more = p.skipFirstKey(c, i), true; i < 0 {
					return -1
				}
				continue
			}
		default:
			if i = p.skipScalar(i); i < 0 {
				return -1
			}
		}
		if i, more = p.skipClosings(&open, i); i < 0 {
			return -1
		}
	}
	return i
}

// skipOpening passes over the bracket or brace at i.
func (p *jsonParser) skipOpening(open *jsonNesting, i int) int {
	if p.depth+open.depth >= maxJSONDepth {
		return p.wrong(i, "is nested more than 512 levels deep")
	}
	open.push(p.text[i] == '{')
	return p.space(i + 1)
}

// skipFirstKey passes over the first key of what opened with c, if that was an object.
func (p *jsonParser) skipFirstKey(c byte, i int) int {
	if c == '{' {
		return p.skipKey(i)
	}
	return i
}

// skipKey passes over a key and its colon.
func (p *jsonParser) skipKey(i int) int {
	if p.at(i) != '"' {
		return p.expected(i, "a key in double quotes")
	}
	if i = p.skipString(i + 1); i < 0 {
		return -1
	}
	return p.colon(i)
}

// skipClosings passes over what may follow a value: closing brackets and braces, then a comma and, in
// an object, a key. It reports whether another value comes.
func (p *jsonParser) skipClosings(open *jsonNesting, i int) (end int, more bool) {
	for open.depth > 0 {
		i = p.space(i)
		object := open.inObject()
		switch c := p.at(i); {
		case c == ',' && object:
			return p.skipKey(p.space(i + 1)), true
		case c == ',':
			return p.space(i + 1), true
		case c == '}' && object, c == ']' && !object:
			open.depth--
			i++
		case object:
			return p.expected(i, "a comma or }"), false
		default:
			return p.expected(i, "a comma or ]"), false
		}
	}
	return i, false
}

// skipScalar passes over a string, a number, true, false or null.
func (p *jsonParser) skipScalar(i int) int {
	switch c := p.at(i); {
	case c == '"':
		return p.skipString(i + 1)
	case c == '-' || c >= '0' && c <= '9':
		return p.skipNumber(i)
	case c == 't':
		return p.literal(i, "true")
	case c == 'f':
		return p.literal(i, "false")
	case c == 'n':
		return p.literal(i, "null")
	}
	return p.expected(i, "a value")
}

// literal passes over a word.
func (p *jsonParser) literal(i int, word string) int {
	if len(p.text)-i >= len(word) && string(p.text[i:i+len(word)]) == word {
		return i + len(word)
	}
	return p.expected(i, word)
}
