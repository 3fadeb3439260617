package catalog

import "fmt"

// StatisticsName is the file of a bundle that says what its records hold.
const StatisticsName = "statistics.json"

// StatisticsFormat is the version of the format of statistics.json. A later one that only adds keys has a
// minor version behind it: ".1".
const StatisticsFormat = "https://bindery-data.github.io/statistics/1"

// MaxStatisticsSize is how many bytes of a statistics.json are read.
const MaxStatisticsSize = 256 << 20

// What the statistics of one field hold at most.
const (
	// MaxShownText is how many characters (Unicode code points) of a value are shown; it is cut behind them.
	MaxShownText = 64
	// MaxFrequent is how many of the most frequent values are listed.
	MaxFrequent = 32
	// MaxBins is how many bins a histogram has.
	MaxBins = 32
)

// QuantileError and QuantileRangeError bound the error of a quantile that is not exact: it is no further
// from the true value than QuantileError times that value's magnitude, and no further than
// QuantileRangeError times the range from minimum to maximum. For float fields the first of the two does
// not hold below 1e-300; for decimals of more than 18 digits both hold up to 1e-15 of the value and one
// unit of the last digit.
const (
	QuantileError      = 1.0 / 128
	QuantileRangeError = 1.0 / 1024
)

// QuantileLevels are the shares of the values that the quantiles are at, in the order of a Distribution's.
var QuantileLevels = [...]float64{0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99}

// Statistics is statistics.json: what the records of one release hold, by config, split and field. The
// same records in the same order give the same bytes.
//
// Values of a field stand as text, so that no integer or decimal loses a digit: in the form that the
// functions ParseInt to ParseTimestamp of package schema define, timestamps in UTC, what is not finite as
// NaN, INF and -INF. Text is cut behind
// MaxShownText characters, and then said to be. What is computed from values, such as a mean, is a
// number. What does not apply to a type, or needs values where there are none, is left out.
//
// A top-level field is counted once a record. A field of a struct is counted where the struct is there,
// the items of a list and the values of a map each, wherever the list or map is there.
type Statistics struct {
	Format  string             `json:"format"`
	Name    string             `json:"name"`
	Version string             `json:"version"`
	Configs []ConfigStatistics `json:"configs"` // in the order of the declaration
}

// ConfigStatistics are those of one config.
type ConfigStatistics struct {
	Config  string `json:"config"`
	Records int64  `json:"records"`
	// Fields are those of all splits together where there are several; Whole has them in any case.
	Fields []FieldStatistics `json:"fields,omitempty"`
	Splits []SplitStatistics `json:"splits"` // in the order of the declaration
}

// SplitStatistics are those of one split of a config.
type SplitStatistics struct {
	Split   string            `json:"split"`
	Records int64             `json:"records"`
	Fields  []FieldStatistics `json:"fields"` // in the order of schema.Schema.All
}

// FieldStatistics are those of one field, at any level of nesting.
//
//	type                            has, where there are values
//	bool                            bools
//	integers, floats, decimal       distinct, minimum to histogram, frequent
//	date, time, timestamp           the same without mean and standard_deviation
//	string                          distinct, minimum, maximum, frequent, lengths (characters)
//	json                            distinct, frequent, lengths (characters), all of its text
//	binary                          distinct, lengths (bytes)
//	string of the format email      distinct, lengths (characters): nobody asked to be listed
//	list, map                       lengths (items, entries)
//	struct                          nothing more
type FieldStatistics struct {
	Field string `json:"field"` // schema.Field.Path
	Type  string `json:"type"`
	// Count is how often the field is counted, nulls among them; Count - Nulls are values.
	Count int64 `json:"count"`
	Nulls int64 `json:"nulls"`
	// NotFinite counts the values of a float field that are not finite, if there are any. Minimum to
	// Histogram are of the others. NaN, of whatever bits, is one value among those that are distinct or
	// frequent, as is zero of either sign.
	NotFinite *NotFinite `json:"not_finite,omitempty"`
	Bools     *Bools     `json:"bools,omitempty"`
	Distinct  *Distinct  `json:"distinct,omitempty"`
	Distribution
	Frequent *Frequent     `json:"frequent,omitempty"`
	Lengths  *Distribution `json:"lengths,omitempty"`
}

// NotFinite counts floats that are not finite.
type NotFinite struct {
	NaN              int64 `json:"nan"`
	NegativeInfinity int64 `json:"negative_infinity"`
	PositiveInfinity int64 `json:"positive_infinity"`
}

// Bools counts the two values of a bool field.
type Bools struct {
	False int64 `json:"false"`
	True  int64 `json:"true"`
}

// Distinct says how many different values there are. Strings, json texts, binaries and decimals are told
// apart by 64 bits of hash, all others by their values.
type Distinct struct {
	Count int64 `json:"count"`
	// Exact says that the count is no estimate: there are few values, or the field is declared unique.
	Exact bool `json:"exact"`
	// Error is the relative standard error of an estimate; 0 if Exact.
	Error float64 `json:"error,omitempty"`
}

// A Distribution says how values that have an order are spread: numbers, moments or lengths. Of strings
// it has Minimum and Maximum alone, in the order of their bytes, which is that of their code points.
type Distribution struct {
	Minimum *Shown `json:"minimum,omitempty"`
	Maximum *Shown `json:"maximum,omitempty"`
	// Mean and StandardDeviation, of a sample (of n values, divided by n-1), are the nearest float64 for
	// integers and for decimals of up to 18 digits. For others they are off by no more than 1e-12 of the
	// largest magnitude, a deviation by a further 1e-9 of its own and by 1e-150. They are left out where
	// float64 cannot hold what leads to them, and the deviation is left out of a single value.
	Mean              *float64 `json:"mean,omitempty"`
	StandardDeviation *float64 `json:"standard_deviation,omitempty"`
	// Quantiles are at QuantileLevels.
	Quantiles []Quantile `json:"quantiles,omitempty"`
	// Histogram is left out where all values are the same.
	Histogram *Histogram `json:"histogram,omitempty"`
}

// Shown is a value, which Cut says to go on behind what is shown of it.
type Shown struct {
	Value string `json:"value"`
	Cut   bool   `json:"cut,omitempty"`
}

// A Quantile is about the smallest value that At of all n values do not exceed: the one of rank
// ceil(At * n), counted from 1. Unless it is Exact, its error is bounded by QuantileError and
// QuantileRangeError.
type Quantile struct {
	At    float64 `json:"at"`
	Value string  `json:"value"`
	Exact bool    `json:"exact,omitempty"`
}

// The scales of a histogram.
const (
	// ScaleLinear has bins of equal width.
	ScaleLinear = "linear"
	// ScaleLog has bins of equal width on a logarithmic scale and, where there are zeros, a bin before
	// them that begins at 0. It is used where nothing is negative and most values would share the first
	// bin of equal width.
	ScaleLog = "log"
)

// A Histogram counts values exactly. Bin i holds those from Edges[i] on that are less than Edges[i+1];
// its edges are round in binary. The first edge is at most the minimum, the last greater than the
// maximum, save that an edge which the type cannot express is the type's nearest value, and then belongs
// to its bin.
type Histogram struct {
	Scale  string   `json:"scale"`
	Edges  []string `json:"edges"`  // one more than Counts
	Counts []int64  `json:"counts"` // up to MaxBins
}

// Frequent are the most frequent values: each of them occurs at least as often as any that is not listed.
// There are none where no value stands out. A value that occurs once is never listed, unless the field
// has a declared enum.
type Frequent struct {
	// Unlisted is the most often that a value which is not listed may occur; 0 says that all are listed.
	Unlisted int64           `json:"unlisted"`
	Values   []FrequentValue `json:"values"` // the most frequent first; up to MaxFrequent
}

// A FrequentValue occurs from Count to Count + Error times.
type FrequentValue struct {
	Shown
	Count int64 `json:"count"`
	Error int64 `json:"error,omitempty"` // 0: Count is exact
}

// Whole returns the statistics of the config's splits together.
func (c *ConfigStatistics) Whole() []FieldStatistics {
	if c.Fields == nil && len(c.Splits) == 1 {
		return c.Splits[0].Fields
	}
	return c.Fields
}

// FindField returns the statistics of the field with that path, or nil.
func FindField(fields []FieldStatistics, path string) *FieldStatistics {
	for i := range fields {
		if fields[i].Field == path {
			return &fields[i]
		}
	}
	return nil
}

// Config returns the statistics of the config with that name, or nil.
func (s *Statistics) Config(name string) *ConfigStatistics {
	for i := range s.Configs {
		if s.Configs[i].Config == name {
			return &s.Configs[i]
		}
	}
	return nil
}

// Split returns the statistics of the split with that name, or nil.
func (c *ConfigStatistics) Split(name string) *SplitStatistics {
	for i := range c.Splits {
		if c.Splits[i].Split == name {
			return &c.Splits[i]
		}
	}
	return nil
}

// ParseStatistics reads a statistics.json and returns it if it keeps the rules of Check. It refuses what
// ParseManifest refuses.
func ParseStatistics(text []byte) (*Statistics, error) {
	s, err := parseStatistics(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", StatisticsName, err)
	}
	return s, nil
}

func parseStatistics(text []byte) (*Statistics, error) {
	if len(text) > MaxStatisticsSize {
		return nil, fmt.Errorf("has %d bytes; at most %d are read", len(text), MaxStatisticsSize)
	}
	s := new(Statistics)
	if err := decodeDocument(text, StatisticsFormat, s); err != nil {
		return nil, err
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	return s, nil
}

// Marshal returns the content of statistics.json: keys in the order of the members here, and an object or
// list that holds no other on one line. It is for statistics that keep the rules of Check; the same ones
// give the same bytes.
func (s *Statistics) Marshal() []byte { return encodeLines(s) }
