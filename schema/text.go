package schema

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"
	"unsafe"
)

// A TextError says why a text is not a value of a type, in words that complete "the value ...".
type TextError string

// Error returns the words.
func (e TextError) Error() string { return string(e) }

// What is wrong with texts, where it does not depend on the field.
const (
	errNotBool    TextError = "is not a boolean (true or false)"
	errNotInteger TextError = "is not an integer"
	errNotNumber  TextError = "is not a number"
	errNotBase64  TextError = "is not base64 (the standard alphabet, with padding)"
	errNotUTF8    TextError = "is not UTF-8"
	errNotJSON    TextError = "is not JSON"
)

// ParseBool reads a boolean as the Data Package standard writes it: true, True, TRUE or 1; false,
// False, FALSE or 0.
func ParseBool(b []byte) (bool, error) {
	switch string(b) {
	case "true", "True", "TRUE", "1":
		return true, nil
	case "false", "False", "FALSE", "0":
		return false, nil
	}
	return false, errNotBool
}

// ParseInt reads a value of t, one of int8 to int64: decimal digits with an optional minus sign. Zeros
// may lead; a plus sign, a fraction, an exponent, white space and separators are errors.
func ParseInt(b []byte, t Type) (int64, error) {
	digits := b
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		digits = b[1:]
	}
	_, high := t.IntRange()
	limit := uint64(high)
	if negative {
		limit++
	}
	v, err := parseDigits(digits, limit, t)
	if err != nil {
		return 0, err
	}
	if negative {
		return -int64(v), nil
	}
	return int64(v), nil
}

// ParseUint reads a value of t, one of uint8 to uint64: decimal digits. Zeros may lead. A minus sign
// is for zero alone.
func ParseUint(b []byte, t Type) (uint64, error) {
	if len(b) == 0 || b[0] != '-' {
		return parseDigits(b, t.UintMax(), t)
	}
	v, err := parseDigits(b[1:], t.UintMax(), t)
	if err == nil && v != 0 {
		err = errRange(t)
	}
	return 0, err
}

// IntRange returns the least and the greatest value of t, one of int8 to int64.
func (t Type) IntRange() (low, high int64) {
	bits := 8 << (t - Int8)
	high = int64(1)<<(bits-1) - 1
	return -high - 1, high
}

// UintMax returns the greatest value of t, one of uint8 to uint64.
func (t Type) UintMax() uint64 {
	bits := 8 << (t - Uint8)
	return 1<<bits - 1
}

func errRange(t Type) error {
	switch {
	case t.Signed():
		low, high := t.IntRange()
		return TextError(fmt.Sprintf("does not fit %s (%d to %d)", t, low, high))
	case t.Unsigned():
		return TextError(fmt.Sprintf("does not fit %s (0 to %d)", t, t.UintMax()))
	}
	return TextError("does not fit " + t.String())
}

// parseDigits reads a run of digits that is at most limit.
func parseDigits(b []byte, limit uint64, t Type) (uint64, error) {
	if len(b) == 0 {
		return 0, errNotInteger
	}
	var v uint64
	over := false
	for _, c := range b {
		d := uint64(c - '0')
		if c < '0' || c > '9' {
			return 0, errInteger(b, t)
		}
		if v > (limit-d)/10 {
			over = true
			continue
		}
		v = v*10 + d
	}
	if over {
		return 0, errRange(t)
	}
	return v, nil
}

// errInteger says why a text without its sign is not an integer.
func errInteger(b []byte, t Type) error {
	n, ok := readNumeral(b)
	switch {
	case !ok || n.negative:
		return errNotInteger
	case n.fraction != nil:
		return TextError("has a fraction where " + t.String() + " is declared")
	}
	return TextError("has an exponent where " + t.String() + " is declared")
}

// A numeral is the text of a number in parts.
type numeral struct {
	negative        bool
	whole, fraction []byte // digits; fraction is nil where there is no point
	exponent        int64  // clamped to what no number of digits makes up for
}

const hugeExponent = 1 << 40

// readNumeral reads an optional minus sign, digits, optionally a point and digits, and optionally e or
// E, a sign and digits: the numbers of JSON, in which zeros may lead besides.
func readNumeral(b []byte) (numeral, bool) {
	var n numeral
	if len(b) > 0 && b[0] == '-' {
		n.negative, b = true, b[1:]
	}
	if n.whole, b = cutDigits(b); len(n.whole) == 0 {
		return n, false
	}
	if len(b) > 0 && b[0] == '.' {
		if n.fraction, b = cutDigits(b[1:]); len(n.fraction) == 0 {
			return n, false
		}
	}
	if len(b) == 0 {
		return n, true
	}
	if b[0] != 'e' && b[0] != 'E' {
		return n, false
	}
	var ok bool
	n.exponent, ok = readExponent(b[1:])
	return n, ok
}

func readExponent(b []byte) (int64, bool) {
	negative := len(b) > 0 && b[0] == '-'
	if negative || len(b) > 0 && b[0] == '+' {
		b = b[1:]
	}
	digits, rest := cutDigits(b)
	if len(digits) == 0 || len(rest) != 0 {
		return 0, false
	}
	var e int64
	for _, c := range digits {
		e = min(e*10+int64(c-'0'), hugeExponent)
	}
	if negative {
		e = -e
	}
	return e, true
}

// cutDigits returns the digits that b begins with, and the rest.
func cutDigits(b []byte) (digits, rest []byte) {
	i := 0
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return b[:i], b[i:]
}

// ParseFloat reads a value of t, float32 or float64: an optional minus sign, digits, optionally a point
// and digits, and optionally an exponent. The result is the value of t nearest to the number, with ties
// to even; a number too small becomes zero, and one too large for t is an error. NaN and infinities
// have no text form.
func ParseFloat(b []byte, t Type) (float64, error) {
	n, ok := readNumeral(b)
	if !ok {
		return 0, errNotNumber
	}
	if v, ok := n.shortFloat(t); ok {
		return v, nil
	}
	bits := 64
	if t == Float32 {
		bits = 32
	}
	v, err := strconv.ParseFloat(unsafe.String(&b[0], len(b)), bits) // which keeps no part of its text
	if err != nil {
		return 0, errRange(t)
	}
	return v, nil
}

// shortFloat returns a number of at most MaxDigits digits, so many of them after the point.
func (n numeral) shortFloat(t Type) (float64, bool) {
	places := int64(len(n.fraction)) - n.exponent
	if len(n.whole)+len(n.fraction) > MaxDigits || places < 0 || places > MaxDigits {
		return 0, false
	}
	var digits uint64
	for _, c := range n.whole {
		digits = digits*10 + uint64(c-'0')
	}
	for _, c := range n.fraction {
		digits = digits*10 + uint64(c-'0')
	}
	v := NearestFloat(digits, int(places), t)
	if n.negative {
		v = -v
	}
	return v, true
}

var strictBase64 = base64.StdEncoding.Strict()

// ParseBinary appends to dst the bytes that b stands for: base64 with the standard alphabet and padding
// (RFC 4648, section 4), without line ends, its unused bits zero. On an error dst comes back as it was.
func ParseBinary(dst, b []byte) ([]byte, error) {
	if bytes.IndexByte(b, '\n') >= 0 || bytes.IndexByte(b, '\r') >= 0 {
		return dst, errNotBase64
	}
	out, err := strictBase64.AppendDecode(dst, b)
	if err != nil {
		return dst, errNotBase64
	}
	return out, nil
}

// ParseScalar reads the text form of a value of f, which is not nested: what the Parse function of its
// type takes; for a string, any UTF-8; for json, any JSON value.
func ParseScalar(f *Field, text string) (Scalar, error) {
	s := Scalar{Text: text}
	b := []byte(text)
	var err error
	switch t := f.Type; {
	case t.Signed():
		s.Int, err = ParseInt(b, t)
	case t.Unsigned():
		s.Uint, err = ParseUint(b, t)
	case t.Float():
		s.Float, err = ParseFloat(b, t)
	case t == Bool:
		s.Bool, err = ParseBool(b)
	case t == Decimal:
		s.Decimal, err = ParseDecimal(b, f.Precision, f.Scale)
	case t == Date:
		s.Int, err = ParseDate(b)
	case t == Time:
		s.Int, err = ParseTime(b, f.Unit)
	case t == Timestamp:
		s.Int, err = ParseTimestamp(b, f.Unit, f.Zone)
	default:
		s.Bytes, err = parseText(t, b)
	}
	return s, err
}

func parseText(t Type, b []byte) (string, error) {
	switch {
	case t == Binary:
		v, err := ParseBinary(nil, b)
		return string(v), err
	case !t.Bytes():
		return "", TextError("has no text form: " + t.String() + " is declared")
	case !utf8.Valid(b):
		return "", errNotUTF8
	case t == JSON && !json.Valid(b):
		return "", errNotJSON
	}
	return string(b), nil
}
