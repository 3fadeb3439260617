package license

import (
	"strings"
	"testing"
)

// TestConflicts has the cases that people meet, each judged by the licenses' own words.
func TestConflicts(t *testing.T) {
	for _, c := range []struct{ source, dataset, want string }{
		// What fits.
		{"MIT", "MIT", ""},
		{"CC0-1.0", "CC-BY-4.0", ""},
		{"CC-BY-4.0", "CC-BY-SA-4.0", ""},
		{"CC-BY-3.0", "ODbL-1.0", ""},
		{"MIT", "CC-BY-4.0", ""},
		{"CC-BY-NC-4.0", "CC-BY-NC-4.0", ""},
		{"CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", ""},
		{"CC-BY-SA-3.0", "CC-BY-SA-4.0", ""},
		{"GPL-2.0-or-later", "GPL-3.0-only", ""},
		{"GPL-2.0+", "GPL-3.0-or-later", ""},
		{"CC-BY-ND-4.0", "CC-BY-ND-4.0", ""},
		{"LicenseRef-Terms", "LicenseRef-Terms", ""},
		{"CC0-1.0", "LicenseRef-Terms", ""},
		{"CC-BY-SA-3.0-DE", "CC-BY-SA-4.0", ""},
		{"CC-BY-SA-2.0-UK", "CC-BY-SA-2.0", ""},
		{"CC-BY-NC-SA-3.0-IGO", "CC-BY-NC-SA-4.0", ""},
		{"GPL-2.0-or-later", "AGPL-3.0-only", ""},
		{"GPL-3.0-or-later", "GPL-3.0-only", ""},
		{"EUPL-1.2", "EUPL-1.1", ""},
		{"LicenseRef-Terms", "CC-BY-4.0 AND LicenseRef-Terms", ""},
		{"MIT OR CC-BY-NC-4.0", "CC-BY-4.0", ""},
		{"CC-BY-NC-4.0 OR MIT", "CC-BY-4.0", ""},
		{"CC-BY-SA-4.0", "MIT AND CC-BY-SA-4.0", ""},
		{"GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only", ""},
		// The dataset allows what the source does not.
		{"CC-BY-NC-4.0", "CC-BY-4.0", "looser CC-BY-NC-4.0: a ban on commercial use"},
		{"CC-BY-ND-4.0", "CC-BY-4.0", "looser CC-BY-ND-4.0: a ban on adaptations"},
		{"CC-BY-NC-ND-4.0", "MIT", "looser CC-BY-NC-ND-4.0: a ban on commercial use and a ban on adaptations"},
		{"CC-BY-4.0", "CC0-1.0", "looser CC-BY-4.0: attribution"},
		{"MIT AND CC-BY-NC-4.0", "CC-BY-4.0", "looser CC-BY-NC-4.0: a ban on commercial use"},
		{"CC-BY-NC-4.0", "CC-BY-NC-4.0 OR CC-BY-4.0", "looser CC-BY-NC-4.0: a ban on commercial use"},
		{"CC-BY-NC-4.0", "MIT OR LicenseRef-Terms", "looser CC-BY-NC-4.0: a ban on commercial use"},
		// The source asks for its own license.
		{"CC-BY-SA-4.0", "CC-BY-4.0", "alike CC-BY-SA-4.0"},
		{"CC-BY-SA-4.0", "CC-BY-SA-3.0", "alike CC-BY-SA-4.0"},
		{"ODbL-1.0", "CC-BY-SA-4.0", "alike ODbL-1.0"},
		{"CC-BY-SA-4.0 AND ODbL-1.0", "CC-BY-SA-4.0", "alike ODbL-1.0"},
		{"CC-BY-SA-4.0", "CC-BY-SA-4.0 OR MIT", "alike CC-BY-SA-4.0"},
		{"GPL-2.0-only", "GPL-3.0-only", "alike GPL-2.0-only"},
		{"GPL-2.0-only", "GPL-2.0-or-later", "alike GPL-2.0-only"},
		{"GPL-2.0-only", "AGPL-3.0-only", "alike GPL-2.0-only"},
		{"CC-BY-SA-1.0", "CC-BY-SA-4.0", "alike CC-BY-SA-1.0"},
		{"CC-BY-SA-3.0-DE", "CC-BY-NC-SA-4.0", "alike CC-BY-SA-3.0-DE"},
		{"CC-BY-NC-SA-4.0", "CC-BY-SA-4.0", "looser CC-BY-NC-SA-4.0: a ban on commercial use; alike CC-BY-NC-SA-4.0"},
		// Nobody here knows.
		{"LicenseRef-Terms", "CC-BY-4.0", "unknown LicenseRef-Terms"},
		{"LicenseRef-Terms OR CC-BY-NC-4.0", "MIT", "unknown LicenseRef-Terms"},
		{"CC-BY-NC-4.0 OR LicenseRef-Terms", "MIT", "unknown LicenseRef-Terms"},
		{"CC-BY-4.0", "LicenseRef-Terms", "unknown CC-BY-4.0"},
		{"CC-BY-NC-4.0", "MIT AND LicenseRef-Terms", "unknown CC-BY-NC-4.0"},
	} {
		found, err := Conflicts(c.source, c.dataset)
		if err != nil {
			t.Errorf("%s in %s: %v", c.source, c.dataset, err)
		}
		var got []string
		for _, f := range found {
			switch f.Kind {
			case Looser:
				got = append(got, "looser "+f.License+": "+f.Lost.String())
			case NotAlike:
				got = append(got, "alike "+f.License)
			case Unknown:
				got = append(got, "unknown "+f.License)
			}
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s in %s: got %q, want %q", c.source, c.dataset, strings.Join(got, "; "), c.want)
		}
	}
	for _, bad := range []string{"", "MIT AND", "NOSUCH", "(MIT"} {
		if _, err := Conflicts(bad, "MIT"); err == nil {
			t.Errorf("%q is taken for a license", bad)
		}
		if _, err := Conflicts("MIT", bad); err == nil {
			t.Errorf("%q is taken for a license", bad)
		}
	}
}

// TestTermsAreOfTexts holds the lists of terms to licenses that have a text here, and every Creative
// Commons license to its name.
func TestTermsAreOfTexts(t *testing.T) {
	seen := make(map[string]bool)
	for _, list := range [][]string{free, crediting, sharing} {
		for _, id := range list {
			if _, ok := Text(id); !ok || seen[id] {
				t.Errorf("%s has no text, or is listed twice", id)
			}
			seen[id] = true
		}
	}
	for id, want := range map[string]Terms{
		"CC-BY-4.0": Attribution, "CC-BY-SA-3.0-IGO": Attribution | ShareAlike,
		"CC-BY-NC-ND-3.0": Attribution | NonCommercial | NoDerivatives, "GPL-3.0-or-later": Attribution | ShareAlike, "CC0-1.0": 0,
	} {
		if got, ok := TermsOf(id); !ok || got != want {
			t.Errorf("%s: %v, %t", id, got, ok)
		}
	}
	if _, ok := TermsOf("MPL-2.0"); ok {
		t.Error("the terms of MPL-2.0, which asks for files alone to be alike, are none of these")
	}
}
