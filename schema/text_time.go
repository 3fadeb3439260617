package schema

import (
	"math"

	"github.com/apache/arrow/go/v17/arrow"
)

const (
	errNotDate       TextError = "is not a date (YYYY-MM-DD)"
	errNoSuchDate    TextError = "is a date that the calendar does not have"
	errNotTime       TextError = "is not a time (HH:MM:SS, optionally with a fraction)"
	errFinerTime     TextError = "has a finer fraction than the declared unit"
	errNotTimestamp  TextError = "is not a timestamp (RFC 3339: YYYY-MM-DDTHH:MM:SS)"
	errNoOffset      TextError = "has no offset (Z or +HH:MM), which a timestamp with a zone needs"
	errOffset        TextError = "has an offset, which a timestamp without a zone does not take"
	errBadOffset     TextError = "has an offset that is not Z, +HH:MM or -HH:MM"
	errLeapSecond    TextError = "has a leap second, which is not taken"
	errYearSpan      TextError = "is outside the years 1 to 9999 once its offset is taken off"
	errTimestampSpan TextError = "is outside what nanoseconds reach (1677-09-21 to 2262-04-11)"
)

const secondsPerDay = 24 * 60 * 60

// The bounds of the years 1 to 9999, in seconds since 1970-01-01T00:00:00.
const (
	firstSecond = -719162 * secondsPerDay   // 0001-01-01T00:00:00
	lastSecond  = 2932897*secondsPerDay - 1 // 9999-12-31T23:59:59
)

// ParseDate reads YYYY-MM-DD, a day of the years 0001 to 9999 in the proleptic Gregorian calendar (RFC
// 3339, full-date), as days since 1970-01-01.
func ParseDate(b []byte) (int64, error) {
	if len(b) != 10 || b[4] != '-' || b[7] != '-' {
		return 0, errNotDate
	}
	century, ok1 := twoDigits(b[0:])
	years, ok2 := twoDigits(b[2:])
	month, ok3 := twoDigits(b[5:])
	day, ok4 := twoDigits(b[8:])
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return 0, errNotDate
	}
	year := century*100 + years
	if year == 0 || month < 1 || month > 12 || day < 1 || day > 28 && day > daysIn(year, month) {
		return 0, errNoSuchDate
	}
	return daysSinceEpoch(year, month, day), nil
}

func twoDigits(b []byte) (int64, bool) {
	tens, ones := b[0]-'0', b[1]-'0'
	return int64(tens)*10 + int64(ones), tens <= 9 && ones <= 9
}

func daysIn(year, month int64) int64 {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// monthStarts has how many days of a year that begins in March lie before each month, and by how many years
// that year is behind the calendar's.
var monthStarts = [13]struct{ behind, days int64 }{
	1: {1, 306}, 2: {1, 337}, 3: {0, 0}, 4: {0, 31}, 5: {0, 61}, 6: {0, 92},
	7: {0, 122}, 8: {0, 153}, 9: {0, 184}, 10: {0, 214}, 11: {0, 245}, 12: {0, 275},
}

// daysSinceEpoch counts from 1970-01-01, in years that begin in March, so that a leap day is the last.
func daysSinceEpoch(year, month, day int64) int64 {
	start := &monthStarts[month]
	y := uint64(year - start.behind)
	return int64(365*y+y/4-y/100+y/400) + start.days + day - 1 - 719468
}

// ParseTime reads HH:MM:SS, optionally with a point and a fraction, as units since midnight: 00:00:00
// to 23:59:59.999999999, without leap seconds. Digits finer than unit must be zeros.
func ParseTime(b []byte, unit arrow.TimeUnit) (int64, error) {
	seconds, rest, err := cutClock(b)
	if err != nil {
		return 0, err
	}
	fraction, rest, err := cutFraction(rest, unit)
	if err != nil || len(rest) != 0 {
		return 0, firstError(err, errNotTime)
	}
	return seconds*perSecond(unit) + fraction, nil
}

func firstError(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// perSecond returns how many of unit a second has; arrow numbers the units by thousands.
func perSecond(unit arrow.TimeUnit) int64 {
	return [...]int64{1, 1e3, 1e6, 1e9}[unit]
}

// cutClock reads HH:MM:SS at the start of b as seconds.
func cutClock(b []byte) (seconds int64, rest []byte, err error) {
	if len(b) < 8 || b[2] != ':' || b[5] != ':' {
		return 0, b, errNotTime
	}
	h, ok1 := twoDigits(b)
	m, ok2 := twoDigits(b[3:])
	s, ok3 := twoDigits(b[6:])
	if !ok1 || !ok2 || !ok3 || h > 23 || m > 59 || s > 60 {
		return 0, b, errNotTime
	}
	if s == 60 {
		return 0, b, errLeapSecond
	}
	return h*3600 + m*60 + s, b[8:], nil
}

// cutFraction reads a point and digits, if b begins with a point, as units.
func cutFraction(b []byte, unit arrow.TimeUnit) (units int64, rest []byte, err error) {
	if len(b) == 0 || b[0] != '.' {
		return 0, b, nil
	}
	digits, rest := cutDigits(b[1:])
	if len(digits) == 0 {
		return 0, b, errNotTime
	}
	places := 3 * int(unit)
	for i, c := range digits {
		if i < places {
			units = units*10 + int64(c-'0')
		} else if c != '0' {
			return 0, b, errFinerTime
		}
	}
	for range places - len(digits) {
		units *= 10
	}
	return units, rest, nil
}

// ParseTimestamp reads an RFC 3339 timestamp as units since 1970-01-01T00:00:00, in UTC where it has an
// offset: a date as ParseDate takes it; T, t or a space; a time as ParseTime takes it; and Z, z, +HH:MM
// or -HH:MM. The offset must be there if zone is not empty, and must not be if it is. The years 1 to 9999
// are those of the date as written and of that in UTC. With nanoseconds, the range is that of 64 bits:
// 1677-09-21T00:12:43.145224192 to 2262-04-11T23:47:16.854775807.
func ParseTimestamp(b []byte, unit arrow.TimeUnit, zone string) (int64, error) {
	if len(b) < 19 || b[10] != 'T' && b[10] != 't' && b[10] != ' ' {
		return 0, errNotTimestamp
	}
	days, err := ParseDate(b[:10])
	if err != nil {
		return 0, timestampError(err)
	}
	seconds, rest, err := cutClock(b[11:])
	if err != nil {
		return 0, timestampError(err)
	}
	fraction, rest, err := cutFraction(rest, unit)
	if err != nil {
		return 0, timestampError(err)
	}
	offset, err := readOffset(rest, zone)
	if err != nil {
		return 0, err
	}
	seconds += days*secondsPerDay - offset
	if seconds < firstSecond || seconds > lastSecond {
		return 0, errYearSpan
	}
	return timestampUnits(seconds, fraction, unit)
}

// timestampError makes the error of a part one of the whole, where it speaks of the part's form.
func timestampError(err error) error {
	if err == errNotDate || err == errNotTime {
		return errNotTimestamp
	}
	return err
}

// readOffset reads the end of a timestamp as seconds east of UTC.
func readOffset(b []byte, zone string) (int64, error) {
	switch {
	case len(b) == 0 && zone == "":
		return 0, nil
	case len(b) == 0:
		return 0, errNoOffset
	}
	seconds := int64(0)
	if len(b) != 1 || b[0]|0x20 != 'z' {
		if len(b) != 6 || b[0] != '+' && b[0] != '-' || b[3] != ':' {
			return 0, errBadOffset
		}
		h, ok1 := twoDigits(b[1:])
		m, ok2 := twoDigits(b[4:])
		if !ok1 || !ok2 || h > 23 || m > 59 {
			return 0, errBadOffset
		}
		seconds = h*3600 + m*60
		if b[0] == '-' {
			seconds = -seconds
		}
	}
	if zone == "" {
		return 0, errOffset
	}
	return seconds, nil
}

// timestampUnits returns seconds and a fraction of one in units, if they fit.
func timestampUnits(seconds, fraction int64, unit arrow.TimeUnit) (int64, error) {
	if unit != arrow.Nanosecond {
		return seconds*perSecond(unit) + fraction, nil
	}
	const least, greatest = math.MinInt64 / 1_000_000_000, math.MaxInt64 / 1_000_000_000
	// A negative time counts from the second above, so that neither product passes the end of int64.
	if seconds < 0 && fraction > 0 {
		seconds, fraction = seconds+1, fraction-1_000_000_000
	}
	if seconds < least || seconds > greatest {
		return 0, errTimestampSpan
	}
	v := seconds * 1_000_000_000
	if fraction > 0 && v > math.MaxInt64-fraction || fraction < 0 && v < math.MinInt64-fraction {
		return 0, errTimestampSpan
	}
	return v + fraction, nil
}
