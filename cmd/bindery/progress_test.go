package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bindery-data/bindery/publish"
)

// TestBarStaysInItsLine draws events that a growing shard, an empty one and a narrow terminal make.
func TestBarStaysInItsLine(t *testing.T) {
	for name, test := range map[string]struct {
		event publish.Event
		width int
		want  string
	}{
		"half":         {publish.Event{Phase: "check", Done: 50, Total: 100}, 80, "[##########..........] check  50%  50 B of 100 B"},
		"grown":        {publish.Event{Phase: "check", Done: 210, Total: 100}, 80, "[####################] check  100%  210 B of 100 B"},
		"taken back":   {publish.Event{Phase: "get", Done: -1, Total: 100}, 80, "[....................] get  0%  -1 B of 100 B"},
		"petabytes":    {publish.Event{Phase: "get", Done: 4e17, Total: 8e17}, 80, "[##########..........] get  50%  400.0 PB of 800.0 PB"},
		"no total":     {publish.Event{Phase: "check", Records: 2}, 80, "check  2 records"},
		"narrow":       {publish.Event{Phase: "check"}, 4, "che"},
		"wide runes":   {publish.Event{Phase: "get", Item: "日本語"}, 11, "get  日本"},
		"odd column":   {publish.Event{Phase: "get", Item: "日本語"}, 10, "get  日本"},
		"marks":        {publish.Event{Phase: "get", Item: "e\u0301e\u0301e"}, 8, "get  e\u0301e\u0301"},
		"obeyed codes": {publish.Event{Phase: "get", Item: "a\x1b[31m"}, 80, `get  a\x1b[31m`},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			b := &bar{out: &out, width: func() int { return test.width }, pace: &pace{}}
			b.show(test.event)
			if got := strings.TrimPrefix(out.String(), "\r\x1b[K"); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestProgressTellsTheEnd gives the same events to both displays: machines get the beginning and the end
// of every phase, people a line every ten seconds, and the end of what they saw begin.
func TestProgressTellsTheEnd(t *testing.T) {
	for name, test := range map[string]struct {
		display func(*strings.Builder) *pace
		want    string
	}{
		"json": {func(b *strings.Builder) *pace { return jsonProgress(b) },
			`{"phase":"verify","done":0,"total":2}
{"phase":"verify","done":2,"total":2}
{"phase":"publish","done":0,"total":3}
{"phase":"publish","done":1,"total":3}
{"phase":"publish","done":3,"total":3}
`},
		"lines": {func(b *strings.Builder) *pace { return lineProgress(b) },
			`publish  33%  1 B of 3 B  22s left
publish  100%  3 B of 3 B
`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out strings.Builder
				p := test.display(&out)
				for done := range int64(3) {
					p.tell(publish.Event{Phase: "verify", Done: done, Total: 2})
				}
				p.tell(publish.Event{Phase: "publish", Total: 3})
				time.Sleep(11 * time.Second)
				for done := range int64(3) {
					p.tell(publish.Event{Phase: "publish", Done: done + 1, Total: 3})
				}
				p.flush()
				p.flush()
				if out.String() != test.want {
					t.Errorf("got\n%swant\n%s", out.String(), test.want)
				}
			})
		})
	}
}
