package shard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bindery-data/bindery/schema"
)

const richFields = "i int64!, u uint64, b int8, f float64, g float32, s string, t bool, d decimal, day date, " +
	"c time, at timestamp(UTC), x binary, l list(int32), m map(float64), n struct(a string!, k list(struct(v bool))), j json"

var richSeeds = []string{
	`{"i":1,"u":18446744073709551615,"b":-128,"f":0.1,"g":3.4e38,"s":"þ\n\ud83d\ude00","t":true,"d":"12.5","day":"2024-02-29",` +
		`"c":"23:59:59.5","at":"2024-02-29T12:00:00Z","x":"aGVsbG8=","l":[1,null,-3],"m":{"a":1.5,"b":null},` +
		`"n":{"a":"x","k":[{"v":true},{},null]},"j":{"any": ["thing", 1e400]}}`,
	`{"i":-9223372036854775808,"f":-0.0,"d":1e2,"n":null,"l":[],"m":{},"j":null}`,
	` { "s" : "\u0000\"" , "i" : 9223372036854775807 , "f" : 9007199254740993 } `,
	`{"i":1.0,"u":-1,"b":128,"f":"1","g":1e39,"s":1,"t":"true","d":1.255,"day":"2023-02-29","x":"a","l":{},"m":[],"n":[],"extra":[{}]}`,
	`{"i":1,"i":2,"m":{"a":1,"a":2},"s":"\ud800"}`,
	`{"i":01}`, `{"i":1,}`, `{"i":+1}`, `[{"i":1}]`, `{"i":1}{"i":2}`, "{\"s\":\"\xff\"}", "{\"s\":\"\t\"}", ``, ` `, `null`,
	`{"j":` + strings.Repeat(`[`, 600) + strings.Repeat(`]`, 600) + `}`,
}

var halfPairEscape = regexp.MustCompile(`\\u[dD][89a-fA-F]`)

// reference decodes a line by encoding/json. It returns the values of the fields, or ok false if the
// record must have a finding.
func reference(s *schema.Schema, line []byte) (values map[string]any, ok bool) {
	if !json.Valid(line) || !utf8.Valid(line) || depthOf(line) > maxJSONDepth {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	root := &schema.Field{Type: schema.Struct, Fields: s.Fields}
	v, ok := referenceValue(root, d)
	values, isObject := v.(map[string]any)
	return values, ok && isObject
}

// depthOf is how deep the brackets of valid JSON lie within one another.
func depthOf(text []byte) (deepest int) {
	d, depth := json.NewDecoder(bytes.NewReader(text)), 0
	for {
		token, err := d.Token()
		if err != nil {
			return deepest
		}
		switch token {
		case json.Delim('['), json.Delim('{'):
			depth++
			deepest = max(deepest, depth)
		case json.Delim(']'), json.Delim('}'):
			depth--
		}
	}
}

// referenceValue reads one value of f.
func referenceValue(f *schema.Field, d *json.Decoder) (v any, ok bool) {
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		panic(err) // The text is valid.
	}
	if string(raw) == "null" {
		return nil, true
	}
	inner := json.NewDecoder(bytes.NewReader(raw))
	inner.UseNumber()
	switch {
	case f.Type == schema.JSON:
		return string(raw), true
	case f.Type == schema.List && raw[0] == '[':
		return referenceItems(f, inner)
	case (f.Type == schema.Struct || f.Type == schema.Map) && raw[0] == '{':
		return referenceMembers(f, inner)
	case f.Type.Nested():
		return nil, false
	}
	token, err := inner.Token()
	if err != nil {
		panic(err)
	}
	switch token := token.(type) {
	case bool:
		return token, f.Type == schema.Bool
	case json.Number:
		return referenceNumber(f, string(token))
	case string:
		if f.Type == schema.String {
			return token, true
		}
		if f.Type == schema.Bool || f.Type.Float() || f.Type.Signed() || f.Type.Unsigned() {
			return nil, false
		}
		_, err := schema.ParseScalar(f, token)
		return token, err == nil
	}
	return nil, false
}

func referenceNumber(f *schema.Field, text string) (v any, ok bool) {
	switch {
	case f.Type == schema.Decimal:
		_, err := schema.ParseScalar(f, text)
		return text, err == nil
	case f.Type.Float():
		bits := 64
		if f.Type == schema.Float32 {
			bits = 32
		}
		v, err := strconv.ParseFloat(text, bits)
		return v, err == nil
	case f.Type.Signed():
		v, err := strconv.ParseInt(text, 10, 8<<(f.Type-schema.Int8))
		return strconv.FormatInt(v, 10), err == nil
	case f.Type.Unsigned():
		if text == "-0" {
			text = "0"
		}
		v, err := strconv.ParseUint(text, 10, 8<<(f.Type-schema.Uint8))
		return strconv.FormatUint(v, 10), err == nil
	}
	return nil, false
}

func referenceItems(f *schema.Field, d *json.Decoder) (v any, ok bool) {
	items, ok := []any{}, true
	for _, _ = d.Token(); d.More(); {
		item, itemOK := referenceValue(f.Items, d)
		items, ok = append(items, item), ok && itemOK
	}
	return items, ok
}

func referenceMembers(f *schema.Field, d *json.Decoder) (v any, ok bool) {
	members, ok := make(map[string]any), true
	for _, _ = d.Token(); d.More(); {
		key, err := d.Token()
		if err != nil {
			panic(err)
		}
		child := f.Values
		for _, field := range f.Fields {
			if field.Name == key {
				child = field
			}
		}
		if _, twice := members[key.(string)]; twice || child == nil {
			child, ok = &schema.Field{Type: schema.JSON}, false
		}
		member, memberOK := referenceValue(child, d)
		members[key.(string)], ok = member, ok && memberOK
	}
	for _, field := range f.Fields {
		if _, there := members[field.Name]; !there {
			members[field.Name], ok = nil, ok && !field.Required
		}
	}
	return members, ok
}

// alikeJSON compares what the decoder made of a value of f, rendered and parsed, with the reference's.
func alikeJSON(f *schema.Field, got, want any) bool {
	if want == nil || got == nil {
		return want == nil && got == nil
	}
	switch w := want.(type) {
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return false
		}
		for i := range w {
			if !alikeJSON(f.Items, g[i], w[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		return alikeMembers(f, got, w)
	case bool:
		return got == w
	case float64:
		return alikeFloat(fmt.Sprint(got), w, f.Type)
	}
	return alikeText(f, got, want.(string))
}

func alikeMembers(f *schema.Field, got any, want map[string]any) bool {
	g, ok := got.(map[string]any)
	if !ok || len(g) != len(want) {
		return false
	}
	children := map[string]*schema.Field{}
	for _, child := range f.Fields {
		children[child.Name] = child
	}
	for key, w := range want {
		child := children[key]
		if f.Type == schema.Map {
			child = f.Values
		}
		if v, there := g[key]; !there || !alikeJSON(child, v, w) {
			return false
		}
	}
	return true
}

func alikeFloat(text string, want float64, t schema.Type) bool {
	bits := 64
	if t == schema.Float32 {
		bits = 32
	}
	v, err := strconv.ParseFloat(text, bits)
	return err == nil && math.Float64bits(v) == math.Float64bits(want)
}

func alikeText(f *schema.Field, got any, want string) bool {
	switch {
	case f.Type == schema.Decimal:
		g, ok1 := new(big.Rat).SetString(fmt.Sprint(got))
		w, ok2 := new(big.Rat).SetString(want)
		return ok1 && ok2 && g.Cmp(w) == 0
	case f.Type == schema.Time || f.Type == schema.Timestamp || f.Type == schema.Date:
		g, err1 := schema.ParseScalar(f, fmt.Sprint(got))
		w, err2 := schema.ParseScalar(f, want)
		return err1 == nil && err2 == nil && g.Int == w.Int
	case f.Type == schema.JSON:
		var w any
		d := json.NewDecoder(strings.NewReader(want))
		d.UseNumber()
		return d.Decode(&w) == nil && reflect.DeepEqual(got, w)
	}
	return fmt.Sprint(got) == want
}

// FuzzJSONL holds the decoder to encoding/json: it must take the same lines and make the same values of
// them. It differs where it is stricter: bytes that are not UTF-8, halves of surrogate pairs, keys that
// are there twice, and more than 512 levels.
func FuzzJSONL(f *testing.F) {
	for _, seed := range richSeeds {
		f.Add([]byte(seed))
	}
	for _, c := range jsonRecords {
		f.Add([]byte(c.text))
	}
	s := schemaOf(richFields)
	f.Fuzz(func(t *testing.T, text []byte) {
		out := decodeJSON(t, s, newJSONLDecoder(s, Spec{}), string(text), 1<<20)
		var lines [][]byte
		for line := range bytes.SplitSeq(text, newline) {
			if len(bytes.Trim(line, " \t\r")) > 0 {
				lines = append(lines, line)
			}
		}
		if len(out.rows) != len(lines) {
			t.Fatalf("%d rows of %d lines", len(out.rows), len(lines))
		}
		for i, line := range lines {
			compareLine(t, s, line, out, i)
		}
	})
}

func compareLine(t *testing.T, s *schema.Schema, line []byte, out decoded, row int) {
	t.Helper()
	var findings []string
	for _, finding := range out.findings {
		if strings.HasPrefix(finding, strconv.Itoa(row)+" ") {
			findings = append(findings, finding)
		}
	}
	want, ok := reference(s, line)
	if strings.Contains(strings.Join(findings, "|"), string(schema.EncodingError)) {
		if utf8.Valid(line) && !halfPairEscape.Match(line) {
			t.Fatalf("%q: %q", line, findings)
		}
		return
	}
	if ok != (len(findings) == 0) {
		t.Fatalf("%q: findings %q, encoding/json takes it: %v", line, findings, ok)
	}
	if !ok {
		return
	}
	var got any
	d := json.NewDecoder(strings.NewReader(out.rows[row]))
	d.UseNumber()
	if err := d.Decode(&got); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	if !alikeJSON(&schema.Field{Type: schema.Struct, Fields: s.Fields}, got, want) {
		t.Fatalf("%q:\n got %v\nwant %v", line, got, want)
	}
}

// FuzzJSONArray holds the elements of an array to lines of the same text.
func FuzzJSONArray(f *testing.F) {
	for i, seed := range richSeeds {
		f.Add([]byte(seed + ",\n" + richSeeds[(i+1)%len(richSeeds)]))
	}
	s := schemaOf(richFields)
	f.Fuzz(func(t *testing.T, text []byte) {
		out := decodeJSON(t, s, newJSONDecoder(s, Spec{}), string(text), 1<<20)
		if lines := int64(bytes.Count(text, newline)); out.lines != lines {
			t.Fatalf("%d lines, want %d", out.lines, lines)
		}
		var elements []json.RawMessage
		if json.Unmarshal([]byte("["+string(text)+"]"), &elements) != nil {
			return
		}
		if len(elements) != len(out.rows) {
			t.Fatalf("%d elements, %d rows", len(elements), len(out.rows))
		}
		for i, element := range elements {
			line := bytes.ReplaceAll(element, newline, []byte{' '})
			one := decodeJSON(t, s, newJSONLDecoder(s, Spec{}), string(line), 1<<20)
			if got := strings.ReplaceAll(out.rows[i], "\n", " "); len(one.rows) != 1 || got != one.rows[0] {
				t.Fatalf("element %d is %s, the line %s", i, got, one.rows)
			}
		}
	})
}

// FuzzJSONCell holds the values of cells to those of records.
func FuzzJSONCell(f *testing.F) {
	for _, c := range jsonValues {
		f.Add(c.text)
	}
	s := schemaOf("v list(struct(a int8!, b map(json)))")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || strings.Contains(text, "\n") {
			return
		}
		b := NewBuilder(s, 1<<20)
		found := newJSONCell(s.Fields[0]).append(b.columns[0], []byte(text))
		b.endRecord(0, 0, 0)
		var cell decoded
		takeBatch(t, s, b, &cell)
		record := decodeJSON(t, s, newJSONLDecoder(s, Spec{}), `{"v":`+text+`}`, 1<<20)
		if !json.Valid([]byte(text)) {
			if len(found) != 1 {
				t.Fatalf("%q: %v", text, found)
			}
			return
		}
		if len(found) != len(record.findings) || cell.rows[0] != record.rows[0] {
			t.Fatalf("%q: %v %q, as a record %q", text, found, cell.rows, record.rows)
		}
	})
}
