package schema

import (
	"regexp"

	"github.com/apache/arrow/go/v17/arrow/decimal128"
)

// Constraints are what a declaration demands of a field's values beyond their type. The zero value
// demands nothing. Except for Required, they speak of values that are not null.
type Constraints struct {
	Required bool
	Unique   bool
	Enum     []Scalar
	// Pattern is searched for in a string; the author anchors it.
	Pattern *regexp.Regexp
	// MinLength and MaxLength count a string's characters (code points) or a binary's bytes.
	MinLength, MaxLength *int64
	// MinItems and MaxItems count a list's items or a map's entries.
	MinItems, MaxItems                 *int64
	Minimum, Maximum                   *Scalar
	ExclusiveMinimum, ExclusiveMaximum *Scalar
	// Format is "uri", "email", "uuid", "bcp47", "iso639", "spdx" or empty.
	Format string
}

// A Scalar is one value of a type that is not nested. Which member holds it follows from the type of
// its field.
type Scalar struct {
	// Text is the value as the declaration wrote it.
	Text string

	Int     int64          // signed integers; date in days; time and timestamp in the field's unit
	Uint    uint64         // unsigned integers
	Float   float64        // float32 and float64
	Decimal decimal128.Num // decimal, at the field's scale
	Bool    bool
	Bytes   string // string, binary and json
}
