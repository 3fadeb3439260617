package toml

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
)

// FuzzPlaces holds the scanner to the parser: every key that the parser knows is located, under its
// name, and what stands where a scalar is said to stand means the scalar's value.
func FuzzPlaces(f *testing.F) {
	seeds, err := filepath.Glob(filepath.Join("testdata", "*.toml"))
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range seeds {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(checkPlaces)
}

func checkPlaces(t *testing.T, text string) {
	root, ps := Parse("x.toml", []byte(text))
	checkProblems(t, ps)
	if len(text) > 1<<12 {
		return // the parser alone is not safe from these
	}
	values, keys, err := judge(strings.TrimPrefix(text, "\uFEFF"))
	if root == nil {
		if err == nil && onlyParserAccepts(ps) {
			t.Fatalf("the parser reads what the scanner does not: %v", ps.Err())
		}
		return
	}
	if err != nil {
		t.Fatalf("read in spite of %v", err)
	}
	for _, key := range keys {
		if !located(root.Node, key) {
			t.Errorf("key %q is not located", key)
		}
	}
	checkValue(t, ps.text, root.Node, values)
}

// onlyParserAccepts reports whether a refusal is not one of those meant to be: of a limit, or of a key
// that is defined twice in a way that the parser lets pass and TOML does not.
func onlyParserAccepts(ps *Problems) bool {
	message := ps.list[0].Message
	for _, meant := range []string{" deep", "defined twice", "adds to a table", "not UTF-8"} {
		if strings.Contains(message, meant) {
			return false
		}
	}
	return true
}

func checkProblems(t *testing.T, ps *Problems) {
	if err, ok := ps.Err().(*Error); ok {
		lines := strings.Split(ps.text, "\n")
		for _, p := range err.List {
			if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > len(lines[p.Line-1])+1 {
				t.Errorf("%d:%d is outside the text", p.Line, p.Column)
			}
		}
		if strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7F }) {
			t.Errorf("an error shows control characters: %q", err.Error())
		}
	}
}

// located reports whether any node has the path, going through every item of arrays.
func located(n *Node, path []string) bool {
	if len(path) == 0 {
		return true
	}
	for _, item := range n.Items {
		if located(item, path) {
			return true
		}
	}
	k := n.Key(path[0])
	return k != nil && located(k.Value, path[1:])
}

func checkValue(t *testing.T, text string, n *Node, want any) {
	switch v := want.(type) {
	case map[string]any:
		for name, inner := range v {
			checkValue(t, text, n.Key(name).Value, inner)
		}
	case []any:
		for i, inner := range v {
			checkValue(t, text, n.Items[i], inner)
		}
	case []map[string]any:
		for i, inner := range v {
			checkValue(t, text, n.Items[i], inner)
		}
	default:
		var got struct{ X any }
		raw := text[n.At.Start:n.At.End]
		if _, err := toml.Decode("x = "+raw, &got); err != nil || raw != n.Raw || !same(got.X, want) {
			t.Errorf("%q stands for %v (%v), not %v", raw, got.X, err, want)
		}
	}
}

func same(a, b any) bool {
	if f, ok := a.(float64); ok && math.IsNaN(f) {
		g, ok := b.(float64)
		return ok && math.IsNaN(g)
	}
	if d, ok := a.(time.Time); ok {
		e, ok := b.(time.Time)
		return ok && d.Equal(e)
	}
	return reflect.DeepEqual(a, b)
}
