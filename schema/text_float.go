package schema

import (
	"math"
	"math/bits"
)

// MaxDigits is how many decimal digits every uint64 has room for.
const MaxDigits = 19

// exactPowers are the powers of ten up to the largest that a float64 holds exactly.
var exactPowers = [...]float64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// powers are the powers of ten that a uint64 holds.
var powers = [MaxDigits + 1]uint64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
}

// NearestFloat returns the value of t, float32 or float64, nearest to digits / 10^places, with ties to
// even. There are at most MaxDigits places.
func NearestFloat(digits uint64, places int, t Type) float64 {
	if digits < 1<<53 && t == Float64 {
		return float64(digits) / exactPowers[places] // Both are exact, so there is one rounding.
	}
	if digits == 0 {
		return 0
	}
	// Shifted up to 64 bits each, the quotient has 63 or 64 bits, and what is left of the division
	// matters to the rounding only in so far as it is not zero: it becomes the lowest bit.
	divisor := powers[places]
	up, divisorUp := bits.LeadingZeros64(digits), bits.LeadingZeros64(divisor)
	dividend := digits << up
	quotient, rest := bits.Div64(dividend>>1, dividend<<63, divisor<<divisorUp)
	if rest != 0 {
		quotient |= 1
	}
	scale := math.Float64frombits(uint64(1023-63+divisorUp-up) << 52) // a power of two
	if t == Float32 {
		return float64(float32(quotient)) * scale
	}
	return float64(quotient) * scale
}
