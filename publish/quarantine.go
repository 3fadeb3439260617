package publish

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"unicode/utf8"

	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/schema"
)

// A Quarantined record was left out of a bundle. Marshalled, it is one line of the file
// NAME-VERSION.quarantine.jsonl beside the bundle.
type Quarantined struct {
	Config string `json:"config"`
	Split  string `json:"split"`
	schema.Place
	quarantinedBody
}

// A quarantinedBody is what a worker knows of a quarantined record: all but its place.
type quarantinedBody struct {
	// Raw is the record as it came, byte for byte in text formats and as a JSON object in others. Bytes
	// that are not UTF-8 are in RawBase64 instead.
	Raw       string `json:"raw,omitempty"`
	RawBase64 []byte `json:"raw_base64,omitempty"`
	// Findings are about this record: their places are its own.
	Findings []schema.Finding `json:"findings"`
}

// quarantineBody returns the members of a quarantined record that a worker knows, as JSON text without
// the opening brace.
func quarantineBody(raw []byte, findings []schema.Finding) ([]byte, error) {
	body := quarantinedBody{Findings: findings}
	for i := range body.Findings {
		body.Findings[i].Place = schema.Place{}
	}
	if utf8.Valid(raw) {
		body.Raw = string(raw)
	} else {
		body.RawBase64 = raw
	}
	text, err := marshal(body)
	if err != nil {
		return nil, fmt.Errorf("writing quarantined records: %w", err)
	}
	return text[1:], nil
}

// marshal returns v as one line of JSON, in which text stands as it is.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return b.Bytes(), err
}

// quarantineHead returns the members of a quarantined record that say where it is from, as JSON text
// without the closing brace.
func quarantineHead(sp *splitPlan, at schema.Place) ([]byte, error) {
	text, err := marshal(struct {
		Config string `json:"config"`
		Split  string `json:"split"`
		schema.Place
	}{sp.config.Name, sp.split.Name, at})
	return bytes.TrimSuffix(text, []byte("}\n")), err
}

// A quarantineFile gathers quarantined records under a hidden name until the bundle is sealed.
type quarantineFile struct {
	fs                   disk.FS
	staged, final, aside string
	file                 disk.File
	buffer               *bufio.Writer
	placed               bool
}

// add writes one record, whose body is quarantineBody's.
func (q *quarantineFile) add(sp *splitPlan, at schema.Place, body []byte) error {
	if q.file == nil {
		f, err := q.fs.Create(q.staged)
		if err != nil {
			return fmt.Errorf("writing quarantined records: %w", err)
		}
		q.file, q.buffer = f, bufio.NewWriter(f)
	}
	head, err := quarantineHead(sp, at)
	if err != nil {
		return fmt.Errorf("writing quarantined records: %w", err)
	}
	for _, part := range [][]byte{head, {','}, body} {
		if _, err := q.buffer.Write(part); err != nil {
			return fmt.Errorf("writing quarantined records: %w", err)
		}
	}
	return nil
}

// place gives the file its name, before the bundle gets its own, so that no record is ever in neither.
// The file of an earlier build, or an empty one where there is none, is set aside until done or recover.
func (q *quarantineFile) place() error {
	if err := q.end(); err != nil {
		return err
	}
	err := q.fs.Rename(q.final, q.aside)
	if errors.Is(err, fs.ErrNotExist) {
		if !q.placed {
			return nil // Nothing has changed that would have to be synced.
		}
		err = disk.WriteFile(q.fs, q.aside, nil)
	}
	if err != nil {
		return err
	}
	if q.placed {
		if err := q.fs.Rename(q.staged, q.final); err != nil {
			return err
		}
	}
	return q.fs.SyncDir(filepath.Dir(q.final))
}

// end brings what was gathered to stable storage.
func (q *quarantineFile) end() error {
	if q.file == nil {
		return nil
	}
	err := q.buffer.Flush()
	if err == nil {
		err = q.file.Sync()
	}
	err = errors.Join(err, q.file.Close())
	q.file, q.placed = nil, true
	return err
}

// done removes what place set aside, when the bundle has its name.
func (q *quarantineFile) done() error { return q.fs.RemoveAll(q.aside) }

// unsettled reports whether something is set aside.
func (q *quarantineFile) unsettled() bool {
	_, err := os.Lstat(q.aside)
	return err == nil
}

// recover settles what an error, or a kill, between place and done left. Sealed says that the bundle got
// its name; where it did not, the file of before gets its own back.
func (q *quarantineFile) recover(sealed bool) error {
	info, err := os.Lstat(q.aside)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case sealed:
		return q.done()
	case info.Size() > 0:
		err = q.fs.Rename(q.aside, q.final)
	default:
		err = errors.Join(q.fs.RemoveAll(q.final), q.fs.RemoveAll(q.aside))
	}
	return errors.Join(err, q.fs.SyncDir(filepath.Dir(q.final)))
}

// abandon closes and removes what was gathered and not placed.
func (q *quarantineFile) abandon() error {
	var err error
	if q.file != nil {
		err = q.file.Close()
		q.file = nil
	}
	return errors.Join(err, q.fs.RemoveAll(q.staged))
}

// path returns the file's name, or "" where nothing was quarantined.
func (q *quarantineFile) path() string {
	if !q.placed {
		return ""
	}
	return q.final
}
