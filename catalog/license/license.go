// Package license holds the full texts of licenses that data and code are often published under, by
// their SPDX ids. The texts are those of the SPDX License List, unchanged.
package license

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"sync"
)

//go:generate go run texts.go

// zipped is made by texts.go.
//
//go:embed texts.zip
var zipped []byte

// texts opens the embedded texts once; each is decompressed when it is asked for.
var texts = sync.OnceValues(func() (map[string]*zip.File, error) {
	r, err := zip.NewReader(bytes.NewReader(zipped), int64(len(zipped)))
	if err != nil {
		return nil, fmt.Errorf("opening the embedded license texts: %w", err)
	}
	files := make(map[string]*zip.File, len(r.File))
	for _, f := range r.File {
		files[strings.TrimSuffix(f.Name, ".txt")] = f
	}
	return files, nil
})

// sameText returns the id that the text of a GNU license is kept under. Whether later versions may be
// chosen is not said in the text itself.
func sameText(id string) string {
	base := strings.TrimSuffix(strings.TrimSuffix(id, "-only"), "-or-later")
	switch base {
	case "AGPL-3.0", "GFDL-1.2", "GFDL-1.3", "GPL-2.0", "GPL-3.0", "LGPL-2.1", "LGPL-3.0":
		return base
	}
	return id
}

// Text returns the full text of the license with an SPDX id, placeholders such as "<year>" and all.
// Not ok means that it is not among those held here.
func Text(id string) (text string, ok bool) {
	text, err := read(id)
	return text, err == nil
}

func read(id string) (string, error) {
	files, err := texts()
	if err != nil {
		return "", err
	}
	f, ok := files[sameText(id)]
	if !ok {
		return "", fmt.Errorf("no text of the license %s is known", id)
	}
	r, err := f.Open()
	if err != nil {
		return "", fmt.Errorf("reading the embedded text of the license %s: %w", id, err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		return "", fmt.Errorf("reading the embedded text of the license %s: %w", id, err)
	}
	return string(b), nil
}

// copyrightLines are what stands in the texts where a licensor's own copyright line belongs.
var copyrightLines = map[string]string{
	"0BSD":                "Copyright (C) YEAR by AUTHOR EMAIL",
	"BSD-2-Clause":        "Copyright (c) <year> <owner> ",
	"BSD-2-Clause-Patent": "Copyright (c) <YEAR> <COPYRIGHT HOLDERS>",
	"BSD-3-Clause":        "Copyright (c) <year> <owner>. ",
	"BSD-3-Clause-Clear":  "Copyright (c) [xxxx]-[xxxx] [Owner Organization]",
	"BSD-4-Clause":        "Copyright (c) <year> <owner>. All rights reserved.",
	"ISC": "Copyright (c) 2004-2010 by Internet Systems Consortium, Inc. (\"ISC\")\n" +
		"Copyright (c) 1995-2003 by Internet Software Consortium",
	"MIT":   "Copyright (c) <year> <copyright holders>",
	"MIT-0": "Copyright <YEAR> <COPYRIGHT HOLDER>",
}

// WantsCopyright reports whether the text of a license has a place for a copyright line.
func WantsCopyright(id string) bool {
	_, ok := copyrightLines[id]
	return ok
}

// Render returns the text of a license with the copyright line, or lines, in the place that the text
// has for it. A text without such a place, and any text where copyright is empty, is returned as it is.
func Render(id, copyright string) (string, error) {
	text, err := read(id)
	if err != nil {
		return "", err
	}
	line, ok := copyrightLines[id]
	if copyright = strings.TrimSpace(copyright); !ok || copyright == "" {
		return text, nil
	}
	return strings.Replace(text, line, copyright, 1), nil
}
