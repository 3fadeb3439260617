package main

import "fmt"

// declaration is the bindery.toml of a set in one form.
func declaration(s set, f form) []byte {
	return fmt.Appendf(nil, `[dataset]
name    = "bench-%[1]s"
title   = "%[2]s"
version = "1.0.0"
date    = 2026-11-23
license = "BSD-3-Clause"

[[sources]]
name      = "The Go source tree"
url       = "https://go.dev"
license   = "BSD-3-Clause"
copyright = "Copyright 2009 The Go Authors."

[[splits]]
name   = "train"
shards = ["shards/*%[3]s"]
%[4]s`, s.name, s.title, f.ending, s.fields)
}
