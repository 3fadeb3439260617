package card

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/catalog/hub"
	"github.com/bindery-data/bindery/catalog/yaml"
	"github.com/bindery-data/bindery/schema"
)

// header returns Hugging Face's YAML header, with the lines of dashes around it. No key is there twice,
// which its readers refuse.
func (in Input) header() string {
	h := &header{}
	h.line("---")
	d := in.Declaration.Dataset
	h.value("pretty_name", d.Title)
	h.languages(d.Languages)
	h.license(d.License)
	h.words("annotations_creators", d.AnnotationsCreators)
	if len(in.Manifest.Splits) > 0 {
		h.words("size_categories", []string{hub.SizeCategory(in.records().Written)})
	}
	h.words("source_datasets", hubSources(in.Declaration.Sources))
	categories, ids, unknown := hub.SplitTasks(d.Tasks)
	h.words("task_categories", categories)
	h.words("task_ids", ids)
	h.words("tags", tags(d, unknown))
	h.configs(in)
	h.infos(in)
	h.line("---")
	return h.b.String()
}

// A header is YAML in the making.
type header struct{ b strings.Builder }

func (h *header) line(format string, args ...any) { fmt.Fprintf(&h.b, format+"\n", args...) }

func (h *header) value(key, value string) { h.line("%s: %s", key, yaml.Scalar(value)) }

func (h *header) words(key string, words []string) {
	if len(words) == 0 {
		return
	}
	h.line("%s:", key)
	for _, w := range words {
		h.line("- %s", yaml.Scalar(w))
	}
}

// languages writes language, which has ISO 639 codes, language_details, which has the whole tags where
// they say more, and multilinguality.
func (h *header) languages(tags []string) {
	codes := isoCodes(tags)
	h.words("language", codes)
	for _, tag := range tags {
		if strings.Contains(tag, "-") {
			h.words("language_details", tags)
			break
		}
	}
	switch {
	case len(codes) > 1, len(codes) == 1 && codes[0] == "mul":
		h.words("multilinguality", []string{"multilingual"})
	case len(codes) == 1 && codes[0] != "und" && codes[0] != "zxx":
		h.words("multilinguality", []string{"monolingual"})
	}
}

// isoCodes returns the languages of BCP 47 tags without what follows them, each once. Tags for private
// use have none.
func isoCodes(tags []string) []string {
	return slices.DeleteFunc(primaryLanguages(tags), func(code string) bool { return strings.HasPrefix(code, "x-") })
}

// primaryLanguages returns the languages of BCP 47 tags without what follows them, such as a script or a region, each
// once. Tags for private use, which begin with x-, are languages of their own.
func primaryLanguages(tags []string) []string {
	var codes []string
	for _, t := range tags {
		code, _, _ := strings.Cut(t, "-")
		if len(code) == 1 {
			code = t
		}
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}

func (h *header) license(expression string) {
	id := hub.License(expression)
	h.value("license", id)
	if id == hub.OtherLicense {
		h.value("license_name", expression)
		h.value("license_link", "LICENSE")
	}
}

// hubSources returns those sources that are datasets on the Hub, each once.
func hubSources(sources []catalog.Source) []string {
	var ids []string
	seen := make(map[string]bool)
	for _, s := range sources {
		if id, ok := hub.SourceDataset(s.URL); ok && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

// tags returns the keywords, the tasks that the Hub has no list for, and its tag for synthetic data.
func tags(d catalog.Dataset, tasks []string) []string {
	all := append(append([]string(nil), d.Keywords...), tasks...)
	if d.Synthetic != nil && *d.Synthetic {
		all = append(all, "synthetic")
	}
	var once []string
	seen := make(map[string]bool)
	for _, t := range all {
		if !seen[t] {
			seen[t] = true
			once = append(once, t)
		}
	}
	return once
}

// configs says which files are which split's.
func (h *header) configs(in Input) {
	h.line("configs:")
	for i, c := range in.Declaration.Configs {
		h.line("- config_name: %s", yaml.Scalar(c.Name))
		if i == 0 {
			h.line("  default: true")
		}
		h.line("  data_files:")
		for _, s := range c.Splits {
			h.line("  - split: %s", yaml.Scalar(s.Name))
			h.line("    path: %s", yaml.Scalar(in.pattern(c.Name, s.Name)))
		}
	}
}

// infos writes dataset_info: for each config its features, and the sizes of its splits.
func (h *header) infos(in Input) {
	if len(in.Manifest.Splits) == 0 {
		return
	}
	h.line("dataset_info:")
	for _, c := range in.Declaration.Configs {
		h.line("- config_name: %s", yaml.Scalar(c.Name))
		h.line("  features:")
		h.features(c.Schema.Fields, "  ")
		h.line("  splits:")
		var download, size int64
		for _, s := range c.Splits {
			split := in.split(c.Name, s.Name)
			h.line("  - name: %s", yaml.Scalar(s.Name))
			h.line("    num_bytes: %d", split.Bytes)
			h.line("    num_examples: %d", split.Written)
			download += split.Download
			size += split.Bytes
		}
		h.line("  download_size: %d", download)
		h.line("  dataset_size: %d", size)
	}
}

// features writes fields as the library `datasets` writes the features of a dataset in YAML.
func (h *header) features(fields []*schema.Field, indent string) {
	for _, f := range fields {
		h.line("%s- name: %s", indent, yaml.Scalar(f.Name))
		h.feature(f, indent+"  ")
	}
}

// feature writes the type of a field. A map is a list of keys and values, as its Parquet column is.
func (h *header) feature(f *schema.Field, indent string) {
	switch f.Type {
	case schema.Struct:
		h.line("%sstruct:", indent)
		h.features(f.Fields, indent)
	case schema.List:
		h.list(f.Items, indent)
	case schema.Map:
		h.line("%slist:", indent)
		value := *f.Values
		value.Name = "value"
		h.features([]*schema.Field{{Name: "key", Type: schema.String}, &value}, indent)
	default:
		h.line("%sdtype: %s", indent, yaml.Scalar(f.HubType()))
	}
}

func (h *header) list(items *schema.Field, indent string) {
	switch items.Type {
	case schema.Struct:
		h.line("%slist:", indent)
		h.features(items.Fields, indent)
	case schema.List, schema.Map:
		h.line("%slist:", indent)
		h.feature(items, indent+"  ")
	default:
		h.line("%slist: %s", indent, yaml.Scalar(items.HubType()))
	}
}
