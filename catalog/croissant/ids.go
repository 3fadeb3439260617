package croissant

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/schema"
)

// ids gives every node of a document an @id of its own: a file its name, a config's record set the
// config's name, a field its path behind that. Readers ask for records and fields by them. What has no
// name of its own is given one that nothing has; a name that is taken is lengthened by "_".
type ids struct {
	taken   map[string]bool
	configs map[string]string // to the @id of their record sets
}

func newIDs(m *catalog.Manifest) *ids {
	n := &ids{taken: make(map[string]bool), configs: make(map[string]string)}
	for _, f := range m.Files {
		n.taken[f.Name] = true
	}
	return n
}

// unused returns id, lengthened until nothing else has it.
func (n *ids) unused(id string) string {
	for n.taken[id] {
		id += "_"
	}
	n.taken[id] = true
	return id
}

// config names a config's record set, and keeps the names of its columns from being given to others.
func (n *ids) config(c catalog.Config) {
	id := n.unused(c.Name)
	n.configs[c.Name] = id
	for _, f := range c.Schema.Fields {
		n.taken[fieldID(id, f)] = true
	}
}

// fieldID returns the @id of a field inside the node with the @id parent.
func fieldID(parent string, f *schema.Field) string { return parent + "/" + segment(f.Name) }

// segment writes a field's name as one segment of an IRI (RFC 3987): all but letters, digits and marks of
// any script and - . _ ~ is percent-encoded, and so are the names "." and "..", which a segment cannot be.
func segment(name string) string {
	var b strings.Builder
	dots := name == "." || name == ".."
	for _, r := range name {
		switch {
		case r == '.' && !dots, r == '-', r == '_', r == '~':
			b.WriteRune(r)
		case r < 0xE000 && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)):
			b.WriteRune(r)
		default:
			for _, c := range []byte(string(r)) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		}
	}
	return b.String()
}
