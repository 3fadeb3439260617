package catalog_test

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
)

var sum = strings.Repeat("0a", 32)

// manifest returns a manifest that keeps every rule.
func manifest() *catalog.Manifest {
	return &catalog.Manifest{
		Format: catalog.ManifestFormat,
		Name:   "udhr", Version: "1.0.0", Date: "2026-11-23", Title: "Rights <of> \"all\" & ½",
		License: "MIT", Visibility: "public",
		Encoding: catalog.Coding{Writer: "w", Compression: "c", UnitSize: 16, FileSize: 256},
		Splits: []catalog.Count{
			{Config: "default", Split: "train", Read: 5, Written: 4, Quarantined: 1},
			{Config: "default", Split: "test"},
		},
		Files: []catalog.File{
			{Name: "LICENSE", Size: 3, SHA256: sum, Role: catalog.RoleLicense},
			{Name: "README.md", Size: 3, SHA256: sum, Role: catalog.RoleCard},
			{Name: "train-0.parquet", Size: 9, SHA256: sum, Role: catalog.RoleData, Config: "default", Split: "train", Records: 3},
			{Name: "train-1.parquet", Size: 9, SHA256: sum, Role: catalog.RoleData, Config: "default", Split: "train", Records: 1},
		},
	}
}

func TestManifestRoundTrip(t *testing.T) {
	for name, change := range map[string]func(*catalog.Manifest){
		"whole":     func(*catalog.Manifest) {},
		"no splits": func(m *catalog.Manifest) { m.Splits, m.Files = nil, m.Files[:2] },
		"minor":     func(m *catalog.Manifest) { m.Format += ".12" },
	} {
		t.Run(name, func(t *testing.T) {
			m := manifest()
			change(m)
			text := m.Marshal()
			got, err := catalog.ParseManifest(text)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, m) {
				t.Errorf("read back %+v, want %+v", got, m)
			}
			if again := got.Marshal(); string(again) != string(text) {
				t.Errorf("marshalled again:\n%s\nwant:\n%s", again, text)
			}
		})
	}
}

func TestManifestMarshalIsStable(t *testing.T) {
	text := string(manifest().Marshal())
	for _, want := range []string{
		"{\n  \"format\": \"https://bindery-data.github.io/manifest/1\",\n  \"name\": \"udhr\",\n",
		`"title": "Rights <of> \"all\" & ½"`,
		"      \"role\": \"license\"\n    },\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	if !strings.HasSuffix(text, "\n}\n") {
		t.Errorf("does not end in one line end: %q", text[len(text)-5:])
	}
}

func TestManifestRules(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*catalog.Manifest)
		want   string
	}{
		"format of another major":    {func(m *catalog.Manifest) { m.Format = "https://bindery-data.github.io/manifest/2" }, "a newer one may read it"},
		"format with a longer major": {func(m *catalog.Manifest) { m.Format += "0" }, "format"},
		"format with a zero minor":   {func(m *catalog.Manifest) { m.Format += ".0" }, "format"},
		"name with a slash":          {func(m *catalog.Manifest) { m.Name = "a/b" }, "name:"},
		"name with a capital":        {func(m *catalog.Manifest) { m.Name = "Udhr" }, "capital"},
		"version of two numbers":     {func(m *catalog.Manifest) { m.Version = "1.0" }, "version:"},
		"version with metadata":      {func(m *catalog.Manifest) { m.Version = "1.0.0+x" }, "metadata"},
		"version that climbs":        {func(m *catalog.Manifest) { m.Version = "../1.0.0" }, "version:"},
		"no date":                    {func(m *catalog.Manifest) { m.Date = "" }, "date:"},
		"no such day":                {func(m *catalog.Manifest) { m.Date = "2026-02-30" }, "date:"},
		"no license":                 {func(m *catalog.Manifest) { m.License = "" }, "license:"},
		"visibility":                 {func(m *catalog.Manifest) { m.Visibility = "secret" }, "visibility:"},
		"unit size":                  {func(m *catalog.Manifest) { m.Encoding.UnitSize = -1 }, "encoding:"},
		"no files":                   {func(m *catalog.Manifest) { m.Splits, m.Files = nil, nil }, "files: there are none"},
		"unsorted":                   {func(m *catalog.Manifest) { m.Files[0], m.Files[1] = m.Files[1], m.Files[0] }, "does not come after"},
		"same name twice":            {func(m *catalog.Manifest) { m.Files[1] = m.Files[0] }, "does not come after"},
		"same but for case":          {func(m *catalog.Manifest) { m.Files[1].Name = "License" }, "letter case"},
		"names itself":               {func(m *catalog.Manifest) { m.Files[1].Name = "manifest.json" }, "manifest.json"},
		"names itself in capitals":   {func(m *catalog.Manifest) { m.Files[1].Name = "Manifest.JSON" }, "letter case"},
		"names the checksums":        {func(m *catalog.Manifest) { m.Files[1].Name = "SHA256SUMS" }, "SHA256SUMS"},
		"names PARTIAL.json":         {func(m *catalog.Manifest) { m.Files[1].Name = "PARTIAL.json" }, "PARTIAL.json"},
		"path":                       {func(m *catalog.Manifest) { m.Files[0].Name = "../LICENSE" }, "character"},
		"negative size":              {func(m *catalog.Manifest) { m.Files[0].Size = -1 }, "negative"},
		"sizes overflow":             {func(m *catalog.Manifest) { m.Files[0].Size, m.Files[1].Size = math.MaxInt64, 1 }, "int64"},
		"short digest":               {func(m *catalog.Manifest) { m.Files[0].SHA256 = sum[2:] }, "sha256"},
		"capital digest":             {func(m *catalog.Manifest) { m.Files[0].SHA256 = strings.ToUpper(sum) }, "sha256"},
		"role":                       {func(m *catalog.Manifest) { m.Files[0].Role = "program" }, "role"},
		"document with records":      {func(m *catalog.Manifest) { m.Files[0].Records = 1 }, "is not data"},
		"document with a split":      {func(m *catalog.Manifest) { m.Files[0].Split = "train" }, "is not data"},
		"negative records":           {func(m *catalog.Manifest) { m.Files[2].Records = -1 }, "negative"},
		"data of no split":           {func(m *catalog.Manifest) { m.Files[3].Split = "dev" }, "not among the splits"},
		"records overflow":           {func(m *catalog.Manifest) { m.Files[2].Records = math.MaxInt64 }, "int64"},
		"records do not add up":      {func(m *catalog.Manifest) { m.Files[2].Records = 4 }, "4 records were written, the files have 5"},
		"split without files":        {func(m *catalog.Manifest) { m.Splits[1].Read, m.Splits[1].Written = 1, 1 }, "the files have 0"},
		"split counted twice":        {func(m *catalog.Manifest) { m.Splits[1].Split = "train" }, "twice"},
		"split without a name":       {func(m *catalog.Manifest) { m.Splits[1].Split = "" }, "empty"},
		"read is not the sum":        {func(m *catalog.Manifest) { m.Splits[0].Quarantined = 0 }, "quarantined"},
		"negative count": {func(m *catalog.Manifest) {
			m.Splits[1] = catalog.Count{Config: "a", Split: "b", Written: 1, Quarantined: -1}
		}, "quarantined"},
	} {
		t.Run(name, func(t *testing.T) {
			m := manifest()
			c.change(m)
			_, err := catalog.ParseManifest(m.Marshal())
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "manifest.json: ") {
				t.Errorf("error = %v, want one about %q", err, c.want)
			}
		})
	}
}

func TestManifestOfBrokenText(t *testing.T) {
	for _, change := range []func(*catalog.Manifest){
		func(m *catalog.Manifest) { m.Title = "\xff" },
		func(m *catalog.Manifest) { m.License = "MIT\xc3" },
		func(m *catalog.Manifest) { m.Encoding.Writer = "\xed\xa0\x80" },
	} {
		m := manifest()
		change(m)
		if err := m.Check(); err == nil || !strings.Contains(err.Error(), "UTF-8") {
			t.Errorf("error = %v, want one about UTF-8", err)
		}
	}
}

func TestManifestJSON(t *testing.T) {
	text := string(manifest().Marshal())
	minor := strings.Replace(text, "manifest/1\"", "manifest/1.1\"", 1)
	for name, c := range map[string]struct{ text, want string }{
		"empty":                {"", "EOF"},
		"cut short":            {text[:len(text)/2], "EOF"},
		"not an object":        {"[]", "array"},
		"trailing text":        {text + "{}", "after its end"},
		"trailing brace":       {text + "}", "after its end"},
		"unknown key":          {strings.Replace(text, `"title"`, `"titel": "", "title"`, 1), "titel"},
		"repeated key":         {strings.Replace(text, `"title"`, `"name": "b", "title"`, 1), `"name" twice`},
		"capital key":          {strings.Replace(text, `"title"`, `"Title"`, 1), `"Title"`},
		"not UTF-8":            {strings.Replace(text, "Rights", "\xff", 1), "UTF-8"},
		"null":                 {strings.Replace(text, `"MIT"`, `null`, 1), "null"},
		"fraction":             {strings.Replace(text, `"size": 9`, `"size": 9.5`, 1), "size"},
		"too large an integer": {strings.Replace(text, `"size": 9`, `"size": 9223372036854775808`, 1), "size"},
		"deep": {strings.Replace(minor, `"title"`, `"x": `+strings.Repeat("[", 100)+strings.Repeat("]", 100)+`, "title"`, 1),
			"nested"},
		"too long":                             {strings.Repeat(" ", catalog.MaxManifestSize+1), "at most"},
		"unknown key of a later minor version": {strings.Replace(minor, `"title"`, `"mood": {"of": ["day"]}, "title"`, 1), ""},
		"repeated key of a later one":          {strings.Replace(minor, `"title"`, `"name": "b", "title"`, 1), `"name" twice`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := catalog.ParseManifest([]byte(c.text))
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error = %v, want one about %q", err, c.want)
			}
		})
	}
}

func FuzzManifest(f *testing.F) {
	f.Add(manifest().Marshal())
	f.Add([]byte(`{"format":"https://bindery-data.github.io/manifest/1.1","name":"a","version":"0.0.1-rc.1","date":"2026-01-01",` +
		`"license":"X","visibility":"private","splits":[],"files":[{"name":"a","size":0,"sha256":"` + sum + `","role":"card"}],"more":{"a":[1]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := catalog.ParseManifest(text)
		if err != nil {
			return
		}
		if err := m.Check(); err != nil {
			t.Fatalf("was accepted and breaks a rule: %v", err)
		}
		again, err := catalog.ParseManifest(m.Marshal())
		if err != nil {
			t.Fatalf("cannot be read back: %v", err)
		}
		if !reflect.DeepEqual(again, m) {
			t.Fatalf("read back %+v, want %+v", again, m)
		}
		files, sums := catalog.Contents(m, text, nil)
		listed, err := catalog.ParseChecksums(sums)
		if err != nil || len(listed) != len(files)-1 {
			t.Fatalf("the checksums list %d of %d files: %v", len(listed), len(files), err)
		}
	})
}

// A manifest can be read back exactly when it keeps the rules.
func FuzzManifestValues(f *testing.F) {
	f.Add("udhr", "1.0.0", "2026-11-23", "Rights", "MIT", "default", "train", int64(5), int64(4), int64(4), "LICENSE", "train.parquet", int64(9), sum)
	f.Add("a", "1.0.0-rc.1", "2026-02-29", "\xff\u2028", "", "", "..", int64(-1), int64(0), int64(1), "b", "B", int64(-1), "0a")
	f.Fuzz(func(t *testing.T, name, version, date, title, license, config, split string, read, written, records int64, first, second string, size int64, digest string) {
		title, license = strings.ToValidUTF8(title, "?"), strings.ToValidUTF8(license, "?")
		m := &catalog.Manifest{
			Format: catalog.ManifestFormat, Name: name, Version: version, Date: date, Title: title, License: license, Visibility: "public",
			Splits: []catalog.Count{{Config: config, Split: split, Read: read, Written: written, Quarantined: read - written}},
			Files: []catalog.File{
				{Name: first, Size: size, SHA256: digest, Role: catalog.RoleLicense},
				{Name: second, Size: size, SHA256: digest, Role: catalog.RoleData, Config: config, Split: split, Records: records},
			},
		}
		broken := m.Check()
		got, err := catalog.ParseManifest(m.Marshal())
		if (err == nil) != (broken == nil) {
			t.Fatalf("Check gives %v, ParseManifest %v", broken, err)
		}
		if err == nil && !reflect.DeepEqual(got, m) {
			t.Fatalf("read back %+v, want %+v", got, m)
		}
	})
}
