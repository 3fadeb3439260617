package catalog

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// WithdrawalName is the file that says of a published release that it was withdrawn, and why. It stands
// beside manifest.json, and the release's other files are gone.
const WithdrawalName = "WITHDRAWN.json"

// WithdrawalFormat is the version of that file's own format.
const WithdrawalFormat = "https://bindery-data.github.io/withdrawal/1"

// MaxReason is how many bytes the reason of a withdrawal may have.
const MaxReason = 2000

// A Withdrawal is WITHDRAWN.json: that a release was withdrawn, when and why.
type Withdrawal struct {
	Format  string `json:"format"`
	Name    string `json:"name"`
	Version string `json:"version"`
	Date    string `json:"date"` // YYYY-MM-DD
	// Reason is one line of text for people.
	Reason string `json:"reason"`
}

// NewWithdrawal returns the withdrawal of a release, or says which rule it would break.
func NewWithdrawal(name, version, date, reason string) (Withdrawal, error) {
	w := Withdrawal{Format: WithdrawalFormat, Name: name, Version: version, Date: date, Reason: reason}
	return w, w.Check()
}

// Check returns an error that names the first rule which w breaks.
func (w Withdrawal) Check() error {
	if err := checkFormat(w.Format, WithdrawalFormat); err != nil {
		return err
	}
	if err := ValidDatasetName(w.Name); err != nil {
		return fmt.Errorf("name: %w", err)
	}
	if err := ValidVersion(w.Version); err != nil {
		return fmt.Errorf("version: %w", err)
	}
	if _, err := time.Parse(time.DateOnly, w.Date); err != nil {
		return fmt.Errorf("date: %q is not a date such as 2026-11-23", w.Date)
	}
	switch {
	case strings.TrimSpace(w.Reason) == "":
		return errors.New("reason: is empty")
	case len(w.Reason) > MaxReason:
		return fmt.Errorf("reason: has %d bytes; it may have %d", len(w.Reason), MaxReason)
	case !utf8.ValidString(w.Reason) || strings.ContainsFunc(w.Reason, unicode.IsControl):
		return errors.New("reason: is not one line of UTF-8 without control characters")
	}
	return nil
}

// Marshal returns the content of WITHDRAWN.json. The same value gives the same bytes.
func (w Withdrawal) Marshal() []byte { return encodeDocument(w) }

// ParseWithdrawal reads a WITHDRAWN.json, as strictly as ParseManifest reads a manifest.
func ParseWithdrawal(text []byte) (*Withdrawal, error) {
	w := new(Withdrawal)
	err := decodeDocument(text, WithdrawalFormat, w)
	if err == nil {
		err = w.Check()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", WithdrawalName, err)
	}
	return w, nil
}
