package catalog_test

import (
	"testing"

	"github.com/bindery-data/bindery/catalog"
)

func TestURI(t *testing.T) {
	for address, want := range map[string]string{
		"":                                  "",
		"https://example.org/a?b=c&d#e":     "https://example.org/a?b=c&d#e",
		"https://example.org/%41/ø":         "https://example.org/%41/%C3%B8",
		"https://example.org/100%":          "https://example.org/100%25",
		"https://example.org/%zz%4":         "https://example.org/%25zz%254",
		"https://example.org/{x}|`\\^\x01":  "https://example.org/%7Bx%7D%7C%60%5C%5E%01",
		"http://[::1]:80/[a]":               "http://[::1]:80/%5Ba%5D",
		"https://example.org/a#b#c":         "https://example.org/a#b%23c",
		"https://example.org?q=[1]":         "https://example.org?q=%5B1%5D",
		"https://example.org/(a)'!*;,@+$&=": "https://example.org/(a)'!*;,@+$&=",
	} {
		if got := catalog.URI(address); got != want {
			t.Errorf("URI(%q) = %q, want %q", address, got, want)
		}
	}
}
