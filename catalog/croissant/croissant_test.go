package croissant_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/catalog/croissant"
	"github.com/bindery-data/bindery/schema"
)

// least is a declaration of what must be declared, with one config of each name and the fields in it.
func least(configs map[string][]string) *catalog.Declaration {
	d := &catalog.Declaration{Dataset: catalog.Dataset{
		Name: "least", Title: "Least </script>", Version: "1.0.0", Date: "2026-01-31", License: "MIT"}}
	for name, fields := range configs {
		s := &schema.Schema{}
		for _, f := range fields {
			s.Fields = append(s.Fields, &schema.Field{Name: f, Type: schema.String})
		}
		s.Number()
		d.Configs = append(d.Configs, catalog.Config{Name: name, Schema: s, Splits: []catalog.Split{{Name: "train"}}})
	}
	return d
}

func render(t *testing.T, d *catalog.Declaration, m *catalog.Manifest) (map[string]any, []byte) {
	t.Helper()
	text, err := croissant.Render(d, m, nil)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return doc, text
}

// TestLeastDeclaration says what stands where nothing was declared: what is known, and nothing made up.
func TestLeastDeclaration(t *testing.T) {
	doc, text := render(t, least(map[string][]string{"default": {"a"}}), &catalog.Manifest{})
	for key, want := range map[string]any{
		"description": "Least </script>", "url": "README.md", "license": "https://spdx.org/licenses/MIT.html",
		"conformsTo": "http://mlcommons.org/croissant/1.1", "creator": nil, "keywords": nil, "inLanguage": nil, "prov:wasDerivedFrom": nil,
		"usageInfo": nil, "publisher": nil, "dateCreated": nil,
	} {
		if doc[key] != want {
			t.Errorf("%s is %v, want %v", key, doc[key], want)
		}
	}
	if bytes.Contains(text, []byte("</script>")) {
		t.Error("the document cannot stand in a page of HTML")
	}
}

// TestSectionsAreProperties has every section of [card] that responsible AI has a property for in it.
func TestSectionsAreProperties(t *testing.T) {
	d := least(map[string][]string{"default": {"a"}})
	for _, name := range catalog.CardSections() {
		d.Card = append(d.Card, catalog.CardSection{Name: name, Text: "<" + name + ">"})
	}
	doc, _ := render(t, d, &catalog.Manifest{})
	for name, property := range map[string]string{
		"collection": "dataCollection", "preprocessing": "dataPreprocessingProtocol", "annotations": "dataAnnotationProtocol",
		"personal_data": "personalSensitiveInformation", "uses": "dataUseCases", "limitations": "dataLimitations",
		"biases": "dataBiases", "social_impact": "dataSocialImpact", "maintenance": "dataReleaseMaintenancePlan",
	} {
		if got := doc["rai:"+property]; got != "<"+name+">" {
			t.Errorf("rai:%s is %v", property, got)
		}
	}
}

// TestSyntheticIsAnswered says whether data are synthetic where that is declared, and nothing where it is not.
func TestSyntheticIsAnswered(t *testing.T) {
	yes, no := true, false
	for _, test := range []struct {
		declared *bool
		want     any
	}{{nil, nil}, {&yes, true}, {&no, false}} {
		d := least(map[string][]string{"default": {"a"}})
		d.Dataset.Synthetic = test.declared
		doc, _ := render(t, d, &catalog.Manifest{})
		if got, has := doc["rai:hasSyntheticData"]; got != test.want || has != (test.want != nil) {
			t.Errorf("rai:hasSyntheticData is %v, want %v", got, test.want)
		}
		if _, both := doc["conformsTo"].([]any); both { // Version 1.0 of the extension does not have it.
			t.Errorf("conformsTo is %v", doc["conformsTo"])
		}
	}
}

// TestIDsAreUnique gives files, configs and columns the names that the document has uses for.
func TestIDsAreUnique(t *testing.T) {
	d := least(map[string][]string{
		"default": {"split", "split_", "a b", "a%20b", "..", "%2E%2E", "عربى", "a/b", "a#b", "@id"}, "default_splits": {"name"},
		"default_files": {"x"}, "LICENSE": {"x"}, "README.md": {"x"},
	})
	m := &catalog.Manifest{Files: []catalog.File{{Name: "LICENSE"}, {Name: "README.md"}}}
	doc, _ := render(t, d, m)
	seen := make(map[string]int)
	var walk func(node any)
	walk = func(node any) {
		switch node := node.(type) {
		case []any:
			for _, item := range node {
				walk(item)
			}
		case map[string]any:
			if id, ok := node["@id"].(string); ok && len(node) > 1 {
				seen[id]++
			}
			for key, value := range node {
				if key != "@context" {
					walk(value)
				}
			}
		}
	}
	walk(doc)
	for id, n := range seen {
		if n > 1 {
			t.Errorf("%q is the @id of %d nodes", id, n)
		}
	}
	for _, id := range []string{"default", "default/split", "default/split_", "default/split__", "default/a%20b", "default/a%2520b", "default/%2E%2E",
		"default/عربى", "default/a%2Fb", "LICENSE", "LICENSE_", "default_files_", "default_splits_/name"} {
		if seen[id] == 0 {
			t.Errorf("nothing has the @id %q", id)
		}
	}
}
