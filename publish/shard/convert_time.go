package shard

import (
	"fmt"
	"math"
	"time"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/bindery-data/bindery/schema"
)

// The days since 1970-01-01 of the first and the last day of the years 0001 to 9999, which are those
// that a date or timestamp can be written in.
const (
	firstDay = -719162
	lastDay  = 2932896

	secondsPerDay = 24 * 60 * 60
)

const (
	yearFault = "is outside of the years 0001 to 9999"
	fineFault = "has a finer fraction than the declared unit"
)

// planDate returns what converts a type to a date field, or nil.
func planDate(from arrow.DataType) appendFunc {
	switch from.ID() {
	case arrow.DATE32:
		return appendFixed(func(c *column, v arrow.Date32) string {
			if v < firstDay || v > lastDay {
				return yearFault
			}
			c.appendInt(int64(v))
			return ""
		}, func(v arrow.Date32) string { return showTime(int64(v), 24*time.Hour, time.DateOnly) })
	case arrow.DATE64:
		const day = arrow.Date64(24 * 60 * 60 * 1000)
		return appendFixed(func(c *column, v arrow.Date64) string {
			if v%day != 0 {
				return "has a time of day where a date is declared"
			}
			if v/day < firstDay || v/day > lastDay {
				return yearFault
			}
			c.appendInt(int64(v / day))
			return ""
		}, func(v arrow.Date64) string { return showTime(int64(v), time.Millisecond, time.RFC3339Nano) })
	}
	return nil
}

// planTime returns what converts a type to a time field, or nil.
func planTime(f *schema.Field, from arrow.DataType) appendFunc {
	switch from := from.(type) {
	case *arrow.Time32Type:
		return appendFixed(timeValue[arrow.Time32](f.Unit, from.Unit),
			func(v arrow.Time32) string { return showClock(int64(v), from.Unit.Multiplier()) })
	case *arrow.Time64Type:
		return appendFixed(timeValue[arrow.Time64](f.Unit, from.Unit),
			func(v arrow.Time64) string { return showClock(int64(v), from.Unit.Multiplier()) })
	}
	return nil
}

func timeValue[T arrow.Time32 | arrow.Time64](declared, from arrow.TimeUnit) appendValue[T] {
	day := int64(24 * time.Hour / from.Multiplier())
	return func(c *column, v T) string {
		if int64(v) < 0 || int64(v) >= day {
			return "is no time of day"
		}
		units, fault := changeUnit(int64(v), from, declared)
		if fault == "" {
			c.appendInt(units)
		}
		return fault
	}
}

// planTimestamp returns what converts a type to a timestamp field, or nil. An instant, which a timestamp
// with a zone is, stays the same instant whichever zone the file names.
func planTimestamp(f *schema.Field, from arrow.DataType) appendFunc {
	t, ok := from.(*arrow.TimestampType)
	if !ok || (t.TimeZone == "") != (f.Zone == "") {
		return nil
	}
	perSecond := int64(time.Second / t.Unit.Multiplier())
	return appendFixed(func(c *column, v arrow.Timestamp) string {
		// Before 1970 the division rounds towards the second above.
		seconds := int64(v) / perSecond
		if seconds < firstDay*secondsPerDay || seconds == firstDay*secondsPerDay && int64(v)%perSecond < 0 ||
			seconds >= (lastDay+1)*secondsPerDay {
			return yearFault
		}
		units, fault := changeUnit(int64(v), t.Unit, f.Unit)
		if fault == "" {
			c.appendInt(units)
		}
		return fault
	}, func(v arrow.Timestamp) string { return showTime(int64(v), t.Unit.Multiplier(), time.RFC3339Nano) })
}

// changeUnit returns a number of units of one length in those of another.
func changeUnit(v int64, from, to arrow.TimeUnit) (units int64, fault string) {
	switch f, t := int64(from.Multiplier()), int64(to.Multiplier()); {
	case f < t:
		if v%(t/f) != 0 {
			return 0, fineFault
		}
		return v / (t / f), ""
	case f > t:
		if v > math.MaxInt64/(f/t) || v < math.MinInt64/(f/t) {
			return 0, "is outside what nanoseconds reach (1677-09-21 to 2262-04-11)"
		}
		return v * (f / t), ""
	}
	return v, ""
}

// showClock writes a time of day, or the number that is none.
func showClock(v int64, unit time.Duration) string {
	if v < 0 || v >= int64(24*time.Hour/unit) {
		return fmt.Sprint(v)
	}
	return showTime(v, unit, "15:04:05.999999999")
}

// showTime writes a number of units since 1970 began, or the number where no date of four-digit years
// says it.
func showTime(v int64, unit time.Duration, layout string) string {
	at := v
	perSecond := int64(1)
	if unit > time.Second {
		if v < firstDay || v > lastDay {
			return fmt.Sprint(v)
		}
		at *= int64(unit / time.Second)
	} else {
		perSecond = int64(time.Second / unit)
	}
	if seconds := at / perSecond; seconds < firstDay*secondsPerDay || seconds >= (lastDay+1)*secondsPerDay {
		return fmt.Sprint(v)
	}
	return time.Unix(at/perSecond, at%perSecond*int64(time.Second)/perSecond).UTC().Format(layout)
}
