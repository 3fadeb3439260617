package catalog

// ManifestName and ChecksumsName are the two files of a bundle that describe the others.
const (
	ManifestName  = "manifest.json"
	ChecksumsName = "SHA256SUMS"
)

// ManifestFormat is the version of the manifest's own format.
const ManifestFormat = "https://bindery-data.github.io/manifest/1"

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
	Writer      string `json:"writer"`      // "arrow-go 17.0.0"
	Compression string `json:"compression"` // "zstd (klauspost/compress 1.18.0)"
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
