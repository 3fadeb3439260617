package stats_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/stats"
	"github.com/bindery-data/bindery/schema"
)

// everything returns a schema with every type, alone and within others.
func everything() *schema.Schema {
	var fields []*schema.Field
	add := func(f schema.Field) {
		f.Name = fmt.Sprintf("f%02d_%s", len(fields), f.Type)
		fields = append(fields, &f)
	}
	for t := schema.String; t <= schema.JSON; t++ {
		switch t {
		case schema.Decimal, schema.Time, schema.Timestamp, schema.List, schema.Struct, schema.Map:
		default:
			add(schema.Field{Type: t})
		}
	}
	for _, unit := range []arrow.TimeUnit{arrow.Millisecond, arrow.Microsecond, arrow.Nanosecond} {
		add(schema.Field{Type: schema.Time, Unit: unit})
		add(schema.Field{Type: schema.Timestamp, Unit: unit, Zone: "UTC"})
	}
	add(schema.Field{Type: schema.Timestamp, Unit: arrow.Microsecond})
	add(schema.Field{Type: schema.Decimal, Precision: 9, Scale: 2})
	add(schema.Field{Type: schema.Decimal, Precision: 18})
	add(schema.Field{Type: schema.Decimal, Precision: 38, Scale: 10})
	add(schema.Field{Type: schema.String, Constraints: schema.Constraints{Enum: []schema.Scalar{{Bytes: "a"}}}})
	item := func(t schema.Type) *schema.Field { return &schema.Field{Name: "item", Type: t} }
	inner := &schema.Field{Name: "value", Type: schema.Struct, Fields: []*schema.Field{
		{Name: "a", Type: schema.Float64},
		{Name: "b", Type: schema.List, Items: &schema.Field{Name: "item", Type: schema.List, Items: item(schema.Int16)}},
		{Name: "c", Type: schema.String},
	}}
	add(schema.Field{Type: schema.List, Items: item(schema.String)})
	add(schema.Field{Type: schema.Map, Values: inner})
	add(schema.Field{Type: schema.Struct, Fields: []*schema.Field{{Name: "x", Type: schema.Uint64}, {Name: "y", Type: schema.Bool}}})
	s := &schema.Schema{Fields: fields}
	s.Number()
	return s
}

// A style is how the values of a column are drawn.
type style int

const (
	few     style = iota // a few different values
	near                 // many values in a narrow range
	skewed               // many orders of magnitude
	extreme              // the ends of the type's range, and what is not finite
	anyhow               // anything
	styles
)

// number draws 64 bits in a style.
func (s style) number(r *rand.Rand) int64 {
	switch s {
	case few:
		return r.Int64N(7) * 1000
	case near:
		return 1_700_000_000 + r.Int64N(20_000)
	case skewed:
		return int64(math.Exp(r.Float64() * 40))
	case extreme:
		return []int64{math.MinInt64, math.MinInt64 + 1, -1, 0, 1, math.MaxInt64 - 1, math.MaxInt64}[r.IntN(7)]
	}
	return int64(r.Uint64())
}

// float draws a float in a style.
func (s style) float(r *rand.Rand) float64 {
	switch s {
	case few:
		return []float64{0, math.Copysign(0, -1), 0.1, -3, 7.25}[r.IntN(5)]
	case near:
		return 273 + r.NormFloat64()/100
	case skewed:
		return math.Exp(r.NormFloat64() * 4)
	case extreme:
		return []float64{math.NaN(), math.Float64frombits(0xfff8000000000001), math.Inf(1), math.Inf(-1), math.MaxFloat64, -math.MaxFloat64,
			math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, 0x1p-1022, 0, math.Copysign(0, -1), 1}[r.IntN(12)]
	}
	return r.NormFloat64() * 1000
}

func (s style) text(r *rand.Rand) string {
	switch s {
	case few:
		return []string{"", "a", "ð", "new", strings.Repeat("long ", 13), strings.Repeat("þ", 64), strings.Repeat("þ", 65)}[r.IntN(7)]
	case near:
		return fmt.Sprintf("https://example.org/%d", r.IntN(20_000))
	case skewed:
		return strings.Repeat("æ", int(math.Exp(r.Float64()*5)))
	case extreme:
		return strings.Repeat(string(rune(r.IntN(0xd000))), r.IntN(70))
	}
	return fmt.Sprintf("%x", r.Int64N(1<<(8+r.Int64N(40))))
}

// drawer draws columns.
type drawer struct {
	r     *rand.Rand
	style func(f *schema.Field) style
	nulls float64
	// dirty says that what is null has something under it.
	dirty bool
}

func (d *drawer) column(f *schema.Field, n int) arrow.ArrayData {
	nulls := 0
	var bitmap *memory.Buffer
	if d.nulls > 0 {
		bits := make([]byte, (n+7)/8)
		for i := range n {
			if d.r.Float64() < d.nulls {
				nulls++
			} else {
				bits[i/8] |= 1 << (i % 8)
			}
		}
		bitmap = memory.NewBufferBytes(bits)
	}
	isNull := func(i int) bool { return bitmap != nil && bitmap.Bytes()[i/8]>>(i%8)&1 == 0 }
	typ := f.Arrow().Type
	offsets := []int32{0}
	extents := func(most int) {
		for i := range n {
			size := 0
			if !isNull(i) || d.dirty {
				size = d.r.IntN(most)
			}
			offsets = append(offsets, offsets[i]+int32(size))
		}
	}
	offsetBuffer := func() *memory.Buffer { return memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(offsets)) }
	switch f.Type {
	case schema.Struct:
		var children []arrow.ArrayData
		for _, child := range f.Fields {
			children = append(children, d.column(child, n))
		}
		return array.NewData(typ, n, []*memory.Buffer{bitmap}, children, nulls, 0)
	case schema.List:
		extents(4)
		items := d.column(f.Items, int(offsets[n]))
		return array.NewData(typ, n, []*memory.Buffer{bitmap, offsetBuffer()}, []arrow.ArrayData{items}, nulls, 0)
	case schema.Map:
		extents(3)
		was := d.nulls
		d.nulls = 0
		keys := d.column(&schema.Field{Name: "key", Type: schema.String}, int(offsets[n]))
		d.nulls = was
		values := d.column(f.Values, int(offsets[n]))
		entries := array.NewData(typ.(*arrow.MapType).Elem(), int(offsets[n]), []*memory.Buffer{nil}, []arrow.ArrayData{keys, values}, 0, 0)
		return array.NewData(typ, n, []*memory.Buffer{bitmap, offsetBuffer()}, []arrow.ArrayData{entries}, nulls, 0)
	case schema.String, schema.JSON, schema.Binary:
		var data []byte
		for i := range n {
			if !isNull(i) || d.dirty {
				data = append(data, d.style(f).text(d.r)...)
			}
			offsets = append(offsets, int32(len(data)))
		}
		return array.NewData(typ, n, []*memory.Buffer{bitmap, offsetBuffer(), memory.NewBufferBytes(data)}, nil, nulls, 0)
	case schema.Bool:
		bits := make([]byte, (n+7)/8)
		for i := range bits {
			bits[i] = byte(d.r.Uint32())
		}
		return array.NewData(typ, n, []*memory.Buffer{bitmap, memory.NewBufferBytes(bits)}, nil, nulls, 0)
	}
	var data []byte
	for range n {
		data = append(data, d.fixed(f)...)
	}
	return array.NewData(typ, n, []*memory.Buffer{bitmap, memory.NewBufferBytes(data)}, nil, nulls, 0)
}

// fixed draws the bytes of a value of fixed width.
func (d *drawer) fixed(f *schema.Field) []byte {
	st := d.style(f)
	v := st.number(d.r)
	within := func(low, high int64) int64 { // from low to high, a multiple of the style's own scale
		switch {
		case v == math.MinInt64:
			return low
		case v == math.MaxInt64:
			return high
		case v >= low && v <= high:
			return v
		}
		return low + int64(uint64(v)%uint64(high-low+1))
	}
	perSecond := func() int64 { return [...]int64{1, 1e3, 1e6, 1e9}[f.Unit] }
	out := binary.LittleEndian
	switch f.Type {
	case schema.Float32:
		return out.AppendUint32(nil, math.Float32bits(float32(st.float(d.r))))
	case schema.Float64:
		return out.AppendUint64(nil, math.Float64bits(st.float(d.r)))
	case schema.Date:
		return out.AppendUint32(nil, uint32(within(-719162, 2932896)))
	case schema.Time:
		v = within(0, 86400*perSecond()-1)
		if f.Unit == arrow.Millisecond {
			return out.AppendUint32(nil, uint32(v))
		}
	case schema.Timestamp:
		if f.Unit != arrow.Nanosecond {
			v = within(-719162*86400*perSecond(), 2932897*86400*perSecond()-1)
		}
	case schema.Decimal:
		if f.Precision > 18 {
			n := decimal128.FromI64(v)
			if st == extreme || st == anyhow {
				n = n.Mul(decimal128.FromI64(1 + d.r.Int64N(1e18)))
			}
			return out.AppendUint64(out.AppendUint64(nil, n.LowBits()), uint64(n.HighBits()))
		}
		most := int64(math.Pow10(int(f.Precision))) - 1
		v = within(-most, most)
		return out.AppendUint64(out.AppendUint64(nil, uint64(v)), uint64(v>>63))
	}
	width := f.Arrow().Type.(arrow.FixedWidthDataType).Bytes()
	return out.AppendUint64(nil, uint64(v))[:width]
}

// records draws records of s in batches of those sizes.
func (d *drawer) records(s *schema.Schema, sizes ...int) []arrow.Record {
	var records []arrow.Record
	for _, n := range sizes {
		columns := make([]arrow.Array, len(s.Fields))
		for i, f := range s.Fields {
			columns[i] = array.MakeFromData(d.column(f, n))
		}
		records = append(records, array.NewRecord(s.Arrow(), columns, int64(n)))
	}
	return records
}

// measured returns the statistics of records, each measured alone and merged in order.
func measured(s *schema.Schema, records []arrow.Record) *stats.Columns {
	m := stats.NewMeasurer(s)
	all := stats.New(s)
	var merger stats.Merger
	for _, rec := range records {
		merger.Add(all, m.Measure(rec))
	}
	return all
}

// document returns the statistics as a file, and holds it to its own rules.
func document(t *testing.T, c *stats.Columns) []byte {
	t.Helper()
	s := &catalog.Statistics{Format: catalog.StatisticsFormat, Name: "a", Version: "1.0.0", Configs: []catalog.ConfigStatistics{{
		Config: "default", Records: c.Records(),
		Splits: []catalog.SplitStatistics{{Split: "train", Records: c.Records(), Fields: c.Describe()}},
	}}}
	text := s.Marshal()
	if _, err := catalog.ParseStatistics(text); err != nil {
		t.Errorf("%v in\n%s", err, text)
	}
	return text
}

// TestTwin compares everything with what the slow and obvious way gives.
func TestTwin(t *testing.T) {
	s := everything()
	for seed := range uint64(2) {
		for st := range styles + 1 {
			for _, nulls := range []float64{0, 0.3, 1} {
				t.Run(fmt.Sprintf("%d/%d/%v", seed, st, nulls), func(t *testing.T) {
					t.Parallel()
					r := rand.New(rand.NewPCG(seed, uint64(st)))
					d := &drawer{r: r, nulls: nulls, dirty: seed%2 == 1, style: func(f *schema.Field) style {
						if st == styles {
							return style((f.ID + r.IntN(2)) % int(styles))
						}
						return st
					}}
					sizes := []int{r.IntN(3), 1 + r.IntN(20), r.IntN(800), r.IntN(2000)}
					if nulls == 1 {
						sizes = sizes[:2]
					}
					records := d.records(s, sizes...)
					got := measured(s, records)
					document(t, got)
					checkPlain(t, got.Describe(), plainFields(s, records))
				})
			}
		}
	}
}

// TestCutsDoNotMatter measures the same records in one batch and in many, in order and not: all that
// follows from the values alone is the same.
func TestCutsDoNotMatter(t *testing.T) {
	s := everything()
	for st := range styles {
		d := &drawer{r: rand.New(rand.NewPCG(7, uint64(st))), nulls: 0.1, style: func(*schema.Field) style { return st }}
		whole := d.records(s, 3000)[0]
		want := settled(measured(s, []arrow.Record{whole}))
		for cut := range 3 {
			var parts []arrow.Record
			for at := int64(0); at < whole.NumRows(); {
				end := min(at+1+d.r.Int64N(1<<(5+3*cut)), whole.NumRows())
				parts = append(parts, whole.NewSlice(at, end))
				at = end
			}
			d.r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
			if got := settled(measured(s, parts)); !bytes.Equal(got, want) {
				t.Errorf("style %d in %d batches:\n%s", st, len(parts), firstDifference(string(got), string(want)))
			}
		}
	}
}

// settled returns the statistics but for what depends on how the records were cut into batches.
func settled(c *stats.Columns) []byte {
	fields := c.Describe()
	for i := range fields {
		f := &fields[i]
		if f.Distinct != nil && !f.Distinct.Exact {
			f.Frequent = nil
		}
		if strings.HasPrefix(f.Type, "float") || f.Type == "decimal" {
			f.Mean, f.StandardDeviation = nil, nil
		}
	}
	s := catalog.Statistics{Configs: []catalog.ConfigStatistics{{Fields: fields}}}
	return s.Marshal()
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			from := max(0, i-6)
			return "got  " + strings.Join(g[from:i+1], "\n") + "\nwant " + w[i]
		}
	}
	return fmt.Sprintf("%d lines and %d", len(g), len(w))
}

// TestMergedOnceMore holds a merge of merged parts to the same twin: it is how a config's splits are
// joined.
func TestMergedOnceMore(t *testing.T) {
	s := everything()
	for st := range styles {
		d := &drawer{r: rand.New(rand.NewPCG(9, uint64(st))), nulls: 0.1, style: func(*schema.Field) style { return st }}
		one, two := d.records(s, 1000, 300), d.records(s, 100, 0, 1500)
		got := measured(s, one)
		var merger stats.Merger
		merger.Add(got, measured(s, two).Part())
		merger.Add(got, stats.New(s).Part())
		document(t, got)
		checkPlain(t, got.Describe(), plainFields(s, append(one, two...)))
	}
}

// TestHeavyValues is about frequent values among very many: the bounds hold, and what stands out is found.
func TestHeavyValues(t *testing.T) {
	s := &schema.Schema{Fields: []*schema.Field{{Name: "word", Type: schema.String}, {Name: "id", Type: schema.Int64}}}
	s.Number()
	r := rand.New(rand.NewPCG(1, 1))
	zipf := rand.NewZipf(r, 1.3, 1, 1_000_000)
	var records []arrow.Record
	for range 6 {
		b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
		for range 10_000 {
			b.Field(0).(*array.StringBuilder).Append(fmt.Sprintf("word%d", zipf.Uint64()))
			b.Field(1).(*array.Int64Builder).Append(r.Int64N(3) * r.Int64())
		}
		records = append(records, b.NewRecord())
	}
	got := measured(s, records).Describe()
	checkPlain(t, got, plainFields(s, records))
	if f := got[0].Frequent; f == nil || len(f.Values) < 10 || f.Values[0].Value != "word0" || f.Values[0].Error != 0 {
		t.Errorf("frequent words: %+v", f)
	}
	if f := got[1].Frequent; f == nil || len(f.Values) != 1 || f.Values[0].Value != "0" || f.Values[0].Error != 0 {
		t.Errorf("frequent numbers: %+v", f)
	}
}

// TestUnique says of fields that are declared unique what the declaration knows.
func TestUnique(t *testing.T) {
	key := &schema.Field{Name: "key", Type: schema.Int64}
	other := &schema.Field{Name: "other", Type: schema.String, Constraints: schema.Constraints{Unique: true}}
	s := &schema.Schema{Fields: []*schema.Field{key, other}, PrimaryKey: []*schema.Field{key}}
	s.Number()
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
	for i := range 5000 {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		if i%2 == 0 {
			b.Field(1).AppendNull()
		} else {
			b.Field(1).(*array.StringBuilder).Append(fmt.Sprint(i))
		}
	}
	got := measured(s, []arrow.Record{b.NewRecord()}).Describe()
	for i, want := range []int64{5000, 2500} {
		if *got[i].Distinct != (catalog.Distinct{Count: want, Exact: true}) || got[i].Frequent != nil {
			t.Errorf("%s: %+v, %+v, want %d", got[i].Field, got[i].Distinct, got[i].Frequent, want)
		}
	}
	if got[0].Quantiles[4].Value != "2500" && got[0].Quantiles[4].Exact {
		t.Errorf("median %+v", got[0].Quantiles[4])
	}
}

// TestTextExtremes has texts that are told apart only where they end, in a field that is unique and in one that is not and
// has too many values to be counted, which are measured by turns.
func TestTextExtremes(t *testing.T) {
	unique := &schema.Field{Name: "unique", Type: schema.String, Constraints: schema.Constraints{Unique: true}}
	s := &schema.Schema{Fields: []*schema.Field{unique, {Name: "other", Type: schema.String}}}
	s.Number()
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
	var records []arrow.Record
	for n, texts := range [][2][]string{
		{{"zz", "z", "b", "bz", "bb"}, {"abcdefgh", "abcdefghz", "abcdefgha", "abcdefg"}},
		{{"yz", "az\x00", "az", "y", "y\x00"}, {"x", "x\x00", "w"}},
	} {
		for i := range 2000 {
			for column, some := range texts {
				text := fmt.Sprintf("m%d", 2000*n+i)
				if i >= 1000 && i < 1000+len(some) {
					text = some[i-1000]
				}
				b.Field(column).(*array.StringBuilder).Append(text)
			}
		}
		records = append(records, b.NewRecord())
	}
	checkPlain(t, measured(s, records).Describe(), plainFields(s, records))
}

// TestAddressesAreNotListed keeps who has an address out of statistics, however often it comes.
func TestAddressesAreNotListed(t *testing.T) {
	s := &schema.Schema{Fields: []*schema.Field{
		{Name: "contact", Type: schema.String, Constraints: schema.Constraints{Format: "email"}},
	}}
	s.Number()
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
	for range 10 {
		b.Field(0).(*array.StringBuilder).Append("anna@example.org")
	}
	got := measured(s, []arrow.Record{b.NewRecord()})
	if text := string(document(t, got)); strings.Contains(text, "anna") {
		t.Errorf("an address is in the statistics:\n%s", text)
	}
	if f := got.Describe()[0]; f.Distinct.Count != 1 || f.Lengths == nil {
		t.Errorf("what says nothing of who it is is gone: %+v", f)
	}
}

// TestDistinctIsUnbiased looks at many estimates at once, where one alone could be off by chance.
func TestDistinctIsUnbiased(t *testing.T) {
	s := &schema.Schema{Fields: []*schema.Field{{Name: "a", Type: schema.Int64}, {Name: "b", Type: schema.String}}}
	s.Number()
	for _, n := range []int{1100, 3000, 10_000, 60_000} {
		var off, squares [2]float64
		const rounds = 20
		for round := range rounds {
			b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
			for i := range n {
				b.Field(0).(*array.Int64Builder).Append(int64(round*1_000_000 + i))
				b.Field(1).(*array.StringBuilder).Append(fmt.Sprintf("%d-%d", round, i))
			}
			for i, f := range measured(s, []arrow.Record{b.NewRecord()}).Describe() {
				e := (float64(f.Distinct.Count) - float64(n)) / float64(n) / f.Distinct.Error
				off[i] += e / rounds
				squares[i] += e * e / rounds
			}
		}
		for i := range off {
			if math.Abs(off[i]) > 0.9 || squares[i] > 2.2 {
				t.Errorf("%d values, column %d: %.2f standard errors off on average, %.2f squared", n, i, off[i], squares[i])
			}
		}
	}
}

// TestMergeOfFloats merges single values and pairs of every size with each other.
func TestMergeOfFloats(t *testing.T) {
	s := &schema.Schema{Fields: []*schema.Field{{Name: "a", Type: schema.Float64}}}
	s.Number()
	batch := func(values ...float64) arrow.Record {
		b := array.NewRecordBuilder(memory.DefaultAllocator, s.Arrow())
		b.Field(0).(*array.Float64Builder).AppendValues(values, nil)
		return b.NewRecord()
	}
	sizes := []float64{0, math.Copysign(0, -1), math.SmallestNonzeroFloat64, 0x1p-1022, 1e-300, 1e-9, 0.1, 1, 273.15, 1e9, 1e300, math.MaxFloat64}
	for _, a := range sizes {
		for _, b := range sizes {
			for _, records := range [][]arrow.Record{{batch(a), batch(b)}, {batch(a), batch(-b), batch(a, b)}, {batch(a, -a), batch(b)}} {
				got := measured(s, records)
				document(t, got)
				checkPlain(t, got.Describe(), plainFields(s, records))
			}
		}
	}
}
