// Package schema says what one record must be: the declaration of fields, the reading of values from
// text, and the check of batches of records.
//
// # The declaration of fields
//
// A config's fields are declared in TOML, in two keys of the config's table: the table fields, with one
// table for each column, and the table schema. Declare reads both.
//
//	[schema]
//	primary_key = ["id"]
//
//	[fields.id]
//	type     = "string"
//	required = true
//	pattern  = '^[0-9a-z_]+/\d\d$'
//
//	[fields.scores]
//	type   = "map"
//	values = { type = "decimal", precision = 5, scale = 2, minimum = 0 }
//
// The keys of [schema] are:
//
//	primary_key   the names of top-level fields whose values together identify a record. They hold
//	              single values, not json, and are required without saying so.
//	null_values   the texts that stand for null in formats that have only text: CSV and TSV. [""]
//	              unless declared.
//
// Columns come out in the order in which they are declared. A field's name is not empty, has at most
// 256 bytes, no control characters, no white space at its ends, and does not differ from its
// neighbours' in letter case alone. There are at most 10,000 fields, nested at most 32 deep.
//
// # Types
//
// Each field has a type:
//
//	string                     UTF-8 text
//	bool
//	int8 int16 int32 int64     signed integers
//	uint8 uint16 uint32 uint64 unsigned integers
//	float32 float64            IEEE 754 numbers; finite ones alone have a text form
//	decimal                    exact numbers of precision digits (1 to 38), scale of them after the
//	                           point; both keys are needed
//	date                       a day of the years 1 to 9999
//	time                       a time of day, in unit "ms", "us" (unless declared) or "ns"
//	timestamp                  an instant, in unit as above; zone is the IANA name of the time zone it
//	                           is shown in, "UTC" unless declared, or "none" for a local date and time
//	binary                     bytes; base64 in text formats
//	list                       items, of the field that the key items declares
//	struct                     fields, which the key fields declares as at the top level
//	map                        values of the field that the key values declares, under string keys
//	json                       any JSON value, kept as its text
//
// The functions ParseInt to ParseTimestamp define the text form of each.
//
// # Constraints
//
// The names are those of the Data Package standard's Table Schema, in snake case. Every field has
// description, which is Markdown, and required; the others fit some types. Except for required, they
// speak of values that are not null.
//
//	required            (all types) the value is there and not null
//	unique              (all but nested types and json) no other record of the config has the value
//	enum                (all but nested types and json) the value is one of these
//	pattern             (string) the RE2 expression is found in the value; write ^ and $ to anchor it
//	format              (string) the value is a "uri", "email", "uuid", "bcp47" language tag, "iso639"
//	                    language code or "spdx" license expression
//	min_length          (string, binary) at least so many characters (Unicode code points), or bytes
//	max_length          (string, binary) at most so many
//	minimum             (numbers, date, time, timestamp) the value is at least this
//	maximum             (numbers, date, time, timestamp) the value is at most this
//	exclusive_minimum   (numbers, date, time, timestamp) the value is greater than this
//	exclusive_maximum   (numbers, date, time, timestamp) the value is less than this
//	min_items           (list, map) at least so many items or entries
//	max_items           (list, map) at most so many
//
// The values of enum and of bounds are written as TOML's own numbers, booleans, dates and times, whose
// text counts, so that 0.1 is exact for a decimal. Integers, decimals, dates and times can be written
// as strings too: maximum = "18446744073709551615" is beyond TOML's integers.
package schema
