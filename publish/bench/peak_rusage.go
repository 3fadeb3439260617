//go:build darwin || linux

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakMemory is the resident memory of a process that ended, at its highest, in bytes.
func peakMemory(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(usage.Maxrss) // in bytes there, in KiB elsewhere
	}
	return int64(usage.Maxrss) << 10
}

// settle has the system write what earlier runs left to be written, so that no run pays for another's.
func settle() { syscall.Sync() }
