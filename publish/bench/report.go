package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// Between these marks of a document the tables are written.
const (
	beginMark = "<!-- What follows is written by the program, up to the end mark. -->\n"
	endMark   = "<!-- end -->\n"
)

// report prints the tables of all results in the folder, and writes them into a document if there is one.
func report(to io.Writer, dir, document string) error {
	m, err := allKept(dir)
	if err != nil {
		return err
	}
	text := tables(m)
	if _, err := io.WriteString(to, text); err != nil || document == "" {
		return err
	}
	return insert(document, text)
}

// allKept reads all results, and sees that they can be compared.
func allKept(dir string) (m measured, err error) {
	for _, s := range sets {
		for _, f := range forms {
			if m.results, err = readKept(m.results, dir, resultFile(s.name, f.name)); err != nil {
				return m, err
			}
		}
		if m.larger, err = readKept(m.larger, dir, largerFile(s.name)); err != nil {
			return m, err
		}
	}
	if len(m.results) == 0 {
		return m, fmt.Errorf("%s: nothing was measured yet", dir)
	}
	begin, err := readKept[startup](nil, dir, startupFile)
	if err != nil {
		return m, err
	}
	if len(begin) > 0 {
		m.startup = begin[0]
	}
	for _, where := range m.places() {
		if other := m.results[0].Where.differs(where); other != "" {
			return m, fmt.Errorf("the results in %s are not of one kind: %s; measure again, or remove those that are too old", dir, other)
		}
	}
	return m, nil
}

// readKept adds what was kept under a name to a list, if there is something.
func readKept[T any](list []*T, dir, name string) ([]*T, error) {
	v := new(T)
	found, err := kept(dir, name, v)
	if err != nil || !found {
		return list, err
	}
	return append(list, v), nil
}

// insert puts text between the marks of a document.
func insert(document, text string) error {
	old, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	before, rest, found := bytes.Cut(old, []byte(beginMark))
	_, after, ended := bytes.Cut(rest, []byte(endMark))
	if !found || !ended {
		return fmt.Errorf("%s: the marks %q and %q are not there", document, beginMark, endMark)
	}
	whole := string(before) + beginMark + "\n" + text + "\n" + endMark + string(after)
	return os.WriteFile(document, []byte(whole), 0o666)
}
