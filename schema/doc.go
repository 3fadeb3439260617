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
//	float32 float64            IEEE 754 numbers; in JSON finite ones alone, in CSV and TSV NaN, INF and
//	                           -INF too
//	decimal                    exact numbers of precision digits (1 to 38), scale of them after the
//	                           point; both keys are needed
//	date                       a day of the years 1 to 9999
//	time                       a time of day from 00:00:00, before 24:00:00 and without leap seconds, in
//	                           unit "ms", "us" (unless declared) or "ns"
//	timestamp                  an instant of the years 1 to 9999 in UTC, without leap seconds, in unit as
//	                           above (with "ns", of 1677-09-21 to 2262-04-11); zone is the IANA name
//	                           of the time zone it is shown in, "UTC" unless declared, or "none" for a
//	                           local date and time
//	binary                     bytes; base64 in text formats
//	list                       items, of the field that the key items declares
//	struct                     fields, which the key fields declares as at the top level
//	map                        values of the field that the key values declares, under string keys
//	json                       any JSON value, kept as its text
//
// The functions ParseInt to ParseTimestamp define the text form of each. JSON's null is a null in every
// type: in a json field too, where null is no value of the field, whether it is written in a JSON shard
// or as the text null in a cell of CSV or TSV; within a json value it is a part of it.
//
// # Constraints
//
// The names are those of the Data Package standard's Table Schema, in snake case. Every field has
// description, which is Markdown, and required; the others fit some types. Except for required, they
// speak of values that are not null. What lies under a struct that is null is no value: a required
// field of it is not missed.
//
//	required            (all types) the value is there and not null
//	unique              (all but nested types and json) no other record of the config has the value;
//	                    within lists and maps, no other item, of another record or of the same
//	enum                (all but nested types and json) the value is one of these
//	pattern             (string) the RE2 expression is found in the value; write ^ and $ to anchor it.
//	                    \b, \w and \d know ASCII alone; \pL and \p{Nd} are letters and digits of any
//	                    script
//	format              (string) the value is of one of the formats below
//	min_length          (string, binary) at least so many characters (Unicode code points), or bytes
//	max_length          (string, binary) at most so many
//	minimum             (numbers, date, time, timestamp) the value is at least this
//	maximum             (numbers, date, time, timestamp) the value is at most this
//	exclusive_minimum   (numbers, date, time, timestamp) the value is greater than this
//	exclusive_maximum   (numbers, date, time, timestamp) the value is less than this
//	min_items           (list, map) at least so many items or entries
//	max_items           (list, map) at most so many
//
// One of minimum and exclusive_minimum can be declared, not both; so for maximum. NaN is on neither side
// of a bound, so that it breaks each.
//
// The formats are:
//
//	uri      an absolute URI, with its scheme, in ASCII (RFC 3986); others are percent-encoded
//	email    one mailbox, user@host, in ASCII (RFC 5321); without a display name
//	uuid     hexadecimal digits of either case, dashed as 8-4-4-4-12 (RFC 9562)
//	bcp47    a language tag in its canonical form (RFC 5646), in any letter case: "is", "zh-Hant-TW", not
//	         "isl" or "iw"; CanonicalLanguage defines the form
//	iso639   a language code of two letters (ISO 639-1) or three (ISO 639-2, 639-3), in lower case
//	spdx     an SPDX license expression, as ParseLicense takes it
//
// The values of enum and of bounds are written as TOML's own numbers, booleans, dates and times, whose
// text counts, so that 0.1 is exact for a decimal. Integers, decimals, dates, times and timestamps can
// be written as strings too: maximum = "18446744073709551615" is beyond TOML's integers. Floats and
// booleans cannot. Binary values of an enum are strings of base64.
package schema
