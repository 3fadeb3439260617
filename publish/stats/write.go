package stats

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/schema"

	"github.com/bindery-data/bindery/catalog"
)

// A writer gives the values of a field as text.
type writer struct {
	field *schema.Field
	typ   arrow.DataType
	flip  int64 // with which integers are kept
	scale int32 // of a decimal
	// low and high are the least and the greatest integer of the type, as they are kept.
	low, high int64
}

func newWriter(f *schema.Field) *writer {
	w := &writer{field: f, typ: f.Arrow().Type, low: math.MinInt64, high: math.MaxInt64}
	switch t := f.Type; {
	case t == schema.Uint64:
		w.flip = math.MinInt64
	case t.Signed():
		bits := w.typ.(arrow.FixedWidthDataType).BitWidth()
		w.low, w.high = -1<<(bits-1), 1<<(bits-1)-1
	case t.Unsigned():
		w.low, w.high = 0, 1<<w.typ.(arrow.FixedWidthDataType).BitWidth()-1
	case t == schema.Decimal:
		w.scale = f.Scale
		if !isWide(f) {
			w.high = int64(math.Pow10(int(f.Precision))) - 1
			w.low = -w.high
		}
	case t == schema.Date:
		w.low, w.high = firstDay, lastDay
	case t == schema.Time:
		w.low, w.high = 0, 24*60*60*perSecond(f.Unit)-1
	case t == schema.Timestamp && f.Unit != arrow.Nanosecond:
		w.low, w.high = firstDay*24*60*60*perSecond(f.Unit), (lastDay+1)*24*60*60*perSecond(f.Unit)-1
	}
	return w
}

// The days of the years 1 to 9999, from 1970-01-01.
const firstDay, lastDay = -719162, 2932896

func perSecond(unit arrow.TimeUnit) int64 { return [...]int64{1, 1e3, 1e6, 1e9}[unit] }

// lengthWriter writes lengths, which are int64.
var lengthWriter = newWriter(&schema.Field{Type: schema.Int64})

// wide reports whether the values are decimals that are kept as floats.
func (w *writer) wide() bool { return isWide(w.field) }

// kept returns the text of an integer as it is kept, or of the type's nearest one.
func (w *writer) kept(v int64) string {
	return w.text(uint64(min(max(v, w.low), w.high)^w.flip), 0)
}

// text returns the text of a value of fixed width, given its bits. The rest of a decimal's are high.
func (w *writer) text(value uint64, high int64) string {
	var data [16]byte
	binary.LittleEndian.PutUint64(data[:], value)
	binary.LittleEndian.PutUint64(data[8:], uint64(high))
	if w.field.Type == schema.Decimal && !w.wide() {
		binary.LittleEndian.PutUint64(data[8:], uint64(int64(value)>>63))
	}
	d := array.NewData(w.typ, 1, []*memory.Buffer{nil, memory.NewBufferBytes(data[:])}, nil, 0, 0)
	defer d.Release()
	arr := array.MakeFromData(d)
	defer arr.Release()
	return trim(schema.AppendValue(nil, w.field, arr, 0))
}

// float returns the text of a float, or of the type's nearest one, or of the decimal near it.
func (w *writer) float(v float64) string {
	switch {
	case v != v:
		return "NaN"
	case math.IsInf(v, 0):
		return map[bool]string{false: "-INF", true: "INF"}[v > 0]
	case w.wide():
		return strconv.FormatFloat(v/math.Pow10(int(w.scale)), 'f', int(w.scale), 64)
	case w.field.Type == schema.Float32:
		v = min(max(v, -math.MaxFloat32), math.MaxFloat32)
		return w.text(uint64(math.Float32bits(float32(v))), 0)
	}
	return w.text(math.Float64bits(v), 0)
}

func (w *writer) decimal(v decimal128.Num) string { return w.text(v.LowBits(), v.HighBits()) }

// entry returns what is shown of the value of an entry of v.
func (w *writer) entry(v *values, e *entry) catalog.Shown {
	switch t := w.field.Type; {
	case t.Bytes():
		return *v.shown(e).shown()
	case t.Float():
		return catalog.Shown{Value: w.float(math.Float64frombits(e.value))}
	}
	if w.wide() {
		return catalog.Shown{Value: w.decimal(v.decimal(e))}
	}
	return catalog.Shown{Value: w.text(e.value, 0)}
}

// roundest returns the number from low to high with the most zeros at its end.
func (w *writer) roundest(low, high int64) int64 {
	if w.flip != 0 {
		return int64(roundestUnsigned(uint64(low^w.flip), uint64(high^w.flip))) ^ w.flip
	}
	switch {
	case low <= 0 && high >= 0:
		return 0
	case high < 0:
		return -int64(roundestUnsigned(-uint64(high), -uint64(low)))
	}
	return int64(roundestUnsigned(uint64(low), uint64(high)))
}

func roundestUnsigned(low, high uint64) uint64 {
	for step := uint64(1e19); step > 1; step /= 10 {
		if v := high / step * step; v >= low {
			return v
		}
	}
	return high
}

// roundestFloat returns the number from low to high with the fewest digits.
func roundestFloat(low, high float64) float64 {
	if low <= 0 && high >= 0 {
		return 0
	}
	middle := float64(low/2) + float64(high/2)
	for digits := range 17 {
		v, err := strconv.ParseFloat(strconv.FormatFloat(middle, 'e', digits, 64), 64)
		if err == nil && v >= low && v <= high {
			return v
		}
	}
	return middle
}

// ceil returns the least integer, as it is kept, that is not less than v.
func (w *writer) ceil(v float64) int64 { return w.whole(math.Ceil(v)) }

// before returns the greatest integer, as it is kept, in a bucket of octaves that ends at v: one less
// than v or, among negative numbers, v itself.
func (w *writer) before(v float64) int64 {
	if v <= 0 {
		return w.whole(math.Floor(v))
	}
	if at := w.ceil(v); at != math.MaxInt64 {
		return at - 1
	}
	return math.MaxInt64
}

// whole returns v, a whole number or infinite, or the nearest integer, as it is kept.
func (w *writer) whole(v float64) int64 {
	least, beyond := float64(math.MinInt64), float64(1<<63)
	if w.flip != 0 {
		least, beyond = 0, 1<<64
	}
	switch {
	case v < least:
		return math.MinInt64
	case v >= beyond:
		return math.MaxInt64
	case w.flip != 0:
		return int64(uint64(v)) ^ w.flip
	}
	return int64(v)
}
