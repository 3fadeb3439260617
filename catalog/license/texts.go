//go:build ignore

// This program remakes texts.zip from an npm package. To run it:
//
//	npm pack spdx-license-list@6.12.0
//	tar -xzf spdx-license-list-6.12.0.tgz
//	go generate
package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/json"
	"io"
	"log"
	"os"
	"strings"
)

// ids are the licenses whose texts are kept: those in use for open data, and for the code beside it.
const ids = `
0BSD AFL-3.0 AGPL-3.0 Apache-2.0 Artistic-2.0 BSD-2-Clause BSD-2-Clause-Patent BSD-3-Clause
BSD-3-Clause-Clear BSD-4-Clause BSL-1.0 C-UDA-1.0
CC-BY-1.0 CC-BY-2.0 CC-BY-2.5 CC-BY-3.0 CC-BY-3.0-IGO CC-BY-4.0
CC-BY-NC-2.0 CC-BY-NC-2.5 CC-BY-NC-3.0 CC-BY-NC-4.0 CC-BY-NC-ND-3.0 CC-BY-NC-ND-4.0
CC-BY-NC-SA-2.0 CC-BY-NC-SA-2.5 CC-BY-NC-SA-3.0 CC-BY-NC-SA-3.0-IGO CC-BY-NC-SA-4.0
CC-BY-ND-3.0 CC-BY-ND-4.0 CC-BY-SA-1.0 CC-BY-SA-2.0 CC-BY-SA-2.5 CC-BY-SA-3.0 CC-BY-SA-3.0-IGO
CC-BY-SA-4.0 CC-PDDC CC-PDM-1.0 CC0-1.0
CDLA-Permissive-1.0 CDLA-Permissive-2.0 CDLA-Sharing-1.0 CECILL-2.1 DL-DE-BY-2.0 DL-DE-ZERO-2.0
ECL-2.0 EPL-2.0 EUPL-1.1 EUPL-1.2 GFDL-1.2 GFDL-1.3 GPL-2.0 GPL-3.0 ISC LGPL-2.1 LGPL-3.0 LGPLLR
MIT MIT-0 MPL-2.0 MS-PL NLOD-1.0 NLOD-2.0 O-UDA-1.0 ODC-By-1.0 ODbL-1.0 OFL-1.1 OGDL-Taiwan-1.0
OGL-Canada-2.0 OGL-UK-1.0 OGL-UK-2.0 OGL-UK-3.0 PDDL-1.0 Unicode-3.0 Unicode-DFS-2016 Unlicense
WTFPL Zlib etalab-2.0
`

func main() {
	text, err := os.ReadFile("package/spdx-full.json")
	if err != nil {
		log.Fatal(err)
	}
	var list map[string]struct{ LicenseText string }
	if err := json.Unmarshal(text, &list); err != nil {
		log.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	for _, id := range strings.Fields(ids) {
		text := list[id].LicenseText
		if text == "" {
			log.Fatalf("the list has no text of %s", id)
		}
		f, err := w.CreateHeader(&zip.FileHeader{Name: id + ".txt", Method: zip.Deflate})
		if err == nil {
			_, err = io.WriteString(f, strings.TrimRight(text, "\n")+"\n")
		}
		if err != nil {
			log.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("texts.zip", out.Bytes(), 0o666); err != nil {
		log.Fatal(err)
	}
}
