package toml

import (
	"errors"
	"fmt"
	"time"

	"github.com/BurntSushi/toml"
)

// A tree joins what the scanner found with what the parser read: places with names and values.
type tree struct {
	// keys are the parser's, one for each of the scanner's statements, in the order of the text.
	keys []toml.Key
	next int
	// at is the place that an error is about.
	at Span
}

// What TOML refuses and the parser lets pass.
var (
	errTwice  = errors.New("this key is defined twice")
	errInline = errors.New("this adds to a table that is written between { and }, which is whole as it is")
)

func treeHint(err error) string {
	if errors.Is(err, errInline) {
		return "write all its keys between { and }, or none"
	}
	return "write each key and each table once"
}

func (t *tree) join(statements []statement, values map[string]any) (*Node, error) {
	root := &Node{Kind: TableKind}
	current := root
	for _, st := range statements {
		var err error
		if st.value == nil {
			current, err = t.header(root, st)
		} else {
			err = t.keyValue(current, st)
		}
		if err != nil {
			return nil, err
		}
	}
	if t.next != len(t.keys) {
		return nil, fmt.Errorf("%d keys were found, but %d were parsed", t.next, len(t.keys))
	}
	return root, t.bind(root, values)
}

// names returns the names of a statement's parts.
func (t *tree) names(st statement) ([]string, error) {
	t.at = st.at
	n := len(st.parts)
	if t.next == len(t.keys) || len(t.keys[t.next]) < n {
		return nil, errors.New("this key was not parsed")
	}
	key := t.keys[t.next]
	t.next++
	return key[len(key)-n:], nil
}

func (t *tree) header(root *Node, st statement) (*Node, error) {
	names, err := t.names(st)
	if err != nil {
		return nil, err
	}
	last := len(names) - 1
	parent, err := t.descend(root, names[:last], st)
	if err != nil {
		return nil, err
	}
	known := parent.Key(names[last])
	if st.array {
		return t.element(parent, known, names[last], st)
	}
	if known == nil {
		table := &Node{Kind: TableKind, At: st.at}
		parent.add(&Key{names[last], st.parts[last], table})
		return table, nil
	}
	if known.Value.Kind != TableKind || known.Value.Raw != "" {
		return nil, errTwice
	}
	known.At, known.Value.At = st.parts[last], st.at
	return known.Value, nil
}

// element adds a table to an array of [[tables]].
func (t *tree) element(parent *Node, known *Key, name string, st statement) (*Node, error) {
	if known == nil {
		known = &Key{name, st.parts[len(st.parts)-1], &Node{Kind: Array, At: st.at, tables: true}}
		parent.add(known)
	}
	if !known.Value.tables {
		return nil, errTwice
	}
	table := &Node{Kind: TableKind, At: st.at}
	known.Value.Items = append(known.Value.Items, table)
	return table, nil
}

// descend follows the names, making the tables they imply.
func (t *tree) descend(from *Node, names []string, st statement) (*Node, error) {
	for i, name := range names {
		known := from.Key(name)
		if known == nil {
			known = &Key{name, st.parts[i], &Node{Kind: TableKind, At: st.at}}
			from.add(known)
		}
		from = known.Value
		if from.tables {
			from = from.Items[len(from.Items)-1]
		}
		if from.Kind != TableKind {
			return nil, errTwice
		}
		if from.Raw != "" {
			return nil, errInline
		}
	}
	return from, nil
}

func (t *tree) keyValue(table *Node, st statement) error {
	names, err := t.names(st)
	if err != nil {
		return err
	}
	last := len(names) - 1
	table, err = t.descend(table, names[:last], st)
	if err != nil {
		return err
	}
	if table.Key(names[last]) != nil {
		return errTwice
	}
	table.add(&Key{names[last], st.parts[last], st.value})
	return t.name(st.value)
}

// name gives the keys inside a value their names.
func (t *tree) name(n *Node) error {
	for _, item := range n.Items {
		if err := t.name(item); err != nil {
			return err
		}
	}
	for _, st := range n.inline {
		if err := t.keyValue(n, st); err != nil {
			return err
		}
	}
	n.inline = nil
	return nil
}

// bind gives the nodes their values.
func (t *tree) bind(n *Node, value any) error {
	t.at = n.At
	fits := true
	switch v := value.(type) {
	case map[string]any:
		return t.bindTable(n, v)
	case []any:
		return bindArray(t, n, v)
	case []map[string]any:
		return bindArray(t, n, v)
	case string:
		fits = n.Kind == String
		n.Text = v
	case int64:
		n.Kind, n.Int = Integer, v
	case float64:
		n.Kind, n.Float = Float, v
	case bool:
		n.Kind, n.Bool = Boolean, v
	case time.Time:
		n.Kind = dateKind(n.Raw)
	default:
		fits = false
	}
	if !fits {
		return errTwice
	}
	return nil
}

func (t *tree) bindTable(n *Node, values map[string]any) error {
	if n.Kind != TableKind || len(n.Keys) != len(values) {
		return errTwice
	}
	for _, k := range n.Keys {
		value, ok := values[k.Name]
		if !ok {
			t.at = k.At
			return errTwice
		}
		if err := t.bind(k.Value, value); err != nil {
			return err
		}
	}
	return nil
}

func bindArray[T any](t *tree, n *Node, values []T) error {
	if n.Kind != Array || len(n.Items) != len(values) {
		return errTwice
	}
	for i, item := range n.Items {
		if err := t.bind(item, values[i]); err != nil {
			return err
		}
	}
	return nil
}
