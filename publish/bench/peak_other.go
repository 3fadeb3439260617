//go:build !darwin && !linux

package main

import "os"

// peakMemory is not told by this system.
func peakMemory(*os.ProcessState) int64 { return 0 }

// settle has nothing to ask of this system.
func settle() {}
