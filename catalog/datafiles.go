package catalog

import "fmt"

// DefaultConfig is the name of the config of a declaration that has no [configs].
const DefaultConfig = "default"

// DataFileName returns the name of the i-th of n Parquet files of a split, counted from 0:
// train-00000-of-00003.parquet in the config "default", en-train-00000-of-00003.parquet in "en".
func DataFileName(config, split string, i, n int) string {
	return fmt.Sprintf("%s-%05d-of-%05d.parquet", DataFileStem(config, split), i, n)
}

// DataFileStem returns what the names of a split's files begin with, up to the dash before the number.
func DataFileStem(config, split string) string {
	if config == DefaultConfig {
		return split
	}
	return config + "-" + split
}
