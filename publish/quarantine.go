package publish

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
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
	// Record is the record as it came, byte for byte in text formats and as a JSON object in others.
	// Bytes that are not UTF-8 are in RecordBase64 instead.
	Record       string           `json:"record,omitempty"`
	RecordBase64 []byte           `json:"record_base64,omitempty"`
	Findings     []schema.Finding `json:"findings"`
}

// newQuarantined returns a record with its findings, which lie at its own place.
func newQuarantined(sp *splitPlan, at schema.Place, raw []byte, findings []schema.Finding) Quarantined {
	q := Quarantined{Config: sp.config.Name, Split: sp.split.Name, Place: at}
	if utf8.Valid(raw) {
		q.Record = string(raw)
	} else {
		q.RecordBase64 = raw
	}
	for _, f := range findings {
		f.Place, f.Config, f.Split = at, q.Config, q.Split
		q.Findings = append(q.Findings, f)
	}
	return q
}

// A quarantineFile gathers quarantined records under a hidden name until the bundle is sealed.
type quarantineFile struct {
	fs            disk.FS
	staged, final string
	file          disk.File
	buffer        *bufio.Writer
}

func (q *quarantineFile) add(rec Quarantined) error {
	if q.file == nil {
		f, err := q.fs.Create(q.staged)
		if err != nil {
			return fmt.Errorf("writing quarantined records: %w", err)
		}
		q.file, q.buffer = f, bufio.NewWriter(f)
	}
	encoder := json.NewEncoder(q.buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(rec); err != nil {
		return fmt.Errorf("writing quarantined records: %w", err)
	}
	return nil
}

// place gives the file its name and returns it, or removes the one of an earlier build and returns "".
func (q *quarantineFile) place() (string, error) {
	if q.file == nil {
		return "", q.fs.RemoveAll(q.final)
	}
	err := q.buffer.Flush()
	if err == nil {
		err = q.file.Sync()
	}
	err = errors.Join(err, q.file.Close())
	q.file = nil
	if err == nil {
		err = q.fs.Rename(q.staged, q.final)
	}
	if err == nil {
		err = q.fs.SyncDir(filepath.Dir(q.final))
	}
	return q.final, err
}

// abandon closes and removes what was gathered.
func (q *quarantineFile) abandon() error {
	var err error
	if q.file != nil {
		err = q.file.Close()
		q.file = nil
	}
	return errors.Join(err, q.fs.RemoveAll(q.staged))
}
