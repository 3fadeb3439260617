package catalog

import (
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/bindery-data/bindery/schema"
)

// Check returns an error that names the first rule which s breaks:
//
//   - Names and the version are well formed. No config, split of one, or field of either is there twice,
//     and every one of a config's splits has the same fields. Text is UTF-8.
//   - Nothing is negative but means and values. Records add up; no part of something is more than it:
//     nulls of a field's count, distinct or frequent values of its values.
//   - A histogram has one more edge than bins, and counts each finite value once.
//   - Frequent values are in the order of their counts, none of which is below Unlisted.
func (s *Statistics) Check() error {
	if err := checkFormat(s.Format, StatisticsFormat); err != nil {
		return err
	}
	if err := ValidDatasetName(s.Name); err != nil {
		return fmt.Errorf("name: %w", err)
	}
	if err := ValidVersion(s.Version); err != nil {
		return fmt.Errorf("version: %w", err)
	}
	seen := make(map[string]bool)
	for i := range s.Configs {
		c := &s.Configs[i]
		if err := checkOnce(seen, c.Config); err != nil {
			return fmt.Errorf("configs: %w", err)
		}
		if err := c.check(); err != nil {
			return fmt.Errorf("config %q: %w", c.Config, err)
		}
	}
	return nil
}

// checkOnce returns an error unless name is valid and not in seen, where it then is.
func checkOnce(seen map[string]bool, name string) error {
	if err := ValidName(name); err != nil {
		return err
	}
	if seen[name] {
		return fmt.Errorf("%q is there twice", name)
	}
	seen[name] = true
	return nil
}

func (c *ConfigStatistics) check() error {
	if len(c.Fields) > 0 && len(c.Splits) < 2 {
		return errors.New("has fields of its own and not several splits")
	}
	seen := make(map[string]bool)
	records := int64(0)
	for i := range c.Splits {
		sp := &c.Splits[i]
		if err := checkOnce(seen, sp.Split); err != nil {
			return fmt.Errorf("splits: %w", err)
		}
		if sp.Records < 0 || sp.Records > math.MaxInt64-records {
			return fmt.Errorf("split %q: %d records", sp.Split, sp.Records)
		}
		records += sp.Records
		if err := checkFields(sp.Fields, c.Splits[0].Fields); err != nil {
			return fmt.Errorf("split %q: %w", sp.Split, err)
		}
	}
	if records != c.Records {
		return fmt.Errorf("%d records, and %d in its splits", c.Records, records)
	}
	if len(c.Splits) < 2 {
		return nil
	}
	return checkFields(c.Fields, c.Splits[0].Fields)
}

// checkFields checks each field, and that they are the same as others.
func checkFields(fields, others []FieldStatistics) error {
	if len(fields) != len(others) {
		return fmt.Errorf("has %d fields where there are %d", len(fields), len(others))
	}
	seen := make(map[string]bool, len(fields))
	for i := range fields {
		f := &fields[i]
		if f.Field != others[i].Field || f.Type != others[i].Type {
			return fmt.Errorf("field %q of type %q is %q of type %q elsewhere", f.Field, f.Type, others[i].Field, others[i].Type)
		}
		if seen[f.Field] {
			return fmt.Errorf("field %q is there twice", f.Field)
		}
		seen[f.Field] = true
		if err := f.check(); err != nil {
			return fmt.Errorf("field %q: %w", f.Field, err)
		}
	}
	return nil
}

func (f *FieldStatistics) check() error {
	if _, known := schema.TypeNamed(f.Type); !known {
		return fmt.Errorf("the type %q is not known", f.Type)
	}
	if f.Field == "" || !utf8.ValidString(f.Field) {
		return errors.New("the path is empty or not UTF-8")
	}
	if f.Nulls < 0 || f.Count < f.Nulls {
		return fmt.Errorf("%d nulls of %d", f.Nulls, f.Count)
	}
	values := f.Count - f.Nulls
	finite := values
	if n := f.NotFinite; n != nil {
		for _, part := range []int64{n.NaN, n.NegativeInfinity, n.PositiveInfinity} {
			if part < 0 || part > finite {
				return fmt.Errorf("not_finite: %d of %d values", part, finite)
			}
			finite -= part
		}
	}
	if b := f.Bools; b != nil && (b.False < 0 || b.True < 0 || b.False > values || values-b.False != b.True) {
		return fmt.Errorf("bools: %d false and %d true of %d values", b.False, b.True, values)
	}
	if err := f.Distinct.check(values); err != nil {
		return fmt.Errorf("distinct: %w", err)
	}
	if err := f.Distribution.check(finite); err != nil {
		return err
	}
	if err := f.Frequent.check(values); err != nil {
		return fmt.Errorf("frequent: %w", err)
	}
	if f.Lengths == nil {
		return nil
	}
	if err := f.Lengths.check(values); err != nil {
		return fmt.Errorf("lengths: %w", err)
	}
	return nil
}

func (d *Distinct) check(values int64) error {
	switch {
	case d == nil:
		return nil
	case d.Count < 0 || d.Count > values:
		return fmt.Errorf("%d of %d values", d.Count, values)
	case d.Exact != (d.Error == 0) || d.Error < 0 || d.Error > 1:
		return fmt.Errorf("exact is %t and the error %g", d.Exact, d.Error)
	}
	return nil
}

func (d *Distribution) check(values int64) error {
	for _, s := range []*Shown{d.Minimum, d.Maximum} {
		if err := s.check(); err != nil {
			return err
		}
	}
	if (d.Minimum == nil) != (d.Maximum == nil) {
		return errors.New("has one of minimum and maximum")
	}
	for _, v := range []*float64{d.Mean, d.StandardDeviation} {
		if v != nil && (math.IsNaN(*v) || math.IsInf(*v, 0)) {
			return errors.New("a mean or deviation is not finite")
		}
	}
	if d.StandardDeviation != nil && *d.StandardDeviation < 0 {
		return errors.New("standard_deviation is negative")
	}
	for i, q := range d.Quantiles {
		if !(q.At > 0 && q.At < 1) || i > 0 && q.At <= d.Quantiles[i-1].At {
			return fmt.Errorf("quantiles: %g is not between 0 and 1 and above the one before", q.At)
		}
		if err := (&Shown{Value: q.Value}).check(); err != nil {
			return fmt.Errorf("quantiles: %w", err)
		}
	}
	if err := d.Histogram.check(values); err != nil {
		return fmt.Errorf("histogram: %w", err)
	}
	return nil
}

func (s *Shown) check() error {
	if s == nil {
		return nil
	}
	if !utf8.ValidString(s.Value) {
		return fmt.Errorf("%q is not UTF-8", s.Value)
	}
	if n := utf8.RuneCountInString(s.Value); n > MaxShownText || s.Cut && n != MaxShownText {
		return fmt.Errorf("a value of %d characters is shown; it is cut behind %d", n, MaxShownText)
	}
	return nil
}

func (h *Histogram) check(values int64) error {
	if h == nil {
		return nil
	}
	if h.Scale != ScaleLinear && h.Scale != ScaleLog {
		return fmt.Errorf("the scale %q is not known", h.Scale)
	}
	if len(h.Counts) == 0 || len(h.Counts) > MaxBins || len(h.Edges) != len(h.Counts)+1 {
		return fmt.Errorf("has %d bins and %d edges", len(h.Counts), len(h.Edges))
	}
	for _, edge := range h.Edges {
		if err := (&Shown{Value: edge}).check(); err != nil {
			return err
		}
	}
	rest := values
	for _, n := range h.Counts {
		if n < 0 || n > rest {
			return fmt.Errorf("counts %d of %d values", n, rest)
		}
		rest -= n
	}
	if rest != 0 {
		return fmt.Errorf("leaves out %d of %d values", rest, values)
	}
	return nil
}

func (f *Frequent) check(values int64) error {
	if f == nil {
		return nil
	}
	if len(f.Values) > MaxFrequent {
		return fmt.Errorf("has %d values; at most %d are listed", len(f.Values), MaxFrequent)
	}
	if f.Unlisted < 0 || f.Unlisted > values {
		return fmt.Errorf("unlisted is %d of %d values", f.Unlisted, values)
	}
	rest := values
	for i, v := range f.Values {
		switch {
		case v.Count < 1 || v.Count > rest || v.Error < 0 || v.Error > values-v.Count:
			return fmt.Errorf("a value occurs %d to %d+%d times of %d", v.Count, v.Count, v.Error, values)
		case i > 0 && v.Count > f.Values[i-1].Count:
			return errors.New("a value is listed behind a less frequent one")
		case v.Count < f.Unlisted:
			return fmt.Errorf("a value that occurs %d times is listed, and one that occurs %d times may not be", v.Count, f.Unlisted)
		}
		rest -= v.Count
		if err := v.Shown.check(); err != nil {
			return err
		}
	}
	return nil
}
