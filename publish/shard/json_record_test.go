package shard

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/schema"
)

const recordFields = "id int64!, name string, pos struct(lat float64!, lon float64), tags list(string)"

// jsonRecords are texts of records with recordFields: what becomes of them.
var jsonRecords = []struct {
	name, text     string
	rows, findings []string
}{
	{"declared order", `{"id":1,"name":"a","pos":{"lat":1,"lon":2},"tags":["x"]}`,
		[]string{`{"id":1,"name":"a","pos":{"lat":1,"lon":2},"tags":["x"]}`}, nil},
	{"another order, spaces", "\t{ \"tags\" : [ ] , \"pos\" : null , \"name\" : \"a\" , \"id\" : 1 } ",
		[]string{`{"id":1,"name":"a","pos":null,"tags":[]}`}, nil},
	{"missing keys", `{"id":1}`, []string{`{"id":1,"name":null,"pos":null,"tags":null}`}, nil},
	{"required key missing", `{"name":"a"}`, []string{`{"id":null,"name":"a","pos":null,"tags":null}`},
		[]string{`0 missing-cell id : is required, and its key is not there, got`}},
	{"null is not missing", `{"id":null}`, []string{`{"id":null,"name":null,"pos":null,"tags":null}`}, nil},
	{"empty object", `{}`, []string{`{"id":null,"name":null,"pos":null,"tags":null}`},
		[]string{`0 missing-cell id : is required, and its key is not there, got`}},
	{"extra keys", `{"id":1,"x\n":{"deep":[1,{}]},"name":"a","y":"\ud800"}`,
		[]string{`{"id":1,"name":"a","pos":null,"tags":null}`}, []string{
			`0 extra-cell  : has a key that is not declared, got "x\n"`,
			`0 extra-cell  : has a key that is not declared, got "y"`}},
	{"a key in other case is extra", `{"id":1,"Name":"a"}`, []string{`{"id":1,"name":null,"pos":null,"tags":null}`},
		[]string{`0 extra-cell  : has a key that is not declared, got "Name"`}},
	{"empty key", `{"id":1,"":1}`, []string{`{"id":1,"name":null,"pos":null,"tags":null}`},
		[]string{`0 extra-cell  : has a key that is not declared, got ""`}},
	{"escaped keys", `{"\u0069d":1,"n\u0061me":"a"}`, []string{`{"id":1,"name":"a","pos":null,"tags":null}`}, nil},
	{"key twice", `{"id":1,"name":"a","id":2}`, []string{`{"id":1,"name":"a","pos":null,"tags":null}`},
		[]string{`0 duplicate-key id : is there twice, got`}},
	{"key twice at once, once escaped", `{"id":1,"i\u0064":2,"name":"b"}`, []string{`{"id":1,"name":"b","pos":null,"tags":null}`},
		[]string{`0 duplicate-key id : is there twice, got`}},
	{"struct twice", `{"id":1,"pos":{"lat":1},"pos":{"lat":2}}`, []string{`{"id":1,"name":null,"pos":{"lat":1,"lon":null},"tags":null}`},
		[]string{`0 duplicate-key pos : is there twice, got`}},
	{"struct first, others missing", `{"pos":{"lon":2,"lat":1}}`, []string{`{"id":null,"name":null,"pos":{"lat":1,"lon":2},"tags":null}`},
		[]string{`0 missing-cell id : is required, and its key is not there, got`}},
	{"key with half a pair", `{"id":1,"\udead":1}`, []string{`{"id":1,"name":null,"pos":null,"tags":null}`},
		[]string{`0 encoding-error  : has a key with half of a surrogate pair, got "` + "\uFFFD" + `"`}},
	{"several faults", `{"id":"1","name":2,"pos":{"lat":"n","x":0},"tags":[1,"a",{}]}`,
		[]string{`{"id":null,"name":null,"pos":{"lat":null,"lon":null},"tags":[null,"a",null]}`}, []string{
			`0 type-error id : is a string where int64 is declared, got "1"`,
			`0 type-error name : is a number where string is declared, got "2"`,
			`0 type-error pos.lat : is a string where float64 is declared, got "n"`,
			`0 extra-cell pos : has a key that is not declared, got "x"`,
			`0 type-error tags[] tags[0]: is a number where string is declared, got "1"`,
			`0 type-error tags[] tags[2]: is an object where string is declared, got "{}"`}},
	{"faults before what is not JSON", `{"id":"1","x":1,"name":}`, []string{"broken"},
		[]string{`0 format-error  : is not JSON: byte 24 of the record should be a value, got "}"`}},
	{"not an object", `[{"id":1}]`, []string{"broken"},
		[]string{`0 format-error  : is not JSON: byte 1 of the record should be {, since a record is an object, got "[{\"id\":1}]"`}},
	{"a scalar", `12`, []string{"broken"},
		[]string{`0 format-error  : is not JSON: byte 1 of the record should be {, since a record is an object, got "12"`}},
	{"null", `null`, []string{"broken"},
		[]string{`0 format-error  : is not JSON: byte 1 of the record should be {, since a record is an object, got "null"`}},
	{"open object", `{"id":1`, []string{"broken"},
		[]string{`0 format-error  : is not JSON: the record ends at byte 7, where a comma or } is expected, got`}},
	{"only a brace", `{`, []string{"broken"},
		[]string{`0 format-error  : is not JSON: the record ends at byte 1, where a key in double quotes is expected, got`}},
	{"only a key", `{"id"`, []string{"broken"},
		[]string{`0 format-error  : is not JSON: the record ends at byte 5, where a colon is expected, got`}},
	{"no value", `{"id":`, []string{"broken"},
		[]string{`0 format-error  : is not JSON: the record ends at byte 6, where a value is expected, got`}},
	{"comma at the end", `{"id":1,}`, []string{"broken"},
		[]string{`0 format-error  : is not JSON: byte 9 of the record should be a key in double quotes, got "}"`}},
	{"two commas", `{"id":1,,"name":"a"}`, []string{"broken"},
		[]string{`0 format-error  : is not JSON: byte 9 of the record should be a key in double quotes, got ",\"name\":\"a\"}"`}},
	{"comma first", `{,"id":1}`, []string{"broken"},
		[]string{`0 format-error  : is not JSON: byte 2 of the record should be a key in double quotes, got ",\"id\":1}"`}},
	{"no comma", `{"id":1 "name":"a"}`, []string{"broken"},
		[]string{`0 format-error  : is not JSON: byte 9 of the record should be a comma or }, got "\"name\":\"a\"}"`}},
	{"bare key", `{id:1}`, []string{"broken"},
		[]string{`0 format-error  : is not JSON: byte 2 of the record should be a key in double quotes, got "id:1}"`}},
	{"single quotes", `{'id':1}`, []string{"broken"},
		[]string{`0 format-error  : is not JSON: byte 2 of the record should be a key in double quotes, got "'id':1}"`}},
	{"comment", `{"id":1} // one`, []string{"broken"},
		[]string{`0 format-error  : is not JSON: byte 10 of the record should be the end of the record, got "// one"`}},
	{"two objects", `{"id":1}{"id":2}`, []string{"broken"},
		[]string{`0 format-error  : is not JSON: byte 9 of the record should be the end of the record, got "{\"id\":2}"`}},
	{"closing brace too many", `{"id":1}}`, []string{"broken"},
		[]string{`0 format-error  : is not JSON: byte 9 of the record should be the end of the record, got "}"`}},
	{"comma after", `{"id":1},`, []string{"broken"},
		[]string{`0 format-error  : is not JSON: byte 9 of the record should be the end of the record, got ","`}},
	{"byte order mark", "\ufeff{\"id\":1}", []string{"broken"},
		[]string{`0 format-error  : is not JSON: byte 1 of the record should be {, since a record is an object, got "\ufeff{\"id\":1}"`}},
	{"other white space", "{\"id\":\u00a01}", []string{"broken"},
		[]string{`0 format-error  : is not JSON: byte 7 of the record should be a value, got "\u00a01}"`}},
	{"form feed", "{\"id\":\f1}", []string{"broken"},
		[]string{`0 format-error  : is not JSON: byte 7 of the record should be a value, got "\f1}"`}},
	{"NUL outside a string", "{\"id\":1}\x00", []string{"broken"},
		[]string{`0 format-error  : is not JSON: byte 9 of the record should be the end of the record, got "\x00"`}},
	{"not UTF-8", "{\"id\":1,\"name\":\"a\xff\"}", []string{"broken"},
		[]string{`0 encoding-error  : is not UTF-8: byte 18 of the record is 0xff, got`}},
	{"half a character", "{\"id\":1,\"name\":\"\xe6\xbc\"}", []string{"broken"},
		[]string{`0 encoding-error  : is not UTF-8: byte 17 of the record is 0xe6, got`}},
	{"a surrogate as bytes", "{\"id\":1,\"name\":\"\xed\xa0\x80\"}", []string{"broken"},
		[]string{`0 encoding-error  : is not UTF-8: byte 17 of the record is 0xed, got`}},
	{"an overlong slash", "{\"id\":1,\"name\":\"\xc0\xaf\"}", []string{"broken"},
		[]string{`0 encoding-error  : is not UTF-8: byte 17 of the record is 0xc0, got`}},
	{"U+FFFD is a character", "{\"id\":1,\"name\":\"\ufffd\"}",
		[]string{"{\"id\":1,\"name\":\"\ufffd\",\"pos\":null,\"tags\":null}"}, nil},
}

func TestJSONRecords(t *testing.T) {
	s := schemaOf(recordFields)
	for _, c := range jsonRecords {
		for format, text := range map[string]string{"jsonl": c.text + "\n", "json": c.text} {
			d := newJSONLDecoder(s, Spec{})
			if format == "json" {
				d = newJSONDecoder(s, Spec{})
			}
			rows, findings := c.rows, c.findings
			if format == "json" && len(findings) == 1 {
				findings = []string{strings.Replace(findings[0], "the end of the record", "a comma or ]", 1)}
			}
			out := decodeJSON(t, s, d, text, 1<<20)
			if format == "json" && c.name == "comma after" {
				findings, rows = nil, []string{`{"id":1,"name":null,"pos":null,"tags":null}`}
			}
			if !reflect.DeepEqual(out.rows, rows) || !reflect.DeepEqual(out.findings, findings) {
				t.Errorf("%s as %s:\n got %q\n     %q\nwant %q\n     %q", c.name, format, out.rows, out.findings, rows, findings)
			}
		}
	}
}

// TestJSONRecordsCutShort has a record end after each of its bytes, in memory where the rest stands behind: what is
// behind a text is not of it, and no key or value at its end is taken for more.
func TestJSONRecordsCutShort(t *testing.T) {
	s := schemaOf("id int64, eight8 int64, a_longer_name_than_16 string")
	whole := []byte(`{"id":null,"eight8":null,"a_longer_name_than_16":null}`)
	for n := 1; n < len(whole); n++ {
		out := decodeJSONText(t, s, newJSONDecoder(s, Spec{}), whole[:n], 1<<20)
		if !reflect.DeepEqual(out.rows, []string{"broken"}) || len(out.findings) != 1 || !strings.Contains(out.findings[0], "format-error") {
			t.Errorf("%s: got %q, %q", whole[:n], out.rows, out.findings)
		}
	}
}

func TestJSONLines(t *testing.T) {
	row := func(id int) string { return fmt.Sprintf(`{"id":%d}`, id) }
	for _, c := range []struct {
		name, text string
		rows       []string
		raw        []string
		lines      []int32
		count      int64
	}{
		{"empty", "", nil, nil, nil, 0},
		{"one", "{\"id\":1}\n", []string{row(1)}, []string{`{"id":1}`}, []int32{0}, 1},
		{"no line end", `{"id":1}`, []string{row(1)}, []string{`{"id":1}`}, []int32{0}, 1},
		{"blank lines", "\n \n{\"id\":1}\n\t\n\n{\"id\":2}\n\n", []string{row(1), row(2)},
			[]string{`{"id":1}`, `{"id":2}`}, []int32{2, 5}, 7},
		{"CR LF", "{\"id\":1}\r\n\r\n{\"id\":2}\r\n", []string{row(1), row(2)},
			[]string{`{"id":1}`, `{"id":2}`}, []int32{0, 2}, 3},
		{"CR at the end", "{\"id\":1}\r", []string{row(1)}, []string{`{"id":1}`}, []int32{0}, 1},
		{"spaces are kept", " {\"id\":1} \n", []string{row(1)}, []string{` {"id":1} `}, []int32{0}, 1},
		{"a record over two lines", "{\"id\":\n1}\n{\"id\":2}\n", []string{"broken", "broken", row(2)},
			[]string{`{"id":`, `1}`, `{"id":2}`}, []int32{0, 1, 2}, 3},
		{"a string over two lines", "{\"id\":\"a\nb\"}\n{\"id\":2}", []string{"broken", "broken", row(2)},
			[]string{`{"id":"a`, `b"}`, `{"id":2}`}, []int32{0, 1, 2}, 3},
		{"CR alone is white space", "{\"id\":\r1}\n", []string{row(1)}, []string{"{\"id\":\r1}"}, []int32{0}, 1},
		{"one line is not UTF-8", "{\"id\":1}\n\xff\n{\"id\":2}\n", []string{row(1), "broken", row(2)},
			[]string{`{"id":1}`, "\xff", `{"id":2}`}, []int32{0, 1, 2}, 3},
	} {
		s := schemaOf("id int64")
		for _, limit := range []int{1, 1 << 20} {
			d := newJSONLDecoder(s, Spec{})
			out := decodeJSON(t, s, d, c.text, limit)
			checkFraming(t, d, c.name, c.text, out, c.rows, c.raw, c.lines, c.count)
		}
	}
}

func checkFraming(t *testing.T, d Decoder, name, text string, out decoded, rows, raw []string, lines []int32, count int64) {
	t.Helper()
	if !reflect.DeepEqual(out.rows, rows) || out.lines != count {
		t.Errorf("%s: %q, %d lines; want %q, %d", name, out.rows, out.lines, rows, count)
		return
	}
	for i, o := range out.origins {
		got := string(rawRecord(t, d, &Chunk{text: []byte(text)}, o))
		if got != raw[i] || o.Line != lines[i] || o.Chunk != 7 {
			t.Errorf("%s: row %d is %q of %+v; want %q in line %d", name, i, got, o, raw[i], lines[i])
		}
	}
}

func TestJSONArrayElements(t *testing.T) {
	row := func(id int) string { return fmt.Sprintf(`{"id":%d}`, id) }
	for _, c := range []struct {
		name, text string
		rows       []string
		raw        []string
		lines      []int32
		count      int64
	}{
		{"empty", "", nil, nil, nil, 0},
		{"white space", " \n ", nil, nil, nil, 1},
		{"one", `{"id":1}`, []string{row(1)}, []string{`{"id":1}`}, []int32{0}, 0},
		{"two in a line, comma after", `{"id":1},{"id":2} , `, []string{row(1), row(2)},
			[]string{`{"id":1}`, `{"id":2}`}, []int32{0, 0}, 0},
		{"over lines", "{\n \"id\":1\n},\n\n{\"id\"\r\n:2}\n,", []string{row(1), row(2)},
			[]string{"{\n \"id\":1\n}", "{\"id\"\r\n:2}"}, []int32{0, 4}, 6},
		{"nothing between commas", `{"id":1},,{"id":2}`, []string{row(1), "broken", row(2)},
			[]string{`{"id":1}`, ``, `{"id":2}`}, []int32{0, 0, 0}, 0},
		{"comma first", `,{"id":2}`, []string{"broken", row(2)}, []string{``, `{"id":2}`}, []int32{0, 0}, 0},
		{"no comma", `{"id":1} {"id":2},{"id":3}`, []string{"broken", row(3)},
			[]string{`{"id":1} {"id":2}`, `{"id":3}`}, []int32{0, 0}, 0},
		{"a scalar", "12 ,\n{\"id\":2}", []string{"broken", row(2)}, []string{`12`, `{"id":2}`}, []int32{0, 1}, 1},
		{"commas and quotes in what is broken", `{"id":x,"a":"},\"{"} ,{"id":2}`, []string{"broken", row(2)},
			[]string{`{"id":x,"a":"},\"{"}`, `{"id":2}`}, []int32{0, 0}, 0},
		{"not UTF-8", "{\"id\":1},{\"id\":\"\xff\"},{\"id\":2}", []string{row(1), "broken", row(2)},
			[]string{`{"id":1}`, "{\"id\":\"\xff\"}", `{"id":2}`}, []int32{0, 0, 0}, 0},
	} {
		s := schemaOf("id int64")
		for _, limit := range []int{1, 1 << 20} {
			d := newJSONDecoder(s, Spec{})
			out := decodeJSON(t, s, d, c.text, limit)
			checkFraming(t, d, c.name, c.text, out, c.rows, c.raw, c.lines, c.count)
		}
	}
}

func TestJSONKeysInEveryOrder(t *testing.T) {
	s := schemaOf("a int8, b int8, c int8!")
	out := decodeJSON(t, s, newJSONLDecoder(s, Spec{}), strings.Join([]string{
		`{"a":1,"b":2,"c":3}`, `{"b":2,"a":1,"c":3}`, `{"a":1,"b":2,"a":3,"c":4}`, `{"c":3}`, `{"c":3,"c":4}`, `{"b":1,"c":2}`,
	}, "\n"), 1<<20)
	rows := []string{
		`{"a":1,"b":2,"c":3}`, `{"a":1,"b":2,"c":3}`, `{"a":1,"b":2,"c":4}`, `{"a":null,"b":null,"c":3}`,
		`{"a":null,"b":null,"c":3}`, `{"a":null,"b":1,"c":2}`,
	}
	findings := []string{`2 duplicate-key a : is there twice, got`, `4 duplicate-key c : is there twice, got`}
	if !reflect.DeepEqual(out.rows, rows) || !reflect.DeepEqual(out.findings, findings) {
		t.Errorf("rows %q, findings %q", out.rows, out.findings)
	}
}

func TestJSONStopsWhenFull(t *testing.T) {
	s := schemaOf("id int64")
	d, b := newJSONLDecoder(s, Spec{}), NewBuilder(s, 1)
	if b.Full() {
		t.Error("an empty builder is full")
	}
	text := bytes.Repeat([]byte("{\"id\":1}\n"), 10_000)
	if err := d.Start(&Chunk{text: text}); err != nil {
		t.Fatal(err)
	}
	batches, rows := 0, 0
	for done := false; !done; batches++ {
		var err error
		if done, err = d.Decode(b); err != nil || b.Rows() == 0 {
			t.Fatal(b.Rows(), err)
		}
		rows += b.Rows()
		b.Reset()
	}
	if rows != 10_000 || batches < 4 {
		t.Errorf("%d rows in %d batches", rows, batches)
	}
}

// A key that differs in any one byte is another key, whatever its length.
func TestJSONKeysThatAreAlike(t *testing.T) {
	for size := 1; size <= 20; size++ {
		name := "abcdefghijklmnopqrst"[:size]
		s := schemaOf(name + " int8")
		for i := range size {
			other := name[:i] + "_" + name[i+1:]
			out := decodeJSON(t, s, newJSONLDecoder(s, Spec{}), `{"`+other+`":1}`+"\n"+`{"`+name+`":1}`, 1<<20)
			want := []string{`0 extra-cell  : has a key that is not declared, got "` + other + `"`}
			if !reflect.DeepEqual(out.findings, want) || out.rows[1] != `{"`+name+`":1}` {
				t.Errorf("%s for %s: %q, %q", other, name, out.rows, out.findings)
			}
		}
	}
}

func TestJSONDepth(t *testing.T) {
	s := schemaOf("id int64, any json")
	nested := func(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }
	mixed := func(levels int) string {
		return strings.Repeat(`{"a":[`, levels/2) + strings.Repeat(`]}`, levels/2)
	}
	tooDeep := []string{"broken"}
	for _, c := range []struct {
		name, text string
		rows       []string
	}{
		{"as deep as may be", `{"any":` + nested(511) + `}`, []string{`{"id":null,"any":` + nested(511) + `}`}},
		{"arrays and objects", `{"any":` + mixed(510) + `}`, []string{`{"id":null,"any":` + mixed(510) + `}`}},
		{"one deeper", `{"any":` + nested(512) + `}`, tooDeep},
		{"an extra key", `{"x":` + nested(512) + `}`, tooDeep},
		{"a wrong type", `{"id":` + nested(512) + `}`, tooDeep},
		{"10,000 levels", `{"any":` + nested(10000) + `}`, tooDeep},
		{"100,000 open brackets", `{"id":` + strings.Repeat("[", 100000), tooDeep},
		{"100,000 open objects", strings.Repeat(`{"id":`, 100000), tooDeep},
	} {
		out := decodeJSON(t, s, newJSONLDecoder(s, Spec{}), c.text, 1<<20)
		if !reflect.DeepEqual(out.rows, c.rows) {
			t.Errorf("%s: %.200q", c.name, out.rows)
		}
		if c.rows[0] == "broken" && (len(out.findings) != 1 || !strings.Contains(out.findings[0], "nested more than 512 levels")) {
			t.Errorf("%s: %q", c.name, out.findings)
		}
	}
}

func TestJSONFindingsOfARecordAreBounded(t *testing.T) {
	s := schemaOf("v list(int8)")
	out := decodeJSON(t, s, newJSONLDecoder(s, Spec{}), `{"v":["x"`+strings.Repeat(`,"x"`, 999)+"]}\n", 1<<20)
	if len(out.findings) != maxAlike || !strings.Contains(out.findings[maxAlike-1], "(and so in 980 more places of this record)") {
		t.Errorf("%d findings, the last %q", len(out.findings), out.findings[len(out.findings)-1])
	}
	some := `{"v":["x"` + strings.Repeat(`,"x"`, maxAlike-2) + "]}\n"
	out = decodeJSON(t, s, newJSONLDecoder(s, Spec{}), some+some, 1<<20)
	if len(out.findings) != 2*(maxAlike-1) {
		t.Errorf("%d findings of two records", len(out.findings))
	}
}

// Were the place of every fault written out, this would take minutes.
func TestJSONFaultsUnderALongKey(t *testing.T) {
	s := schemaOf("v map(list(int8))")
	text := `{"v":{"` + strings.Repeat("k", 1<<20) + `":["x"` + strings.Repeat(`,"x"`, 1<<18) + "]}}\n"
	out := decodeJSON(t, s, newJSONLDecoder(s, Spec{}), text, 1<<20)
	if len(out.findings) != maxAlike {
		t.Errorf("%d findings", len(out.findings))
	}
}

func TestJSONRecordThatTakesTooMuchMemory(t *testing.T) {
	s := schemaOf("v list(struct(" + strings.Repeat("f decimal, ", 100) + "g decimal))")
	d := newJSONLDecoder(s, Spec{}).(*jsonDecoder)
	d.parser.maxSlots = 1 << 20
	item := `{"v":[{}` + strings.Repeat(`,{}`, 600)
	out := decodeJSON(t, s, d, item+"]}\n"+item+strings.Repeat(`,null`, 100)+"]}\n", 1<<20)
	if len(out.rows) != 2 || out.rows[0] == "broken" || out.rows[1] != "broken" {
		t.Errorf("rows %.100q", out.rows)
	}
	want := []string{"1 format-error  : has lists or maps whose values take more than 1 MiB, got"}
	if !reflect.DeepEqual(out.findings, want) {
		t.Errorf("findings %q", out.findings)
	}
}

func TestJSONManyMapKeys(t *testing.T) {
	s := schemaOf("v map(bool)")
	var text strings.Builder
	text.WriteString(`{"v":{"0":true`)
	for i := 1; i < 5000; i++ {
		fmt.Fprintf(&text, `,"%d":true`, i)
	}
	out := decodeJSON(t, s, newJSONLDecoder(s, Spec{}), text.String()+"}}\n"+text.String()+`,"4321":true,"0":true}}`, 1<<20)
	want := []string{`1 duplicate-key v : has a key twice, got "4321"`, `1 duplicate-key v : has a key twice, got "0"`}
	if !reflect.DeepEqual(out.findings, want) {
		t.Errorf("findings %q", out.findings)
	}
}

func TestJSONCell(t *testing.T) {
	for _, c := range []struct{ typ, text, want string }{
		{"list(int8)", ` [1, 2] `, `[1,2]`},
		{"list(int8)", `null`, `null`},
		{"map(int8)", `{"a":1}`, `{"a":1}`},
		{"json", `{"a": [1]}`, `{"a": [1]}`},
		{"list(int8)", `[1,"x"]`, `!type-error v[] v[1]: is a string where int8 is declared, got "x"`},
		{"struct(a int8!)", `{}`, `!missing-cell v.a : is required, and its key is not there, got `},
		{"list(int8)", `[1,"x",`, `!type-error v : is not JSON: the cell ends at byte 7, where a value is expected, got "[1,\"x\","`},
		{"list(int8)", `[1] 2`, `!type-error v : is not JSON: byte 5 of the cell should be the end of the cell, got "[1] 2"`},
		{"list(int8)", ``, `!type-error v : is not JSON: the cell ends at byte 0, where a value is expected, got ""`},
	} {
		f := schemaOf("v " + c.typ).Fields[0]
		b := NewBuilder(&schema.Schema{Fields: []*schema.Field{f}}, 1<<20)
		cell := newJSONCell(f)
		for row := range 3 {
			got := ""
			for _, found := range cell.append(b.columns[0], []byte(c.text)) {
				got += fmt.Sprintf("!%s %s %s: %s, got %s", found.Code, found.Field, found.At, found.Message, found.Value)
			}
			b.endRecord(row, 0, 0)
			batch := b.Batch()
			checkArrays(t, batch)
			if got == "" {
				got = string(schema.AppendValue(nil, f, batch.Record.Column(0), row))
			}
			batch.Record.Release()
			if got != c.want {
				t.Errorf("%s %s:\n got %s\nwant %s", c.typ, c.text, got, c.want)
			}
		}
	}
}

func TestJSONFaultsAreSlots(t *testing.T) {
	s := schemaOf("v list(int8), w struct(a int8!)")
	b := NewBuilder(s, 1<<20)
	d := newJSONLDecoder(s, Spec{})
	text := `{"v":[1,"x",2],"w":{}}` + "\n{\n" + `{"v":["y"],"w":3}` + "\n"
	if err := d.Start(&Chunk{text: []byte(text)}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Decode(b); err != nil {
		t.Fatal(err)
	}
	batch := b.Batch()
	defer batch.Record.Release()
	want := map[int][]int32{1: {1, 3}, 2: {2}, 3: {0}}
	if !reflect.DeepEqual(batch.Faults, want) || !reflect.DeepEqual(batch.Broken, []int32{1}) {
		t.Errorf("faults %v, broken %v", batch.Faults, batch.Broken)
	}
}
