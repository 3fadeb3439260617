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

// How often progress is shown: on a terminal, where a line is drawn over, to machines, and elsewhere,
// where every line stays.
const (
	redrawEvery = 100 * time.Millisecond
	jsonEvery   = time.Second
	lineEvery   = 10 * time.Second
)

// progress returns the callback that the flags ask for, and what ends its display.
func (a *app) progress() (publish.Progress, func()) {
	switch f, isFile := a.stderr.(*os.File); {
	case a.quiet:
		return nil, func() {}
	case a.json:
		p := jsonProgress(a.stderr)
		return p.tell, p.flush
	case isFile && term.IsTerminal(int(f.Fd())):
		b := &bar{out: f, width: func() int {
			width, _, err := term.GetSize(int(f.Fd()))
			if err != nil {
				return 80
			}
			return width
		}}
		b.pace = &pace{every: redrawEvery, show: b.show}
		return b.pace.tell, b.clear
	}
	p := lineProgress(a.stderr)
	return p.tell, p.flush
}

// jsonProgress writes events as JSON lines: the first of a phase, one a second, and the last.
func jsonProgress(w io.Writer) *pace {
	e := json.NewEncoder(w)
	return &pace{every: jsonEvery, atOnce: true, show: func(ev publish.Event) {
		// A progress line that cannot be written is no reason to stop the work.
		_ = e.Encode(ev)
	}}
}

// lineProgress writes a line now and then. Of a phase that is over before the first line is due it
// writes none.
func lineProgress(w io.Writer) *pace {
	p := &pace{every: lineEvery}
	p.show = func(ev publish.Event) { fmt.Fprintln(w, p.describe(ev)) }
	return p
}

// A pace spaces out what is shown, and knows how fast a phase goes.
type pace struct {
	every time.Duration
	// atOnce shows a phase's first event when it comes, and not only when every has gone by.
	atOnce bool
	show   func(publish.Event)

	phase       string
	began, last time.Time
	start       int64
	// latest has not been shown if waiting is set; begun says that something of its phase was.
	latest         publish.Event
	waiting, begun bool
}

// tell takes an event, and shows it if it is time.
func (p *pace) tell(ev publish.Event) {
	now := time.Now()
	first := ev.Phase != p.phase
	if first {
		p.flush()
		p.phase, p.began, p.last, p.start, p.begun = ev.Phase, now, now, ev.Done, false
	}
	p.latest, p.waiting = ev, true
	if first && p.atOnce || now.Sub(p.last) >= p.every {
		p.last, p.begun, p.waiting = now, true, false
		p.show(ev)
	}
}

// flush shows the last event of a phase of which anything was shown.
func (p *pace) flush() {
	if p.begun && p.waiting {
		p.waiting = false
		p.show(p.latest)
	}
}

// describe says how far ev is.
func (p *pace) describe(ev publish.Event) string {
	parts := []string{ev.Phase}
	if ev.Total > 0 {
		parts = append(parts, fmt.Sprintf("%d%%", share(ev, 100)), bytesOf(ev.Done)+" of "+bytesOf(ev.Total))
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

// share is how many of n parts are done. A shard that grows while it is read is done more than wholly.
func share(ev publish.Event, n int64) int {
	if ev.Done >= ev.Total {
		return int(n)
	}
	return int(float64(max(ev.Done, 0)) / float64(ev.Total) * float64(n))
}

// left estimates the time that the phase still takes; 0 where there is nothing to go by yet.
func (p *pace) left(ev publish.Event) time.Duration {
	spent, done := time.Since(p.began), ev.Done-p.start
	if spent < 2*time.Second || done <= 0 || ev.Total <= ev.Done {
		return 0
	}
	return time.Duration(float64(spent) / float64(done) * float64(ev.Total-ev.Done)).Round(time.Second)
}

// clearLine takes away what stands on a terminal's current line.
const clearLine = "\r\x1b[K"

// A bar is progress on a terminal: one line, drawn over.
type bar struct {
	pace  *pace
	out   io.Writer
	width func() int
	drawn bool
}

func (b *bar) show(ev publish.Event) {
	const cells = 20
	line := b.pace.describe(ev)
	if ev.Total > 0 {
		full := share(ev, cells)
		line = "[" + strings.Repeat("#", full) + strings.Repeat(".", cells-full) + "] " + line
	}
	if room := b.width() - 1; room > 0 {
		line = cutToWidth(line, room)
	}
	fmt.Fprint(b.out, clearLine, line)
	b.drawn = true
}

// clear takes the bar away, so that what is printed next stands on a line of its own.
func (b *bar) clear() {
	if b.drawn {
		fmt.Fprint(b.out, clearLine)
	}
}
