package shard

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var ab = shardSchema(stringField("a"), stringField("b"))

// TestCutOddities cuts every oddity at every size and looks at what all chunks together hold.
func TestCutOddities(t *testing.T) {
	tests := []struct {
		name, file, in string
		texts          string // what the chunks hold together
		skipped        int64
		damage         string
	}{
		{name: "empty lines", file: "x.jsonl", in: ""},
		{name: "empty array file", file: "x.json", in: ""},
		{name: "empty csv", file: "x.csv", in: ""},
		{name: "mark alone", file: "x.jsonl", in: "\ufeff"},
		{name: "mark alone csv", file: "x.csv", in: "\ufeff"},
		{name: "mark alone json", file: "x.json", in: "\ufeff"},
		{name: "lines", file: "x.jsonl", in: "{}\n{}\n", texts: "{}\n{}\n"},
		{name: "mark", file: "x.jsonl", in: "\ufeff{}\n{}\n", texts: "{}\n{}\n"},
		{name: "last line open", file: "x.jsonl", in: "{}\n{}", texts: "{}\n{}"},
		{name: "crlf and blanks", file: "x.ndjson", in: "\r\n{}\r\n\n \n{}\r\n\n", texts: "\r\n{}\r\n\n \n{}\r\n\n"},
		{name: "white space alone", file: "x.jsonl", in: " \n\t\r\n", texts: " \n\t\r\n"},
		{name: "not UTF-8, NUL", file: "x.jsonl", in: "\xff\n\x00\n", texts: "\xff\n\x00\n"},
		{name: "UTF-16LE", file: "x.jsonl", in: "\xff\xfe{\x00}\x00", damage: "encoding-error"},
		{name: "UTF-16BE", file: "x.csv", in: "\xfe\xff\x00a", damage: "encoding-error"},
		{name: "UTF-32LE", file: "x.json", in: "\xff\xfe\x00\x00[\x00\x00\x00", damage: "encoding-error"},
		{name: "UTF-32BE", file: "x.json", in: "\x00\x00\xfe\xff\x00\x00\x00[", damage: "encoding-error"},

		{name: "array", file: "x.json", in: `[{"a":1},{"a":2}]`, texts: `{"a":1},{"a":2}`},
		{name: "no elements", file: "x.json", in: " [ ] \n"},
		{name: "array over lines", file: "x.json", in: "\ufeff\n[\r\n {\"a\":\n1} ,\n {}\n ]\n\n", texts: "{\"a\":\n1} ,\n {}\n ", skipped: 2},
		{name: "brackets in strings", file: "x.json", in: `[{"a":"]},{\"\\"},{"b":"\\\\\\\"["}]`, texts: `{"a":"]},{\"\\"},{"b":"\\\\\\\"["}`},
		{name: "scalars", file: "x.json", in: `[1, "x,]" ,[2,[3,4]],null]`, texts: `1, "x,]" ,[2,[3,4]],null`},
		{name: "trailing comma", file: "x.json", in: "[{},{},\n]", texts: "{},{},\n", damage: "format-error"},
		{name: "comma alone", file: "x.json", in: "[,]", texts: ",", damage: "format-error"},
		{name: "two commas", file: "x.json", in: "[{},,{}]", texts: "{},,{}"},
		{name: "array cut short", file: "x.json", in: `[{"a":[1]},{"a":2},{"a"`, texts: `{"a":[1]},{"a":2},`, damage: "format-error"},
		{name: "array without its bracket", file: "x.json", in: `[{"a":1},{"a":"}"}`, texts: `{"a":1},{"a":"}"}`, damage: "format-error"},
		{name: "opening bracket alone", file: "x.json", in: " [ ", damage: "format-error"},
		{name: "array in a string cut short", file: "x.json", in: `[{"a":1},{"a":"},{`, texts: `{"a":1},`, damage: "format-error"},
		{name: "after the array", file: "x.json", in: `[{}] [{}]`, texts: `{}`, damage: "format-error"},
		{name: "two closing brackets", file: "x.json", in: `[{}]]`, texts: `{}`, damage: "format-error"},
		{name: "no array", file: "x.json", in: `{"a":1}`, damage: "format-error"},
		{name: "no JSON", file: "x.json", in: `hello`, damage: "format-error"},
		{name: "deep", file: "x.json", in: "[" + strings.Repeat("[", 9999) + strings.Repeat("]", 9999) + "]",
			texts: strings.Repeat("[", 9999) + strings.Repeat("]", 9999)},
		{name: "stray brace", file: "x.json", in: `[1},2]`, texts: `1},2`},

		{name: "csv", file: "x.csv", in: "a,b\n1,2\n3,4\n", texts: "1,2\n3,4\n", skipped: 1},
		{name: "tsv", file: "x.tsv", in: "a\tb\n1\t2\n3\t4", texts: "1\t2\n3\t4", skipped: 1},
		{name: "tab", file: "x.tab", in: "b\ta\n1\t2\n", texts: "1\t2\n", skipped: 1},
		{name: "header alone", file: "x.csv", in: "a,b\n", skipped: 0},
		{name: "header alone, open", file: "x.csv", in: "a,b"},
		{name: "header in quotes over lines", file: "x.csv", in: "\ufeff\r\n\n\"a\",\"b\"\r\n1,2\r\n", texts: "1,2\r\n", skipped: 3},
		{name: "blank lines alone", file: "x.csv", in: "\n\r\n\n\r"},
		{name: "quoted line ends", file: "x.csv", in: "a,b\n\"1\n\"\"\n\",\"\n\"\n\n3,\"4\"", texts: "\"1\n\"\"\n\",\"\n\"\n\n3,\"4\"", skipped: 1},
		{name: "stray quotes", file: "x.csv", in: "a,b\n1,5\" disk\n\"x\"y,2\n3,4\n", texts: "1,5\" disk\n\"x\"y,2\n3,4\n", skipped: 1},
		{name: "unclosed quote", file: "x.csv", in: "a,b\n1,2\n\"3,4\n5,6\n", texts: "1,2\n\"3,4\n5,6\n", skipped: 1},
		{name: "blank label", file: "x.csv", in: "a,b,\n1,2,3\n", damage: "blank-label"},
		{name: "all labels wrong", file: "x.csv", in: "a,a, ,c\n", damage: "duplicate-label blank-label extra-label missing-label"},
		{name: "wrong delimiter", file: "x.csv", in: "a;b\n", damage: "extra-label missing-label missing-label"},
		{name: "header not UTF-8", file: "x.csv", in: "a,b\xff\n", damage: "encoding-error"},
		{name: "header with a stray quote", file: "x.csv", in: "a,b\"\n", damage: "format-error"},
		{name: "header with an unclosed quote", file: "x.csv", in: "a,\"b\n1,2\n", damage: "format-error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, ending := range []string{"", ".gz"} {
				spec := writeShard(t, tt.file+ending, pack(t, ending, []byte(tt.in)))
				for want := int64(0); want <= min(int64(len(tt.in)), 64)+1; want++ {
					got := cutAll(t, ab, spec, defaultLimits, always(want))
					if text := strings.Join(got.texts, ""); text != tt.texts {
						t.Fatalf("%s wanting %d: chunks hold %q, want %q", ending, want, text, tt.texts)
					}
					if got.skipped != tt.skipped {
						t.Errorf("%s wanting %d: skipped %d lines, want %d", ending, want, got.skipped, tt.skipped)
					}
					if c := codes(t, got.err); c != tt.damage {
						t.Fatalf("%s wanting %d: damage %q, want %q (%v)", ending, want, c, tt.damage, got.err)
					}
				}
			}
		})
	}
}

// TestCutsAreShortest holds every chunk to the rule: the shortest run of records of at least want.
func TestCutsAreShortest(t *testing.T) {
	tests := []struct {
		file, in string
		want     int64
		texts    []string
	}{
		{"x.jsonl", "1\n22\n\n333\n", 1, []string{"1\n", "22\n", "\n", "333\n"}},
		{"x.jsonl", "1\n22\n\n333\n", 2, []string{"1\n", "22\n", "\n333\n"}},
		{"x.jsonl", "1\n22\n\n333\n", 3, []string{"1\n22\n", "\n333\n"}},
		{"x.jsonl", "1\n22\n\n333", 6, []string{"1\n22\n\n", "333"}},
		{"x.json", "[1,2 ,\n33, 4]", 1, []string{"1,", "2 ,\n", "33, ", "4"}},
		{"x.json", "[1,2 ,\n33, 4]", 3, []string{"1,2 ,\n", "33, ", "4"}},
		{"x.json", "[1,2 ,\n33, 4]", 7, []string{"1,2 ,\n33, ", "4"}},
		{"x.csv", "a,b\n1,2\n\"\n\",4\n5,6\n", 1, []string{"1,2\n", "\"\n\",4\n", "5,6\n"}},
		{"x.csv", "a,b\n1,2\n\"\n\",4\n5,6\n", 4, []string{"1,2\n", "\"\n\",4\n", "5,6\n"}},
		{"x.csv", "a,b\n1,2\n\"\n\",4\n5,6\n", 5, []string{"1,2\n\"\n\",4\n", "5,6\n"}},
	}
	for _, tt := range tests {
		for _, ending := range []string{"", ".gz", ".zst", ".xz"} {
			spec := writeShard(t, tt.file+ending, pack(t, ending, []byte(tt.in)))
			got := cutAll(t, ab, spec, defaultLimits, always(tt.want))
			if fmt.Sprintf("%q", got.texts) != fmt.Sprintf("%q", tt.texts) || got.err != io.EOF {
				t.Errorf("%q wanting %d: %q, %v; want %q", tt.in, tt.want, got.texts, got.err, tt.texts)
			}
		}
	}
}

// TestAfterAnArrayInPieces looks for text after an array where it is read in pieces.
func TestAfterAnArrayInPieces(t *testing.T) {
	var a arrayCutter
	for _, piece := range []string{"] ", "\n\n", "", " "} {
		if err := a.tail([]byte(piece)); err != nil {
			t.Fatalf("%q: %v", piece, err)
		}
	}
	if a.tail([]byte("] ")) == nil {
		t.Error("a second closing bracket was not noticed")
	}
}

// randomText makes a shard of a format with records of all sizes, among them ones longer than what is
// read at once, and returns it with what the chunks must hold together.
func randomText(r *rand.Rand, format string, size int) (text, body string) {
	var b strings.Builder
	for b.Len() < size {
		word := strings.Repeat(string("ab ,]}[{é\x00"[r.IntN(10)]), r.IntN(1<<r.IntN(18)))
		switch format {
		case "jsonl":
			b.WriteString(word + []string{"\n", "\r\n", "\n\n"}[r.IntN(3)])
		case "json":
			if b.Len() > 0 {
				b.WriteString([]string{",", " ,\n "}[r.IntN(2)])
			}
			b.WriteString([]string{
				`{"a":"` + word + `\\"}`, `{"a":[{"b":"\"` + word + `"}]}`, `"` + word + `"`, `17`,
			}[r.IntN(4)])
		case "csv":
			word = strings.ReplaceAll(word, ",", ";")
			b.WriteString([]string{
				word + ",2\n", "\"" + word + "\n\"\"\",x\r\n", "1,\"\"\n", "\n", "5\" disk,\"" + word + "\"x\n",
			}[r.IntN(5)])
		}
	}
	body = b.String()
	switch format {
	case "json":
		return "\n [" + body + "]\n", body
	case "csv":
		return "a,b\n" + body, body
	}
	return body, body
}

func TestPlainAndCompressedAreCutAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, format := range []string{"jsonl", "json", "csv"} {
		for range 4 {
			text, body := randomText(r, format, 1<<(10+r.IntN(12)))
			wants := make([]int64, 1+r.IntN(20))
			for i := range wants {
				wants[i] = r.Int64N(1 << r.IntN(21))
			}
			want := func(i int) int64 { return wants[i%len(wants)] }
			plain := cutAll(t, ab, writeShard(t, "x."+format, []byte(text)), defaultLimits, want)
			if plain.err != io.EOF || strings.Join(plain.texts, "") != body {
				t.Fatalf("%s: the chunks do not hold the shard (%v)", format, plain.err)
			}
			for _, ending := range []string{".gz", ".zst", ".xz"} {
				spec := writeShard(t, "x."+format+ending, pack(t, ending, []byte(text)))
				got := cutAll(t, ab, spec, defaultLimits, want)
				if strings.Join(got.texts, "\x01") != strings.Join(plain.texts, "\x01") || got.err != io.EOF {
					t.Errorf("%s%s is cut unlike plain (%v)", format, ending, got.err)
				}
			}
		}
	}
}

// TestProgramsAreReadAlike reads what bzip2, xz, zstd and gzip made of testdata/lines.jsonl, as two
// streams each.
func TestProgramsAreReadAlike(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "lines.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []int64{1, 7, 100, 1000, 1 << 20} {
		plain := cutAll(t, ab, writeShard(t, "x.jsonl", text), defaultLimits, always(want))
		for _, ending := range []string{".bz2", ".xz", ".zst", ".gz"} {
			path := filepath.Join("testdata", "lines.jsonl"+ending)
			got := cutAll(t, ab, Spec{Path: path}, defaultLimits, always(want))
			if strings.Join(got.texts, "\x01") != strings.Join(plain.texts, "\x01") || got.err != io.EOF {
				t.Errorf("%s wanting %d is cut unlike plain (%v)", ending, want, got.err)
			}
		}
	}
}
