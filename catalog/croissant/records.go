package croissant

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

type reference struct {
	ID string `json:"@id"`
}

// A referenced names a field of another record set as readers expect it. The specification's own examples
// leave out the level of "field", which the reference implementation refuses.
type referenced struct {
	Field reference `json:"field"`
}

type recordSet struct {
	Type        string              `json:"@type"`
	ID          string              `json:"@id"`
	DataType    string              `json:"dataType,omitempty"`
	Name        string              `json:"name"`
	Description string              `json:"description,omitempty"`
	Key         []reference         `json:"key,omitempty"`
	Annotation  []annotation        `json:"annotation,omitempty"`
	Field       []field             `json:"field"`
	Data        []map[string]string `json:"data,omitempty"`
}

type field struct {
	Type        string       `json:"@type"`
	ID          string       `json:"@id"`
	Name        string       `json:"name"`
	Description string       `json:"description,omitempty"`
	DataType    any          `json:"dataType,omitempty"`
	IsArray     bool         `json:"isArray,omitempty"`
	ArrayShape  string       `json:"arrayShape,omitempty"`
	Source      *dataSource  `json:"source,omitempty"`
	References  *referenced  `json:"references,omitempty"`
	Annotation  []annotation `json:"annotation,omitempty"`
	SubField    []field      `json:"subField,omitempty"`
}

type dataSource struct {
	FileSet   reference   `json:"fileSet"`
	Extract   extract     `json:"extract"`
	Transform []transform `json:"transform,omitempty"`
}

type extract struct {
	Column       string `json:"column,omitempty"`
	FileProperty string `json:"fileProperty,omitempty"`
}

type transform struct {
	Regex    string `json:"regex,omitempty"`
	JSONPath string `json:"jsonPath,omitempty"`
}

// records describes the records of one config.
type records struct {
	config catalog.Config
	// The @ids of the config's record set, its files, its splits and the field that says a record's split.
	id, files, splitSet, splitField string
	written                         int64
	statistics                      *catalog.ConfigStatistics // nil where there are none
}

func newRecords(c catalog.Config, n *ids, m *catalog.Manifest) *records {
	id := n.configs[c.Name]
	b := &records{
		config: c, id: id,
		files: n.unused(id + "_files"), splitSet: n.unused(id + "_splits"), splitField: n.unused(id + "/split"),
	}
	for _, s := range m.Splits {
		if s.Config == c.Name {
			b.written += s.Written
		}
	}
	return b
}

// recordSet describes the records themselves: their fields, and the split that each is in.
func (b *records) recordSet() recordSet {
	rs := recordSet{
		Type: "cr:RecordSet", ID: b.id, Name: b.config.Name, Description: b.config.Description,
		Annotation: b.counted(), Field: []field{b.split()},
	}
	for _, f := range b.config.Schema.PrimaryKey {
		rs.Key = append(rs.Key, reference{fieldID(b.id, f)})
	}
	for _, f := range b.config.Schema.Fields {
		rs.Field = append(rs.Field, b.field(f, fieldID(b.id, f), b.column(f)))
	}
	return rs
}

// A way leads from a record to the values of a field.
type way struct {
	source dataSource
	// lists is how many lists of structs were entered on the way.
	lists int
}

// column returns the way to a top-level field.
func (b *records) column(f *schema.Field) way {
	return way{source: dataSource{FileSet: reference{b.files}, Extract: extract{Column: f.Name}}}
}

// member returns the way on to a member of a struct: one more transform, which is applied to each item of a
// list.
func (w way) member(name string, lists int) way {
	steps := append(slices.Clip(w.source.Transform), transform{JSONPath: jsonPath(name)})
	w.source.Transform, w.lists = steps, w.lists+lists
	return w
}

// field describes f, to whose values w leads. A map is described as it is written: as a list of structs of
// key and value.
//
// A transform is applied to the items of one list, not to those of lists in it. So what lies in a list of
// structs within another is described without a source: readers pass it over, and read the rest.
func (b *records) field(f *schema.Field, id string, w way) field {
	out := field{
		Type: "cr:Field", ID: id, Name: f.Name, Description: f.Description, Annotation: b.annotations(f, id),
	}
	item, shape := f, []string(nil)
	for item.Type == schema.List {
		shape = append(shape, dimension(item))
		item = item.Items
		if out.Description == "" {
			out.Description = item.Description
		}
	}
	children := item.Fields
	if item.Type == schema.Map {
		shape = append(shape, dimension(item))
		children = entryFields(item)
	}
	if shape != nil {
		out.IsArray, out.ArrayShape = true, strings.Join(shape, ",")
	}
	if children == nil {
		out.DataType = dataType(item)
		if w.lists <= 1 {
			out.Source = &w.source
		}
		return out
	}
	for _, child := range children {
		out.SubField = append(out.SubField, b.field(child, fieldID(id, child), w.member(child.Name, len(shape))))
	}
	return out
}

// entryFields returns the two fields of a map's entries.
func entryFields(f *schema.Field) []*schema.Field {
	key := &schema.Field{Name: "key", Path: "", Type: schema.String}
	value := *f.Values
	value.Name = "value"
	return []*schema.Field{key, &value}
}

// dimension returns the size of a list as an array's shape has it: -1 where it is not always the same.
func dimension(f *schema.Field) string {
	if f.MinItems != nil && f.MaxItems != nil && *f.MinItems == *f.MaxItems {
		return fmt.Sprint(*f.MinItems)
	}
	return "-1"
}

// jsonPath returns the JSONPath of a struct's member.
func jsonPath(name string) string {
	return "$['" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(name) + "']"
}

// dataType returns the type of a field that is not nested. Where Croissant has no type for it, a type of
// XML Schema or RDF stands beside the one that the values are read as.
func dataType(f *schema.Field) any {
	switch f.Type {
	case schema.Bool:
		return "sc:Boolean"
	case schema.Float32, schema.Float64:
		return "cr:Float" + strings.TrimPrefix(f.Type.String(), "float")
	case schema.Decimal:
		return []string{"sc:Float", "xsd:decimal"}
	case schema.Date:
		return "sc:Date"
	case schema.Time:
		return "sc:Time"
	case schema.Timestamp:
		return "sc:DateTime"
	case schema.Binary:
		return []string{"sc:Text", "xsd:hexBinary"}
	case schema.JSON:
		return []string{"sc:Text", "rdf:JSON"}
	}
	if f.Type.Signed() {
		return "cr:Int" + strings.TrimPrefix(f.Type.String(), "int")
	}
	if f.Type.Unsigned() {
		return "cr:UInt" + strings.TrimPrefix(f.Type.String(), "uint")
	}
	if f.Format == "uri" {
		return "sc:URL"
	}
	return "sc:Text"
}

// split describes the field that says which split a record is in, as its file's name does. The expression
// takes what it gives, too, since mlcroissant applies it twice; and it repeats the class of digits, since
// mlcroissant makes a glob of it to load one split alone.
func (b *records) split() field {
	digits := strings.Repeat("[0-9]", 5)
	var names []string
	for _, s := range b.config.Splits {
		names = append(names, regexp.QuoteMeta(s.Name))
	}
	prefix := ""
	if b.config.Name != catalog.DefaultConfig {
		prefix = "(?:" + regexp.QuoteMeta(b.config.Name) + "-)?"
	}
	return field{
		Type: "cr:Field", ID: b.splitField, Name: "split", Description: "The split that the record is in.",
		DataType: "sc:Text",
		Source: &dataSource{
			FileSet: reference{b.files}, Extract: extract{FileProperty: "fullpath"},
			Transform: []transform{{Regex: "^" + prefix + "(" + strings.Join(names, "|") + ")(?:-" + digits + "-of-" + digits + `\.parquet)?$`}},
		},
		References: &referenced{reference{b.splitSet + "/name"}},
	}
}

// splitTerms are the splits that Croissant has a term for.
var splitTerms = map[string]string{
	"train": "cr:TrainingSplit", "training": "cr:TrainingSplit",
	"validation": "cr:ValidationSplit", "valid": "cr:ValidationSplit", "val": "cr:ValidationSplit", "dev": "cr:ValidationSplit",
	"test": "cr:TestSplit",
}

// splits describes the config's splits. Their field url says what they are for, where that is known of all.
func (b *records) splits() recordSet {
	name, url := b.splitSet+"/name", b.splitSet+"/url"
	rs := recordSet{
		Type: "cr:RecordSet", ID: b.splitSet, DataType: "cr:Split", Name: b.config.Name + " splits",
		Description: "The splits of " + b.config.Name + ".", Key: []reference{{name}},
		Field: []field{{Type: "cr:Field", ID: name, Name: "name", Description: "The name of the split.", DataType: "sc:Text"}},
	}
	known := true
	for _, s := range b.config.Splits {
		row := map[string]string{name: s.Name}
		if term := splitTerms[strings.ToLower(s.Name)]; term != "" {
			row[url] = term
		} else {
			known = false
		}
		rs.Data = append(rs.Data, row)
	}
	if known {
		rs.Field = append(rs.Field, field{Type: "cr:Field", ID: url, Name: "url", Description: "What the split is for.", DataType: []string{"sc:URL", "cr:Split"}})
		return rs
	}
	for _, row := range rs.Data {
		delete(row, url)
	}
	return rs
}
