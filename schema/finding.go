package schema

import "github.com/apache/arrow/go/v17/arrow"

// A Code says what kind of fault a finding is about. Codes are the error names of the Data Package
// standard's reference implementation where it has one.
type Code string

// The codes of findings about records and shards.
const (
	TypeError       Code = "type-error"        // a value that is not of the declared type
	ConstraintError Code = "constraint-error"  // a value that breaks a constraint other than unique
	UniqueError     Code = "unique-error"      // a value of a unique field that an earlier record has
	PrimaryKeyError Code = "primary-key-error" // a key that an earlier record has
	MissingCell     Code = "missing-cell"      // a record without a required key, a row with too few cells
	ExtraCell       Code = "extra-cell"        // a key that is not declared, a row with too many cells
	DuplicateKey    Code = "duplicate-key"     // a record that has a key twice
	FormatError     Code = "format-error"      // text that is not of the shard's format
	EncodingError   Code = "encoding-error"    // text that is not UTF-8
	CompressionErr  Code = "compression-error" // a compressed shard that is damaged or cut short
	BlankLabel      Code = "blank-label"       // a header cell that is empty
	DuplicateLabel  Code = "duplicate-label"   // a header that names a field twice
	MissingLabel    Code = "missing-label"     // a header or file schema without a declared field
	ExtraLabel      Code = "extra-label"       // a header or file schema with a field that is not declared
)

// A Place is where a record came from.
type Place struct {
	// Shard is the file as the declaration names it, relative to it, with forward slashes.
	Shard string `json:"shard,omitempty"`
	// Line is the record's first line, from 1; 0 where the format has no lines.
	Line int64 `json:"line,omitempty"`
	// Record is the record's number in its shard, from 1; 0 where the finding is about no one record.
	Record int64 `json:"record,omitempty"`
}

// A Finding is one thing a check has to say.
type Finding struct {
	Code Code `json:"code"`
	Place
	Config string `json:"config,omitempty"`
	Split  string `json:"split,omitempty"`
	// Field is the declared path of the field, as in Field.Path; empty for a whole record.
	Field string `json:"field,omitempty"`
	// At is the place in the record where Field alone leaves it open: "paragraphs[3]", "scores{\"a\"}".
	At string `json:"at,omitempty"`
	// Message says what is wrong, without the value: "is shorter than 3 characters".
	Message string `json:"message"`
	// Rule is the constraint as declared: "min_length = 3".
	Rule string `json:"rule,omitempty"`
	// Value is the offending value, quoted and cut by Quote; empty where there is none to show.
	Value string `json:"value,omitempty"`
	// Hint is what to do, where that does not follow from the message.
	Hint string `json:"hint,omitempty"`
	// First is the earlier place of a duplicate.
	First *Place `json:"first,omitempty"`
}

// A RowFinding is a finding about a row of a batch, before the row's place is known.
type RowFinding struct {
	Row int
	Finding
}

// A CountKey is what findings are counted by.
type CountKey struct {
	Code  Code
	Field string
}

// Findings gathers the findings of one batch. The zero value keeps every one; with Keep set, only the
// first Keep of each code and field are kept and the others are counted alone, so that a batch in
// which everything is wrong does not outgrow memory.
type Findings struct {
	Keep   int
	List   []RowFinding
	Counts map[CountKey]int64
	// Rejected are the rows with a finding, in no order and possibly repeated.
	Rejected []int32
}

// Add notes a finding about row.
func (fs *Findings) Add(row int, f Finding) {
	if fs.Counts == nil {
		fs.Counts = make(map[CountKey]int64)
	}
	key := CountKey{f.Code, f.Field}
	fs.Counts[key]++
	if n := len(fs.Rejected); n == 0 || fs.Rejected[n-1] != int32(row) {
		fs.Rejected = append(fs.Rejected, int32(row))
	}
	if fs.Keep == 0 || fs.Counts[key] <= int64(fs.Keep) {
		fs.List = append(fs.List, RowFinding{row, f})
	}
}

// A Batch is a run of records as typed columns, with what its decoder had to leave out.
type Batch struct {
	// Record has the columns of Schema.Arrow.
	Record arrow.Record
	// Broken are rows that could not be decoded at all, ascending. They are null in every column and
	// have a finding already.
	Broken []int32
	// Faults are, by Field.ID, the slots that hold null because a finding says why, ascending. A slot
	// is a position in the field's own array, which for nested fields is not the row.
	Faults map[int][]int32
}
