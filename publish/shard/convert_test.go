package shard

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/schema"
)

// arrowStreamOf writes records as an Arrow stream.
func arrowStreamOf(t testing.TB, records ...arrow.Record) []byte {
	t.Helper()
	var b bytes.Buffer
	w := ipc.NewWriter(&b, ipc.WithSchema(records[0].Schema()), ipc.WithDictionaryDeltas(true))
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// arrayOf makes an array of texts as Arrow's builders read them; "null" is null.
func arrayOf(t testing.TB, typ arrow.DataType, values ...string) arrow.Array {
	t.Helper()
	b := array.NewBuilder(memory.DefaultAllocator, typ)
	for _, v := range values {
		if v == "null" {
			b.AppendNull()
			continue
		}
		if err := b.AppendValueFromString(v); err != nil {
			t.Fatalf("%s: %v", v, err)
		}
	}
	return b.NewArray()
}

// recordOf makes a record of columns named c0, c1 and so on.
func recordOf(columns ...arrow.Array) arrow.Record {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = arrow.Field{Name: fmt.Sprintf("c%d", i), Type: c.DataType(), Nullable: true}
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), columns, int64(columns[0].Len()))
}

// readRecords reads records as a stream declared by s.
func readRecords(t testing.TB, s *schema.Schema, records ...arrow.Record) *columnarShard {
	t.Helper()
	spec := writeShard(t, "shard.arrows", arrowStreamOf(t, records...))
	return readColumns(t, s, spec, 1<<20, 1<<20)
}

func TestConversions(t *testing.T) {
	integer := func(typ schema.Type) *schema.Field { return &schema.Field{Type: typ} }
	decimal := func(precision, scale int32) *schema.Field {
		return &schema.Field{Type: schema.Decimal, Precision: precision, Scale: scale}
	}
	clock := func(unit arrow.TimeUnit) *schema.Field { return &schema.Field{Type: schema.Time, Unit: unit} }
	stamp := func(unit arrow.TimeUnit, zone string) *schema.Field {
		return &schema.Field{Type: schema.Timestamp, Unit: unit, Zone: zone}
	}
	int8s, int32s, int64s := arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64
	uint8s, uint64s := arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint64
	float32s, float64s := arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64
	naive := func(unit arrow.TimeUnit) arrow.DataType { return &arrow.TimestampType{Unit: unit} }
	zoned := func(unit arrow.TimeUnit) arrow.DataType { return &arrow.TimestampType{Unit: unit, TimeZone: "UTC"} }
	dec128 := func(precision, scale int32) arrow.DataType {
		return &arrow.Decimal128Type{Precision: precision, Scale: scale}
	}
	dec256 := func(precision, scale int32) arrow.DataType {
		return &arrow.Decimal256Type{Precision: precision, Scale: scale}
	}
	tests := []struct {
		field *schema.Field
		file  arrow.DataType
		value string
		want  string // JSON, or "! message"
	}{
		{integer(schema.Int8), int64s, "127", "127"},
		{integer(schema.Int8), int64s, "128", "! does not fit int8 (-128 to 127)"},
		{integer(schema.Int8), int64s, "-128", "-128"},
		{integer(schema.Int8), int64s, "-129", "! does not fit int8 (-128 to 127)"},
		{integer(schema.Int64), int64s, "-9223372036854775808", "-9223372036854775808"},
		{integer(schema.Int64), uint64s, "9223372036854775807", "9223372036854775807"},
		{integer(schema.Int64), uint64s, "9223372036854775808", "! does not fit int64 (-9223372036854775808 to 9223372036854775807)"},
		{integer(schema.Uint64), uint64s, "18446744073709551615", "18446744073709551615"},
		{integer(schema.Uint64), int8s, "-1", "! does not fit uint64 (0 to 18446744073709551615)"},
		{integer(schema.Uint16), int32s, "65535", "65535"},
		{integer(schema.Uint16), int32s, "65536", "! does not fit uint16 (0 to 65535)"},
		{integer(schema.Int32), uint8s, "255", "255"},
		{integer(schema.Int16), arrow.PrimitiveTypes.Uint16, "40000", "! does not fit int16 (-32768 to 32767)"},
		{integer(schema.Int64), int32s, "null", "null"},

		{integer(schema.Float64), int64s, "9007199254740992", "9007199254740992"},
		{integer(schema.Float64), int64s, "9007199254740993", "! cannot be held by float64 exactly"},
		{integer(schema.Float64), int64s, "9223372036854775807", "! cannot be held by float64 exactly"},
		{integer(schema.Float64), int64s, "-9223372036854775808", "-9223372036854776000"},
		{integer(schema.Float64), uint64s, "9223372036854775808", "9223372036854776000"},
		{integer(schema.Float64), uint64s, "18446744073709551615", "! cannot be held by float64 exactly"},
		{integer(schema.Float32), int32s, "16777216", "16777216"},
		{integer(schema.Float32), int32s, "-16777217", "! cannot be held by float32 exactly"},
		{integer(schema.Float32), uint64s, "9223372036854775808", "9223372000000000000"},
		{integer(schema.Float64), float32s, "0.1", "0.10000000149011612"},
		{integer(schema.Float32), float32s, "0.1", "0.1"},
		{integer(schema.Float32), float64s, "0.5", "0.5"},
		{integer(schema.Float32), float64s, "0.1", "! cannot be held by float32 exactly"},
		{integer(schema.Float32), float64s, "1e300", "! cannot be held by float32 exactly"},
		{integer(schema.Float32), float64s, "NaN", `"NaN"`},
		{integer(schema.Float32), float64s, "-Inf", `"-Inf"`},
		{integer(schema.Float64), float64s, "-0", "-0"},
		{integer(schema.Float32), arrow.FixedWidthTypes.Float16, "1.5", "1.5"},
		{integer(schema.Float64), arrow.FixedWidthTypes.Float16, "0.25", "0.25"},

		{decimal(5, 2), dec128(9, 2), "999.99", "999.99"},
		{decimal(5, 2), dec128(9, 2), "1000.00", "! has more than 3 digits before the point"},
		{decimal(5, 2), dec128(9, 3), "999.990", "999.99"},
		{decimal(5, 2), dec128(9, 3), "0.001", "! has more than 2 digits after the point"},
		{decimal(5, 2), dec128(9, 0), "-999", "-999.00"},
		{decimal(5, 2), dec128(9, 0), "1000", "! has more than 3 digits before the point"},
		{decimal(38, 10), dec256(76, 20), "1234567890123456789012345678.0123456789", "1234567890123456789012345678.0123456789"},
		{decimal(38, 10), dec256(76, 10), "12345678901234567890123456789", "! has more than 28 digits before the point"},
		{decimal(20, 0), uint64s, "18446744073709551615", "18446744073709551615"},
		{decimal(19, 0), uint64s, "18446744073709551615", "! has more than 19 digits before the point"},
		{decimal(5, 2), int8s, "-128", "-128.00"},
		{decimal(4, 2), int8s, "-128", "! has more than 2 digits before the point"},

		{integer(schema.Bool), arrow.FixedWidthTypes.Boolean, "true", "true"},
		{integer(schema.String), arrow.BinaryTypes.String, "þ", `"þ"`},
		{integer(schema.String), arrow.BinaryTypes.LargeString, "þ", `"þ"`},
		{integer(schema.String), arrow.BinaryTypes.StringView, "longer than a view holds itself", `"longer than a view holds itself"`},
		{integer(schema.String), arrow.BinaryTypes.String, "a\xff", "! is not UTF-8"},
		{integer(schema.JSON), arrow.BinaryTypes.String, `{"a": [1e400]}`, `{"a": [1e400]}`},
		{integer(schema.JSON), arrow.BinaryTypes.LargeString, `{"a"`, "! is not JSON"},
		{integer(schema.JSON), arrow.BinaryTypes.String, "\"\xff\"", "! is not UTF-8"},
		{integer(schema.Binary), arrow.BinaryTypes.Binary, "AP8=", `"AP8="`},
		{integer(schema.Binary), arrow.BinaryTypes.LargeBinary, "AP8=", `"AP8="`},
		{integer(schema.Binary), &arrow.FixedSizeBinaryType{ByteWidth: 2}, "AP8=", `"AP8="`},

		{integer(schema.Date), arrow.FixedWidthTypes.Date32, "9999-12-31", `"9999-12-31"`},
		{integer(schema.Date), arrow.FixedWidthTypes.Date64, "0001-01-01", `"0001-01-01"`},
		{clock(arrow.Millisecond), arrow.FixedWidthTypes.Time64us, "23:59:59.123", `"23:59:59.123"`},
		{clock(arrow.Millisecond), arrow.FixedWidthTypes.Time64us, "23:59:59.123456", "! has a finer fraction than the declared unit"},
		{clock(arrow.Nanosecond), arrow.FixedWidthTypes.Time32s, "23:59:59", `"23:59:59"`},
		{stamp(arrow.Microsecond, ""), naive(arrow.Second), "1969-12-31 23:59:59", `"1969-12-31T23:59:59"`},
		{stamp(arrow.Millisecond, ""), naive(arrow.Nanosecond), "1969-12-31 23:59:59.999", `"1969-12-31T23:59:59.999"`},
		{stamp(arrow.Millisecond, ""), naive(arrow.Nanosecond), "1969-12-31 23:59:59.999000001", "! has a finer fraction than the declared unit"},
		{stamp(arrow.Nanosecond, "UTC"), zoned(arrow.Second), "1600-01-01 00:00:00Z", "! is outside what nanoseconds reach (1677-09-21 to 2262-04-11)"},
		{stamp(arrow.Microsecond, "Europe/Oslo"), zoned(arrow.Second), "2000-01-01 00:00:00Z", `"2000-01-01T00:00:00Z"`},

		{integer(schema.Int8), arrow.Null, "null", "null"},
		{integer(schema.String), &arrow.DictionaryType{IndexType: uint8s, ValueType: arrow.BinaryTypes.String}, "word", `"word"`},
		{integer(schema.Int8), &arrow.DictionaryType{IndexType: int8s, ValueType: int64s}, "300", "! does not fit int8 (-128 to 127)"},
	}
	for _, test := range tests {
		test.field.Name = "c0"
		got := readRecords(t, shardSchema(test.field), recordOf(arrayOf(t, test.file, test.value)))
		result := ""
		switch {
		case got.err != io.EOF || len(got.rows) != 1:
			t.Errorf("%s of %s: %d rows, %v", test.value, test.file, len(got.rows), got.err)
			continue
		case len(got.findings) > 0:
			result = "! " + got.findings[0].Message
			if got.rows[0] != `{"c0":null}` {
				t.Errorf("%s of %s: became %s in spite of %s", test.value, test.file, got.rows[0], result)
			}
		default:
			result = strings.TrimSuffix(strings.TrimPrefix(got.rows[0], `{"c0":`), "}")
		}
		if result != test.want {
			t.Errorf("%s of %s to %s: got %s, want %s", test.value, test.file, test.field.Type, result, test.want)
		}
	}
}
