package publish

import (
	"fmt"
	"strings"

	"github.com/bindery-data/bindery/catalog"
)

// A VerificationError says that a folder is not the bundle that its manifest promises. Verification has
// every difference.
type VerificationError struct {
	Dir          string
	Verification *catalog.Verification
}

// Error sums the differences up and names the first few of each kind.
func (e *VerificationError) Error() string {
	v := e.Verification
	var parts []string
	add := func(what string, names []string) {
		const shown = 3
		if len(names) == 0 {
			return
		}
		list := strings.Join(names[:min(shown, len(names))], ", ")
		if len(names) > shown {
			list += ", ..."
		}
		parts = append(parts, fmt.Sprintf("%d %s (%s)", len(names), what, list))
	}
	add("missing", names(v.Missing))
	var changed, extra []string
	for _, c := range v.Changed {
		changed = append(changed, c.File.Name)
	}
	for _, name := range v.Extra {
		extra = append(extra, fmt.Sprintf("%q", name))
	}
	add("changed", changed)
	add("not part of the release", extra)
	add("never fetched", names(v.NotFetched))
	return fmt.Sprintf("%s is not a whole, unchanged bundle: %s: see `bindery verify` for all of it", e.Dir, strings.Join(parts, ", "))
}

func names(files []catalog.File) []string {
	list := make([]string, len(files))
	for i, f := range files {
		list[i] = f.Name
	}
	return list
}

// verifying returns p as catalog.Verify reports to it.
func (p Progress) verifying() func(done, total int64, file string) {
	return func(done, total int64, file string) {
		p.report(Event{Phase: PhaseVerify, Done: done, Total: total, Item: file})
	}
}
