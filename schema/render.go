package schema

import (
	"encoding/base64"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// AppendValue appends the value at index i of an array as JSON text, in the forms that JSON shards use:
// integers with all their digits, floats with the fewest that read back as the same value, decimals as
// numbers, dates and times as ISO 8601 strings, timestamps as RFC 3339 strings in UTC (without an
// offset if they have no zone), binary as base64, and the text of f's json fields as it is. What JSON
// has no form for is made a string: NaN and infinities. A byte that is not UTF-8 becomes U+FFFD.
//
// The form follows the array's own type, which need not be that of f: a columnar shard's values are
// shown as they came. f may be nil.
func AppendValue(dst []byte, f *Field, a arrow.Array, i int) []byte {
	if a.IsNull(i) {
		return append(dst, "null"...)
	}
	switch a := a.(type) {
	case *array.Struct:
		return appendStruct(dst, f, a, i)
	case *array.Map:
		return appendMap(dst, f, a, i)
	case array.ListLike:
		start, end := a.ValueOffsets(i)
		return appendList(dst, childField(f, List, ""), a.ListValues(), start, end)
	case *array.Dictionary:
		return AppendValue(dst, f, a.Dictionary(), a.GetValueIndex(i))
	case array.ExtensionArray:
		return AppendValue(dst, f, a.Storage(), i)
	case array.StringLike:
		if f != nil && f.Type == JSON {
			return append(dst, a.Value(i)...)
		}
		return AppendJSONString(dst, a.Value(i))
	}
	if out, ok := appendNumber(dst, a, i); ok {
		return out
	}
	if out, ok := appendMoment(dst, a, i); ok {
		return out
	}
	return appendOther(dst, a, i)
}

// childField returns the field inside f that values of a nested type belong to, if it is of that type.
func childField(f *Field, t Type, name string) *Field {
	switch {
	case f == nil || f.Type != t:
		return nil
	case t == List:
		return f.Items
	case t == Map:
		return f.Values
	}
	for _, child := range f.Fields {
		if child.Name == name {
			return child
		}
	}
	return nil
}

func appendStruct(dst []byte, f *Field, a *array.Struct, i int) []byte {
	dst = append(dst, '{')
	for k, field := range a.DataType().(*arrow.StructType).Fields() {
		if k > 0 {
			dst = append(dst, ',')
		}
		dst = append(AppendJSONString(dst, field.Name), ':')
		dst = AppendValue(dst, childField(f, Struct, field.Name), a.Field(k), i)
	}
	return append(dst, '}')
}

func appendMap(dst []byte, f *Field, a *array.Map, i int) []byte {
	values := childField(f, Map, "")
	start, end := a.ValueOffsets(i)
	dst = append(dst, '{')
	for k := start; k < end; k++ {
		if k > start {
			dst = append(dst, ',')
		}
		if keys, ok := a.Keys().(array.StringLike); ok {
			dst = AppendJSONString(dst, keys.Value(int(k)))
		} else {
			dst = AppendJSONString(dst, a.Keys().ValueStr(int(k)))
		}
		dst = AppendValue(append(dst, ':'), values, a.Items(), int(k))
	}
	return append(dst, '}')
}

func appendList(dst []byte, items *Field, values arrow.Array, start, end int64) []byte {
	dst = append(dst, '[')
	for k := start; k < end; k++ {
		if k > start {
			dst = append(dst, ',')
		}
		dst = AppendValue(dst, items, values, int(k))
	}
	return append(dst, ']')
}

func appendNumber(dst []byte, a arrow.Array, i int) (out []byte, ok bool) {
	switch a := a.(type) {
	case *array.Int8:
		return strconv.AppendInt(dst, int64(a.Value(i)), 10), true
	case *array.Int16:
		return strconv.AppendInt(dst, int64(a.Value(i)), 10), true
	case *array.Int32:
		return strconv.AppendInt(dst, int64(a.Value(i)), 10), true
	case *array.Int64:
		return strconv.AppendInt(dst, a.Value(i), 10), true
	case *array.Uint8:
		return strconv.AppendUint(dst, uint64(a.Value(i)), 10), true
	case *array.Uint16:
		return strconv.AppendUint(dst, uint64(a.Value(i)), 10), true
	case *array.Uint32:
		return strconv.AppendUint(dst, uint64(a.Value(i)), 10), true
	case *array.Uint64:
		return strconv.AppendUint(dst, a.Value(i), 10), true
	case *array.Float16:
		return appendFloat(dst, float64(a.Value(i).Float32()), 32), true
	case *array.Float32:
		return appendFloat(dst, float64(a.Value(i)), 32), true
	case *array.Float64:
		return appendFloat(dst, a.Value(i), 64), true
	case *array.Decimal128:
		scale := a.DataType().(*arrow.Decimal128Type).Scale
		return appendDecimal(dst, a.Value(i).BigInt().String(), int(scale)), true
	case *array.Decimal256:
		scale := a.DataType().(*arrow.Decimal256Type).Scale
		return appendDecimal(dst, a.Value(i).BigInt().String(), int(scale)), true
	}
	return dst, false
}

// appendFloat writes a float as ECMAScript does: without an exponent from 1e-6 up to 1e21.
func appendFloat(dst []byte, v float64, bits int) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(strconv.AppendFloat(append(dst, '"'), v, 'g', -1, bits), '"')
	}
	if size := math.Abs(v); size != 0 && (size < 1e-6 || size >= 1e21) {
		return strconv.AppendFloat(dst, v, 'e', -1, bits)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, bits)
}

// appendDecimal writes digits, which may have a sign, with the point before the last scale of them.
func appendDecimal(dst []byte, digits string, scale int) []byte {
	if digits[0] == '-' {
		dst, digits = append(dst, '-'), digits[1:]
	}
	for range scale - len(digits) + 1 {
		digits = "0" + digits
	}
	if scale <= 0 {
		dst = append(dst, digits...)
		if scale < 0 && digits != "0" {
			dst = strconv.AppendInt(append(dst, 'e'), int64(-scale), 10)
		}
		return dst
	}
	point := len(digits) - scale
	return append(append(append(dst, digits[:point]...), '.'), digits[point:]...)
}

func appendMoment(dst []byte, a arrow.Array, i int) (out []byte, ok bool) {
	const (
		clock = "15:04:05.999999999"
		local = "2006-01-02T" + clock
	)
	switch a := a.(type) {
	case *array.Date32:
		return appendTime(dst, time.Unix(int64(a.Value(i))*secondsPerDay, 0), time.DateOnly), true
	case *array.Date64:
		return appendTime(dst, time.UnixMilli(int64(a.Value(i))), time.DateOnly), true
	case *array.Time32:
		unit := a.DataType().(*arrow.Time32Type).Unit
		return appendTime(dst, instant(int64(a.Value(i)), unit), clock), true
	case *array.Time64:
		unit := a.DataType().(*arrow.Time64Type).Unit
		return appendTime(dst, instant(int64(a.Value(i)), unit), clock), true
	case *array.Timestamp:
		typ := a.DataType().(*arrow.TimestampType)
		if typ.TimeZone == "" {
			return appendTime(dst, instant(int64(a.Value(i)), typ.Unit), local), true
		}
		return appendTime(dst, instant(int64(a.Value(i)), typ.Unit), time.RFC3339Nano), true
	}
	return dst, false
}

// instant returns the time that is v units after the epoch.
func instant(v int64, unit arrow.TimeUnit) time.Time {
	per := perSecond(unit)
	return time.Unix(v/per, v%per*(1_000_000_000/per))
}

func appendTime(dst []byte, t time.Time, layout string) []byte {
	return append(t.UTC().AppendFormat(append(dst, '"'), layout), '"')
}

func appendOther(dst []byte, a arrow.Array, i int) []byte {
	switch a := a.(type) {
	case *array.Boolean:
		return strconv.AppendBool(dst, a.Value(i))
	case *array.Binary:
		return appendBase64(dst, a.Value(i))
	case *array.LargeBinary:
		return appendBase64(dst, a.Value(i))
	case *array.FixedSizeBinary:
		return appendBase64(dst, a.Value(i))
	case *array.BinaryView:
		return appendBase64(dst, a.Value(i))
	}
	return AppendJSONString(dst, a.ValueStr(i))
}

func appendBase64(dst, v []byte) []byte {
	return append(base64.StdEncoding.AppendEncode(append(dst, '"'), v), '"')
}

// AppendJSONString appends s as a JSON string, in which only quotes, backslashes and control characters
// are escaped. A byte that is not UTF-8 becomes U+FFFD.
func AppendJSONString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		case r == utf8.RuneError:
			dst = append(dst, "\uFFFD"...)
		default:
			dst = append(dst, s[i:i+utf8.RuneLen(r)]...)
		}
	}
	return append(dst, '"')
}
