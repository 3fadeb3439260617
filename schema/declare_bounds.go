package schema

import (
	"cmp"
	"math"
	"math/big"

	"github.com/apache/arrow/go/v17/arrow"
)

// compareScalars orders two values of a type that has bounds.
func compareScalars(t Type, a, b Scalar) int {
	switch {
	case t.Unsigned():
		return cmp.Compare(a.Uint, b.Uint)
	case t.Float():
		return cmp.Compare(a.Float, b.Float)
	case t == Decimal:
		return a.Decimal.Cmp(b.Decimal)
	}
	return cmp.Compare(a.Int, b.Int)
}

// checkBounds reports bounds that contradict each other.
func (r fieldReader) checkBounds() {
	f := r.field
	doubled := false
	for _, side := range []struct {
		inclusive, exclusive *Scalar
		key                  string
	}{{f.Minimum, f.ExclusiveMinimum, "minimum"}, {f.Maximum, f.ExclusiveMaximum, "maximum"}} {
		if side.inclusive != nil && side.exclusive != nil {
			r.table.Report("exclusive_"+side.key, "keep one of them", "%s and exclusive_%s are both declared", side.key, side.key)
			doubled = true
		}
	}
	if doubled {
		return
	}
	low, lowKey := f.Minimum, "minimum"
	if f.ExclusiveMinimum != nil {
		low, lowKey = f.ExclusiveMinimum, "exclusive_minimum"
	}
	high, highKey := f.Maximum, "maximum"
	if f.ExclusiveMaximum != nil {
		high, highKey = f.ExclusiveMaximum, "exclusive_maximum"
	}
	switch {
	case r.leavesValue(low, high):
	case low != nil && high != nil:
		r.table.Report(highKey, "", "%s = %s and %s = %s leave no value that fits", lowKey, low.Text, highKey, high.Text)
	case low != nil:
		r.table.Report(lowKey, "", "%s = %s leaves no value of the type %s that fits", lowKey, low.Text, f.Type)
	default:
		r.table.Report(highKey, "", "%s = %s leaves no value of the type %s that fits", highKey, high.Text, f.Type)
	}
}

// leavesValue reports whether any value of the field's type lies within its bounds, each of which may be
// nil.
func (r fieldReader) leavesValue(low, high *Scalar) bool {
	f := r.field
	if low == nil && high == nil {
		return true
	}
	if f.Type.Float() {
		order := -1
		if low != nil && high != nil {
			order = cmp.Compare(low.Float, high.Float)
		}
		return order < 0 || order == 0 && low == f.Minimum && high == f.Maximum
	}
	least, most := stepRange(f)
	if low != nil {
		least = steps(f.Type, *low)
		if low == f.ExclusiveMinimum {
			least.Add(least, big.NewInt(1))
		}
	}
	if high != nil {
		most = steps(f.Type, *high)
		if high == f.ExclusiveMaximum {
			most.Sub(most, big.NewInt(1))
		}
	}
	return least.Cmp(most) <= 0
}

// steps returns a value as a count of the smallest steps of its type, which is not one of floats.
func steps(t Type, s Scalar) *big.Int {
	switch {
	case t.Unsigned():
		return new(big.Int).SetUint64(s.Uint)
	case t == Decimal:
		return s.Decimal.BigInt()
	}
	return big.NewInt(s.Int)
}

// stepRange returns the least and the greatest value of a field's type, in steps.
func stepRange(f *Field) (least, most *big.Int) {
	second := int64(1)
	for range int(f.Unit) {
		second *= 1000
	}
	switch t := f.Type; {
	case t.Signed():
		low, high := t.IntRange()
		return big.NewInt(low), big.NewInt(high)
	case t.Unsigned():
		return new(big.Int), new(big.Int).SetUint64(t.UintMax())
	case t == Decimal:
		most = new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(f.Precision)), nil)
		most.Sub(most, big.NewInt(1))
		return new(big.Int).Neg(most), most
	case t == Date:
		return big.NewInt(firstSecond / secondsPerDay), big.NewInt(lastSecond / secondsPerDay)
	case t == Time:
		return new(big.Int), big.NewInt(secondsPerDay*second - 1)
	case f.Unit == arrow.Nanosecond:
		return big.NewInt(math.MinInt64), big.NewInt(math.MaxInt64)
	}
	return big.NewInt(firstSecond * second), big.NewInt((lastSecond+1)*second - 1)
}
