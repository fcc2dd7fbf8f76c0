package masking

import (
	"cmp"
	"errors"
	"math"
	"time"
	_ "time/tzdata" // an empty machine has no zone files; the rule must not depend on them

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/internal/coltype"
)

// The rule period: a date or an instant becomes the first day of its period.

const defaultZone = "Asia/Shanghai"

const secondsPerDay = 24 * 60 * 60

// firstDay gives the first day of the period of a civil date.
type firstDay func(y int, m time.Month, d int) (int, time.Month, int)

func periodOf(name string) (firstDay, bool) {
	switch name {
	case "day":
		return func(y int, m time.Month, d int) (int, time.Month, int) { return y, m, d }, true
	case "month":
		return func(y int, m time.Month, _ int) (int, time.Month, int) { return y, m, 1 }, true
	case "quarter":
		return func(y int, m time.Month, _ int) (int, time.Month, int) { return y, (m-1)/3*3 + 1, 1 }, true
	case "year":
		return func(y int, _ time.Month, _ int) (int, time.Month, int) { return y, time.January, 1 }, true
	}
	return nil, false
}

func checkPeriod(r *rule) error {
	if _, ok := periodOf(r.text("to")); !ok {
		return r.errorAt("to", "want day, month, quarter or year, found %q", r.text("to"))
	}
	if !r.has("zone") {
		return nil
	}
	if _, err := loadZone(r.text("zone")); err != nil {
		return r.errorAt("zone", "%q is no time zone; write a name such as %s or UTC", r.text("zone"), defaultZone)
	}
	return nil
}

// loadZone refuses the host's own zone: the same policy must give the same dates
// everywhere.
func loadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, errors.New("no zone")
	}
	return time.LoadLocation(name)
}

func compilePeriod(r *rule, in Column, _ scope) (transform, coltype.Type, error) {
	date := coltype.Type{Kind: coltype.Date}
	first, _ := periodOf(r.text("to"))
	switch {
	case in.Type.Kind == coltype.Timestamp:
		zone, err := loadZone(cmp.Or(r.text("zone"), in.Zone, defaultZone))
		if err != nil {
			return nil, date, r.errorAt("zone", "the time zone of column %s is not known", in.Name)
		}
		return periodOfTimestamp(first, zone), date, nil
	case in.Type.Kind != coltype.Date:
		return nil, date, r.misfit(in, "a date or a timestamp")
	case r.has("zone"):
		return nil, date, r.errorAt("zone", "a date has no zone; leave it out for column %s", in.Name)
	case r.text("to") == "day":
		return nil, date, r.errorAt("to", "column %s is a date already; write keep if it may stay", in.Name)
	default:
		return periodOfDate(first), date, nil
	}
}

func periodOfTimestamp(first firstDay, zone *time.Location) transform {
	return func(a arrow.Array) (arrow.Array, error) {
		values, starts, clock := a.(*array.Timestamp), newStarts(first), offsets{zone: zone}
		return toDates(a, func(i int) (int32, bool) { return starts.of(clock.day(int64(values.Value(i)))) }), nil
	}
}

func periodOfDate(first firstDay) transform {
	return func(a arrow.Array) (arrow.Array, error) {
		values, starts := a.(*array.Date32), newStarts(first)
		return toDates(a, func(i int) (int32, bool) { return starts.of(int64(values.Value(i))) }), nil
	}
}

// offsets tells the civil days of a zone. A file's instants lie mostly between the
// same two changes of its offset, so the last such stretch is kept.
type offsets struct {
	zone        *time.Location
	from, until int64 // seconds since 1970; empty at first
	offset      int64 // seconds to add
}

// day gives the civil day of an instant, which is in microseconds since 1970.
func (o *offsets) day(micros int64) int64 {
	seconds := floorDiv(micros, 1e6)
	if seconds < o.from || seconds >= o.until {
		at := time.Unix(seconds, 0).In(o.zone)
		_, offset := at.Zone()
		o.from, o.until, o.offset = math.MinInt64, math.MaxInt64, int64(offset)
		start, end := at.ZoneBounds()
		if !start.IsZero() {
			o.from = start.Unix()
		}
		if !end.IsZero() {
			o.until = end.Unix()
		}
	}
	return floorDiv(seconds+o.offset, secondsPerDay)
}

func floorDiv(a, b int64) int64 {
	if a < 0 {
		return (a+1)/b - 1
	}
	return a / b
}

// starts gives the first days of the periods of civil days. A file has few
// different days, so it remembers some: the calendar costs ten times a look-up.
type starts struct {
	first firstDay
	known []start // by the day's low bits
}

// start is one day and what it becomes; the zero start is right for no day.
type start struct {
	day   int64
	first int32
	ok    bool
	used  bool
}

func newStarts(first firstDay) *starts { return &starts{first, make([]start, 1024)} }

func (s *starts) of(day int64) (int32, bool) {
	at := &s.known[day&int64(len(s.known)-1)]
	if !at.used || at.day != day {
		first, ok := startOf(time.Unix(day*secondsPerDay, 0).UTC(), s.first)
		*at = start{day, first, ok, true}
	}
	return at.first, at.ok
}

// startOf gives the period's first day in days since 1970-01-01; false where it
// lies before the first date that 32 bits hold.
func startOf(t time.Time, first firstDay) (int32, bool) {
	y, m, d := first(t.Date())
	days := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay
	return int32(days), days >= math.MinInt32
}
