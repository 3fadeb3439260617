package catalog_test

import (
	"strings"
	"testing"

	"github.com/bindery-data/bindery/catalog"
)

func TestWithdrawal(t *testing.T) {
	w, err := catalog.NewWithdrawal("small", "1.0.0", "2026-11-25", `a name, "quoted", <b> -->`)
	if err != nil {
		t.Fatal(err)
	}
	text := w.Marshal()
	got, err := catalog.ParseWithdrawal(text)
	if err != nil || *got != w {
		t.Errorf("parsed: %+v, %v", got, err)
	}
	for old, new := range map[string]string{
		`"small"`: `"Small"`, `"1.0.0"`: `"1.0"`, "2026-11-25": "today", "a name": `a\nname`, `"reason"`: `"Reason"`, "withdrawal/1": "withdrawal/2",
		"{": "{\"more\": 1,", "}": "} {}", "2026": "\xff",
	} {
		if _, err := catalog.ParseWithdrawal([]byte(strings.Replace(string(text), old, new, 1))); err == nil || !strings.Contains(err.Error(), "WITHDRAWN.json") {
			t.Errorf("%s for %s: error = %v", new, old, err)
		}
	}
}

func TestNewWithdrawalNeedsAReason(t *testing.T) {
	for _, reason := range []string{"", "  ", "a\nb", "\x1b[31m", "\xff", strings.Repeat("a", catalog.MaxReason+1)} {
		if _, err := catalog.NewWithdrawal("small", "1.0.0", "2026-11-25", reason); err == nil {
			t.Errorf("the reason %q was accepted", reason)
		}
	}
}

func TestValidTag(t *testing.T) {
	for pattern, want := range map[string]string{"v{version}": "v1.0.0", "{name}-v{version}": "small-v1.0.0", "data_{version}": "data_1.0.0"} {
		if err := catalog.ValidTag(pattern); err != nil {
			t.Errorf("%s: %v", pattern, err)
		}
		if got := catalog.ExpandTag(pattern, "small", "1.0.0"); got != want {
			t.Errorf("%s gives %s, want %s", pattern, got, want)
		}
	}
	for _, pattern := range []string{"", "v", "{name}", "v{version", "v{Version}", "a/{version}", "-{version}", ".{version}", "{version}..", "{version}.lock",
		"v{version} ", "é{version}", strings.Repeat("a", 300) + "{version}"} {
		if err := catalog.ValidTag(pattern); err == nil {
			t.Errorf("the tag %q was accepted", pattern)
		}
	}
}
