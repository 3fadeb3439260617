package toml

import "slices"

// A Table reads the keys of one table. Which keys the table may have follows from those that were
// asked for: End calls all others unknown. A value of another kind than asked for becomes a problem
// and counts as absent.
type Table struct {
	Node     *Node
	Problems *Problems

	asked     []string
	misplaced []string
	parent    *Table // nil for the root
	name      string // under which the parent has it
}

// inner returns the table that n is, under a name in t.
func (t *Table) inner(name string, n *Node) *Table {
	return &Table{Node: n, Problems: t.Problems, parent: t, name: name}
}

// Path returns the dotted key, from the root, of a key of the table: what stands in the header of a
// table there.
func (t *Table) Path(key string) string {
	for ; t.parent != nil; t = t.parent {
		key = writtenKey(t.name) + "." + key
	}
	return key
}

func writtenKey(name string) string {
	for i := range len(name) {
		if !isBareKey(name[i]) {
			return Quote(name)
		}
	}
	if name == "" {
		return `""`
	}
	return name
}

// Value returns the value of key, of whatever kind, or nil.
func (t *Table) Value(key string) *Node {
	t.ask(key)
	if k := t.Node.Key(key); k != nil {
		return k.Value
	}
	return nil
}

func (t *Table) ask(key string) {
	if !slices.Contains(t.asked, key) {
		t.asked = append(t.asked, key)
	}
}

// Has reports whether the table has key, without asking for it.
func (t *Table) Has(key string) bool { return t.Node.Key(key) != nil }

// Empty reports whether key is there as an array or table with nothing in it.
func (t *Table) Empty(key string) bool {
	k := t.Node.Key(key)
	return k != nil && (k.Value.Kind == Array || k.Value.Kind == TableKind) &&
		len(k.Value.Items) == 0 && len(k.Value.Keys) == 0
}

// kind returns the value of key if it is of the kind.
func (t *Table) kind(key string, want Kind) *Node {
	n := t.Value(key)
	if n == nil || !t.is(Quote(key), n, want) {
		return nil
	}
	return n
}

func (t *Table) is(what string, n *Node, want Kind) bool {
	if n.Kind == want {
		return true
	}
	hint := ""
	switch {
	case want == String && n.Kind < Array:
		hint = "put it between quotes"
	case want == TableKind:
		hint = "write it as a table: [NAME] and lines of keys, or { key = value }"
	case want == Array:
		hint = "put it between [ and ]"
	case want == Boolean:
		hint = "write true or false, without quotes"
	case want == Integer && n.Kind == String:
		hint = "write it without quotes"
	}
	t.Problems.Add(n.At, hint, "%s must be %s, not %s", what, want, n.Kind)
	return false
}

// String returns the string at key, and whether there is one.
func (t *Table) String(key string) (string, bool) {
	if n := t.kind(key, String); n != nil {
		return n.Text, true
	}
	return "", false
}

// Int returns the integer at key, and whether there is one.
func (t *Table) Int(key string) (int64, bool) {
	if n := t.kind(key, Integer); n != nil {
		return n.Int, true
	}
	return 0, false
}

// Bool returns the boolean at key; false if there is none.
func (t *Table) Bool(key string) bool {
	n := t.kind(key, Boolean)
	return n != nil && n.Bool
}

// Strings returns the strings of the array at key, as nodes; nil if there is none.
func (t *Table) Strings(key string) []*Node {
	n := t.kind(key, Array)
	if n == nil {
		return nil
	}
	items := make([]*Node, 0, len(n.Items))
	for _, item := range n.Items {
		if t.is("each item of "+Quote(key), item, String) {
			items = append(items, item)
		}
	}
	return items
}

// Table returns the table at key, or nil.
func (t *Table) Table(key string) *Table {
	n := t.kind(key, TableKind)
	if n == nil {
		return nil
	}
	return t.inner(key, n)
}

// Tables returns the tables of the array at key, which is written [[key]] or key = [{...}].
func (t *Table) Tables(key string) []*Table {
	n := t.kind(key, Array)
	if n == nil {
		return nil
	}
	var tables []*Table
	for _, item := range n.Items {
		if t.is("each item of "+Quote(key), item, TableKind) {
			tables = append(tables, t.inner(key, item))
		}
	}
	return tables
}

// Each returns all keys of a table that may have any, each with the table at it, which is nil where it
// is something else. It takes the place of asking for single keys and of End.
func (t *Table) Each() []Entry {
	entries := make([]Entry, len(t.Node.Keys))
	for i, k := range t.Node.Keys {
		entries[i].Key = k
		if t.is(Quote(k.Name), k.Value, TableKind) {
			entries[i].Table = t.inner(k.Name, k.Value)
		}
	}
	return entries
}

// Texts returns the keys of a table that may have any, all with strings. It takes the place of asking
// for single keys and of End.
func (t *Table) Texts() []*Key {
	var keys []*Key
	for _, k := range t.Node.Keys {
		if t.is(Quote(k.Name), k.Value, String) {
			keys = append(keys, k)
		}
	}
	return keys
}

// An Entry is a key of a table of tables.
type Entry struct {
	*Key
	Table *Table
}

// Report notes a problem with the value of key, or with the table if it has no such key.
func (t *Table) Report(key, hint, format string, args ...any) {
	at := t.Node.At
	if k := t.Node.Key(key); k != nil {
		at = k.Value.At
	}
	t.Problems.Add(at, hint, format, args...)
}

// Misplaced notes a problem with key itself, which is there and should not be; End does not report it
// again.
func (t *Table) Misplaced(key, hint, format string, args ...any) {
	t.misplaced = append(t.misplaced, key)
	t.Problems.Add(t.Node.Key(key).At, hint, format, args...)
}

// End reports the keys that were not asked for.
func (t *Table) End() {
	for _, k := range t.Node.Keys {
		if !slices.Contains(t.asked, k.Name) && !slices.Contains(t.misplaced, k.Name) {
			t.Problems.Add(k.At, Suggest(k.Name, t.asked), "unknown key %s", Quote(k.Name))
		}
	}
}
