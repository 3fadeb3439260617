package github_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/bindery-data/bindery/publish/target/github"
	"github.com/bindery-data/bindery/publish/target/github/githubtest"
	"github.com/bindery-data/bindery/publish/target/targettest"
)

// A killer is a connection that dies, and its process with it, at one of its requests: before it is sent, in
// the middle of its body, or when it was done and before the answer arrives. A process that died sends
// nothing any more.
type killer struct {
	random *rand.Rand
	left   int // requests until it dies
	kill   context.CancelFunc

	mu   sync.Mutex
	dead bool
}

var errDead = errors.New("the process is dead")

func (k *killer) RoundTrip(req *http.Request) (*http.Response, error) {
	k.mu.Lock()
	k.left--
	way := -1
	if k.left == 0 {
		way = k.random.IntN(3)
	}
	dead := k.dead
	k.mu.Unlock()
	switch {
	case dead || way == 0:
		return nil, k.die()
	case way == 1 && req.Body != nil && req.ContentLength > 1:
		req = req.Clone(req.Context())
		req.Body = &dyingBody{k, req.Body, k.random.Int64N(req.ContentLength)}
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if way >= 1 {
		if err == nil {
			_ = resp.Body.Close()
		}
		return nil, k.die()
	}
	return resp, err
}

func (k *killer) die() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.dead = true
	k.kill()
	return errDead
}

// A dyingBody ends its process after a number of bytes.
type dyingBody struct {
	k    *killer
	body io.ReadCloser
	left int64
}

func (b *dyingBody) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, b.k.die()
	}
	n, err := b.body.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

func (b *dyingBody) Close() error { return b.body.Close() }

// TestKilledAnywhere kills the publisher again and again, at random requests and in the middle of bodies,
// until it comes through: whenever it dies, what is public is the manifest's, whole; no file is sent or
// deleted that lay there whole; and it always ends published. In half of the runs the server fails too.
// BINDERY_TEST_KILLS says how many publications there are, each of which is killed several times.
func TestKilledAnywhere(t *testing.T) {
	runs := 200
	if n, err := strconv.Atoi(os.Getenv("BINDERY_TEST_KILLS")); err == nil {
		runs = n
	} else if testing.Short() {
		runs = 20
	}
	kills := 0
	for seed := range runs {
		kills += killed(t, uint64(seed))
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("%d publications were killed %d times", runs, kills)
	if kills < runs {
		t.Errorf("only %d kills in %d publications", kills, runs)
	}
}

// killed kills one publication until it comes through, and returns how often.
func killed(t *testing.T, seed uint64) int {
	random := rand.New(rand.NewPCG(seed, 7))
	text := make(map[string][]byte)
	for i := range 1 + random.IntN(4) {
		text[fmt.Sprintf("train-%d", i)] = bytes.Repeat([]byte{byte(i)}, 1+random.IntN(100_000))
	}
	b := targettest.NewBundle("small", "1.0.0", text)
	s, clock := start(t, githubtest.Options{Lag: random.IntN(3)})
	if seed%2 == 1 {
		s.Fault = failing(random.Uint64(), 0.1)
	}
	for kills := 0; kills < 200; kills++ {
		ctx, cancel := context.WithCancel(t.Context())
		k := &killer{random: rand.New(rand.NewPCG(seed, uint64(kills))), left: 1 + random.IntN(25), kill: cancel}
		err := publish(ctx, open(t, s, clock, func(o *github.Options) { o.Transport = k }), b)
		cancel()
		if public := s.Public(); len(public) > 0 {
			if err := whole(s, b); err != nil {
				t.Errorf("after %d kills: %v", kills+1, err)
			}
		}
		if err == nil {
			unblemished(t, s, b)
			return kills
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after %d kills: %v", kills, err)
			return kills
		}
	}
	t.Error("it does not come through")
	return 0
}

// failing lets a share of the requests fail, in every listed way.
func failing(seed uint64, share float64) func(githubtest.Call) githubtest.Fault {
	random := rand.New(rand.NewPCG(seed, 11))
	ways := githubtest.Temporary()
	return func(githubtest.Call) githubtest.Fault {
		if random.Float64() < share {
			return ways[random.IntN(len(ways))]
		}
		return githubtest.None
	}
}

// TestManyFilesOnABadDay publishes 300 files of mixed sizes through a server that fails one in five
// requests. The server counts what is written within a minute and an hour of the fake clock.
func TestManyFilesOnABadDay(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	text := make(map[string][]byte)
	for i := range 297 {
		content := make([]byte, 1+random.IntN(1<<random.IntN(18)))
		for j := range content {
			content[j] = byte(random.Uint32())
		}
		text[fmt.Sprintf("train-%05d-of-00297.parquet", i)] = append([]byte(fmt.Sprint(i)), content...)
	}
	b := targettest.NewBundle("small", "1.0.0", text)
	s, clock := start(t, githubtest.Options{Fault: failing(1, 0.2)})
	var waits int
	to := open(t, s, clock, func(o *github.Options) { o.Waiting = func(string, time.Duration) { waits++ } })
	if err := publish(t.Context(), to, b); err != nil {
		t.Fatal(err)
	}
	unblemished(t, s, b)
	t.Logf("%d files took %d requests, %d of them uploads, %d waits and %s of the fake clock", len(b.Files), len(s.Calls), s.Count("upload"), waits, clock.Passed())
	if s.Count("upload") < len(b.Files)+20 || clock.Passed() < time.Hour/60*5 {
		t.Error("that was no bad day")
	}
}
