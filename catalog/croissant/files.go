package croissant

import (
	"fmt"
	"path"
	"strings"

	"github.com/bindery-data/bindery/catalog"
)

// cardName is the file of a bundle that is the dataset's page for people.
const cardName = "README.md"

// A fileObject is one file of the bundle. Its @id is its name, which resolves to where it lies.
type fileObject struct {
	Type           string `json:"@type"`
	ID             string `json:"@id"`
	Name           string `json:"name"`
	ContentURL     string `json:"contentUrl"`
	ContentSize    string `json:"contentSize"`
	EncodingFormat any    `json:"encodingFormat"`
	SHA256         string `json:"sha256"`
}

func describe(f catalog.File) fileObject {
	return fileObject{
		Type: "cr:FileObject", ID: f.Name, Name: f.Name, ContentURL: f.Name,
		ContentSize: fmt.Sprintf("%d B", f.Size), EncodingFormat: mediaType(f.Name), SHA256: f.SHA256,
	}
}

// parquetTypes are the registered media type of Parquet, and the one that Croissant's readers know.
var parquetTypes = []string{"application/vnd.apache.parquet", "application/x-parquet"}

// mediaType returns what a file of a bundle is, by its name.
func mediaType(name string) any {
	switch path.Ext(name) {
	case ".parquet":
		return parquetTypes
	case ".json":
		return "application/json"
	case ".md":
		return "text/markdown"
	case ".toml":
		return "application/toml"
	case ".cff":
		return "application/yaml"
	case ".svg":
		return "image/svg+xml"
	}
	return "text/plain"
}

// A fileSet is the Parquet files of one config. It is contained in nothing: its files lie beside the
// document.
type fileSet struct {
	Type           string   `json:"@type"`
	ID             string   `json:"@id"`
	Name           string   `json:"name"`
	Description    string   `json:"description"`
	EncodingFormat []string `json:"encodingFormat"`
	Includes       []string `json:"includes"`
}

func (b *records) fileSet() fileSet {
	var splits, includes []string
	for _, s := range b.config.Splits {
		splits = append(splits, s.Name)
		includes = append(includes, catalog.DataFileStem(b.config.Name, s.Name)+"-?????-of-?????.parquet")
	}
	return fileSet{
		Type: "cr:FileSet", ID: b.files, Name: b.config.Name + " files",
		Description:    "The Parquet files of " + strings.Join(splits, ", ") + ".",
		EncodingFormat: parquetTypes, Includes: includes,
	}
}
