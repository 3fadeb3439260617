package lint

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/catalog/hub"
	"github.com/bindery-data/bindery/schema"
	"github.com/bindery-data/bindery/schema/toml"
)

// How long a description is that Google Dataset Search takes, in characters.
const minDescription, maxDescription = 50, 5000

// dataset looks at [dataset].
func (l *linter) dataset() {
	d := l.Declaration.Dataset
	at := func(keys ...key) toml.Span { return l.at(append([]key{"dataset"}, keys...)...) }
	n := utf8.RuneCountInString(strings.TrimSpace(d.Description))
	switch {
	case n == 0:
		l.declared(NoDescription, at(), "say in [dataset] what a record is, how many there are and what they are good for: description = \"...\"",
			"the dataset has no description")
	case n < minDescription:
		l.declared(DescriptionLength, at("description"), "say what a record is, where it comes from and what it is good for",
			"the description has %d characters; Google Dataset Search asks for %d", n, minDescription)
	case n > maxDescription:
		l.declared(DescriptionLength, at("description"), "move what leads further into [card]",
			"the description has %d characters; Google Dataset Search takes %d", n, maxDescription)
	}
	if len(d.Authors) == 0 {
		l.declared(NoAuthor, at(), `authors = [{ name = "Guðrún Jónsdóttir", orcid = "0000-0002-1825-0097" }]`, "the dataset has no authors, so that nobody can be cited")
	} else if !slices.ContainsFunc(d.Authors, func(a catalog.Author) bool { return a.ORCID != "" || a.URL != "" }) {
		l.declared(NoORCID, at("authors"), `authors = [{ name = "...", orcid = "0000-0002-1825-0097" }]; an organization has a url instead`,
			"no author has an ORCID iD or an address, so that names alone tell who they are")
	}
	if d.Homepage == "" {
		l.declared(NoHomepage, at(), `homepage = "https://example.org/dataset"`, "the dataset has no homepage; Croissant and search engines ask for an address")
	}
	if len(d.Keywords) == 0 {
		l.declared(NoKeywords, at(), `keywords = ["law", "parallel corpus"]`, "the dataset has no keywords")
	}
	l.languages(at)
	l.tasks(at)
}

func (l *linter) languages(at func(...key) toml.Span) {
	tags := l.Declaration.Dataset.Languages
	if len(tags) == 0 && l.hasText() {
		l.declared(NoLanguage, at(), `languages = ["is"], as BCP 47 tags; "und" for none in particular, "zxx" where there is no language`,
			"the dataset has text and no languages")
	}
	for i, tag := range tags {
		if strings.HasPrefix(tag, "x-") {
			l.declared(LanguageCode, at("languages", i), `name the nearest language that has an ISO 639 code too, or "mis"`,
				"the Hub cannot list %s, which is for private use", toml.Quote(tag))
		}
	}
}

// hasText reports whether there are fields of text that are not of a list of allowed values, or of a
// format of their own.
func (l *linter) hasText() bool {
	for _, c := range l.Declaration.Configs {
		for _, f := range c.Schema.All() {
			if f.Type == schema.String && len(f.Enum) == 0 && f.Format == "" && !slices.Contains(c.Schema.PrimaryKey, f) {
				return true
			}
		}
	}
	return false
}

func (l *linter) tasks(at func(...key) toml.Span) {
	tasks := l.Declaration.Dataset.Tasks
	if len(tasks) == 0 {
		l.declared(NoTask, at(), `tasks = ["text-generation"]; they are listed at https://huggingface.co/tasks`,
			"the dataset has no tasks; the Hub lists datasets by them")
	}
	for i, task := range tasks {
		if hub.IsTask(task) {
			continue
		}
		hint := "tasks are listed at https://huggingface.co/tasks"
		if near, ok := toml.Nearest(task, hub.TaskNames(), len(task)/3+2); ok {
			hint = "did you mean " + toml.Quote(near) + "?"
		}
		l.declared(UnknownTask, at("tasks", i), hint, "the Hub has no task %s; on the card it is a tag", toml.Quote(task))
	}
}

// essential are the sections of the datasheet whose lack is worth a word; the others are for datasets
// that have something to say there.
var essential = []string{"motivation", "composition", "collection", "preprocessing", "uses", "distribution", "maintenance"}

// card looks at [card].
func (l *linter) card() {
	has := make(map[string]bool)
	for _, s := range l.Declaration.Card {
		has[s.Name] = true
	}
	var missing []string
	for _, name := range essential {
		if !has[name] {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 && l.Declaration.CardFile == "" {
		l.declared(Datasheet, l.at("card"), "write them in [card]: what a reader who was not there would ask",
			"the datasheet has no %s", strings.Join(missing, ", "))
	}
	missing = nil
	for _, name := range []string{"limitations", "biases", "personal_data", "uses", "social_impact"} {
		if !has[name] {
			missing = append(missing, name+" in [card]")
		}
	}
	if l.Declaration.Dataset.Synthetic == nil {
		missing = append(missing, "synthetic in [dataset]")
	}
	if len(missing) > 0 {
		l.declared(ResponsibleAI, l.at("card"), "the sections and synthetic become properties of Croissant's vocabulary for responsible AI",
			"NeurIPS asks for what is not declared: %s", strings.Join(missing, ", "))
	}
}

// configs looks at the configs and their fields.
func (l *linter) configs() {
	for _, c := range l.Declaration.Configs {
		base := []key{}
		if l.root != nil && l.root.Has("configs") {
			base = []key{"configs", c.Name}
			if strings.TrimSpace(c.Description) == "" && len(l.Declaration.Configs) > 1 {
				l.declared(NoConfigDescription, l.at(base...), `description = "..."`, "the config %s has no description", c.Name)
			}
		}
		if n := len(c.Schema.Fields); n > maxColumns {
			l.declared(ColumnCount, l.at(append(base, "fields")...), "put what belongs together into a struct, a list or a map",
				"the config %s has %d columns; the Hub's viewer takes %d", c.Name, n, maxColumns)
		}
		l.fieldDescriptions(c, base)
	}
}

// fieldDescriptions looks at the fields that have names: items and values are explained by what holds
// them.
func (l *linter) fieldDescriptions(c catalog.Config, base []key) {
	var missing []string
	var first []key
	var walk func(fields []*schema.Field, path []key)
	walk = func(fields []*schema.Field, path []key) {
		for _, f := range fields {
			here := append(slices.Clone(path), "fields", f.Name)
			if strings.TrimSpace(f.Description) == "" {
				if missing = append(missing, f.Path); first == nil {
					first = here
				}
			}
			walk(f.Fields, here)
		}
	}
	walk(c.Schema.Fields, base)
	if len(missing) == 0 {
		return
	}
	const shown = 5
	list := strings.Join(missing[:min(shown, len(missing))], ", ")
	if len(missing) > shown {
		list += fmt.Sprintf(" and %d more", len(missing)-shown)
	}
	noun := "field has"
	if len(missing) > 1 {
		noun = "fields have"
	}
	l.declared(NoFieldDescription, l.at(first...), `description = "..."`, "%d %s no description: %s", len(missing), noun, list)
}
