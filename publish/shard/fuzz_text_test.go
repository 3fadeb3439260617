package shard

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bindery-data/bindery/schema"
)

// csvCells returns the records of a text as encoding/csv reads them, or its error.
func csvCells(text []byte) ([][]string, error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	return r.ReadAll()
}

// FuzzCSV holds the reader of CSV to encoding/csv, and the cutter to the reader: wherever the text is
// cut, the records are the same.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"", "1,2\n3,4", "\"a\"\"b\",\n\"\r\n\"\r\n\n,\n", "a\"b,c\n\"d\"e,\"f\ng\"\n", "\"open\n", "\r", "\n\r\n\r", "\"\"\r", "\"\"\"", ",,\xff\x00",
	} {
		f.Add([]byte(seed), uint16(1))
	}
	f.Fuzz(func(t *testing.T, text []byte, want uint16) {
		whole, lines, fault := readCSV(t, text, 1<<20)
		if cut, cutLines, _ := readCSV(t, text, int(want)); fmt.Sprintf("%q", cut) != fmt.Sprintf("%q", whole) || !slices.Equal(lines, cutLines) {
			t.Fatalf("cut at %d: %q, whole: %q", want, cut, whole)
		}
		theirs, err := csvCells(text)
		if (err == nil) != (fault == nil) {
			t.Fatalf("faulty: %v; encoding/csv: %v", fault, err)
		}
		if err != nil {
			return
		}
		if len(whole) != len(theirs) {
			t.Fatalf("%q: %d records, encoding/csv has %d", text, len(whole), len(theirs))
		}
		for i := range theirs {
			for j, cell := range whole[i] {
				whole[i][j] = strings.ReplaceAll(cell, "\r\n", "\n") // as encoding/csv does
			}
			if !slices.Equal(whole[i], theirs[i]) {
				t.Fatalf("record %d is %q, encoding/csv has %q", i, whole[i], theirs[i])
			}
		}
	})
}

// readCSV cuts text and reads the records of every chunk, with the line that each begins at.
func readCSV(t *testing.T, text []byte, want int) (records [][]string, lines []int, fault error) {
	line := 0
	for start := 0; start < len(text); {
		c := csvCutter{delimiter: ','}
		n, found, _ := c.cut(text[start:], want)
		if !found {
			n = len(text) - start
		}
		r := csvReader{text: text[start : start+n], delimiter: ','}
		for r.pos < len(r.text) {
			before := r.pos
			if !r.blank() {
				err := r.record()
				if fault == nil {
					fault = err
				}
				var cells []string
				for _, cell := range r.cells {
					cells = append(cells, string(cell))
				}
				records, lines = append(records, cells), append(lines, line)
				if r.lineEnd < before || r.lineEnd > r.pos || r.next != r.pos {
					t.Fatalf("record at %d ends at %d, the next begins at %d (%d)", before, r.lineEnd, r.pos, r.next)
				}
			}
			if r.pos <= before || r.pos > len(r.text) {
				t.Fatalf("went from %d to %d of %d", before, r.pos, len(r.text))
			}
			line += bytes.Count(r.text[before:r.pos], newline)
		}
		start += n
	}
	return records, lines, fault
}

// oddSchema has a field of numbers and a nested one.
func oddSchema() *schema.Schema {
	return shardSchema(
		&schema.Field{Name: "a", Type: schema.Int64},
		&schema.Field{Name: "b", Type: schema.List, Items: &schema.Field{Name: "item", Type: schema.String}},
	)
}

// FuzzCSVDecoder decodes arbitrary text: as many rows as records, and every row has its origin.
func FuzzCSVDecoder(f *testing.F) {
	for _, seed := range []string{"1,2\n", "x,[1]\n\"1\",\"[\"\"\"]\n\n1\n1,2,3\n", "\xff,1\n", "1,\"[1,2,3]\"\r\n,"} {
		f.Add([]byte(seed))
	}
	s := oddSchema()
	f.Fuzz(func(t *testing.T, text []byte) {
		d, b := newCSVDecoder(s, ','), NewBuilder(s, 1<<20)
		records, lines, _ := readCSV(t, text, len(text)+1)
		c := Chunk{Size: int64(len(text)), text: text, cells: []int{0, 1}}
		var out decodedShard
		out.decode(t, d, b, &c, 0)
		if len(out.rows) != len(records) {
			t.Fatalf("%d rows of %d records", len(out.rows), len(records))
		}
		for i, line := range out.lines {
			if int(line) != lines[i] {
				t.Fatalf("record %d is at line %d, not %d", i, line, lines[i])
			}
		}
		if !utf8.Valid(text) && len(out.findings) == 0 {
			t.Fatalf("%q is not UTF-8 and nothing was found", text)
		}
	})
}

// FuzzJSONArraySplit holds the cutting of arrays to encoding/json: whatever it takes as an array is
// cut into chunks of the same elements.
func FuzzJSONArraySplit(f *testing.F) {
	for _, seed := range []string{
		"", "[]", "[1]", `[{"a":"]},{\"\\"},[[],{}],null , "x,y"]`, "[1,]", "[1,2", "[1] x", "\ufeff[ ]", "[\"\\", "[}]", "[,]",
	} {
		f.Add([]byte(seed), uint16(1), uint16(1))
	}
	f.Fuzz(func(t *testing.T, text []byte, want, piece uint16) {
		chunks, ended := cutArray(t, text, int(want)+1, int(piece)+1)
		var elements []json.RawMessage
		if json.Unmarshal(text, &elements) != nil || bytes.HasPrefix(bytes.TrimSpace(text), []byte("null")) {
			return
		}
		if !ended {
			t.Fatalf("%q is an array, and its end was not found", text)
		}
		for i, chunk := range chunks {
			var part []json.RawMessage
			trimmed := bytes.TrimRight(chunk, " \t\r\n")
			if i < len(chunks)-1 {
				trimmed = bytes.TrimSuffix(trimmed, []byte(","))
			}
			if err := json.Unmarshal(slices.Concat([]byte("["), trimmed, []byte("]")), &part); err != nil {
				t.Fatalf("chunk %q of %q: %v", chunk, text, err)
			}
			if len(part) > len(elements) {
				t.Fatalf("%q has more elements in chunks", text)
			}
			for j := range part {
				if !bytes.Equal(part[j], elements[j]) {
					t.Fatalf("%q: chunk %d has %q for %q", text, i, part[j], elements[j])
				}
			}
			elements = elements[len(part):]
		}
		if len(elements) > 0 {
			t.Fatalf("%q: %d elements are in no chunk", text, len(elements))
		}
	})
}

// cutArray cuts text that becomes known piece by piece, and reports whether it was an array to its end.
func cutArray(t *testing.T, text []byte, want, piece int) (chunks [][]byte, ended bool) {
	var a arrayCutter
	start, ok, err := a.head(text, true)
	if err != nil || !ok {
		return nil, false
	}
	for {
		a.begin(nil)
		known := text[start:start]
		for {
			if len(known) == len(text)-start {
				if whole := a.whole(known); whole < 0 || whole > len(known) {
					t.Fatalf("%d of %d bytes are whole", whole, len(known))
				}
				return chunks, false
			}
			known = text[start:min(start+len(known)+piece, len(text))]
			n, found, last := a.cut(known, want)
			if !found {
				continue
			}
			if !last && n < want {
				t.Fatalf("a chunk of %d bytes where %d were wanted", n, want)
			}
			if n > 0 {
				chunks = append(chunks, known[:n])
			}
			start += n
			if last {
				return chunks, a.tail(text[start:]) == nil
			}
			break
		}
	}
}

// FuzzOpen reads arbitrary files as every text format under every compression. It must end, and the
// chunks of a plain file must be the file.
func FuzzOpen(f *testing.F) {
	for i, seed := range []string{"{}\n", "[{}]", "a,b\n1,2\n", "a\tb\n\"1\t"} {
		f.Add([]byte(seed), uint8(i), uint16(2))
		for j, ending := range []string{".gz", ".zst", ".xz"} {
			f.Add(pack(f, ending, []byte(seed)), uint8(i+4*[]int{1, 2, 4}[j]), uint16(2))
		}
	}
	for i, ending := range []string{".gz", ".zst", ".bz2", ".xz"} {
		f.Add(readTestdata(f, "lines.jsonl"+ending), uint8(4*(i+1)), uint16(100))
	}
	names := []string{"none"}
	for _, c := range compressions {
		names = append(names, c.name)
	}
	texts := []string{"jsonl", "json", "csv", "tsv"}
	l := limits{record: 1 << 20, expandFree: 1 << 24, expandRatio: 2000}
	f.Fuzz(func(t *testing.T, content []byte, kind uint8, want uint16) {
		spec := writeShard(t, "x", content)
		spec.Format = texts[kind%4]
		spec.Compression = names[int(kind/4)%len(names)]
		got := cutAll(t, ab, spec, l, always(int64(want)+1))
		codes(t, got.err)
		body := strings.Join(got.texts, "")
		if spec.Compression == "none" && got.err == io.EOF && !bytes.Contains(content, []byte(body)) {
			t.Fatalf("chunks hold what the file does not: %q", body)
		}
	})
}
