package stats

import (
	"math"

	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/bindery-data/bindery/schema"
)

// integerDigits is how many digits every int64 has room for.
const integerDigits = 18

// decimals are the extremes of decimals that have too many digits for integers.
type decimals struct {
	some     bool
	min, max decimal128.Num
}

func (x *decimals) add(v decimal128.Num) {
	if !x.some || v.Less(x.min) {
		x.min = v
	}
	if !x.some || x.max.Less(v) {
		x.max = v
	}
	x.some = true
}

// isWide reports whether f's decimals can be beyond an int64.
func isWide(f *schema.Field) bool { return f.Type == schema.Decimal && f.Precision > integerDigits }

// decimals measures decimals, in units of their last digit.
func (m *Measurer) decimals(c *column, values []decimal128.Num, s span) {
	if !isWide(c.field) {
		m.numbers = m.numbers[:0]
		for i := range s.len() {
			m.numbers = append(m.numbers, int64(values[s.slot(i)].LowBits()))
		}
		m.addIntegers(&c.integers, m.numbers, 0, c)
		return
	}
	m.finite, m.hashes = m.finite[:0], m.hashes[:0]
	for i := range s.len() {
		v := values[s.slot(i)]
		c.decimals.add(v)
		m.finite = append(m.finite, decimalFloat(v))
		m.hashes = append(m.hashes, hashDecimal(v))
	}
	m.addFloats(&c.floats, m.finite)
	if !c.unique {
		m.addValues(&c.values, func(i int32) uint64 { return c.values.addDecimal(values[s.slot(int(i))]) })
	}
}

func hashDecimal(v decimal128.Num) uint64 { return mix(mix(v.LowBits()) + uint64(v.HighBits())) }

// decimalFloat returns a float64 near v, in the order of decimals.
func decimalFloat(v decimal128.Num) float64 {
	negative := v.Sign() < 0
	if negative {
		v = v.Negate()
	}
	f := math.Ldexp(towardsZero(uint64(v.HighBits())), 64)
	if v.HighBits() == 0 {
		f = towardsZero(v.LowBits())
	} else {
		f += towardsZero(v.LowBits())
	}
	if negative {
		return -f
	}
	return f
}
