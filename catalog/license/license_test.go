package license

import (
	"strings"
	"testing"

	"github.com/bindery-data/bindery/schema"
)

func TestEveryText(t *testing.T) {
	files, err := texts()
	if err != nil || len(files) < 70 {
		t.Fatalf("%d texts, %v", len(files), err)
	}
	for id := range files {
		if _, err := schema.ParseLicense(id); err != nil {
			t.Errorf("%s is no license id: %v", id, err)
		}
		if text, ok := Text(id); !ok || len(text) < 300 || !strings.HasSuffix(text, "\n") {
			t.Errorf("%s: %v, %d bytes", id, ok, len(text))
		}
	}
}

func TestText(t *testing.T) {
	for id, part := range map[string]string{
		"CC0-1.0": "Affirmer", "CC-BY-4.0": "Attribution 4.0 International", "ODbL-1.0": "Open Database License",
		"GPL-3.0": "GNU GENERAL PUBLIC LICENSE", "GPL-3.0-only": "29 June 2007", "GFDL-1.3-or-later": "3 November 2008",
		"MIT": "Copyright (c) <year> <copyright holders>", "etalab-2.0": "RÉUTILISATION",
	} {
		if text, ok := Text(id); !ok || !strings.Contains(text, part) {
			t.Errorf("the text of %s lacks %q", id, part)
		}
	}
	for _, id := range []string{"", "mit", "MIT-only", "LicenseRef-x", "../MIT"} {
		if _, ok := Text(id); ok {
			t.Errorf("%q has a text", id)
		}
	}
}

func TestRender(t *testing.T) {
	const line = "Copyright (c) 1998 $1 Titus & Söhne"
	for id, place := range copyrightLines {
		text, err := Render(id, line+"\n")
		if err != nil {
			t.Errorf("%s: %v", id, err)
		}
		if strings.Contains(text, place) || strings.Count(text, line) != 1 {
			t.Errorf("%s: the copyright line is not in its place:\n%.200s", id, text)
		}
		plain, err := Render(id, " ")
		if original, _ := Text(id); plain != original || err != nil {
			t.Errorf("%s without a copyright line is not its text: %v", id, err)
		}
	}
	if text, err := Render("CC0-1.0", line); err != nil || strings.Contains(text, line) {
		t.Errorf("CC0-1.0, which has no place for a copyright line, got one: %v", err)
	}
	if _, err := Render("NOSUCH-1.0", ""); err == nil || !strings.Contains(err.Error(), "NOSUCH-1.0 is known") {
		t.Errorf("unknown license: %v", err)
	}
}
