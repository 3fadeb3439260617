package parquet

import (
	"encoding/json"
	"fmt"
	"strings"

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
		fmt.Fprintf(b, `{"dtype": %s, "_type": "Value"}`, quoted(f.HubType()))
	}
}

// quoted returns s as a JSON string.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // A string always has a JSON form.
	}
	return string(b)
}
