//go:build ignore

// This program remakes spdx_licenses.txt and spdx_exceptions.txt from two npm packages. To run it:
//
//	npm install --prefix DIR spdx-license-list@6.12.0 spdx-exceptions@2.5.0
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
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: go run spdx_lists.go NODE_MODULES")
	}
	var licenses map[string]struct{}
	read(&licenses, os.Args[1], "spdx-license-list", "spdx.json")
	var ids []string
	for id := range licenses {
		// "GPL-2.0+" is the id GPL-2.0 with the operator "+", which the grammar has anyway.
		if !strings.HasSuffix(id, "+") {
			ids = append(ids, id)
		}
	}
	var exceptions, deprecated []string
	read(&exceptions, os.Args[1], "spdx-exceptions", "index.json")
	read(&deprecated, os.Args[1], "spdx-exceptions", "deprecated.json")

	write("spdx_licenses.txt", ids, version(os.Args[1], "spdx-license-list"),
		"SPDX License List identifiers, deprecated ones included.", "CC0-1.0")
	write("spdx_exceptions.txt", append(exceptions, deprecated...), version(os.Args[1], "spdx-exceptions"),
		"SPDX License Exceptions identifiers, copyright the Linux Foundation and its contributors.", "CC-BY-3.0")
}

func version(modules, name string) string {
	var p struct{ Version string }
	read(&p, modules, name, "package.json")
	return "npm " + name + " " + p.Version
}

func read(into any, path ...string) {
	text, err := os.ReadFile(filepath.Join(path...))
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func write(name string, ids []string, source, title, license string) {
	slices.Sort(ids)
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n# From %s (%s), by spdx_lists.go.\n", title, source, license)
	for _, id := range slices.Compact(ids) {
		fmt.Fprintln(&b, id)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o666); err != nil {
		log.Fatal(err)
	}
}
