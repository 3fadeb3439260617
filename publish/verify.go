package publish

import (
	"context"
	"fmt"

	"github.com/bindery-data/bindery/catalog"
)

// VerifyOptions are what Verify can be told.
type VerifyOptions struct {
	Options
	// Records says that the Parquet files are read back, and every record checked.
	Records bool
}

// A Verified is how a bundle compares with its manifest.
type Verified struct {
	*catalog.Verification
	// Records is what a check of the bundle's records found; nil unless that was asked for, and every
	// file is as it should be.
	Records *Report
	// Miscounted are the splits that hold another number of records than the manifest says.
	Miscounted []Miscount
}

// A Miscount is a split with the wrong number of records.
type Miscount struct {
	Config string `json:"config"`
	Split  string `json:"split"`
	Want   int64  `json:"want"`
	Got    int64  `json:"got"`
}

// OK reports whether nothing is wrong.
func (v *Verified) OK() bool {
	return v.Verification.OK() && len(v.Miscounted) == 0 && (v.Records == nil || v.Records.Total() == 0)
}

// Verify compares the bundle, or download, at dir with its manifest and, if asked to, its records with
// its declaration. What is wrong is in the result; the error is for what could not be looked at.
func Verify(ctx context.Context, dir string, o VerifyOptions) (*Verified, error) {
	found, err := catalog.Verify(ctx, dir, catalog.VerifyOptions{Progress: func(done, total int64, file string) {
		o.Progress.report(Event{Phase: PhaseVerify, Done: done, Total: total, Item: file})
	}})
	if err != nil {
		return nil, err
	}
	v := &Verified{Verification: found}
	if !o.Records || !found.OK() {
		return v, nil
	}
	d, err := found.Bundle.Declaration()
	if err != nil {
		return nil, fmt.Errorf("checking the records of %s: %w", dir, err)
	}
	if v.Records, err = Check(ctx, d, o.Options); err != nil {
		return nil, fmt.Errorf("checking the records of %s: %w", dir, err)
	}
	v.Miscounted = miscounts(found.Bundle, v.Records)
	return v, nil
}

// miscounts compares what was read of each split with what the manifest says of the files that are
// there.
func miscounts(b *catalog.Bundle, rep *Report) []Miscount {
	want := make(map[[2]string]int64)
	for _, f := range b.Files() {
		want[[2]string{f.Config, f.Split}] += f.Records
	}
	var wrong []Miscount
	for _, s := range rep.Splits {
		if w := want[[2]string{s.Config, s.Split}]; w != s.Read {
			wrong = append(wrong, Miscount{s.Config, s.Split, w, s.Read})
		}
	}
	return wrong
}
