package citation

import (
	"fmt"
	"strings"

	"github.com/bindery-data/bindery/catalog"
)

// BibTeX returns the reference to a dataset as an entry of BibTeX, with a line end behind it.
func BibTeX(d *catalog.Declaration) string {
	var b strings.Builder
	fmt.Fprintf(&b, "@misc{%s,\n", catalog.FolderName(d.Dataset.Name, d.Dataset.Version))
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %-9s = {%s},\n", name, value)
		}
	}
	var authors []string
	for _, a := range d.Dataset.Authors {
		name := latex(a.Name)
		if strings.Contains(name, ",") || strings.Contains(" "+strings.ToLower(name)+" ", " and ") {
			name = "{" + name + "}" // It is not to be taken apart.
		}
		authors = append(authors, name)
	}
	field("author", strings.Join(authors, " and "))
	field("title", "{"+latex(d.Dataset.Title)+"}")
	field("year", fmt.Sprintf("%.4s", d.Dataset.Date))
	field("version", d.Dataset.Version)
	field("note", "Data set")
	field("url", catalog.URI(d.Dataset.Homepage))
	b.WriteString("}\n")
	return b.String()
}

// latex returns s as text in LaTeX, on one line.
func latex(s string) string {
	return strings.NewReplacer(
		`\`, `\textbackslash{}`, "{", `\{`, "}", `\}`, "$", `\$`, "&", `\&`, "#", `\#`, "%", `\%`, "_", `\_`,
		"^", `\textasciicircum{}`, "~", `\textasciitilde{}`,
	).Replace(strings.Join(strings.Fields(s), " "))
}
