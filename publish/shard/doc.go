// Package shard reads shards, files of cleaned records, into Arrow batches of the declared schema.
//
// A Splitter cuts a shard into chunks of whole records, one after the other; Decoders, one for each
// worker, turn chunks into rows of a Builder, which remembers where each came from. A fault of one
// record is a finding about its row. A fault that ends the shard is a Damage; the complete records
// before it are delivered first. A fault of the system is an error of neither kind.
//
// # Files
//
// A file's name says its format, then its compression, unless the declaration does:
//
//	jsonl     .jsonl .ndjson         one JSON object a line
//	json      .json                  one JSON array of objects
//	csv       .csv                   RFC 4180 with a header; a comma unless a delimiter is declared
//	tsv       .tsv .tab              the same with a tab
//	parquet   .parquet
//	arrow     .arrow .feather .ipc   Arrow IPC file
//	arrows    .arrows                Arrow IPC stream
//
//	gzip .gz   zstd .zst   bzip2 .bz2   xz .xz
//
// A compressed file may be several streams one after the other, as programs that compress in parallel
// write it. Data that is damaged, cut short or followed by anything else is a compression-error, and so
// is a compressed file of no bytes; that it is cut exactly between two streams cannot be seen. Also
// refused are data that needs more than 128 MiB to look back on, and data that has expanded more than
// 2000 times when there is more than 1 GiB of it.
//
// # Text
//
// Text is UTF-8. UTF-8's byte order mark at the beginning is no part of the text; that of another
// encoding is an encoding-error of the shard. A record that is not UTF-8 is an encoding-error of its
// own, and the next one is read. A NUL byte is a character like others. Lines end with LF or CR LF, the
// last one also with the file. A plain file of no bytes has no records.
//
// A record is at most 256 MiB long. What stands before the first (a header, blank lines) is at most
// 16 MiB.
//
// # JSON
//
// JSON is that of RFC 8259, nothing more: no comments, no trailing commas, no NaN, no control
// characters in strings. Values lie at most 512 deep. In JSON lines, a line of spaces and tabs alone is
// passed over. After the closing bracket of an array, nothing but white space may follow.
//
// A record is an object with a key for each declared field, in any order. Null and a key that is not
// there are both null in the column, but a required field whose key is not there is a missing-cell. A
// key that is not declared is an extra-cell, and one that is there twice a duplicate-key. By declared
// type, values are:
//
//	string                   a string; half of a surrogate pair is an encoding-error
//	bool                     true or false
//	integers                 a number without a point or an exponent, in the type's range
//	float32, float64         a number: the nearest value of the type; one too large is a type-error
//	decimal                  a number, or a string that holds one, that has the digits
//	date, time, timestamp    a string, as schema.ParseDate, ParseTime and ParseTimestamp take it
//	binary                   a string of base64 (RFC 4648, section 4, with padding)
//	list                     an array
//	struct, map              an object
//	json                     any value, kept as it is written
//
// # CSV and TSV
//
// The first line that is not blank is the header: the declared fields' names, exactly, in any order. A
// label that is empty (blank-label), there twice (duplicate-label) or not declared (extra-label), and a
// declared field without a column (missing-label) are all reported, and the shard is read no further.
//
// A cell that contains the delimiter, a quote or a line end is put in double quotes, and a quote inside
// it is written twice. A quote in a cell that does not begin with one, text after the quote that closes
// a cell, and a cell that is not closed make the record a format-error; the first two end with their
// line. Line ends inside quotes are kept as they are, and white space is never trimmed. A line with
// nothing on it is passed over, so that in a shard of one column an empty cell is written "". A record
// with too few cells is a missing-cell, with too many an extra-cell.
//
// A cell that is one of the declared null_values, in quotes or not, is null. Others are, by type:
//
//	string                   the text as it is
//	bool                     true True TRUE 1, or false False FALSE 0
//	integers                 digits with an optional minus sign, in the type's range
//	float32, float64         as in JSON, zeros may lead; also NaN, INF and -INF
//	decimal                  as in JSON, zeros may lead
//	date, time, timestamp    as in JSON, without the quotes of a JSON string
//	binary                   base64, as in JSON
//	list, struct, map, json  JSON text
//
// # Parquet and Arrow
//
// A column of the file is read as the declared field of the same name; convert.go has the table of what
// converts to what, always exactly. The faults of a file's schema are those of a header.
package shard
