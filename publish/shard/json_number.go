package shard

import (
	"github.com/bindery-data/bindery/schema"
)

// skipNumber passes over a number, whose first byte is at i: an optional minus sign; 0, or digits of
// which the first is not 0; optionally a point and digits; optionally e or E, a sign, and digits.
func (p *jsonParser) skipNumber(i int) int {
	if p.at(i) == '-' {
		i++
	}
	first := i
	if i = p.digits(i); i == first {
		return p.expected(i, "a digit")
	}
	if p.text[first] == '0' && i > first+1 {
		return p.wrong(first, "is a zero that leads a number")
	}
	if p.at(i) == '.' {
		first = i + 1
		if i = p.digits(first); i == first {
			return p.expected(i, "a digit")
		}
	}
	if p.at(i)|0x20 == 'e' {
		i++
		if c := p.at(i); c == '+' || c == '-' {
			i++
		}
		first = i
		if i = p.digits(first); i == first {
			return p.expected(i, "a digit")
		}
	}
	return i
}

// digits passes over digits.
func (p *jsonParser) digits(i int) int {
	for i < len(p.text) && p.text[i]-'0' <= 9 {
		i++
	}
	return i
}

// goesOnAsFraction has the bytes that go on with a number after its digits before the point.
var goesOnAsFraction = [256]bool{'.': true, 'e': true, 'E': true}

// intValue decodes a number into a slot of an integer column.
func (p *jsonParser) intValue(n *jsonNode, i int) int {
	text := p.text
	end := i
	negative := end < len(text) && text[end] == '-'
	if negative {
		end++
	}
	first := end
	var v int64
	for end < len(text) && text[end]-'0' <= 9 {
		v = v*10 + int64(text[end]-'0')
		end++
	}
	count := end - first
	if count == 0 || count > 18 || text[first] == '0' && count > 1 || end < len(text) && goesOnAsFraction[text[end]] {
		return p.longInt(n, i)
	}
	if negative {
		v = -v
	}
	if v < n.low || v > n.high || negative && n.low == 0 {
		return p.longInt(n, i)
	}
	c := n.column
	if c.width == 8 {
		c.append64(uint64(v))
		c.appended()
		return end
	}
	c.appendInt(v)
	return end
}

// longInt decodes what is not an integer of at most 18 digits that fits.
func (p *jsonParser) longInt(n *jsonNode, i int) int {
	end, ok := p.number(n, i)
	if !ok {
		return end
	}
	var err error
	if n.typ.Signed() {
		var v int64
		if v, err = schema.ParseInt(p.text[i:end], n.typ); err == nil {
			n.column.appendInt(v)
		}
	} else {
		var v uint64
		if v, err = schema.ParseUint(p.text[i:end], n.typ); err == nil {
			n.column.appendUint(v)
		}
	}
	if err != nil {
		return p.mistyped(n, end, err.Error(), schema.Quote(p.text[i:end]))
	}
	return end
}

// number passes over a number for n's field. Where there is none, ok is false and the value is decoded
// already, if it is one.
func (p *jsonParser) number(n *jsonNode, i int) (end int, ok bool) {
	if c := p.at(i); c != '-' && (c < '0' || c > '9') {
		return p.otherValue(n, i), false
	}
	end = p.skipNumber(i)
	return end, end >= 0
}

// floatValue decodes a number into a slot of a float column. One without an exponent and of at most
// schema.MaxDigits digits is read here.
func (p *jsonParser) floatValue(n *jsonNode, i int) int {
	text := p.text
	end := i
	negative := end < len(text) && text[end] == '-'
	if negative {
		end++
	}
	first := end
	var digits uint64
	for end < len(text) && text[end]-'0' <= 9 {
		digits = digits*10 + uint64(text[end]-'0')
		end++
	}
	whole := end - first
	if whole == 0 || text[first] == '0' && whole > 1 {
		return p.longFloat(n, i)
	}
	places := 0
	if end < len(text) && text[end] == '.' {
		point := end
		for end++; end < len(text) && text[end]-'0' <= 9; end++ {
			digits = digits*10 + uint64(text[end]-'0')
		}
		if places = end - point - 1; places == 0 {
			return p.longFloat(n, i)
		}
	}
	if whole+places > schema.MaxDigits || end < len(text) && goesOnAsFraction[text[end]] {
		return p.longFloat(n, i)
	}
	v := schema.NearestFloat(digits, places, n.typ)
	if negative {
		v = -v
	}
	n.column.appendFloat(v)
	return end
}

// longFloat decodes what floatValue does not read itself.
func (p *jsonParser) longFloat(n *jsonNode, i int) int {
	end, ok := p.number(n, i)
	if !ok {
		return end
	}
	v, err := schema.ParseFloat(p.text[i:end], n.typ)
	if err != nil {
		return p.mistyped(n, end, err.Error(), schema.Quote(p.text[i:end]))
	}
	n.column.appendFloat(v)
	return end
}

// decimalValue decodes a number, or a string that holds one, into a slot of a decimal column.
func (p *jsonParser) decimalValue(n *jsonNode, i int) int {
	text, end, ok := p.decimalText(n, i)
	if !ok {
		return end
	}
	v, err := schema.ParseDecimal(text, n.field.Precision, n.field.Scale)
	if err != nil {
		return p.mistyped(n, end, err.Error(), schema.Quote(text))
	}
	n.column.appendDecimal(v)
	return end
}

func (p *jsonParser) decimalText(n *jsonNode, i int) (text []byte, end int, ok bool) {
	if p.at(i) == '"' {
		text, end, _ = p.content(i + 1)
		return text, end, end >= 0
	}
	if end, ok = p.number(n, i); !ok {
		return nil, end, false
	}
	return p.text[i:end], end, true
}
