package schema

import (
	"github.com/apache/arrow/go/v17/arrow"
)

// Type is the declared type of a field.
type Type uint8

// The types a field can have. The package comment says what each one accepts.
const (
	Invalid Type = iota
	String
	Bool
	Int8
	Int16
	Int32
	Int64
	Uint8
	Uint16
	Uint32
	Uint64
	Float32
	Float64
	Decimal
	Date
	Time
	Timestamp
	Binary
	List
	Struct
	Map
	JSON
)

var typeNames = [...]string{
	String: "string", Bool: "bool",
	Int8: "int8", Int16: "int16", Int32: "int32", Int64: "int64",
	Uint8: "uint8", Uint16: "uint16", Uint32: "uint32", Uint64: "uint64",
	Float32: "float32", Float64: "float64", Decimal: "decimal",
	Date: "date", Time: "time", Timestamp: "timestamp", Binary: "binary",
	List: "list", Struct: "struct", Map: "map", JSON: "json",
}

// String returns the type's name as a declaration writes it.
func (t Type) String() string {
	if int(t) < len(typeNames) && typeNames[t] != "" {
		return typeNames[t]
	}
	return "invalid"
}

// TypeNamed returns the type that a declaration writes as name.
func TypeNamed(name string) (Type, bool) {
	for t, n := range typeNames {
		if n == name && n != "" {
			return Type(t), true
		}
	}
	return Invalid, false
}

// TypeNames returns the names of all types, in the order of the package comment.
func TypeNames() []string { return append([]string(nil), typeNames[1:]...) }

// Signed reports whether t is one of int8 to int64.
func (t Type) Signed() bool { return t >= Int8 && t <= Int64 }

// Unsigned reports whether t is one of uint8 to uint64.
func (t Type) Unsigned() bool { return t >= Uint8 && t <= Uint64 }

// Float reports whether t is float32 or float64.
func (t Type) Float() bool { return t == Float32 || t == Float64 }

// Nested reports whether values of t are made of values of other fields.
func (t Type) Nested() bool { return t == List || t == Struct || t == Map }

// Bytes reports whether a value of t is a run of bytes in an Arrow array.
func (t Type) Bytes() bool { return t == String || t == Binary || t == JSON }

// A Field is one declared column, or one level inside a nested one.
type Field struct {
	// ID numbers the fields of a schema in preorder: a field, then its Items, Values or Fields.
	ID int
	// Name is the field's key. The items of a list are named "item", the values of a map "value".
	Name string
	// Path names the field in findings: "location.latitude", "paragraphs[]" for the items of a list,
	// "scores{}" for the values of a map. Names are written as PathName has them.
	Path string

	Type        Type
	Description string

	// Precision and Scale are a decimal's: 1 to 38 digits, Scale of them after the point.
	Precision, Scale int32
	// Unit is a time's or timestamp's: arrow.Millisecond, Microsecond or Nanosecond.
	Unit arrow.TimeUnit
	// Zone is a timestamp's: an IANA name or "UTC"; empty means local, without a zone.
	Zone string

	Constraints

	Items  *Field   // of a list
	Values *Field   // of a map; its keys are strings
	Fields []*Field // of a struct, in declared order
}

// Children returns the fields one level inside f, in declared order.
func (f *Field) Children() []*Field {
	switch f.Type {
	case List:
		return []*Field{f.Items}
	case Map:
		return []*Field{f.Values}
	}
	return f.Fields
}

// A Schema is what every record of a config must be.
type Schema struct {
	// Fields are the columns, in declared order.
	Fields []*Field
	// PrimaryKey names the fields whose values together identify a record.
	PrimaryKey []*Field
	// NullValues are the texts that stand for null in formats that have only text (CSV, TSV).
	NullValues []string
}

// All returns every field at every level; All()[id] is the field with that ID.
func (s *Schema) All() []*Field {
	var all []*Field
	var walk func([]*Field)
	walk = func(fields []*Field) {
		for _, f := range fields {
			all = append(all, f)
			walk(f.Children())
		}
	}
	walk(s.Fields)
	return all
}

// Number sets the ID and the Path of every field. Whoever makes a Schema by hand calls it once.
func (s *Schema) Number() {
	id := 0
	var number func(f *Field, path string)
	number = func(f *Field, path string) {
		f.ID, f.Path = id, path
		id++
		switch f.Type {
		case List:
			number(f.Items, path+"[]")
		case Map:
			number(f.Values, path+"{}")
		case Struct:
			for _, child := range f.Fields {
				number(child, path+"."+PathName(child.Name))
			}
		}
	}
	for _, f := range s.Fields {
		number(f, PathName(f.Name))
	}
}

// Arrow returns the Arrow schema of the batches that hold such records.
func (s *Schema) Arrow() *arrow.Schema {
	fields := make([]arrow.Field, len(s.Fields))
	for i, f := range s.Fields {
		fields[i] = f.Arrow()
	}
	return arrow.NewSchema(fields, nil)
}

// Arrow returns the field as Arrow has it: nullable unless required, json as utf8.
func (f *Field) Arrow() arrow.Field {
	return arrow.Field{Name: f.Name, Type: f.arrowType(), Nullable: !f.Required}
}

func (f *Field) arrowType() arrow.DataType {
	switch f.Type {
	case Decimal:
		return &arrow.Decimal128Type{Precision: f.Precision, Scale: f.Scale}
	case Time:
		if f.Unit == arrow.Millisecond {
			return &arrow.Time32Type{Unit: f.Unit}
		}
		return &arrow.Time64Type{Unit: f.Unit}
	case Timestamp:
		return &arrow.TimestampType{Unit: f.Unit, TimeZone: f.Zone}
	case List:
		return arrow.ListOfField(f.Items.Arrow())
	case Map:
		m := arrow.MapOf(arrow.BinaryTypes.String, f.Values.arrowType())
		m.SetItemNullable(!f.Values.Required)
		return m
	case Struct:
		children := make([]arrow.Field, len(f.Fields))
		for i, child := range f.Fields {
			children[i] = child.Arrow()
		}
		return arrow.StructOf(children...)
	}
	return plainArrow[f.Type]
}

var plainArrow = map[Type]arrow.DataType{
	String: arrow.BinaryTypes.String, JSON: arrow.BinaryTypes.String, Binary: arrow.BinaryTypes.Binary,
	Bool: arrow.FixedWidthTypes.Boolean,
	Int8: arrow.PrimitiveTypes.Int8, Int16: arrow.PrimitiveTypes.Int16,
	Int32: arrow.PrimitiveTypes.Int32, Int64: arrow.PrimitiveTypes.Int64,
	Uint8: arrow.PrimitiveTypes.Uint8, Uint16: arrow.PrimitiveTypes.Uint16,
	Uint32: arrow.PrimitiveTypes.Uint32, Uint64: arrow.PrimitiveTypes.Uint64,
	Float32: arrow.PrimitiveTypes.Float32, Float64: arrow.PrimitiveTypes.Float64,
	Date: arrow.FixedWidthTypes.Date32,
}
