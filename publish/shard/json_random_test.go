package shard

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/bindery-data/bindery/schema"
)

// A jsonWriter writes random records, most of them right.
type jsonWriter struct {
	*rand.Rand
	b strings.Builder
}

// rarely is true once in n times.
func (w *jsonWriter) rarely(n int) bool { return w.IntN(n) == 0 }

func (w *jsonWriter) pick(texts ...string) { w.b.WriteString(texts[w.IntN(len(texts))]) }

func (w *jsonWriter) mostly(right []string, wrong ...string) {
	if w.rarely(60) {
		right = wrong
	}
	w.pick(right...)
}

func (w *jsonWriter) space() {
	if w.rarely(8) {
		w.pick(" ", "  ", "\t", "\r", " \t ")
	}
}

func (w *jsonWriter) value(f *schema.Field) {
	w.space()
	switch {
	case w.rarely(150):
		w.anything(3)
	case w.rarely(12):
		w.b.WriteString("null")
	default:
		w.typed(f)
	}
	w.space()
}

func (w *jsonWriter) typed(f *schema.Field) {
	switch t := f.Type; {
	case t.Signed():
		low, high := t.IntRange()
		w.mostly([]string{"0", "-0", fmt.Sprint(low), fmt.Sprint(high), fmt.Sprint(w.Int64() >> (64 - 8<<(t-schema.Int8)))},
			"128", "-129", "2147483648", "9223372036854775808", "99999999999999999999", "1.0", "1e2")
	case t.Unsigned():
		w.mostly([]string{"0", fmt.Sprint(t.UintMax()), fmt.Sprint(w.Uint64() & t.UintMax())},
			"-0", "-1", "256", "18446744073709551616")
	case t.Float():
		w.number()
	case t == schema.Decimal:
		w.mostly([]string{"1.25", `"-1.5"`, "1e2", "12.340", "0"}, "0.001", "99999", `"x"`)
	case t == schema.Bool:
		w.pick("true", "false")
	case t == schema.Date:
		w.mostly([]string{`"2024-02-29"`, `"0001-01-01"`, `"2024-\u0030\u0031-01"`}, `"2023-02-29"`, `""`)
	case t == schema.Time:
		w.mostly([]string{`"00:00:00"`, `"23:59:59.123456"`}, `"23:59:59.1234567"`, `"24:00:00"`)
	case t == schema.Timestamp:
		w.mostly([]string{`"2024-02-29T12:00:00Z"`, `"2024-02-29T12:00:00.123+05:30"`}, `"2024-02-29T12:00:00"`)
	case t == schema.Binary:
		w.mostly([]string{`""`, `"aGVsbG8="`, `"\u0061GVsbG8="`}, `"aGVsbG8"`)
	case t == schema.List:
		w.members('[', ']', w.IntN(4), func(int) { w.value(f.Items) })
	case t == schema.Map:
		w.members('{', '}', w.IntN(12), func(int) {
			w.string()
			w.b.WriteByte(':')
			w.value(f.Values)
		})
	case t == schema.Struct:
		w.object(f.Fields)
	case t == schema.JSON:
		w.anything(4)
	default:
		w.string()
	}
}

func (w *jsonWriter) members(open, end byte, n int, member func(i int)) {
	w.b.WriteByte(open)
	for i := range n {
		if i > 0 {
			w.b.WriteByte(',')
		}
		w.space()
		member(i)
		w.space()
	}
	w.b.WriteByte(end)
}

func (w *jsonWriter) object(fields []*schema.Field) {
	order := w.Perm(len(fields))
	if !w.rarely(3) {
		for i := range order {
			order[i] = i
		}
	}
	if w.rarely(4) {
		order = order[w.IntN(len(order)):]
	}
	if w.rarely(60) {
		order = append(order, w.IntN(len(fields)))
	}
	w.members('{', '}', len(order), func(i int) {
		f := fields[order[i]]
		if w.rarely(300) {
			w.pick(`"extra":`, `"":`, `"I":`, `"\u0069":`)
			w.anything(2)
			return
		}
		w.pick(`"`+f.Name+`":`, `"`+f.Name+`":`, `"`+f.Name+`" : `, fmt.Sprintf(`"\u%04x%s":`, f.Name[0], f.Name[1:]))
		w.value(f)
	})
}

func (w *jsonWriter) number() {
	whole := fmt.Sprint(w.Uint64() >> w.IntN(64))
	w.pick("", "", "", "-")
	w.b.WriteString(whole)
	if w.rarely(2) {
		fmt.Fprintf(&w.b, ".%0*d", 1+w.IntN(20), w.IntN(1_000_000_000))
	}
	if w.rarely(4) {
		w.pick("e", "E")
		w.pick("", "+", "-")
		fmt.Fprint(&w.b, w.IntN(25))
		if w.rarely(20) {
			w.b.WriteByte('0')
		}
	}
}

func (w *jsonWriter) string() {
	w.b.WriteByte('"')
	for range w.IntN(20) {
		w.pick("a", "b", " ", "word ", "þ", "漢", "😀", `\n`, `\"`, `\\`, `\/`, `\u0000`, `\u00fe`, `\ud83d\ude00`, "some more text")
		if w.rarely(2000) {
			w.pick(`\ud83d`, `\ude00`, "\x01", "\xff")
		}
	}
	w.b.WriteByte('"')
}

func (w *jsonWriter) anything(depth int) {
	switch kind := w.IntN(7); {
	case kind == 0 && depth > 0:
		w.members('[', ']', w.IntN(4), func(int) { w.anything(depth - 1) })
	case kind == 1 && depth > 0:
		w.members('{', '}', w.IntN(4), func(int) {
			w.string()
			w.b.WriteByte(':')
			w.anything(depth - 1)
		})
	case kind <= 3:
		w.string()
	case kind == 4:
		w.number()
	default:
		w.pick("true", "false", "null")
	}
}

// record writes a record, and now and then harms it.
func (w *jsonWriter) record(s *schema.Schema) []byte {
	w.b.Reset()
	w.object(s.Fields)
	text := []byte(w.b.String())
	if w.rarely(8) {
		const bytes = "{}[]\",:\\0123456789.eE+-truefalsn \t\x00\x80\xc3"
		text[w.IntN(len(text))] = bytes[w.IntN(len(bytes))]
	}
	if w.rarely(20) {
		text = text[:w.IntN(len(text))]
	}
	return text
}

// Random records, right and wrong, become what encoding/json makes of them. They go through one decoder
// and one builder, so that each comes after the others' traces.
func TestRandomJSONRecords(t *testing.T) {
	s := schemaOf(richFields)
	w := &jsonWriter{Rand: rand.New(rand.NewPCG(5, 6))}
	d := newJSONLDecoder(s, Spec{})
	taken, total := 0, 1000
	for range total / 10 {
		var lines [][]byte
		for len(lines) < 10 {
			if line := w.record(s); len(strings.Trim(string(line), " \t\r")) > 0 {
				lines = append(lines, line)
			}
		}
		var text []byte
		for _, line := range lines {
			text = append(append(text, line...), '\n')
		}
		out := decodeJSON(t, s, d, string(text), 1<<20)
		if len(out.rows) != len(lines) {
			t.Fatalf("%d rows of %d lines:\n%s", len(out.rows), len(lines), text)
		}
		for i, line := range lines {
			compareLine(t, s, line, out, i)
		}
		wrong := make(map[string]bool)
		for _, finding := range out.findings {
			wrong[finding[:1]] = true
		}
		taken += len(lines) - len(wrong)
	}
	if taken < total/5 || taken > total*4/5 {
		t.Errorf("%d of %d records were right: the test is lopsided", taken, total)
	}
}
