package targettest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish/target"
)

// A Memory is a target that keeps its releases in memory. The zero value is empty. It is safe for
// concurrent use.
type Memory struct {
	mu       sync.Mutex
	releases map[[2]string]map[string][]byte // by name and version, then by file
	drafts   map[[2]string]*memoryDraft
}

// Draft begins a release, or carries on with the draft that was left. A draft of other content is
// replaced.
func (m *Memory) Draft(ctx context.Context, r target.Release) (target.Draft, error) {
	if err := errors.Join(ctx.Err(), r.Check()); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	key := [2]string{r.Manifest.Name, r.Manifest.Version}
	if published, ok := m.releases[key]; ok {
		return nil, judge(published, r)
	}
	files := make(map[string][]byte)
	if left := m.drafts[key]; left != nil {
		if !left.closed {
			return nil, target.ErrBusy
		}
		if left.release.Digest() == r.Digest() {
			files = left.files
		}
	}
	d := &memoryDraft{memory: m, key: key, release: r, files: files}
	if m.drafts == nil {
		m.drafts = make(map[[2]string]*memoryDraft)
	}
	m.drafts[key] = d
	return d, nil
}

// Names returns the names of the datasets that have a release.
func (m *Memory) Names(ctx context.Context) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var names []string
	for key := range m.releases {
		names = append(names, key[0])
	}
	slices.Sort(names)
	return slices.Compact(names), ctx.Err()
}

// Withdraw marks a release as withdrawn and deletes its files but manifest.json.
func (m *Memory) Withdraw(ctx context.Context, w catalog.Withdrawal) (catalog.Withdrawal, error) {
	said, err := m.Withdrawal(ctx, w.Name, w.Version)
	if err = errors.Join(err, w.Check()); err != nil {
		return catalog.Withdrawal{}, err
	}
	if said != nil {
		w = *said
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	key := [2]string{w.Name, w.Version}
	m.releases[key] = map[string][]byte{
		catalog.ManifestName: m.releases[key][catalog.ManifestName], catalog.WithdrawalName: w.Marshal(),
	}
	return w, nil
}

// Withdrawal returns what was said when a release was withdrawn.
func (m *Memory) Withdrawal(ctx context.Context, name, version string) (*catalog.Withdrawal, error) {
	if _, err := m.Manifest(ctx, name, version); err != nil {
		return nil, err
	}
	text, err := m.file(ctx, name, version, catalog.WithdrawalName)
	if errors.Is(err, target.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return catalog.ParseWithdrawal(text)
}

// Plan says what a publication would do.
func (m *Memory) Plan(ctx context.Context, r target.Release) (target.Plan, error) {
	if err := errors.Join(ctx.Err(), r.Check()); err != nil {
		return target.Plan{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	key := [2]string{r.Manifest.Name, r.Manifest.Version}
	if published, ok := m.releases[key]; ok {
		return target.Plan{}, judge(published, r)
	}
	d := &memoryDraft{memory: m, release: r}
	plan := target.Plan{Place: "memory"}
	if left := m.drafts[key]; left != nil && left.release.Digest() == r.Digest() {
		plan.Resumes, d.files = "a draft", left.files
	}
	plan.Send = d.missing()
	return plan, nil
}

// judge says what was published under the version of r.
func judge(published map[string][]byte, r target.Release) error {
	if text, ok := published[catalog.WithdrawalName]; ok {
		w, err := catalog.ParseWithdrawal(text)
		if err != nil {
			return fmt.Errorf("%w: %w", target.ErrDamaged, err)
		}
		return target.Withdrawn(w)
	}
	if catalog.Sum(published[catalog.ManifestName]) != r.Digest() {
		return target.ErrExists
	}
	for _, f := range r.Files {
		if text, ok := published[f.Name]; !ok || catalog.Sum(text) != f.SHA256 {
			return fmt.Errorf("%w: its %s is not what was published", target.ErrDamaged, f.Name)
		}
	}
	return target.ErrPublished
}

// Manifest returns the bytes of a release's manifest.json.
func (m *Memory) Manifest(ctx context.Context, name, version string) ([]byte, error) {
	return m.file(ctx, name, version, catalog.ManifestName)
}

// Open returns a file of a release from offset on.
func (m *Memory) Open(ctx context.Context, name, version, file string, offset int64) (io.ReadCloser, error) {
	text, err := m.file(ctx, name, version, file)
	if err != nil {
		return nil, err
	}
	if offset < 0 {
		return nil, fmt.Errorf("the offset %d is negative", offset)
	}
	if offset > int64(len(text)) {
		return nil, fmt.Errorf("%w: %s ends after %d bytes, before byte %d", target.ErrMismatch, file, len(text), offset)
	}
	return io.NopCloser(bytes.NewReader(text[offset:])), nil
}

func (m *Memory) file(ctx context.Context, name, version, file string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	text, ok := m.releases[[2]string{name, version}][file]
	if !ok {
		return nil, fmt.Errorf("%s of %s %s: %w", file, name, version, target.ErrNotFound)
	}
	return text, nil
}

// Versions returns the published versions of a dataset, oldest first.
func (m *Memory) Versions(ctx context.Context, name string) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var versions []string
	for key := range m.releases {
		if key[0] == name {
			versions = append(versions, key[1])
		}
	}
	slices.SortFunc(versions, catalog.CompareVersions)
	return versions, nil
}

// Change gives a published file other bytes, or none at all (nil removes it), as no target should.
func (m *Memory) Change(name, version, file string, text []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	release := m.releases[[2]string{name, version}]
	release[file] = text
	if text == nil {
		delete(release, file)
	}
}

type memoryDraft struct {
	memory  *Memory
	key     [2]string
	release target.Release
	files   map[string][]byte
	closed  bool
}

func (d *memoryDraft) Missing(ctx context.Context) ([]catalog.File, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d.memory.mu.Lock()
	defer d.memory.mu.Unlock()
	return d.missing(), nil
}

func (d *memoryDraft) missing() []catalog.File {
	var missing []catalog.File
	for _, f := range d.release.Files {
		if _, ok := d.files[f.Name]; !ok {
			missing = append(missing, f)
		}
	}
	return missing
}

func (d *memoryDraft) Put(ctx context.Context, f catalog.File, content target.Content) error {
	if ours, ok := d.release.File(f.Name); !ok || ours.Size != f.Size || ours.SHA256 != f.SHA256 {
		return fmt.Errorf("%q is not a file of the release", f.Name)
	}
	var text bytes.Buffer
	if err := target.Copy(ctx, &text, f, content); err != nil {
		return err
	}
	d.memory.mu.Lock()
	defer d.memory.mu.Unlock()
	d.files[f.Name] = text.Bytes()
	return nil
}

func (d *memoryDraft) Commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	d.memory.mu.Lock()
	defer d.memory.mu.Unlock()
	if missing := d.missing(); len(missing) > 0 {
		return fmt.Errorf("%w: it lacks %s", target.ErrIncomplete, missing[0].Name)
	}
	if d.memory.releases == nil {
		d.memory.releases = make(map[[2]string]map[string][]byte)
	}
	d.memory.releases[d.key] = maps.Clone(d.files)
	delete(d.memory.drafts, d.key)
	return nil
}

func (d *memoryDraft) Discard(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	d.memory.mu.Lock()
	defer d.memory.mu.Unlock()
	clear(d.files)
	return nil
}

func (d *memoryDraft) Close() error {
	d.memory.mu.Lock()
	defer d.memory.mu.Unlock()
	d.closed = true
	return nil
}
