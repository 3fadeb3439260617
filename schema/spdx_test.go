package schema

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestParseLicense(t *testing.T) {
	for _, c := range []struct {
		expr                  string
		ids, exceptions, refs []string
	}{
		{"MIT", []string{"MIT"}, nil, nil},
		{" MIT ", []string{"MIT"}, nil, nil},
		{"Apache-2.0+", []string{"Apache-2.0"}, nil, nil},
		{"GPL-2.0+", []string{"GPL-2.0"}, nil, nil},
		{"MIT OR CC-BY-4.0 AND MIT", []string{"CC-BY-4.0", "MIT"}, nil, nil},
		{"((MIT)AND(ISC))", []string{"ISC", "MIT"}, nil, nil},
		{"GPL-2.0-only WITH Classpath-exception-2.0 OR MIT", []string{"GPL-2.0-only", "MIT"}, []string{"Classpath-exception-2.0"}, nil},
		{"LicenseRef-b OR DocumentRef-a.1:LicenseRef-c-d AND LicenseRef-b", nil, nil, []string{"DocumentRef-a.1:LicenseRef-c-d", "LicenseRef-b"}},
		{"LicenseRef-x WITH Classpath-exception-2.0", nil, []string{"Classpath-exception-2.0"}, []string{"LicenseRef-x"}},
	} {
		l, err := ParseLicense(c.expr)
		if err != nil || l.Text != strings.TrimSpace(c.expr) || !slices.Equal(l.IDs, c.ids) ||
			!slices.Equal(l.Exceptions, c.exceptions) || !slices.Equal(l.Refs, c.refs) {
			t.Errorf("%q: %+v, %v", c.expr, l, err)
		}
	}
}

func TestParseLicenseErrors(t *testing.T) {
	const unlisted = "name a license that is not on the SPDX list LicenseRef-NAME"
	for _, c := range []struct {
		expr    string
		offset  int
		message string
		hint    string
	}{
		{"", 0, "lacks a license id", ""},
		{"  ", 2, "lacks a license id", ""},
		{"mit", 0, "not written as the SPDX list has it", "write MIT"},
		{"MIT OR cc-by-4.0+", 7, "not written as", "write CC-BY-4.0"},
		{"MIT AND", 7, "lacks a license id", ""},
		{"AND MIT", 0, "AND where a license id is expected", ""},
		{"MIT and ISC", 4, "not in capitals", "write AND"},
		{"MIT ISC", 4, `"ISC" where AND, OR or its end`, ""},
		{"(MIT", 4, `"(" without its ")"`, ""},
		{"MIT)", 3, `")" without its "("`, ""},
		{"()", 1, ") where a license id", ""},
		{"(MIT) WITH Classpath-exception-2.0", 6, "WITH does not follow", ""},
		{"MIT WITH MIT", 9, `"MIT" is no exception id`, ""},
		{"MIT WITH", 8, "lacks an exception id", ""},
		{"GPL-2.0-only WITH classpath-exception-2.0", 18, "exception id", "write Classpath-exception-2.0"},
		{"MIT +", 4, "where AND, OR or its end", ""},
		{"MIT++", 0, "is no license id", "did you mean MIT?"},
		{"Apache 2.0", 0, `"Apache" is no license id`, "write Apache-2.0"},
		{"CC BY 4.0", 0, "is no license id", "write CC-BY-4.0"},
		{"Apache-2", 0, "is no license id", "did you mean Apache-2.0?"},
		{"CC BY-SA 4", 0, `"CC" is no license id`, "did you mean CC-BY-SA-4.0?"},
		{"CC-BY", 0, "is no license id", "did you mean CC-BY-4.0?"},
		{"CC0", 0, "is no license id", "did you mean CC0-1.0?"},
		{"GPL3", 0, "is no license id", "did you mean GPL-3.0-only?"},
		{"MIT OR GPLv2+", 7, `"GPLv2" is no license id`, "did you mean GPL-2.0-or-later?"},
		{"odbl", 0, "is no license id", "did you mean ODbL-1.0?"},
		{"BSD 3 Clause", 0, "is no license id", "write BSD-3-Clause"},
		{"CC", 0, "is no license id", unlisted},
		{"-", 0, "is no license id", unlisted},
		{"proprietary-and-secret", 0, "is no license id", unlisted},
		{"LicenseRef-", 0, "malformed", "write LicenseRef- and then letters, digits, dots and dashes"},
		{"LicenseRef-a_b", 0, "malformed", "write LicenseRef- and then letters, digits, dots and dashes"},
		{"DocumentRef-a", 0, "malformed", "write LicenseRef- and then letters, digits, dots and dashes"},
		{"LicenseRef-a:LicenseRef-b", 0, "malformed", "write LicenseRef- and then letters, digits, dots and dashes"},
		{"MIT\tOR ISC", 0, `"MIT\tOR" is no license id`, unlisted},
		{"NONE", 0, "is no license id", unlisted},
		{"MIT OR þýðing AND ISC", 7, `"þýðing" is no license id`, unlisted},
		{strings.Repeat("(", 65) + "MIT" + strings.Repeat(")", 65), 64, "more than 64 levels", ""},
		{strings.Repeat("MIT OR ", 1000) + "MIT", 0, "longer than 4096 bytes", ""},
	} {
		_, err := ParseLicense(c.expr)
		var e *LicenseError
		if !errors.As(err, &e) {
			t.Errorf("%.40q: %v", c.expr, err)
			continue
		}
		if e.Offset != c.offset || !strings.Contains(e.Message, c.message) || e.Hint != c.hint || !isASCII(c.expr[:e.Offset]) {
			t.Errorf("%.40q: at %d: %s; %s", c.expr, e.Offset, e.Message, e.Hint)
		}
	}
	if _, err := ParseLicense(strings.Repeat("(", 64) + "MIT" + strings.Repeat(")", 64)); err != nil {
		t.Errorf("64 levels: %v", err)
	}
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > '~' })
}

// TestParseLicenseAgrees holds the parser to another one's verdicts, which testdata/spdx.tsv explains.
func TestParseLicenseAgrees(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "spdx.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		verdict, quoted, _ := strings.Cut(strings.TrimSpace(line), "\t")
		expr, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if _, err := ParseLicense(expr); (err == nil) != (verdict == "ok") {
			t.Errorf("%q, which is %s: %v", expr, verdict, err)
		}
		count++
	}
	if count < 500 {
		t.Errorf("only %d expressions", count)
	}
}

func TestEveryIDIsALicense(t *testing.T) {
	for _, id := range spdxLicenses().ids {
		if l, err := ParseLicense(id); err != nil || !slices.Equal(l.IDs, []string{id}) {
			t.Errorf("%s: %v, %v", id, l.IDs, err)
		}
	}
	for _, id := range spdxExceptions().ids {
		if _, err := ParseLicense("MIT WITH " + id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
}
