//go:build ignore

// This program remakes spdx_licenses.txt and spdx_exceptions.txt from two npm packages. To run it:
//
//	npm install --prefix DIR spdx-license-ids@3.0.24 spdx-exceptions@2.5.0
//	go run spdx_lists.go DIR/node_modules
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: go run spdx_lists.go NODE_MODULES")
	}
	for _, list := range []struct{ file, module, title, license string }{
		{"spdx_licenses.txt", "spdx-license-ids", "SPDX License List identifiers, deprecated ones included.", "CC0-1.0"},
		{"spdx_exceptions.txt", "spdx-exceptions",
			"SPDX License Exceptions identifiers, copyright the Linux Foundation and its contributors.", "CC-BY-3.0"},
	} {
		var ids, deprecated []string
		var about struct{ Version string }
		dir := filepath.Join(os.Args[1], list.module)
		read(&ids, dir, "index.json")
		read(&deprecated, dir, "deprecated.json")
		read(&about, dir, "package.json")
		source := fmt.Sprintf("npm %s %s (%s)", list.module, about.Version, list.license)
		write(list.file, list.title, source, append(ids, deprecated...))
	}
}

func read(into any, dir, name string) {
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func write(name, title, source string, ids []string) {
	slices.Sort(ids)
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n# From %s, by spdx_lists.go.\n", title, source)
	for _, id := range slices.Compact(ids) {
		fmt.Fprintln(&b, id)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o666); err != nil {
		log.Fatal(err)
	}
}
