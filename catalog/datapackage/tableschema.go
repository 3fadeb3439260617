package datapackage

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bindery-data/bindery/schema"
)

// A tableSchema is the standard's Table Schema of one config. No text stands for null: Parquet has nulls.
type tableSchema struct {
	Fields        []field  `json:"fields"`
	PrimaryKey    []string `json:"primaryKey,omitempty"`
	MissingValues []string `json:"missingValues"`
}

type field struct {
	Name          string       `json:"name"`
	Type          string       `json:"type"`
	Format        string       `json:"format,omitempty"`
	Description   string       `json:"description,omitempty"`
	MissingValues []string     `json:"missingValues,omitempty"`
	Constraints   *constraints `json:"constraints,omitempty"`
}

type constraints struct {
	Required         bool   `json:"required,omitempty"`
	Unique           bool   `json:"unique,omitempty"`
	Enum             []any  `json:"enum,omitempty"`
	Pattern          string `json:"pattern,omitempty"`
	MinLength        *int64 `json:"minLength,omitempty"`
	MaxLength        *int64 `json:"maxLength,omitempty"`
	Minimum          any    `json:"minimum,omitempty"`
	Maximum          any    `json:"maximum,omitempty"`
	ExclusiveMinimum any    `json:"exclusiveMinimum,omitempty"`
	ExclusiveMaximum any    `json:"exclusiveMaximum,omitempty"`
}

func newTableSchema(s *schema.Schema) *tableSchema {
	t := &tableSchema{Fields: []field{}, MissingValues: []string{}}
	for _, f := range s.PrimaryKey {
		t.PrimaryKey = append(t.PrimaryKey, f.Name)
	}
	for _, f := range s.Fields {
		out := field{
			Name: f.Name, Type: fieldType(f.Type), Format: formats[f.Format], Description: f.Description,
			MissingValues: missingValues(f), Constraints: constraintsOf(f),
		}
		t.Fields = append(t.Fields, out)
	}
	return t
}

// formats are the standard's names of formats; it has none for others.
var formats = map[string]string{"uri": "uri", "email": "email", "uuid": "uuid"}

// fieldType returns the standard's type. It has none for bytes that are not text. Lists and maps are
// "any", and so are not told from other values: frictionless, which is how a package is read and
// validated, takes no list that comes from Parquet for an "array". The constraints of what is nested are
// left out for the like reason: it refuses "jsonSchema".
func fieldType(t schema.Type) string {
	switch t {
	case schema.Bool:
		return "boolean"
	case schema.Float32, schema.Float64, schema.Decimal:
		return "number"
	case schema.Date:
		return "date"
	case schema.Time:
		return "time"
	case schema.Timestamp:
		return "datetime"
	case schema.String, schema.JSON:
		return "string"
	case schema.Struct:
		return "object"
	case schema.Binary, schema.List, schema.Map:
		return "any"
	}
	return "integer"
}

// missingValues returns the texts that pandas, through which frictionless reads Parquet, makes of nulls
// in columns that cannot hold them. They are given where no value of the field has such a text.
func missingValues(f *schema.Field) []string {
	bounded := f.Minimum != nil || f.Maximum != nil || f.ExclusiveMinimum != nil || f.ExclusiveMaximum != nil
	switch {
	case f.Required:
		return nil
	case f.Type.Signed(), f.Type.Unsigned(), f.Type.Float() && bounded:
		return []string{"nan"}
	case f.Type == schema.Timestamp:
		return []string{"NaT"}
	}
	return nil
}

// constraintsOf returns the constraints that the standard has for a field of f's type; nil if there are
// none. A pattern that cannot be said in the standard's terms is left out, as are the constraints of
// bytes and of lists.
func constraintsOf(f *schema.Field) *constraints {
	c := constraints{Required: f.Required, Unique: f.Unique}
	if f.Type == schema.String {
		c.MinLength, c.MaxLength = f.MinLength, f.MaxLength
		if f.Pattern != nil {
			c.Pattern = wholePattern(f.Pattern.String())
		}
	}
	if f.Type != schema.Binary {
		for i := range f.Enum {
			c.Enum = append(c.Enum, value(f, &f.Enum[i]))
		}
	}
	c.Minimum, c.Maximum = value(f, f.Minimum), value(f, f.Maximum)
	c.ExclusiveMinimum, c.ExclusiveMaximum = value(f, f.ExclusiveMinimum), value(f, f.ExclusiveMaximum)
	if !c.Required && !c.Unique && c.Enum == nil && c.Pattern == "" && c.MinLength == nil && c.MaxLength == nil &&
		c.Minimum == nil && c.Maximum == nil && c.ExclusiveMinimum == nil && c.ExclusiveMaximum == nil {
		return nil
	}
	return &c
}

// value returns a declared value as the standard writes one of the field's type; nil for none.
func value(f *schema.Field, s *schema.Scalar) any {
	switch {
	case s == nil:
		return nil
	case f.Type == schema.Bool:
		return s.Bool
	case f.Type == schema.String:
		return s.Bytes
	case f.Type.Signed():
		return s.Int
	case f.Type.Unsigned():
		return s.Uint
	case f.Type == schema.Float32:
		return json.Number(strconv.FormatFloat(s.Float, 'g', -1, 32))
	case f.Type == schema.Float64:
		return s.Float
	case f.Type == schema.Decimal:
		return s.Decimal.ToString(f.Scale) // As text, which loses no digit.
	case f.Type == schema.Date:
		return time.Unix(s.Int*24*60*60, 0).UTC().Format(time.DateOnly)
	case f.Type == schema.Time:
		return moment(s.Int, f.Unit).Format("15:04:05.999999999")
	case f.Zone == "":
		return moment(s.Int, f.Unit).Format("2006-01-02T15:04:05.999999999")
	}
	return moment(s.Int, f.Unit).Format(time.RFC3339Nano)
}

// moment returns the time that is v units after the epoch.
func moment(v int64, unit arrow.TimeUnit) time.Time {
	switch unit {
	case arrow.Millisecond:
		return time.UnixMilli(v).UTC()
	case arrow.Nanosecond:
		return time.Unix(0, v).UTC()
	}
	return time.UnixMicro(v).UTC()
}
