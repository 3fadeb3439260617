package main

import (
	"math"
	"math/rand/v2"
)

const nestedFields = `
[schema]
primary_key = ["id"]

[fields.id]
type    = "string"
pattern = '^[a-z]{2}/[0-9a-f]{16}$'

[fields.language]
type     = "string"
required = true
format   = "bcp47"

[fields.title]
type       = "string"
required   = true
min_length = 1
max_length = 200

[fields.sections]
type      = "list"
required  = true
min_items = 1
max_items = 20
[fields.sections.items]
type     = "struct"
required = true
[fields.sections.items.fields.heading]
type       = "string"
max_length = 200
[fields.sections.items.fields.level]
type     = "int8"
required = true
minimum  = 1
maximum  = 6
[fields.sections.items.fields.paragraphs]
type      = "list"
required  = true
min_items = 1
[fields.sections.items.fields.paragraphs.items]
type       = "string"
required   = true
min_length = 1
max_length = 5000
[fields.sections.items.fields.links]
type     = "list"
required = true
[fields.sections.items.fields.links.items]
type     = "struct"
required = true
[fields.sections.items.fields.links.items.fields.to]
type     = "string"
required = true
pattern  = '^[a-z]{2}/[0-9a-f]{16}$'
[fields.sections.items.fields.links.items.fields.words]
type     = "list"
required = true
[fields.sections.items.fields.links.items.fields.words.items]
type       = "string"
required   = true
min_length = 1

[fields.marks]
type     = "list"
required = true
[fields.marks.items]
type     = "struct"
required = true
[fields.marks.items.fields.kind]
type     = "string"
required = true
enum     = ["person", "place", "work", "event", "law"]
[fields.marks.items.fields.span]
type      = "list"
required  = true
min_items = 2
max_items = 2
[fields.marks.items.fields.span.items]
type     = "int32"
required = true
minimum  = 0
[fields.marks.items.fields.scores]
type = "list"
[fields.marks.items.fields.scores.items]
type     = "float64"
required = true
minimum  = 0
maximum  = 1

[fields.revision]
type     = "struct"
required = true
[fields.revision.fields.number]
type     = "int64"
required = true
minimum  = 1
[fields.revision.fields.at]
type     = "timestamp"
required = true
minimum  = 2010-01-01T00:00:00Z
[fields.revision.fields.day]
type = "date"
`

// articles makes records of nested, all of one shard in turn in each of the scripts.
type articles struct {
	opening
	n uint64
}

func openNested(o opening) (source, error) {
	a := &articles{opening: o}
	return a.record, nil
}

func (a *articles) record(l *line) error {
	a.n++
	words := pick(a.random, vocabularies())
	l.open('{')
	l.key("id")
	l.digits(words.tag+"/", scramble(recordNumber(a.shard, a.n)), 16, 16)
	l.key("language")
	l.text(words.tag)
	l.key("title")
	l.text(words.sentence(a.random, between(a.random, 1, 8)))
	l.key("sections")
	l.open('[')
	for range between(a.random, 1, 6) {
		l.item()
		a.section(l, words)
	}
	l.close(']')
	l.key("marks")
	l.open('[')
	for range a.random.IntN(8) {
		l.item()
		a.mark(l)
	}
	l.close(']')
	l.key("revision")
	a.revision(l)
	l.close('}')
	return nil
}

func (a *articles) section(l *line, words *vocabulary) {
	l.open('{')
	l.key("heading")
	if a.random.IntN(5) == 0 {
		l.null()
	} else {
		l.text(words.sentence(a.random, between(a.random, 1, 5)))
	}
	l.key("level")
	l.int(int64(between(a.random, 1, 6)))
	l.key("paragraphs")
	l.open('[')
	for range between(a.random, 1, 4) {
		l.item()
		l.text(words.sentence(a.random, between(a.random, 5, 60)))
	}
	l.close(']')
	l.key("links")
	l.open('[')
	for range a.random.IntN(4) {
		l.item()
		a.link(l, words)
	}
	l.close(']')
	l.close('}')
}

func (a *articles) link(l *line, words *vocabulary) {
	l.open('{')
	l.key("to")
	l.digits(words.tag+"/", a.random.Uint64(), 16, 16)
	l.key("words")
	l.open('[')
	for range a.random.IntN(4) {
		l.item()
		l.text(words.word(a.random))
	}
	l.close(']')
	l.close('}')
}

func (a *articles) mark(l *line) {
	l.open('{')
	l.key("kind")
	l.text(pick(a.random, []string{"person", "place", "work", "event", "law"}))
	l.key("span")
	l.open('[')
	at := a.random.IntN(3000)
	for _, end := range []int{at, at + between(a.random, 1, 30)} {
		l.item()
		l.int(int64(end))
	}
	l.close(']')
	l.key("scores")
	if a.random.IntN(4) == 0 {
		l.null()
	} else {
		scores(l, a.random)
	}
	l.close('}')
}

// scores writes up to four numbers of different lengths.
func scores(l *line, random *rand.Rand) {
	l.open('[')
	for range random.IntN(5) {
		l.item()
		if random.IntN(8) == 0 {
			l.float(random.Float64())
		} else {
			l.float(math.Round(random.Float64()*1e3) / 1e3)
		}
	}
	l.close(']')
}

func (a *articles) revision(l *line) {
	l.open('{')
	l.key("number")
	l.int(1 + a.random.Int64N(2_000_000_000_000))
	l.key("at")
	at := 1_300_000_000 + a.random.Int64N(450_000_000)
	l.instant(at)
	l.key("day")
	if a.random.IntN(3) == 0 {
		l.null()
	} else {
		l.date(at / 86_400)
	}
	l.close('}')
}
