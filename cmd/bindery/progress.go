package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/bindery-data/bindery/publish"
)

// How often progress is shown: on a terminal, where a line is drawn over, and elsewhere, where every
// line stays.
const (
	redrawEvery = 100 * time.Millisecond
	lineEvery   = 10 * time.Second
)

// progress returns the callback that the flags ask for, and what ends its display.
func (a *app) progress() (publish.Progress, func()) {
	switch f, isFile := a.stderr.(*os.File); {
	case a.quiet:
		return nil, func() {}
	case a.json:
		return jsonProgress(a.stderr), func() {}
	case isFile && term.IsTerminal(int(f.Fd())):
		b := &bar{out: f, width: func() int {
			width, _, err := term.GetSize(int(f.Fd()))
			if err != nil {
				return 80
			}
			return width
		}}
		return b.show, b.clear
	}
	return lineProgress(a.stderr), func() {}
}

// jsonProgress writes events as JSON lines, a few a second.
func jsonProgress(w io.Writer) publish.Progress {
	e := json.NewEncoder(w)
	var pace pace
	return func(ev publish.Event) {
		if pace.due(ev, time.Second) {
			// A progress line that cannot be written is no reason to stop the work.
			_ = e.Encode(ev)
		}
	}
}

// lineProgress writes a line now and then.
func lineProgress(w io.Writer) publish.Progress {
	pace := pace{last: time.Now()}
	return func(ev publish.Event) {
		if pace.due(ev, lineEvery) {
			fmt.Fprintln(w, pace.describe(ev))
		}
	}
}

// A pace spaces out what is shown, and knows how fast a phase goes.
type pace struct {
	phase       string
	began, last time.Time
	start       int64
}

// due reports whether enough time has gone by to show ev.
func (p *pace) due(ev publish.Event, every time.Duration) bool {
	now := time.Now()
	if ev.Phase != p.phase {
		p.phase, p.began, p.start = ev.Phase, now, ev.Done
	}
	if now.Sub(p.last) < every {
		return false
	}
	p.last = now
	return true
}

// describe says how far ev is.
func (p *pace) describe(ev publish.Event) string {
	parts := []string{ev.Phase}
	if ev.Total > 0 {
		parts = append(parts, fmt.Sprintf("%d%%", 100*ev.Done/ev.Total),
			bytesOf(ev.Done)+" of "+bytesOf(ev.Total))
	}
	if ev.Records > 0 {
		parts = append(parts, plural(ev.Records, "record"))
	}
	if left := p.left(ev); left > 0 {
		parts = append(parts, left.String()+" left")
	}
	if ev.Item != "" {
		parts = append(parts, safe(ev.Item))
	}
	return strings.Join(parts, "  ")
}

// left estimates the time that the phase still takes; 0 where there is nothing to go by yet.
func (p *pace) left(ev publish.Event) time.Duration {
	spent, done := time.Since(p.began), ev.Done-p.start
	if spent < 2*time.Second || done <= 0 || ev.Total <= ev.Done {
		return 0
	}
	return time.Duration(float64(spent) / float64(done) * float64(ev.Total-ev.Done)).Round(time.Second)
}

// A bar is progress on a terminal: one line, drawn over.
type bar struct {
	pace
	out   io.Writer
	width func() int
	drawn bool
}

func (b *bar) show(ev publish.Event) {
	if !b.due(ev, redrawEvery) {
		return
	}
	const cells = 20
	line := b.describe(ev)
	if ev.Total > 0 {
		full := int(cells * ev.Done / ev.Total)
		line = "[" + strings.Repeat("#", full) + strings.Repeat(".", cells-full) + "] " + line
	}
	if runes, room := []rune(line), b.width()-1; room > 0 && len(runes) > room {
		line = string(runes[:room])
	}
	fmt.Fprint(b.out, "\r\x1b[K", line)
	b.drawn = true
}

// clear takes the bar away, so that what is printed next stands on a line of its own.
func (b *bar) clear() {
	if b.drawn {
		fmt.Fprint(b.out, "\r\x1b[K")
	}
}
