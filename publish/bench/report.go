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
	results, begin, err := keptResults(dir)
	if err != nil {
		return err
	}
	text := tables(results, begin)
	if _, err := io.WriteString(to, text); err != nil || document == "" {
		return err
	}
	return insert(document, text)
}

// keptResults reads all results, in the order of the tables, and sees that they can be compared.
func keptResults(dir string) (results []*result, begin *startup, err error) {
	for _, s := range sets {
		for _, f := range forms {
			r := new(result)
			found, err := kept(dir, resultFile(s.name, f.name), r)
			if err != nil {
				return nil, nil, err
			}
			if found {
				results = append(results, r)
			}
		}
	}
	if len(results) == 0 {
		return nil, nil, fmt.Errorf("%s: nothing was measured yet", dir)
	}
	all := places(results)
	begin = new(startup)
	switch found, err := kept(dir, startupFile, begin); {
	case err != nil:
		return nil, nil, err
	case found:
		all = append(all, begin.Where)
	default:
		begin = nil
	}
	for _, where := range all {
		if other := results[0].Where.differs(where); other != "" {
			return nil, nil, fmt.Errorf("the results in %s are not of one kind: %s; measure again, or remove those that are too old", dir, other)
		}
	}
	return results, begin, nil
}

func places(results []*result) []place {
	list := make([]place, len(results))
	for i, r := range results {
		list[i] = r.Where
	}
	return list
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
