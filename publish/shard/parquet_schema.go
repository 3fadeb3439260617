package shard

import (
	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bindery-data/bindery/schema"
)

// Parquet's physical types.
const (
	physicalBool   = 0
	physicalInt32  = 1
	physicalInt64  = 2
	physicalInt96  = 3
	physicalFloat  = 4
	physicalDouble = 5
	physicalBytes  = 6
	physicalFixed  = 7
)

// Members of the union of logical types that matter here.
const (
	logicalString    = 1
	logicalMap       = 2
	logicalList      = 3
	logicalEnum      = 4
	logicalDecimal   = 5
	logicalDate      = 6
	logicalTime      = 7
	logicalTimestamp = 8
	logicalInteger   = 10
	logicalNull      = 11
	logicalJSON      = 12
	logicalUUID      = 14
	logicalFloat16   = 15
	logicalInterval  = -1 // a converted type alone
)

// A parquetNode is a column, or a level within a nested one.
type parquetNode struct {
	name string
	kind parquetKind
	typ  arrow.DataType
	// def is the definition level from which on there is a value, rep the repetition level up to which
	// an entry begins one.
	def, rep uint8
	// itemDef is, in a list or map, the definition level from which on there is an item.
	itemDef  uint8
	children []*parquetNode
	leaf     *parquetLeaf
}

type parquetKind uint8

const (
	parquetValue parquetKind = iota
	parquetStruct
	parquetList
	parquetMap
)

// A parquetLeaf is a column of values.
type parquetLeaf struct {
	index          int
	path           string
	physical       int32
	width          int // bytes of a value; 0 where they vary
	maxDef, maxRep uint8
	typ            arrow.DataType
}

// A parquetSchema is a file's schema.
type parquetSchema struct {
	columns []*parquetNode
	leaves  []*parquetLeaf
	arrow   *arrow.Schema
}

// newParquetSchema builds the tree that a footer's elements describe in preorder.
func newParquetSchema(elements []parquetElement) (*parquetSchema, error) {
	b := &parquetTree{rest: elements}
	root := b.next(maxParquetDepth)
	if b.bad || len(b.rest) > 0 || len(root.children) == 0 {
		return nil, malformed("the footer's schema makes no sense")
	}
	s := &parquetSchema{}
	fields := make([]arrow.Field, len(root.children))
	for i, child := range root.children {
		node, err := s.node(child, 0, 0, "")
		if err != nil {
			return nil, err
		}
		s.columns = append(s.columns, node)
		fields[i] = node.field()
	}
	s.arrow = arrow.NewSchema(fields, nil)
	return s, nil
}

func (n *parquetNode) field() arrow.Field {
	return arrow.Field{Name: n.name, Type: n.typ, Nullable: true}
}

// A parquetTree makes a tree of elements.
type parquetTree struct {
	rest []parquetElement
	bad  bool
}

type parquetBranch struct {
	parquetElement
	children []*parquetBranch
}

func (b *parquetTree) next(depth int) *parquetBranch {
	if len(b.rest) == 0 || depth == 0 {
		b.bad = true
		return &parquetBranch{}
	}
	branch := &parquetBranch{parquetElement: b.rest[0]}
	b.rest = b.rest[1:]
	for range branch.parquetElement.children {
		if b.bad {
			break
		}
		branch.children = append(branch.children, b.next(depth-1))
	}
	return branch
}

func (b *parquetBranch) repeated() bool { return b.repetition == 2 }

// annotated reports whether a branch has a logical type, or the converted type of older files.
func (b *parquetBranch) annotated(logical int16, converted ...int32) bool {
	if b.logical.member != 0 {
		return b.logical.member == logical
	}
	for _, c := range converted {
		if b.converted == c {
			return true
		}
	}
	return false
}

// node builds what a branch stands for within a parent with the given levels. A repeated field that no
// list or map is around is a list of its own.
func (s *parquetSchema) node(b *parquetBranch, def, rep uint8, path string) (*parquetNode, error) {
	if path != "" {
		path += "."
	}
	path += b.name
	if b.repeated() {
		item, err := s.value(b, def+1, rep+1, path)
		if err != nil {
			return nil, err
		}
		return listNode(b.name, item, def, rep), nil
	}
	if b.repetition == 1 {
		def++
	}
	return s.value(b, def, rep, path)
}

func listNode(name string, item *parquetNode, def, rep uint8) *parquetNode {
	return &parquetNode{
		name: name, kind: parquetList, typ: arrow.ListOf(item.typ),
		def: def, rep: rep, itemDef: def + 1, children: []*parquetNode{item},
	}
}

// value builds what a branch stands for apart from its repetition.
func (s *parquetSchema) value(b *parquetBranch, def, rep uint8, path string) (*parquetNode, error) {
	if len(b.children) == 0 {
		return s.leafNode(b, def, rep, path)
	}
	if len(b.children) == 1 && b.children[0].repeated() {
		repeated := b.children[0]
		if b.annotated(logicalList, 3) {
			return s.list(b, repeated, def, rep, path)
		}
		if b.annotated(logicalMap, 1, 2) && len(repeated.children) == 2 {
			return s.mapping(b, repeated, def, rep, path)
		}
	}
	n := &parquetNode{name: b.name, kind: parquetStruct, def: def, rep: rep}
	fields := make([]arrow.Field, len(b.children))
	for i, child := range b.children {
		node, err := s.node(child, def, rep, path)
		if err != nil {
			return nil, err
		}
		n.children = append(n.children, node)
		fields[i] = node.field()
	}
	n.typ = arrow.StructOf(fields...)
	return n, nil
}

// list builds a list of three levels, or of two as older writers made it (LogicalTypes.md, "Backward
// compatibility rules").
func (s *parquetSchema) list(b, repeated *parquetBranch, def, rep uint8, path string) (*parquetNode, error) {
	var item *parquetNode
	var err error
	two := len(repeated.children) != 1 || repeated.children[0].repeated() ||
		repeated.name == "array" || repeated.name == b.name+"_tuple"
	if two {
		item, err = s.value(repeated, def+1, rep+1, path+"."+repeated.name)
	} else {
		item, err = s.node(repeated.children[0], def+1, rep+1, path+"."+repeated.name)
	}
	if err != nil {
		return nil, err
	}
	return listNode(b.name, item, def, rep), nil
}

func (s *parquetSchema) mapping(b, repeated *parquetBranch, def, rep uint8, path string) (*parquetNode, error) {
	path += "." + repeated.name
	key, err := s.node(repeated.children[0], def+1, rep+1, path)
	if err != nil {
		return nil, err
	}
	value, err := s.node(repeated.children[1], def+1, rep+1, path)
	if err != nil {
		return nil, err
	}
	return &parquetNode{
		name: b.name, kind: parquetMap, typ: arrow.MapOf(key.typ, value.typ),
		def: def, rep: rep, itemDef: def + 1, children: []*parquetNode{key, value},
	}, nil
}

func (s *parquetSchema) leafNode(b *parquetBranch, def, rep uint8, path string) (*parquetNode, error) {
	l := &parquetLeaf{index: len(s.leaves), path: path, physical: b.physical, maxDef: def, maxRep: rep}
	switch b.physical {
	case physicalBool:
		l.width = 1
	case physicalInt32, physicalFloat:
		l.width = 4
	case physicalInt64, physicalDouble:
		l.width = 8
	case physicalInt96:
		l.width = 12
	case physicalFixed:
		l.width = int(b.length)
		if b.length < 1 || b.length > 1<<20 {
			return nil, malformed("column %s claims to have values of %d bytes", schema.Quote(path), b.length)
		}
	case physicalBytes:
	default:
		return nil, malformed("column %s is of no known type", schema.Quote(path))
	}
	if l.typ = leafType(b, l.width); l.typ == nil {
		return nil, malformed("column %s has a logical type that its physical type cannot have", schema.Quote(path))
	}
	s.leaves = append(s.leaves, l)
	return &parquetNode{name: b.name, kind: parquetValue, typ: l.typ, def: def, rep: rep, leaf: l}, nil
}

// leafType returns the Arrow type of a column's values, or nil where the annotation does not fit.
func leafType(b *parquetBranch, width int) arrow.DataType {
	l := b.logical
	if l.member == 0 {
		l = fromConverted(b)
	}
	if l.member == logicalNull {
		return arrow.Null
	}
	switch b.physical {
	case physicalBool:
		return arrow.FixedWidthTypes.Boolean
	case physicalFloat:
		return arrow.PrimitiveTypes.Float32
	case physicalDouble:
		return arrow.PrimitiveTypes.Float64
	case physicalInt96:
		return &arrow.TimestampType{Unit: arrow.Nanosecond}
	case physicalInt32:
		return int32Type(l)
	case physicalInt64:
		return int64Type(l)
	case physicalBytes:
		switch l.member {
		case logicalString, logicalEnum, logicalJSON:
			return arrow.BinaryTypes.String
		case logicalDecimal:
			return decimalType(l)
		}
		return arrow.BinaryTypes.Binary
	}
	switch {
	case l.member == logicalDecimal && width <= 32:
		return decimalType(l)
	case l.member == logicalDecimal:
		return nil
	case l.member == logicalFloat16:
		if width != 2 {
			return nil
		}
		return arrow.FixedWidthTypes.Float16
	case l.member == logicalInterval:
		return arrow.FixedWidthTypes.MonthDayNanoInterval
	}
	return &arrow.FixedSizeBinaryType{ByteWidth: width}
}

// fromConverted returns the logical type that a converted type of older files stands for.
func fromConverted(b *parquetBranch) parquetLogical {
	switch b.converted {
	case 0:
		return parquetLogical{member: logicalString}
	case 4:
		return parquetLogical{member: logicalEnum}
	case 5:
		return parquetLogical{member: logicalDecimal, scale: b.scale, precision: b.precision}
	case 6:
		return parquetLogical{member: logicalDate}
	case 7, 8:
		return parquetLogical{member: logicalTime, unit: int16(b.converted - 6)}
	case 9, 10:
		return parquetLogical{member: logicalTimestamp, unit: int16(b.converted - 8), utc: true}
	case 11, 12, 13, 14:
		return parquetLogical{member: logicalInteger, width: 8 << (b.converted - 11)}
	case 15, 16, 17, 18:
		return parquetLogical{member: logicalInteger, width: 8 << (b.converted - 15), signed: true}
	case 19:
		return parquetLogical{member: logicalJSON}
	case 21:
		return parquetLogical{member: logicalInterval}
	}
	return parquetLogical{}
}

// int32Type returns the type of an INT32 column; integers of 8 and 16 bits are among those of 32.
func int32Type(l parquetLogical) arrow.DataType {
	switch l.member {
	case logicalInteger:
		if l.width > 32 {
			return nil
		}
		if !l.signed {
			return arrow.PrimitiveTypes.Uint32
		}
	case logicalDate:
		return arrow.FixedWidthTypes.Date32
	case logicalTime:
		if l.unit != 1 {
			return nil
		}
		return arrow.FixedWidthTypes.Time32ms
	case logicalDecimal:
		return decimalType(l)
	}
	return arrow.PrimitiveTypes.Int32
}

func int64Type(l parquetLogical) arrow.DataType {
	switch l.member {
	case logicalInteger:
		if !l.signed {
			return arrow.PrimitiveTypes.Uint64
		}
	case logicalTime:
		switch l.unit {
		case 2:
			return arrow.FixedWidthTypes.Time64us
		case 3:
			return arrow.FixedWidthTypes.Time64ns
		}
		return nil
	case logicalTimestamp:
		if l.unit < 1 || l.unit > 3 {
			return nil
		}
		t := &arrow.TimestampType{Unit: arrow.TimeUnit(l.unit)}
		if l.utc {
			t.TimeZone = "UTC"
		}
		return t
	case logicalDecimal:
		return decimalType(l)
	}
	return arrow.PrimitiveTypes.Int64
}

// decimalType returns a decimal's type, which is as wide as its precision needs.
func decimalType(l parquetLogical) arrow.DataType {
	if l.precision < 1 || l.precision > maxDecimalScale || l.scale < -maxDecimalScale || l.scale > maxDecimalScale {
		return nil
	}
	if l.precision <= 38 {
		return &arrow.Decimal128Type{Precision: l.precision, Scale: l.scale}
	}
	return &arrow.Decimal256Type{Precision: l.precision, Scale: l.scale}
}
