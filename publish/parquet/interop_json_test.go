package parquet_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bindery-data/bindery/schema"
)

// An expectation is what .ci/interop/tables.py compares readers with.
type expectation struct {
	Columns []expectedColumn `json:"columns"`
	Rows    [][]any          `json:"rows"`
}

type expectedColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Unit string `json:"unit,omitempty"`
}

func recordsJSON(t testing.TB, s *schema.Schema, records ...arrow.Record) []byte {
	t.Helper()
	e := expectation{Rows: [][]any{}}
	for _, f := range s.Fields {
		c := expectedColumn{Name: f.Name, Type: f.Type.String()}
		if f.Type == schema.Time || f.Type == schema.Timestamp {
			c.Unit = f.Unit.String()
		}
		e.Columns = append(e.Columns, c)
	}
	for _, rec := range records {
		for row := range int(rec.NumRows()) {
			values := make([]any, len(s.Fields))
			for i, f := range s.Fields {
				values[i] = expected(f, rec.Column(i), row)
			}
			e.Rows = append(e.Rows, values)
		}
	}
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// expected returns a value as JSON that loses nothing: numbers are text, floats their bits, binary is
// hexadecimal, a map is a list of objects with key and value.
func expected(f *schema.Field, arr arrow.Array, slot int) any {
	if arr.IsNull(slot) {
		return nil
	}
	switch arr := arr.(type) {
	case *array.List:
		start, end := arr.ValueOffsets(slot)
		out := []any{}
		for i := start; i < end; i++ {
			out = append(out, expected(f.Items, arr.ListValues(), int(i)))
		}
		return out
	case *array.Map:
		start, end := arr.ValueOffsets(slot)
		out := []any{}
		for i := start; i < end; i++ {
			out = append(out, map[string]any{"key": expected(keys, arr.Keys(), int(i)), "value": expected(f.Values, arr.Items(), int(i))})
		}
		return out
	case *array.Struct:
		out := make(map[string]any)
		for i, child := range f.Fields {
			out[child.Name] = expected(child, arr.Field(i), slot)
		}
		return out
	case *array.String:
		return arr.Value(slot)
	case *array.Boolean:
		return arr.Value(slot)
	case *array.Binary:
		return hex.EncodeToString(arr.Value(slot))
	case *array.Float32:
		return floatBits(float64(arr.Value(slot)))
	case *array.Float64:
		return floatBits(arr.Value(slot))
	case *array.Decimal128:
		return arr.Value(slot).ToString(f.Scale)
	case *array.Date32:
		return arr.Value(slot).FormattedString()
	case *array.Time32:
		return fmt.Sprint(int64(arr.Value(slot)))
	case *array.Time64:
		return fmt.Sprint(int64(arr.Value(slot)))
	case *array.Timestamp:
		return fmt.Sprint(int64(arr.Value(slot)))
	}
	return arr.ValueStr(slot)
}

func floatBits(v float64) string {
	if math.IsNaN(v) {
		return "nan"
	}
	return fmt.Sprintf("%016x", math.Float64bits(v))
}
