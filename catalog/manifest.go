package catalog

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// ManifestName and ChecksumsName are the two files of a bundle that describe the others.
const (
	ManifestName  = "manifest.json"
	ChecksumsName = "SHA256SUMS"
)

// ManifestFormat is the version of the manifest's own format. A later one that only adds keys has a
// minor version behind it: ".1".
const ManifestFormat = "https://bindery-data.github.io/manifest/1"

// MaxManifestSize is how many bytes a manifest may have.
const MaxManifestSize = 64 << 20

// A Manifest is manifest.json: what one release is made of. Marshalled, it has the keys in the order
// of the members here, so that the same release gives the same bytes.
type Manifest struct {
	Format  string `json:"format"`
	Name    string `json:"name"`
	Version string `json:"version"`
	Date    string `json:"date"` // YYYY-MM-DD
	Title   string `json:"title"`
	License string `json:"license"` // an SPDX expression
	// Visibility is "public" or "private".
	Visibility string  `json:"visibility"`
	Encoding   Coding  `json:"encoding"`
	Splits     []Count `json:"splits"`
	// Files are all files but the manifest itself and SHA256SUMS, by name.
	Files []File `json:"files"`
}

// A Coding says what the bytes of the Parquet files depend on beside the records.
type Coding struct {
	Writer      string `json:"writer"`      // "bindery pages 1, arrow-go 17.0.0"
	Compression string `json:"compression"` // "zstd (bindery 2, klauspost/compress 1.20.3)"
	UnitSize    int64  `json:"unit_size"`   // bytes of input that one row group is made of
	FileSize    int64  `json:"file_size"`   // bytes that a file is kept under
}

// A Count says what became of the records of one split: Read = Written + Quarantined.
type Count struct {
	Config      string `json:"config"`
	Split       string `json:"split"`
	Read        int64  `json:"read"`
	Written     int64  `json:"written"`
	Quarantined int64  `json:"quarantined"`
}

// The roles of a file in a bundle.
const (
	RoleData     = "data"
	RoleCard     = "card"
	RoleLicense  = "license"
	RoleDocument = "document"
)

// A File is one file of a bundle.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // 64 lower-case hexadecimal digits
	Role   string `json:"role"`
	// Config, Split and Records are of data files alone.
	Config  string `json:"config,omitempty"`
	Split   string `json:"split,omitempty"`
	Records int64  `json:"records,omitempty"`
}

// ParseManifest reads a manifest.json and returns it if it keeps the rules of Check. Keys that are
// unknown, repeated or not lower-case, null, and text after the value are refused, except that a
// manifest of a later minor version may have keys that are not known here.
func ParseManifest(text []byte) (*Manifest, error) {
	m, err := parseManifest(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ManifestName, err)
	}
	return m, nil
}

func parseManifest(text []byte) (*Manifest, error) {
	if len(text) > MaxManifestSize {
		return nil, fmt.Errorf("has %d bytes; at most %d are read", len(text), MaxManifestSize)
	}
	m := new(Manifest)
	if err := decodeDocument(text, ManifestFormat, m); err != nil {
		return nil, err
	}
	if len(m.Splits) == 0 {
		m.Splits = nil // so that marshalling and parsing give the same value
	}
	if err := m.Check(); err != nil {
		return nil, err
	}
	return m, nil
}

// Marshal returns the content of manifest.json. The same manifest gives the same bytes.
func (m *Manifest) Marshal() []byte {
	whole := *m
	if whole.Splits == nil {
		whole.Splits = []Count{}
	}
	if whole.Files == nil {
		whole.Files = []File{}
	}
	return encodeDocument(whole)
}

// Check returns an error that names the first rule which m breaks:
//
//   - Name, Version, Date and Visibility are well formed, License is not empty, and texts are UTF-8.
//   - There is a file, and the files are in the order of their names' bytes. Names are valid, differ
//     when letter case is ignored, and are none of the names that are reserved for the bundle's own
//     description. Sizes are not negative, digests are SHA-256, roles are known.
//   - Data files, and they alone, have a config, a split and records.
//   - Each config and split is counted once, with read = written + quarantined, and its data files
//     together have as many records as were written. No data file belongs to another.
func (m *Manifest) Check() error {
	if err := m.checkHead(); err != nil {
		return err
	}
	written, err := m.countRecords()
	if err != nil {
		return err
	}
	for _, c := range m.Splits {
		if got := written[[2]string{c.Config, c.Split}]; got != c.Written {
			return fmt.Errorf("config %q, split %q: %d records were written, the files have %d", c.Config, c.Split, c.Written, got)
		}
	}
	return nil
}

func (m *Manifest) checkHead() error {
	if err := checkFormat(m.Format, ManifestFormat); err != nil {
		return err
	}
	if err := ValidDatasetName(m.Name); err != nil {
		return fmt.Errorf("name: %w", err)
	}
	if err := ValidVersion(m.Version); err != nil {
		return fmt.Errorf("version: %w", err)
	}
	if _, err := time.Parse(time.DateOnly, m.Date); err != nil {
		return fmt.Errorf("date: %q is not a date such as 2026-11-23", m.Date)
	}
	if m.License == "" {
		return errors.New("license: is empty")
	}
	if m.Visibility != "public" && m.Visibility != "private" {
		return fmt.Errorf(`visibility: is %q, not "public" or "private"`, m.Visibility)
	}
	for _, text := range []string{m.Title, m.License, m.Encoding.Writer, m.Encoding.Compression} {
		if !utf8.ValidString(text) {
			return fmt.Errorf("%q is not UTF-8", text)
		}
	}
	if m.Encoding.UnitSize < 0 || m.Encoding.FileSize < 0 {
		return errors.New("encoding: a size is negative")
	}
	return m.checkCounts()
}

func (m *Manifest) checkCounts() error {
	seen := make(map[[2]string]bool, len(m.Splits))
	for _, c := range m.Splits {
		for _, name := range []string{c.Config, c.Split} {
			if err := ValidName(name); err != nil {
				return fmt.Errorf("splits: %w", err)
			}
		}
		place := fmt.Sprintf("config %q, split %q", c.Config, c.Split)
		if key := [2]string{c.Config, c.Split}; seen[key] {
			return fmt.Errorf("%s: is counted twice", place)
		} else {
			seen[key] = true
		}
		if c.Read < 0 || c.Written < 0 || c.Quarantined < 0 || c.Read-c.Written != c.Quarantined {
			return fmt.Errorf("%s: %d read is not %d written and %d quarantined", place, c.Read, c.Written, c.Quarantined)
		}
	}
	return nil
}

// countRecords checks the files and returns the records of each config and split.
func (m *Manifest) countRecords() (map[[2]string]int64, error) {
	if len(m.Files) == 0 {
		return nil, errors.New("files: there are none")
	}
	written := make(map[[2]string]int64, len(m.Splits))
	for _, c := range m.Splits {
		written[[2]string{c.Config, c.Split}] = 0
	}
	names := reservedNames()
	var size int64
	for i, f := range m.Files {
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("files: %w", err)
		}
		if i > 0 && f.Name <= m.Files[i-1].Name {
			return nil, fmt.Errorf("files: %s does not come after %s", f.Name, m.Files[i-1].Name)
		}
		folded := strings.ToLower(f.Name)
		if other, taken := names[folded]; taken {
			return nil, fmt.Errorf("files: the names %s and %s are the same where letter case is ignored", other, f.Name)
		}
		names[folded] = f.Name
		if f.Size > math.MaxInt64-size {
			return nil, errors.New("files: the sizes add up to more than an int64 holds")
		}
		size += f.Size
		if err := addRecords(written, f); err != nil {
			return nil, fmt.Errorf("files: %w", err)
		}
	}
	return written, nil
}

// reservedNames are the files of a bundle that no manifest lists, by their names in lower case.
func reservedNames() map[string]string {
	reserved := make(map[string]string)
	for _, name := range []string{ManifestName, ChecksumsName, PartialName, WithdrawalName} {
		reserved[strings.ToLower(name)] = name
	}
	return reserved
}

func addRecords(written map[[2]string]int64, f File) error {
	if f.Role != RoleData {
		return nil
	}
	key := [2]string{f.Config, f.Split}
	sum, counted := written[key]
	if !counted {
		return fmt.Errorf("%s: config %q, split %q is not among the splits", f.Name, f.Config, f.Split)
	}
	if f.Records > math.MaxInt64-sum {
		return fmt.Errorf("%s: the records add up to more than an int64 holds", f.Name)
	}
	written[key] = sum + f.Records
	return nil
}

// check returns an error that names the first rule which f breaks on its own.
func (f File) check() error {
	if err := ValidName(f.Name); err != nil {
		return err
	}
	switch {
	case f.Size < 0:
		return fmt.Errorf("%s: the size is negative", f.Name)
	case !validSum(f.SHA256):
		return fmt.Errorf("%s: sha256 is not 64 lower-case hexadecimal digits", f.Name)
	case f.Records < 0:
		return fmt.Errorf("%s: the number of records is negative", f.Name)
	}
	switch f.Role {
	case RoleData:
		return nil
	case RoleCard, RoleLicense, RoleDocument:
	default:
		return fmt.Errorf("%s: the role %q is not known", f.Name, f.Role)
	}
	if f.Config != "" || f.Split != "" || f.Records != 0 {
		return fmt.Errorf("%s: has a config, a split or records and is not data", f.Name)
	}
	return nil
}
