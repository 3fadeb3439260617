package catalog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
)

// VerifyOptions are what Verify takes beside the folder.
type VerifyOptions struct {
	// Progress, if not nil, is told of every piece that was read: the bytes so far, all bytes that
	// there are to read, and the file.
	Progress func(done, total int64, file string)
}

// A Verification says of every file of a bundle, and of everything else in its folder, how it is. Each
// list is in the order of names.
type Verification struct {
	Bundle *Bundle
	// Good are as the manifest says.
	Good []File
	// Missing are not there, and should be.
	Missing []File
	// Changed are there and differ.
	Changed []Change
	// Extra are the names of what is in the folder and does not belong to the release.
	Extra []string
	// NotFetched were left out on purpose when the bundle was fetched.
	NotFetched []File
}

// A Change says how a file differs.
type Change struct {
	// File is what should be there.
	File File
	// Size is the size of what is there, in bytes; -1 where that is not a file.
	Size int64
	// SHA256 is the digest of what is there; empty where the size tells already.
	SHA256 string
	// Reason says what is wrong, to follow the file's name: "has 5 bytes, should have 6".
	Reason string
}

// OK reports whether everything that is there is right and nothing is lacking that was fetched.
func (v *Verification) OK() bool { return len(v.Missing)+len(v.Changed)+len(v.Extra) == 0 }

// Whole reports whether the folder holds the whole release, right.
func (v *Verification) Whole() bool { return v.OK() && v.Bundle.Partial == nil }

// Verify reads every file of the bundle at dir and compares it with the manifest, and the manifest with
// SHA256SUMS. What differs is in the Verification, all of it; the error is for what could not be read,
// and ErrNotABundle or ErrDamaged as for OpenBundle. Links are never followed.
func Verify(ctx context.Context, dir string, o VerifyOptions) (*Verification, error) {
	b, err := OpenBundle(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("verify bundle: %w", err)
	}
	v := &verifier{ctx: ctx, root: root, options: o, result: &Verification{Bundle: b, NotFetched: b.LeftOut()}}
	err = v.run()
	if err = errors.Join(err, root.Close()); err != nil {
		return nil, fmt.Errorf("verify bundle %s: %w", dir, err)
	}
	return v.result, nil
}

type verifier struct {
	ctx         context.Context
	root        *os.Root
	options     VerifyOptions
	result      *Verification
	done, total int64
}

func (v *verifier) run() error {
	entries, err := fs.ReadDir(v.root.FS(), ".") // sorted
	if err != nil {
		return err
	}
	files, _ := Contents(v.result.Bundle.Manifest, v.result.Bundle.ManifestText, v.result.Bundle.Partial)
	present := make(map[string]bool, len(entries))
	for _, e := range entries {
		present[e.Name()] = true
		if _, ours := FindFile(files, e.Name()); !ours {
			v.result.Extra = append(v.result.Extra, e.Name())
		}
	}
	for _, f := range files {
		if present[f.Name] {
			v.total += f.Size
		}
	}
	for _, f := range files {
		if !present[f.Name] {
			v.result.Missing = append(v.result.Missing, f)
			continue
		}
		if err := v.file(f); err != nil {
			return err
		}
	}
	return v.explainChecksums(files)
}

// file judges one file that is there.
func (v *verifier) file(f File) error {
	change, err := v.examine(f)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		v.result.Missing = append(v.result.Missing, f)
	case err != nil:
		return fmt.Errorf("%s: %w", f.Name, err)
	case change != nil:
		v.result.Changed = append(v.result.Changed, *change)
	default:
		v.result.Good = append(v.result.Good, f)
	}
	return nil
}

// examine reads one file and returns how it differs, or nil.
func (v *verifier) examine(f File) (*Change, error) {
	info, err := v.root.Lstat(f.Name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return &Change{File: f, Size: -1, Reason: irregular(info.Mode())}, nil
	}
	if info.Size() != f.Size {
		v.progress(f.Size, f.Name)
		return &Change{File: f, Size: info.Size(), Reason: fmt.Sprintf("has %d bytes, should have %d", info.Size(), f.Size)}, nil
	}
	opened, err := openRegular(v.root, f.Name)
	if err != nil {
		return nil, err
	}
	size, sum, err := SumReader(v.ctx, opened, func(n int64) { v.progress(n, f.Name) })
	if err = errors.Join(err, opened.Close()); err != nil {
		return nil, err
	}
	if size != f.Size || sum != f.SHA256 {
		return &Change{File: f, Size: size, SHA256: sum, Reason: fmt.Sprintf("has the SHA-256 %s, should have %s", sum, f.SHA256)}, nil
	}
	return nil, nil
}

func (v *verifier) progress(n int64, name string) {
	v.done += n
	if v.options.Progress != nil {
		v.options.Progress(v.done, v.total, name)
	}
}

// explainChecksums finds out, where SHA256SUMS is not what the manifest makes it, which of the two was
// changed: SHA256SUMS vouches for the manifest, and the manifest for all else.
func (v *verifier) explainChecksums(files []File) error {
	r := v.result
	at := slices.IndexFunc(r.Changed, func(c Change) bool { return c.File.Name == ChecksumsName && c.Size >= 0 })
	if at < 0 {
		return nil
	}
	text, err := readRegular(v.root, ChecksumsName)
	if err != nil {
		return err
	}
	sums, err := ParseChecksums(text)
	if err != nil {
		r.Changed[at].Reason = err.Error()
		return nil
	}
	covered := slices.DeleteFunc(slices.Clone(files), func(f File) bool { return f.Name == ChecksumsName })
	m := slices.IndexFunc(covered, func(f File) bool { return f.Name == ManifestName })
	if sum, ok := sums[ManifestName]; ok && sum != covered[m].SHA256 {
		v.manifestChanged(covered[m], sum)
		covered[m].SHA256 = sum
	}
	if bytes.Equal(Checksums(covered), text) {
		r.Good = append(r.Good, r.Changed[at].File)
		r.Changed = slices.Delete(r.Changed, at, at+1)
	} else {
		r.Changed[at].Reason = disagreement(covered, sums)
	}
	slices.SortFunc(r.Good, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(r.Changed, func(a, b Change) int { return strings.Compare(a.File.Name, b.File.Name) })
	return nil
}

// manifestChanged notes that SHA256SUMS vouches for another manifest than the one that is there.
func (v *verifier) manifestChanged(there File, promised string) {
	v.result.Good = slices.DeleteFunc(v.result.Good, func(f File) bool { return f.Name == ManifestName })
	c := Change{File: there, Size: there.Size, SHA256: there.SHA256,
		Reason: fmt.Sprintf("has the SHA-256 %s, %s says %s", there.SHA256, ChecksumsName, promised)}
	c.File.SHA256 = promised
	v.result.Changed = append(v.result.Changed, c)
}

// disagreement says what SHA256SUMS, read as sums, says other than the manifest.
func disagreement(files []File, sums map[string]string) string {
	var names []string
	for _, f := range files {
		if sums[f.Name] != f.SHA256 {
			names = append(names, f.Name)
		}
		delete(sums, f.Name)
	}
	names = append(names, slices.Sorted(maps.Keys(sums))...)
	if len(names) == 0 {
		return "lists the right digests in another form or order"
	}
	const shown = 5
	about := strings.Join(names[:min(shown, len(names))], ", ")
	if len(names) > shown {
		about += fmt.Sprintf(" and %d more", len(names)-shown)
	}
	return "disagrees with " + ManifestName + " about " + about
}
