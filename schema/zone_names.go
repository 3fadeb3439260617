//go:build ignore

// This program remakes zone_names.txt from the time zone database that comes with Go. To run it:
//
//	go run zone_names.go
package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		log.Fatal(err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "lib", "time")
	update, err := os.ReadFile(filepath.Join(dir, "update.bash"))
	if err != nil {
		log.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^DATA=(\w+)$`).FindSubmatch(update)
	if version == nil {
		log.Fatal("update.bash does not say the version of the data")
	}
	r, err := zip.OpenReader(filepath.Join(dir, "zoneinfo.zip"))
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	var names []string
	for _, f := range r.File {
		if !strings.HasSuffix(f.Name, "/") && f.Name != "Factory" {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Names of the IANA time zone database %s (public domain), but for Factory, which is no zone.\n", version[1])
	fmt.Fprintln(&b, "# From Go's copy, by zone_names.go.")
	fmt.Fprintln(&b, strings.Join(names, "\n"))
	if err := os.WriteFile("zone_names.txt", b.Bytes(), 0o666); err != nil {
		log.Fatal(err)
	}
}
