package publish_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/bindery-data/bindery/publish"
	"github.com/bindery-data/bindery/publish/disk"
	"github.com/bindery-data/bindery/publish/disk/disktest"
)

// A stuckFS is a disk that takes nothing of a file but its first bytes, until it goes on.
type stuckFS struct {
	disktest.FS
	goOn chan struct{}
}

type stuckFile struct {
	disk.File
	goOn <-chan struct{}
}

func (s *stuckFS) Create(name string) (disk.File, error) {
	f, err := s.FS.Create(name)
	return stuckFile{f, s.goOn}, err
}

func (f stuckFile) Write(b []byte) (int, error) {
	if len(b) > 100 {
		<-f.goOn
	}
	return f.File.Write(b)
}

// TestSlowDisk builds onto a disk that takes nothing: what waits for it does not depend on how much there is.
func TestSlowDisk(t *testing.T) {
	const unit, jobs = 256 << 10, 2
	waiting := func(units int) (live int64) {
		r := rand.New(rand.NewPCG(1, 2))
		var shard strings.Builder
		for id := 0; shard.Len() < units*unit; id++ {
			fmt.Fprintf(&shard, `{"id": %d, "text": "`, id)
			for range 200 { // nothing that compression makes much of
				fmt.Fprintf(&shard, "%016x", r.Uint64())
			}
			shard.WriteString("\"}\n")
		}
		p := newProject(t, header+"\n[build]\nunit_size = \"256KiB\"\n[[splits]]\nname = \"train\"\nshards = [\"a.jsonl\"]\n",
			map[string]string{"a.jsonl": shard.String()})
		shard.Reset()
		d := p.load()
		dir := t.TempDir()
		synctest.Test(t, func(t *testing.T) {
			fsys := &stuckFS{goOn: make(chan struct{})}
			before := inUse()
			var err error
			go func() {
				_, err = publish.Build(context.Background(), d, publish.BuildOptions{Dir: dir, FS: fsys, Options: publish.Options{Jobs: jobs}})
			}()
			synctest.Wait()
			live = inUse() - before
			close(fsys.goOn)
			synctest.Wait()
			if err != nil {
				t.Error(err)
			}
		})
		return live
	}
	waiting(8) // what is made once
	few, many := waiting(8), waiting(80)
	if many > few+few/2 {
		t.Errorf("%d bytes wait for the disk where there are 80 units, and %d where there are 8", many, few)
	}
}

// inUse returns how many bytes of memory are in use.
func inUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // What pools had, too.
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
