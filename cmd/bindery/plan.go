package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bindery-data/bindery/catalog"
	"github.com/bindery-data/bindery/publish"
	"github.com/bindery-data/bindery/publish/target"
)

// A plannedResult is what publish would do, as --json prints it.
type plannedResult struct {
	Planned []planResult `json:"planned"`
}

// A planResult is one publication of it.
type planResult struct {
	Target  string `json:"target"`
	Name    string `json:"name"`
	Version string `json:"version"`
	Place   string `json:"place"`
	// AlreadyPublished says that nothing would be done; the members below are empty then.
	AlreadyPublished bool     `json:"already_published"`
	Resumes          string   `json:"resumes"`
	Send             []string `json:"send"`
	Bytes            int64    `json:"bytes"`
	Remarks          []string `json:"remarks"`
}

// planTo says what publishing a bundle to every target would do.
func (a *app) planTo(c *cobra.Command, bundle string, places []place, o publish.SendOptions) error {
	results := []planResult{}
	for _, to := range places {
		show, done := a.progress()
		o.Progress = show
		plan, m, err := publish.Plan(c.Context(), bundle, to, o)
		done()
		published := errors.Is(err, target.ErrPublished)
		if err != nil && !published {
			return fmt.Errorf("publishing to %s would fail: %w", to.name, publishError(err))
		}
		result := planResult{Target: to.name, Name: m.Name, Version: m.Version, AlreadyPublished: published,
			Place: plan.Place, Resumes: plan.Resumes, Send: []string{}, Remarks: append([]string{}, plan.Remarks...)}
		for _, f := range plan.Send {
			result.Send = append(result.Send, f.Name)
			result.Bytes += f.Size
		}
		results = append(results, result)
		if err := a.printPlan(result, plan.Send); err != nil {
			return err
		}
	}
	if a.json {
		return a.printJSON(plannedResult{results})
	}
	return nil
}

// printPlan says for people what a publication would do.
func (a *app) printPlan(r planResult, files []catalog.File) error {
	if a.json {
		return nil
	}
	if r.AlreadyPublished {
		return a.printf("%s %s is published at %s already, unchanged: nothing would be done\n", r.Name, r.Version, safe(r.Target))
	}
	err := a.printf("would publish %s %s as %s\n", r.Name, r.Version, safe(r.Place))
	if err == nil && r.Resumes != "" {
		err = a.printf("  would carry on with %s\n", safe(r.Resumes))
	}
	if err == nil {
		err = a.printf("  would send %s, %s\n", plural(int64(len(files)), "file"), bytesOf(r.Bytes))
	}
	for _, f := range files {
		if err == nil {
			err = a.printf("    %-10s %s\n", bytesOf(f.Size), f.Name)
		}
	}
	if err == nil {
		err = a.printf("  would compare all files there with the manifest, and then make them visible at once\n")
	}
	for _, remark := range r.Remarks {
		if err == nil {
			err = a.printf("  %s\n", safe(remark))
		}
	}
	if err == nil {
		err = a.printf("nothing was sent\n")
	}
	return err
}
