package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

const wideColumns = 80

// A wideKind is one of the kinds of columns that take turns in wide.
type wideKind struct {
	name        string
	constraints string
	value       func(*line, *rand.Rand, *vocabulary)
}

var wideLabels = []string{"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"}

var wideKinds = []wideKind{
	{"count", "type = \"int32\"\nminimum = 0\nmaximum = 1000000", func(l *line, random *rand.Rand, _ *vocabulary) {
		l.int(int64(random.IntN(1 + random.IntN(1_000_000))))
	}},
	{"ratio", "type = \"float64\"\nminimum = 0\nmaximum = 1", func(l *line, random *rand.Rand, _ *vocabulary) {
		l.float(random.Float64())
	}},
	{"label", "type = \"string\"\nenum = [\"" + strings.Join(wideLabels, `", "`) + "\"]", func(l *line, random *rand.Rand, _ *vocabulary) {
		l.text(pick(random, wideLabels))
	}},
	{"code", "type = \"string\"\npattern = '^[A-Z]{2}[0-9]{4}$'", func(l *line, random *rand.Rand, _ *vocabulary) {
		l.b = fmt.Appendf(l.b, `"%c%c%04d"`, 'A'+rune(random.IntN(26)), 'A'+rune(random.IntN(26)), random.IntN(10_000))
	}},
	{"day", "type = \"date\"\nminimum = 2000-01-01\nmaximum = 2030-01-01", func(l *line, random *rand.Rand, _ *vocabulary) {
		l.date(int64(between(random, 11_000, 20_900)))
	}},
	{"seen", "type = \"timestamp\"\nminimum = 2000-01-01T00:00:00Z", func(l *line, random *rand.Rand, _ *vocabulary) {
		l.instant(1_000_000_000 + random.Int64N(750_000_000))
	}},
	{"flag", "type = \"bool\"", func(l *line, random *rand.Rand, _ *vocabulary) {
		l.bool(random.IntN(3) == 0)
	}},
	{"total", "type = \"int64\"\nminimum = -9007199254740991", func(l *line, random *rand.Rand, _ *vocabulary) {
		l.int(random.Int64N(2_000_000_000_000) - 1_000_000_000_000)
	}},
	{"level", "type = \"float64\"\nminimum = -300\nmaximum = 300", func(l *line, random *rand.Rand, _ *vocabulary) {
		l.float(float64(between(random, -2000, 2000)) / 10)
	}},
	{"remark", "type = \"string\"\nmin_length = 1\nmax_length = 100", func(l *line, random *rand.Rand, words *vocabulary) {
		l.text(words.sentence(random, between(random, 1, 4)))
	}},
}

// wideNames are the columns after the first, which is the key.
func wideNames() []string {
	names := make([]string, wideColumns-1)
	for i := range names {
		names[i] = fmt.Sprintf("%s_%d", wideKinds[i%len(wideKinds)].name, i/len(wideKinds)+1)
	}
	return names
}

// wideFields is the declaration of wide, whose columns differ in name alone.
func wideFields() string {
	var b strings.Builder
	b.WriteString("\n[schema]\nprimary_key = [\"id\"]\n\n[fields.id]\ntype = \"int64\"\nminimum = 0\n")
	for i, name := range wideNames() {
		fmt.Fprintf(&b, "\n[fields.%s]\n%s\n", name, wideKinds[i%len(wideKinds)].constraints)
	}
	return b.String()
}

// openWide makes records with half of the values null: hardly any in some columns, nearly all in others.
func openWide(o opening) (source, error) {
	words := vocabularies()[0]
	names := wideNames()
	nulls := make([]float64, len(names))
	for i := range nulls {
		// 31 and the number of columns have no common factor, so that each share comes up once.
		nulls[i] = float64(i*31%len(names)) / float64(len(names)-1)
	}
	n := uint64(0)
	return func(l *line) error {
		n++
		l.open('{')
		l.key("id")
		l.int(int64(recordNumber(o.shard, n)))
		for i, name := range names {
			l.key(name)
			if o.random.Float64() < nulls[i] {
				l.null()
			} else {
				wideKinds[i%len(wideKinds)].value(l, o.random, words)
			}
		}
		l.close('}')
		return nil
	}, nil
}
