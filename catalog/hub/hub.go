// Package hub knows the lists that the Hugging Face Hub has of its own: the ids of licenses, tasks and
// sizes that the header of a card may name.
package hub

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// licenseList has the ids of https://huggingface.co/docs/hub/repositories-licenses, but for "other".
//
//go:embed licenses.txt
var licenseList string

// taskList has a task category on each line, and behind it its sub-tasks. It is what the npm package
// @huggingface/tasks 0.21.54 (MIT), from which the Hub is made, has in PIPELINE_DATA.
//
//go:embed tasks.txt
var taskList string

var licenses = sync.OnceValue(func() map[string]bool {
	known := make(map[string]bool)
	for _, id := range strings.Fields(licenseList) {
		known[id] = true
	}
	return known
})

// OtherLicense is the Hub's id for a license that it has no id for.
const OtherLicense = "other"

// ownIDs are the Hub's ids that are not an SPDX id in lower case.
var ownIDs = map[string]string{
	"ODbL-1.0": "odbl", "ODC-By-1.0": "odc-by", "PDDL-1.0": "pddl", "C-UDA-1.0": "c-uda",
	"LGPLLR": "lgpl-lr", "GPL-1.0": "gpl", "LGPL-2.0": "lgpl",
	"GFDL-1.1": "gfdl", "GFDL-1.2": "gfdl", "GFDL-1.3": "gfdl",
}

// License returns the id that the Hub has for an SPDX license expression: OtherLicense where it has
// none, which is so for whatever is more than one license.
func License(expression string) string {
	base := expression
	if strings.Contains(base, "GPL-") || strings.HasPrefix(base, "GFDL-") {
		// The Hub does not tell apart whether later versions may be chosen.
		for _, choice := range []string{"-only", "-or-later", "+"} {
			base = strings.TrimSuffix(base, choice)
		}
	}
	if id, ok := ownIDs[base]; ok {
		return id
	}
	if id := strings.ToLower(base); licenses()[id] && id != "unknown" {
		return id
	}
	return OtherLicense
}

// LicenseIDs returns the Hub's license ids but for OtherLicense, sorted.
func LicenseIDs() []string { return strings.Fields(licenseList) }

// tasks are the Hub's: the categories in its order, and the categories that each sub-task belongs to.
var tasks = sync.OnceValue(func() (list struct {
	categories []string
	parents    map[string][]string
}) {
	list.parents = make(map[string][]string)
	for line := range strings.Lines(taskList) {
		names := strings.Fields(line)
		if len(names) == 0 {
			continue
		}
		list.categories = append(list.categories, names[0])
		for _, sub := range names[1:] {
			list.parents[sub] = append(list.parents[sub], names[0])
		}
	}
	return list
})

// IsTask reports whether name is one of the Hub's task categories or sub-tasks.
func IsTask(name string) bool {
	_, sub := tasks().parents[name]
	return sub || slices.Contains(tasks().categories, name)
}

// TaskNames returns the Hub's task categories in its order, and behind them their sub-tasks, sorted.
func TaskNames() []string {
	names := slices.Clone(tasks().categories)
	var subs []string
	for sub := range tasks().parents {
		if !slices.Contains(names, sub) {
			subs = append(subs, sub)
		}
	}
	slices.Sort(subs)
	return append(names, subs...)
}

// SplitTasks tells declared tasks apart: task categories, sub-tasks, and what the Hub does not know. A
// sub-task brings its category along, unless it belongs to several.
func SplitTasks(names []string) (categories, ids, unknown []string) {
	add := func(list *[]string, name string) {
		if !slices.Contains(*list, name) {
			*list = append(*list, name)
		}
	}
	for _, name := range names {
		parents, sub := tasks().parents[name]
		switch {
		case slices.Contains(tasks().categories, name):
			add(&categories, name)
		case sub:
			add(&ids, name)
			if len(parents) == 1 {
				add(&categories, parents[0])
			}
		default:
			add(&unknown, name)
		}
	}
	return categories, ids, unknown
}

// AnnotationsCreators are the ways of annotating that the Hub's cards name.
func AnnotationsCreators() []string {
	return []string{"crowdsourced", "expert-generated", "found", "machine-generated", "no-annotation", "other"}
}

// SizeCategory returns the Hub's category for a number of records.
func SizeCategory(records int64) string {
	for _, l := range []struct {
		below int64
		name  string
	}{
		{1e3, "n<1K"}, {1e4, "1K<n<10K"}, {1e5, "10K<n<100K"}, {1e6, "100K<n<1M"}, {1e7, "1M<n<10M"},
		{1e8, "10M<n<100M"}, {1e9, "100M<n<1B"}, {1e10, "1B<n<10B"}, {1e11, "10B<n<100B"}, {1e12, "100B<n<1T"},
	} {
		if records < l.below {
			return l.name
		}
	}
	return "n>1T"
}

// SourceDataset returns the Hub's id of the dataset that an address leads to: "owner/name".
func SourceDataset(url string) (id string, ok bool) {
	for _, host := range []string{"https://huggingface.co/datasets/", "https://hf.co/datasets/"} {
		rest, found := strings.CutPrefix(url, host)
		if !found {
			continue
		}
		parts := strings.FieldsFunc(rest, func(r rune) bool { return r == '/' || r == '?' || r == '#' })
		if len(parts) == 2 || len(parts) > 2 && (parts[2] == "tree" || parts[2] == "viewer" || parts[2] == "resolve") {
			return parts[0] + "/" + parts[1], true
		}
	}
	return "", false
}
