package hub

import (
	"slices"
	"strings"
	"testing"
)

func TestLicense(t *testing.T) {
	for expression, want := range map[string]string{
		"MIT": "mit", "CC-BY-4.0": "cc-by-4.0", "ODbL-1.0": "odbl", "ODC-By-1.0": "odc-by", "PDDL-1.0": "pddl", "C-UDA-1.0": "c-uda",
		"GPL-3.0-or-later": "gpl-3.0", "GPL-3.0-only": "gpl-3.0", "AGPL-3.0-only": "agpl-3.0", "LGPL-2.1+": "lgpl-2.1", "GFDL-1.3-or-later": "gfdl",
		"LGPLLR": "lgpl-lr", "EUPL-1.2": "eupl-1.2", "Unlicense": "unlicense", "etalab-2.0": "etalab-2.0",
		"CC-BY-3.0-IGO": "other", "CC-BY-1.0": "other", "MIT OR Apache-2.0": "other", "Apache-2.0+": "other", "LicenseRef-Terms": "other",
		"OGL-UK-3.0": "other", "GPL-2.0-only WITH Classpath-exception-2.0": "other", "unknown": "other",
	} {
		if got := License(expression); got != want {
			t.Errorf("%s: got %s, want %s", expression, got, want)
		}
	}
	ids := LicenseIDs()
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) || len(ids) < 70 {
		t.Errorf("the list of %d licenses is not sorted, or has one twice", len(ids))
	}
}

func TestSplitTasks(t *testing.T) {
	categories, ids, unknown := SplitTasks([]string{
		"translation", "language-modeling", "named-entity-recognition", "closed-domain-qa", "translation", "juggling", "document-question-answering",
	})
	if got := strings.Join(categories, " "); got != "translation text-generation token-classification document-question-answering" {
		t.Errorf("categories: %s", got)
	}
	if got := strings.Join(ids, " "); got != "language-modeling named-entity-recognition closed-domain-qa" {
		t.Errorf("sub-tasks: %s", got)
	}
	if got := strings.Join(unknown, " "); got != "juggling" {
		t.Errorf("unknown: %s", got)
	}
	names := TaskNames()
	for _, name := range names {
		if !IsTask(name) {
			t.Errorf("%s is no task", name)
		}
	}
	if len(names) < 120 || len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(names) {
		t.Errorf("%d tasks, or one twice", len(names))
	}
}

func TestSizeCategory(t *testing.T) {
	for n, want := range map[int64]string{0: "n<1K", 999: "n<1K", 1000: "1K<n<10K", 16308: "10K<n<100K", 1e6: "1M<n<10M", 1e12: "n>1T"} {
		if got := SizeCategory(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

func TestSourceDataset(t *testing.T) {
	for url, want := range map[string]string{
		"https://huggingface.co/datasets/a/b": "a/b", "https://huggingface.co/datasets/a/b/tree/main/data": "a/b", "https://hf.co/datasets/a/b": "a/b",
		"https://huggingface.co/datasets/squad": "", "https://huggingface.co/a/b": "", "https://example.org/datasets/a/b": "",
	} {
		if got, ok := SourceDataset(url); got != want || ok != (want != "") {
			t.Errorf("%s: got %s, %t", url, got, ok)
		}
	}
}
