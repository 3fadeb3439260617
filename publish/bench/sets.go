package main

import (
	"math/rand/v2"
	"slices"
)

// A set is one kind of data that is measured.
type set struct {
	name  string
	title string
	// fields are the keys [schema] and [fields] of its declaration.
	fields string
	// open begins a shard. The records that follow depend on what is in the opening alone.
	open func(opening) (source, error)
}

// An opening is what the records of one shard are made from.
type opening struct {
	random *rand.Rand
	shard  uint64
	corpus *corpus
}

// A source adds its next record to the line, and never runs dry.
type source func(*line) error

// sets are all sets, in the order of the tables.
var sets = []set{
	{"text", "Long documents", textFields, openText},
	{"narrow", "Narrow records", narrowFields, openNarrow},
	{"nested", "Nested records in many scripts", nestedFields, openNested},
	{"wide", "Wide records, half of them null", wideFields(), openWide},
}

func setNames() []string {
	names := make([]string, len(sets))
	for i, s := range sets {
		names[i] = s.name
	}
	return names
}

func setNamed(name string) (set, bool) {
	i := slices.Index(setNames(), name)
	if i < 0 {
		return set{}, false
	}
	return sets[i], true
}

// recordNumber is a number that no other record of the set has: n counts the records of a shard.
func recordNumber(shard, n uint64) uint64 { return shard<<32 | n }

// scramble maps every number to another one that looks drawn (the finisher of SplitMix64, which is a
// bijection), so that identifiers are unique without being in order.
func scramble(n uint64) uint64 {
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

// between draws a number of low to high, both included.
func between(random *rand.Rand, low, high int) int { return low + random.IntN(high-low+1) }
