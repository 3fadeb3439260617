package shard

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bindery-data/bindery/schema"
)

// newConverter matches a file's schema with the declared one. Where they do not match, the converter is
// nil and the findings say why.
func newConverter(file *arrow.Schema, s *schema.Schema) (*converter, []schema.Finding) {
	var p planner
	v := &converter{}
	columns := p.index(file.Fields(), "")
	for _, f := range s.Fields {
		i, ok := columns[f.Name]
		if !ok {
			p.find(schema.MissingLabel, f.Path, "is declared, but the file has no such column", "",
				"Add the column to the file, or take the field out of the declaration.")
			continue
		}
		delete(columns, f.Name)
		v.sources = append(v.sources, i)
		v.appends = append(v.appends, p.plan(f, file.Field(i).Type))
	}
	p.extra(file.Fields(), columns, "")
	if len(p.findings) > 0 {
		return nil, p.findings
	}
	return v, nil
}

// A planner gathers what keeps a file's schema from matching the declared one.
type planner struct {
	findings []schema.Finding
}

func (p *planner) find(code schema.Code, field, message, value, hint string) {
	p.findings = append(p.findings, schema.Finding{
		Code: code, Field: field, Message: message, Value: value, Hint: hint,
	})
}

// index numbers a file's columns, or the fields of its struct at path, by name.
func (p *planner) index(fields []arrow.Field, path string) map[string]int {
	byName := make(map[string]int, len(fields))
	for i, f := range fields {
		if _, ok := byName[f.Name]; ok {
			p.find(schema.DuplicateLabel, path, "the file has two columns of one name", schema.Quote(f.Name),
				"Rename or remove one of them.")
			continue
		}
		byName[f.Name] = i
	}
	return byName
}

// extra finds the columns that are left when every declared field has its own.
func (p *planner) extra(fields []arrow.Field, left map[string]int, path string) {
	for i, f := range fields {
		if at, ok := left[f.Name]; ok && at == i {
			p.find(schema.ExtraLabel, path, "the file has a column that is not declared", schema.Quote(f.Name),
				"Declare the field, or leave the column out of the file.")
		}
	}
}

// plan returns what converts a file's type to a field, or notes that nothing does.
func (p *planner) plan(f *schema.Field, from arrow.DataType) appendFunc {
	switch from := from.(type) {
	case *arrow.NullType:
		return appendNulls
	case *arrow.DictionaryType:
		return appendDictionary(p.plan(f, from.ValueType))
	case arrow.ExtensionType:
		return appendStorage(p.plan(f, from.StorageType()))
	}
	if f.Type.Nested() {
		if nested := p.planNested(f, from); nested != nil {
			return nested
		}
	} else if scalar := planScalar(f, from); scalar != nil {
		return scalar
	}
	p.find(schema.TypeError, f.Path,
		fmt.Sprintf("is declared as %s, but the file has %s", declaredName(f), typeName(from)), "",
		"Declare the type that the file has, or write the file with the declared one.")
	return appendNulls
}

// planScalar returns what converts a type to a field that is not nested, or nil.
func planScalar(f *schema.Field, from arrow.DataType) appendFunc {
	switch {
	case f.Type.Signed() || f.Type.Unsigned():
		return planInteger(f.Type, from.ID())
	case f.Type.Float():
		return planFloat(f.Type, from.ID())
	case f.Type.Bytes():
		return planBytes(f, from)
	}
	switch f.Type {
	case schema.Bool:
		if from.ID() == arrow.BOOL {
			return appendBools
		}
	case schema.Decimal:
		return planDecimal(f, from)
	case schema.Date:
		return planDate(from)
	case schema.Time:
		return planTime(f, from)
	case schema.Timestamp:
		return planTimestamp(f, from)
	}
	return nil
}

// planNested returns what converts a type to a list, map or struct, or nil.
func (p *planner) planNested(f *schema.Field, from arrow.DataType) appendFunc {
	switch from := from.(type) {
	case *arrow.ListType, *arrow.LargeListType, *arrow.FixedSizeListType:
		item := from.(arrow.ListLikeType).Elem()
		if f.Type == schema.List {
			return appendLists(p.plan(f.Items, item))
		}
		if entry, ok := item.(*arrow.StructType); ok && f.Type == schema.Map && isEntry(entry) {
			return appendMaps(p.plan(f.Values, entry.Field(1).Type))
		}
	case *arrow.MapType:
		if f.Type == schema.Map && isText(from.KeyType()) {
			return appendMaps(p.plan(f.Values, from.ItemType()))
		}
	case *arrow.StructType:
		if f.Type == schema.Struct {
			return p.planStruct(f, from)
		}
	}
	return nil
}

func (p *planner) planStruct(f *schema.Field, from *arrow.StructType) appendFunc {
	fields := p.index(from.Fields(), f.Path)
	sources := make([]int, len(f.Fields))
	appends := make([]appendFunc, len(f.Fields))
	for i, child := range f.Fields {
		at, ok := fields[child.Name]
		if !ok {
			sources[i], appends[i] = -1, appendNulls
			if child.Required {
				p.find(schema.MissingLabel, child.Path, "is required, but the file's struct has no such field", "",
					"Add the field to the file, or do not require it.")
			}
			continue
		}
		delete(fields, child.Name)
		sources[i], appends[i] = at, p.plan(child, from.Field(at).Type)
	}
	p.extra(from.Fields(), fields, f.Path)
	return appendStructs(sources, appends)
}

// isEntry reports whether a struct is what an entry of a map looks like where maps are lists of structs,
// as publish/parquet writes them.
func isEntry(t *arrow.StructType) bool {
	return t.NumFields() == 2 && t.Field(0).Name == "key" && t.Field(1).Name == "value" && isText(t.Field(0).Type)
}

// isText reports whether a type, or what a dictionary of it stands for, is a string.
func isText(t arrow.DataType) bool {
	switch t := t.(type) {
	case *arrow.StringType, *arrow.LargeStringType, *arrow.StringViewType:
		return true
	case *arrow.DictionaryType:
		return isText(t.ValueType)
	case arrow.ExtensionType:
		return isText(t.StorageType())
	}
	return false
}

// declaredName names a field's type in a message.
func declaredName(f *schema.Field) string {
	switch f.Type {
	case schema.Decimal:
		return fmt.Sprintf("decimal(%d, %d)", f.Precision, f.Scale)
	case schema.Timestamp:
		return f.Type.String() + zoned(f.Zone)
	}
	return f.Type.String()
}

// typeName names a file's type in a message, without the names that the file itself chose.
func typeName(t arrow.DataType) string {
	switch t := t.(type) {
	case *arrow.TimestampType:
		return "timestamp" + zoned(t.TimeZone)
	case arrow.DecimalType:
		return fmt.Sprintf("decimal(%d, %d)", t.GetPrecision(), t.GetScale())
	case *arrow.DictionaryType:
		return "dictionary of " + typeName(t.ValueType)
	case *arrow.MapType:
		return "map with keys of " + typeName(t.KeyType())
	case arrow.ExtensionType:
		return "extension of " + typeName(t.StorageType())
	}
	if isText(t) {
		return schema.String.String()
	}
	return t.Name()
}

func zoned(zone string) string {
	if zone == "" {
		return " without a zone"
	}
	return " with a zone"
}
