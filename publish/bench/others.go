package main

import (
	"bytes"
	"os"
	"strconv"
)

// A processors value is the time that all processors together have been at work and idle since the machine
// began, in ticks of a hundredth of a second.
type processors struct{ busy, idle int64 }

// processorTime is what Linux says; other systems say nothing, and nothing has passed.
func processorTime() (p processors) {
	text, _ := os.ReadFile("/proc/stat") // Other systems have no such file.
	line, _, _ := bytes.Cut(text, []byte("\n"))
	for i, field := range bytes.Fields(line) {
		ticks, err := strconv.ParseInt(string(field), 10, 64)
		switch {
		case err != nil: // the name in front
		case i == 4 || i == 5:
			p.idle += ticks // idle, or waiting for the disk
		case i <= 8:
			p.busy += ticks // The rest is in these once already.
		}
	}
	return p
}

func (p processors) since(before processors) processors {
	return processors{p.busy - before.busy, p.idle - before.idle}
}

// A load is the processors' time while tools ran, in seconds: all of it, and what others took.
type load struct{ all, others float64 }

// add counts a run that took so many seconds of the processors itself.
func (l *load) add(passed processors, own float64) {
	l.all += float64(passed.busy+passed.idle) / 100
	l.others += max(0, float64(passed.busy)/100-own)
}

func (l *load) share() float64 {
	if l.all == 0 {
		return 0
	}
	return l.others / l.all
}
