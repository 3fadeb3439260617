package schema

import (
	"strings"
	"unicode"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bindery-data/bindery/schema/toml"
)

// The limits of a declaration's fields.
const (
	MaxFields    = 10_000 // of one config, at every level together
	MaxNesting   = 32     // levels of fields within fields
	MaxFieldName = 256    // bytes
	MaxKeyFields = 32     // in a primary key

	// maxPatterns bounds the patterns of one declaration together, in steps of the programs that they
	// are compiled to; x{0,9} takes about 18.
	maxPatterns = 1 << 20
)

// Declare reads the one schema of a declaration; see Declarer.
func Declare(t *toml.Table) *Schema { return new(Declarer).Declare(t) }

// A Declarer reads the schemas of one declaration, and bounds what they take together.
type Declarer struct {
	problems *toml.Problems
	count    int // fields of the schema at hand
	patterns int // steps of the patterns of all schemas
}

// Declare reads the keys "schema" and "fields" of a config's table, as the package comment specifies
// them. It reports every mistake to the table's problems, and returns nil if there was one.
func (d *Declarer) Declare(t *toml.Table) *Schema {
	before := t.Problems.Count()
	d.problems, d.count = t.Problems, 0
	s := &Schema{NullValues: []string{""}}
	if fields := t.Table("fields"); fields != nil {
		s.Fields = d.fields(fields, 1)
	} else if !t.Has("fields") {
		t.Report("fields", "declare each column under ["+t.Path("fields.NAME")+"]", "no fields are declared")
	}
	if options := t.Table("schema"); options != nil {
		s.PrimaryKey = d.primaryKey(options, s.Fields)
		if options.Has("null_values") {
			s.NullValues = nodeTexts(options.Strings("null_values"))
		}
		options.End()
	}
	if t.Problems.Count() > before {
		return nil
	}
	s.Number()
	return s
}

func nodeTexts(nodes []*toml.Node) []string {
	list := make([]string, len(nodes))
	for i, n := range nodes {
		list[i] = n.Text
	}
	return list
}

// fields reads a table of fields. On a mistake, what it returns is not whole.
func (d *Declarer) fields(t *toml.Table, depth int) []*Field {
	var fields []*Field
	folded := make(map[string]string)
	for _, e := range t.Each() {
		d.checkName(e.Key, folded)
		if e.Table != nil {
			fields = append(fields, d.field(e.Name, e.Table, depth))
		}
	}
	if len(t.Node.Keys) == 0 {
		d.problems.Add(t.Node.At, "declare each field under its name", "no fields are declared here")
	}
	return fields
}

// checkName checks a field's name, against those before it too, which are in folded by their names
// without regard to letter case.
func (d *Declarer) checkName(k *toml.Key, folded map[string]string) {
	name := k.Name
	hint := ""
	what := ""
	switch {
	case name == "":
		what = "is empty"
	case len(name) > MaxFieldName:
		what = "is longer than 256 bytes"
	case strings.ContainsFunc(name, unicode.IsControl):
		what = "has a control character"
	case strings.TrimSpace(name) != name:
		what = "begins or ends with white space"
	}
	fold := strings.ToLower(strings.ToUpper(name))
	if other, ok := folded[fold]; ok && what == "" {
		what = "differs from " + toml.Quote(other) + " in letter case alone"
		hint = "rename one: many readers take the two for the same"
	}
	folded[fold] = name
	if what != "" {
		d.problems.Add(k.At, hint, "the field name %s %s", toml.Quote(name), what)
	}
}

// field reads one field and those inside it.
func (d *Declarer) field(name string, t *toml.Table, depth int) *Field {
	f := &Field{Name: name, Type: declaredType(t)}
	f.Description, _ = t.String("description")
	if d.count++; d.count == MaxFields+1 {
		d.problems.Add(t.Node.At, "", "there are more than %d fields", MaxFields)
	}
	r := fieldReader{d, t, f}
	r.decimal()
	r.clock()
	d.nested(r, depth)
	r.constraints()
	if t.Has("nullable") { // what other schemas call it
		t.Misplaced("nullable", "a field may be null unless it has required = true", "unknown key %s", toml.Quote("nullable"))
	}
	t.End()
	return f
}

func declaredType(t *toml.Table) Type {
	name, ok := t.String("type")
	if !ok {
		if !t.Has("type") {
			t.Report("type", "types are "+strings.Join(TypeNames(), ", "), "this field has no type")
		}
		return Invalid
	}
	declared, ok := TypeNamed(name)
	if !ok {
		t.Report("type", suggestType(name), "there is no type %s", toml.Quote(name))
	}
	return declared
}

// otherWords are names that other tools have for types.
var otherWords = map[string]Type{
	"int": Int64, "integer": Int64, "long": Int64, "float": Float64, "number": Float64, "double": Float64,
	"str": String, "text": String, "boolean": Bool, "datetime": Timestamp, "bytes": Binary, "array": List,
	"object": Struct,
}

// suggestType returns a hint for a name that no type has.
func suggestType(name string) string {
	if t, ok := otherWords[strings.ToLower(name)]; ok {
		return "did you mean " + toml.Quote(t.String()) + "?"
	}
	return toml.Suggest(name, TypeNames())
}

// nested reads the fields that a list, struct or map is made of.
func (d *Declarer) nested(r fieldReader, depth int) {
	f := r.field
	inner := func(key, name, example string) *Field {
		if !r.holds(key, example) || !d.within(r.table, depth) {
			return nil
		}
		if t := r.table.Table(key); t != nil {
			return d.field(name, t, depth+1)
		}
		return nil
	}
	f.Items = inner("items", "item", `items = { type = "string" }`)
	f.Values = inner("values", "value", `values = { type = "string" }`)
	if r.holds("fields", "declare them under ["+r.table.Path("fields.NAME")+"]") && d.within(r.table, depth) {
		if t := r.table.Table("fields"); t != nil {
			f.Fields = d.fields(t, depth+1)
		}
	}
}

func (d *Declarer) within(t *toml.Table, depth int) bool {
	if depth == MaxNesting {
		t.Problems.Add(t.Node.At, "", "fields are nested more than %d levels deep", MaxNesting)
	}
	return depth < MaxNesting
}

func (d *Declarer) primaryKey(t *toml.Table, fields []*Field) []*Field {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	nodes := t.Strings("primary_key")
	if len(nodes) > MaxKeyFields {
		t.Report("primary_key", "", "the primary key has more than %d fields", MaxKeyFields)
		return nil
	}
	if t.Empty("primary_key") {
		t.Report("primary_key", "name a field, or leave primary_key out", "the primary key names no field")
	}
	var key []*Field
	seen := make(map[string]bool)
	for _, n := range nodes {
		f := find(fields, n.Text)
		switch {
		case f == nil:
			d.problems.Add(n.At, toml.Suggest(n.Text, names), "the primary key names %s, which is no top-level field", toml.Quote(n.Text))
		case f.Type.Nested() || f.Type == JSON:
			d.problems.Add(n.At, "name fields that hold a single value",
				"the field %s is of type %s and cannot be in a primary key", toml.Quote(n.Text), f.Type)
		case seen[n.Text]:
			d.problems.Add(n.At, "name it once", "the primary key names %s twice", toml.Quote(n.Text))
		default:
			f.Required = true
			key = append(key, f)
		}
		seen[n.Text] = true
	}
	return key
}

func find(fields []*Field, name string) *Field {
	for _, f := range fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// units are the names of the units of times and timestamps.
var units = map[string]arrow.TimeUnit{"ms": arrow.Millisecond, "us": arrow.Microsecond, "ns": arrow.Nanosecond}

// clock reads the unit of a time or timestamp, and the zone of the latter.
func (r fieldReader) clock() {
	f, t := r.field, r.table
	if r.fits("unit") {
		f.Unit = arrow.Microsecond
		if name, ok := t.String("unit"); ok {
			if f.Unit, ok = units[name]; !ok {
				f.Unit = arrow.Nanosecond
				t.Report("unit", "units are ms, us, ns", "there is no unit %s", toml.Quote(name))
			}
		}
	}
	if !r.fits("zone") {
		return
	}
	f.Zone = "UTC"
	if name, ok := t.String("zone"); ok {
		f.Zone = name
		if name == "none" {
			f.Zone = ""
		} else if !zones()[name] {
			t.Report("zone", `write an IANA name such as "Europe/Oslo", "UTC", or "none" for local time`,
				"there is no time zone %s", toml.Quote(name))
		}
	}
}

const maxPrecision = 38

// decimal reads the digits of a decimal. On a mistake the precision is left at 0, and the field's values
// are not read.
func (r fieldReader) decimal() {
	precision, ok := r.digits("precision", "precision = 10 allows ten digits in all", 1, maxPrecision)
	limit := int64(maxPrecision)
	if ok {
		limit = precision
	}
	scale, scaled := r.digits("scale", "scale = 2 puts two of the digits after the point", 0, limit)
	if ok && scaled {
		r.field.Precision, r.field.Scale = int32(precision), int32(scale)
	}
}

func (r fieldReader) digits(key, hint string, least, most int64) (int64, bool) {
	if !r.needs(key, hint) {
		return 0, false
	}
	n, ok := r.table.Int(key)
	if ok && (n < least || n > most) {
		r.table.Report(key, hint, "%s must be %d to %d, not %d", key, least, most, n)
		return 0, false
	}
	return n, ok
}
