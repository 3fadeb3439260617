package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/bindery-data/bindery/publish"
	"github.com/bindery-data/bindery/schema"
)

// listed is how many findings of one code and field are printed for people.
const listed = 10

// A jsonReport is a report as check --format json prints it. Its keys are stable.
type jsonReport struct {
	Records  []recordCount          `json:"records"`
	Counts   []publish.FindingCount `json:"counts"`
	Findings []schema.Finding       `json:"findings"`
	Empty    []string               `json:"empty_shards,omitempty"`
}

// A recordCount is how many records of a split were read.
type recordCount struct {
	Config string `json:"config"`
	Split  string `json:"split"`
	Read   int64  `json:"read"`
}

// printReport prints a report to w, as the flags say.
func (a *app) printReport(w io.Writer, rep *publish.Report) error {
	if a.json {
		return printJSON(w, newJSONReport(rep))
	}
	if err := printFindings(w, rep); err != nil {
		return err
	}
	if err := printCounts(w, rep); err != nil {
		return err
	}
	if len(rep.Empty) > 0 {
		if _, err := fmt.Fprintln(w, emptyShards(rep)); err != nil {
			return err
		}
	}
	verdict := "no findings"
	if n := rep.Total(); n > 0 {
		verdict = plural(n, "finding")
	}
	_, err := fmt.Fprintf(w, "%s read: %s\n", plural(rep.Records().Read, "record"), verdict)
	return err
}

func newJSONReport(rep *publish.Report) jsonReport {
	out := jsonReport{Records: []recordCount{}, Counts: rep.Counts, Findings: rep.Findings, Empty: rep.Empty}
	for _, s := range rep.Splits {
		out.Records = append(out.Records, recordCount{s.Config, s.Split, s.Read})
	}
	if out.Counts == nil {
		out.Counts, out.Findings = []publish.FindingCount{}, []schema.Finding{}
	}
	return out
}

// emptyShards names the shards without records, the first of them where there are many.
func emptyShards(rep *publish.Report) string {
	names := make([]string, 0, listed)
	for _, name := range rep.Empty[:min(len(rep.Empty), listed)] {
		names = append(names, safe(name))
	}
	more := ""
	if n := len(rep.Empty) - len(names); n > 0 {
		more = fmt.Sprintf(" and %s more", thousands(int64(n)))
	}
	return fmt.Sprintf("no records in %s: %s%s", plural(int64(len(rep.Empty)), "shard"), strings.Join(names, ", "), more)
}

// A findingKind is findings that are counted together.
type findingKind struct {
	config, split string
	schema.CountKey
}

// printFindings prints a line for each finding, and where there are too many of a kind, how many were
// not printed. A hint is not said twice in a row.
func printFindings(w io.Writer, rep *publish.Report) error {
	printed := make(map[findingKind]int64)
	hint := ""
	for _, f := range rep.Findings {
		k := findingKind{f.Config, f.Split, schema.CountKey{Code: f.Code, Field: f.Field}}
		if printed[k]++; printed[k] > listed {
			continue
		}
		line := findingLine(f)
		if f.Hint != "" && f.Hint != hint {
			line += "\n    = " + safe(f.Hint)
		}
		hint = f.Hint
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	for _, c := range rep.Counts {
		if c.Count <= listed {
			continue
		}
		where := ""
		if c.Field != "" {
			where = " of " + safe(c.Field)
		}
		_, err := fmt.Fprintf(w, "... and %s more %s%s in %s %s; check --format json lists %s\n",
			thousands(c.Count-listed), c.Code, where, c.Config, c.Split, listedOf(c))
		if err != nil {
			return err
		}
	}
	return nil
}

// listedOf says how many findings of a kind a report holds.
func listedOf(c publish.FindingCount) string {
	if c.Listed == c.Count {
		return "all of them"
	}
	return "the first " + thousands(c.Listed)
}

// findingLine writes a finding as shard:line: field: code: message (rule), got VALUE.
func findingLine(f schema.Finding) string {
	var b strings.Builder
	b.WriteString(placeText(f.Place))
	if at := f.At; at != "" {
		fmt.Fprintf(&b, " %s:", safe(at))
	} else if f.Field != "" {
		fmt.Fprintf(&b, " %s:", safe(f.Field))
	}
	fmt.Fprintf(&b, " %s: %s", f.Code, safe(f.Message))
	if f.Rule != "" {
		fmt.Fprintf(&b, " (%s)", safe(f.Rule))
	}
	if f.Value != "" {
		fmt.Fprintf(&b, ", got %s", f.Value)
	}
	if f.First != nil {
		fmt.Fprintf(&b, ", first at %s", strings.TrimSuffix(placeText(*f.First), ":"))
	}
	return b.String()
}

// placeText writes a place as "shard:line:" or "shard: record 7:".
func placeText(p schema.Place) string {
	switch {
	case p.Line > 0:
		return fmt.Sprintf("%s:%d:", safe(p.Shard), p.Line)
	case p.Record > 0:
		return fmt.Sprintf("%s: record %d:", safe(p.Shard), p.Record)
	}
	return safe(p.Shard) + ":"
}

// printCounts prints the table of findings by split, code and field.
func printCounts(w io.Writer, rep *publish.Report) error {
	if len(rep.Counts) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, err := fmt.Fprint(t, "\nconfig\tsplit\tcode\tfield\tcount\n")
	for _, c := range rep.Counts {
		_, rowErr := fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", c.Config, c.Split, c.Code, safe(c.Field), thousands(c.Count))
		err = errors.Join(err, rowErr)
	}
	_, lineErr := fmt.Fprintln(t)
	return errors.Join(err, lineErr, t.Flush())
}
