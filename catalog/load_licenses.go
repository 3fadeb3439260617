package catalog

import (
	"cmp"
	"errors"
	"strings"

	"github.com/bindery-data/bindery/catalog/license"
	"github.com/bindery-data/bindery/schema"
	"github.com/bindery-data/bindery/schema/toml"
)

// namedLicenses are the licenses, exceptions and references that a declaration names.
type namedLicenses struct {
	ids []string             // as they come
	at  map[string]toml.Span // the first place that names each
}

func (n *namedLicenses) add(id string, at toml.Span) {
	if _, known := n.at[id]; known {
		return
	}
	if n.at == nil {
		n.at = make(map[string]toml.Span)
	}
	n.ids, n.at[id] = append(n.ids, id), at
}

// license reads an SPDX license expression.
func (l *loader) license(t *toml.Table, key string) string {
	text := l.line(t, key)
	if text == "" {
		return ""
	}
	expression, err := schema.ParseLicense(text)
	if err != nil {
		var fault *schema.LicenseError
		hint, message := "", err.Error()
		if errors.As(err, &fault) {
			hint, message = fault.Hint, fault.Message
		}
		t.Report(key, cmp.Or(hint, "license ids are listed at https://spdx.org/licenses"), "%s", message)
		return text
	}
	for _, ids := range [][]string{expression.IDs, expression.Exceptions, expression.Refs} {
		for _, id := range ids {
			l.named.add(id, t.Value(key).At)
		}
	}
	return expression.Text
}

// licenseFiles reads the files of licenses' texts. Each license that is named must have a text, on board
// or in a file, and each file must belong to one.
func (l *loader) licenseFiles(dataset *toml.Table, d *Dataset) {
	declared := make(map[string]bool)
	if t := dataset.Table("license_files"); t != nil {
		d.LicenseFiles = make(map[string]string)
		for _, k := range t.Texts() {
			l.licenseFile(k, d)
		}
		for _, k := range t.Node.Keys {
			declared[k.Name] = true
		}
	}
	folded := make(map[string]string)
	for _, id := range l.named.ids {
		at := l.named.at[id]
		if !l.checkLicenseName(id, folded) || declared[id] {
			continue
		}
		if _, known := license.Text(id); !known {
			l.problems.Add(at, "declare it in [dataset]: license_files = { "+tomlKey(id)+` = "TERMS.txt" }`,
				"the text of %s is not declared", toml.Quote(id))
		}
	}
}

// tomlKey writes a license's id as a key, which a dot would cut.
func tomlKey(id string) string {
	if strings.Contains(id, ".") {
		return `"` + id + `"`
	}
	return id
}

// LicenseFileName returns the name of the file, in a bundle, with the text of a license that is not the
// dataset's one license.
func LicenseFileName(id string) string { return "LICENSE-" + id + ".txt" }

// checkLicenseName reports an id that no file in a bundle can be named for. Folded has the ids before it
// by their names without regard to letter case.
func (l *loader) checkLicenseName(id string, folded map[string]string) bool {
	at, fold := l.named.at[id], strings.ToLower(id)
	other, taken := folded[fold]
	folded[fold] = id
	err := ValidName(LicenseFileName(id))
	switch {
	case strings.HasPrefix(id, "DocumentRef-"):
		l.problems.Add(at, "write LicenseRef-NAME, and declare its text in license_files",
			"the license reference %s is into another document, which a bundle does not have", toml.Quote(id))
	case err != nil:
		l.problems.Add(at, "write a shorter LicenseRef-NAME", "the license %s cannot have a file: %v", toml.Quote(id), err)
	case taken:
		l.problems.Add(at, "write both in one way", "the license %s differs from %s in letter case alone",
			toml.Quote(id), toml.Quote(other))
	default:
		return true
	}
	return false
}

func (l *loader) licenseFile(k *toml.Key, d *Dataset) {
	if _, named := l.named.at[k.Name]; !named {
		l.problems.Add(k.At, "name it in a license, or remove it", "no license names %s", toml.Quote(k.Name))
	}
	file := l.checkLine(k.Value, k.Name)
	if file == "" {
		return
	}
	d.LicenseFiles[k.Name] = file
	if err := l.files.regular(l.path(file)); err != nil {
		l.problems.Add(k.Value.At, "give the license's text as a file, relative to the declaration",
			"the license file %s %v", toml.Quote(file), err)
	}
}
