package shard

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/decimal256"

	"github.com/bindery-data/bindery/schema"
)

// maxDecimalScale is the greatest scale, in either direction, that a file's values are taken of: no
// decimal of Arrow or Parquet has more than 76 digits.
const maxDecimalScale = 76

// planDecimal returns what converts a type to a decimal field, or nil.
func planDecimal(f *schema.Field, from arrow.DataType) appendFunc {
	d := decimalTarget{precision: f.Precision, scale: f.Scale}
	if from, ok := from.(arrow.DecimalType); ok && (from.GetScale() < -maxDecimalScale || from.GetScale() > maxDecimalScale) {
		return nil
	}
	switch from := from.(type) {
	case *arrow.Decimal128Type:
		show := func(v decimal128.Num) string { return showDecimal(v.BigInt(), from.Scale) }
		if from.Scale == f.Scale {
			return appendFixed(d.fit, show)
		}
		return appendFixed(func(c *column, v decimal128.Num) string {
			return d.rescale(c, v.BigInt(), from.Scale)
		}, show)
	case *arrow.Decimal256Type:
		return appendFixed(func(c *column, v decimal256.Num) string {
			return d.rescale(c, v.BigInt(), from.Scale)
		}, func(v decimal256.Num) string { return showDecimal(v.BigInt(), from.Scale) })
	}
	return appendIntegers(from.ID(), func(c *column, v int64) string {
		if d.scale == 0 {
			return d.fit(c, decimal128.FromI64(v))
		}
		return d.rescale(c, big.NewInt(v), 0)
	}, func(c *column, v uint64) string {
		if d.scale == 0 {
			return d.fit(c, decimal128.FromU64(v))
		}
		return d.rescale(c, new(big.Int).SetUint64(v), 0)
	})
}

// A decimalTarget is a declared decimal.
type decimalTarget struct{ precision, scale int32 }

// fit appends a value that is at the declared scale already.
func (d decimalTarget) fit(c *column, v decimal128.Num) string {
	if !v.FitsInPrecision(d.precision) {
		return d.tooLong()
	}
	c.appendDecimal(v)
	return ""
}

// rescale appends a value at another scale.
func (d decimalTarget) rescale(c *column, v *big.Int, scale int32) string {
	if scale <= d.scale {
		v = new(big.Int).Mul(v, powerOfTen(d.scale-scale))
	} else {
		quotient, rest := new(big.Int).QuoRem(v, powerOfTen(scale-d.scale), new(big.Int))
		if rest.Sign() != 0 {
			return fmt.Sprintf("has more than %d digits after the point", d.scale)
		}
		v = quotient
	}
	if v.CmpAbs(powerOfTen(d.precision)) >= 0 {
		return d.tooLong()
	}
	c.appendDecimal(decimal128.FromBigInt(v))
	return ""
}

func (d decimalTarget) tooLong() string {
	return fmt.Sprintf("has more than %d digits before the point", d.precision-d.scale)
}

func powerOfTen(n int32) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// showDecimal writes a decimal with as many digits after the point as its scale says.
func showDecimal(v *big.Int, scale int32) string {
	if scale <= 0 {
		return new(big.Int).Mul(v, powerOfTen(-scale)).String()
	}
	digits := new(big.Int).Abs(v).String()
	if missing := int(scale) + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	if v.Sign() < 0 {
		digits = "-" + digits
	}
	point := len(digits) - int(scale)
	return digits[:point] + "." + digits[point:]
}
