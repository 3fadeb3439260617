package schema

import (
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow/decimal128"
)

// ParseDecimal reads a decimal of at most precision digits, scale of them after the point, as the whole
// number of units of 10^-scale. The text is an optional minus sign, digits, optionally a point and
// digits, and optionally an exponent. The value is exact: digits beyond the scale must be zeros.
func ParseDecimal(b []byte, precision, scale int32) (decimal128.Num, error) {
	n, ok := readNumeral(b)
	if !ok {
		return decimal128.Num{}, errNotNumber
	}
	var buf [64]byte
	digits, zeros := n.significant(buf[:0], 40)
	if len(digits) == 0 {
		return decimal128.Num{}, nil
	}
	// The value is digits times ten to the power of zeros, in units of 10^-scale.
	zeros += int64(scale)
	if zeros < 0 {
		return decimal128.Num{}, TextError("has more than " + count(int64(scale), "digits") + " after the point")
	}
	if int64(len(digits))+zeros > int64(precision) {
		return decimal128.Num{}, TextError("has more than " + count(int64(precision-scale), "digits") + " before the point")
	}
	var high, low uint64
	for _, c := range digits {
		high, low = timesTenPlus(high, low, uint64(c-'0'))
	}
	for range zeros {
		high, low = timesTenPlus(high, low, 0)
	}
	v := decimal128.New(int64(high), low)
	if n.negative {
		v = v.Negate()
	}
	return v, nil
}

// significant appends the digits of n from the first to the last that is not zero, or the first limit
// of them if there are more, and returns the power of ten of the last one appended that way. What is
// cut at the limit is too long for any decimal, and so is what is returned.
func (n numeral) significant(dst []byte, limit int) (digits []byte, exponent int64) {
	total := len(n.whole) + len(n.fraction)
	at := func(i int) byte {
		if i < len(n.whole) {
			return n.whole[i]
		}
		return n.fraction[i-len(n.whole)]
	}
	first, last := 0, total
	for first < total && at(first) == '0' {
		first++
	}
	for last > first && at(last-1) == '0' {
		last--
	}
	for i := first; i < min(last, first+limit); i++ {
		dst = append(dst, at(i))
	}
	return dst, n.exponent - int64(len(n.fraction)) + int64(total-last)
}

func timesTenPlus(high, low, digit uint64) (uint64, uint64) {
	carry, low := bits.Mul64(low, 10)
	low, c := bits.Add64(low, digit, 0)
	return high*10 + carry + c, low
}
