package parquet_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet/metadata"

	"github.com/bindery-data/bindery/publish/parquet"
	"github.com/bindery-data/bindery/schema"
)

// footerOf returns a footer as Arrow reads it.
func footerOf(t *testing.T, data []byte) *metadata.FileMetaData {
	t.Helper()
	end := len(data) - 8
	meta, err := metadata.NewFileMetaData(data[end-footerSize(data):end], nil)
	if err != nil {
		t.Fatal(err)
	}
	return meta
}

// footerSize returns the bytes of a file's footer, without its length and the magic.
func footerSize(data []byte) int { return int(binary.LittleEndian.Uint32(data[len(data)-8:])) }

// TestStatistics has the bounds in hexadecimal, as the specification encodes them.
func TestStatistics(t *testing.T) {
	nan, negativeZero := math.NaN(), math.Copysign(0, -1)
	decimal := func(precision int32) *schema.Field {
		return &schema.Field{Name: "f", Type: schema.Decimal, Precision: precision, Scale: 2}
	}
	of := func(t schema.Type) *schema.Field { return &schema.Field{Name: "f", Type: t} }
	for _, c := range []struct {
		name      string
		field     *schema.Field
		values    []string // as Arrow parses them; "-" is null
		low, high string   // "none" where there are no bounds
	}{
		{"int8", of(schema.Int8), []string{"-", "5", "-128", "127", "-"}, "80ffffff", "7f000000"},
		{"uint8", of(schema.Uint8), []string{"-", "200", "3"}, "03000000", "c8000000"},
		{"uint32 beside nulls", of(schema.Uint32), []string{"-", "4294967295", "7"}, "07000000", "ffffffff"},
		{"uint64 beside nulls", of(schema.Uint64), []string{"18446744073709551615", "-", "9"}, "0900000000000000", "ffffffffffffffff"},
		{"int64", of(schema.Int64), []string{"-9223372036854775808", "9223372036854775807"}, "0000000000000080", "ffffffffffffff7f"},
		{"bool", of(schema.Bool), []string{"true", "-", "false"}, "00", "01"},
		{"only true", of(schema.Bool), []string{"true"}, "01", "01"},
		{"date", of(schema.Date), []string{"1969-12-31", "1970-01-02"}, "ffffffff", "01000000"},
		{"decimal in 32 bits", decimal(9), []string{"-0.01", "9999999.99"}, "ffffffff", "ffc99a3b"},
		{"decimal in 64 bits", decimal(18), []string{"-0.02", "0.01"}, "feffffffffffffff", "0100000000000000"},
		{"decimal in bytes", decimal(20), []string{"-0.02", "0.01", "-1.28"}, "ffffffffffffffff80", "000000000000000001"},
		{"strings by their bytes", of(schema.String), []string{"z", "é", "-", "Z"}, "5a", "c3a9"},
		{"empty strings", of(schema.String), []string{"", ""}, "", ""},
		{"json", of(schema.JSON), []string{"{}", "1"}, "31", "7b7d"},
		{"long strings", of(schema.String), []string{"a", strings.Repeat("b", 4097)}, "none", "none"},
		{"not so long strings", of(schema.String), []string{"a", strings.Repeat("b", 4096)}, "61", strings.Repeat("62", 4096)},
		{"nulls", of(schema.Int32), []string{"-", "-"}, "none", "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := schemaOf(c.field)
			b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
			nulls := int64(0)
			for _, v := range c.values {
				if v == "-" {
					b.Field(0).AppendNull()
					nulls++
				} else if err := b.Field(0).AppendValueFromString(v); err != nil {
					t.Fatal(err)
				}
			}
			checkBounds(t, write(t, s, parquet.Options{PageSize: 1}, b.NewRecord()), nulls, c.low, c.high)
		})
	}
	for _, c := range []struct {
		name      string
		values    []float64
		low, high float64
	}{
		{"zeros", []float64{0, 0}, negativeZero, 0},
		{"negative zeros", []float64{negativeZero}, negativeZero, 0},
		{"NaN first", []float64{nan, 1, -1, nan}, -1, 1},
		{"zero and more", []float64{negativeZero, 3}, negativeZero, 3},
		{"infinities", []float64{math.Inf(1), nan, math.Inf(-1)}, math.Inf(-1), math.Inf(1)},
		{"NaN", []float64{nan, nan}, nan, nan},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := schemaOf(of(schema.Float64), &schema.Field{Name: "g", Type: schema.Float32})
			b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
			for _, v := range c.values {
				b.Field(0).(*array.Float64Builder).Append(v)
				b.Field(1).(*array.Float32Builder).Append(float32(v))
			}
			low, high := "none", "none"
			if c.low == c.low {
				low = hex.EncodeToString(binary.LittleEndian.AppendUint64(nil, math.Float64bits(c.low)))
				high = hex.EncodeToString(binary.LittleEndian.AppendUint64(nil, math.Float64bits(c.high)))
			}
			data := write(t, s, parquet.Options{}, b.NewRecord())
			checkBounds(t, data, 0, low, high)
			if c.low == c.low {
				got := columnBounds(t, data, 1)
				want := binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(c.low)))
				if !bytes.Equal(got.low, want) {
					t.Errorf("float32: the least value is %x, want %x", got.low, want)
				}
			}
		})
	}
}

type encodedBounds struct {
	set       bool
	low, high []byte
	nulls     int64
}

// columnBounds returns a column's statistics as they lie in the footer.
func columnBounds(t *testing.T, data []byte, column int) encodedBounds {
	t.Helper()
	s := footerOf(t, data).RowGroups[0].Columns[column].MetaData.Statistics
	if s.DistinctCount != nil || s.Min != nil || s.Max != nil {
		t.Error("the footer has a count of distinct values, or bounds in the order that was given up")
	}
	return encodedBounds{s.IsSetMinValue() && s.IsSetMaxValue(), s.MinValue, s.MaxValue, s.GetNullCount()}
}

func checkBounds(t *testing.T, data []byte, nulls int64, low, high string) {
	t.Helper()
	got := columnBounds(t, data, 0)
	if got.nulls != nulls {
		t.Errorf("%d nulls, want %d", got.nulls, nulls)
	}
	if got.set != (low != "none") {
		t.Fatalf("bounds %x to %x, want %s to %s", got.low, got.high, low, high)
	}
	if got.set && (hex.EncodeToString(got.low) != low || hex.EncodeToString(got.high) != high) {
		t.Errorf("got %x to %x, want %s to %s", got.low, got.high, low, high)
	}
}

// Decimals of every precision are bounded by their own extremes.
func TestDecimalStatistics(t *testing.T) {
	for precision := int32(1); precision <= 38; precision++ {
		s := schemaOf(&schema.Field{Name: "f", Type: schema.Decimal, Precision: precision})
		b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
		largest := decimal128.GetMaxValue(precision)
		b.Field(0).(*array.Decimal128Builder).AppendValues([]decimal128.Num{
			decimal128.FromI64(-1), largest, decimal128.FromI64(0), largest.Negate(), decimal128.FromI64(1)}, nil)
		rec := b.NewRecord()
		data := write(t, s, parquet.Options{}, rec)
		checkFile(t, data, s, rec)
		got := columnBounds(t, data, 0)
		if precision <= 18 { // little-endian
			reverse(got.low)
			reverse(got.high)
		}
		if bigEndian(got.low).Cmp(new(big.Int).Neg(largest.BigInt())) != 0 || bigEndian(got.high).Cmp(largest.BigInt()) != 0 {
			t.Errorf("precision %d: %x to %x", precision, got.low, got.high)
		}
	}
}

func reverse(b []byte) {
	for i := range len(b) / 2 {
		b[i], b[len(b)-1-i] = b[len(b)-1-i], b[i]
	}
}
