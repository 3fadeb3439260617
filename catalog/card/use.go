package card

import (
	"fmt"
	"strings"

	"github.com/bindery-data/bindery/catalog"
)

// A Use is a way to open the dataset: lines to be copied.
type Use struct {
	Name     string
	Language string
	Lines    string
}

// Uses returns the ways to open what was fetched, for the first config and split. Names of configs and
// splits are such that they need no escaping in a string.
func (in Input) Uses() []Use {
	if len(in.Manifest.Splits) == 0 {
		return nil
	}
	config := in.Declaration.Configs[0]
	split := config.Splits[0]
	folder := in.Folder()
	argument := fmt.Sprintf("%q", folder)
	if in.Several() {
		argument += fmt.Sprintf(", %q", config.Name)
	}
	files := folder + "/" + in.pattern(config.Name, split.Name)
	uses := []Use{{"Hugging Face `datasets`", "python",
		"from datasets import load_dataset\n\ndataset = load_dataset(" + argument + ")"}}
	if in.split(config.Name, split.Name).Files == 1 {
		file := folder + "/" + catalog.DataFileName(config.Name, split.Name, 0, 1)
		uses = append(uses, Use{"pandas", "python",
			fmt.Sprintf("import pandas as pd\n\nframe = pd.read_parquet(%q)", file)})
	}
	return append(uses,
		Use{"Polars", "python", fmt.Sprintf("import polars as pl\n\nframe = pl.read_parquet(%q)", files)},
		Use{"DuckDB", "sql", fmt.Sprintf("SELECT * FROM '%s' LIMIT 10;", files)})
}

// Gets returns the lines that fetch the release from where everybody can: a folder that it is published to
// is a path on the disk of whoever published it.
func (in Input) Gets() string {
	var lines []string
	for _, to := range in.Declaration.To {
		if strings.HasPrefix(to, "dir:") {
			continue
		}
		lines = append(lines, fmt.Sprintf("bindery get %s %s@%s", shellWord(to), in.Manifest.Name, in.Manifest.Version))
	}
	return strings.Join(lines, "\n")
}

// shellWord quotes a word for a POSIX shell.
func shellWord(s string) string {
	if s = oneLine(s); strings.Trim(s, "-+=:,./@_%abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// OtherConfigs are the configs but the first.
func (in Input) OtherConfigs() []string {
	var names []string
	for _, c := range in.Declaration.Configs[1:] {
		names = append(names, code(c.Name))
	}
	return names
}
