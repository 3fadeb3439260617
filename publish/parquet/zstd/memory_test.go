//go:build linux || darwin

package zstd

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"slices"
	"syscall"
	"testing"
)

// fenced returns at least size bytes of memory between two pages that cannot be read.
func fenced(t *testing.T, size int) []byte {
	t.Helper()
	page := os.Getpagesize()
	end := page + (size+page-1)/page*page
	all, err := syscall.Mmap(-1, 0, end+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Munmap(all); err != nil {
			t.Error(err)
		}
	})
	for _, fence := range [][]byte{all[:page], all[end:]} {
		if err := syscall.Mprotect(fence, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	return all[page:end]
}

// TestNothingElseIsRead has content compressed that lies right behind, and right before, memory that cannot be read.
func TestNothingElseIsRead(t *testing.T) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	var e Encoder
	memory := fenced(t, 2*maxBlock)
	encode := func(name string, content []byte) {
		defer func() {
			if fault := recover(); fault != nil {
				t.Errorf("%d bytes of %s: %v\n%s", len(content), name, fault, debug.Stack())
			}
		}()
		behind := memory[:copy(memory, content)]
		e.Encode(nil, behind)
		before := memory[len(memory)-len(content):]
		copy(before, content)
		e.Encode(nil, before)
	}
	all := contents()
	all["two matches at the end"] = twoMatches()
	for at := range 2 * minLong {
		all[fmt.Sprintf("a match with byte %d", at)] = matchWith(at)
	}
	for name, content := range all {
		for n := range min(len(content), 300) + 1 {
			encode(name, content[:n])
		}
		for n := maxBlock - 20; n <= min(len(content), maxBlock+40); n++ {
			encode(name, content[:n])
		}
	}
}

// twoMatches ends with a match of five bytes, 16 before the end, and a longer one that starts a byte later.
func twoMatches() []byte {
	r := rand.New(rand.NewPCG(19, 20))
	random := make([]byte, 80)
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	end := random[:16]
	return slices.Concat(random[20:40], end[:5], random[40:60], end[1:], random[60:], end)
}

// matchWith has a match with what begins at a byte near the beginning. It is long, so that content that is cut has it end
// anywhere near the end.
func matchWith(at int) []byte {
	r := rand.New(rand.NewPCG(21, 22))
	random := make([]byte, 100)
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	return slices.Concat(random[:60], random[at:at+40], random[60:])
}
