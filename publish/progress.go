package publish

import "sync"

// The phases that an Event can be of.
const (
	PhaseCheck   = "check"
	PhaseBuild   = "build"
	PhaseRebuild = "build again" // without records that repeat a key
	PhaseVerify  = "verify"
	PhasePublish = "publish"
	PhaseGet     = "get"
)

// An Event says how far a verb has come. Its JSON keys are stable.
type Event struct {
	// Phase is one of the constants above.
	Phase string `json:"phase"`
	// Done and Total are bytes; Total is 0 as long as it is not known.
	Done  int64 `json:"done"`
	Total int64 `json:"total,omitempty"`
	// Records are those done so far; 0 in phases that do not look at records.
	Records int64 `json:"records,omitempty"`
	// Item is the file or shard that is being worked on.
	Item string `json:"item,omitempty"`
}

// A Progress is told how far a verb has come. Calls come from one goroutine at a time, and often: it
// must be quick. A nil Progress is told nothing.
type Progress func(Event)

func (p Progress) report(e Event) {
	if p != nil {
		p(e)
	}
}

// A meter adds up the bytes that several goroutines move, and reports them one at a time.
type meter struct {
	mu       sync.Mutex
	progress Progress
	event    Event
	// fetched are the bytes that came from a target, those among them that had to be thrown away too.
	fetched int64
	// reused are the bytes that were taken from elsewhere on this machine.
	reused int64
}

func newMeter(p Progress, phase string, total int64) *meter {
	m := &meter{progress: p, event: Event{Phase: phase, Total: total}}
	p.report(m.event)
	return m
}

// add reports that n more bytes of item are done; n is negative where bytes turned out not to be.
func (m *meter) add(n int64, item string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.event.Done += n
	m.event.Item = item
	m.progress.report(m.event)
}

// received reports that n more bytes of item came from a target.
func (m *meter) received(n int64, item string) {
	m.mu.Lock()
	m.fetched += n
	m.mu.Unlock()
	m.add(n, item)
}

// reuse reports that n bytes of item were taken from elsewhere on this machine.
func (m *meter) reuse(n int64, item string) {
	m.mu.Lock()
	m.reused += n
	m.mu.Unlock()
	m.add(n, item)
}
