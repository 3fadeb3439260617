package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

const narrowFields = `
[schema]
primary_key = ["id"]

[fields.id]
type    = "int64"
minimum = 1

[fields.uuid]
type     = "string"
required = true
format   = "uuid"

[fields.name]
type       = "string"
required   = true
min_length = 3
max_length = 80

[fields.email]
type     = "string"
required = true
format   = "email"

[fields.sku]
type     = "string"
required = true
pattern  = '^[A-Z]{3}-[0-9]{5}$'

[fields.batch]
type     = "string"
required = true
pattern  = '^(lot|run|box)/20[0-9]{2}/[a-z]+[0-9]*$'

[fields.country]
type     = "string"
required = true
enum     = [` + narrowCountries + `]

[fields.status]
type     = "string"
required = true
enum     = ["new", "paid", "packed", "shipped", "returned"]

[fields.quantity]
type     = "int32"
required = true
minimum  = 1
maximum  = 1000

[fields.price]
type              = "float64"
required          = true
exclusive_minimum = 0
maximum           = 100000

[fields.discount]
type     = "float64"
required = true
minimum  = 0
maximum  = 1

[fields.created]
type     = "timestamp"
required = true
minimum  = 2015-01-01T00:00:00Z
maximum  = 2030-01-01T00:00:00Z

[fields.due]
type     = "date"
required = true
minimum  = 2015-01-01
maximum  = 2030-01-01

[fields.gift]
type     = "bool"
required = true

[fields.rating]
type     = "int8"
minimum  = 1
maximum  = 5

[fields.note]
type       = "string"
max_length = 120
`

const narrowCountries = `"AR", "AU", "BD", "BR", "CN", "DE", "EG", "ES", "ET", "FR", "GB", "GH", "GR", "ID", "IL", "IN",
  "IS", "IT", "JP", "KE", "KR", "MX", "NG", "NO", "PE", "PK", "PL", "RU", "SE", "TH", "TR", "UA", "US", "VN", "ZA"`

var (
	countries   = strings.FieldsFunc(narrowCountries, func(r rune) bool { return r < 'A' || r > 'Z' })
	statuses    = []string{"new", "paid", "packed", "shipped", "returned"}
	givenNames  = strings.Fields("Ada Amina Björk Chidi Dmitri Elif Fatima Guðrún Hana Ibrahim João Kofi Leïla Mei Nils Olga Priya Quentin Rosa Søren Tomás Uma Vera Wanjiru Ximena Yuki Zoë Ólafur Παύλος Мария")
	familyNames = strings.Fields("Adeyemi Andersson Bose Carvalho Dubois Einarsdóttir Fernández García Haddad Ivanova Jónsson Kowalski Lindqvist Müller Nguyen Okafor Papadopoulos Quispe Rossi Şahin Tanaka Ueda Vasquez Wang Xu Yılmaz Zhang Østergaard")
	mailHosts   = strings.Fields("example.org example.com example.net mail.example.org post.example.com")
)

func openNarrow(o opening) (source, error) {
	words := vocabularies()[0]
	n := uint64(0)
	return func(l *line) error {
		n++
		l.open('{')
		narrowIdentity(l, o.random, recordNumber(o.shard, n*3))
		narrowOrder(l, o.random, words)
		l.close('}')
		return nil
	}, nil
}

func narrowIdentity(l *line, random *rand.Rand, id uint64) {
	given, family := pick(random, givenNames), pick(random, familyNames)
	l.key("id")
	l.int(int64(id))
	l.key("uuid")
	high, low := random.Uint64(), random.Uint64()
	l.b = fmt.Appendf(l.b, `"%08x-%04x-4%03x-8%03x-%012x"`, high>>32, high>>16&0xffff, high&0xfff, low>>48&0xfff, low&0xffffffffffff)
	l.key("name")
	l.text(given + " " + family)
	l.key("email")
	l.b = fmt.Appendf(l.b, `"user.%x@%s"`, high>>40, pick(random, mailHosts))
	l.key("sku")
	l.b = fmt.Appendf(l.b, `"%c%c%c-%05d"`, 'A'+low%7, 'A'+low>>8%5, 'A'+low>>16%26, random.IntN(100_000))
	l.key("batch")
	l.b = fmt.Appendf(l.b, `"%s/20%02d/%c%d"`, pick(random, []string{"lot", "run", "box"}), between(random, 15, 29), 'a'+rune(random.IntN(26)), random.IntN(400))
	l.key("country")
	l.text(pick(random, countries))
	l.key("status")
	l.text(pick(random, statuses))
}

func narrowOrder(l *line, random *rand.Rand, words *vocabulary) {
	day := between(random, 17_000, 20_900)
	l.key("quantity")
	l.int(int64(1 + random.IntN(1+random.IntN(1000))))
	l.key("price")
	l.float(float64(between(random, 1, 9_999_999)) / 100)
	l.key("discount")
	l.float(math.Round(random.Float64()*1e4) / 1e4)
	l.key("created")
	l.instant(int64(day)*86_400 + random.Int64N(86_400))
	l.key("due")
	l.date(int64(day + between(random, 1, 90)))
	l.key("gift")
	l.bool(random.IntN(10) == 0)
	l.key("rating")
	if random.IntN(3) == 0 {
		l.null()
	} else {
		l.int(int64(between(random, 1, 5)))
	}
	l.key("note")
	if random.IntN(2) == 0 {
		l.null()
	} else {
		l.text(words.sentence(random, between(random, 1, 6)))
	}
}
