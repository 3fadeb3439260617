package githubtest

import (
	"context"
	"sync"
	"time"
)

// A Clock is a github.Clock on which waiting takes no time. The zero value is ready.
type Clock struct {
	mu     sync.Mutex
	passed time.Duration
}

// Now returns the time, which only Sleep moves.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC).Add(c.passed)
}

// Sleep moves the time on by d, at once.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.passed += max(d, 0)
	return nil
}

// Passed returns how much time was slept.
func (c *Clock) Passed() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.passed
}
