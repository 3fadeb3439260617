package catalog

import (
	"fmt"
	"slices"
)

// PartialName is the file that says of a folder that it holds a part of a release, and which.
const PartialName = "PARTIAL.json"

// PartialFormat is the version of that file's own format.
const PartialFormat = "https://bindery-data.github.io/partial/1"

// A Partial is PARTIAL.json: what was fetched of a release, and what was left out.
type Partial struct {
	Format  string `json:"format"`
	Name    string `json:"name"`
	Version string `json:"version"`
	// Manifest is the SHA-256 of the release's manifest.json.
	Manifest string `json:"manifest"`
	// Asked are the selections that were fetched, in the order in which they were asked for.
	Asked []Selection `json:"asked"`
	// LeftOut are the names of the release's data files that were not fetched, in order.
	LeftOut []string `json:"left_out"`
}

// A Selection chooses data files: those of any of the configs and any of the splits. An empty list
// chooses all.
type Selection struct {
	Configs []string `json:"configs"`
	Splits  []string `json:"splits"`
}

// Takes reports whether the selection chooses f. Files that are not data are always chosen.
func (s Selection) Takes(f File) bool {
	return f.Role != RoleData ||
		(len(s.Configs) == 0 || slices.Contains(s.Configs, f.Config)) &&
			(len(s.Splits) == 0 || slices.Contains(s.Splits, f.Split))
}

// Normal returns s with its lists sorted, without repetitions, and empty rather than nil: two
// selections that choose by the same words are then equal.
func (s Selection) Normal() Selection {
	normal := func(list []string) []string {
		return slices.Compact(slices.Sorted(slices.Values(list)))
	}
	return Selection{
		Configs: append([]string{}, normal(s.Configs)...),
		Splits:  append([]string{}, normal(s.Splits)...),
	}
}

// Equal reports whether two selections choose by the same words.
func (s Selection) Equal(other Selection) bool {
	a, b := s.Normal(), other.Normal()
	return slices.Equal(a.Configs, b.Configs) && slices.Equal(a.Splits, b.Splits)
}

func (p *Partial) leavesOut(f File) bool {
	_, found := slices.BinarySearch(p.LeftOut, f.Name)
	return found
}

// Marshal returns the content of PARTIAL.json. The same value gives the same bytes.
func (p *Partial) Marshal() []byte {
	whole := *p
	whole.Asked = make([]Selection, len(p.Asked))
	for i, s := range p.Asked {
		whole.Asked[i] = s.Normal()
	}
	if whole.LeftOut == nil {
		whole.LeftOut = []string{}
	}
	return encodeDocument(whole)
}

// ParsePartial reads a PARTIAL.json that stands beside a manifest of the given SHA-256. It is strict as
// ParseManifest is, and every file that it leaves out is a data file of m.
func ParsePartial(text []byte, m *Manifest, manifestSum string) (*Partial, error) {
	p := new(Partial)
	if err := decodeDocument(text, PartialFormat, p); err != nil {
		return nil, fmt.Errorf("%s: %w", PartialName, err)
	}
	if p.Name != m.Name || p.Version != m.Version || p.Manifest != manifestSum {
		return nil, fmt.Errorf("%s: speaks of another release than %s", PartialName, ManifestName)
	}
	for i, name := range p.LeftOut {
		if i > 0 && name <= p.LeftOut[i-1] {
			return nil, fmt.Errorf("%s: left_out: %q does not come after %q", PartialName, name, p.LeftOut[i-1])
		}
		if f, found := FindFile(m.Files, name); !found || f.Role != RoleData {
			return nil, fmt.Errorf("%s: left_out: %q is not a data file of the release", PartialName, name)
		}
	}
	return p, nil
}
