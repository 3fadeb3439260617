package parquet

import (
	"errors"
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/metadata"
	pqschema "github.com/apache/arrow/go/v17/parquet/schema"

	"github.com/bindery-data/bindery/schema"
)

// A layout is what a schema becomes in a file.
type layout struct {
	roots    []*node
	leaves   []*node // in the order of the file's columns
	parquet  *pqschema.Schema
	arrow    *arrow.Schema
	features string
}

// A node is one declared field, or the keys of a map, with its levels.
type node struct {
	field    *schema.Field
	optional bool
	children []*node // of a map: keys and values
	// rep is the repetition level of what a list or map repeats.
	rep uint8
	// veiled says that the field is required and the struct that it is in is not, at whatever distance. In
	// such a column, polars 2.1 panics over pages without nulls, and then with some, that are
	// DELTA_BINARY_PACKED or DELTA_LENGTH_BYTE_ARRAY.
	veiled bool
	// index is a leaf's place among the leaves.
	index int
}

func newLayout(s *schema.Schema) (*layout, error) {
	if len(s.Fields) == 0 {
		return nil, errors.New("a Parquet file needs at least one field: declare one")
	}
	l := &layout{arrow: s.Arrow(), features: features(s)}
	var columns pqschema.FieldList
	for _, f := range s.Fields {
		column, err := parquetNode(f, f.Name)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Path, err)
		}
		columns = append(columns, column)
		l.roots = append(l.roots, l.node(f, 0, false))
	}
	root, err := pqschema.NewGroupNode("schema", parquet.Repetitions.Required, columns, -1)
	if err != nil {
		return nil, fmt.Errorf("laying out the schema: %w", err)
	}
	l.parquet = pqschema.NewSchema(root)
	for i := range l.parquet.NumColumns() {
		if c := l.parquet.Column(i); c.MaxDefinitionLevel() > math.MaxUint8 {
			return nil, fmt.Errorf("field %s is nested too deep: a column has at most %d levels", c.Path(), math.MaxUint8)
		}
	}
	return l, nil
}

// keyField is the field of every map's keys, which a declaration does not describe.
func keyField(m *schema.Field) *schema.Field {
	return &schema.Field{
		Name: "key", Path: m.Path + "{}", Type: schema.String,
		Constraints: schema.Constraints{Required: true},
	}
}

// node adds the columns of f. InOptional says that f is in a struct that is optional, or is itself veiled.
func (l *layout) node(f *schema.Field, rep uint8, inOptional bool) *node {
	n := &node{field: f, optional: !f.Required, veiled: f.Required && inOptional}
	inside := f.Type == schema.Struct && (n.optional || n.veiled)
	if f.Type == schema.List || f.Type == schema.Map {
		rep++
		n.rep = rep
	}
	if f.Type == schema.Map {
		n.children = append(n.children, l.node(keyField(f), rep, false))
	}
	for _, child := range f.Children() {
		n.children = append(n.children, l.node(child, rep, inside))
	}
	if len(n.children) == 0 {
		n.index = len(l.leaves)
		l.leaves = append(l.leaves, n)
	}
	return n
}

// metadata begins a footer.
func (l *layout) metadata(props *parquet.WriterProperties) (*metadata.FileMetaDataBuilder, error) {
	kv := metadata.NewKeyValueMetadata()
	if err := kv.Append("huggingface", l.features); err != nil {
		return nil, fmt.Errorf("describing the features: %w", err)
	}
	return metadata.NewFileMetadataBuilder(l.parquet, props, kv), nil
}

func parquetNode(f *schema.Field, name string) (pqschema.Node, error) {
	rep := parquet.Repetitions.Optional
	if f.Required {
		rep = parquet.Repetitions.Required
	}
	switch f.Type {
	case schema.List:
		element, err := parquetNode(f.Items, "element")
		if err != nil {
			return nil, err
		}
		return pqschema.ListOfWithName(name, element, rep, -1)
	case schema.Map:
		key, err := parquetNode(keyField(f), "key")
		if err != nil {
			return nil, err
		}
		value, err := parquetNode(f.Values, "value")
		if err != nil {
			return nil, err
		}
		entry, err := pqschema.NewGroupNode("element", parquet.Repetitions.Required, pqschema.FieldList{key, value}, -1)
		if err != nil {
			return nil, err
		}
		return pqschema.ListOfWithName(name, entry, rep, -1)
	case schema.Struct:
		if len(f.Fields) == 0 {
			return nil, errors.New("a struct needs at least one field: declare one")
		}
		var fields pqschema.FieldList
		for _, child := range f.Fields {
			field, err := parquetNode(child, child.Name)
			if err != nil {
				return nil, err
			}
			fields = append(fields, field)
		}
		return pqschema.NewGroupNode(name, rep, fields, -1)
	}
	typ, length, logical := storage(f)
	return pqschema.NewPrimitiveNodeLogical(name, rep, logical, typ, length, -1)
}

// storage returns the physical type of a field that is not nested, its length in bytes where the type
// has one, and its logical type, nil where it has none.
func storage(f *schema.Field) (parquet.Type, int, pqschema.LogicalType) {
	switch f.Type {
	case schema.String, schema.JSON:
		return parquet.Types.ByteArray, -1, pqschema.StringLogicalType{}
	case schema.Bool:
		return parquet.Types.Boolean, -1, nil
	case schema.Int8, schema.Int16, schema.Int32, schema.Uint8, schema.Uint16, schema.Uint32:
		return parquet.Types.Int32, -1, pqschema.NewIntLogicalType(intBits(f.Type), f.Type.Signed())
	case schema.Int64, schema.Uint64:
		return parquet.Types.Int64, -1, pqschema.NewIntLogicalType(64, f.Type.Signed())
	case schema.Float32:
		return parquet.Types.Float, -1, nil
	case schema.Float64:
		return parquet.Types.Double, -1, nil
	case schema.Date:
		return parquet.Types.Int32, -1, pqschema.DateLogicalType{}
	case schema.Time:
		logical := pqschema.NewTimeLogicalType(false, timeUnit(f.Unit))
		if f.Unit == arrow.Millisecond {
			return parquet.Types.Int32, -1, logical
		}
		return parquet.Types.Int64, -1, logical
	case schema.Timestamp:
		return parquet.Types.Int64, -1, pqschema.NewTimestampLogicalType(f.Zone != "", timeUnit(f.Unit))
	case schema.Decimal:
		return decimalStorage(f)
	}
	return parquet.Types.ByteArray, -1, nil
}

// decimalStorage picks the smallest type that holds a decimal's digits, as the specification asks.
func decimalStorage(f *schema.Field) (parquet.Type, int, pqschema.LogicalType) {
	logical := pqschema.NewDecimalLogicalType(f.Precision, f.Scale)
	switch {
	case f.Precision <= 9:
		return parquet.Types.Int32, -1, logical
	case f.Precision <= 18:
		return parquet.Types.Int64, -1, logical
	}
	return parquet.Types.FixedLenByteArray, decimalLength(f.Precision), logical
}

// decimalLength returns the fewest bytes that hold a signed integer of so many digits.
func decimalLength(precision int32) int {
	return decimal128.GetMaxValue(precision).BigInt().BitLen()/8 + 1
}

func intBits(t schema.Type) int8 {
	switch t {
	case schema.Int8, schema.Uint8:
		return 8
	case schema.Int16, schema.Uint16:
		return 16
	}
	return 32
}

func timeUnit(u arrow.TimeUnit) pqschema.TimeUnitType {
	switch u {
	case arrow.Millisecond:
		return pqschema.TimeUnitMillis
	case arrow.Nanosecond:
		return pqschema.TimeUnitNanos
	}
	return pqschema.TimeUnitMicros
}
