package lint

import (
	"fmt"

	"github.com/bindery-data/bindery/schema/toml"
)

// A key leads from a table to a value, or from an array to its item of that number.
type key any

// at returns where what the keys lead to stands in the declaration; where there is no such thing, the
// last thing on the way to it.
func (l *linter) at(keys ...key) toml.Span {
	if l.root == nil {
		return toml.Span{}
	}
	node, at := l.root.Node, toml.Span{Start: 0, End: 0}
	for _, k := range keys {
		switch k := k.(type) {
		case string:
			found := node.Key(k)
			if found == nil {
				return at
			}
			node = found.Value
		case int:
			if k >= len(node.Items) {
				return at
			}
			node = node.Items[k]
		}
		at = node.At
	}
	return at
}

// declared notes a finding about the declaration.
func (l *linter) declared(code Code, at toml.Span, hint, format string, args ...any) {
	f := Finding{Code: code, Severity: code.Severity(), File: l.Declaration.Path, Message: fmt.Sprintf(format, args...), Hint: hint}
	f.place = l.problems.One(at, hint, "%s%s", f.label(), f.Message)
	f.Line, f.Column = f.place.List[0].Line, f.place.List[0].Column
	l.findings = append(l.findings, f)
}

// bundled notes a finding about a file of the bundle.
func (l *linter) bundled(code Code, file, hint, format string, args ...any) {
	l.findings = append(l.findings, Finding{Code: code, Severity: code.Severity(), File: file,
		Message: fmt.Sprintf(format, args...), Hint: hint})
}
