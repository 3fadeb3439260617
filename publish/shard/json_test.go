package shard

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/bindery-data/bindery/schema"
)

// decoded is what became of a text: its rows as JSON, broken ones as "broken", and its findings as
// "row code field at: message, got value".
type decoded struct {
	rows, findings []string
	origins        []Origin
	lines          int64
}

// decodeJSON decodes one chunk, taking a batch whenever a builder of the given limit is full.
func decodeJSON(t testing.TB, s *schema.Schema, d Decoder, text string, limit int) decoded {
	t.Helper()
	return decodeJSONText(t, s, d, []byte(text), limit)
}

func decodeJSONText(t testing.TB, s *schema.Schema, d Decoder, text []byte, limit int) decoded {
	t.Helper()
	var out decoded
	b := NewBuilder(s, limit)
	b.BeginChunk(7)
	c := &Chunk{Size: int64(len(text)), text: text}
	if err := d.Start(c); err != nil {
		t.Fatal(err)
	}
	for done := false; !done; {
		var err error
		if done, err = d.Decode(b); err != nil {
			t.Fatal(err)
		}
		takeBatch(t, s, b, &out)
	}
	out.lines = d.Lines()
	return out
}

func takeBatch(t testing.TB, s *schema.Schema, b *Builder, out *decoded) {
	t.Helper()
	for _, f := range b.Findings.List {
		out.findings = append(out.findings, strings.TrimSpace(fmt.Sprintf("%d %s %s %s: %s, got %s",
			len(out.rows)+f.Row, f.Code, f.Field, f.At, f.Message, f.Value)))
	}
	batch := b.Batch()
	defer batch.Record.Release()
	checkArrays(t, batch)
	broken := make(map[int32]bool)
	for _, row := range batch.Broken {
		broken[row] = true
	}
	if int(batch.Record.NumRows()) != len(b.Origins) {
		t.Fatalf("%d rows, %d origins", batch.Record.NumRows(), len(b.Origins))
	}
	for i := range b.Rows() {
		row := []byte{'{'}
		for k, f := range s.Fields {
			if k > 0 {
				row = append(row, ',')
			}
			row = append(schema.AppendJSONString(row, f.Name), ':')
			row = schema.AppendValue(row, f, batch.Record.Column(k), i)
		}
		text := string(append(row, '}'))
		if broken[int32(i)] {
			text = "broken"
		}
		out.rows = append(out.rows, text)
	}
	out.origins = append(out.origins, b.Origins...)
	b.Reset()
}

// checkArrays makes sure that a batch is what Arrow says a batch is, and that faults are null slots.
func checkArrays(t testing.TB, batch schema.Batch) {
	t.Helper()
	var walk func(a arrow.Array)
	walk = func(a arrow.Array) {
		nulls := 0
		for i := range a.Len() {
			if a.IsNull(i) {
				nulls++
			}
		}
		if nulls != a.NullN() {
			t.Fatalf("%s: %d nulls, said to be %d", a.DataType(), nulls, a.NullN())
		}
		switch a := a.(type) {
		case *array.Struct:
			for k := range a.NumField() {
				if a.Field(k).Len() != a.Len() {
					t.Fatalf("%s: field %d has %d slots, not %d", a.DataType(), k, a.Field(k).Len(), a.Len())
				}
				walk(a.Field(k))
			}
		case array.ListLike:
			end := int64(0)
			for i := range a.Len() {
				from, to := a.ValueOffsets(i)
				if from != end || to < from {
					t.Fatalf("%s: slot %d is %d to %d", a.DataType(), i, from, to)
				}
				end = to
			}
			if int(end) != a.ListValues().Len() {
				t.Fatalf("%s: %d values, offsets end at %d", a.DataType(), a.ListValues().Len(), end)
			}
			walk(a.ListValues())
		case *array.String:
			for i := range a.Len() {
				_ = a.Value(i)
			}
		}
	}
	for _, a := range batch.Record.Columns() {
		walk(a)
	}
}

// field makes a field of the type that text writes: "int8", "list(date)", "map(json)",
// "struct(a int8, b string!)" with ! for required.
func field(name, text string) *schema.Field {
	f := &schema.Field{Name: name}
	if t, ok := strings.CutSuffix(text, "!"); ok {
		f.Required, text = true, t
	}
	kind, inside, _ := strings.Cut(strings.TrimSuffix(text, ")"), "(")
	switch f.Type, _ = schema.TypeNamed(kind); f.Type {
	case schema.List:
		f.Items = field("item", inside)
	case schema.Map:
		f.Values = field("value", inside)
	case schema.Struct:
		f.Fields = fields(inside)
	case schema.Decimal:
		f.Precision, f.Scale = 6, 2
	case schema.Time:
		f.Unit = arrow.Microsecond
	case schema.Timestamp:
		f.Unit, f.Zone = arrow.Millisecond, inside
	}
	return f
}

func fields(text string) []*schema.Field {
	var all []*schema.Field
	depth, start := 0, 0
	for i, c := range text + "," {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			name, typ, _ := strings.Cut(strings.TrimSpace(text[start:i]), " ")
			all = append(all, field(name, typ))
			start = i + 1
		}
	}
	return all
}

func schemaOf(text string) *schema.Schema {
	s := &schema.Schema{Fields: fields(text)}
	s.Number()
	return s
}

// jsonValues are values of one field v: what they become, or after "!" what is found.
var jsonValues = []struct{ typ, text, want string }{
	{"string", `""`, `""`},
	{"string", `"a"`, `"a"`},
	{"string", `"seven77"`, `"seven77"`},
	{"string", `"eight888"`, `"eight888"`},
	{"string", `"a longer one, with spaces, ' and / in it"`, `"a longer one, with spaces, ' and / in it"`},
	{"string", `"þ漢😀"`, `"þ漢😀"`},
	{"string", `"\"\\\/\b\f\n\r\t"`, `"\"\\/\u0008\u000c\n\r\t"`},
	{"string", `"\u0000"`, `"\u0000"`},
	{"string", `"a\u00fe\u6F22"`, `"aþ漢"`},
	{"string", `"\ud83d\ude00"`, `"😀"`},
	{"string", `"\uD83D\uDE00 and \uDBFF\uDFFF"`, `"😀 and ` + "\U0010FFFF" + `"`},
	{"string", `"\ufffd\ufeff\uffff"`, "\"\uFFFD\uFEFF\uFFFF\""},
	{"string", `"\u2028\u007f"`, "\"\u2028\u007f\""},
	{"string", `"\ud83d"`, `!encoding-error v : has an escape that is half of a surrogate pair, got "\\ud83d"`},
	{"string", `"\ude00"`, `!encoding-error v : has an escape that is half of a surrogate pair, got "\\ude00"`},
	{"string", `"\ud83d\ud83d\ude00"`, `!encoding-error v : has an escape that is half of a surrogate pair, got "\\ud83d\\ud83d\\ude00"`},
	{"string", `"\ud83dx"`, `!encoding-error v : has an escape that is half of a surrogate pair, got "\\ud83dx"`},
	{"string", `"\ud83d\n"`, `!encoding-error v : has an escape that is half of a surrogate pair, got "\\ud83d\\n"`},
	{"string", `null`, `null`},
	{"string", `1`, `!type-error v : is a number where string is declared, got "1"`},
	{"string", `-1.5e3`, `!type-error v : is a number where string is declared, got "-1.5e3"`},
	{"string", `true`, `!type-error v : is a boolean where string is declared, got "true"`},
	{"string", `false`, `!type-error v : is a boolean where string is declared, got "false"`},
	{"string", `[]`, `!type-error v : is an array where string is declared, got "[]"`},
	{"string", `{"a":[1,{"b":null}]}`, `!type-error v : is an object where string is declared, got "{\"a\":[1,{\"b\":null}]}"`},
	{"string", `"a` + "\x7f" + `"`, "\"a\x7f\""},
	{"string", `"\x"`, broken(`byte 8 of the record should be one of "\/bfnrtu after the backslash, got "x\"}"`)},
	{"string", `"\u12"`, broken(`byte 9 of the record should be four hexadecimal digits after \u, got "12\"}"`)},
	{"string", `"\u123g"`, broken(`byte 9 of the record should be four hexadecimal digits after \u, got "123g\"}"`)},
	{"string", `"\U0041"`, broken(`byte 8 of the record should be one of "\/bfnrtu after the backslash, got "U0041\"}"`)},
	{"string", `"\'"`, broken(`byte 8 of the record should be one of "\/bfnrtu after the backslash, got "'\"}"`)},
	{"string", "\"a\tb\"", broken(`byte 8 of the record is a control character that is not escaped, got`)},
	{"string", "\"a\x00b\"", broken(`byte 8 of the record is a control character that is not escaped, got`)},
	{"string", "\"123456789\x1f\"", broken(`byte 16 of the record is a control character that is not escaped, got`)},
	{"string", `"open`, brokenEnd(`11, where a closing " is expected`)},
	{"string", `"open\`, broken(`byte 12 of the record should be one of "\/bfnrtu after the backslash, got "}"`)},
	{"string", `'a'`, broken(`byte 6 of the record should be a value, got "'a'}"`)},
	{"string", `nul`, broken(`byte 6 of the record should be null, got "nul}"`)},
	{"string", `NULL`, broken(`byte 6 of the record should be a value, got "NULL}"`)},
	{"string", `undefined`, broken(`byte 6 of the record should be a value, got "undefined}"`)},
	{"string", ``, broken(`byte 6 of the record should be a value, got "}"`)},

	{"bool", `true`, `true`},
	{"bool", `false`, `false`},
	{"bool", `null`, `null`},
	{"bool", `0`, `!type-error v : is a number where bool is declared, got "0"`},
	{"bool", `"true"`, `!type-error v : is a string where bool is declared, got "true"`},
	{"bool", `True`, broken(`byte 6 of the record should be a value, got "True}"`)},
	{"bool", `tru`, broken(`byte 6 of the record should be true, got "tru}"`)},
	{"bool", `truee`, broken(`byte 10 of the record should be a comma or }, got "e}"`)},
	{"bool", `falsy`, broken(`byte 6 of the record should be false, got "falsy}"`)},

	{"int8", `0`, `0`},
	{"int8", `-0`, `0`},
	{"int8", `127`, `127`},
	{"int8", `-128`, `-128`},
	{"int8", `128`, `!type-error v : does not fit int8 (-128 to 127), got "128"`},
	{"int8", `-129`, `!type-error v : does not fit int8 (-128 to 127), got "-129"`},
	{"int16", `-32768`, `-32768`},
	{"int16", `32768`, `!type-error v : does not fit int16 (-32768 to 32767), got "32768"`},
	{"int32", `2147483647`, `2147483647`},
	{"int32", `2147483648`, `!type-error v : does not fit int32 (-2147483648 to 2147483647), got "2147483648"`},
	{"int64", `999999999999999999`, `999999999999999999`},
	{"int64", `1000000000000000000`, `1000000000000000000`},
	{"int64", `9007199254740993`, `9007199254740993`},
	{"int64", `9223372036854775807`, `9223372036854775807`},
	{"int64", `-9223372036854775808`, `-9223372036854775808`},
	{"int64", `9223372036854775808`, `!type-error v : does not fit int64 (-9223372036854775808 to 9223372036854775807), got "9223372036854775808"`},
	{"int64", `-9223372036854775809`, `!type-error v : does not fit int64 (-9223372036854775808 to 9223372036854775807), got "-9223372036854775809"`},
	{"int64", `123456789012345678901234567890`, `!type-error v : does not fit int64 (-9223372036854775808 to 9223372036854775807), got "123456789012345678901234567890"`},
	{"int64", `1.0`, `!type-error v : has a fraction where int64 is declared, got "1.0"`},
	{"int64", `-1.5`, `!type-error v : has a fraction where int64 is declared, got "-1.5"`},
	{"int64", `1e3`, `!type-error v : has an exponent where int64 is declared, got "1e3"`},
	{"int64", `1E3`, `!type-error v : has an exponent where int64 is declared, got "1E3"`},
	{"int64", `"1"`, `!type-error v : is a string where int64 is declared, got "1"`},
	{"int64", `null`, `null`},
	{"int64", `[1]`, `!type-error v : is an array where int64 is declared, got "[1]"`},
	{"int64", `01`, broken(`byte 6 of the record is a zero that leads a number, got`)},
	{"int64", `-01`, broken(`byte 7 of the record is a zero that leads a number, got`)},
	{"int64", `00`, broken(`byte 6 of the record is a zero that leads a number, got`)},
	{"int64", `+1`, broken(`byte 6 of the record should be a value, got "+1}"`)},
	{"int64", `-`, broken(`byte 7 of the record should be a digit, got "}"`)},
	{"int64", `--1`, broken(`byte 7 of the record should be a digit, got "-1}"`)},
	{"int64", `- 1`, broken(`byte 7 of the record should be a digit, got " 1}"`)},
	{"int64", `1.`, broken(`byte 8 of the record should be a digit, got "}"`)},
	{"int64", `1a`, broken(`byte 7 of the record should be a comma or }, got "a}"`)},
	{"int64", `0x1F`, broken(`byte 7 of the record should be a comma or }, got "x1F}"`)},
	{"int64", `1_000`, broken(`byte 7 of the record should be a comma or }, got "_000}"`)},
	{"int64", `１`, broken(`byte 6 of the record should be a value, got "１}"`)},
	{"uint8", `255`, `255`},
	{"uint8", `256`, `!type-error v : does not fit uint8 (0 to 255), got "256"`},
	{"uint8", `-1`, `!type-error v : does not fit uint8 (0 to 255), got "-1"`},
	{"uint8", `-0`, `0`},
	{"uint16", `65535`, `65535`},
	{"uint32", `4294967295`, `4294967295`},
	{"uint32", `4294967296`, `!type-error v : does not fit uint32 (0 to 4294967295), got "4294967296"`},
	{"uint64", `18446744073709551615`, `18446744073709551615`},
	{"uint64", `18446744073709551616`, `!type-error v : does not fit uint64 (0 to 18446744073709551615), got "18446744073709551616"`},
	{"uint64", `-1`, `!type-error v : does not fit uint64 (0 to 18446744073709551615), got "-1"`},
	{"uint64", `1.5`, `!type-error v : has a fraction where uint64 is declared, got "1.5"`},

	{"float64", `0`, `0`},
	{"float64", `-0`, `-0`},
	{"float64", `-0.0`, `-0`},
	{"float64", `1.5`, `1.5`},
	{"float64", `0.1`, `0.1`},
	{"float64", `123456789.012345`, `123456789.012345`},
	{"float64", `0.30000000000000004`, `0.30000000000000004`},
	{"float64", `9007199254740993`, `9007199254740992`},
	{"float64", `9999999999999999999`, `10000000000000000000`},
	{"float64", `18446744073709551617`, `18446744073709552000`},
	{"float64", `0.00000000000000000001`, `1e-20`},
	{"float64", `1e5`, `100000`},
	{"float64", `1E+2`, `100`},
	{"float64", `1.25e-2`, `0.0125`},
	{"float64", `1.7976931348623157e308`, `1.7976931348623157e+308`},
	{"float64", `5e-324`, `5e-324`},
	{"float64", `1e-999`, `0`},
	{"float64", `1e400`, `!type-error v : does not fit float64, got "1e400"`},
	{"float64", `-1e400`, `!type-error v : does not fit float64, got "-1e400"`},
	{"float64", `"1.5"`, `!type-error v : is a string where float64 is declared, got "1.5"`},
	{"float64", `NaN`, broken(`byte 6 of the record should be a value, got "NaN}"`)},
	{"float64", `Infinity`, broken(`byte 6 of the record should be a value, got "Infinity}"`)},
	{"float64", `-Infinity`, broken(`byte 7 of the record should be a digit, got "Infinity}"`)},
	{"float64", `.5`, broken(`byte 6 of the record should be a value, got ".5}"`)},
	{"float64", `5.`, broken(`byte 8 of the record should be a digit, got "}"`)},
	{"float64", `05.5`, broken(`byte 6 of the record is a zero that leads a number, got`)},
	{"float64", `1e`, broken(`byte 8 of the record should be a digit, got "}"`)},
	{"float64", `1e+`, broken(`byte 9 of the record should be a digit, got "}"`)},
	{"float64", `1.e1`, broken(`byte 8 of the record should be a digit, got "e1}"`)},
	{"float64", `1.2.3`, broken(`byte 9 of the record should be a comma or }, got ".3}"`)},
	{"float64", `1e5.5`, broken(`byte 9 of the record should be a comma or }, got ".5}"`)},
	{"float64", `1.0e+-1`, broken(`byte 11 of the record should be a digit, got "-1}"`)},
	{"float32", `0.1`, `0.1`},
	{"float32", `16777217`, `16777216`},
	{"float32", `1e39`, `!type-error v : does not fit float32, got "1e39"`},

	{"decimal", `1.25`, `1.25`},
	{"decimal", `-1`, `-1.00`},
	{"decimal", `"1.5"`, `1.50`},
	{"decimal", `"\u0031.5"`, `1.50`},
	{"decimal", `1e3`, `1000.00`},
	{"decimal", `1.250`, `1.25`},
	{"decimal", `1.255`, `!type-error v : has more than 2 digits after the point, got "1.255"`},
	{"decimal", `10000`, `!type-error v : has more than 4 digits before the point, got "10000"`},
	{"decimal", `"x"`, `!type-error v : is not a number, got "x"`},
	{"decimal", `true`, `!type-error v : is a boolean where decimal is declared, got "true"`},
	{"decimal", `01`, broken(`byte 6 of the record is a zero that leads a number, got`)},

	{"date", `"2024-02-29"`, `"2024-02-29"`},
	{"date", `"2024-0\u0032-29"`, `"2024-02-29"`},
	{"date", `"2023-02-29"`, `!type-error v : is a date that the calendar does not have, got "2023-02-29"`},
	{"date", `"29.2.2024"`, `!type-error v : is not a date (YYYY-MM-DD), got "29.2.2024"`},
	{"date", `20240229`, `!type-error v : is a number where date is declared, got "20240229"`},
	{"time", `"23:59:59.5"`, `"23:59:59.5"`},
	{"time", `"24:00:00"`, `!type-error v : is not a time (HH:MM:SS, optionally with a fraction), got "24:00:00"`},
	{"timestamp(UTC)", `"2024-02-29T12:00:00+01:00"`, `"2024-02-29T11:00:00Z"`},
	{"timestamp(UTC)", `"2024-02-29T12:00:00"`, `!type-error v : has no offset (Z or +HH:MM), which a timestamp with a zone needs, got "2024-02-29T12:00:00"`},
	{"timestamp", `"2024-02-29T12:00:00.123"`, `"2024-02-29T12:00:00.123"`},
	{"timestamp", `1709208000`, `!type-error v : is a number where timestamp is declared, got "1709208000"`},
	{"binary", `"aGVsbG8="`, `"aGVsbG8="`},
	{"binary", `"aGVsbG\u0038="`, `"aGVsbG8="`},
	{"binary", `""`, `""`},
	{"binary", `"aGVsbG8"`, `!type-error v : is not base64 (the standard alphabet, with padding), got "aGVsbG8"`},
	{"binary", `"aGVs\nbG8="`, `!type-error v : is not base64 (the standard alphabet, with padding), got "aGVs\nbG8="`},

	{"json", `{"b" : [1, 2.50, "\u00fe"]}`, `{"b" : [1, 2.50, "\u00fe"]}`},
	{"json", `"s"`, `"s"`},
	{"json", `1e400`, `1e400`},
	{"json", `null`, `null`},
	{"json", `[null]`, `[null]`},
	{"json", `{"a":1,"a":2}`, `{"a":1,"a":2}`},
	{"json", `["\ud800"]`, `!encoding-error v : has an escape that is half of a surrogate pair, got "[\"\\ud800\"]"`},
	{"json", `["\ud800\n"]`, `!encoding-error v : has an escape that is half of a surrogate pair, got "[\"\\ud800\\n\"]"`},
	{"json", `[{"a":1},[1,2],{"b":[]}]`, `[{"a":1},[1,2],{"b":[]}]`},
	{"json", `[1,]`, broken(`byte 9 of the record should be a value, got "]}"`)},
	{"json", `{"a"}`, broken(`byte 10 of the record should be a colon, got "}}"`)},
	{"json", `{a:1}`, broken(`byte 7 of the record should be a key in double quotes, got "a:1}}"`)},
	{"json", `[1}`, broken(`byte 8 of the record should be a comma or ], got "}}"`)},
	{"json", `{"a":1]`, broken(`byte 12 of the record should be a comma or }, got "]}"`)},
	{"json", `{,}`, broken(`byte 7 of the record should be a key in double quotes, got ",}}"`)},
	{"json", `{"a":1,}`, broken(`byte 13 of the record should be a key in double quotes, got "}}"`)},

	{"list(int8)", `[]`, `[]`},
	{"list(int8)", ` [ 1 , 2 ] `, `[1,2]`},
	{"list(int8)", `[null,-3]`, `[null,-3]`},
	{"list(int8)", `null`, `null`},
	{"list(int8)", `[1,"x",300]`, `!type-error v[] v[1]: is a string where int8 is declared, got "x"|type-error v[] v[2]: does not fit int8 (-128 to 127), got "300"`},
	{"list(int8)", `1`, `!type-error v : is a number where list is declared, got "1"`},
	{"list(int8)", `{}`, `!type-error v : is an object where list is declared, got "{}"`},
	{"list(int8)", `[1,]`, broken(`byte 9 of the record should be a value, got "]}"`)},
	{"list(int8)", `[,1]`, broken(`byte 7 of the record should be a value, got ",1]}"`)},
	{"list(int8)", `[1 2]`, broken(`byte 9 of the record should be a comma or ], got "2]}"`)},
	{"list(int8)", `[1`, broken(`byte 8 of the record should be a comma or ], got "}"`)},
	{"list(int8)", `[`, broken(`byte 7 of the record should be a value, got "}"`)},
	{"list(list(string))", `[["a"],[],null,["b","c"]]`, `[["a"],[],null,["b","c"]]`},
	{"list(list(int8))", `[[1],[2,"x"]]`, `!type-error v[][] v[1][1]: is a string where int8 is declared, got "x"`},
	{"list(struct(a int8, b string))", `[{"a":1},{"b":"x","a":2},null,{}]`, `[{"a":1,"b":null},{"a":2,"b":"x"},null,{"a":null,"b":null}]`},
	{"list(struct(a int8!))", `[{"a":1},{},{"a":null}]`, `!missing-cell v[].a v[1].a: is required, and its key is not there, got`},

	{"map(int8)", `{}`, `{}`},
	{"map(int8)", `{"b":1,"a":null}`, `{"b":1,"a":null}`},
	{"map(int8)", `{"\u0061":1}`, `{"a":1}`},
	{"map(int8)", `{"":1}`, `{"":1}`},
	{"map(int8)", `null`, `null`},
	{"map(int8)", `[]`, `!type-error v : is an array where map is declared, got "[]"`},
	{"map(int8)", `{"a":"x"}`, `!type-error v{} v{"a"}: is a string where int8 is declared, got "x"`},
	{"map(int8)", `{"a":1,"\u0061":2}`, `!duplicate-key v : has a key twice, got "a"`},
	{"map(int8)", `{"0":0,"1":0,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"8":0,"9":0,"8":1,"3":1}`, `!duplicate-key v : has a key twice, got "8"|duplicate-key v : has a key twice, got "3"`},
	{"map(int8)", `{"\ud800":1}`, `!encoding-error v : has a key with half of a surrogate pair, got "` + "\uFFFD" + `"`},
	{"map(int8)", `{"a":1,}`, broken(`byte 13 of the record should be a key in double quotes, got "}}"`)},
	{"map(int8)", `{1:1}`, broken(`byte 7 of the record should be a key in double quotes, got "1:1}}"`)},
	{"map(int8)", `{"a" 1}`, broken(`byte 11 of the record should be a colon, got "1}}"`)},
	{"map(int8)", `{"a":1`, brokenEnd(`12, where a comma or } is expected`)},
	{"map(list(map(bool)))", `{"k":[{"x":true},{"y":1}]}`, `!type-error v{}[]{} v{"k"}[1]{"y"}: is a number where bool is declared, got "1"`},

	{"struct(a int8, b string)", `{"a":1,"b":"x"}`, `{"a":1,"b":"x"}`},
	{"struct(a int8, b string)", `{"b":"x","a":1}`, `{"a":1,"b":"x"}`},
	{"struct(a int8, b string)", `{}`, `{"a":null,"b":null}`},
	{"struct(a int8, b string)", `null`, `null`},
	{"struct(a int8!, b string)", `{}`, `!missing-cell v.a : is required, and its key is not there, got`},
	{"struct(a int8, b string)", `{"c":1,"a":1}`, `!extra-cell v : has a key that is not declared, got "c"`},
	{"struct(a int8, b string)", `{"a":1,"a":2}`, `!duplicate-key v.a : is there twice, got`},
	{"struct(a int8, b string)", `{"a":"x","b":1}`, `!type-error v.a : is a string where int8 is declared, got "x"|type-error v.b : is a number where string is declared, got "1"`},
	{"struct(a int8, b string)", `{"a":nulk,"b":null}`, broken(`byte 11 of the record should be null, got "nulk,\"b\":null}}"`)},
	{"struct(a int8, b string)", `[]`, `!type-error v : is an array where struct is declared, got "[]"`},
	{"struct(a struct(b struct(c int8)))", `{"a":{"b":{"c":1}}}`, `{"a":{"b":{"c":1}}}`},
}

func broken(message string) string { return "!format-error  : is not JSON: " + message }

// brokenEnd is for values that lack their end, which take the record's closing brace with them.
func brokenEnd(message string) string {
	return "!format-error  : is not JSON: the record ends at byte " + message + ", got"
}

func TestJSONValues(t *testing.T) {
	for _, c := range jsonValues {
		s := schemaOf("v " + c.typ)
		out := decodeJSON(t, s, newJSONLDecoder(s, Spec{}), `{"v":`+c.text+"}\n", 1<<20)
		if len(out.rows) != 1 {
			t.Errorf("%s %s: %d rows", c.typ, c.text, len(out.rows))
			continue
		}
		got := strings.TrimSuffix(strings.TrimPrefix(out.rows[0], `{"v":`), "}")
		if len(out.findings) > 0 {
			got = "!" + strings.ReplaceAll(strings.TrimPrefix(strings.Join(out.findings, "|"), "0 "), "|0 ", "|")
		}
		if got != c.want {
			t.Errorf("%s %s:\n got %s\nwant %s", c.typ, c.text, got, c.want)
		}
		if (out.rows[0] == "broken") != strings.Contains(c.want, "is not JSON") {
			t.Errorf("%s %s: row %s", c.typ, c.text, out.rows[0])
		}
	}
}
