package datapackage_test

import (
	"encoding/json"
	"testing"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/catalog/datapackage"
)

// TestLeastDeclaration makes a package of what a declaration must have, and of no data.
func TestLeastDeclaration(t *testing.T) {
	d := &catalog.Declaration{Dataset: catalog.Dataset{
		Name: "least", Title: "Least", Version: "1.0.0", Date: "2026-01-31", License: "LicenseRef-A OR MIT"}}
	text, err := datapackage.Render(d, &catalog.Manifest{})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"description", "homepage", "keywords", "contributors", "sources"} {
		if got[key] != nil {
			t.Errorf("%s is %v, but was not declared", key, got[key])
		}
	}
	license := got["licenses"].([]any)[0].(map[string]any)
	if license["title"] != "LicenseRef-A OR MIT" || license["path"] != "LICENSE" || license["name"] != nil {
		t.Errorf("the license is %v", license)
	}
}
