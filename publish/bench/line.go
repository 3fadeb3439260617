package main

import (
	"math"
	"strconv"
	"time"
)

// A line is the JSON text of one record as it grows. Its methods put commas where they belong.
type line struct{ b []byte }

func (l *line) open(bracket byte)  { l.b = append(l.b, bracket) }
func (l *line) close(bracket byte) { l.b = append(l.b, bracket) }

// key begins the next member of an object.
func (l *line) key(name string) {
	l.item()
	l.text(name)
	l.b = append(l.b, ':')
}

// item begins the next element of an array.
func (l *line) item() {
	if last := l.b[len(l.b)-1]; last != '{' && last != '[' {
		l.b = append(l.b, ',')
	}
}

func (l *line) null()             { l.b = append(l.b, "null"...) }
func (l *line) bool(v bool)       { l.b = strconv.AppendBool(l.b, v) }
func (l *line) int(v int64)       { l.b = strconv.AppendInt(l.b, v, 10) }
func (l *line) date(days int64)   { l.moment(days*86400, time.DateOnly) }
func (l *line) instant(sec int64) { l.moment(sec, time.RFC3339) }

// float writes a number with a point in it always, as most programs write floats.
func (l *line) float(v float64) {
	l.b = strconv.AppendFloat(l.b, v, 'f', -1, 64)
	if v == math.Trunc(v) {
		l.b = append(l.b, ".0"...)
	}
}

func (l *line) moment(sec int64, layout string) {
	l.b = append(l.b, '"')
	l.b = time.Unix(sec, 0).UTC().AppendFormat(l.b, layout)
	l.b = append(l.b, '"')
}

// text writes a string that is UTF-8, and escapes what RFC 8259 says must be.
func (l *line) text(s string) {
	const hex = "0123456789abcdef"
	l.b = append(l.b, '"')
	done := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		l.b = append(l.b, s[done:i]...)
		done = i + 1
		switch c {
		case '"', '\\':
			l.b = append(l.b, '\\', c)
		case '\n':
			l.b = append(l.b, `\n`...)
		case '\r':
			l.b = append(l.b, `\r`...)
		case '\t':
			l.b = append(l.b, `\t`...)
		default:
			l.b = append(l.b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	l.b = append(append(l.b, s[done:]...), '"')
}

// digits writes v in quotes after a prefix, filled with zeros up to width digits of base.
func (l *line) digits(prefix string, v uint64, base, width int) {
	l.b = append(append(l.b, '"'), prefix...)
	number := strconv.FormatUint(v, base)
	for range width - len(number) {
		l.b = append(l.b, '0')
	}
	l.b = append(append(l.b, number...), '"')
}
