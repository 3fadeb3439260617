package main

import "io/fs"

// exampleFiles is the example's folder without what the README's first command makes in it.
type exampleFiles struct{ fs.FS }

func (e exampleFiles) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(e.FS, name)
	kept := entries[:0]
	for _, d := range entries {
		if d.Name() != "dist" && d.Name() != "releases" {
			kept = append(kept, d)
		}
	}
	return kept, err
}
