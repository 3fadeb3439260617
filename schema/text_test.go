package schema

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
)

func TestParseInt(t *testing.T) {
	for _, c := range []struct {
		text string
		typ  Type
		want int64
		err  string
	}{
		{"0", Int8, 0, ""},
		{"-0", Int8, 0, ""},
		{"007", Int8, 7, ""},
		{"127", Int8, 127, ""},
		{"-128", Int8, -128, ""},
		{"128", Int8, 0, "does not fit int8 (-128 to 127)"},
		{"-129", Int8, 0, "does not fit int8 (-128 to 127)"},
		{"32767", Int16, 32767, ""},
		{"-32769", Int16, 0, "does not fit int16 (-32768 to 32767)"},
		{"2147483647", Int32, math.MaxInt32, ""},
		{"2147483648", Int32, 0, "does not fit int32 (-2147483648 to 2147483647)"},
		{"9223372036854775807", Int64, math.MaxInt64, ""},
		{"-9223372036854775808", Int64, math.MinInt64, ""},
		{"9223372036854775808", Int64, 0, "does not fit int64 (-9223372036854775808 to 9223372036854775807)"},
		{"-9223372036854775809", Int64, 0, "does not fit int64 (-9223372036854775808 to 9223372036854775807)"},
		{"99999999999999999999999999", Int8, 0, "does not fit int8 (-128 to 127)"},
		{"00000000000000000000000000000000000001", Int8, 1, ""},
		{"1.0", Int64, 0, "has a fraction where int64 is declared"},
		{"-1.5", Int32, 0, "has a fraction where int32 is declared"},
		{"1e3", Int64, 0, "has an exponent where int64 is declared"},
		{"", Int64, 0, "is not an integer"},
		{"-", Int64, 0, "is not an integer"},
		{"--1", Int64, 0, "is not an integer"},
		{"+1", Int64, 0, "is not an integer"},
		{" 1", Int64, 0, "is not an integer"},
		{"1 ", Int64, 0, "is not an integer"},
		{"1,000", Int64, 0, "is not an integer"},
		{"0x10", Int64, 0, "is not an integer"},
		{"1.", Int64, 0, "is not an integer"},
		{"١", Int64, 0, "is not an integer"},
	} {
		got, err := ParseInt([]byte(c.text), c.typ)
		check(t, c.typ.String()+" "+c.text, got, err, c.want, c.err)
	}
}

func TestParseUint(t *testing.T) {
	for _, c := range []struct {
		text string
		typ  Type
		want uint64
		err  string
	}{
		{"255", Uint8, 255, ""},
		{"256", Uint8, 0, "does not fit uint8 (0 to 255)"},
		{"65535", Uint16, 65535, ""},
		{"65536", Uint16, 0, "does not fit uint16 (0 to 65535)"},
		{"4294967295", Uint32, math.MaxUint32, ""},
		{"4294967296", Uint32, 0, "does not fit uint32 (0 to 4294967295)"},
		{"18446744073709551615", Uint64, math.MaxUint64, ""},
		{"18446744073709551616", Uint64, 0, "does not fit uint64 (0 to 18446744073709551615)"},
		{"-1", Uint64, 0, "does not fit uint64 (0 to 18446744073709551615)"},
		{"-0", Uint64, 0, ""},
		{"-00", Uint8, 0, ""},
		{"-256", Uint8, 0, "does not fit uint8 (0 to 255)"},
		{"-1.5", Uint8, 0, "has a fraction where uint8 is declared"},
		{"--1", Uint8, 0, "is not an integer"},
		{"-", Uint64, 0, "is not an integer"},
		{"1.5", Uint8, 0, "has a fraction where uint8 is declared"},
		{"", Uint8, 0, "is not an integer"},
	} {
		got, err := ParseUint([]byte(c.text), c.typ)
		check(t, c.typ.String()+" "+c.text, got, err, c.want, c.err)
	}
}

func check[T comparable](t *testing.T, what string, got T, err error, want T, wantErr string) {
	t.Helper()
	text := ""
	if err != nil {
		text = err.Error()
	}
	if text != wantErr || got != want {
		t.Errorf("%s = %v, %q; want %v, %q", what, got, text, want, wantErr)
	}
}

func TestParseFloat(t *testing.T) {
	for _, c := range []struct {
		text string
		typ  Type
		want float64
		err  string
	}{
		{"0", Float64, 0, ""},
		{"1.5", Float64, 1.5, ""},
		{"-0.1", Float64, -0.1, ""},
		{"123456789012345", Float64, 123456789012345, ""},
		{"9007199254740993", Float64, 9007199254740992, ""},
		{"1e22", Float64, 1e22, ""},
		{"1E+23", Float64, 1e23, ""},
		{"1.7976931348623157e308", Float64, math.MaxFloat64, ""},
		{"4.9e-324", Float64, 5e-324, ""},
		{"1e-400", Float64, 0, ""},
		{"1e400", Float64, 0, "does not fit float64"},
		{"-1e99999999999999999999", Float64, 0, "does not fit float64"},
		{"0e99999999999999999999", Float64, 0, ""},
		{"16777217", Float32, 16777216, ""},
		{"0.1", Float32, float64(float32(0.1)), ""},
		{"3.5e38", Float32, 0, "does not fit float32"},
		{"", Float64, 0, "is not a number"},
		{"-", Float64, 0, "is not a number"},
		{"+1", Float64, 0, "is not a number"},
		{".5", Float64, 0, "is not a number"},
		{"5.", Float64, 0, "is not a number"},
		{"1e", Float64, 0, "is not a number"},
		{"1e+", Float64, 0, "is not a number"},
		{"1_0", Float64, 0, "is not a number"},
		{"0x1p-2", Float64, 0, "is not a number"},
		{"NaN", Float64, 0, "is not a number"},
		{"inf", Float64, 0, "is not a number"},
		{"1,5", Float64, 0, "is not a number"},
	} {
		got, err := ParseFloat([]byte(c.text), c.typ)
		check(t, c.typ.String()+" "+c.text, got, err, c.want, c.err)
	}
	if v, err := ParseFloat([]byte("-0"), Float64); err != nil || !math.Signbit(v) {
		t.Errorf("-0 lost its sign: %v, %v", v, err)
	}
}

func TestNearestFloat(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		digits, places := r.Uint64()>>r.IntN(64), r.IntN(MaxDigits+1)
		text := strconv.FormatUint(digits, 10) + "e-" + strconv.Itoa(places)
		for typ, bits := range map[Type]int{Float32: 32, Float64: 64} {
			want, err := strconv.ParseFloat(text, bits)
			if got := NearestFloat(digits, places, typ); err != nil || got != want {
				t.Fatalf("%s as %s = %v, want %v", text, typ, got, want)
			}
		}
	}
}

func TestParseDecimal(t *testing.T) {
	nines := "99999999999999999999999999999999999999" // 38
	for _, c := range []struct {
		text             string
		precision, scale int32
		want             string // units
		err              string
	}{
		{"0", 5, 2, "0", ""},
		{"1", 5, 2, "100", ""},
		{"-1.25", 5, 2, "-125", ""},
		{"001.2500", 5, 2, "125", ""},
		{"999.99", 5, 2, "99999", ""},
		{"1000", 5, 2, "0", "has more than 3 digits before the point"},
		{"0.001", 5, 2, "0", "has more than 2 digits after the point"},
		{"0.01", 2, 1, "0", "has more than 1 digit after the point"},
		{"10", 2, 1, "0", "has more than 1 digit before the point"},
		{"1.5e2", 5, 2, "15000", ""},
		{"1e-2", 5, 2, "1", ""},
		{"1e-3", 5, 2, "0", "has more than 2 digits after the point"},
		{"0e999999999999999999999", 5, 2, "0", ""},
		{"1e999999999999999999999", 5, 2, "0", "has more than 3 digits before the point"},
		{"1e-999999999999999999999", 5, 2, "0", "has more than 2 digits after the point"},
		{nines, 38, 0, nines, ""},
		{"-" + nines, 38, 0, "-" + nines, ""},
		{nines + "0", 38, 0, "0", "has more than 38 digits before the point"},
		{nines + "9999999999", 38, 0, "0", "has more than 38 digits before the point"},
		{"0." + nines, 38, 38, nines, ""},
		{"1.", 5, 2, "0", "is not a number"},
		{"abc", 5, 2, "0", "is not a number"},
		{"", 5, 2, "0", "is not a number"},
	} {
		got, err := ParseDecimal([]byte(c.text), c.precision, c.scale)
		check(t, c.text, got.BigInt().String(), err, c.want, c.err)
	}
}

func TestParseDate(t *testing.T) {
	for _, c := range []struct{ text, err string }{
		{"1970-01-01", ""}, {"0001-01-01", ""}, {"9999-12-31", ""}, {"2024-02-29", ""}, {"2000-02-29", ""},
		{"1969-12-31", ""}, {"1600-03-01", ""},
		{"0000-01-01", string(errNoSuchDate)}, {"2023-02-29", string(errNoSuchDate)},
		{"1900-02-29", string(errNoSuchDate)}, {"2024-04-31", string(errNoSuchDate)},
		{"2024-13-01", string(errNoSuchDate)}, {"2024-00-10", string(errNoSuchDate)},
		{"2024-01-00", string(errNoSuchDate)}, {"2024-01-32", string(errNoSuchDate)},
		{"2024-1-01", string(errNotDate)}, {"20240101", string(errNotDate)}, {"2024/01/01", string(errNotDate)},
		{"2024-01-01 ", string(errNotDate)}, {"-001-01-01", string(errNotDate)}, {"", string(errNotDate)},
		{"2024-01-0x", string(errNotDate)},
	} {
		want := int64(0)
		if c.err == "" {
			day, err := time.Parse(time.DateOnly, c.text)
			if err != nil {
				t.Fatal(err)
			}
			want = day.Unix() / secondsPerDay
		}
		got, err := ParseDate([]byte(c.text))
		check(t, c.text, got, err, want, c.err)
	}
}

func TestEveryDateOfFourHundredYears(t *testing.T) {
	day := time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC)
	for want := day.Unix() / secondsPerDay; day.Year() < 2100; want++ {
		got, err := ParseDate(day.AppendFormat(nil, time.DateOnly))
		if err != nil || got != want {
			t.Fatalf("%s = %d, %v; want %d", day.Format(time.DateOnly), got, err, want)
		}
		day = day.AddDate(0, 0, 1)
	}
}

func TestParseTime(t *testing.T) {
	for _, c := range []struct {
		text string
		unit arrow.TimeUnit
		want int64
		err  string
	}{
		{"00:00:00", arrow.Millisecond, 0, ""},
		{"23:59:59.999", arrow.Millisecond, 86399999, ""},
		{"01:02:03.5", arrow.Microsecond, 3723500000, ""},
		{"00:00:00.123456789", arrow.Nanosecond, 123456789, ""},
		{"00:00:00.1230000", arrow.Millisecond, 123, ""},
		{"00:00:00.1234", arrow.Millisecond, 0, string(errFinerTime)},
		{"24:00:00", arrow.Millisecond, 0, string(errNotTime)},
		{"23:59:60", arrow.Millisecond, 0, string(errLeapSecond)},
		{"23:59:61", arrow.Millisecond, 0, string(errNotTime)},
		{"23:60:00", arrow.Millisecond, 0, string(errNotTime)},
		{"1:00:00", arrow.Millisecond, 0, string(errNotTime)},
		{"01:00", arrow.Millisecond, 0, string(errNotTime)},
		{"01:00:00.", arrow.Millisecond, 0, string(errNotTime)},
		{"01:00:00Z", arrow.Millisecond, 0, string(errNotTime)},
		{"", arrow.Millisecond, 0, string(errNotTime)},
	} {
		got, err := ParseTime([]byte(c.text), c.unit)
		check(t, c.text, got, err, c.want, c.err)
	}
}

func TestParseTimestamp(t *testing.T) {
	for _, c := range []struct {
		text string
		unit arrow.TimeUnit
		zone string
		want int64
		err  string
	}{
		{"1970-01-01T00:00:00Z", arrow.Millisecond, "UTC", 0, ""},
		{"1970-01-01t00:00:01z", arrow.Millisecond, "UTC", 1000, ""},
		{"1970-01-01 00:00:01.5Z", arrow.Microsecond, "UTC", 1500000, ""},
		{"1970-01-01T01:00:00+01:00", arrow.Millisecond, "Europe/Paris", 0, ""},
		{"1969-12-31T19:00:00-05:00", arrow.Millisecond, "UTC", 0, ""},
		{"1969-12-31T23:59:59.999Z", arrow.Millisecond, "UTC", -1, ""},
		{"1970-01-01T00:00:00", arrow.Millisecond, "", 0, ""},
		{"1970-01-01T00:00:00Z", arrow.Millisecond, "", 0, string(errOffset)},
		{"1970-01-01T00:00:00", arrow.Millisecond, "UTC", 0, string(errNoOffset)},
		{"1970-01-01T00:00:00+0100", arrow.Millisecond, "UTC", 0, string(errBadOffset)},
		{"1970-01-01T00:00:00+24:00", arrow.Millisecond, "UTC", 0, string(errBadOffset)},
		{"1970-01-01T00:00:00x", arrow.Millisecond, "", 0, string(errBadOffset)},
		{"2262-04-11T23:47:16.854775807Z", arrow.Nanosecond, "UTC", math.MaxInt64, ""},
		{"2262-04-11T23:47:16.854775808Z", arrow.Nanosecond, "UTC", 0, string(errTimestampSpan)},
		{"1677-09-21T00:12:43.145224192Z", arrow.Nanosecond, "UTC", math.MinInt64, ""},
		{"1677-09-21T00:12:43.145224191Z", arrow.Nanosecond, "UTC", 0, string(errTimestampSpan)},
		{"0001-01-01T00:00:00Z", arrow.Nanosecond, "UTC", 0, string(errTimestampSpan)},
		{"9999-12-31T23:59:59.999999Z", arrow.Microsecond, "UTC", 253402300799999999, ""},
		{"1970-01-01T00:00:00.0001Z", arrow.Millisecond, "UTC", 0, string(errFinerTime)},
		{"1970-02-30T00:00:00Z", arrow.Millisecond, "UTC", 0, string(errNoSuchDate)},
		{"2016-12-31T23:59:60Z", arrow.Millisecond, "UTC", 0, "has a leap second, which is not taken"},
		{"1970-01-01T00:00:61Z", arrow.Millisecond, "UTC", 0, string(errNotTimestamp)},
		{"1970-01-01T24:00:00Z", arrow.Millisecond, "UTC", 0, string(errNotTimestamp)},
		{"0001-01-01T00:00:00Z", arrow.Millisecond, "UTC", -62135596800000, ""},
		{"0001-01-01T00:00:00+00:01", arrow.Millisecond, "UTC", 0, string(errYearSpan)},
		{"0001-01-01T23:59:00+23:59", arrow.Millisecond, "UTC", -62135596800000, ""},
		{"9999-12-31T23:59:59.999-00:00", arrow.Millisecond, "UTC", 253402300799999, ""},
		{"9999-12-31T23:59:59-00:01", arrow.Millisecond, "UTC", 0, string(errYearSpan)},
		{"9999-12-31T23:59:59-23:59", arrow.Nanosecond, "UTC", 0, string(errYearSpan)},
		{"0001-01-01T00:00:00", arrow.Millisecond, "", -62135596800000, ""},
		{"1970-01-01", arrow.Millisecond, "UTC", 0, string(errNotTimestamp)},
		{"1970-01-01_00:00:00Z", arrow.Millisecond, "UTC", 0, string(errNotTimestamp)},
		{"1970-1-01T00:00:00Z", arrow.Millisecond, "UTC", 0, string(errNotTimestamp)},
	} {
		got, err := ParseTimestamp([]byte(c.text), c.unit, c.zone)
		check(t, c.text, got, err, c.want, c.err)
	}
}

func TestParseBinary(t *testing.T) {
	for _, c := range []struct{ text, want, err string }{
		{"", "", ""},
		{"aGVsbG8=", "hello", ""},
		{"/+8=", "\xff\xef", ""},
		{"aGVsbG8", "", string(errNotBase64)},
		{"aGVsbG9=", "", string(errNotBase64)},
		{"aGVs\nbG8=", "", string(errNotBase64)},
		{"_-8=", "", string(errNotBase64)},
		{"a", "", string(errNotBase64)},
	} {
		got, err := ParseBinary([]byte("before "), []byte(c.text))
		check(t, c.text, string(got), err, "before "+c.want, c.err)
	}
}

func TestParseScalar(t *testing.T) {
	for _, c := range []struct {
		field Field
		text  string
		err   string
		holds func(Scalar) bool
	}{
		{Field{Type: Int16}, "-3", "", func(s Scalar) bool { return s.Int == -3 }},
		{Field{Type: Uint16}, "3", "", func(s Scalar) bool { return s.Uint == 3 }},
		{Field{Type: Float32}, "0.5", "", func(s Scalar) bool { return s.Float == 0.5 }},
		{Field{Type: Bool}, "TRUE", "", func(s Scalar) bool { return s.Bool }},
		{Field{Type: Bool}, "yes", string(errNotBool), nil},
		{Field{Type: Decimal, Precision: 4, Scale: 1}, "-2.5", "", func(s Scalar) bool { return s.Decimal.BigInt().Int64() == -25 }},
		{Field{Type: Date}, "1970-01-02", "", func(s Scalar) bool { return s.Int == 1 }},
		{Field{Type: Time, Unit: arrow.Millisecond}, "00:00:01", "", func(s Scalar) bool { return s.Int == 1000 }},
		{Field{Type: Timestamp, Unit: arrow.Millisecond}, "1970-01-01T00:00:01", "", func(s Scalar) bool { return s.Int == 1000 }},
		{Field{Type: Binary}, "AAE=", "", func(s Scalar) bool { return s.Bytes == "\x00\x01" }},
		{Field{Type: String}, "þ", "", func(s Scalar) bool { return s.Bytes == "þ" && s.Text == "þ" }},
		{Field{Type: String}, "\xff", string(errNotUTF8), nil},
		{Field{Type: JSON}, `{"a":1}`, "", func(s Scalar) bool { return s.Bytes == `{"a":1}` }},
		{Field{Type: JSON}, `{`, string(errNotJSON), nil},
		{Field{Type: List}, "x", "has no text form: list is declared", nil},
	} {
		s, err := ParseScalar(&c.field, c.text)
		var text TextError
		switch {
		case c.err != "" && (!errors.As(err, &text) || string(text) != c.err):
			t.Errorf("%s %q: error %v, want %q", c.field.Type, c.text, err, c.err)
		case c.err == "" && (err != nil || !c.holds(s)):
			t.Errorf("%s %q = %+v, %v", c.field.Type, c.text, s, err)
		}
	}
}

func TestParsingAllocatesNothing(t *testing.T) {
	number, stamp, dst := []byte("-12345.6789e-2"), []byte("2024-02-29T12:00:00.123Z"), make([]byte, 0, 64)
	allocations := testing.AllocsPerRun(10, func() {
		_, _ = ParseInt(number[1:6], Int32)
		_, _ = ParseFloat(number, Float64)
		_, _ = ParseFloat([]byte("0.1234567890123456789"), Float64)
		_, _ = ParseDecimal(number, 20, 10)
		_, _ = ParseTimestamp(stamp, arrow.Nanosecond, "UTC")
		_, _ = ParseBinary(dst, []byte("aGVsbG8="))
	})
	if allocations != 0 {
		t.Errorf("%v allocations", allocations)
	}
}

func FuzzParseNumbers(f *testing.F) {
	for _, seed := range []string{"0", "-1.5e3", "9223372036854775808", "123456789012345678901234567890", "1e-400", "00.10", ".5", "1e400"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, ok := readNumeral([]byte(text))
		v, err := ParseFloat([]byte(text), Float64)
		want, wantErr := strconv.ParseFloat(text, 64)
		switch {
		case !ok && err == nil:
			t.Fatalf("float %q accepted though it is no numeral", text)
		case ok && (err == nil) != (wantErr == nil):
			t.Fatalf("float %q: %v, strconv says %v", text, err, wantErr)
		case err == nil && math.Float64bits(v) != math.Float64bits(want):
			t.Fatalf("float %q = %v, want %v", text, v, want)
		}
		if v, err = ParseFloat([]byte(text), Float32); err == nil {
			if want, _ = strconv.ParseFloat(text, 32); math.Float64bits(v) != math.Float64bits(want) {
				t.Fatalf("float32 %q = %v, want %v", text, v, want)
			}
		}
		whole, isInt := new(big.Int).SetString(text, 10)
		if len(text) > 0 && text[0] == '+' {
			isInt = false
		}
		i, err := ParseInt([]byte(text), Int64)
		if (err == nil) != (isInt && whole.IsInt64()) || err == nil && i != whole.Int64() {
			t.Fatalf("int64 %q = %d, %v", text, i, err)
		}
		if !ok || n.exponent > 1000 || n.exponent < -1000 || len(text) > 1000 {
			return
		}
		exact, _ := new(big.Rat).SetString(text)
		scaled := new(big.Rat).Mul(exact, new(big.Rat).SetInt64(10000))
		limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(20), nil)
		fits := scaled.IsInt() && scaled.Num().CmpAbs(limit) < 0
		d, err := ParseDecimal([]byte(text), 20, 4)
		if (err == nil) != fits || err == nil && d.BigInt().Cmp(scaled.Num()) != 0 {
			t.Fatalf("decimal %q = %v, %v; fits: %v", text, d.BigInt(), err, fits)
		}
	})
}
