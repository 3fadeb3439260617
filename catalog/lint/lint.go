// Package lint says what a release lacks that those who find, load and judge datasets expect: Hugging
// Face and its viewer, Google Dataset Search, the datasets track of NeurIPS, and whoever asks by what
// right the content is there. What is wrong with a declaration itself, or with records, is said by
// catalog.Load and by a check, and is not repeated here.
//
// # Codes
//
// An error is what a release should not go out with:
//
//	no-description         [dataset] has no description
//	description-length     the description is not of 50 to 5,000 characters, which Google Dataset Search asks for
//	no-author              nobody is named as author: nobody can be cited or asked
//	no-source              no [[sources]]: nobody knows where the content came from
//	source-license         a source without a license: nobody knows by what right the content is here
//	no-license-text        a license whose text is empty, or is not in the bundle
//	no-copyright           a license whose text begins with a copyright line, and nothing says whose
//	license-looser         the dataset's license allows what a source's license does not
//	license-not-alike      a source's license asks for the same license, and the dataset's is another
//	empty-split            a split without records
//	row-group-size         a row group that is too large for the Hub's viewer: over 300,000,000 bytes
//	row-size               rows that are too large for the Hub's viewer: over 2,000,000 bytes
//	column-count           more than 1,000 columns, which is too many for the Hub's viewer
//	file-count             more than 10,000 files, which is too many for a folder on the Hub
//
// Advice is what would make it better:
//
//	license-unknown        two licenses that differ, and the terms of one are not known here
//	source-url             a source without an address
//	no-orcid               no author has an ORCID iD or an address
//	no-homepage            no homepage: Croissant asks for an address
//	no-keywords            no keywords: Google Dataset Search and Croissant make use of them
//	no-language            no languages, though there is text
//	language-code          a language that the Hub cannot list: a tag for private use
//	no-task                no tasks: the Hub lists datasets by them
//	unknown-task           a task that the Hub does not list; it becomes a tag
//	no-config-description  one of several configs without a description
//	no-field-description   fields without a description
//	empty-field            a field that is null in every record
//	datasheet              sections of the datasheet that [card] does not have
//	responsible-ai         what NeurIPS asks of Croissant's vocabulary for responsible AI that is not declared
package lint

import (
	"cmp"
	"slices"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema/toml"
)

// A Code says what kind of thing a finding is about.
type Code string

// The codes of findings, which the package comment explains.
const (
	NoDescription       Code = "no-description"
	DescriptionLength   Code = "description-length"
	NoAuthor            Code = "no-author"
	NoSource            Code = "no-source"
	SourceLicense       Code = "source-license"
	NoLicenseText       Code = "no-license-text"
	NoCopyright         Code = "no-copyright"
	LicenseLooser       Code = "license-looser"
	LicenseNotAlike     Code = "license-not-alike"
	EmptySplit          Code = "empty-split"
	RowGroupSize        Code = "row-group-size"
	RowSize             Code = "row-size"
	ColumnCount         Code = "column-count"
	FileCount           Code = "file-count"
	LicenseUnknown      Code = "license-unknown"
	SourceURL           Code = "source-url"
	NoORCID             Code = "no-orcid"
	NoHomepage          Code = "no-homepage"
	NoKeywords          Code = "no-keywords"
	NoLanguage          Code = "no-language"
	LanguageCode        Code = "language-code"
	NoTask              Code = "no-task"
	UnknownTask         Code = "unknown-task"
	NoConfigDescription Code = "no-config-description"
	NoFieldDescription  Code = "no-field-description"
	EmptyField          Code = "empty-field"
	Datasheet           Code = "datasheet"
	ResponsibleAI       Code = "responsible-ai"
)

// A Severity says how grave a finding is.
type Severity string

// The severities.
const (
	// Error is for what a release should not go out with.
	Error Severity = "error"
	// Advice is for what would make it better.
	Advice Severity = "advice"
)

// errorCodes are the codes whose findings are errors.
var errorCodes = []Code{
	NoDescription, DescriptionLength, NoAuthor, NoSource, SourceLicense, NoLicenseText, NoCopyright, LicenseLooser,
	LicenseNotAlike, EmptySplit, RowGroupSize, RowSize, ColumnCount, FileCount,
}

// adviceCodes are the codes whose findings are advice.
var adviceCodes = []Code{
	LicenseUnknown, SourceURL, NoORCID, NoHomepage, NoKeywords, NoLanguage, LanguageCode, NoTask, UnknownTask,
	NoConfigDescription, NoFieldDescription, EmptyField, Datasheet, ResponsibleAI,
}

// Codes returns all codes, errors first, in the order of the package comment.
func Codes() []Code { return slices.Concat(errorCodes, adviceCodes) }

// Severity returns how grave findings with the code are.
func (c Code) Severity() Severity {
	if slices.Contains(errorCodes, c) {
		return Error
	}
	return Advice
}

// A Finding is one thing that a release lacks.
type Finding struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	// File is the declaration, with the place in it that the finding is about, or a file of the bundle.
	File string `json:"file"`
	// Line and Column count from 1; 0 where File is no declaration.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// Message says what is lacking.
	Message string `json:"message"`
	// Hint is what to do.
	Hint string `json:"hint,omitempty"`

	place *toml.Error
}

// Excerpt returns the finding with its place, the line of the declaration with carets below it, and what
// to do, as mistakes in a declaration are shown. It has no control characters but line ends.
func (f Finding) Excerpt() string {
	if f.place != nil {
		return f.place.Error()
	}
	s := f.File + ": " + f.label() + f.Message
	if f.Hint != "" {
		s += "\n      = " + f.Hint
	}
	return s
}

func (f Finding) label() string {
	if f.Severity == Advice {
		return "advice: " + string(f.Code) + ": "
	}
	return string(f.Code) + ": "
}

// An Input is what is looked at. What is nil is not known, and nothing is said about it.
type Input struct {
	Declaration *catalog.Declaration
	// LicenseTexts are the contents of the declaration's license_files, by license.
	LicenseTexts map[string]string
	// Manifest, Statistics and RowGroups are a bundle's.
	Manifest   *catalog.Manifest
	Statistics *catalog.Statistics
	// RowGroups has the largest row group of each data file.
	RowGroups []RowGroup
}

// A RowGroup is the largest row group of a data file.
type RowGroup struct {
	File string
	Rows int64
	// Bytes is its size before compression.
	Bytes int64
}

// Check returns what the release lacks: what is about the declaration in the order of its text, then what
// is about the bundle.
func Check(in Input) []Finding {
	l := &linter{Input: in}
	l.root, l.problems = toml.Parse(in.Declaration.Path, in.Declaration.Text)
	l.dataset()
	l.licenses()
	l.sources()
	l.card()
	l.configs()
	l.bundle()
	slices.SortStableFunc(l.findings, func(a, b Finding) int {
		// Findings about files of the bundle have no line, and come last.
		return cmp.Or(cmp.Compare(noLine(a), noLine(b)), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return l.findings
}

func noLine(f Finding) int {
	if f.Line == 0 {
		return 1
	}
	return 0
}

// A linter gathers findings.
type linter struct {
	Input
	root     *toml.Table
	problems *toml.Problems
	findings []Finding
}
