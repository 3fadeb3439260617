package publish_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

// TestCroissantConforms holds croissant.json to its specification, whose own validator asks for little of
// it: at every level, what is required is there, of the right type, and true to the bundle.
func TestCroissantConforms(t *testing.T) {
	for name := range bundles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := buildBundle(t, name)
			for _, fault := range croissantFaults(b, b.read(t, "croissant.json")) {
				t.Error(fault)
			}
		})
	}
}

// TestCroissantFaultsAreSeen holds the test above to what it promises: without any one of the properties
// that it is for, and with any one of another type, it finds a fault.
func TestCroissantFaultsAreSeen(t *testing.T) {
	b := buildBundle(t, "types")
	text := b.read(t, "croissant.json")
	optional := map[string]bool{"description": true, "arrayShape": true, "key": true, "transform": true, "equivalentProperty": true,
		"email": true, "affiliation": true, "sameAs": true, "url": true, "copyrightNotice": true, "license": true, "text": true}
	tried, seen := 0, make(map[string]bool)
	var spoil func(root, node any, level int)
	spoil = func(root, node any, level int) {
		switch node := node.(type) {
		case []any:
			for _, item := range node {
				spoil(root, item, level)
			}
		case map[string]any:
			keys := slices.Sorted(maps.Keys(node))
			if shape := fmt.Sprint(keys, node["@type"]); seen[shape] {
				return // One of each kind will do.
			} else {
				seen[shape] = true
			}
			for _, key := range keys {
				if key == "@context" || level > 0 && optional[key] || strings.HasPrefix(key, "rai:") {
					continue
				}
				value := node[key]
				for _, bad := range []any{nil, map[string]any{}} {
					node[key] = bad
					if bad == nil {
						delete(node, key)
					}
					changed, err := json.Marshal(root)
					if err != nil {
						t.Fatal(err)
					}
					tried++
					if len(croissantFaults(b, changed)) == 0 {
						t.Errorf("level %d: %q with the value %v is no fault", level, key, bad)
					}
					node[key] = value
				}
				spoil(root, value, level+1)
			}
		}
	}
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	spoil(doc, doc, 0)
	if tried < 200 {
		t.Errorf("only %d faults were tried", tried)
	}
}

// A croissantChecker gathers what is wrong with a croissant.json.
type croissantChecker struct {
	bundle  builtBundle
	faults  []string
	ids     map[string]bool
	refs    []string // @ids that must be there
	columns map[string]bool
}

func croissantFaults(b builtBundle, text []byte) []string {
	c := &croissantChecker{bundle: b, ids: make(map[string]bool), columns: make(map[string]bool)}
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		return []string{err.Error()}
	}
	c.dataset(doc)
	for _, ref := range c.refs {
		if !c.ids[ref] {
			c.fault("nothing has the @id %q that is referred to", ref)
		}
	}
	for _, config := range b.declaration.Configs {
		for _, f := range config.Schema.Fields {
			c.described(f, config.Name+" "+schema.PathName(f.Name))
		}
	}
	return c.faults
}

// described asks that the single values in f are described, where a map is a list of keys and values.
func (c *croissantChecker) described(f *schema.Field, place string) {
	switch {
	case f.Type == schema.List:
		c.described(f.Items, place+"[]")
	case f.Type == schema.Map:
		c.described(f.Values, place+"[].value")
	case f.Type == schema.Struct:
		for _, child := range f.Fields {
			c.described(child, place+"."+schema.PathName(child.Name))
		}
	case !c.columns[place]:
		c.fault("%s is not described", place)
	}
}

func (c *croissantChecker) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

var patterns sync.Map // of *regexp.Regexp

// compiled returns what matches a whole text.
func compiled(pattern string) *regexp.Regexp {
	re, ok := patterns.Load(pattern)
	if !ok {
		re, _ = patterns.LoadOrStore(pattern, regexp.MustCompile(`^(?s:`+pattern+`)$`))
	}
	return re.(*regexp.Regexp)
}

// text returns a property that must be a text and match a pattern.
func (c *croissantChecker) text(node map[string]any, key, pattern string) string {
	s, ok := node[key].(string)
	if !ok || !compiled(pattern).MatchString(s) {
		c.fault("%v: %q is %v", node["@id"], key, node[key])
	}
	return s
}

// list returns the objects that a property holds, one or several.
func (c *croissantChecker) list(node map[string]any, key string) []map[string]any {
	var objects []map[string]any
	items, ok := node[key].([]any)
	if !ok || len(items) == 0 {
		c.fault("%v: %q is no list of objects", node["@id"], key)
	}
	for _, item := range items {
		object, ok := item.(map[string]any)
		if !ok {
			c.fault("%v: an item of %q is no object", node["@id"], key)
			continue
		}
		objects = append(objects, object)
	}
	return objects
}

// id takes note of a node's @id, which is an IRI and no other node's.
func (c *croissantChecker) id(node map[string]any) string {
	id := c.text(node, "@id", `[^\s<>"{}|\\^`+"`"+`]+`)
	if c.ids[id] {
		c.fault("the @id %q is there twice", id)
	}
	c.ids[id] = true
	return id
}

// reference takes note that node refers to another.
func (c *croissantChecker) reference(node any) {
	object, ok := node.(map[string]any)
	if id, isText := object["@id"].(string); ok && isText && len(object) == 1 {
		c.refs = append(c.refs, id)
		return
	}
	c.fault("%v is no reference", node)
}

const (
	anything = `.*\S.*`
	aURL     = `https?://\S+`
	aDay     = `\d{4}-\d{2}-\d{2}`
)

func (c *croissantChecker) dataset(doc map[string]any) {
	d := c.bundle.declaration.Dataset
	c.context(doc)
	c.text(doc, "@type", `sc:Dataset`)
	c.conformsTo(doc)
	for key, want := range map[string]string{
		"name": d.Title, "alternateName": d.Name, "version": d.Version, "sdVersion": d.Version, "datePublished": d.Date, "dateModified": d.Date,
		"description": d.Description,
	} {
		if got := c.text(doc, key, anything); got != want {
			c.fault("%q is %q, declared is %q", key, got, want)
		}
	}
	c.text(doc, "datePublished", aDay)
	c.text(doc, "url", aURL+`|README\.md`)
	c.text(doc, "citeAs", `@misc\{.*\}\n`)
	if live, ok := doc["isLiveDataset"].(bool); !ok || live {
		c.fault("isLiveDataset is %v", doc["isLiveDataset"])
	}
	c.license(doc["license"])
	c.texts(doc, "keywords", d.Keywords)
	c.texts(doc, "inLanguage", d.Languages)
	for _, creator := range c.list(doc, "creator") {
		c.text(creator, "@type", `sc:(Person|Organization)`)
		c.text(creator, "name", anything)
	}
	c.provenance(doc)
	c.distribution(doc)
	c.recordSets(doc)
}

// context asks for the names of the specification's appendix.
func (c *croissantChecker) context(doc map[string]any) {
	context, _ := doc["@context"].(map[string]any)
	for _, key := range strings.Fields(`@vocab sc cr rai dct annotation arrayShape citeAs column conformsTo containedIn data dataType
		equivalentProperty examples excludes extract field fileProperty fileObject fileSet format includes isArray isLiveDataset jsonPath
		key md5 parentField recordSet references regex readLines sdVersion separator source subField transform unArchive value`) {
		if context[key] == nil {
			c.fault("@context has no %q", key)
		}
	}
}

func (c *croissantChecker) conformsTo(doc map[string]any) {
	specifications := []string{fmt.Sprint(doc["conformsTo"])}
	if list, ok := doc["conformsTo"].([]any); ok {
		specifications = nil
		for _, s := range list {
			specifications = append(specifications, fmt.Sprint(s))
		}
	}
	if !slices.Contains(specifications, "http://mlcommons.org/croissant/1.1") {
		c.fault("conformsTo is %v", specifications)
	}
	responsible := map[string]string{"collection": "rai:dataCollection", "preprocessing": "rai:dataPreprocessingProtocol",
		"annotations": "rai:dataAnnotationProtocol", "personal_data": "rai:personalSensitiveInformation", "uses": "rai:dataUseCases",
		"limitations": "rai:dataLimitations", "maintenance": "rai:dataReleaseMaintenancePlan"}
	known := 0
	for _, s := range c.bundle.declaration.Card {
		if key := responsible[s.Name]; key != "" {
			known++
			if doc[key] != s.Text {
				c.fault("%q is %v, declared is %q", key, doc[key], s.Text)
			}
		}
		if s.Name == "uses" {
			info, _ := doc["usageInfo"].(map[string]any)
			c.text(info, "@type", "sc:CreativeWork")
			c.text(info, "name", anything)
			c.text(info, "url", `README\.md`)
		}
	}
	if slices.Contains(specifications, "http://mlcommons.org/croissant/RAI/1.0") != (known > 0) {
		c.fault("conformsTo is %v with %d properties of the extension", specifications, known)
	}
}

// license takes the address of a license, or a work that has one.
func (c *croissantChecker) license(value any) {
	switch value := value.(type) {
	case string:
		c.text(map[string]any{"license": value}, "license", aURL)
	case map[string]any:
		c.text(value, "@type", "sc:CreativeWork")
		c.text(value, "name", anything)
	default:
		c.fault("license is %v", value)
	}
}

func (c *croissantChecker) texts(doc map[string]any, key string, want []string) {
	if got := fmt.Sprintf("%v", doc[key]); got != fmt.Sprintf("%v", want) || len(want) == 0 {
		c.fault("%q is %v, declared are %q", key, doc[key], want)
	}
}

func (c *croissantChecker) provenance(doc map[string]any) {
	sources := c.list(doc, "prov:wasDerivedFrom")
	if len(sources) != len(c.bundle.declaration.Sources) {
		c.fault("%d sources are named", len(sources))
	}
	for _, s := range sources {
		c.text(s, "@type", "prov:Entity")
		c.text(s, "name", anything)
		if s["license"] != nil {
			c.license(s["license"])
		}
	}
}

// distribution asks for every file that is not about the bundle as a whole, with its size and digest, and
// for sets that have just the files of their configs.
func (c *croissantChecker) distribution(doc map[string]any) {
	left := make(map[string]catalog.File)
	for _, f := range c.bundle.manifest.Files {
		if f.Name != "croissant.json" {
			left[f.Name] = f
		}
	}
	for _, node := range c.list(doc, "distribution") {
		c.id(node)
		name := c.text(node, "name", anything)
		c.encodingFormat(node)
		if node["@type"] == "cr:FileSet" {
			c.fileSet(node)
			continue
		}
		c.text(node, "@type", "cr:FileObject")
		f := left[name]
		delete(left, name)
		for key, want := range map[string]string{"contentUrl": f.Name, "sha256": f.SHA256, "contentSize": fmt.Sprintf("%d B", f.Size)} {
			if node[key] != want {
				c.fault("%s: %q is %v, not %s", name, key, node[key], want)
			}
		}
	}
	if len(left) > 0 {
		c.fault("files without a FileObject: %v", slices.Sorted(maps.Keys(left)))
	}
}

func (c *croissantChecker) encodingFormat(node map[string]any) {
	types, ok := node["encodingFormat"].([]any)
	if !ok {
		types = []any{node["encodingFormat"]}
	}
	for _, typ := range types {
		c.text(map[string]any{"@id": node["@id"], "encodingFormat": typ}, "encodingFormat", `[a-z]+/[a-z0-9.+-]+`)
	}
}

func (c *croissantChecker) fileSet(node map[string]any) {
	globs, _ := node["includes"].([]any)
	owners := make(map[string]bool)
	matched := 0
	for _, f := range c.bundle.manifest.Files {
		for _, glob := range globs {
			if ok, _ := path.Match(fmt.Sprint(glob), f.Name); ok {
				matched++
				owners[f.Config] = true
			}
		}
	}
	files := 0
	for _, f := range c.bundle.manifest.Files {
		if f.Role == catalog.RoleData && owners[f.Config] {
			files++
		}
	}
	if len(owners) != 1 || matched != files {
		c.fault("%v: includes %v match %d files of %v", node["@id"], globs, matched, owners)
	}
}

func (c *croissantChecker) recordSets(doc map[string]any) {
	configs := make(map[string]*schema.Schema)
	for _, config := range c.bundle.declaration.Configs {
		configs[config.Name] = config.Schema
	}
	for _, node := range c.list(doc, "recordSet") {
		c.text(node, "@type", "cr:RecordSet")
		c.id(node)
		name := c.text(node, "name", anything)
		fields := c.list(node, "field")
		if node["key"] != nil {
			for _, ref := range c.list(node, "key") {
				c.reference(ref)
			}
		}
		if node["data"] != nil || configs[name] == nil {
			c.splits(node, fields)
			continue
		}
		c.annotations(node)
		for i, f := range fields {
			column := ""
			if i > 0 { // The first says the split.
				column = name + " " + schema.PathName(fmt.Sprint(f["name"]))
			}
			c.field(f, column)
		}
	}
}

// splits asks for a record set of splits, with a value of every field in every record.
func (c *croissantChecker) splits(node map[string]any, fields []map[string]any) {
	c.text(node, "dataType", "cr:Split")
	if node["key"] == nil {
		c.fault("%v has no key", node["@id"])
	}
	for _, f := range fields {
		c.text(f, "@type", "cr:Field")
		c.id(f)
		c.text(f, "name", anything)
		c.dataTypes(f)
	}
	for _, row := range c.list(node, "data") {
		for _, f := range fields {
			if _, ok := row[fmt.Sprint(f["@id"])].(string); !ok || len(row) != len(fields) {
				c.fault("%v: a record is %v", node["@id"], row)
			}
		}
	}
}

// field asks for a field's own properties, and for those of the fields in it. Column is the config and path
// of the declared field that it describes.
func (c *croissantChecker) field(node map[string]any, column string) {
	c.text(node, "@type", "cr:Field")
	c.id(node)
	c.text(node, "name", anything)
	if isArray, ok := node["isArray"].(bool); node["isArray"] != nil || node["arrayShape"] != nil {
		shape := c.text(node, "arrayShape", `(-1|\d+)(,(-1|\d+))*`)
		if !ok || !isArray {
			c.fault("%v: isArray is %v", node["@id"], node["isArray"])
		}
		column += strings.Repeat("[]", strings.Count(shape, ",")+1)
	}
	c.columns[column] = true
	if column != "" && !strings.HasSuffix(column, "[].key") {
		c.annotations(node)
	}
	if column == "" || node["references"] != nil { // A split is one of those that are described.
		references, _ := node["references"].(map[string]any)
		c.reference(references["field"])
	}
	if node["subField"] == nil {
		c.dataTypes(node)
		c.source(node, strings.Count(column, "[]."))
		return
	}
	for _, sub := range c.list(node, "subField") {
		c.field(sub, column+"."+schema.PathName(fmt.Sprint(sub["name"])))
	}
}

func (c *croissantChecker) dataTypes(node map[string]any) {
	types, ok := node["dataType"].([]any)
	if !ok {
		types = []any{node["dataType"]}
	}
	for _, typ := range types {
		c.text(map[string]any{"@id": node["@id"], "dataType": typ}, "dataType", `(sc|cr|xsd|rdf|wd|ddi-stats):\w+`)
	}
}

// source asks for where a field's values are. Below two lists there is none.
func (c *croissantChecker) source(node map[string]any, lists int) {
	source, ok := node["source"].(map[string]any)
	if !ok {
		if lists < 2 || node["source"] != nil {
			c.fault("%v has no source", node["@id"])
		}
		return
	}
	c.reference(source["fileSet"])
	extract, _ := source["extract"].(map[string]any)
	if len(extract) != 1 {
		c.fault("%v: extract is %v", node["@id"], source["extract"])
	}
	for key := range extract {
		c.text(map[string]any{"@id": node["@id"], key: extract[key], "key": key}, "key", "column|fileProperty")
		c.text(extract, key, anything)
	}
	if source["transform"] != nil {
		for _, step := range c.list(source, "transform") {
			for key := range step {
				c.text(map[string]any{"@id": node["@id"], "key": key}, "key", "jsonPath|regex")
				c.text(step, key, anything)
			}
			if len(step) != 1 {
				c.fault("%v: a transform is %v", node["@id"], step)
			}
		}
	}
}

// annotations asks for statistics, each with its term and value.
func (c *croissantChecker) annotations(node map[string]any) {
	for _, a := range c.list(node, "annotation") {
		c.text(a, "@type", "cr:Field")
		c.id(a)
		c.text(a, "name", anything)
		c.text(a, "dataType", `(wd|ddi-stats):\w+`)
		switch a["value"].(type) {
		case float64, string:
		default:
			c.fault("%v: value is %v", a["@id"], a["value"])
		}
	}
}
