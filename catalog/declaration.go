package catalog

import "github.com/bindery-data/bindery/schema"

// A Declaration is bindery.toml as a value: everything a maintainer has to say about one release.
type Declaration struct {
	// Path is the file it was read from; shards are named relative to its folder.
	Path string
	// Text is the file as it stands.
	Text []byte

	Dataset Dataset
	Sources []Source
	// Card holds the datasheet's sections that were declared, in the order of CardSections.
	Card []CardSection
	// CardFile is the Markdown file that [card] names, relative to the declaration, and CardText its
	// text, which is empty for the declaration of a bundle: the file stayed where the bundle was built.
	CardFile, CardText string
	// Configs are in declared order. A declaration without [configs] has one, named "default".
	Configs []Config
	Build   BuildOptions
	// To are the targets that `bindery release` publishes to, as written.
	To []string
	// Tag is the pattern of the releases' tags, for targets that have tags; empty unless declared.
	Tag string
}

// A Dataset is the declaration's [dataset].
type Dataset struct {
	Name        string
	Title       string
	Version     string // semantic version
	Date        string // YYYY-MM-DD
	Description string // Markdown
	License     string // an SPDX expression
	// LicenseFiles are the texts of licenses and exceptions that the dataset and its sources are under, by
	// their ids: paths relative to the declaration. Each that is not here is in the package license.
	LicenseFiles map[string]string
	Languages    []string // BCP 47
	Authors      []Author
	Homepage     string
	Keywords     []string
	Tasks        []string // Hugging Face task categories and sub-tasks
	// AnnotationsCreators are how annotations came about, in the Hub's words; nil where not declared.
	AnnotationsCreators []string
	// Synthetic says whether records, or parts of them, were made by a model or a program; nil where
	// not declared.
	Synthetic  *bool
	Visibility string // "public" or "private"
}

// An Author is a person or body that made the dataset.
type Author struct {
	Name, Email, ORCID, URL, Affiliation string
}

// A Source is where content came from, and by what right it is here.
type Source struct {
	Name, URL, License, Copyright string
}

// A CardSection is one of the datasheet's sections.
type CardSection struct {
	Name string // a key of [card]
	Text string // Markdown
}

// A Config is a set of splits whose records have the same fields.
type Config struct {
	Name        string
	Description string
	Schema      *schema.Schema
	Splits      []Split
}

// A Split is a named part of a config.
type Split struct {
	Name string
	// Shards are the files, relative to the declaration, with forward slashes: globs resolved, in the
	// order of the globs and then of the names' bytes.
	Shards []string
	// Format and Compression are empty where the names say them.
	Format      string
	Compression string
	Delimiter   byte
}

// What becomes of records that have findings.
const (
	OnInvalidFail       = "fail"
	OnInvalidQuarantine = "quarantine"
)

// BuildOptions are the declaration's [build].
type BuildOptions struct {
	FileSize    int64  // bytes; DefaultFileSize unless declared
	UnitSize    int64  // bytes; DefaultUnitSize unless declared
	Compression string // "zstd" unless declared, "snappy" or "none"
	OnInvalid   string // OnInvalidFail unless declared
	// MaxInvalid is the share of the records, 0 to 1, that may be quarantined.
	MaxInvalid float64
}

// What is not declared in [build].
const (
	DefaultFileSize = 256 << 20
	DefaultUnitSize = 16 << 20
)
