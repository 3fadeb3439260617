package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

// A place is what results depend on beside the data.
type place struct {
	Date    string            `json:"date"`
	Bindery string            `json:"bindery"` // its commit, and the version of Go
	Program string            `json:"program"` // the digest of Bindery's program
	System  string            `json:"system"`
	CPU     string            `json:"cpu"`
	Cores   int               `json:"cores"`
	Size    int64             `json:"size"` // of each set, in MB of JSON lines
	Peers   map[string]string `json:"peers"`
}

func (w *workshop) place(ctx context.Context, sizeMB int64) (place, error) {
	revision, err := w.revision(ctx)
	if err != nil {
		return place{}, err
	}
	program, err := w.digest()
	return place{
		Date:    time.Now().Format(time.DateOnly),
		Bindery: revision,
		Program: program,
		System:  runtime.GOOS + "/" + runtime.GOARCH,
		CPU:     cpuModel(),
		Cores:   runtime.NumCPU(),
		Size:    sizeMB,
		Peers:   w.peers,
	}, err
}

// cpuModel is what Linux says of the processor, where it does.
func cpuModel() string {
	text, _ := os.ReadFile("/proc/cpuinfo") // Other systems have no such file.
	if match := regexp.MustCompile(`(?m)^model name\s*:\s*(.+)$`).FindSubmatch(text); match != nil {
		return string(match[1])
	}
	return "unnamed CPU"
}

// differs says what other has that p has not; the empty string where results of both can be compared.
func (p place) differs(other place) string {
	for _, pair := range [][2]string{
		{"program " + p.Program, "program " + other.Program}, {p.System, other.System}, {p.CPU, other.CPU},
		{fmt.Sprint(p.Cores, " cores"), fmt.Sprint(other.Cores, " cores")},
		{fmt.Sprint(p.Size, " MB"), fmt.Sprint(other.Size, " MB")},
		{p.versions(), other.versions()},
	} {
		// Where no peer was measured, there are no versions.
		if pair[0] != pair[1] && pair[0] != "" && pair[1] != "" {
			return fmt.Sprintf("%q and %q", pair[0], pair[1])
		}
	}
	return ""
}

// versions lists the peers.
func (p place) versions() string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(p.Peers)) {
		list = append(list, name+" "+p.Peers[name])
	}
	return strings.Join(list, ", ")
}
