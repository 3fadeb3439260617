package parquet

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bindery-data/bindery/schema"
)

// features returns the value of the footer's key "huggingface", from which the library `datasets` takes
// the types of the columns. Lists are written in the form that its versions before and after 4 read.
func features(s *schema.Schema) string {
	var b strings.Builder
	b.WriteString(`{"info": {"features": `)
	structFeature(&b, s.Fields)
	b.WriteString(`}}`)
	return b.String()
}

func structFeature(b *strings.Builder, fields []*schema.Field) {
	b.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quoted(f.Name) + ": ")
		feature(b, f)
	}
	b.WriteByte('}')
}

func feature(b *strings.Builder, f *schema.Field) {
	switch f.Type {
	case schema.List:
		b.WriteByte('[')
		feature(b, f.Items)
		b.WriteByte(']')
	case schema.Map:
		value := *f.Values
		value.Name = "value"
		b.WriteByte('[')
		structFeature(b, []*schema.Field{keyField(f), &value})
		b.WriteByte(']')
	case schema.Struct:
		structFeature(b, f.Fields)
	default:
		fmt.Fprintf(b, `{"dtype": %s, "_type": "Value"}`, quoted(dtype(f)))
	}
}

// dtype names the type of a field that is not nested as `datasets` does.
func dtype(f *schema.Field) string {
	switch f.Type {
	case schema.JSON:
		return "string"
	case schema.Date:
		return "date32"
	case schema.Time:
		if f.Unit == arrow.Millisecond {
			return "time32[ms]"
		}
		return fmt.Sprintf("time64[%s]", f.Unit)
	case schema.Timestamp:
		if f.Zone == "" {
			return fmt.Sprintf("timestamp[%s]", f.Unit)
		}
		return fmt.Sprintf("timestamp[%s, tz=UTC]", f.Unit)
	case schema.Decimal:
		return fmt.Sprintf("decimal128(%d, %d)", f.Precision, f.Scale)
	}
	return f.Type.String()
}

// quoted returns s as a JSON string.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // A string always has a JSON form.
	}
	return string(b)
}
