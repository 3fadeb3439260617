package toml

import "strings"

// A Span is a place in the text: the bytes from Start up to End.
type Span struct{ Start, End int }

// A Kind is what sort of value a node is.
type Kind uint8

// The kinds of values, named as the TOML specification does.
const (
	String Kind = iota
	Integer
	Float
	Boolean
	OffsetDateTime
	LocalDateTime
	LocalDate
	LocalTime
	Array
	TableKind
)

var kindNames = [...]string{
	String: "a string", Integer: "an integer", Float: "a float", Boolean: "a boolean",
	OffsetDateTime: "a date and time with an offset", LocalDateTime: "a date and time",
	LocalDate: "a date", LocalTime: "a time", Array: "an array", TableKind: "a table",
}

// String returns the kind's name with its article: "an integer".
func (k Kind) String() string { return kindNames[k] }

// A Node is one value.
type Node struct {
	Kind Kind
	// At is where the value stands. For a table with a header it is the header, for a table that only
	// longer keys imply it is the first of those keys.
	At Span
	// Raw is the value as written; empty for tables and for arrays of [[tables]].
	Raw string

	Text  string  // of a String
	Int   int64   // of an Integer
	Float float64 // of a Float
	Bool  bool    // of a Boolean
	Items []*Node // of an Array
	Keys  []*Key  // of a Table, in the order of the text

	index map[string]*Key
	// inline holds the keys of an inline table until they have their names.
	inline []statement
	// tables says that an array is made of [[tables]].
	tables bool
}

// A Key is one key of a table, with its value.
type Key struct {
	Name  string
	At    Span
	Value *Node
}

// Key returns the key of a table that has the given name, or nil.
func (n *Node) Key(name string) *Key { return n.index[name] }

func (n *Node) add(k *Key) {
	if n.index == nil {
		n.index = make(map[string]*Key)
	}
	n.Keys = append(n.Keys, k)
	n.index[k.Name] = k
}

// dateKind returns the kind of a date or time that the parser took as valid.
func dateKind(raw string) Kind {
	switch {
	case len(raw) > 2 && raw[2] == ':':
		return LocalTime
	case len(raw) <= len("2006-01-02"):
		return LocalDate
	case strings.ContainsAny(raw[len("2006-01-02"):], "Zz+-"):
		return OffsetDateTime
	}
	return LocalDateTime
}
