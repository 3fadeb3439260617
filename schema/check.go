package schema

import (
	"bytes"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// A Checker holds batches against a schema. It reuses its memory from batch to batch and belongs to
// one worker.
type Checker struct {
	nodes  []*node // by Field.ID
	roots  []*node
	tables tableBudget
	batch  Batch
	hits   []hit
	slots  []int32
}

// A node is one field of the schema and, during a check, its array in the batch.
type node struct {
	field    *Field
	parent   *node
	children []*node
	rules    []rule
	scans    []scanFunc // of the rules

	arr arrow.Array
	// lo and hi bound the slots that rows of the batch can have values in.
	lo, hi int
	// offsets are a list's or map's: the items of slot i are offsets[i] to offsets[i+1].
	offsets []int32
	keys    *array.String // a map's
}

// A rule is one constraint of a field.
type rule struct {
	// text is the constraint as declared, message what a value that breaks it does.
	text, message string
	// nulls says that the rule is about nulls, and otherwise about values.
	nulls bool
	// compile makes the rule's scan. What takes time or memory is done here, for one Checker.
	compile func(*tableBudget) scanFunc
	// explain says of one value that breaks the rule what message and hint cannot say of all.
	explain func(value string) (message, hint string)
}

// A scanFunc appends to slots those in [n.lo, n.hi) that break a rule. Those of the wrong kind, null or
// not, may be among them.
type scanFunc = func(n *node, slots []int32) []int32

// A hit is a slot that breaks the rule with that number.
type hit struct{ slot, rule int32 }

// NewChecker returns a checker of batches with the columns of s.Arrow.
func NewChecker(s *Schema) *Checker {
	c := &Checker{tables: maxTableWork}
	for _, f := range s.Fields {
		c.roots = append(c.roots, c.addNode(f, nil))
	}
	return c
}

func (c *Checker) addNode(f *Field, parent *node) *node {
	n := &node{field: f, parent: parent, rules: rulesOf(f)}
	for _, r := range n.rules {
		n.scans = append(n.scans, r.compile(&c.tables))
	}
	c.nodes = append(c.nodes, n)
	for _, child := range f.Children() {
		n.children = append(n.children, c.addNode(child, n))
	}
	return n
}

// Check adds to into a finding for every value in b that breaks a constraint, at every level, and for
// every null in a required field, and sorts into.List by row; those of one row are in the order of the
// schema's fields, behind those that were there before. Repeated values of unique fields and keys are
// not its matter: they take all batches to find.
//
// Left alone are b.Broken rows, nulls in b.Faults, and whatever lies under a null struct or outside the
// extent of a list or map, which are no values. A bound on a float field rejects NaN, which is on
// neither side of it. A slot, in b.Faults, is a position in the array that Arrow's own accessors return:
// Record.Column, List.ListValues, Map.Items, Struct.Field.
func (c *Checker) Check(b Batch, into *Findings) {
	c.batch = b
	before := len(into.List)
	for i, n := range c.roots {
		n.bind(b.Record.Column(i), 0, int(b.Record.NumRows()))
	}
	for _, n := range c.nodes {
		c.checkNode(n, into)
	}
	if len(into.List) > before {
		slices.SortStableFunc(into.List, func(a, b RowFinding) int { return a.Row - b.Row })
	}
	c.batch = Batch{}
}

// bind gives n and the nodes below it their arrays.
func (n *node) bind(arr arrow.Array, lo, hi int) {
	n.arr, n.lo, n.hi = arr, lo, hi
	switch a := arr.(type) {
	case *array.Struct:
		for i, child := range n.children {
			child.bind(a.Field(i), lo, hi)
		}
	case *array.Map:
		n.keys, _ = a.Keys().(*array.String)
		n.bindItems(a.Items(), offsetsOf(arr))
	case *array.List:
		n.bindItems(a.ListValues(), offsetsOf(arr))
	}
}

func (n *node) bindItems(items arrow.Array, offsets []int32) {
	n.offsets = offsets
	if len(offsets) == 0 {
		n.offsets = noOffsets
	}
	lo, hi := 0, 0
	if n.lo < n.hi {
		lo, hi = int(n.offsets[n.lo]), int(n.offsets[n.hi])
	}
	n.children[0].bind(items, lo, hi)
}

var noOffsets = []int32{0}

// offsetsOf returns the offsets of an array of strings, binaries, lists or maps: one more than it has
// slots, or none when it has no slots.
func offsetsOf(arr arrow.Array) []int32 {
	d := arr.Data()
	if d.Len() == 0 || d.Buffers()[1] == nil {
		return nil
	}
	all := arrow.Int32Traits.CastFromBytes(d.Buffers()[1].Bytes())
	return all[d.Offset() : d.Offset()+d.Len()+1]
}

// checkNode applies the rules of one field. Rules look at all slots as fast as they can; what they hit
// is then sorted out one by one, for there is little of it.
func (c *Checker) checkNode(n *node, into *Findings) {
	if n.lo == n.hi {
		return
	}
	c.hits = c.hits[:0]
	for i, scan := range n.scans {
		c.slots = scan(n, c.slots[:0])
		for _, slot := range c.slots {
			if n.arr.IsNull(int(slot)) == n.rules[i].nulls {
				c.hits = append(c.hits, hit{slot, int32(i)})
			}
		}
	}
	if len(n.rules) > 1 {
		slices.SortFunc(c.hits, func(a, b hit) int {
			if a.slot != b.slot {
				return int(a.slot) - int(b.slot)
			}
			return int(a.rule) - int(b.rule)
		})
	}
	for _, h := range c.hits {
		if row, ok := c.rowOf(n, h); ok {
			c.report(n, h, row, into)
		}
	}
}

// rowOf returns the row that a hit is in, unless it is to be left alone.
func (c *Checker) rowOf(n *node, h hit) (row int, ok bool) {
	slot := int(h.slot)
	if n.rules[h.rule].nulls && c.faulty(n, slot) {
		return 0, false
	}
	for ; n.parent != nil; n = n.parent {
		if n.parent.offsets != nil {
			if slot, ok = n.parent.holder(slot); !ok {
				return 0, false
			}
		}
		if n.parent.arr.IsNull(slot) {
			return 0, false
		}
	}
	_, broken := slices.BinarySearch(c.batch.Broken, int32(slot))
	return slot, !broken
}

func (c *Checker) faulty(n *node, slot int) bool {
	_, found := slices.BinarySearch(c.batch.Faults[n.field.ID], int32(slot))
	return found
}

// holder returns the slot of a list or map that holds the item.
func (n *node) holder(item int) (slot int, ok bool) {
	extents := n.offsets[n.lo : n.hi+1]
	// The first slot that begins behind the item follows the one that holds it, empty ones being before.
	after, _ := slices.BinarySearch(extents, int32(item)+1)
	slot = n.lo + after - 1
	return slot, after > 0 && after < len(extents)
}

// report adds a finding. The words are left out of one that into would count but not keep.
func (c *Checker) report(n *node, h hit, row int, into *Findings) {
	r := &n.rules[h.rule]
	f := Finding{Code: ConstraintError, Field: n.field.Path}
	if into.Keep == 0 || into.Counts[CountKey{f.Code, f.Field}] < int64(into.Keep) {
		slot := int(h.slot)
		f.At, f.Message, f.Rule = n.place(slot), r.message, r.text
		if !r.nulls {
			f.Value = n.show(slot)
		}
		if r.explain != nil {
			f.Message, f.Hint = r.explain(textsOf(n.arr).at(slot))
		}
	}
	into.Add(row, f)
}

// show quotes the value of a slot.
func (n *node) show(slot int) string {
	if n.field.Type == String || n.field.Type == JSON {
		return Quote(textsOf(n.arr).at(slot))
	}
	value := AppendValue(nil, n.field, n.arr, slot)
	if !n.field.Type.Nested() {
		value = bytes.Trim(value, `"`) // JSON's quotes around a date or base64
	}
	return Quote(value)
}
